import t from 'tap';
import type { GatewayId } from '../../src/domain/id.js';
import { visitObject } from '../../src/services/objects.js';
import { DAY, DEMO, eventually, HOUR, MINUTE, NINE, SITE } from '../fixtures/runtime.js';
import { iso, mac, type Story, startStory } from '../fixtures/story.js';

const TEN = NINE + HOUR;
const NORTH = 'north' as GatewayId;

const object = async (story: Story, id: string) => {
  const visit = await story.runtime.services.visits.find(SITE, id);
  if (!visit) throw new Error('there is no such visit');
  return visitObject(visit, story.runtime.now());
};
const { fromEntries } = Object;

async function twoGateways(t: Parameters<typeof startStory>[0]): Promise<Story> {
  const story = await startStory(t);
  await story.runtime.services.registry.put(SITE, NORTH, { kind: 'demo' }, 'test');
  await eventually(() => story.runtime.worker?.holds(NORTH) && story.of(NORTH).lists > 0);
  return story;
}

t.test('a visit registered while tokens are off opens no network until it is re-issued', async (t) => {
  const story = await startStory(t);
  const { visits } = story.runtime.services;
  const issued = await story.visit();
  await story.set({ 'tokens.enabled': false });
  const { id, pin } = await story.visit();
  t.equal((await object(story, id)).token, null);
  t.match(await story.redeem(1, pin), { status: 'check-in-only', visit: id });
  t.match(
    await story.redeem(2, issued.pin),
    { status: 'granted', until: TEN },
    'issued tokens are left alone',
  );
  const still = await visits.reissue(SITE, id, { dropDevices: false }, 'test');
  if (still.status !== 'changed') throw new Error(still.status);
  t.match(
    await story.redeem(1, still.pin),
    { status: 'check-in-only' },
    'nor does a re-issue while they are off',
  );
  await story.set({ 'tokens.enabled': true });
  t.match(await story.redeem(1, still.pin), { status: 'check-in-only' });
  const given = await visits.reissue(SITE, id, { dropDevices: false }, 'test');
  if (given.status !== 'changed') throw new Error(given.status);
  t.match(await story.redeem(1, still.pin), { status: 'refused' });
  t.match(await story.redeem(1, given.pin), { status: 'granted', until: TEN });
});

t.test(
  'who was checked in before the visit got a token of the kind that check-in starts is let in',
  async (t) => {
    const story = await startStory(t);
    const { visits } = story.runtime.services;
    await story.set({ 'tokens.enabled': false, 'tokens.validFrom': 'check-in' });
    const { id } = await story.visit();
    t.equal((await visits.checkIn(SITE, id, 'test')).status, 'changed');
    await story.set({ 'tokens.enabled': true });
    story.runtime.time.advance(10 * MINUTE);
    const given = await visits.reissue(SITE, id, { dropDevices: false }, 'test');
    if (given.status !== 'changed') throw new Error(given.status);
    t.match(await story.redeem(1, given.pin), { status: 'granted', until: NINE + 70 * MINUTE });
  },
);

t.test('expected arrival: good from the arrival to its end, whenever the visitor enters', async (t) => {
  type Row = [title: string, at: number, status: string, more: Record<string, unknown>];
  const table: Row[] = [
    ['more than a day before', NINE - DAY - 1, 'refused', {}],
    ['the day before', NINE - DAY, 'early', { opensAt: NINE }],
    ['just before', NINE - 1, 'early', { opensAt: NINE }],
    ['at nine', NINE, 'granted', { until: TEN }],
    ['at 9:40 there are twenty minutes', NINE + 40 * MINUTE, 'granted', { until: TEN }],
    ['in the last millisecond', TEN - 1, 'granted', { until: TEN }],
    ['at ten', TEN, 'expired', { endedAt: TEN }],
    ['the day after', TEN + DAY - 1, 'expired', { endedAt: TEN }],
    ['later', TEN + DAY, 'refused', {}],
  ];
  const story = await startStory(t);
  for (const [i, [title, at, status, more]] of table.entries()) {
    const { pin } = await story.visit();
    story.runtime.time.set(at);
    t.match(await story.redeem(i + 1, pin), { status, ...more }, title);
    story.runtime.time.set(NINE);
  }
  await story.set({ 'tokens.earlyMinutes': 15 });
  const { id, pin } = await story.visit();
  t.match((await object(story, id)).token, { from: iso(NINE - 15 * MINUTE), until: iso(TEN), startBy: null });
  story.runtime.time.set(NINE - 15 * MINUTE);
  t.match(await story.redeem(50, pin), { status: 'granted', until: TEN }, 'early minutes add to the front');
});

