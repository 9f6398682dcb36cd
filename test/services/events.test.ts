import t from 'tap';
import type { GatewayId } from '../../src/domain/id.js';
import { DAY, eventually, MINUTE, NINE, SITE } from '../fixtures/runtime.js';
import { iso, mac, startStory } from '../fixtures/story.js';

const NORTH = 'north' as GatewayId;

t.test('a grant that a change of its visit ends names who changed it', async (t) => {
  const story = await startStory(t);
  const { visits } = story.runtime.services;
  const last = async () => (await story.events('grant.revoked')).at(-1)?.fields;
  const change: [reason: string, act: (id: string) => Promise<unknown>][] = [
    ['cancelled', (id) => visits.cancel(SITE, id, 'key:a')],
    ['checked-out', (id) => visits.checkOut(SITE, id, 'key:a')],
    ['reissued', (id) => visits.reissue(SITE, id, { dropDevices: true }, 'key:a')],
    ['moved', (id) => visits.change(SITE, id, { expectedArrival: iso(NINE + DAY) }, 'key:a')],
    ['erased', (id) => visits.erase(SITE, id, 'key:a')],
  ];
  for (const [reason, act] of change) {
    const { id, pin } = await story.visit();
    t.match(await story.redeem(1, pin), { status: 'granted' });
    await act(id);
    t.match(await last(), { visit: id, reason, by: 'key:a' }, reason);
  }
});

t.test('who goes online and offline is found by the grants, and by no hardware address', async (t) => {
  const story = await startStory(t);
  await story.runtime.services.registry.put(SITE, NORTH, { kind: 'demo' }, 'test');
  await eventually(() => story.runtime.worker?.holds(NORTH));
  const short = await story.visit({ durationMinutes: 30 });
  const long = await story.visit({ durationMinutes: 90 });
  const grantOf = async (visit: string, gateway: string) =>
    (await story.runtime.stores.grants.ofVisit(SITE, visit)).find((grant) => grant.gateway === gateway)?.id;
  const events = (type: string, count: number) =>
    eventually(async () => {
      const seen = await story.events(type);
      return seen.length === count && seen.map(({ fields }) => fields);
    });

  await story.redeem(1, short.pin);
  const first = await grantOf(short.id, 'demo');
  const until = String(NINE + 30 * MINUTE);
  t.strictSame(await events('client.online', 1), [{ gateway: 'demo', until, grants: first }]);

  await story.redeem(1, long.pin);
  const second = await grantOf(long.id, 'demo');
  const both = [first, second].sort().join(' ');
  const online = (await events('client.online', 2))[1];
  t.strictSame(online?.grants?.split(' ').sort().join(' '), both, 'two visits share the device');

  await story.redeem(1, long.pin, { gateway: NORTH });
  t.match((await events('client.online', 3))[2], {
    gateway: 'north',
    grants: await grantOf(long.id, 'north'),
  });

  // The shorter one is cut; the longer one goes on, and is the last that the device had.
  await story.runtime.services.visits.cancel(SITE, short.id, 'test');
  await story.runtime.services.visits.erase(SITE, long.id, 'test');
  const offline = await events('client.offline', 2);
  const there = offline.find(({ gateway }) => gateway === 'demo');
  t.ok(there?.grants?.split(' ').includes(second ?? '?'), JSON.stringify(offline));
  const log = await story.runtime.stores.events.list(SITE, '', 1000);
  t.notOk(JSON.stringify(log).includes(mac(1)));
});

t.test('a grant that began beside a longer one is named when the device goes offline', async (t) => {
  const story = await startStory(t);
  const long = await story.visit({ durationMinutes: 90 });
  const short = await story.visit({ durationMinutes: 30 });
  const named: string[] = [];
  for (const { id, pin } of [long, short]) {
    t.match(await story.redeem(1, pin), { status: 'granted' });
    named.push((await story.live(id))[0]?.id ?? '?');
  }
  await eventually(async () => (await story.events('client.online')).length === 1);
  story.runtime.time.set(NINE + 90 * MINUTE);
  const offline = await eventually(async () => (await story.events('client.offline'))[0]);
  t.strictSame(offline.fields.grants?.split(' ').sort(), named.sort());
});
