import t from 'tap';
import type { GatewayId, PinDigest } from '../../src/domain/id.js';
import { PIN_GRACE_MS } from '../../src/domain/window.js';
import { globalKeys, root, siteKeys } from '../../src/redis/keys.js';
import { DAY, DEMO, eventually, HOUR, MINUTE, NINE, SITE } from '../fixtures/runtime.js';
import { iso, mac, type Story, startStory } from '../fixtures/story.js';

const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/** An id, a digest, a hardware address or an address. */
const PART = '(?:[\\w-]+|(?:[0-9a-f]{2}:){5}[0-9a-f]{2}|[\\d.]+)';

/** Every key of a site as a pattern. */
const patterns = Object.entries(siteKeys).map(([name, make]) => {
  const parts = Array.from({ length: make.length - 1 }, () => 'PART');
  const key = (make as (...parts: unknown[]) => string)(SITE, ...parts);
  return { name, form: new RegExp(`^${literal(key).replaceAll('PART', PART)}$`) };
});
const globals = [
  ...Object.values(globalKeys).filter((key) => typeof key === 'string'),
  globalKeys.lease('sweep'),
  globalKeys.lease('mail'),
];

const keysOf = (story: Story): Promise<string[]> => story.runtime.server.redis.keys('*');

/** Everything that can be done with visits, with the first one's id and PIN. */
async function tell(story: Story) {
  const { runtime, visit, redeem } = story;
  const { services, stores } = runtime;
  const { visits } = services;
  const first = await visit({ email: 'ada@example.com', host: 'Grace Host', maxDevices: 2 });
  await redeem(1, first.pin);
  await redeem(2, first.pin);
  const full = await redeem(3, first.pin);
  if (full.status !== 'device-limit') throw new Error(full.status);
  await redeem(3, first.pin, { replace: full.devices[0]?.slot ?? '' });
  await redeem(4, '0000000000', { client: { ...story.client(4), addressProven: true } });
  await visits.change(SITE, first.id, { durationMinutes: 90 }, 'test');
  await visits.checkIn(SITE, first.id, 'test');
  const issued = await visits.reissue(SITE, first.id, { dropDevices: false }, 'test');
  await visits.admitDevice(SITE, first.id, DEMO, mac(3), 'test');
  const second = await visit({ name: 'Bob' });
  await redeem(5, second.pin);
  await visits.cancel(SITE, second.id, 'test');
  await services.identity.noteRedirect(story.client(6), '127.0.0.9');
  await stores.clients.putTable(SITE, DEMO, [{ ip: '10.0.0.1', mac: mac(6) }], 10_000);
  await stores.gateways.noteAsked(SITE, DEMO, NINE);
  await stores.commands.queue(SITE, DEMO, [mac(9)], 'gateway.drift-mended', NINE);
  await services.team.issueSetupCode();
  await services.team.addPerson('olga@example.com', 'desk', undefined, 'test');
  await services.team.addKey({ name: 'desk', role: 'desk', site: SITE }, 'test');
  await stores.leases.take('sweep', 1000);
  await services.settings.change(
    SITE,
    { 'walkIns.portal': true, 'walkIns.hosts': 'Bob <bob@example.com>' },
    undefined,
    'test',
  );
  const place = { client: { gateway: DEMO, mac: mac(11) } };
  const person = { name: 'Eve', email: 'eve@example.com', host: 'Bob' };
  await services.walkIns.begin(SITE, { place, form: person, language: 'en' });
  await services.desks.begin(SITE, 'Side door', 'test');
  const door = await services.desks.begin(SITE, 'Front door', 'test');
  if (door.status !== 'code') throw new Error(door.status);
  await services.desks.pair('00000000', 'test');
  const paired = await services.desks.pair(door.code, 'test');
  const desk = paired.status === 'paired' && (await services.desks.session(paired.token));
  if (desk) await services.kiosk.byPin(desk, { pin: '0000000000' });
  if (issued.status !== 'changed') throw new Error(issued.status);
  return { first: { ...first, pin: issued.pin, old: first.pin }, second };
}