t.test(
  'check-in and first use start a token from the opening until startBy, then it is expired',
  async (t) => {
    const opens = NINE - 15 * MINUTE;
    const last = NINE + 30 * MINUTE;
    const settings = { 'tokens.earlyMinutes': 15, 'tokens.startWithinMinutes': 30 };
    const table: [at: number, firstUse: Record<string, unknown>, checkIn: Record<string, unknown>][] = [
      [opens - 1, { status: 'early', opensAt: opens }, { status: 'early', opensAt: opens }],
      [opens, { status: 'granted', until: opens + HOUR }, { status: 'granted', until: opens + HOUR }],
      [NINE, { status: 'granted', until: TEN }, { status: 'granted', until: TEN }],
      [last, { status: 'granted', until: last + HOUR }, { status: 'granted', until: last + HOUR }],
      [last + 1, { status: 'expired', endedAt: last }, { status: 'expired', endedAt: last }],
    ];
    const story = await startStory(t);
    let n = 0;
    for (const [column, validFrom] of ['first-use', 'check-in'].entries()) {
      await story.set({ ...settings, 'tokens.validFrom': validFrom });
      for (const [at, ...expected] of table) {
        story.runtime.time.set(NINE);
        const { id, pin } = await story.visit();
        const waiting = { state: 'waiting', from: null, until: null, startBy: iso(last) };
        t.match((await object(story, id)).token, waiting);
        story.runtime.time.set(at);
        if (validFrom === 'check-in') {
          const before = at > last ? { status: 'expired' } : { status: 'early', opensAt: undefined };
          t.match(await story.redeem(++n, pin), before, 'before check-in it is early, and no time is named');
          t.equal((await story.runtime.services.visits.checkIn(SITE, id, 'test')).status, 'changed');
        }
        t.match(await story.redeem(++n, pin), expected[column] ?? {}, `${validFrom} ${(at - NINE) / MINUTE}`);
        const after = await object(story, id);
        if (expected[column]?.status === 'granted')
          t.match(after.token, { state: 'active', from: iso(at), until: iso(at + HOUR), startBy: iso(last) });
      }
    }
  },
);

t.test('a token with an end of its own keeps it, and cannot be started at that end', async (t) => {
  const story = await startStory(t);
  await story.set({ 'tokens.validFrom': 'first-use' });
  const visits = [await story.visit({ durationMinutes: undefined, until: iso(TEN) })];
  visits.push(await story.visit({ durationMinutes: undefined, until: iso(TEN) }));
  story.runtime.time.set(TEN - MINUTE);
  t.match(await story.redeem(1, visits[0]?.pin ?? ''), { status: 'granted', until: TEN });
  story.runtime.time.set(TEN);
  t.match(await story.redeem(2, visits[1]?.pin ?? ''), { status: 'expired', endedAt: TEN });
});

