import t from 'tap';
import { type ImportChoices, readImport } from '../../src/domain/import.js';
import { clockOf, minutesOf, readImportedTime } from '../../src/domain/import-time.js';
import { DEFAULT_PRESETS } from '../../src/domain/preset.js';
import { BERLIN } from './visits.js';

const site = { zone: BERLIN, presets: DEFAULT_PRESETS };
const fileOf = (text: string, choices: ImportChoices = {}) => {
  const read = readImport(text, choices, site);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.file;
};
const first = (text: string, choices?: ImportChoices) => fileOf(text, choices).rows[0];

t.test('headers are known in several languages and ways of writing', async (t) => {
  const want = { name: 'Ada Lee', expectedArrival: '2026-11-23T09:00' };
  const table: [string, string, object?][] = [
    ['Name,Expected arrival', 'Ada Lee,2026-11-23 09:00'],
    ['FULL NAME;E-Mail;Date;Time', 'Ada Lee;a@b.c;23.11.2026;9:00', { email: 'a@b.c' }],
    ['Vorname;Nachname;Ankunft;Gastgeber', 'Ada;Lee;23.11.2026 9.00 Uhr;Grace', { host: 'Grace' }],
    ['Name;Vorname;Datum;Uhrzeit', 'Lee;Ada;23.11.26;9 Uhr'],
    ['Prénom;Nom;Arrivée prévue;Durée', 'Ada;Lee;2026-11-23T09:00:00.000;90', { durationMinutes: 90 }],
    [
      'First name\tLast name\tArrival\tUntil',
      'Ada\tLee\t11/23/2026 9:00 AM\t6 pm',
      { until: '2026-11-23T18:00' },
    ],
    ['氏名,到着予定,端末数', 'Ada Lee,2026/11/23 9:00,3', { maxDevices: 3 }],
    ['Nombre completo,Llegada,Idioma', 'Ada Lee,2026-11-23 09:00,ES-mx', { language: 'es' }],
    ['Name,Arrival,Duration (minutes)', 'Ada Lee,2026-11-23 09:00,day pass', { until: '2026-11-23T18:00' }],
    ['Name,Arrival,Duration', 'Ada Lee,2026-11-23 09:00,Three Days', { until: '2026-11-25T18:00' }],
  ];
  for (const [header, line, more] of table) {
    const row = first(`${header}\n${line}`);
    t.match(row, { problems: [], input: { ...want, ...more } }, `${header}: ${JSON.stringify(row)}`);
  }
});

t.test('an export of Nexudus is read as it is', async (t) => {
  const file = fileOf(
    'Id,UniqueId,FullName,Email,CoworkerFullName,CoworkerEmail,VisitorCode,ExpectedArrival,Arrived,ArrivalDate\n' +
      '12,ab,Ada Lee,ada@example.com,Grace Host,grace@example.com,01234,2026-11-23T09:00:00Z,False,\n',
  );
  t.match(file.mapping, { name: 'FullName', hostEmail: 'CoworkerEmail', expectedArrival: 'ExpectedArrival' });
  t.ok(file.ignored.includes('VisitorCode') && file.ignored.includes('ArrivalDate'));
  t.match(file.rows[0]?.input, {
    name: 'Ada Lee',
    email: 'ada@example.com',
    host: 'Grace Host',
    hostEmail: 'grace@example.com',
    expectedArrival: '2026-11-23T09:00:00Z'.replace(':00Z', 'Z'),
  });
});

t.test('a mapping stands over headers, may leave one out, and names what is not there', async (t) => {
  const text = 'Who,Name,When,Host\nAda,x,2026-11-23 09:00,Grace\n';
  const row = first(text, { mapping: { name: 'who ', expectedArrival: 'When', host: '' } });
  t.match(row?.input, { name: 'Ada' });
  t.notOk(row && 'host' in row.input);
  t.match(readImport(text, { mapping: { name: 'Whom', nonsense: 'Who' } }, site), {
    ok: false,
    problems: [
      { field: 'map.name', message: /no column "Whom"\. It has: "Who", "Name"/ },
      { field: 'map.nonsense' },
    ],
  });
  t.match(readImport('a,b\n1,2', {}, site), {
    ok: false,
    problems: [{ field: 'name' }, { field: 'expectedArrival', message: /Call it "Expected arrival"/ }],
  });
});

t.test('a date that means two days is refused unless the file says which', async (t) => {
  t.match(readImportedTime('11/12/2026 9:00', undefined), { ok: false, message: /2026-12-11 or 2026-11-12/ });
  t.match(readImportedTime('11/12/2026 9:00', 'dmy'), { text: '2026-12-11T09:00' });
  t.match(readImportedTime('11/12/2026 9:00', 'mdy'), { text: '2026-11-12T09:00' });
  t.match(readImportedTime('23/11/2026 9:00', undefined), { text: '2026-11-23T09:00' });
  t.match(readImportedTime('11/11/2026 9:00', undefined), { text: '2026-11-11T09:00' });
  t.match(readImportedTime('2026-11-23 09:00 +01:00', undefined), { text: '2026-11-23T09:00+01:00' });
  t.match(readImportedTime('23.11.2026 00:00', undefined, '9:00'), { text: '2026-11-23T09:00' });
  for (const bad of ['', 'soon', '45000.375', '2026-11-23', '23.11.2026', '1/2/3 9:00', '2026-11-23 25:00'])
    t.match(readImportedTime(bad, 'dmy'), { ok: false }, bad);
  t.match(readImportedTime('23.11.2026 8:00', undefined, '9:00'), { message: /time already/ });
});

t.test('clocks and durations are read as they are written', async (t) => {
  const clocks = {
    '9:00': '09:00',
    '9.05': '09:05',
    '12:00 AM': '00:00',
    '12:30 pm': '12:30',
    '1 PM': '13:00',
  };
  for (const [text, clock] of Object.entries(clocks)) t.equal(clockOf(text), clock, text);
  for (const bad of ['9', '24:00', '9:60', '13:00 PM', '0 am', 'x', ''])
    t.equal(clockOf(bad), undefined, bad);
  const durations = { '90': 90, '1:30': 90, '1,5 h': 90, '2 Std.': 120, '1 day': 1440, '15 min': 15 };
  for (const [text, minutes] of Object.entries(durations)) t.equal(minutesOf(text), minutes, text);
  for (const bad of ['', '-5', '1.5', 'long', '3 weeks', '9999999']) t.equal(minutesOf(bad), undefined, bad);
});

t.test('each line says what is wrong with it, once', async (t) => {
  const head = 'Name,Arrival,Duration,Until,State\n';
  const problems = (line: string) => first(head + line)?.problems;
  t.match(problems('A,2026-11-23 09:00,60,18:00,'), [{ field: 'until', message: /not both/ }]);
  t.match(problems('A,2026-11-23 09:00,ages,,'), [
    { field: 'durationMinutes', message: /"ages" is no duration/ },
  ]);
  t.match(problems('A,2026-11-23 19:00,Day pass,,'), [{ field: 'until', message: /not after the arrival/ }]);
  t.match(problems('A,2026-11-23 09:00,60,,,,x'), [
    { field: 'csv', message: /7 cells, the first one names 5/ },
  ]);
  t.match(problems('A,soon,Day pass,,'), [{ field: 'expectedArrival' }]);
  t.equal(problems('A,soon,,18:00,')?.length, 1, 'an end is not blamed for the arrival');
  t.equal(first(`${head}A,2026-11-23 09:00,60,,Cancelled`)?.cancelled, true);
});
