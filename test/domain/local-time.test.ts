import fc from 'fast-check';
import t from 'tap';
import {
  clockTime,
  dayAndTime,
  isTimeZone,
  localOf,
  type ReadTime,
  readRange,
  readTime,
} from '../../src/domain/local-time.js';
import { holds } from './property.js';

const BERLIN = 'Europe/Berlin';
const HOUR = 3_600_000;

/** The instant as text, or the readings, or the message: what a caller would show. */
function shown(read: ReadTime): string {
  if (read.ok) return new Date(read.at).toISOString();
  return read.readings ? read.readings.join(' or ') : read.message;
}

t.test('a local time is read in its zone, an instant wherever it is', async (t) => {
  const rows: [text: string, zone: string, instant: string][] = [
    ['2026-11-23T09:00', 'UTC', '2026-11-23T09:00:00.000Z'],
    ['2026-11-23T09:00', BERLIN, '2026-11-23T08:00:00.000Z'],
    ['2026-07-23T09:00', BERLIN, '2026-07-23T07:00:00.000Z'],
    ['2026-11-23 09:00', BERLIN, '2026-11-23T08:00:00.000Z'],
    ['2026-11-23T09:00:59', BERLIN, '2026-11-23T08:00:59.000Z'],
    ['2026-11-23T09:00', 'Asia/Kathmandu', '2026-11-23T03:15:00.000Z'],
    ['2026-11-23T09:00', 'Pacific/Kiritimati', '2026-11-22T19:00:00.000Z'],
    ['2026-11-23T09:00', 'Etc/GMT+1', '2026-11-23T10:00:00.000Z'],
    ['2028-02-29T00:00', 'UTC', '2028-02-29T00:00:00.000Z'],
    ['2026-12-31T23:59', 'America/New_York', '2027-01-01T04:59:00.000Z'],
    ['2026-11-23T09:00Z', BERLIN, '2026-11-23T09:00:00.000Z'],
    ['2026-11-23T09:00:30z', BERLIN, '2026-11-23T09:00:30.000Z'],
    ['2026-11-23T09:00+05:30', BERLIN, '2026-11-23T03:30:00.000Z'],
    ['2026-11-23T09:00-0330', BERLIN, '2026-11-23T12:30:00.000Z'],
    ['2026-11-23T09:00+01', BERLIN, '2026-11-23T08:00:00.000Z'],
    ['2026-11-23 09:00:00.250+01:00', BERLIN, '2026-11-23T08:00:00.250Z'],
    ['2026-10-25T02:30+02:00', BERLIN, '2026-10-25T00:30:00.000Z'],
    ['2026-10-25T02:30+01:00', BERLIN, '2026-10-25T01:30:00.000Z'],
    ['2000-01-01T00:00', 'UTC', '2000-01-01T00:00:00.000Z'],
    ['2199-12-31T23:59:59', 'UTC', '2199-12-31T23:59:59.000Z'],
  ];
  for (const [text, zone, instant] of rows) t.equal(shown(readTime(text, zone)), instant, `${text} ${zone}`);
});

t.test('a local time that is skipped or comes twice is refused with both readings', async (t) => {
  const rows: [zone: string, local: string, why: 'exists twice' | 'does not exist', readings: string[]][] = [
    [BERLIN, '2026-03-29T02:00', 'does not exist', ['2026-03-29T00:00:00Z', '2026-03-29T01:00:00Z']],
    [BERLIN, '2026-03-29T02:59', 'does not exist', ['2026-03-29T00:59:00Z', '2026-03-29T01:59:00Z']],
    [BERLIN, '2026-10-25T02:00', 'exists twice', ['2026-10-25T00:00:00Z', '2026-10-25T01:00:00Z']],
    [BERLIN, '2026-10-25T02:59', 'exists twice', ['2026-10-25T00:59:00Z', '2026-10-25T01:59:00Z']],
    [
      'America/New_York',
      '2026-03-08T02:30',
      'does not exist',
      ['2026-03-08T06:30:00Z', '2026-03-08T07:30:00Z'],
    ],
    [
      'America/New_York',
      '2026-11-01T01:30',
      'exists twice',
      ['2026-11-01T05:30:00Z', '2026-11-01T06:30:00Z'],
    ],
    [
      'Australia/Lord_Howe',
      '2026-10-04T02:15',
      'does not exist',
      ['2026-10-03T15:15:00Z', '2026-10-03T15:45:00Z'],
    ],
    [
      'Australia/Lord_Howe',
      '2026-04-05T01:45',
      'exists twice',
      ['2026-04-04T14:45:00Z', '2026-04-04T15:15:00Z'],
    ],
    ['Pacific/Apia', '2011-12-30T12:00', 'does not exist', ['2011-12-29T22:00:00Z', '2011-12-30T22:00:00Z']],
    [
      'Africa/Casablanca',
      '2026-02-15T02:30',
      'exists twice',
      ['2026-02-15T01:30:00Z', '2026-02-15T02:30:00Z'],
    ],
    [
      'Africa/Casablanca',
      '2026-03-22T02:30',
      'does not exist',
      ['2026-03-22T01:30:00Z', '2026-03-22T02:30:00Z'],
    ],
    ['Africa/Cairo', '2026-04-24T00:30', 'does not exist', ['2026-04-23T21:30:00Z', '2026-04-23T22:30:00Z']],
  ];
  for (const [zone, local, why, readings] of rows) {
    const read = readTime(local, zone);
    if (read.ok) throw new Error(`${local} was read`);
    t.strictSame(read.readings, readings, `${local} ${zone}`);
    t.equal(
      read.message,
      `${local} ${why} in ${zone}: the clocks change then. Send ${readings.join(' or ')}.`,
      'the message says so, and what to send',
    );
    for (const reading of readings) t.equal(shown(readTime(reading, zone)), reading.replace('Z', '.000Z'));
  }
});