t.test(
  'the same PIN from the same client is no new device and has the same end, at two gateways as well',
  async (t) => {
    const story = await twoGateways(t);
    const { id, pin } = await story.visit({ maxDevices: 1 });
    const first = await story.redeem(1, pin);
    story.runtime.time.advance(10 * MINUTE);
    t.same(await story.redeem(1, pin), first);
    t.match(await story.redeem(1, pin, { gateway: NORTH }), { status: 'granted', until: TEN });
    t.equal((await object(story, id)).devices.length, 1);
    t.equal((await story.live(id)).length, 2);
    for (const gateway of [DEMO, NORTH]) t.equal(story.of(gateway).sessions.get(mac(1)), TEN, gateway);
    t.match(await story.redeem(2, pin, { gateway: NORTH }), { status: 'device-limit' });
    await story.runtime.services.visits.cancel(SITE, id, 'test');
    await eventually(() => [DEMO, NORTH].every((gateway) => story.of(gateway).sessions.size === 0));
  },
);

t.test('a device takes the place of another three times in a day, and goes off everywhere', async (t) => {
  const story = await twoGateways(t);
  const { id, pin } = await story.visit({ maxDevices: 1, durationMinutes: 3 * 24 * 60 });
  await story.redeem(1, pin);
  await story.redeem(1, pin, { gateway: NORTH });
  const replace = async (n: number) => {
    const full = await story.redeem(n, pin);
    if (full.status !== 'device-limit') throw new Error(full.status);
    const slot = full.devices[0]?.slot;
    return slot === undefined ? 'none left' : (await story.redeem(n, pin, { replace: slot })).status;
  };
  t.match(await story.redeem(2, pin, { replace: 'no-such-slot' }), { status: 'device-limit' });
  for (const n of [2, 3, 4]) {
    t.equal(await replace(n), 'granted');
    await eventually(() => !story.box.sessions.has(mac(n - 1)) && story.box.sessions.has(mac(n)));
    t.equal((await story.live(id)).length, 1);
  }
  t.equal(story.of(NORTH).sessions.size, 0);
  story.runtime.time.advance(DAY - 1);
  t.equal(await replace(5), 'none left');
  story.runtime.time.advance(1);
  t.equal(await replace(5), 'granted', 'a day later there is another');
  t.match(await story.redeem(4, pin), { status: 'device-limit' }, 'the replaced one has no slot any more');
});

t.test('of two visits of a client the later end counts, and a cancel falls back to the other', async (t) => {
  const story = await startStory(t);
  const [short, long] = [await story.visit(), await story.visit({ durationMinutes: 120 })];
  const { visits } = story.runtime.services;
  for (const [first, second] of [
    [short, long],
    [long, short],
  ] as const) {
    const n = first === short ? 1 : 2;
    await story.redeem(n, first.pin);
    t.match(await story.redeem(n, second.pin), { status: 'granted', until: NINE + 2 * HOUR });
    await eventually(() => story.box.sessions.get(mac(n)) === NINE + 2 * HOUR);
  }
  await visits.cancel(SITE, long.id, 'test');
  await eventually(() => story.box.sessions.get(mac(1)) === TEN && story.box.sessions.get(mac(2)) === TEN);
  t.match(await eventually(async () => story.captive(1)), { until: TEN });
  await visits.cancel(SITE, short.id, 'test');
  await eventually(() => story.box.sessions.size === 0);
  t.match(await story.captive(1), { state: 'captive' });
});

t.test(
  'who is redirected right after the gateway confirmed is not told of twice, later it has lost them',
  async (t) => {
    const story = await startStory(t);
    const { pin } = await story.visit();
    await story.redeem(1, pin);
    await story.letIn(1);
    story.runtime.time.advance(1999);
    await story.letIn(1);
    t.equal(story.box.calls.length, 1);
    story.runtime.time.advance(1);
    story.box.sessions.clear();
    await story.letIn(1);
    t.equal(story.box.calls.length, 2);
    t.ok(story.box.sessions.has(mac(1)));
  },
);

