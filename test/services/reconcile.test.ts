import fc from 'fast-check';
import t from 'tap';
import type { Gateway } from '../../src/domain/gateway.js';
import type { Access } from '../../src/domain/grant.js';
import type { ClientMac } from '../../src/domain/id.js';
import type { Capabilities, Driver, Session } from '../../src/drivers/driver.js';
import { createReconciler, differences } from '../../src/services/reconcile.js';
import { DEMO, eventually, HOUR, NINE, SITE } from '../fixtures/runtime.js';
import { mac, startStory } from '../fixtures/story.js';

const TEN = NINE + HOUR;
const TOLERANCE = 1000;

const access = (n: number, more: Partial<Access> = {}): Access => ({
  gateway: DEMO,
  mac: mac(n),
  until: TEN,
  version: 3,
  confirmedUntil: TEN,
  passesUntil: 0,
  confirmedVersion: 3,
  attempts: 0,
  handle: '',
  error: '',
  dead: false,
  ...more,
});
const session = (n: number, until?: number): Session => ({
  mac: mac(n),
  ...(until === undefined ? {} : { until }),
});
const diff = (before: Access[], sessions: Session[], after = before) =>
  differences(before, sessions, after, NINE, TOLERANCE);

t.test('a client is told again exactly when its session is lost or ends at another time', async (t) => {
  const table: [title: string, before: Access[], sessions: Session[], after: Access[], missing: number][] = [
    ['as decided', [access(1)], [session(1, TEN)], [access(1)], 0],
    ['lost', [access(1)], [], [access(1)], 1],
    ['a gateway that tells no ends', [access(1)], [session(1)], [access(1)], 0],
    ['at the tolerance', [access(1)], [session(1, TEN + TOLERANCE)], [access(1)], 0],
    ['over it', [access(1)], [session(1, TEN + TOLERANCE + 1)], [access(1)], 1],
    ['under it', [access(1)], [session(1, TEN - TOLERANCE - 1)], [access(1)], 1],
    ['not yet confirmed', [access(1, { confirmedVersion: 2 })], [], [access(1, { confirmedVersion: 2 })], 0],
    ['confirmed in between', [access(1, { confirmedVersion: 2 })], [], [access(1)], 0],
    ['decided anew in between', [access(1)], [], [access(1, { version: 4 })], 0],
    ['let in in between', [], [], [access(1)], 0],
    ['sent off in between', [access(1)], [], [], 0],
    ['waiting for a person', [access(1, { dead: true })], [], [access(1, { dead: true })], 0],
    [
      'about to end',
      [access(1, { until: NINE + TOLERANCE })],
      [],
      [access(1, { until: NINE + TOLERANCE })],
      0,
    ],
    ['to be sent off', [access(1, { until: 0 })], [], [access(1, { until: 0 })], 0],
  ];
  for (const [title, before, sessions, after, missing] of table) {
    t.strictSame(diff(before, sessions, after).missing, missing ? [mac(1)] : [], title);
  }
});

t.test('a session is extra only where no record was there before and after the list was read', async (t) => {
  const off = access(1, { until: 0, confirmedVersion: 2 });
  const table: [title: string, before: Access[], after: Access[], extra: number][] = [
    ['never heard of', [], [], 1],
    ['let in in between', [], [access(1)], 0],
    ['sent off in between', [access(1)], [], 0],
    ['to be sent off, not yet told', [off], [off], 0],
    ['over by time, not yet told', [access(1, { until: NINE - 1 })], [access(1, { until: NINE - 1 })], 0],
  ];
  for (const [title, before, after, extra] of table) {
    t.strictSame(diff(before, [session(1, TEN)], after).extra, extra ? [mac(1)] : [], title);
  }
});

t.test('many sessions without a grant, and most of all, are suspicious', async (t) => {
  const many = (from: number, count: number) => Array.from({ length: count }, (_, i) => session(from + i));
  const known = (count: number) => Array.from({ length: count }, (_, i) => access(1000 + i));
  const table: [extra: number, granted: number, suspicious: boolean][] = [
    [9, 0, false],
    [10, 0, true],
    [10, 9, true],
    [10, 10, false],
    [500, 499, true],
    [500, 501, false],
  ];
  for (const [extra, granted, suspicious] of table) {
    const found = diff(known(granted), [...many(1, extra), ...many(1000, granted)]);
    t.equal(found.extra.length, extra);
    t.equal(found.suspicious, suspicious, `${extra} of ${extra + granted}`);
  }
});

