import t from 'tap';
import { accessEnd, isLeaving, LATE_AFTER_MS, LEAVING_MS, standingOf } from '../../src/domain/standing.js';
import type { Visit } from '../../src/domain/visit.js';

const NINE = Date.UTC(2026, 10, 23, 9);
const HOUR = 3_600_000;
const visit = (more: Partial<Visit> = {}): Visit => ({
  id: 'v',
  name: 'Ada',
  expectedArrival: '2026-11-23T09:00',
  timeZone: 'UTC',
  maxDevices: 2,
  limits: {},
  terms: { validFrom: 'expected-arrival', arrivalAt: NINE, earlyMs: 0, startWithinMs: 0, durationMs: HOUR },
  hasToken: true,
  createdAt: 0,
  devices: [],
  ...more,
});

t.test('where a visit stands follows from what happened and from the time', async (t) => {
  const late = NINE + LATE_AFTER_MS;
  for (const [more, now, standing] of [
    [{}, NINE - HOUR, 'expected'],
    [{}, late - 1, 'expected'],
    [{}, late, 'late'],
    [{}, NINE + HOUR - 1, 'late'],
    [{}, NINE + HOUR, 'missed'],
    [{ checkedInAt: NINE }, NINE + 9 * HOUR, 'here'],
    [{ firstUseAt: NINE }, NINE + HOUR - 1, 'here'],
    [{ firstUseAt: NINE }, NINE + HOUR, 'left'],
    [{ firstUseAt: NINE, checkedInAt: NINE, checkedOutAt: NINE + 1 }, NINE + 2, 'left'],
    [{ cancelledAt: NINE, checkedInAt: NINE }, NINE, 'cancelled'],
  ] as const)
    t.equal(standingOf(visit(more), now), standing, JSON.stringify(more));
});

t.test('who is online and has half an hour left or less is leaving', async (t) => {
  const here = visit({ firstUseAt: NINE });
  const from = NINE + HOUR - LEAVING_MS;
  t.notOk(isLeaving(here, from - 1));
  t.ok(isLeaving(here, from));
  t.notOk(isLeaving(here, NINE + HOUR), 'whose access is over is not');
  t.notOk(isLeaving(visit(), from), 'nor who never came');
  t.notOk(isLeaving(visit({ firstUseAt: NINE, hasToken: false }), from));
});

t.test('access is over with its window, or before where it was ended', async (t) => {
  t.equal(accessEnd(visit()), NINE + HOUR);
  t.equal(accessEnd(visit({ tokenEndedAt: NINE + 5 })), NINE + 5);
  t.equal(accessEnd(visit({ hasToken: false })), undefined);
  const { terms } = visit();
  t.equal(accessEnd(visit({ terms: { ...terms, validFrom: 'first-use' } })), undefined);
});
