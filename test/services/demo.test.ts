import t from 'tap';
import { DAY, DEMO, eventually, MINUTE, SITE, startRuntime } from '../fixtures/runtime.js';
import { mac } from '../fixtures/story.js';

const DEMO_VISIT = 'demo-visit';

t.test('the demo PIN stays the same while it works, and a new one is made before it does not', async (t) => {
  const runtime = await startRuntime(t);
  const { demo, visits } = runtime.services;
  const pin = await demo.prepare(SITE);
  t.equal(await demo.prepare(SITE), pin);
  runtime.time.advance(DAY - 30 * MINUTE);
  const next = await demo.prepare(SITE);
  t.not(next, pin);
  const visit = await visits.find(SITE, DEMO_VISIT);
  t.equal(visit?.cancelledAt, undefined, 'nothing of the former visit is left in it');
  t.equal((await visits.showPin(SITE, DEMO_VISIT))?.pin, next);
  const { items } = await visits.list(SITE, { words: [], limit: 10 });
  t.equal(items.length, 1);
  t.equal((await visits.admitDevice(SITE, DEMO_VISIT, DEMO, mac(1), 'test')).status, 'granted');
});

t.test('with the first real gateway the demo goes, and nothing but facts is left of its visit', async (t) => {
  const runtime = await startRuntime(t, { started: true });
  const { demo, visits, registry } = runtime.services;
  await demo.prepare(SITE);
  await eventually(() => runtime.worker?.holds(DEMO));
  t.equal((await visits.admitDevice(SITE, DEMO_VISIT, DEMO, mac(1), 'test')).status, 'granted');
  await demo.retire();
  t.equal(registry.get(DEMO), undefined);
  t.equal(await visits.find(SITE, DEMO_VISIT), undefined);
  t.strictSame((await visits.list(SITE, { words: [], limit: 10 })).items, []);
  t.strictSame((await runtime.stores.grants.list(SITE, { limit: 10 })).items, []);
  t.strictSame((await visits.list(SITE, { words: ['demo'], limit: 10 })).items, []);
  t.strictSame(await runtime.server.redis.keys(`*${DEMO_VISIT}*`), []);
  const { items } = await runtime.stores.events.list(SITE, '', 100);
  t.ok(items.some(({ type, fields }) => type === 'visit.erased' && fields.visit === DEMO_VISIT));
  t.equal(await visits.erase(SITE, DEMO_VISIT, 'test'), false, 'again is no error');
});

t.test('an erased visit is off every gateway', async (t) => {
  const runtime = await startRuntime(t, { started: true });
  const { visits } = runtime.services;
  const made = await visits.register(SITE, { name: 'Ada', expectedArrival: '2026-11-23T09:00' }, 'test');
  if (made.status !== 'registered') throw new Error('not registered');
  const { id } = made.visit;
  await visits.admitDevice(SITE, id, DEMO, mac(1), 'test');
  const until = async () => (await runtime.worker?.sessions(DEMO))?.length;
  await eventually(async () => (await until()) === 1);
  t.equal(await visits.erase(SITE, id, 'test'), true);
  await eventually(async () => (await until()) === 0);
  t.pass('the gateway was told');
});