const someAccess = fc.record({
  n: fc.integer({ min: 1, max: 12 }),
  until: fc.constantFrom(0, NINE - 1, NINE + 500, TEN, TEN + HOUR),
  version: fc.integer({ min: 1, max: 3 }),
  confirmedVersion: fc.integer({ min: 1, max: 3 }),
  dead: fc.boolean(),
});
const accesses = fc
  .uniqueArray(someAccess, { selector: ({ n }) => n, maxLength: 12 })
  .map((rows) => rows.map(({ n, ...more }) => access(n, more)));
const sessions = fc
  .uniqueArray(
    fc.record({ n: fc.integer({ min: 1, max: 12 }), off: fc.option(fc.integer({ min: -3000, max: 3000 })) }),
    {
      selector: ({ n }) => n,
    },
  )
  .map((rows) => rows.map(({ n, off }) => session(n, off === null ? undefined : TEN + off)));
const macsOf = (rows: readonly { mac: ClientMac }[]) => new Set(rows.map((row) => row.mac));

t.test(
  'whatever was decided and listed, only settled grants are told again and only strangers end',
  async (t) => {
    fc.assert(
      fc.property(accesses, sessions, accesses, (before, listed, after) => {
        const found = diff(before, listed, after);
        const [was, is] = [macsOf(before), macsOf(after)];
        for (const one of found.missing) {
          const [early, late] = [before, after].map((rows) => rows.find((row) => row.mac === one));
          if (!early || !late || early.version !== late.version) return false;
          if (late.until <= NINE + TOLERANCE || late.dead || late.confirmedVersion !== late.version)
            return false;
        }
        return (
          found.extra.every((one) => !was.has(one) && !is.has(one)) &&
          found.extra.every((one) => macsOf(listed).has(one)) &&
          found.missing.every((one) => !found.extra.includes(one))
        );
      }),
      { numRuns: 2000 },
    );
    t.pass('2000 cases');
  },
);

t.test('once the gateway has what was decided there is no difference', async (t) => {
  fc.assert(
    fc.property(accesses, sessions, (decided, listed) => {
      const found = diff(decided, listed);
      const told = decided.filter((row) => found.missing.includes(row.mac));
      const left = listed.filter((row) => !found.extra.includes(row.mac) && !found.missing.includes(row.mac));
      const mended = [...left, ...told.map((row) => ({ mac: row.mac, until: row.until }))];
      const again = diff(decided, mended);
      return again.missing.length === 0 && again.extra.length === 0;
    }),
    { numRuns: 2000 },
  );
  t.pass('2000 cases');
});

t.test(
  'a session that the gateway lost is told again; one without a grant ends and becomes no grant',
  async (t) => {
    const story = await startStory(t);
    const { pin } = await story.visit();
    await story.redeem(1, pin);
    story.box.sessions.clear();
    story.box.sessions.set(mac(9), TEN + HOUR);
    story.box.epoch++;
    await eventually(() => story.box.sessions.get(mac(1)) === TEN && !story.box.sessions.has(mac(9)));
    await eventually(async () => (await story.access(9)) === undefined);
    t.strictSame((await story.runtime.stores.grants.list(SITE, { limit: 10 })).items.length, 1);
    t.strictSame(await story.runtime.stores.grants.ofClient(SITE, mac(9)), []);
    t.match((await story.events('gateway.drift-mended'))[0]?.fields, { gateway: DEMO, clients: '2' });
    t.strictSame(
      story.box.calls.filter((call) => call.mac === mac(9)).map(({ op }) => op),
      ['deauthorize'],
    );
  },
);

