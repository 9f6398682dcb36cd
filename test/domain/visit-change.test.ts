import t from 'tap';
import type { ClientMac } from '../../src/domain/id.js';
import { parseChange, type Visit } from '../../src/domain/visit.js';
import { windowOf } from '../../src/domain/window.js';
import { changed, fieldsOf, HOUR, MINUTE, NINE, problemsOf, registered, visit } from './visits.js';

/** How long after nine the window of a visit begins and ends. */
function windowAfterNine({ terms, startedAt }: Visit): number[] | undefined {
  const window = windowOf(terms, startedAt);
  return window && [window.from - NINE, window.until - NINE];
}

t.test('what a change does not name stays, devices and history too', async (t) => {
  const devices = [{ mac: '02:00:00:00:00:10' as ClientMac, slot: 's', addedAt: NINE }];
  const before = visit(
    { email: 'a@example.com', host: 'Olga', until: '2026-11-23T12:00', downKbps: 500 },
    { devices, checkedInAt: NINE, startedAt: NINE, firstUseAt: NINE },
  );
  const copy = structuredClone(before);
  t.strictSame(changed({}, before), before);
  t.strictSame(changed({ name: 'Ann' }, before), { ...before, name: 'Ann' });
  t.strictSame(before, copy, 'the visit before is left as it was');
});

t.test('a visit is moved, extended and shortened; its window follows', async (t) => {
  const fixed = { until: '2026-11-23T12:00' };
  const rows: [what: string, before: object, input: object, window: number[]][] = [
    ['moved', {}, { expectedArrival: '2026-11-23T11:00' }, [2 * HOUR, 3 * HOUR]],
    ['moved to an instant', {}, { expectedArrival: '2026-11-23T09:00Z' }, [HOUR, 2 * HOUR]],
    ['extended', {}, { durationMinutes: 90 }, [0, 90 * MINUTE]],
    ['shortened', {}, { durationMinutes: 1 }, [0, MINUTE]],
    [
      'moved and extended',
      {},
      { expectedArrival: '2026-11-23T10:00', durationMinutes: 90 },
      [HOUR, 2.5 * HOUR],
    ],
    ['given a fixed end', {}, { until: '2026-11-23T11:00' }, [0, 2 * HOUR]],
    ['a fixed end moved', fixed, { until: '2026-11-23T11:00' }, [0, 2 * HOUR]],
    [
      'a fixed end stays when the arrival moves',
      fixed,
      { expectedArrival: '2026-11-23T11:00' },
      [2 * HOUR, 3 * HOUR],
    ],
    ['a fixed end taken away', fixed, { until: null }, [0, HOUR]],
    ['a fixed end taken away by the empty text', fixed, { until: '' }, [0, HOUR]],
    ['a duration in place of a fixed end', fixed, { durationMinutes: 30 }, [0, 30 * MINUTE]],
    ['a duration, and no fixed end', fixed, { durationMinutes: 30, until: null }, [0, 30 * MINUTE]],
    ['no duration is no change', {}, { durationMinutes: null }, [0, HOUR]],
  ];
  for (const [what, before, input, window] of rows)
    t.strictSame(windowAfterNine(changed(input, visit(before))), window, what);
  t.equal(
    changed({ expectedArrival: '2026-11-23T09:00Z' }).expectedArrival,
    '2026-11-23T10:00',
    'as the site says it',
  );
});

t.test('a token that floats and was started keeps its start when the visit moves', async (t) => {
  const before = visit({}, { startedAt: NINE + HOUR });
  before.terms.validFrom = 'check-in';
  const rows: [input: object, window: number[]][] = [
    [{ expectedArrival: '2026-11-23T12:00' }, [HOUR, 2 * HOUR]],
    [{ durationMinutes: 120 }, [HOUR, 3 * HOUR]],
    [{ until: '2026-11-23T17:00' }, [HOUR, 8 * HOUR]],
  ];
  for (const [input, window] of rows)
    t.strictSame(windowAfterNine(changed(input, before)), window, JSON.stringify(input));
});

t.test(
  'times of a change are read in the zone of the visit, whatever the zone of the site is now',
  async (t) => {
    const { notify, ...inNewYork } = registered(
      { name: 'Anna', expectedArrival: '2026-11-23T09:00' },
      { 'site.timeZone': 'America/New_York' },
    );
    const before = { ...visit(), ...inNewYork };
    const after = changed({ expectedArrival: '2026-11-23T10:00', until: '2026-11-23T12:00' }, before);
    t.match(after, { timeZone: 'America/New_York', expectedArrival: '2026-11-23T10:00' });
    t.equal(after.terms.arrivalAt, Date.UTC(2026, 10, 23, 15));
    t.equal(after.terms.endAt, Date.UTC(2026, 10, 23, 17));
  },
);

t.test('null or the empty text takes away what a visit can be without, and nothing else', async (t) => {
  const before = visit({ email: 'a@example.com', host: 'Olga', downKbps: 500, quotaMB: 10, maxDevices: 4 });
  for (const none of [null, '']) {
    const after = changed({ email: none, host: none, downKbps: none, maxDevices: none }, before);
    t.notOk('email' in after || 'host' in after, 'the fields are gone');
    t.strictSame(after.limits, { quotaMB: 10 });
    t.equal(after.maxDevices, 4, 'there is no visit without a number of devices');
    t.strictSame(fieldsOf(parseChange({ name: none, expectedArrival: none }, before)), [
      'name',
      'expectedArrival',
    ]);
  }
  t.strictSame(
    changed({ email: undefined, host: undefined, until: undefined }, before),
    before,
    'not sent is no null',
  );
  t.match(changed({ email: 'b@example.com', host: 'Nora', upKbps: 7 }, before), {
    email: 'b@example.com',
    host: 'Nora',
    limits: { downKbps: 500, upKbps: 7, quotaMB: 10 },
  });
});

t.test('every field of a change that is wrong is named, and the visit stays as it was', async (t) => {
  const before = visit({ until: '2026-11-23T12:00' });
  const copy = structuredClone(before);
  const bad = { name: '', email: 'x', host: 1, expectedArrival: 'x', until: 'y', maxDevices: 0, quotaMB: -1 };
  t.strictSame(fieldsOf(parseChange(bad, before)), Object.keys(bad));
  const rows: [input: object, field: string, message: RegExp][] = [
    [{ expectedArrival: '2026-11-23T12:00' }, 'until', /later than the expected arrival/],
    [{ until: '2026-11-23T09:00' }, 'until', /later than the expected arrival/],
    [{ until: '2028-11-23T09:00' }, 'until', /more than a year/],
    [{ until: '2026-11-23T11:00', durationMinutes: 5 }, 'until', /not both/],
    [{ expectedArrival: 'soon', until: '2026-11-22T12:00' }, 'expectedArrival', /is no time/],
    [{ durationMinutes: 0 }, 'durationMinutes', /whole number/],
  ];
  for (const [input, field, message] of rows) {
    const problems = problemsOf(parseChange(input, before));
    t.match(problems, [{ field, message }], JSON.stringify(input));
    t.equal(problems.length, 1);
  }
  t.strictSame(before, copy);
});
