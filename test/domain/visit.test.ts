import fc from 'fast-check';
import t from 'tap';
import { parseChange, parseRegistration, termsNow, type Visit, visitState } from '../../src/domain/visit.js';
import { lastPossibleEnd, viewToken, windowOf } from '../../src/domain/window.js';
import { holds } from './property.js';
import {
  ANNA,
  BERLIN,
  fieldsOf,
  HOUR,
  MINUTE,
  NINE,
  problemsOf,
  registered,
  SETTINGS,
  visit,
} from './visits.js';

const refused = (input: unknown) => fieldsOf(parseRegistration(input, SETTINGS));

t.test('where a registration is silent the settings of its site speak', async (t) => {
  t.strictSame(registered(ANNA), {
    name: 'Anna Müller',
    expectedArrival: '2026-11-23T09:00',
    timeZone: BERLIN,
    maxDevices: 2,
    limits: {},
    terms: {
      validFrom: 'expected-arrival',
      earlyMs: 0,
      startWithinMs: 12 * HOUR,
      arrivalAt: NINE,
      durationMs: HOUR,
    },
  });
  const other = registered(ANNA, {
    'tokens.validFrom': 'check-in',
    'tokens.earlyMinutes': 15,
    'tokens.startWithinMinutes': 60,
    'tokens.durationMinutes': 90,
    'tokens.maxDevices': 5,
    'tokens.downKbps': 5000,
    'tokens.quotaMB': 100,
    'site.timeZone': 'UTC',
  });
  t.match(other, { maxDevices: 5, limits: { downKbps: 5000, quotaMB: 100 }, timeZone: 'UTC' });
  t.notOk('upKbps' in other.limits);
  t.strictSame(other.terms, {
    validFrom: 'check-in',
    earlyMs: 15 * MINUTE,
    startWithinMs: HOUR,
    arrivalAt: NINE + HOUR,
    durationMs: 90 * MINUTE,
  });
});

t.test('what a registration says stands over the settings, tidied', async (t) => {
  const all = registered(
    {
      name: '  Mu\u0308ller ',
      email: ' anna@example.com ',
      host: 'Olga',
      expectedArrival: ' 2026-11-23T09:00+01:00 ',
      durationMinutes: 30,
      maxDevices: 1,
      downKbps: null,
      upKbps: 800,
      notify: true,
    },
    { 'tokens.downKbps': 5000 },
  );
  t.match(all, {
    name: 'Müller',
    email: 'anna@example.com',
    host: 'Olga',
    expectedArrival: '2026-11-23T09:00',
    maxDevices: 1,
    terms: { arrivalAt: NINE, durationMs: 30 * MINUTE },
    notify: true,
  });
  t.strictSame(all.limits, { upKbps: 800 }, 'null takes a limit of the site away');
  for (const none of [null, '', undefined]) {
    const silent = registered({ ...ANNA, email: none, host: none, durationMinutes: none, maxDevices: none });
    t.strictSame(silent, registered(ANNA), 'null and the empty text stand for none');
  }
  t.equal(registered({ ...ANNA, notify: 'true' }).notify, false, 'only a true notifies');
});

t.test('a fixed end may be a local time or an instant, and stands in place of the duration', async (t) => {
  for (const until of ['2026-11-23T17:30', '2026-11-23T16:30Z', '2026-11-23T17:30+01:00'])
    t.strictSame(
      windowOf(registered({ ...ANNA, until }).terms),
      { from: NINE, until: NINE + 8.5 * HOUR },
      until,
    );
  t.match(registered({ ...ANNA, until: '2026-11-23T17:30' }).terms, { durationMs: HOUR });
});

