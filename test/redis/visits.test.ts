import t from 'tap';
import { siteKeys } from '../../src/redis/keys.js';
import type { RedisClient } from '../../src/redis/scripts.js';
import { createVisitStore } from '../../src/redis/visits.js';
import { DAY, NINE, SITE } from '../fixtures/runtime.js';
import { mac, type Story, startStory } from '../fixtures/story.js';

const LATER = NINE + 400 * DAY;

/** The same Redis, but this command fails the first time. */
function failingOnce(redis: RedisClient, command: 'zscan' | 'zrem'): RedisClient {
  let failed = false;
  return new Proxy(redis, {
    get(target, name) {
      const value = Reflect.get(target, name) as unknown;
      if (typeof value !== 'function') return value;
      if (name !== command || failed) return value.bind(target);
      return () => {
        failed = true;
        return Promise.reject(new Error('the connection is gone'));
      };
    },
  });
}

const wordsIn = (story: Story): Promise<string[]> =>
  story.runtime.server.redis.zrange(siteKeys.words(SITE), '0', '-1');

t.test('a sweep that fails on its way leaves nothing that the next one does not find', async (t) => {
  for (const command of ['zscan', 'zrem'] as const) {
    const story = await startStory(t, { started: false });
    const { redis } = story.runtime.server;
    const { id } = await story.visit({ name: 'Gone Visitor', email: 'gone@example.com' });
    await redis.del(siteKeys.visit(SITE, id));
    await t.rejects(createVisitStore(failingOnce(redis, command)).sweep(SITE, LATER), /connection is gone/);
    t.equal(await story.runtime.stores.visits.sweep(SITE, LATER), 1, `after a fault of ${command}`);
    t.strictSame(await wordsIn(story), []);
    t.equal(await story.runtime.stores.visits.count(SITE), 0);
  }
});

t.test('a visit that is registered under an id of an older one has nothing of that', async (t) => {
  const story = await startStory(t);
  const { visits } = story.runtime.services;
  const register = async (input: object) => {
    const fields = { expectedArrival: new Date(NINE).toISOString(), ...input };
    const made = await visits.register(SITE, fields, 'test', 'again');
    if (made.status !== 'registered') throw new Error(JSON.stringify(made.problems));
    return made;
  };
  const old = await register({
    name: 'Ada',
    email: 'ada@example.com',
    host: 'Grace',
    until: '2026-11-23T11:00',
  });
  t.match(await story.redeem(1, old.pin), { status: 'granted' });
  t.equal((await visits.checkOut(SITE, 'again', 'test')).status, 'changed');

  const made = await register({ name: 'Bob' });
  const found = await visits.find(SITE, 'again');
  t.strictSame(
    found,
    made.visit,
    'no e-mail address, host, end, check-out, device or first use of the older',
  );
  t.match(await story.redeem(1, old.pin), { status: 'refused' });
  t.match(await story.redeem(2, made.pin), { status: 'granted' });
  t.equal((await story.live('again')).length, 1);

  // The same while the older one is in force.
  await register({ name: 'Eve' });
  t.match(await story.redeem(2, made.pin), { status: 'refused' });
  t.strictSame(await story.live('again'), []);
  t.match(await story.captive(2), { state: 'captive' });
  t.equal((await story.access(2))?.until ?? 0, 0, `${mac(2)} is to go`);
  for (const name of ['ada', 'grace', 'bob'])
    t.strictSame((await visits.list(SITE, { words: [name], limit: 9 })).items, [], `${name} finds nothing`);
});
