import t from 'tap';
import { connectRedis } from '../../src/redis/connect.js';
import { siteKeys } from '../../src/redis/keys.js';
import { createSignals } from '../../src/redis/signals.js';
import { GUEST_ONLY, WORKER_ONLY } from '../fixtures/guest.js';
import { startRedis } from '../fixtures/redis.js';
import { DEMO, eventually, HOUR, NINE, SITE } from '../fixtures/runtime.js';
import { mac, startStory } from '../fixtures/story.js';

const TEN = NINE + HOUR;
/** These mostly wait for a lease, so they wait side by side. */
const BESIDE = { buffered: true };
t.jobs = 5;

t.test('the process that redeems wakes the one that holds the lane', async (t) => {
  const story = await startStory(t);
  const other = await story.beside();
  t.ok(story.runtime.worker?.holds(DEMO));
  t.notOk(other.runtime.worker?.holds(DEMO));
  const took: number[] = [];
  for (let n = 1; n <= 9; n++) {
    const { pin } = await story.visit();
    const started = performance.now();
    t.match(await other.redeem(n, pin), { status: 'granted' });
    took.push(performance.now() - started);
    t.ok(story.box.sessions.has(mac(n)), 'it was in force when the visitor had the answer');
  }
  // The holder looks by itself each 250 ms: the middle one of nine says whether it was woken.
  t.ok((took.sort((a, b) => a - b)[4] ?? 0) < 150, took.map(Math.round).join(' '));
  t.strictSame([...new Set(story.box.calls.map(({ talker }) => talker))], [1]);
});

t.test(
  'a visitor waits three seconds at most for a gateway that hangs, here or in another process',
  BESIDE,
  async (t) => {
    const story = await startStory(t);
    const other = await story.beside();
    const { pin } = await story.visit();
    let free: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      free = resolve;
    });
    story.box.before = () => held;
    const started = performance.now();
    const took = await Promise.all(
      [story, other].map(async (process, n) => {
        t.match(await process.redeem(n + 1, pin), { status: 'granted', until: TEN });
        return performance.now() - started;
      }),
    );
    for (const ms of took) t.ok(ms >= 2900 && ms < 3500, `${Math.round(ms)} ms`);
    t.match(await other.captive(2), { state: 'pending', stuck: false });
    free();
    await eventually(() => story.box.sessions.size === 2);
  },
);

t.test(
  'when the holder of a lane dies another process takes it, and what was claimed goes out',
  BESIDE,
  async (t) => {
    const story = await startStory(t, GUEST_ONLY);
    const { commands } = story.runtime.stores;
    const lane = siteKeys.lane(SITE, DEMO);
    // The dead one: it holds the lane, claims, and is not heard of again.
    t.equal(await commands.holdLane(SITE, DEMO, 'dead', 60_000, NINE), 'taken');
    const { id } = await story.visit();
    await story.runtime.services.visits.admitDevice(SITE, id, DEMO, mac(1), 'test');
    const order = { holder: 'dead', leaseMs: 20_000, limit: 10, now: NINE };
    t.match(await commands.claim(SITE, DEMO, order), [{ mac: mac(1) }]);
    const other = await story.beside(WORKER_ONLY);
    await new Promise((resolve) => setTimeout(resolve, 300));
    t.equal(story.box.made, 0, 'nobody else talks to the gateway while the lease lasts');
    await story.runtime.server.redis.pexpire(lane, 50);
    await eventually(() => story.box.sessions.get(mac(1)) === TEN, 3000);
    t.ok(other.runtime.worker?.holds(DEMO));
    t.match(story.box.calls, [{ op: 'authorize', mac: mac(1), until: TEN }]);
    t.equal(story.box.calls.length, 1);
    const ttl = await story.runtime.server.redis.pttl(lane);
    t.ok(ttl > 0 && ttl <= 5000, 'five seconds after the last sign of life it is free');
  },
);

t.test('a process that stops in order gives its lane away at once', BESIDE, async (t) => {
  const story = await startStory(t);
  const other = await story.beside();
  await story.runtime.stop();
  t.equal(story.box.open, 0);
  await eventually(() => other.runtime.worker?.holds(DEMO), 2500);
});

t.test('a process that gets a lane back says how the gateway is now', BESIDE, async (t) => {
  const story = await startStory(t);
  const { gateways } = story.runtime.stores;
  const health = async () => (await gateways.health(SITE)).get(DEMO);
  await eventually(async () => (await health())?.ok === true);
  await story.runtime.server.redis.set(siteKeys.lane(SITE, DEMO), 'another', 'PX', 300);
  await eventually(() => !story.runtime.worker?.holds(DEMO), 2500);
  await gateways.putHealth(SITE, DEMO, { ok: false, problems: ['down'], guestNetworks: [], checkedAt: NINE });
  await eventually(async () => (await health())?.ok === true);
});

t.test(
  'without Redis the holder lets the gateway go before its lease is over, and comes back',
  BESIDE,
  async (t) => {
    const story = await startStory(t);
    await story.runtime.server.stop();
    await eventually(() => story.box.open === 0, 9000);
    t.notOk(story.runtime.worker?.holds(DEMO));
    await story.runtime.server.restart();
    await eventually(() => story.runtime.worker?.holds(DEMO), 9000);
  },
);

t.test('a stop does not wait for a gateway that hangs', BESIDE, async (t) => {
  const story = await startStory(t);
  const { pin } = await story.visit();
  let free: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    free = resolve;
  });
  story.box.before = () => held;
  const redeeming = story.redeem(1, pin);
  await eventually(async () => (await story.runtime.stores.commands.counts(SITE, DEMO)).claimed === 1);
  const started = performance.now();
  await story.runtime.stop();
  t.ok(performance.now() - started < 4500);
  free();
  await redeeming;
});

t.test('processes hear each other again after Redis was away', BESIDE, async (t) => {
  const { redis: server, stop, restart, url } = await startRedis(t);
  const mouth = createSignals(server);
  const connection = connectRedis(url);
  t.teardown(() => connection.close());
  t.ok(await connection.ready(5000));
  const heard = new Set<number>();
  const all = Array.from({ length: 20 }, () => createSignals(connection.client));
  t.teardown(() => all.forEach((one) => void one.close()));
  await Promise.all(all.map((one, i) => one.listen(() => heard.add(i))));
  for (let round = 1; round <= 3; round++) {
    heard.clear();
    await stop();
    await restart();
    await eventually(async () => {
      await mouth.send({ type: 'changed' });
      return heard.size === all.length;
    });
  }
  for (const one of all) one.close();
  await eventually(async () => Number((await server.pubsub('NUMSUB', 'foyer:signals'))[1]) === 0);
});