t.test('the last moment before a clock change and the first after it are read', async (t) => {
  const rows: [local: string, zone: string, instant: string][] = [
    ['2026-03-29T01:59:59', BERLIN, '2026-03-29T00:59:59.000Z'],
    ['2026-03-29T03:00', BERLIN, '2026-03-29T01:00:00.000Z'],
    ['2026-10-25T01:59:59', BERLIN, '2026-10-24T23:59:59.000Z'],
    ['2026-10-25T03:00', BERLIN, '2026-10-25T02:00:00.000Z'],
    ['2026-10-04T01:59:59', 'Australia/Lord_Howe', '2026-10-03T15:29:59.000Z'],
    ['2026-10-04T02:30', 'Australia/Lord_Howe', '2026-10-03T15:30:00.000Z'],
    ['2011-12-29T23:59:59', 'Pacific/Apia', '2011-12-30T09:59:59.000Z'],
    ['2011-12-31T00:00', 'Pacific/Apia', '2011-12-30T10:00:00.000Z'],
    ['2026-03-29T02:30', 'America/New_York', '2026-03-29T06:30:00.000Z'],
  ];
  for (const [local, zone, instant] of rows)
    t.equal(shown(readTime(local, zone)), instant, `${local} ${zone}`);
});

t.test('what is no time is refused with the right form', async (t) => {
  const rows = [
    '',
    'tomorrow',
    '2026-11-23',
    '09:00',
    '2026-02-31T09:00',
    '2026-02-29T09:00Z',
    '2026-13-01T09:00',
    '2026-00-10T09:00',
    '2026-11-00T09:00',
    '2026-11-23T24:00',
    '2026-11-23T24:00Z',
    '2026-11-23T09:60',
    '2026-11-23T09:00:60',
    '2026-11-23T09:00:60Z',
    '2026-11-23T09:00:00.5',
    '2026-11-23T9:00',
    '2026-11-23T09:00+25:00',
    '2026-11-23T09:00+1',
    '2026-11-23T09:00[Europe/Berlin]',
    '2026-11-23T09:00Z[Europe/Berlin]',
    '+002026-11-23T09:00',
    '1795424400000',
    '23.11.2026 09:00',
    ' 2026-11-23T09:00',
    '2026-11-23T09:00\n',
    '２０２６-11-23T09:00',
  ];
  for (const text of rows) t.match(shown(readTime(text, BERLIN)), / is no time\. Right would be 2026-/, text);
  t.equal(
    shown(readTime('x'.repeat(10_000), BERLIN)).length < 200,
    true,
    'a long text is not repeated whole',
  );
  t.match(shown(readTime('2026-11-23T09:00', 'Mars/Base')), /is no time/, 'in a zone that there is not');
  for (const text of ['1999-12-31T23:59', '2200-01-01T00:00', '0001-01-01T00:00Z', '9999-12-31T23:59Z'])
    t.equal(shown(readTime(text, 'UTC')), 'The year must be between 2000 and 2199.', text);
});

/** What a range covers, as instants. */
function covered(query: { from?: string; to?: string }, zone: string): (string | undefined)[] {
  const read = readRange(query, zone);
  if (!read.ok) return read.problems.map(({ field, message }) => `${field}: ${message}`);
  const { from, until } = read.range;
  return [from, until].map((at) => (at === undefined ? undefined : new Date(at).toISOString()));
}

