import t from 'tap';
import { siteKeys } from '../../src/redis/keys.js';
import { GUEST_ONLY } from '../fixtures/guest.js';
import { DEMO, eventually, HOUR, MINUTE, NINE, SITE } from '../fixtures/runtime.js';
import { mac, startStory } from '../fixtures/story.js';

const TEN = NINE + HOUR;
const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

t.test('of two clients that want the last slot at once, in two processes, exactly one gets it', async (t) => {
  const first = await startStory(t);
  const second = await first.beside();
  const both = [first, second];
  let n = 0;
  for (let round = 0; round < 30; round++) {
    const { id, pin } = await first.visit({ maxDevices: 1 });
    const order = round % 2 === 0 ? both : both.toReversed();
    const results = await Promise.all(order.map((process) => process.redeem(++n, pin)));
    const words = results.map(({ status }) => status).sort();
    t.strictSame(words, ['device-limit', 'granted'], `round ${round}`);
    t.equal((await first.live(id)).length, 1);
    t.equal((await first.runtime.services.visits.find(SITE, id))?.devices.length, 1);
  }
  t.equal(first.box.sessions.size, 30);
});

t.test(
  'a cancel beside a redeem leaves nobody online and no grant live, whichever comes first',
  async (t) => {
    const story = await startStory(t);
    const other = await story.beside();
    const seen = new Set<string>();
    for (let round = 1; round <= 24; round++) {
      const { id, pin } = await story.visit();
      // From the one well ahead to the other well ahead.
      const lead = (round % 8) - 4;
      const [redeemed, cancelled] = await Promise.all([
        sleep(Math.max(0, -lead * 3)).then(() => story.redeem(round, pin)),
        sleep(Math.max(0, lead * 3)).then(() => other.runtime.services.visits.cancel(SITE, id, 'test')),
      ]);
      seen.add(redeemed.status);
      t.equal(cancelled.status, 'changed');
      t.strictSame(await story.live(id), [], `round ${round}`);
      await eventually(async () => !story.box.sessions.has(mac(round)) && !(await story.access(round)));
    }
    t.strictSame([...seen].sort(), ['granted', 'refused'], 'both orders happened');
    t.equal(story.box.sessions.size, 0);
  },
);

t.test('a cancel while the gateway still lets the client in has the last word there', async (t) => {
  const story = await startStory(t);
  const { id, pin } = await story.visit();
  let open: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    open = resolve;
  });
  const table: ['before' | 'after', number][] = [
    ['before', 0],
    ['after', 0],
    // Longer than the next command waits: it overtakes, and the late order is taken back.
    ['before', 700],
  ];
  for (const [where, ms] of table) {
    const made = await story.visit();
    let hanging = false;
    story.box[where] = async ({ op }) => {
      if (op !== 'authorize') return;
      hanging = true;
      await (ms === 0 ? sleep(150) : sleep(ms));
    };
    const redeeming = story.redeem(1, made.pin);
    await eventually(() => hanging);
    await story.runtime.services.visits.cancel(SITE, made.id, 'test');
    await redeeming;
    await eventually(async () => !(await story.access(1)));
    t.notOk(story.box.sessions.has(mac(1)), `${where} ${ms}`);
    t.equal(story.box.calls.at(-1)?.op, 'deauthorize');
    story.box[where] = () => undefined;
  }
  const before = story.box.calls.length;
  story.box.before = ({ op }) => (op === 'authorize' ? held : undefined);
  const redeeming = story.redeem(2, pin);
  await eventually(async () => (await story.runtime.stores.commands.counts(SITE, DEMO)).claimed === 1);
  await story.runtime.services.visits.cancel(SITE, id, 'test');
  await sleep(200);
  open();
  await redeeming;
  await eventually(async () => !(await story.access(2)));
  t.strictSame(
    story.box.calls.slice(before).map(({ op }) => op),
    ['authorize', 'deauthorize'],
    'and neither was told twice',
  );
});