t.test('a client that holds a grant is let in again without typing, by whichever gateway', async (t) => {
  const story = await twoGateways(t);
  const { id, pin } = await story.visit({ maxDevices: 1 });
  t.equal(await story.letIn(1), undefined, 'nobody is let in who holds nothing');
  await story.redeem(1, pin);
  story.runtime.time.advance(20 * MINUTE);
  t.equal(await story.letIn(1, NORTH), TEN);
  t.equal(story.of(NORTH).sessions.get(mac(1)), TEN);
  t.equal((await object(story, id)).devices.length, 1);
  // It forgot the client, and sends it here.
  story.box.sessions.clear();
  t.equal(await story.letIn(1), TEN);
  t.equal(story.box.sessions.get(mac(1)), TEN);
  t.equal(await story.letIn(2), undefined);
  const grants = await story.live(id);
  for (const { id: grant } of grants) await story.runtime.services.visits.revokeGrant(SITE, grant, 'test');
  t.equal(await story.letIn(1), undefined, 'revoked');
  t.match(await story.redeem(1, pin), { status: 'granted', until: TEN });
  story.runtime.time.set(TEN);
  t.equal(await story.letIn(1, NORTH), undefined, 'over');
});

t.test('a re-issue kills the old PIN and leaves the devices unless asked', async (t) => {
  const story = await startStory(t);
  const { visits } = story.runtime.services;
  const { id, pin } = await story.visit();
  await story.redeem(1, pin);
  const kept = await visits.reissue(SITE, id, { dropDevices: false }, 'test');
  if (kept.status !== 'changed') throw new Error(kept.status);
  t.match(await story.redeem(2, pin), { status: 'refused' });
  t.equal(story.box.sessions.get(mac(1)), TEN);
  t.equal(await story.letIn(1), TEN);
  t.equal((await visits.showPin(SITE, id))?.pin, kept.pin);
  const dropped = await visits.reissue(SITE, id, { dropDevices: true }, 'test');
  if (dropped.status !== 'changed') throw new Error(dropped.status);
  await eventually(() => story.box.sessions.size === 0);
  t.equal(await story.letIn(1), undefined);
  t.strictSame((await object(story, id)).devices, []);
  t.match(await story.redeem(1, dropped.pin), { status: 'granted', until: TEN });
});

t.test('check-out ends the token and takes the devices off, where the setting says so', async (t) => {
  for (const ends of [true, false]) {
    const story = await startStory(t);
    const { visits } = story.runtime.services;
    await story.set({ 'tokens.endOnCheckOut': ends });
    const { id, pin } = await story.visit();
    await story.redeem(1, pin);
    t.equal((await visits.checkOut(SITE, id, 'test')).status, 'changed');
    if (ends) await eventually(() => story.box.sessions.size === 0);
    const { state, token } = await object(story, id);
    t.match({ state, token }, { state: 'checked-out', token: { state: ends ? 'ended' : 'active' } });
    t.equal(story.box.sessions.size, ends ? 0 : 1);
    t.match(await story.redeem(2, pin), { status: ends ? 'refused' : 'granted' });
    t.match(await visits.checkIn(SITE, id, 'test'), { status: 'refused', why: 'visit-checked-out' });
  }
});

t.test('settings that change later do not move a visit', async (t) => {
  const story = await startStory(t);
  const { id, pin } = await story.visit({ durationMinutes: undefined });
  const before = await object(story, id);
  await story.set({
    'tokens.durationMinutes': 5,
    'tokens.maxDevices': 1,
    'tokens.validFrom': 'check-in',
    'tokens.earlyMinutes': 30,
    'tokens.startWithinMinutes': 1,
    'tokens.downKbps': 10,
    'site.timeZone': 'Asia/Tokyo',
  });
  t.same(await object(story, id), before);
  await story.runtime.services.visits.change(SITE, id, { name: 'Grace' }, 'test');
  t.same(await object(story, id), { ...before, name: 'Grace' }, 'nor when another field is changed');
  for (const n of [1, 2]) t.match(await story.redeem(n, pin), { status: 'granted', until: TEN });
});