t.test('every key that a full story leaves is listed, under its site or among the global ones', async (t) => {
  const story = await startStory(t);
  story.box.fault = 'login-refused';
  const stuck = await story.visit();
  await story.redeem(7, stuck.pin);
  await story.runtime.stores.grants.letIn(SITE, DEMO, mac(7), 'again', NINE, {
    handle: 'a-name-of-the-gateway',
  });
  await eventually(async () => (await story.access(7))?.dead);
  story.box.fault = undefined;
  await tell(story);
  const met = new Set<string>();
  for (const key of await keysOf(story)) {
    if (globals.includes(key) || key.startsWith(globalKeys.lease(''))) {
      met.add(key);
      continue;
    }
    t.ok(key.startsWith(`${root(SITE)}:`), `${key} stands under its site`);
    const known = patterns.filter(({ form }) => form.test(key));
    t.ok(known.length > 0, `${key} is listed`);
    for (const { name } of known) met.add(name);
  }
  for (const name of [
    'pin',
    'claim',
    'devices',
    'replacements',
    'access',
    'dead',
    'lane',
    'waiting',
    'asked',
    'attemptsClient',
    'attemptsDesk',
    'desk',
    'pairing',
    'pairingTries',
    'request',
    'requestLink',
    'requestsHost',
    'requestsKept',
    'requestClient',
    'walkInsAt',
  ]) {
    t.ok(met.has(name), `the story made ${name}`);
  }
  t.ok(met.has('attemptsAddress') && met.has('seenOrder') && met.has(globalKeys.team));
});

t.test('nothing of a visit is without an end but the indexes that the sweep clears', async (t) => {
  const story = await startStory(t);
  await tell(story);
  await eventually(
    async () => (await story.access(5)) === undefined && (await story.access(9)) === undefined,
  );
  const lasting = [
    ...[
      'settings',
      'visits',
      'withoutToken',
      'longVisits',
      'words',
      'mails',
      'mailsIn',
      'mailsDue',
      'attempts',
      'grants',
      'decisions',
      'gateways',
      'health',
      'asked',
      'events',
      'mails',
      'mailsIn',
      'mailsDue',
    ],
    // What is decided for a gateway goes when the gateway confirmed the end.
    ...['access', 'accesses', 'queue', 'claimed', 'due', 'dead'],
    ...['tellingFrom', 'tellingUntil'],
    ...['desks', 'desk'],
  ];
  for (const key of await keysOf(story)) {
    if (globals.includes(key) || key.startsWith(globalKeys.lease(''))) continue;
    const names = patterns.filter(({ form }) => form.test(key)).map(({ name }) => name);
    if (names.some((name) => lasting.includes(name))) continue;
    t.ok((await story.runtime.server.redis.pttl(key)) > 0, `${key} ends`);
  }
});

t.test(
  'the record of a PIN is kept from arrival and duration, plus grace, and moves with the visit',
  async (t) => {
    const story = await startStory(t, { started: false });
    const { runtime, visit } = story;
    const { redis } = runtime.server;
    const until = async (pin: string): Promise<number> => {
      const key = siteKeys.pin(SITE, runtime.sealing.pinDigest(SITE, pin));
      return runtime.now() + (await redis.pttl(key));
    };
    const near = async (pin: string, end: number, title: string) => {
      const off = Math.abs((await until(pin)) - (end + PIN_GRACE_MS));
      t.ok(off < 5000, `${title}: ${off} ms off`);
    };
    const table: [string, Record<string, unknown>, Record<string, unknown>, number][] = [
      ['expected arrival', {}, { durationMinutes: 45 }, NINE + 45 * MINUTE],
      ['a fixed end', {}, { until: iso(NINE + 3 * HOUR), durationMinutes: undefined }, NINE + 3 * HOUR],
      ['long before', {}, { expectedArrival: iso(NINE + 40 * DAY) }, NINE + 40 * DAY + HOUR],
      ['already over', {}, { expectedArrival: iso(NINE - 9 * DAY) }, NINE],
      ['check-in', { 'tokens.validFrom': 'check-in' }, {}, NINE + 720 * MINUTE + HOUR],
      [
        'first use',
        { 'tokens.validFrom': 'first-use', 'tokens.startWithinMinutes': 30 },
        {},
        NINE + 30 * MINUTE + HOUR,
      ],
    ];
    for (const [title, settings, input, end] of table) {
      await story.set(settings);
      const { pin } = await visit(input);
      await near(pin, end, title);
      await story.set({ 'tokens.validFrom': 'expected-arrival', 'tokens.startWithinMinutes': 720 });
    }

    const { id, pin } = await visit();
    for (const minutes of [180, 30]) {
      await runtime.services.visits.change(SITE, id, { durationMinutes: minutes }, 'test');
      await near(pin, NINE + minutes * MINUTE, `${minutes} minutes`);
    }
    const moved = await runtime.services.visits.change(
      SITE,
      id,
      { expectedArrival: iso(NINE + DAY) },
      'test',
    );
    t.equal(moved.status, 'changed');
    await near(pin, NINE + DAY + 30 * MINUTE, 'moved');
    const issued = await runtime.services.visits.reissue(SITE, id, { dropDevices: false }, 'test');
    if (issued.status !== 'changed') throw new Error(issued.status);
    await near(issued.pin, NINE + DAY + 30 * MINUTE, 're-issued');
    await near(pin, NINE + DAY + 30 * MINUTE, 'the old one, so that it is not drawn again');
    const old = siteKeys.pin(SITE, runtime.sealing.pinDigest(SITE, pin));
    t.strictSame(Object.keys(await redis.hgetall(old)), ['visit'], 'its sealed copy is erased');
  },
);