t.test('the same PIN sent five times at once takes one slot and makes one grant', async (t) => {
  const story = await startStory(t);
  const other = await story.beside();
  for (let round = 1; round <= 8; round++) {
    const { id, pin } = await story.visit({ maxDevices: 2 });
    const results = await Promise.all(
      [story, other, story, other, story].map((process) => process.redeem(round, pin)),
    );
    const grants = new Set(results.map((result) => (result.status === 'granted' ? result.grant : '')));
    t.equal(grants.size, 1);
    t.match(results[0], { status: 'granted', until: TEN });
    t.equal((await story.live(id)).length, 1);
    t.equal((await story.runtime.services.visits.find(SITE, id))?.devices.length, 1);
    t.equal(story.box.calls.filter((call) => call.mac === mac(round)).length, 1, 'told once');
  }
});

t.test('a wrong PIN sent five times at once is charged once', async (t) => {
  const story = await startStory(t);
  const other = await story.beside();
  const { pin } = await story.visit();
  const wrong = pin.replace(/.$/, (digit) => String((Number(digit) + 1) % 10));
  const results = await Promise.all(
    [story, other, story, other, story].map((process) => process.redeem(1, wrong)),
  );
  t.strictSame([...new Set(results.map(({ status }) => status))], ['refused']);
  t.equal((await story.events('pin.failed')).length, 1);
  t.match(await story.redeem(1, pin), { status: 'granted' });
});

t.test('a re-issue beside a redeem leaves the device or refuses the PIN, and one PIN works', async (t) => {
  const story = await startStory(t);
  const other = await story.beside();
  for (let round = 1; round <= 12; round++) {
    const drop = round % 2 === 0;
    const { id, pin } = await story.visit();
    const [redeemed, issued] = await Promise.all([
      story.redeem(round, pin),
      sleep(round % 3).then(() =>
        other.runtime.services.visits.reissue(SITE, id, { dropDevices: drop }, 'test'),
      ),
    ]);
    if (issued.status !== 'changed') throw new Error(issued.status);
    const live = await story.live(id);
    if (redeemed.status !== 'granted' || drop) t.equal(live.length, 0, `round ${round}: ${redeemed.status}`);
    else t.equal(live.length, 1, `round ${round}: the device stays`);
    t.match(await story.redeem(1000 + round, pin), { status: 'refused' });
    t.match(await story.redeem(2000 + round, issued.pin), { status: 'granted', until: TEN });
  }
});

t.test('changes of one visit in two processes at once are all kept', async (t) => {
  const story = await startStory(t, { started: false });
  const other = await story.beside({ started: false });
  const { id } = await story.visit();
  const results = await Promise.all([
    story.runtime.services.visits.change(SITE, id, { durationMinutes: 90 }, 'test'),
    other.runtime.services.visits.change(SITE, id, { name: 'Grace' }, 'test'),
    story.runtime.services.visits.change(SITE, id, { maxDevices: 5 }, 'test'),
    other.runtime.services.visits.checkIn(SITE, id, 'test'),
  ]);
  t.strictSame([...new Set(results.map(({ status }) => status))], ['changed']);
  const visit = await story.runtime.services.visits.find(SITE, id);
  t.match(visit, { name: 'Grace', maxDevices: 5, checkedInAt: NINE, terms: { durationMs: 90 * MINUTE } });
});