t.test('one reading full of strangers ends nobody; a second one that says the same does', async (t) => {
  const story = await startStory(t);
  const { pin } = await story.visit();
  await story.redeem(1, pin);
  const strangers = Array.from({ length: 40 }, (_, i) => ({ mac: mac(100 + i), until: TEN }));
  const calls = () => story.box.calls.filter(({ op }) => op === 'deauthorize').length;

  let readings = 0;
  story.box.listed = () => (readings++ === 0 ? strangers : [{ mac: mac(1), until: TEN }]);
  story.box.epoch++;
  await eventually(() => readings >= 2);
  await new Promise((resolve) => setTimeout(resolve, 300));
  t.equal(calls(), 0);

  readings = 0;
  // Others each time: no reading confirms the one before.
  story.box.listed = () =>
    readings++ < 4
      ? strangers.map((one, i) => ({ ...one, mac: mac(1000 * readings + i) }))
      : [{ mac: mac(1), until: TEN }];
  story.box.epoch++;
  await eventually(() => readings >= 5);
  await new Promise((resolve) => setTimeout(resolve, 300));
  t.equal(calls(), 0);

  for (const one of strangers) story.box.sessions.set(one.mac, one.until);
  story.box.listed = undefined;
  story.box.epoch++;
  await eventually(() => calls() === 40);
  await eventually(async () => (await story.runtime.stores.grants.accesses(SITE, DEMO)).length === 1);
  t.strictSame([...story.box.sessions.keys()], [mac(1)]);
});

t.test('an empty reading takes nobody offline, and a command in flight is left alone', async (t) => {
  const story = await startStory(t);
  const [visit, second] = [await story.visit({ maxDevices: 20 }), await story.visit()];
  await Promise.all(Array.from({ length: 12 }, (_, n) => story.redeem(n + 1, visit.pin)));
  let free: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    free = resolve;
  });
  story.box.before = (call) => (call.mac === mac(50) ? held : undefined);
  const redeeming = story.redeem(50, second.pin);
  await eventually(async () => (await story.runtime.stores.commands.counts(SITE, DEMO)).claimed === 1);
  const { version } = (await story.access(50)) ?? { version: 0 };
  const lists = story.box.lists;
  story.box.listed = () =>
    story.box.lists === lists + 1 ? [] : [...story.box.sessions.keys()].map((one) => ({ mac: one }));
  story.box.epoch++;
  await eventually(() => story.box.lists > lists && story.box.calls.length === 24, 6000);
  t.equal((await story.access(50))?.version, version);
  t.equal(story.box.calls.filter(({ op }) => op === 'deauthorize').length, 0);
  free();
  t.match(await redeeming, { status: 'granted' });
  t.equal(story.box.sessions.size, 13);
  t.equal(story.box.calls.filter((call) => call.mac === mac(50)).length, 1);
});

t.test('a list without end is worked off in steps that keep nobody waiting', async (t) => {
  const steps: ClientMac[][] = [];
  const strangers = Array.from({ length: 60_000 }, (_, n) => session(n));
  const lost = Array.from({ length: 3000 }, (_, n) => access(100_000 + n));
  let ending: Access[] = [];
  const { look } = createReconciler(
    { site: SITE, id: DEMO } as Gateway,
    { orders: 'told', revoke: true } as Capabilities,
    TOLERANCE,
    {
      grants: { accesses: async () => [...lost, ...ending] },
      commands: { queue: async (_site, _gateway, macs) => void steps.push([...macs]) as never },
      gateways: { putReading: async () => undefined },
      now: () => NINE,
      log: { info: () => undefined, warn: () => undefined },
    },
  );
  const driver = { sessions: async () => strangers } as unknown as Driver;
  await look(driver, undefined);
  steps.length = 0;
  t.equal(await look(driver, undefined), 'queued');
  t.ok(
    steps.every((macs) => macs.length <= 500),
    'each step is short',
  );
  const queued = new Set(steps.flat());
  t.ok(
    lost.every(({ mac }) => queued.has(mac)),
    'whoever should pass is told at once',
  );
  t.equal(queued.size, lost.length + 5000, 'of strangers so many');
  ending = strangers.slice(0, 4000).map(({ mac }) => ({ ...access(0), mac, until: 0, dead: true }));
  steps.length = 0;
  await look(driver, undefined);
  t.equal(steps.flat().length, lost.length + 1000, 'and more when those are ended');
});