t.test('a duration is elapsed time and until a time of the clock, also over a clock change', async (t) => {
  const rows: [arrival: string, input: object, until: string][] = [
    ['2026-10-24T22:00', { durationMinutes: 12 * 60 }, '2026-10-25T08:00:00.000Z'],
    ['2026-10-24T22:00', { until: '2026-10-25T10:00' }, '2026-10-25T09:00:00.000Z'],
    ['2026-03-28T22:00', { durationMinutes: 12 * 60 }, '2026-03-29T09:00:00.000Z'],
    ['2026-03-28T22:00', { until: '2026-03-29T10:00' }, '2026-03-29T08:00:00.000Z'],
    ['2026-10-25T02:30+02:00', { durationMinutes: 60 }, '2026-10-25T01:30:00.000Z'],
  ];
  for (const [expectedArrival, input, until] of rows) {
    const { terms } = registered({ ...ANNA, expectedArrival, ...input });
    t.equal(new Date(windowOf(terms)?.until ?? 0).toISOString(), until, `${expectedArrival} ${until}`);
  }
});

t.test('a visit that is over can be registered, and its token is expired', async (t) => {
  const { terms } = registered({ ...ANNA, expectedArrival: '2020-01-01T09:00' });
  t.equal(viewToken(terms, {}, NINE).state, 'expired');
});

t.test('every field that is wrong is named, all at once', async (t) => {
  const bad = {
    name: ' ',
    email: 'nobody',
    host: 7,
    expectedArrival: 'tomorrow',
    until: 'later',
    maxDevices: 0,
    downKbps: 0,
    upKbps: '5',
    quotaMB: 1.5,
  };
  t.strictSame(refused(bad), Object.keys(bad));
  t.strictSame(refused({ ...bad, until: null, durationMinutes: 0 }).sort(), [
    ...['downKbps', 'durationMinutes', 'email', 'expectedArrival', 'host', 'maxDevices', 'name'],
    ...['quotaMB', 'upKbps'],
  ]);
  for (const nothing of [{}, null, undefined, 'text', 7, []])
    t.strictSame(refused(nothing), ['name', 'expectedArrival'], JSON.stringify(nothing));
});

t.test('each wrong value is told by the name of its field, once', async (t) => {
  const year = 366 * 24 * 60;
  const rows: [input: object, field: string, message: RegExp][] = [
    [{ name: null }, 'name', /missing/],
    [{ name: 7 }, 'name', /is a text/],
    [{ name: 'x'.repeat(201) }, 'name', /200 characters at most/],
    [{ name: 'Anna\nMüller' }, 'name', /one line/],
    [{ host: 'x'.repeat(201) }, 'host', /200 characters at most/],
    [{ host: 'a\0b' }, 'host', /one line/],
    [{ email: 'anna@' }, 'email', /anna@example\.com/],
    [{ email: ['a@b.c'] }, 'email', /is a text/],
    [{ email: 'a@example.com, b@example.com' }, 'email', /not an e-mail address/],
    [{ expectedArrival: '' }, 'expectedArrival', /missing/],
    [{ expectedArrival: '2026-02-31T09:00' }, 'expectedArrival', /is no time/],
    [{ expectedArrival: NINE }, 'expectedArrival', /is a text/],
    [{ expectedArrival: { toString: 1 } }, 'expectedArrival', /is a text/],
    [{ expectedArrival: 'soon', until: '2026-11-23T08:00' }, 'expectedArrival', /is no time/],
    [{ until: '2026-11-23T09:00' }, 'until', /later than the expected arrival/],
    [{ until: '2026-11-22T09:00' }, 'until', /later than the expected arrival/],
    [{ until: '2027-11-24T09:01' }, 'until', /more than a year/],
    [{ until: ['2026-11-23T10:00'] }, 'until', /is a text/],
    [{ until: '2026-11-23T10:00', durationMinutes: 60 }, 'until', /not both/],
    [{ durationMinutes: 0 }, 'durationMinutes', new RegExp(`from 1 to ${year}`)],
    [{ durationMinutes: year + 1 }, 'durationMinutes', /whole number/],
    [{ durationMinutes: 1.5 }, 'durationMinutes', /whole number/],
    [{ durationMinutes: '60' }, 'durationMinutes', /whole number/],
    [{ maxDevices: 101 }, 'maxDevices', /from 1 to 100/],
    [{ downKbps: 10_000_001 }, 'downKbps', /from 1 to 10000000/],
  ];
  for (const [input, field, message] of rows) {
    const problems = problemsOf(parseRegistration({ ...ANNA, ...input }, SETTINGS));
    t.match(problems, [{ field, message }], JSON.stringify(input).slice(0, 60));
    t.equal(problems.length, 1);
  }
  for (const input of [
    { until: '2026-11-23T09:01' },
    { until: '2027-11-24T09:00' },
    { durationMinutes: year },
    { name: 'x'.repeat(200) },
  ])
    t.strictSame(refused({ ...ANNA, ...input }), [], 'the edges are taken');
});

