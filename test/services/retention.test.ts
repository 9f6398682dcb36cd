import t from 'tap';
import { siteKeys } from '../../src/redis/keys.js';
import { DAY, DEMO, eventually, HOUR, MINUTE, NINE, SITE } from '../fixtures/runtime.js';
import { keysHolding, spellings } from '../fixtures/scan.js';
import { iso, mac, type Story, startStory } from '../fixtures/story.js';

const PERSON = ['lovelace', 'ada.l', 'ada@', 'counting-house', 'Babbage'];
const MACS = [1, 2, 3, 4].flatMap((n) => spellings(mac(n)));

/** The code of the link that was mailed to a host. */
async function linkTo(email: string, { runtime }: Story): Promise<string> {
  const { mail } = runtime.services;
  for (const { id } of (await mail.outbox(SITE, { limit: 50 })).items) {
    const shown = await mail.show(SITE, id, 'test');
    const [, code] = /\/host\/enter\/(\S+)/.exec(shown?.text ?? '') ?? [];
    if (code && shown?.to.address.toLowerCase() === email) return code;
  }
  throw new Error('no link was mailed');
}

/** Everything that a person can leave behind in a day. */
async function live(story: Story) {
  const { runtime, visit, redeem, letIn } = story;
  const { services, stores } = runtime;
  const made = await visit({
    name: 'Ada Lovelace',
    email: 'ada.l@counting-house.example',
    host: 'Charles Babbage',
    maxDevices: 2,
  });
  await redeem(1, made.pin);
  await redeem(2, made.pin, { email: 'ada.l@counting-house.example' });
  const full = await redeem(3, made.pin);
  if (full.status !== 'device-limit') throw new Error(full.status);
  await redeem(3, made.pin, { replace: full.devices[0]?.slot ?? '' });
  await redeem(4, '0000000000', { client: { ...story.client(4), addressProven: true } });
  await letIn(3);
  for (const n of [1, 2, 3, 4]) await services.identity.noteRedirect(story.client(n), `10.0.0.${n}`);
  await stores.grants.letIn(SITE, DEMO, mac(3), 'again', runtime.now(), { handle: 'name', via: 'ap' });
  const access = await stores.grants.access(SITE, DEMO, mac(3));
  await stores.credentials.issue(SITE, DEMO, {
    mac: mac(3),
    handle: 'name',
    until: access?.until ?? 0,
    username: 'once',
    ms: 60_000,
  });
  await stores.sessions.put(SITE, DEMO, { mac: mac(3), id: 's1', nas: '10.0.0.254', seenAt: runtime.now() });
  await services.settings.change(
    SITE,
    { 'hosts.register': true, 'hosts.domains': ['example.net'] },
    undefined,
    'test',
  );
  await services.hosts.sendLink(SITE, 'Babbage@example.net', '192.0.2.1');
  await services.hosts.enter(await linkTo('babbage@example.net', story));
  await services.hosts.sendLink(SITE, 'Babbage@example.net', '192.0.2.1');
  await services.visits.checkIn(SITE, made.id, 'test');
  await services.visits.change(SITE, made.id, { durationMinutes: 90 }, 'test');
  return made;
}

/** Time to live is real time: what would have ended by then is ended by hand. */
async function expire(story: Story, ms: number): Promise<void> {
  const { redis } = story.runtime.server;
  for (const key of await redis.keys('*')) {
    const left = await redis.pttl(key);
    if (left >= 0 && left <= ms) await redis.del(key);
  }
}

t.test('after the retention nothing names the person or a device', async (t) => {
  const story = await startStory(t);
  const { runtime, box } = story;
  const { redis } = runtime.server;
  await live(story);
  t.ok((await keysHolding(redis, ...PERSON)).length > 1, 'there is something to go');
  t.ok((await keysHolding(redis, ...MACS)).length > 5);
  t.equal(
    (await keysHolding(redis, 'babbage@example.net')).filter((key) => key.includes(':host-')).length,
    2,
  );
  runtime.time.advance(2 * HOUR);
  await eventually(() => box.sessions.size === 0);
  runtime.time.advance(30 * DAY - HOUR);
  await runtime.services.retention.sweep(SITE);
  t.ok((await keysHolding(redis, 'lovelace')).length > 0, 'half an hour before it is all there');
  runtime.time.advance(HOUR);
  const expired = 30 * DAY + 2 * HOUR;

  await t.test('where Redis is behind, by the sweep', async (t) => {
    // Only what lasts an hour or a day has ended by itself: the visit is there yet.
    await expire(story, DAY + 2 * HOUR);
    t.ok((await keysHolding(redis, 'lovelace')).length > 0);
    t.equal(await runtime.services.retention.sweep(SITE), 1);
    t.same(await keysHolding(redis, ...PERSON), []);
    t.same(await keysHolding(redis, ...MACS), []);
    t.match((await story.events('retention.swept')).at(-1)?.fields, { visits: '1' });
  });

  await t.test('and where its records went by themselves, too', async (t) => {
    runtime.time.set(NINE);
    await live(story);
    runtime.time.advance(2 * HOUR);
    await eventually(() => box.sessions.size === 0);
    runtime.time.advance(30 * DAY);
    await expire(story, expired);
    t.ok((await keysHolding(redis, 'lovelace')).length > 0, 'the index of words');
    await runtime.services.retention.sweep(SITE);
    t.same(await keysHolding(redis, ...PERSON), []);
    t.same(await keysHolding(redis, ...MACS), []);
  });
});