t.test('a range takes dates, local times and instants; a date counts whole', async (t) => {
  type Row = [query: { from?: string; to?: string }, zone: string, from?: string | undefined, until?: string];
  const rows: Row[] = [
    [{}, BERLIN],
    [{ from: '2026-11-23' }, BERLIN, '2026-11-22T23:00:00.000Z'],
    [{ to: '2026-11-23' }, BERLIN, undefined, '2026-11-23T23:00:00.000Z'],
    [{ from: '2026-11-23', to: '2026-11-23' }, 'UTC', '2026-11-23T00:00:00.000Z', '2026-11-24T00:00:00.000Z'],
    [
      { from: '2026-03-29', to: '2026-03-29' },
      BERLIN,
      '2026-03-28T23:00:00.000Z',
      '2026-03-29T22:00:00.000Z',
    ],
    [
      { from: '2026-10-25', to: '2026-10-25' },
      BERLIN,
      '2026-10-24T22:00:00.000Z',
      '2026-10-25T23:00:00.000Z',
    ],
    [{ from: '2026-04-24' }, 'Africa/Cairo', '2026-04-23T22:00:00.000Z'],
    [
      { from: '2011-12-30', to: '2011-12-30' },
      'Pacific/Apia',
      '2011-12-30T10:00:00.000Z',
      '2011-12-30T10:00:00.000Z',
    ],
    [
      { from: '2026-11-23T09:00', to: '2026-11-23T10:00' },
      BERLIN,
      '2026-11-23T08:00:00.000Z',
      '2026-11-23T09:00:00.000Z',
    ],
    [
      { from: '2026-11-23T09:00Z', to: '2026-12-31' },
      BERLIN,
      '2026-11-23T09:00:00.000Z',
      '2026-12-31T23:00:00.000Z',
    ],
  ];
  for (const [query, zone, from, until] of rows)
    t.strictSame(covered(query, zone), [from, until], `${JSON.stringify(query)} ${zone}`);
});

t.test('both ends of a range that are wrong are named', async (t) => {
  const [from, to, ...more] = covered({ from: '2026-02-31', to: 'now' }, BERLIN);
  t.match(from, /^from: "2026-02-31" is no time/);
  t.match(to, /^to: "now" is no time/);
  t.strictSame(more, []);
  t.match(covered({ from: '2026-11-23', to: '2026-03-29T02:30' }, BERLIN), [/^to: .* does not exist/]);
  t.match(covered({ from: '', to: '2026-11-23' }, BERLIN), [/^from: "" is no time/]);
});

t.test('the clock of a zone shows an instant as people write it', async (t) => {
  const at = Date.UTC(2026, 10, 23, 8, 5);
  t.equal(localOf(at, BERLIN), '2026-11-23T09:05');
  t.equal(localOf(at + 30_000, BERLIN), '2026-11-23T09:05:30');
  t.equal(localOf(at + 999, BERLIN), '2026-11-23T09:05', 'less than a second is not shown');
  t.equal(localOf(at, 'Pacific/Kiritimati'), '2026-11-23T22:05');
  t.equal(clockTime(at, BERLIN, 'en-GB'), '9:05');
  t.equal(clockTime(at + HOUR, BERLIN, 'en-GB'), '10:05');
  t.equal(clockTime(at - 9 * HOUR, BERLIN, 'en-GB'), '0:05', 'midnight is no 24');
  t.equal(dayAndTime(at, BERLIN, 'en-GB'), 'Monday 23 November at 9:05');
  t.equal(dayAndTime(Date.UTC(2026, 10, 22, 23, 30), BERLIN, 'en-GB'), 'Monday 23 November at 0:30');
});

t.test('only names of the time zone database are zones', async (t) => {
  for (const zone of [
    'UTC',
    BERLIN,
    'America/Argentina/Buenos_Aires',
    'Etc/GMT+1',
    'Asia/Kolkata',
    'US/Pacific',
  ])
    t.equal(isTimeZone(zone), true, zone);
  for (const zone of [
    '',
    ' ',
    '+01:00',
    '-0500',
    '0',
    'Mars/Base',
    'Europe/',
    `${BERLIN} `,
    'Berlin',
    'CETX',
  ])
    t.equal(isTimeZone(zone), false, JSON.stringify(zone));
});

t.test(
  'every instant is read back from the clock that shows it, or stands among the two readings',
  async (t) => {
    const zones = [
      BERLIN,
      'America/New_York',
      'Australia/Lord_Howe',
      'Africa/Casablanca',
      'Asia/Kathmandu',
      'UTC',
    ];
    const seconds = fc.integer({ min: Date.UTC(2000, 0, 2) / 1000, max: Date.UTC(2199, 11, 30) / 1000 });
    const changes = fc
      .tuple(
        fc.constantFrom('2026-03-29T01:00Z', '2026-10-25T01:00Z', '2026-11-01T06:00Z', '2026-04-04T15:00Z'),
        fc.integer({ min: -7200, max: 7200 }),
      )
      .map(([change, after]) => Date.parse(change) / 1000 + after);
    holds(
      t,
      'the way to local time and back',
      fc.property(fc.constantFrom(...zones), fc.oneof(seconds, changes), (zone, second) => {
        const read = readTime(localOf(second * 1000, zone), zone);
        if (read.ok) return read.at === second * 1000;
        return (read.readings ?? []).some((reading) => Date.parse(reading) === second * 1000);
      }),
      1000,
    );
  },
);
