import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import t from 'tap';
import { drawPin, normalisePin, PIN_LEAST, PIN_MOST } from '../../src/domain/pin.js';
import { holds } from './property.js';

const LENGTHS = Array.from({ length: PIN_MOST - PIN_LEAST + 1 }, (_, i) => PIN_LEAST + i);

const pins = fc
  .array(fc.integer({ min: 0, max: 9 }), { minLength: PIN_LEAST, maxLength: PIN_MOST })
  .map((digits) => digits.join(''));

t.test('every number of the generator is one PIN, those with leading zeros too', async (t) => {
  const all = new Set<string>();
  for (let value = 0; value < 10 ** PIN_LEAST; value++) all.add(drawPin(PIN_LEAST, () => value));
  t.equal(all.size, 10 ** PIN_LEAST);
  t.ok([...all].every((pin) => /^[0-9]{5}$/.test(pin)));
  for (const length of LENGTHS) {
    const asked: number[] = [];
    const draw = (value: number) =>
      drawPin(length, (most) => {
        asked.push(most);
        return value;
      });
    t.equal(draw(0), '0'.repeat(length));
    t.equal(draw(7), '7'.padStart(length, '0'));
    t.equal(draw(10 ** length - 1), '9'.repeat(length));
    t.strictSame(asked, [10 ** length, 10 ** length, 10 ** length], `one draw of ${length} digits each`);
  }
  holds(
    t,
    'the PIN is the number, in as many digits as asked for',
    fc.property(fc.constantFrom(...LENGTHS), fc.maxSafeNat(), (length, seed) => {
      const value = seed % 10 ** length;
      const pin = drawPin(length, () => value);
      return pin.length === length && Number(pin) === value;
    }),
  );
});

t.test('with the real generator no beginning and no end of a PIN is likelier than another', async (t) => {
  const DRAWS = 40_000;
  for (const length of [PIN_LEAST, PIN_MOST]) {
    const drawn = Array.from({ length: DRAWS }, () => drawPin(length, (most) => randomInt(most)));
    for (const [part, pick] of [
      ['first', (pin: string) => pin.slice(0, 2)],
      ['last', (pin: string) => pin.slice(-2)],
    ] as const) {
      const counts = new Array<number>(100).fill(0);
      for (const pin of drawn) counts[Number(pick(pin))] = (counts[Number(pick(pin))] ?? 0) + 1;
      const expected = DRAWS / 100;
      const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
      // 99 degrees of freedom: 99 on average, over 220 in fewer than one of 10^10 runs, and 10,000 without zeros in front.
      t.ok(chiSquare < 220, `${part} two of ${length} digits: ${chiSquare.toFixed(1)}`);
    }
  }
});

t.test('however a PIN is grouped and whatever digits a keyboard makes, it is the same PIN', async (t) => {
  const rows: [what: string, typed: string, pin: string][] = [
    ['as it is', '12345', '12345'],
    ['ten digits', '0123456789', '0123456789'],
    ['leading zeros', '00000', '00000'],
    ['spaces around', '  12345\r\n', '12345'],
    ['groups', '123 456', '123456'],
    ['tab, no-break, thin, ideographic space', '1\t2\u00a03\u20094\u30005', '12345'],
    ['hyphen, no-break hyphen, figure dash', '1-2\u20113\u2012456', '123456'],
    ['en dash, em dash, bar, minus', '1\u20132\u20143\u20154\u22125', '12345'],
    ['small and full-width hyphen', '12\ufe633\uff0d45', '12345'],
    ['Hebrew, Armenian and Japanese dash', '1\u05be2\u058a3\u301c45', '12345'],
    ['dots', '12.34.56', '123456'],
    ['full-width, leading and ellipsis dots', '12\uff0e3\u20244\u20265', '12345'],
    ['middle dot, bullet, hyphenation point', '1\u00b72\u20223\u202745', '12345'],
    ['dots of a Japanese keyboard', '12\u30023\u30fb4\uff615\uff656', '123456'],
    ['full-width digits', '１２３４５', '12345'],
    ['Arabic-Indic', '٠١٢٣٤٥٦٧٨٩', '0123456789'],
    ['Persian', '۰۱۲۳۴۵۶۷۸۹', '0123456789'],
    ['Devanagari', '०१२३४५६७८९', '0123456789'],
    ['Thai', '๐๑๒๓๔๕๖๗๘๙', '0123456789'],
    ['Adlam, outside of the basic plane', '𞥐𞥑𞥒𞥓𞥔𞥕𞥖𞥗𞥘𞥙', '0123456789'],
    ['mathematical bold', '𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗', '0123456789'],
    ['scripts mixed', '1२３٤5', '12345'],
    ['zero-width space, joiners, word joiner', '1\u200b2\u200c3\u200d4\u20605', '12345'],
    ['byte order mark in front', '\ufeff12345', '12345'],
    ['direction marks', '\u200e12345\u200f', '12345'],
    ['direction embedded', '\u202d12345\u202c', '12345'],
    ['direction isolated', '\u206612345\u2069', '12345'],
    ['soft hyphen', '123\u00ad45', '12345'],
    ['a hundred characters', `12345${' '.repeat(95)}`, '12345'],
  ];
  for (const [what, typed, pin] of rows) t.equal(normalisePin(typed), pin, what);
});