t.test('a client that two visits share is remembered as long as the longer one', async (t) => {
  const story = await startStory(t);
  const long = await story.visit({ durationMinutes: 60 * 24 * 60 });
  const short = await story.visit();
  const kept = () => story.runtime.server.redis.pttl(siteKeys.client(SITE, mac(1)));
  await story.redeem(1, long.pin);
  const before = await kept();
  await story.redeem(1, short.pin);
  t.ok((await kept()) > before - 5000, 'the shorter one takes nothing away');
  await story.runtime.services.visits.cancel(SITE, long.id, 'test');
  await story.runtime.services.visits.change(SITE, short.id, { durationMinutes: 30 }, 'test');
  t.ok((await kept()) > 0);
});

t.test('the sweep drops what indexes still name after the records went, and nothing else', async (t) => {
  const story = await startStory(t, { started: false });
  const { runtime, visit } = story;
  const { redis } = runtime.server;
  const { visits, grants } = runtime.stores;
  const gone = await visit({ name: 'Gone Visitor' });
  const kept = await visit({ name: 'Kept Visitor' });
  for (const { pin, id } of [gone, kept]) {
    const order = {
      visit: id,
      gateway: DEMO as GatewayId,
      mac: mac(1),
      newGrantId: `g${pin}`,
      newSlot: 's',
      by: '',
    };
    t.match(await runtime.stores.tokens.admit(SITE, order, NINE), { status: 'granted' });
  }
  // Time to live is real time: here it runs out at once.
  const digest: PinDigest = runtime.sealing.pinDigest(SITE, gone.pin);
  for (const part of ['', ':devices', ':grants']) await redis.del(`${siteKeys.visit(SITE, gone.id)}${part}`);
  await redis.del(siteKeys.pin(SITE, digest), siteKeys.grant(SITE, `g${gone.pin}`));

  t.equal(await visits.sweep(SITE, NINE - DAY), 0, 'nothing is that old');
  t.equal(await visits.sweep(SITE, NINE + 40 * DAY), 1);
  t.equal(await grants.sweep(SITE, NINE + 40 * DAY), 1);
  t.equal(await visits.sweep(SITE, NINE + 40 * DAY), 0);
  t.strictSame(await redis.zrange(siteKeys.visits(SITE), '0', '-1'), [kept.id]);
  t.strictSame(await redis.zrange(siteKeys.grants(SITE), '0', '-1'), [`g${kept.pin}`]);
  const words = await redis.zrange(siteKeys.words(SITE), '0', '-1');
  t.ok(words.length > 0 && words.every((word) => word.endsWith(kept.id)));
  const { length } = gone.pin;
  for (const key of [siteKeys.tellingFrom(SITE, length), siteKeys.tellingUntil(SITE, length)]) {
    t.strictSame(await redis.zrange(key, '0', '-1'), [runtime.sealing.pinDigest(SITE, kept.pin)], key);
  }
});

t.test('the sweep gets past more long-lived records than one page holds', async (t) => {
  const story = await startStory(t, { started: false });
  const { redis } = story.runtime.server;
  const step = redis.pipeline();
  for (let i = 0; i < 1500; i++) {
    step.zadd(siteKeys.grants(SITE), i, `old${i}`).hset(siteKeys.grant(SITE, `old${i}`), 'id', `old${i}`);
  }
  for (let i = 0; i < 700; i++) step.zadd(siteKeys.grants(SITE), 5000 + i, `gone${i}`);
  await step.exec();
  t.equal(await story.runtime.stores.grants.sweep(SITE, NINE), 700);
  t.equal(await redis.zcard(siteKeys.grants(SITE)), 1500);
});
