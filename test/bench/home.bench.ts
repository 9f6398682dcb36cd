import t from 'tap';
import { siteKeys } from '../../src/redis/keys.js';
import { startAdmin } from '../fixtures/admin.js';
import { HOUR, MINUTE, NINE, SITE } from '../fixtures/runtime.js';
import { actions } from '../fixtures/story.js';
import { percentile, report } from './report.js';

const VISITS = 5000;
const AT_ONCE = 1000;
const TURNS = 25;
const AT_MOST = 1;
/** What the day is made from: asked for of each visit by a command of its own. */
const FIELDS = [
  ...['id', 'validFrom', 'arrivalAt', 'earlyMs', 'startWithinMs', 'durationMs', 'endAt', 'hasToken'],
  ...['startedAt', 'tokenEndedAt', 'checkedInAt', 'checkedOutAt', 'cancelledAt', 'firstUseAt'],
];

t.test('Home of a day with many visits', { timeout: 120_000 }, async (t) => {
  const { runtime, as } = await startAdmin(t);
  const { redis } = runtime.server;
  const { id } = await actions(runtime).visit();
  const record = await redis.hgetall(siteKeys.visit(SITE, id));
  const ids = Array.from({ length: VISITS }, (_, i) => `v${String(i).padStart(25, '0')}`);
  const parts = Array.from({ length: VISITS / AT_ONCE }, (_, i) => ids.slice(i * AT_ONCE, (i + 1) * AT_ONCE));
  for (const part of parts) {
    const step = redis.pipeline();
    for (const one of part) {
      const i = Number(one.slice(1));
      const arrivalAt = NINE - 2 * HOUR + (i % 600) * MINUTE;
      const used = i % 3 === 0 ? { firstUseAt: NINE + (i % 60) * MINUTE } : {};
      const came = i % 5 === 0 ? { checkedInAt: NINE } : {};
      step.hset(siteKeys.visit(SITE, one), { ...record, id: one, arrivalAt, ...used, ...came });
      step.zadd(siteKeys.visits(SITE), arrivalAt, one);
    }
    await step.exec();
  }
  runtime.time.advance(HOUR);
  const desk = await as('desk');

  const eachByItself = async (): Promise<void> => {
    for (const part of parts) {
      const step = redis.pipeline();
      for (const one of part) step.hmget(siteKeys.visit(SITE, one), ...FIELDS);
      await step.exec();
    }
  };
  const home = async (): Promise<void> => {
    const { status, html } = await desk.get('/');
    if (status !== 200 || !/<strong>\d,?\d+<\/strong>Expected/.test(html)) throw new Error(`${status}`);
  };
  const took = async (work: () => Promise<void>): Promise<number> => {
    const begun = performance.now();
    await work();
    return performance.now() - begun;
  };
  const [plain, page]: [number[], number[]] = [[], []];
  await eachByItself();
  await home();
  for (let turn = 0; turn < TURNS; turn++) {
    plain.push(await took(eachByItself));
    page.push(await took(home));
  }
  const [yardstick, measured] = [plain, page].map((all) => percentile(all, 0.5)) as [number, number];
  t.comment(`p99 ${percentile(plain, 0.99).toFixed(1)} / ${percentile(page, 0.99).toFixed(1)} ms`);
  report({
    name: 'home',
    what: `Home of a day with ${VISITS} visits, in the middle: to read the times of each by a command of its own, and the whole page`,
    unit: 'ms',
    yardstick,
    measured,
    ratio: measured / yardstick,
    atMost: AT_MOST,
  });
  t.ok(measured / yardstick <= AT_MOST, `${measured / yardstick}`);
});