t.test('the digits of every script that Unicode has are understood', async (t) => {
  const wrong: string[] = [];
  let scripts = 0;
  for (let zero = 0, code = 0x30; code <= 0x10ffff; code++) {
    const isDigit = /\p{Nd}/u.test(String.fromCodePoint(code));
    if (!isDigit) zero = 0;
    else if (zero === 0 || code === zero + 10) {
      zero = code;
      scripts++;
      const digits = String.fromCodePoint(...Array.from({ length: 10 }, (_, i) => zero + i));
      if (normalisePin(digits) !== '0123456789') wrong.push(`U+${zero.toString(16)}`);
    }
  }
  t.ok(scripts >= 60, `${scripts} scripts`);
  t.strictSame(wrong, []);
});

t.test('what cannot be a PIN is none', async (t) => {
  const rows: [what: string, typed: string][] = [
    ['nothing', ''],
    ['only groups', ' - . '],
    ['four digits', '1234'],
    ['eleven digits', '12345678901'],
    ['letters', 'abcde'],
    ['a letter among digits', '12345a'],
    ['O in place of 0', '1234O'],
    ['digits in words', '12345 please'],
    ['a number with an exponent', '1e10'],
    ['a hexadecimal number', '0x12345'],
    ['a fraction', '½½½½½'],
    ['a number that is no digit', 'ⅫⅫⅫ'],
    ['Chinese numerals', '一二三四五'],
    ['an emoji', '12345😀'],
    ['a null byte', '12345\0'],
    ['half a character', '12345\ud800'],
    ['10 kB of digits', '1'.repeat(10_000)],
    ['10 kB of spaces around a PIN', `${' '.repeat(5000)}12345${' '.repeat(5000)}`],
    ['101 characters', `12345${' '.repeat(96)}`],
    ['a ligature that unfolds to 18 letters, many times', '\ufdfa'.repeat(100)],
  ];
  for (const [what, typed] of rows) t.equal(normalisePin(typed), undefined, what);
});

t.test('normalising is safe for any input, and gives back every PIN that was grouped', async (t) => {
  const marks = fc.array(fc.constantFrom(' ', '-', '.', '\u2009', '\u2013', '\u200b', '\u2060', '\u202c'), {
    maxLength: 3,
  });
  const zeros = fc.constantFrom(0x30, 0x660, 0x6f0, 0x966, 0xe50, 0xff10, 0x1e950);
  holds(
    t,
    'a grouped PIN in any script gives the PIN',
    fc.property(pins, fc.array(fc.tuple(marks, zeros), { minLength: 11, maxLength: 11 }), (pin, parts) => {
      const around = (i: number) => parts[i]?.[0].join('') ?? '';
      const digits = [...pin].map(
        (digit, i) => around(i) + String.fromCodePoint((parts[i]?.[1] ?? 0x30) + Number(digit)),
      );
      return normalisePin(digits.join('') + around(10)) === pin;
    }),
  );
  holds(
    t,
    'the result is a PIN or nothing, and normalising it again changes nothing',
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), pins), (typed) => {
      const pin = normalisePin(typed);
      return pin === undefined || (/^[0-9]{5,10}$/.test(pin) && normalisePin(pin) === pin);
    }),
    1000,
  );
});
