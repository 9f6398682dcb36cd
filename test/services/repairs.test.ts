import t from 'tap';
import type { GatewayId } from '../../src/domain/id.js';
import { DAY, DEMO, eventually, HOUR, NINE, SITE } from '../fixtures/runtime.js';
import { mac, startStory } from '../fixtures/story.js';

const NORTH = 'north' as GatewayId;

t.test('what was wrong for good is tried again when the gateway is well again', async (t) => {
  const story = await startStory(t);
  const { id, pin } = await story.visit();
  await story.redeem(1, pin);
  story.box.fault = 'misconfigured';
  await story.runtime.services.visits.cancel(SITE, id, 'test');
  await eventually(async () => (await story.access(1))?.dead);
  t.ok(story.box.sessions.has(mac(1)), 'the gateway refused to end it');
  story.box.fault = undefined;
  story.box.epoch++;
  await eventually(() => !story.box.sessions.has(mac(1)));
  t.strictSame(await story.runtime.stores.commands.dead(SITE, DEMO), []);
});

t.test('a command that failed for good is tried again for the visitor who types the PIN again', async (t) => {
  const story = await startStory(t);
  const { pin } = await story.visit();
  story.box.fault = 'misconfigured';
  await story.redeem(1, pin);
  t.match(await story.captive(1), { state: 'pending', stuck: true });
  story.box.fault = undefined;
  t.equal((await story.redeem(1, pin)).status, 'granted');
  t.match(await story.captive(1), { state: 'online', until: NINE + HOUR });
});

t.test('a device that comes back again and again does not keep the desk from ending the visit', async (t) => {
  const story = await startStory(t);
  const { id, pin } = await story.visit();
  await story.redeem(1, pin);
  const version = async () => (await story.runtime.stores.visits.find(SITE, id))?.version;
  const before = await version();
  for (let i = 0; i < 5; i++) await story.letIn(1);
  await story.redeem(1, pin);
  t.equal(await version(), before);
  await story.redeem(2, pin);
  t.not(await version(), before, 'another device is a change of the visit');
});

t.test('the same right PIN sent again is one fact in the log', async (t) => {
  const story = await startStory(t);
  const { pin } = await story.visit();
  for (let i = 0; i < 5; i++) await story.redeem(1, pin);
  t.equal((await story.events('pin.redeemed')).length, 1);
});

t.test('whose MAC is only claimed leaves that gateway, and no other lets go of it', async (t) => {
  const story = await startStory(t);
  const { registry } = story.runtime.services;
  await registry.put(SITE, NORTH, { kind: 'demo', trust: 'verify', guestNetworks: ['10.9.0.0/24'] }, 'test');
  await story.runtime.worker?.sync();
  await eventually(() => story.runtime.worker?.holds(NORTH) && story.of(NORTH).lists > 0);
  const { id, pin } = await story.visit();
  await story.redeem(1, pin, { gateway: NORTH });
  await story.redeem(1, pin);
  await story.runtime.services.redeem.leave(story.client(1));
  t.notOk(story.box.sessions.has(mac(1)));
  t.ok(story.of(NORTH).sessions.has(mac(1)), 'a forger reaches no further');
  t.equal((await story.runtime.services.visits.find(SITE, id))?.devices.length, 1, 'nor frees the slot');
  await story.runtime.services.redeem.leave(story.client(1, NORTH));
  await eventually(() => !story.of(NORTH).sessions.has(mac(1)));
  t.equal((await story.runtime.services.visits.find(SITE, id))?.devices.length, 0);
});

t.test('while the clock gives no decisions the gateway is told nothing', async (t) => {
  let trusted = true;
  const story = await startStory(t, { decisions: () => trusted });
  const { id, pin } = await story.visit();
  await story.redeem(1, pin);
  trusted = false;
  await story.runtime.services.visits.cancel(SITE, id, 'test');
  story.runtime.time.advance(DAY);
  await new Promise((resolve) => setTimeout(resolve, 600));
  t.equal(story.box.calls.length, 1);
  trusted = true;
  await eventually(() => story.box.calls.length === 2);
});

t.test('a gateway is tested through the process that holds its lane', async (t) => {
  const story = await startStory(t, {
    started: false,
    env: { ROLES: 'admin', REDIS_URL: 'redis://127.0.0.1:1' },
  });
  const { registry, testGateway } = story.runtime.services;
  const gateway = registry.get(DEMO);
  if (!gateway) throw new Error('no gateway');
  t.match(await testGateway(gateway), { ok: true, problems: [] }, 'by itself where nobody does');
  t.equal(story.box.made, 1);
  t.equal(story.box.open, 0);
  const holder = await story.beside({ env: { ROLES: 'worker', REDIS_URL: 'redis://127.0.0.1:1' } });
  await eventually(() => holder.runtime.worker?.holds(DEMO));
  t.match(await testGateway(gateway), { ok: true, problems: [] });
  story.box.up = false;
  t.match(await testGateway(gateway), { ok: false, problems: [/does not answer/] });
  t.equal(story.box.made, 2, 'only the holder has a connection');
});
