import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import type { ClientMac } from '../../src/domain/id.js';
import { capabilitiesOf, type Driver, type DriverKind } from '../../src/drivers/driver.js';
import { capabilityRows } from '../../src/drivers/index.js';

/** A connected gateway for one case. */
export interface DriverUnderTest {
  driver: Driver;
  now: () => number;
  /** Lets another party of the same gateway admit this client, in its own way; undefined where there is none. */
  admitElsewhere?(mac: ClientMac): Promise<void>;
}

export interface ContractOptions {
  name: string;
  kind: DriverKind;
  /** Fields of the gateway, where its capabilities follow from them. */
  fields?: Record<string, unknown>;
  skip?: string | false;
  /** A gateway that admits nobody yet. */
  make(): Promise<DriverUnderTest>;
  /** Clients that the gateway knows, where it lets in no others: then there are only these two. */
  known?: readonly [ClientMac, ClientMac];
  /** The gateway ends a session later than decided, and it is for the worker to end it. */
  endsLater?: boolean;
}

export const MAC = '02:00:00:00:aa:01' as ClientMac;
export const OTHER = '02:00:00:00:aa:02' as ClientMac;
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const DAY = 1440 * MINUTE;

/** What every driver owes to the worker, as far as its capabilities go. */
export function driverContract(t: Test, options: ContractOptions): void {
  const { name, kind, make } = options;
  const [mac, other] = options.known ?? [MAC, OTHER];
  const can = capabilitiesOf(kind, options.fields ?? {});
  const unless = (able: boolean, what: string): { skip: string | false } => ({
    skip: options.skip || (able ? false : `the gateway cannot ${what}`),
  });

  async function endOf({ driver }: DriverUnderTest, mac: ClientMac): Promise<number | undefined> {
    const sessions = (await driver.sessions?.()) ?? [];
    return sessions.find((session) => session.mac === mac)?.until;
  }

  const near = (t: Test, found: number | undefined, wanted: number, title: string) =>
    t.ok(
      found !== undefined && Math.abs(found - wanted) <= kind.toleranceMs,
      `${title}: ${found} for ${wanted}`,
    );

  const order = (mac: ClientMac, until: number) => ({ mac, ips: [], until, limits: {} });

  t.test(`${name}: authorizing twice is one session`, unless(can.list, 'list'), async (t) => {
    const made = await make();
    const until = made.now() + MINUTE;
    await made.driver.authorize(order(mac, until));
    await made.driver.authorize(order(mac, until));
    t.equal((await made.driver.sessions?.())?.length, 1);
    near(t, await endOf(made, mac), until, 'ends when it was told');
  });

  t.test(
    `${name}: a session can be extended and shortened, or its row says that it cannot`,
    unless(can.list, 'list'),
    async (t) => {
      if (!can.extend) {
        const [heading = [], ...rows] = capabilityRows();
        const row = rows.find((cells) => cells.at(-1) === can.remarks);
        t.equal(row?.[heading.indexOf('Extend')], 'no');
        t.match(can.remarks, /no later end/);
        return;
      }
      const made = await make();
      const begin = made.now();
      await made.driver.authorize(order(mac, begin + 10 * MINUTE));
      await made.driver.authorize(order(mac, begin + 30 * MINUTE));
      near(t, await endOf(made, mac), begin + 30 * MINUTE, 'extended');
      await made.driver.authorize(order(mac, begin + 5 * MINUTE));
      near(t, await endOf(made, mac), begin + 5 * MINUTE, 'shortened');
    },
  );

  t.test(
    `${name}: deauthorizing ends one session, and again is no fault`,
    unless(can.list && can.revoke, 'revoke'),
    async (t) => {
      const made = await make();
      await made.driver.authorize(order(mac, made.now() + MINUTE));
      await made.driver.authorize(order(other, made.now() + MINUTE));
      await made.driver.deauthorize({ mac, ips: [] });
      await made.driver.deauthorize({ mac, ips: [] });
      t.equal(await endOf(made, mac), undefined);
      t.not(await endOf(made, other), undefined, 'the other client stays');
    },
  );

  t.test(
    `${name}: deauthorizing a client that never came is no fault`,
    unless(can.revoke, 'revoke'),
    async (t) => {
      const made = await make();
      await t.resolves(made.driver.deauthorize({ mac: other, ips: ['192.0.2.1'] }));
    },
  );

  t.test(`${name}: many orders at once all hold`, unless(can.list && can.revoke, 'revoke'), async (t) => {
    const made = await make();
    const strangers = Array.from(
      { length: 200 },
      (_, n) => `02:00:00:00:bb:${n.toString(16).padStart(2, '0')}` as ClientMac,
    );
    const macs = options.known ?? strangers;
    const stay = macs.length / 2;
    const until = made.now() + MINUTE;
    await Promise.all(macs.map((mac) => made.driver.authorize(order(mac, until))));
    t.equal((await made.driver.sessions?.())?.length, macs.length);
    await Promise.all(macs.slice(stay).map((mac) => made.driver.deauthorize({ mac, ips: [] })));
    t.equal((await made.driver.sessions?.())?.length, stay);
  });

  for (const [title, ms] of [
    ['a second', SECOND],
    ['a minute', MINUTE],
    ['thirty days', 30 * DAY],
  ] as const) {
    t.test(`${name}: a session of ${title} is told as that`, unless(can.list, 'list'), async (t) => {
      const made = await make();
      const until = made.now() + ms;
      await made.driver.authorize(order(mac, until));
      near(t, await endOf(made, mac), until, title);
    });
  }

  t.test(
    `${name}: a session ends by itself, or its row says that it ends later`,
    unless(can.list, 'list'),
    async (t) => {
      if (options.endsLater) return t.match(can.end, /by the router itself up to a minute later/);
      const made = await make();
      await made.driver.authorize(order(mac, made.now() + SECOND));
      t.not(await endOf(made, mac), undefined);
      await sleep((2 + can.lagSeconds) * SECOND);
      t.equal(await endOf(made, mac), undefined);
    },
  );

  t.test(`${name}: an order whose time is over lets nobody in`, unless(can.list, 'list'), async (t) => {
    const made = await make();
    await made.driver.authorize(order(mac, made.now() - SECOND));
    t.equal(await endOf(made, mac), undefined);
  });

  t.test(`${name}: the list holds our sessions only`, unless(can.list, 'list'), async (t) => {
    const made = await make();
    if (!made.admitElsewhere) return t.pass('nobody else admits clients here');
    await made.driver.authorize(order(mac, made.now() + MINUTE));
    await made.admitElsewhere(other);
    t.strictSame(
      (await made.driver.sessions?.())?.map(({ mac }) => mac),
      [mac],
    );
  });

  t.test(`${name}: the check is well and steady`, { skip: options.skip || false }, async (t) => {
    const made = await make();
    const [first, second] = [await made.driver.check(), await made.driver.check()];
    t.ok(first.ok, first.problems.join(' '));
    t.equal(first.epoch, second.epoch);
  });
}