t.test(
  'a lease that runs out while its holder works: the late report changes nothing that came after',
  async (t) => {
    const story = await startStory(t, GUEST_ONLY);
    const { commands, tokens } = story.runtime.stores;
    const { visits } = story.runtime.services;
    const take = async (holder: string) => {
      await story.runtime.server.redis.del(siteKeys.lane(SITE, DEMO));
      t.equal(await commands.holdLane(SITE, DEMO, holder, 5000, NINE), 'taken');
      const claimed = await commands.claim(SITE, DEMO, { holder, leaseMs: 20_000, limit: 10, now: NINE });
      return claimed === 'lost' ? [] : claimed;
    };
    const done = { done: true } as const;
    const { id } = await story.visit();
    const admit = (n: number) => {
      const order = {
        visit: id,
        gateway: DEMO,
        mac: mac(n),
        newGrantId: `g${n}-${Math.random()}`,
        newSlot: 's',
        by: '',
      };
      return tokens.admit(SITE, order, NINE);
    };
    await admit(1);
    const [slow] = await take('a');
    t.match(slow, { until: TEN });
    if (!slow) throw new Error('nothing was claimed');

    const [again] = await take('b');
    t.same(again, slow, 'what the last holder had claimed is claimed anew');
    await visits.change(SITE, id, { durationMinutes: 30 }, 'test');
    t.equal(await commands.settle(SITE, DEMO, slow, done, NINE), 'again', 'superseded meanwhile');
    t.match(await story.captive(1), { state: 'pending' }, 'not taken for confirmed');
    const order = { holder: 'b', leaseMs: 20_000, limit: 10, now: NINE };
    const claimed = await commands.claim(SITE, DEMO, order);
    if (claimed === 'lost' || !claimed[0]) throw new Error('nothing to claim');
    t.match(claimed[0], { until: NINE + 30 * MINUTE });
    t.equal(await commands.settle(SITE, DEMO, claimed[0], done, NINE), 'settled');

    // Revoked and settled by `b`, and in again until the very same end: the old report is still not the new one's.
    await visits.removeDevice(SITE, id, mac(1), 'test');
    const [off] = (await commands.claim(SITE, DEMO, order)) as [typeof slow];
    t.match(off, { until: 0 });
    t.equal(await commands.settle(SITE, DEMO, off, done, NINE), 'settled');
    t.equal(await story.access(1), undefined);
    t.equal(
      await commands.settle(SITE, DEMO, claimed[0], done, NINE),
      'again',
      'let in after it was sent off',
    );
    const [mend] = (await commands.claim(SITE, DEMO, order)) as [typeof slow];
    t.match(mend, { mac: mac(1), until: 0 }, 'so it is sent off once more');
    t.equal(await commands.settle(SITE, DEMO, mend, done, NINE), 'settled');
    await admit(1);
    for (const old of [slow, claimed[0]])
      t.equal(await commands.settle(SITE, DEMO, old, done, NINE), 'again');
    t.match(await story.captive(1), { state: 'pending' });
    t.equal(await commands.claim(SITE, DEMO, { ...order, holder: 'a' }), 'lost', 'and `a` claims no more');
  },
);

t.test('only one of two processes talks to the gateway, also when the lease was lost', async (t) => {
  const story = await startStory(t);
  const other = await story.beside();
  const { redis } = story.runtime.server;
  const holders = () => [story, other].filter(({ runtime }) => runtime.worker?.holds(DEMO));
  t.equal(holders()[0], story);
  t.equal(story.box.made, 1);
  // A stalled process: another one has the lease by the time that it looks.
  await redis.set(siteKeys.lane(SITE, DEMO), 'somebody else', 'PX', 400);
  await eventually(() => holders().length === 0);
  t.equal(story.box.open, 0, 'it hung up');
  const { pin } = await story.visit();
  await eventually(() => holders().length === 1, 4000);
  t.match(await story.redeem(1, pin), { status: 'granted' });
  await eventually(() => story.box.sessions.get(mac(1)) === TEN);
  t.equal(story.box.open, 1);
  t.equal(new Set(story.box.calls.map(({ talker }) => talker)).size, 1);
});

t.test('of two processes one runs a due end', async (t) => {
  const story = await startStory(t);
  const other = await story.beside();
  const { pin } = await story.visit({ maxDevices: 20 });
  await Promise.all(Array.from({ length: 20 }, (_, n) => [story, other][n % 2]?.redeem(n + 1, pin)));
  story.box.calls.length = 0;
  story.runtime.time.set(TEN);
  await eventually(async () => (await story.runtime.stores.grants.accesses(SITE, DEMO)).length === 0);
  const ends = story.box.calls.map((call) => `${call.op} ${call.mac}`);
  t.equal(ends.length, 20);
  t.strictSame(ends.sort(), Array.from({ length: 20 }, (_, n) => `deauthorize ${mac(n + 1)}`).sort());
});