t.test(
  'a time that the clocks skip or repeat is refused with both readings, arrival and end alike',
  async (t) => {
    const readings = ['2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z'];
    const twice = '2026-10-25T02:30';
    t.match(problemsOf(parseRegistration({ ...ANNA, expectedArrival: twice }, SETTINGS)), [
      { field: 'expectedArrival', message: /exists twice/, readings },
    ]);
    const until = { ...ANNA, expectedArrival: '2026-10-24T09:00', until: twice };
    t.match(problemsOf(parseRegistration(until, SETTINGS)), [
      { field: 'until', message: /exists twice/, readings },
    ]);
    t.match(problemsOf(parseChange({ expectedArrival: '2026-03-29T02:30' }, visit())), [
      { field: 'expectedArrival', readings: ['2026-03-29T00:30:00Z', '2026-03-29T01:30:00Z'] },
    ]);
  },
);

t.test('whatever is sent, a registration is an outcome and no fault', async (t) => {
  const keys = [
    'name',
    'email',
    'host',
    'expectedArrival',
    'until',
    'durationMinutes',
    'maxDevices',
    'quotaMB',
  ];
  const input = fc.dictionary(
    fc.constantFrom(...keys),
    fc.oneof(fc.jsonValue(), fc.constant({ toString: 1 })),
  );
  holds(
    t,
    'what is refused names only fields that were sent or must be',
    fc.property(input, (sent) => {
      const allowed = new Set([...Object.keys(sent), 'name', 'expectedArrival']);
      const problems = refused(sent);
      const changes = fieldsOf(parseChange(sent, visit()));
      return [...problems, ...changes].every((field) => allowed.has(field));
    }),
  );
});

t.test('a visit is what happened to it, and a no-show when its time passed and nobody came', async (t) => {
  const end = NINE + HOUR;
  const rows: [what: string, more: Partial<Visit>, now: number, state: string][] = [
    ['registered', {}, NINE, 'expected'],
    ['in its last moment', {}, end - 1, 'expected'],
    ['at its end', {}, end, 'no-show'],
    ['without a token', { hasToken: false }, end, 'no-show'],
    ['online, and never seen by the desk', { firstUseAt: NINE }, end, 'expected'],
    ['checked in', { checkedInAt: NINE }, end, 'checked-in'],
    ['checked out', { checkedInAt: NINE, checkedOutAt: NINE + 1 }, end, 'checked-out'],
    ['cancelled', { cancelledAt: NINE }, NINE, 'cancelled'],
    ['cancelled after all', { checkedInAt: 1, checkedOutAt: 2, cancelledAt: 3 }, end, 'cancelled'],
  ];
  for (const [what, more, now, state] of rows) t.equal(visitState(visit({}, more), now), state, what);
  const floating = visit();
  floating.terms = termsNow(floating.terms, { ...SETTINGS, 'tokens.validFrom': 'check-in' });
  t.equal(lastPossibleEnd(floating.terms), NINE + 13 * HOUR);
  t.equal(visitState(floating, NINE + 13 * HOUR - 1), 'expected', 'it may still be started');
  t.equal(visitState(floating, NINE + 13 * HOUR), 'no-show');
});

t.test(
  'a token that is given later has the arrival and length of its visit and the policy of today',
  async (t) => {
    const { terms } = registered({ ...ANNA, durationMinutes: 30 });
    const settings = {
      ...SETTINGS,
      'tokens.validFrom': 'first-use' as const,
      'tokens.earlyMinutes': 5,
      'tokens.durationMinutes': 600,
    };
    t.strictSame(termsNow(terms, settings), { ...terms, validFrom: 'first-use', earlyMs: 5 * MINUTE });
  },
);
