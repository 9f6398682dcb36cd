import t from 'tap';
import { createClock } from '../../src/redis/clock.js';
import { startRedis } from '../fixtures/redis.js';

const START = Date.UTC(2026, 10, 23, 9);

/** A world whose three clocks can be moved one by one. */
function world(options: { delayMs?: number; newest?: () => number | undefined } = {}) {
  const state = { real: 0, redis: START, wall: START };
  const pass = (ms: number) => {
    state.real += ms;
  };
  const clock = createClock({
    time: async () => {
      pass((options.delayMs ?? 0) / 2);
      const at = state.redis + state.real;
      pass((options.delayMs ?? 0) / 2);
      return at;
    },
    monotonic: () => 1000 + state.real,
    wall: () => state.wall + state.real,
    ...(options.newest ? { newestEventAt: async () => options.newest?.() } : {}),
  });
  return { state, pass, clock };
}

t.test('it follows the clock of Redis, whatever this machine’s clock does', async (t) => {
  const { state, pass, clock } = world();
  t.match(clock.status(), { ok: false, reason: /not been read/ });
  t.equal(clock.now(), START, 'before the first sync it is the time of this machine');
  state.redis = START + 3000;
  await clock.sync();
  t.strictSame(clock.status(), { ok: true, skewMs: -3000 });
  t.equal(clock.now(), START + 3000);
  state.wall -= 86_400_000;
  pass(10_000);
  t.equal(clock.now(), START + 13_000);
});

t.test('half of the time that the answer took is taken into account', async (t) => {
  const { state, clock } = world({ delayMs: 40 });
  await clock.sync();
  t.equal(clock.now(), START + state.real);
});

t.test('the quickest of a few slow answers counts', async (t) => {
  let real = 0;
  const delays = [
    [400, 0],
    [100, 0],
    [0, 20],
  ];
  const clock = createClock({
    monotonic: () => real,
    wall: () => START + real,
    time: async () => {
      const [before = 0, after = 0] = delays.shift() ?? [];
      real += before;
      const at = START + real;
      real += after;
      return at;
    },
  });
  await clock.sync();
  t.equal(clock.now(), START + real - 10, 'wrong by half of 20 ms at most');
});

t.test('a skew over five seconds is reported and decisions go on', async (t) => {
  const { state, clock } = world();
  state.wall += 5000;
  await clock.sync();
  t.strictSame(clock.status(), { ok: true, skewMs: 5000 });
  state.wall += 1000;
  await clock.sync();
  t.match(clock.status(), { ok: true, skewMs: 6000, reason: /6 s ahead of the time of Redis/ });
  state.wall -= 20_000;
  await clock.sync();
  t.match(clock.status(), { ok: true, reason: /14 s behind/ });
});

t.test('a Redis time before the newest event means no decisions until it is right', async (t) => {
  let newest: number | undefined = START + 900;
  const { state, pass, clock } = world({ newest: () => newest });
  await clock.sync();
  t.equal(clock.status().ok, true, 'a second is tolerated');
  newest = START + 60_000;
  await clock.sync();
  t.match(clock.status(), { ok: false, reason: /60 s before the newest event/ });
  pass(30_000);
  state.redis += 29_000;
  await clock.sync();
  t.equal(clock.status().ok, true);
  newest = undefined;
  await clock.sync();
  t.equal(clock.status().ok, true, 'no events, nothing to compare');
});

t.test('a small correction backwards is waited out, a large one is followed', async (t) => {
  const { state, pass, clock } = world();
  await clock.sync();
  pass(1000);
  const before = clock.now();
  state.redis -= 1500;
  await clock.sync();
  t.equal(clock.now(), before);
  pass(1499);
  t.equal(clock.now(), before);
  pass(101);
  t.equal(clock.now(), before + 100);
  state.redis -= 3600_000;
  await clock.sync();
  t.equal(clock.now(), before + 100 - 3600_000);
});

t.test('where Redis cannot be asked the last offset stays in force', async (t) => {
  let away = false;
  let real = 0;
  const clock = createClock({
    monotonic: () => real,
    wall: () => 0,
    time: async () => {
      if (away) throw new Error('away');
      return START + real;
    },
  });
  await clock.sync();
  away = true;
  real += 500;
  await t.rejects(clock.sync(), /away/);
  t.equal(clock.now(), START + 500);
});

t.test('with a real Redis on this machine it tells this machine’s time', async (t) => {
  const { redis } = await startRedis(t);
  const clock = createClock({
    monotonic: () => performance.now(),
    wall: () => Date.now(),
    time: async () => {
      const [seconds, micros] = await redis.time();
      return Number(seconds) * 1000 + Number(micros) / 1000;
    },
  });
  await clock.sync();
  t.equal(clock.status().ok, true);
  t.ok(Math.abs(clock.now() - Date.now()) < 100);
});
