import t from 'tap';
import { siteKeys } from '../../src/redis/keys.js';
import { backoff } from '../../src/services/lane.js';
import { grantObject } from '../../src/services/objects.js';
import { DEMO, eventually, HOUR, MINUTE, NINE, SITE } from '../fixtures/runtime.js';
import { mac, type Story, startStory } from '../fixtures/story.js';

const TEN = NINE + HOUR;

const opsOf = (story: Story, n: number) =>
  story.box.calls.filter((call) => call.mac === mac(n)).map(({ op, until }) => [op, until] as const);
const counts = (story: Story) => story.runtime.stores.commands.counts(SITE, DEMO);

async function grantStates(story: Story, visit: string): Promise<string[]> {
  const { grants } = story.runtime.stores;
  const found = await grants.ofVisit(SITE, visit);
  const now = story.runtime.now();
  return Promise.all(
    found.map(async (one) => grantObject(one, await grants.access(SITE, one.gateway, one.mac), now).state),
  );
}

t.test('a due end is told to the gateway within a second, and not before', async (t) => {
  const story = await startStory(t);
  const { id, pin } = await story.visit();
  t.match(await story.redeem(1, pin), { status: 'granted', until: TEN });
  t.strictSame(await grantStates(story, id), ['active']);
  story.runtime.time.set(TEN - 1);
  await new Promise((resolve) => setTimeout(resolve, 600));
  t.strictSame(opsOf(story, 1), [['authorize', TEN]]);
  story.runtime.time.set(TEN);
  const started = performance.now();
  await eventually(() => opsOf(story, 1).length === 2);
  t.ok(performance.now() - started < 1000);
  t.strictSame(opsOf(story, 1)[1], ['deauthorize', 0]);
  await eventually(async () => (await story.access(1)) === undefined);
  t.strictSame(await grantStates(story, id), ['ended']);
  t.strictSame(await counts(story), { queued: 0, claimed: 0, dead: 0 });
});

t.test('a revoke, a cancel and a check-out are told within a second', async (t) => {
  const story = await startStory(t);
  const other = await story.beside();
  const { visits } = story.runtime.services;
  const ways: [string, (visit: string) => Promise<unknown>][] = [
    ['cancel', (id) => visits.cancel(SITE, id, 'test')],
    ['cancel in the other process', (id) => other.runtime.services.visits.cancel(SITE, id, 'test')],
    ['check-out', (id) => visits.checkOut(SITE, id, 'test')],
    [
      'revoke',
      async (id) => {
        for (const grant of await story.live(id)) await visits.revokeGrant(SITE, grant.id, 'test');
      },
    ],
    ['device removed', (id) => other.runtime.services.visits.removeDevice(SITE, id, mac(5), 'test')],
  ];
  for (const [i, [title, end]] of ways.entries()) {
    const { id, pin } = await story.visit();
    await story.redeem(i + 1, pin);
    const started = performance.now();
    await end(id);
    await eventually(() => !story.box.sessions.has(mac(i + 1)));
    t.ok(performance.now() - started < 1000, title);
  }
});

t.test('a client whose command hangs keeps nobody else from an end', async (t) => {
  const story = await startStory(t);
  const [hanging, other] = [await story.visit(), await story.visit()];
  await story.redeem(2, other.pin);
  let free: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    free = resolve;
  });
  story.box.before = (call) => (call.mac === mac(1) ? held : undefined);
  const { tokens } = story.runtime.stores;
  const order = { visit: hanging.id, gateway: DEMO, mac: mac(1), newGrantId: 'g', newSlot: 's', by: '' };
  t.match(await tokens.admit(SITE, order, NINE), { status: 'granted' });
  await eventually(async () => (await counts(story)).claimed === 1);
  await story.runtime.services.visits.cancel(SITE, other.id, 'test');
  await eventually(() => !story.box.sessions.has(mac(2)), 1000);
  free();
  await eventually(() => story.box.sessions.has(mac(1)));
});

t.test('decisions made while the gateway is down merge into one command with the last word', async (t) => {
  const story = await startStory(t);
  const { visits } = story.runtime.services;
  story.box.up = false;
  await eventually(async () => (await story.runtime.stores.gateways.health(SITE)).get(DEMO)?.ok === false);
  const { id } = await story.visit();
  const admit = () => visits.admitDevice(SITE, id, DEMO, mac(1), 'test');
  await admit();
  for (const minutes of [90, 30, 45]) await visits.change(SITE, id, { durationMinutes: minutes }, 'test');
  const gone = await story.visit();
  await visits.admitDevice(SITE, gone.id, DEMO, mac(2), 'test');
  await visits.cancel(SITE, gone.id, 'test');
  t.strictSame(await counts(story), { queued: 2, claimed: 0, dead: 0 });
  t.strictSame(await grantStates(story, id), ['pending']);
  t.strictSame(story.box.calls, []);

  story.box.up = true;
  await eventually(async () => (await counts(story)).queued === 0);
  t.strictSame(opsOf(story, 1), [['authorize', NINE + 45 * MINUTE]], 'once, with the last end');
  t.strictSame(opsOf(story, 2), [['deauthorize', 0]], 'and who was cancelled was never let in');
  t.strictSame([...story.box.sessions], [[mac(1), NINE + 45 * MINUTE]]);
  t.strictSame(await grantStates(story, id), ['active']);
});

