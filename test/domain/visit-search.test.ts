import fc from 'fast-check';
import t from 'tap';
import { hasWords, queryWords, wordsOf } from '../../src/domain/visit.js';
import { holds } from './property.js';
import { visit } from './visits.js';

t.test('a text is searched without case and marks, as words', async (t) => {
  const rows: [what: string, text: string, words: string[]][] = [
    ['nothing', '', []],
    ['no words', ' -- @ . ', []],
    ['case', 'Anna MARIA', ['anna', 'maria']],
    ['an umlaut', 'Müller', ['muller']],
    ['the same, taken apart', 'Mu\u0308ller', ['muller']],
    ['other marks', 'Ångström Žižek Nguyễn', ['angstrom', 'zizek', 'nguyen']],
    ['sharp s', 'Weiß', ['weiss']],
    ['Turkish capitals', 'İpek', ['ipek']],
    ['Cyrillic', 'Алёна Йосиф', ['алена', 'иосиф']],
    ['Greek, with its last sigma', 'Γιώργος', ['γιωργοσ']],
    ['Chinese', '王小明', ['王小明']],
    ['Japanese, full-width and half-width', 'ｱﾝﾅ アンナ', ['アンナ']],
    ['Arabic', 'محمد علي', ['محمد', 'علي']],
    ['full-width letters', 'Ａｎｎａ', ['anna']],
    ['a ligature', 'Steﬃ', ['steffi']],
    ['an apostrophe and a hyphen', 'O’Brien-Smith', ['o', 'brien', 'smith']],
    ['an address', 'anna.m+x@example.com', ['anna', 'm', 'x', 'example', 'com']],
    ['digits', 'Room 12', ['room', '12']],
    ['a word that comes twice', 'Anna anna ANNA', ['anna']],
  ];
  for (const [what, text, words] of rows) t.strictSame(queryWords(text), words, what);
});

t.test('a name is found however it is written', async (t) => {
  const groups = [
    ['Müller', 'muller', 'MÜLLER', 'Muller', 'Mu\u0308ller'],
    ['Strauß', 'strauss', 'STRAUSS', 'STRAUẞ'],
    ['Алёна', 'алена', 'АЛЁНА'],
    ['Πέτρος', 'ΠΕΤΡΟΣ', 'πετρος', 'πετροσ'],
    ['José', 'JOSE', 'jose\u0301'],
    ['김민수', '김민수'.normalize('NFD')],
  ];
  for (const [name = '', ...others] of groups)
    for (const other of others) t.strictSame(queryWords(other), queryWords(name), `${other} finds ${name}`);
});

t.test('the beginning of a word is the beginning of its folded form, in Korean and Greek too', async (t) => {
  for (const [name, typed] of [
    ['Weißmann', 'weis'],
    ['Weißmann', 'WEIẞ'],
    ['Müller', 'mü'],
    ['Πετροσιάν', 'ΠΕΤΡΟΣ'],
    ['王小明', '王'],
    ['김민수', '기'],
  ] as const)
    t.ok(queryWords(name)[0]?.startsWith(queryWords(typed)[0] ?? '?'), `${typed} finds ${name}`);
});

t.test('a visit is found by its name, its e-mail and its host, and by nothing else', async (t) => {
  const found = wordsOf(visit({ name: 'Anna Müller', email: 'anna@example.com', host: 'Olga' }));
  t.strictSame(found, ['anna', 'muller', 'example', 'com', 'olga']);
  t.strictSame(wordsOf(visit({ name: 'Anna' })), ['anna'], 'what is absent is no word');
});

t.test('a visit has a word when one of its own begins so', async (t) => {
  const anna = visit({ name: 'Anna Müller', host: 'Olga' });
  for (const words of [[], ['an'], ['mull', 'anna'], ['o', 'm', 'a']])
    t.ok(hasWords(anna, words), words.join(' '));
  for (const words of [['nna'], ['anna', 'x'], ['annas']]) t.notOk(hasWords(anna, words), words.join(' '));
});

t.test('folding is done once, and does not look at case', async (t) => {
  const letters = fc.constantFrom(...'abäßéñøłžıiσςάωаёйї王김ｱ19 -@.');
  const texts = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: letters }));
  holds(
    t,
    'folded words fold to themselves',
    fc.property(texts, (text) => {
      const words = queryWords(text);
      return queryWords(words.join(' ')).join(' ') === words.join(' ');
    }),
    1000,
  );
  holds(
    t,
    'capitals find what small letters find',
    fc.property(fc.string({ unit: letters }), (text) => {
      return queryWords(text.toUpperCase()).join(' ') === queryWords(text).join(' ');
    }),
    1000,
  );
});
