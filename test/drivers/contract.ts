import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import type { ClientMac } from '../../src/domain/id.js';
import {
  capabilitiesOf,
  type Driver,
  DriverError,
  type DriverFault,
  type DriverKind,
} from '../../src/drivers/driver.js';
import { capabilityRows } from '../../src/drivers/index.js';
import { roundTrip } from '../../src/services/round-trip.js';
import { ABSENT, pageOf } from './pages.js';

/** The fault with which a call fails; throws where it fails with another, or not. */
export async function faultOf(call: Promise<unknown> | undefined): Promise<DriverError> {
  const error = await Promise.resolve(call).then(
    () => new Error('it answered'),
    (error: unknown) => error,
  );
  if (error instanceof DriverError) return error;
  throw error;
}

/** How a gateway may misbehave. */
export interface Misbehaviour {
  /** Nothing listens there any more; and again it does. */
  down(): Promise<void>;
  up(): Promise<void>;
  /** Answers later than the driver waits. */
  slow(on: boolean): void;
  /** Answers every call with something that is not its API: a page of HTML, half a JSON. */
  garbage(on: boolean): void;
  /** Forgets the login that it gave; undefined where every call brings its credential along. */
  forgetLogin?(): void;
  /** How many logins it gave. */
  logins?(): number;
  /** Starts anew: sessions and logins are gone. */
  reboot(): void;
  /** Lists nobody, though they pass. Undefined where it lists nobody ever. */
  emptyList?(on: boolean): void;
  /** How many sessions it has in force for this client, by its own books. */
  inForce(mac: ClientMac): number;
  /** Shows another certificate from now on. Undefined where it is not asked over https. */
  otherCertificate?(): Promise<void>;
  /** How many calls came through to it. */
  calls(): number;
}

/** A connected gateway for one case. */
export interface DriverUnderTest {
  driver: Driver;
  now: () => number;
  /** Lets a client in where the driver is not told: as its browser, or the gateway's question, brings it about. */
  letIn?(mac: ClientMac, until: number): Promise<void>;
  /** Lets another party of the same gateway admit this client, in its own way; undefined where there is none. */
  admitElsewhere?(mac: ClientMac): Promise<void>;
  /** Undefined where the gateway is this machine's own kernel, or nothing at all. */
  gateway?: Misbehaviour;
}

export interface ContractOptions {
  name: string;
  kind: DriverKind;
  /** Fields of the gateway, where its capabilities follow from them. */
  fields?: Record<string, unknown>;
  skip?: string | false;
  /**
   * A gateway that admits nobody yet, whose client, where it is one of HTTP, waits a second for an answer (`timeoutMs`).
   * `pinned`: over https, the certificate known by its fingerprint.
   */
  make(options?: { pinned?: boolean }): Promise<DriverUnderTest>;
  /** Clients that the gateway knows, where it lets in no others: then there are only these two. */
  known?: readonly [ClientMac, ClientMac];
  /** The gateway ends a session later than decided, or never, and it is for the worker to end it. What its row says of that. */
  endsLater?: RegExp;
  /** The list tells who passes and not until when. */
  noEnds?: true;
}

export const MAC = '02:00:00:00:aa:01' as ClientMac;
export const OTHER = '02:00:00:00:aa:02' as ClientMac;
/** How long the driver of a gateway under test waits for an answer. */
export const PATIENCE_MS = 1000;
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const DAY = 1440 * MINUTE;