t.test('a gateway that comes back is told what it missed, at once, and once', async (t) => {
  const story = await startStory(t);
  const [stays, ends] = [await story.visit({ durationMinutes: 120 }), await story.visit()];
  await story.redeem(1, stays.pin);
  await story.redeem(2, ends.pin);
  story.box.up = false;
  await eventually(async () => (await story.runtime.stores.gateways.health(SITE)).get(DEMO)?.ok === false);
  story.runtime.time.set(TEN);
  await story.runtime.services.visits.change(SITE, stays.id, { durationMinutes: 180 }, 'test');
  story.box.calls.length = 0;
  // It has forgotten everything as well.
  story.box.sessions.clear();
  story.box.epoch++;
  story.box.up = true;
  const started = performance.now();
  await eventually(async () => (await story.captive(1)).state === 'online' && !(await story.access(2)));
  t.ok(performance.now() - started < 1500);
  await new Promise((resolve) => setTimeout(resolve, 600));
  t.strictSame(opsOf(story, 1), [['authorize', NINE + 3 * HOUR]]);
  t.strictSame(opsOf(story, 2), [['deauthorize', 0]]);
});

t.test('what fails is tried again, with capped steps that double and jitter', async (t) => {
  const table: [attempts: number, least: number, most: number][] = [
    [0, 250, 500],
    [1, 500, 1000],
    [3, 2000, 4000],
    [6, 15_000, 30_000],
    [40, 15_000, 30_000],
    [1e9, 15_000, 30_000],
  ];
  for (const [attempts, least, most] of table) {
    t.equal(
      backoff(attempts, () => 0),
      least,
    );
    t.ok(backoff(attempts, () => 0.999_999) <= most && backoff(attempts, () => 0.5) > least);
  }

  const story = await startStory(t);
  const { id, pin } = await story.visit();
  story.box.fault = 'busy';
  const redeeming = story.redeem(1, pin);
  let last = 0;
  for (let attempts = 1; attempts <= 5; attempts++) {
    await eventually(async () => (await story.access(1))?.attempts === attempts);
    const score = await story.runtime.server.redis.zscore(siteKeys.queue(SITE, DEMO), mac(1));
    const wait = Number(score) - story.runtime.now();
    const full = 500 * 2 ** (attempts - 1);
    t.ok(wait >= full / 2 && wait <= full, `${wait} ms after try ${attempts}`);
    t.match(await story.access(1), { error: 'busy', dead: false });
    last = wait;
    if (attempts < 5) story.runtime.time.advance(wait);
  }
  t.strictSame(await grantStates(story, id), ['pending']);
  story.box.fault = undefined;
  await new Promise((resolve) => setTimeout(resolve, 400));
  t.equal(story.box.sessions.size, 0, 'not before its time');
  story.runtime.time.advance(last);
  await eventually(() => story.box.sessions.has(mac(1)));
  t.match(await redeeming, { status: 'granted' });
  await eventually(async () => (await story.access(1))?.attempts === 0);
});

t.test('a permanent fault is put aside, is seen, and goes out again on request', async (t) => {
  const story = await startStory(t);
  const { commands } = story.runtime.stores;
  const { id, pin } = await story.visit();
  story.box.fault = 'login-refused';
  const started = performance.now();
  t.match(await story.redeem(1, pin), { status: 'granted' });
  t.ok(performance.now() - started < 2000, 'nobody waits for what needs a person');
  t.strictSame(await commands.dead(SITE, DEMO), [mac(1)]);
  t.strictSame(await counts(story), { queued: 0, claimed: 0, dead: 1 });
  t.strictSame(await grantStates(story, id), ['failed']);
  t.match(await story.captive(1), { state: 'pending', stuck: true });
  t.match((await story.events('command.dead'))[0]?.fields, { gateway: DEMO, error: 'login-refused' });

  story.box.fault = undefined;
  story.runtime.time.advance(MINUTE);
  await new Promise((resolve) => setTimeout(resolve, 500));
  t.equal(story.box.sessions.size, 0, 'not by itself');
  await commands.queue(SITE, DEMO, await commands.dead(SITE, DEMO), 'command.retried', story.runtime.now());
  await eventually(() => story.box.sessions.get(mac(1)) === TEN);
  await eventually(async () => (await grantStates(story, id))[0] === 'active');
  t.strictSame(await counts(story), { queued: 0, claimed: 0, dead: 0 });
  t.match((await story.events('command.retried'))[0]?.fields, { gateway: DEMO, clients: '1' });
});

t.test('a dead command is tried anew when the decision changes: the end is told all the same', async (t) => {
  const story = await startStory(t);
  const { id, pin } = await story.visit();
  story.box.fault = 'not-permitted';
  await story.redeem(1, pin);
  t.equal((await counts(story)).dead, 1);
  story.box.fault = undefined;
  await story.runtime.services.visits.cancel(SITE, id, 'test');
  await eventually(async () => (await story.access(1)) === undefined);
  t.strictSame(opsOf(story, 1), [['deauthorize', 0]]);
  t.equal((await counts(story)).dead, 0);
});

t.test('a fault that is no fault of the router hurts neither the visitor nor the lane', async (t) => {
  const story = await startStory(t);
  const { pin } = await story.visit();
  const second = await story.visit();
  let broken = true;
  story.box.before = ({ mac: one }) => {
    if (broken && one === mac(1)) throw new TypeError('a bug in a driver');
  };
  t.match(await story.redeem(1, pin), { status: 'granted' }, 'the decision stands');
  t.match(await story.redeem(2, second.pin), { status: 'granted' });
  t.ok(story.box.sessions.has(mac(2)));
  broken = false;
  // Claimed for the time of its lease, then it goes out again.
  story.runtime.time.advance(20_000);
  await eventually(() => story.box.sessions.has(mac(1)));
});
