import t from 'tap';
import { siteKeys } from '../../src/redis/keys.js';
import { DAY, HOUR, NINE, SITE } from '../fixtures/runtime.js';
import { iso, startStory } from '../fixtures/story.js';

const MIDNIGHT = NINE - 9 * HOUR;

t.test('a day finds who arrives, and before them who is there from before', async (t) => {
  const story = await startStory(t, { started: false });
  const { visits } = story.runtime.services;
  const { redis } = story.runtime.server;
  const make = async (name: string, arrival: number, until: number) =>
    (
      await story.visit({
        name,
        expectedArrival: iso(arrival),
        until: iso(until),
        durationMinutes: undefined,
      })
    ).id;
  const named = async (day: number) =>
    (await visits.onDay(SITE, MIDNIGHT + day * DAY, MIDNIGHT + (day + 1) * DAY)).map(({ name }) => name);
  const long = () => redis.zrange(siteKeys.longVisits(SITE), '0', '-1');

  const week = await make('Week', NINE, NINE + 4 * DAY);
  await make('Hour', NINE + DAY, NINE + DAY + HOUR);
  await make('Night', NINE + 13 * HOUR, NINE + 17 * HOUR);
  await make('To midnight', NINE, MIDNIGHT + DAY);
  await make('Later week', NINE + 3 * DAY, NINE + 6 * DAY);
  t.equal((await long()).length, 3, 'only who stays over a midnight is in the index');
  t.same(await named(-1), []);
  t.same((await named(0)).sort(), ['Night', 'To midnight', 'Week']);
  t.same(await named(1), ['Week', 'Night', 'Hour']);
  t.same(await named(2), ['Week']);
  t.same(await named(3), ['Week', 'Later week']);
  t.same(await named(4), ['Week', 'Later week']);
  t.same(await named(5), ['Later week']);
  t.same(await named(7), []);

  await visits.change(SITE, week, { until: iso(NINE + HOUR) }, 'test');
  t.same(await named(2), [], 'a visit that was shortened stays for its day');
  await visits.change(SITE, week, { until: iso(NINE + 2 * DAY) }, 'test');
  t.same(await named(2), ['Week']);
  story.runtime.time.set(NINE + DAY);
  await visits.checkOut(SITE, week, 'test');
  t.same(await named(2), [], 'who checked out the day before is not there');
  t.same(await named(1), ['Week', 'Night', 'Hour'], 'but was, on that day');

  const away = await make('Away', NINE, NINE + 9 * DAY);
  await visits.cancel(SITE, away, 'test');
  t.same(await named(7), []);
  t.ok(await visits.erase(SITE, away, 'test'));
  t.notOk((await long()).includes(away));
  await redis.del(siteKeys.visit(SITE, week));
  await story.runtime.stores.visits.sweep(SITE, NINE + 400 * DAY);
  t.notOk((await long()).includes(week), 'the sweep clears the index');
});