/** What every driver owes to the worker: what it can it does, and what it cannot its methods and its row say. */
export function driverContract(t: Test, options: ContractOptions): void {
  const { name, kind, make } = options;
  const [mac, other] = options.known ?? [MAC, OTHER];
  const can = capabilitiesOf(kind, options.fields ?? {});
  const skip = { skip: options.skip || false };
  const told = can.orders === 'told';

  const order = (mac: ClientMac, until: number) => ({ mac, ips: [], until, limits: {} });
  const letIn = (made: DriverUnderTest, mac: ClientMac, until: number): Promise<void> =>
    made.letIn?.(mac, until) ?? made.driver.authorize(order(mac, until));

  async function endOf({ driver }: DriverUnderTest, mac: ClientMac): Promise<number | undefined> {
    const session = (await driver.sessions?.())?.find((session) => session.mac === mac);
    return options.noEnds && session ? Number.NaN : session?.until;
  }
  const passes = async (made: DriverUnderTest, mac: ClientMac): Promise<boolean> =>
    (await made.driver.sessions?.())?.some((session) => session.mac === mac) ?? false;

  const near = (t: Test, found: number | undefined, wanted: number, title: string) =>
    options.noEnds
      ? t.ok(found !== undefined, title)
      : t.ok(
          found !== undefined && Math.abs(found - wanted) <= kind.toleranceMs,
          `${title}: ${found} for ${wanted}`,
        );

  /** What this gateway cannot: the row of the README's table, the kind's page and the command line all say so. */
  async function saysNot(t: Test, column: keyof typeof ABSENT): Promise<void> {
    const [heading = [], ...rows] = capabilityRows();
    const row = rows.find((cells) => cells.at(-1) === can.remarks);
    t.equal(row?.[heading.indexOf(column)], 'no', `the row says no under ${column}`);
    const { page, step } = ABSENT[column];
    t.match(pageOf(kind), page, `the page says so of ${column}`);
    if (!step) return;
    const { driver, now } = await make();
    const { steps } = await roundTrip({ driver, can, check: () => driver.check(), now, mac });
    t.match(
      steps.find((one) => one.step === step),
      { verdict: 'skipped', says: /\w/ },
      `foyer gateway test says so of ${step}`,
    );
  }

  async function fails(t: Test, call: Promise<unknown>, ...codes: DriverFault[]): Promise<DriverError> {
    const error = await call.then(
      () => undefined,
      (error: unknown) => error,
    );
    t.ok(error instanceof DriverError, `fails by a fault of the contract: ${error}`);
    const fault = error instanceof DriverError ? error : new DriverError('bad-answer', '');
    t.ok(codes.includes(fault.code), `${fault.code} is one of ${codes.join(', ')}: ${fault.message}`);
    return fault;
  }

  /** A case for gateways that can be listed. Of one that cannot be, method and row say so. */
  function listed(title: string, run: (t: Test) => Promise<unknown>): void {
    t.test(`${name}: ${title}`, skip, async (t) => {
      if (can.list) return run(t);
      t.equal((await make()).driver.sessions, undefined, 'there is no method that lists');
      return saysNot(t, 'List');
    });
  }

  /** A case for gateways where a session can be ended from here. Of one where it cannot, method and row say so. */
  function revocable(title: string, run: (t: Test) => Promise<unknown>): void {
    t.test(`${name}: ${title}`, skip, async (t) => {
      if (can.revoke) return run(t);
      await fails(t, (await make()).driver.deauthorize({ mac, ips: [] }), 'not-supported');
      return saysNot(t, 'Revoke');
    });
  }

  /** A case for a gateway that stands elsewhere and may misbehave. */
  function away(
    title: string,
    run: (t: Test, made: DriverUnderTest, gateway: Misbehaviour) => Promise<unknown>,
  ): void {
    t.test(`${name}: ${title}`, skip, async (t) => {
      const made = await make();
      if (made.gateway) return run(t, made, made.gateway);
      const { ok } = await made.driver.check();
      return t.ok(ok, 'nothing stands between Foyer and this gateway');
    });
  }

  t.test(`${name}: what is not told cannot be ordered`, skip, async (t) => {
    const { driver, now } = await make();
    if (told) return t.resolves(driver.authorize(order(mac, now() + MINUTE)));
    return fails(t, driver.authorize(order(mac, now() + MINUTE)), 'not-supported');
  });

  listed('letting in twice is one session', async (t) => {
    const made = await make();
    const until = made.now() + MINUTE;
    await letIn(made, mac, until);
    await letIn(made, mac, until);
    t.equal((await made.driver.sessions?.())?.length, 1);
    near(t, await endOf(made, mac), until, 'ends when it was told');
  });

  t.test(`${name}: who has an address is told, or said not to be`, skip, async (t) => {
    const { driver } = await make();
    if (!can.identity) {
      t.equal(driver.findClient ?? driver.clients, undefined, 'there is no method that finds a client');
      return saysNot(t, 'Finds clients');
    }
    t.equal(await driver.findClient?.('192.0.2.250'), undefined, 'an address that nobody has');
    return t.ok(Array.isArray(await driver.clients?.()), 'a table');
  });

  listed('a session can be extended and shortened, or its row says that it cannot', async (t) => {
    if (!can.extend) {
      await saysNot(t, 'Extend');
      return t.match(can.remarks, /later end|longer visit/);
    }
    const made = await make();
    const begin = made.now();
    await letIn(made, mac, begin + 10 * MINUTE);
    await letIn(made, mac, begin + 30 * MINUTE);
    near(t, await endOf(made, mac), begin + 30 * MINUTE, 'extended');
    await letIn(made, mac, begin + 5 * MINUTE);
    return near(t, await endOf(made, mac), begin + 5 * MINUTE, 'shortened');
  });

  revocable('deauthorizing ends one session, and again is no fault', async (t) => {
    const made = await make();
    await letIn(made, mac, made.now() + MINUTE);
    await letIn(made, other, made.now() + MINUTE);
    await made.driver.deauthorize({ mac, ips: [] });
    await made.driver.deauthorize({ mac, ips: [] });
    if (!can.list) return t.equal(made.gateway?.inForce(mac), 0);
    t.notOk(await passes(made, mac));
    return t.ok(await passes(made, other), 'the other client stays');
  });

  revocable('deauthorizing a client that never came is no fault', async (t) => {
    const made = await make();
    await t.resolves(made.driver.deauthorize({ mac: other, ips: ['192.0.2.1'] }));
  });

  listed('many orders at once all hold', async (t) => {
    const made = await make();
    const strangers = Array.from(
      { length: 200 },
      (_, n) => `02:00:00:00:bb:${n.toString(16).padStart(2, '0')}` as ClientMac,
    );
    const macs = options.known ?? strangers;
    const stay = macs.length / 2;
    const until = made.now() + MINUTE;
    await Promise.all(macs.map((mac) => letIn(made, mac, until)));
    t.equal((await made.driver.sessions?.())?.length, macs.length);
    if (!can.revoke) return;
    await Promise.all(macs.slice(stay).map((mac) => made.driver.deauthorize({ mac, ips: [] })));
    t.equal((await made.driver.sessions?.())?.length, stay);
  });

  for (const [title, ms] of [
    ['a second', SECOND],
    ['a minute', MINUTE],
    ['thirty days', 30 * DAY],
  ] as const) {
    listed(`a session of ${title} is told as that`, async (t) => {
      const made = await make();
      const until = made.now() + ms;
      await letIn(made, mac, until);
      near(t, await endOf(made, mac), until, title);
    });
  }

  listed('a session ends by itself, or its row says that it ends later', async (t) => {
    if (options.endsLater) return t.match(can.end, options.endsLater);
    const made = await make();
    await letIn(made, mac, made.now() + SECOND);
    t.ok(await passes(made, mac));
    await sleep((2 + can.lagSeconds) * SECOND);
    return t.notOk(await passes(made, mac));
  });

  listed('an order whose time is over lets nobody in', async (t) => {
    const made = await make();
    if (!told) return fails(t, made.driver.authorize(order(mac, made.now() - SECOND)), 'not-supported');
    await made.driver.authorize(order(mac, made.now() - SECOND));
    return t.notOk(await passes(made, mac));
  });

  listed('the list holds our sessions only', async (t) => {
    const made = await make();
    if (!made.admitElsewhere) return t.pass('nobody else admits clients here');
    await letIn(made, mac, made.now() + MINUTE);
    await made.admitElsewhere(other);
    return t.strictSame(
      (await made.driver.sessions?.())?.map(({ mac }) => mac),
      [mac],
    );
  });

  t.test(`${name}: the check is well and steady`, skip, async (t) => {
    const made = await make();
    const [first, second] = [await made.driver.check(), await made.driver.check()];
    t.ok(first.ok, first.problems.join(' '));
    t.equal(first.epoch, second.epoch);
  });

  t.test(`${name}: foyer gateway test goes the whole way and leaves nothing behind`, skip, async (t) => {
    const { driver, now, gateway } = await make();
    const { ok, steps } = await roundTrip({ driver, can, check: () => driver.check(), now, mac });
    t.ok(ok, JSON.stringify(steps));
    const tried = told && can.revoke;
    t.match(steps[2], { step: 'let in', verdict: tried ? 'ok' : 'skipped' });
    t.equal(gateway?.inForce(mac) ?? 0, 0);
  });

  /** What a fault costs: the check says it, nobody is let in by half, and when it is over all is well. */
  const recovers = async (t: Test, made: DriverUnderTest) => {
    const { ok, problems } = await made.driver.check();
    t.ok(ok, `well again: ${problems.join(' ')}`);
    await letIn(made, mac, made.now() + MINUTE);
    t.equal(made.gateway?.inForce(mac), 1, 'lets in again');
  };

  /** Either throws or says that it is not well: in words. */
  async function notWell(t: Test, made: DriverUnderTest, ...codes: DriverFault[]): Promise<string> {
    try {
      const { ok, problems } = await made.driver.check();
      t.notOk(ok, 'the check is not well');
      t.ok(problems.length > 0);
      return problems.join(' ');
    } catch (error) {
      const { message } = await fails(t, Promise.reject(error), ...codes);
      return message;
    }
  }

  const ask = (made: DriverUnderTest): Promise<unknown> =>
    told ? made.driver.authorize(order(mac, made.now() + MINUTE)) : made.driver.deauthorize({ mac, ips: [] });
  const asksAtAll = told || can.revoke;

  away(
    'a gateway that is down is said to be, and is well again when it is back',
    async (t, made, gateway) => {
      await gateway.down();
      await notWell(t, made, 'unreachable', 'timeout');
      if (asksAtAll) await fails(t, ask(made), 'unreachable', 'timeout');
      await gateway.up();
      await recovers(t, made);
    },
  );

  away('a gateway that is slow is not waited for', async (t, made, gateway) => {
    gateway.slow(true);
    const begun = performance.now();
    await notWell(t, made, 'timeout', 'unreachable');
    if (asksAtAll) await fails(t, ask(made), 'timeout', 'unreachable');
    t.ok(performance.now() - begun < 20 * PATIENCE_MS, 'a bounded wait');
    gateway.slow(false);
    await recovers(t, made);
  });

  away('a gateway that answers garbage is not believed', async (t, made, gateway) => {
    gateway.garbage(true);
    await notWell(t, made, 'bad-answer', 'timeout', 'unreachable');
    if (asksAtAll) await fails(t, ask(made), 'bad-answer', 'timeout', 'unreachable');
    gateway.garbage(false);
    await recovers(t, made);
  });

  away(
    'a gateway that forgets the login is logged in to once more, by however many calls',
    async (t, made, gateway) => {
      if (!gateway.forgetLogin || !gateway.logins) return t.pass('every call brings its credential along');
      await letIn(made, mac, made.now() + MINUTE);
      const before = gateway.logins();
      gateway.forgetLogin();
      await Promise.all([letIn(made, mac, made.now() + MINUTE), letIn(made, other, made.now() + MINUTE)]);
      t.equal(gateway.logins(), before + 1);
      t.equal(gateway.inForce(mac), 1);
      return t.equal(gateway.inForce(other), 1);
    },
  );

  away('a gateway that was started anew is told again', async (t, made, gateway) => {
    await letIn(made, mac, made.now() + MINUTE);
    await made.driver.check();
    gateway.reboot();
    t.equal(gateway.inForce(mac), 0);
    if (can.list) t.notOk(await passes(made, mac), 'the list is empty');
    await recovers(t, made);
  });

  away('a list that is empty though clients pass has none let in twice', async (t, made, gateway) => {
    if (!gateway.emptyList) return saysNot(t, 'List');
    await letIn(made, mac, made.now() + MINUTE);
    gateway.emptyList(true);
    t.notOk(await passes(made, mac));
    await letIn(made, mac, made.now() + MINUTE);
    gateway.emptyList(false);
    t.equal(gateway.inForce(mac), 1);
    return t.equal((await made.driver.sessions?.())?.length, 1);
  });

  t.test(
    `${name}: a gateway with another certificate is told nothing, and both fingerprints are said`,
    skip,
    async (t) => {
      const made = await make({ pinned: true });
      const { gateway } = made;
      if (!gateway?.otherCertificate) return t.pass('it is not asked over https');
      t.ok((await made.driver.check()).ok, 'well with its own');
      await gateway.otherCertificate();
      const before = gateway.calls();
      t.match(
        await notWell(t, made, 'untrusted'),
        /changed from (?:[0-9A-F]{2}:){31}[0-9A-F]{2} to (?:[0-9A-F]{2}:){31}/,
      );
      if (asksAtAll) t.ok((await fails(t, ask(made), 'untrusted')).permanent);
      return t.equal(gateway.calls(), before, 'nothing was sent');
    },
  );
}