t.test('a PIN is drawn again only after the record of the old one is gone', async (t) => {
  const story = await startStory(t, { started: false });
  const { visits, sealing } = { ...story.runtime.services, ...story.runtime };
  const ended = await story.visit();
  await visits.cancel(SITE, ended.id, 'test');
  const { stores } = story.runtime;
  const fresh = await story.visit();
  const before = await stores.visits.find(SITE, fresh.id);
  if (!before) throw new Error('no visit');
  const record = { digest: sealing.pinDigest(SITE, ended.pin), length: 5, sealed: 'x', claimDigest: 'y' };
  const context = { mailDigest: '', retentionMs: DAY, by: 'test', now: NINE };
  t.equal(await stores.visits.register(SITE, { ...before.visit, id: 'other' }, record, context), 'taken');
  const change = { event: 'pin.reissued' as const, after: before.visit, pin: record };
  t.match(await stores.visits.change(SITE, before, change, context), { status: 'taken' });
  await story.set({ 'pin.length': 5 });
  const pins = await Promise.all(Array.from({ length: 300 }, () => story.visit()));
  t.equal(new Set([...pins.map(({ pin }) => pin), ended.pin]).size, 301);
});

t.test('a visit that is over already can be registered, and its token is expired', async (t) => {
  const story = await startStory(t);
  const { id, pin } = await story.visit({ expectedArrival: iso(NINE - 2 * HOUR) });
  t.match((await object(story, id)).token, { state: 'expired', until: iso(NINE - HOUR) });
  t.match(await story.redeem(1, pin), { status: 'expired', endedAt: NINE - HOUR });
  const old = await story.visit({ expectedArrival: iso(NINE - 90 * DAY) });
  t.match((await object(story, old.id)).token, { state: 'expired' });
  t.match(await story.redeem(2, old.pin), { status: 'refused' });
});

t.test(
  'an extension brings an ended token and its devices back; a shorter one cuts, a later one as well',
  async (t) => {
    const story = await startStory(t);
    const { visits } = story.runtime.services;
    const { id, pin } = await story.visit();
    for (const n of [1, 2]) await story.redeem(n, pin);
    const change = (input: Record<string, unknown>) => visits.change(SITE, id, input, 'test');
    const ends = () => fromEntries([...story.box.sessions].sort());
    await change({ durationMinutes: 90 });
    await eventually(() => story.box.sessions.get(mac(1)) === NINE + 90 * MINUTE);
    story.runtime.time.set(NINE + 90 * MINUTE);
    await eventually(async () => (await story.runtime.stores.grants.accesses(SITE, DEMO)).length === 0);
    t.strictSame(ends(), {});
    await visits.removeDevice(SITE, id, mac(2), 'test');
    await change({ durationMinutes: 120 });
    const until = NINE + 2 * HOUR;
    await eventually(() => story.box.sessions.size > 0);
    t.strictSame(ends(), { [mac(1)]: until }, 'who was removed stays off');
    t.match(await story.captive(1), { until });
    t.equal((await story.live(id)).length, 1);
    t.match(await story.redeem(1, pin), { status: 'granted', until });
    t.equal((await story.live(id)).length, 1, 'the same grant');

    t.match(await change({ durationMinutes: 60 }), { status: 'changed', cut: 1 });
    await eventually(() => story.box.sessions.size === 0);
    t.match(await story.redeem(1, pin), { status: 'expired', endedAt: TEN });
    t.match(await change({ durationMinutes: 240 }), { status: 'changed' });
    await eventually(() => story.box.sessions.get(mac(1)) === NINE + 4 * HOUR);
    t.match(await change({ expectedArrival: iso(NINE + 3 * HOUR) }), { status: 'changed', cut: 1 });
    await eventually(() => story.box.sessions.size === 0);
    t.match(await story.redeem(1, pin), { status: 'early', opensAt: NINE + 3 * HOUR });
  },
);