t.test('a router that never answers again keeps no device beyond the retention', async (t) => {
  const story = await startStory(t);
  const { runtime, box } = story;
  const { redis } = runtime.server;
  const { id, pin } = await story.visit({ name: 'Ada Lovelace' });
  await story.redeem(1, pin);
  await eventually(() => box.sessions.has(mac(1)));
  box.fault = 'login-refused';
  await runtime.services.visits.cancel(SITE, id, 'test');
  await eventually(async () => (await story.access(1))?.dead);
  await runtime.services.retention.sweep(SITE);
  t.ok(await story.access(1), 'as long as the visit is kept it waits for a person');
  runtime.time.advance(31 * DAY);
  await runtime.services.retention.sweep(SITE);
  t.same(await keysHolding(redis, ...spellings(mac(1)), 'lovelace'), []);
});

t.test('a claim that nobody settled goes with its client', async (t) => {
  const story = await startStory(t, { started: false });
  const { redis } = story.runtime.server;
  await redis.sadd(siteKeys.claimed(SITE, DEMO), mac(1));
  await redis.zadd(siteKeys.dead(SITE, DEMO), NINE, mac(2));
  await story.runtime.services.retention.sweep(SITE);
  t.equal(await redis.exists(siteKeys.claimed(SITE, DEMO), siteKeys.dead(SITE, DEMO)), 0);
});

t.test(
  'a shorter retention holds for visits that are kept already, a longer one for what is there',
  async (t) => {
    const story = await startStory(t, { started: false });
    const { runtime, visit, set } = story;
    const { redis } = runtime.server;
    const { id, pin } = await visit({ name: 'Ada Lovelace', durationMinutes: 60 });
    await story.redeem(1, pin);
    await runtime.stores.tokens.admit(
      SITE,
      { visit: id, gateway: DEMO, mac: mac(1), newGrantId: 'g', newSlot: 's', by: '' },
      NINE,
    );
    const kept = async () => {
      const keys = [siteKeys.visit, siteKeys.devices, siteKeys.visitGrants, siteKeys.visitEvents].map((key) =>
        key(SITE, id),
      );
      const [grant] = await redis.smembers(siteKeys.visitGrants(SITE, id));
      const all = [...keys, siteKeys.grant(SITE, grant ?? ''), siteKeys.client(SITE, mac(1))];
      return Promise.all(all.map(async (key) => Math.round((await redis.pttl(key)) / MINUTE)));
    };
    const minutes = (ms: number) => Array(6).fill(Math.round(ms / MINUTE));
    t.same(await kept(), minutes(HOUR + 30 * DAY));
    for (const days of [3, 60, 1]) {
      await set({ 'retention.days': days });
      await runtime.services.retention.sweep(SITE);
      t.same(await kept(), minutes(HOUR + days * DAY), `${days} days`);
    }
    runtime.time.advance(DAY + HOUR);
    t.equal(await runtime.services.retention.sweep(SITE), 1);
    t.same(await keysHolding(redis, 'lovelace'), []);
  },
);

t.test('what was registered after it was over is kept from then on', async (t) => {
  const story = await startStory(t, { started: false });
  const { runtime, visit } = story;
  const { retention, visits } = runtime.services;
  const old = await visit({ expectedArrival: iso(NINE - 90 * DAY) });
  const cancelled = await visit({ expectedArrival: iso(NINE + 200 * DAY) });
  await visits.cancel(SITE, cancelled.id, 'test');
  const ahead = await visit({ expectedArrival: iso(NINE + 200 * DAY) });
  t.equal(await retention.sweep(SITE), 0);
  runtime.time.advance(30 * DAY - 1);
  t.equal(await retention.sweep(SITE), 0);
  runtime.time.advance(1);
  t.equal(await retention.sweep(SITE), 2, 'one that was cancelled is over, too');
  t.equal(await visits.find(SITE, old.id), undefined);
  t.ok(await visits.find(SITE, ahead.id));
});

t.test('a visit that somebody changes while it is looked at is left to the next sweep', async (t) => {
  const { runtime, visit } = await startStory(t, { started: false });
  const { id } = await visit();
  const read = await runtime.stores.visits.find(SITE, id);
  if (!read) throw new Error('no visit');
  await runtime.services.visits.change(SITE, id, { name: 'Another Name' }, 'test');
  t.equal(await runtime.stores.persons.keep(SITE, read, NINE, NINE), 'conflict');
  t.match(await runtime.services.visits.find(SITE, id), { name: 'Another Name' });
});

t.test('an address tells of the clients of the last day only, however often it is used', async (t) => {
  const { runtime, client } = await startStory(t, { started: false });
  const { identity, retention } = runtime.services;
  const { clients } = runtime.stores;
  const seen = () => clients.seen(SITE, DEMO, '10.0.0.1');
  await identity.noteRedirect(client(1), '10.0.0.1');
  runtime.time.advance(HOUR);
  await identity.noteRedirect(client(2), '10.0.0.1');
  t.same(await seen(), [mac(1), mac(2)]);
  runtime.time.advance(DAY - MINUTE);
  await identity.noteRedirect(client(2), '10.0.0.1');
  t.same(await seen(), [mac(2)], 'who had the address before is forgotten');
  await identity.noteRedirect(client(3), '10.0.0.2');
  runtime.time.advance(HOUR);
  await identity.noteRedirect(client(3), '10.0.0.2');
  runtime.time.advance(DAY - MINUTE);
  await retention.sweep(SITE);
  t.same(await seen(), []);
  t.same(await clients.seen(SITE, DEMO, '10.0.0.2'), [mac(3)]);
});
