import fc from 'fast-check';
import t from 'tap';
import {
  BYTE_ORDER_MARK,
  CSV_ROWS_MOST,
  DELIMITERS,
  decodeText,
  guard,
  readCsv,
  unguard,
  writeCsv,
} from '../../src/domain/csv.js';
import { holds } from './property.js';

const bytes = (text: string, encoding: BufferEncoding = 'utf8') => Buffer.from(text, encoding);
const read = (text: string) => {
  const csv = readCsv(text);
  if (!csv.ok) throw new Error(csv.message);
  return csv;
};

t.test('a text is read in UTF-8 and UTF-16, and refused in anything else', async (t) => {
  const text = 'Name\nZoë 王';
  const swapped = bytes(`\u{feff}${text}`, 'utf16le').swap16();
  for (const [title, file] of [
    ['UTF-8', bytes(text)],
    ['with its mark', bytes(BYTE_ORDER_MARK + text)],
    ['UTF-16', bytes(BYTE_ORDER_MARK + text, 'utf16le')],
    ['UTF-16, big end first', swapped],
  ] as const) {
    t.same(decodeText(file), { ok: true, text }, title);
  }
  for (const file of [
    bytes('Name\nZoë', 'latin1'),
    bytes('Name', 'utf16le'),
    Buffer.from([0xff, 0xfe, 0x00]),
  ])
    t.match(decodeText(file), { ok: false, message: /CSV UTF-8/ });
});

t.test('every record knows the line on which it begins, as an editor counts', async (t) => {
  const { header, rows, delimiter } = read('\r\na;"b\n\nc"\r\n1;"x\r\ny"\n\n ; \n2;z\r3;w\n;;\n');
  t.equal(delimiter, ';');
  t.same(header, { line: 2, cells: ['a', 'b\n\nc'] });
  t.same(
    rows.map(({ line, cells }) => [line, cells[0]]),
    [
      [5, '1'],
      [9, '2'],
      [10, '3'],
    ],
  );
  const named = read('sep=;\na,b;c\n1;2');
  t.same(named.header, { line: 2, cells: ['a,b', 'c'] });
  t.equal(named.rows[0]?.line, 3);
});

t.test('the delimiter is found outside of quotation marks', async (t) => {
  t.equal(read('"a,b,c";d\n1;2').delimiter, ';');
  t.equal(read('a\tb,c\td\n1').delimiter, '\t');
  t.equal(read('name\nAda').delimiter, ',');
});

t.test('what is no table says where and what would be right', async (t) => {
  const table: [string, RegExp][] = [
    ['', /empty/],
    ['\n \n', /empty/],
    ['Name;Arrival\n', /no visit below/],
    ['a;b\n1;2\n"3;4\n5;6', /^Line \d: a quotation mark opens/],
    ['a;b\n"x"y;2', /^Line 2: .*""Annie""/],
    ['a;b\nx"y;2', /^Line 2: /],
    [`a\n${'1\n'.repeat(CSV_ROWS_MOST + 1)}`, /1000 visits at most/],
    [`${'a,'.repeat(300)}\n1`, /200 columns/],
  ];
  for (const [text, message] of table)
    t.match(readCsv(text), { ok: false, message }, JSON.stringify(text.slice(0, 20)));
});

t.test('what is written is read again, whatever stands in it, and no cell begins as a formula', async (t) => {
  const cell = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: fc.constantFrom('"', ',', ';', '\t', '\n', '=', '+', '-', '@', "'", 'a', ' ') }),
  );
  const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 6 });
  holds(
    t,
    'a table goes out and comes back',
    fc.property(table, (rows) => {
      const text = writeCsv([['Name', 'x'], ...rows]);
      const csv = readCsv(text, ',');
      const kept = rows.filter((row) => row.some((one) => guard(one).trim() !== ''));
      const got = csv.ok ? csv.rows.map(({ cells }) => cells.map(unguard)) : [];
      const flat = (some: string[][]) =>
        JSON.stringify(some.map((row) => row.map((one) => one.replace(/\r\n?/g, '\n'))));
      return flat(got) === flat(kept);
    }),
  );
  holds(
    t,
    'guarded, and unguarded exactly',
    fc.property(cell, (one) => unguard(guard(one)) === one && !/^[=+\-@\t\r]/.test(guard(one))),
    1000,
  );
  for (const bad of ['=1+1', '+1', '-1', '@x', '\t=1', '\r=1', '＝1']) t.equal(guard(bad), `'${bad}`);
  t.equal(guard("O'Hara - x"), "O'Hara - x");
  t.ok(DELIMITERS.every((one) => readCsv(`a${one}b\n1${one}2`).ok));
});
