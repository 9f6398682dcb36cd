import t from 'tap';
import type { Visit } from '../../src/domain/visit.js';
import { busyHours, hoursOf } from '../../src/services/today.js';

const MIDNIGHT = Date.UTC(2026, 10, 23);
const HOUR = 3_600_000;
const day = { from: MIDNIGHT, until: MIDNIGHT + 24 * HOUR };
const visit = (arrival: number, hours: number, more: Partial<Visit> = {}): Visit => ({
  id: 'v',
  name: 'Ada',
  expectedArrival: '',
  timeZone: 'UTC',
  maxDevices: 2,
  limits: {},
  terms: {
    validFrom: 'expected-arrival',
    arrivalAt: MIDNIGHT + arrival * HOUR,
    earlyMs: 0,
    startWithinMs: 0,
    durationMs: hours * HOUR,
  },
  hasToken: true,
  createdAt: 0,
  devices: [],
  ...more,
});
const used = (arrival: number, hours: number, at = arrival): Visit =>
  visit(arrival, hours, { firstUseAt: MIDNIGHT + at * HOUR });

t.test('arrivals stand in their hour, and who was online at a time is counted at its most', async (t) => {
  const visits = [
    used(9, 1),
    used(9, 2, 9.5),
    used(10, 1),
    used(-3, 48, 0.5),
    visit(10, 1),
    visit(12, 1, { cancelledAt: 1 }),
  ];
  const hours = hoursOf(visits, day, MIDNIGHT + 10 * HOUR);
  t.equal(hours.length, 24);
  t.same(hours[9], { at: MIDNIGHT + 9 * HOUR, expected: 2, came: 2, online: 3 });
  // One ends at ten, another begins at ten: they were not there together.
  t.same(hours[10], { at: MIDNIGHT + 10 * HOUR, expected: 2, came: 1, online: 3 });
  t.same(hours[11], { at: MIDNIGHT + 11 * HOUR, expected: 0, came: 0 }, 'what is to come is not known');
  t.same(hours[12]?.expected, 0, 'a cancelled visit is expected no more');
  t.same(
    [hours[0]?.online, hours[8]?.online],
    [1, 1],
    'who stays from the day before is online from the first hour',
  );
});

t.test('a day of 25 hours has 25, and the chart shows a working day and what lies beyond it', async (t) => {
  const long = { from: MIDNIGHT, until: MIDNIGHT + 25 * HOUR };
  t.equal(hoursOf([], long, MIDNIGHT).length, 25);
  const shown = (visits: Visit[]) =>
    busyHours(hoursOf(visits, day, MIDNIGHT)).map(({ at }) => (at - MIDNIGHT) / HOUR);
  t.same([shown([])[0], shown([]).at(-1)], [7, 18]);
  t.same([shown([visit(5, 1), visit(21, 1)])[0], shown([visit(5, 1), visit(21, 1)]).at(-1)], [5, 21]);
});
