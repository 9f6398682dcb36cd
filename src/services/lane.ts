import type { Gateway } from '../domain/gateway.js';
import type { ClientMac } from '../domain/id.js';
import {
  type AccountedSession,
  type Client,
  capabilitiesOf,
  type Driver,
  DriverError,
  type DriverKind,
  type Health,
  type RedirectClaim,
  type Session,
  type Target,
} from '../drivers/driver.js';
import type { ClientStore } from '../redis/clients.js';
import type { Command, CommandStore, Settled } from '../redis/commands.js';
import type { GatewayStore } from '../redis/gateways.js';
import type { GrantStore } from '../redis/grants.js';
import { chore, ends, few, inTime } from './chore.js';
import { createReconciler } from './reconcile.js';
import { type RoundTrip, roundTrip, TEST_MAC, type TestStep } from './round-trip.js';

/** Times in milliseconds. A crashed holder's lane is free after `LEASE`; what it had claimed is then queued again. */
const LEASE = 5000;
const HOLD_EVERY = 1500;
const CLAIM_EVERY = 250;
const COMMAND_LEASE = 20_000;
const RECONCILE_EVERY = 30_000;
const TABLE_EVERY = 4000;
const TABLE_KEPT = 10_000;
const BATCH = 256;
const BACKOFF_FIRST = 500;
const BACKOFF_MOST = 30_000;
/** How long a client's next command waits for the one before it. */
const WAIT_FOR_SAME = 500;
/** Anybody can make up redirects: so many are asked about at once, so many wait, and orders have room beside them. */
const RESOLVED_AT_ONCE = 4;
const RESOLVED_IN_LINE = 64;
/** A stop does not wait longer for a gateway that does not answer. */
const STOP_WITHIN = 3000;

export interface LaneDeps {
  commands: CommandStore;
  grants: GrantStore;
  clients: ClientStore;
  gateways: GatewayStore;
  now: () => number;
  /** False while the clock cannot be trusted: nothing is told to anybody then. */
  decisions: () => boolean;
  holder: string;
  /** The sessions that a gateway accounts for. */
  accounted: (gateway: Gateway) => Promise<AccountedSession[]>;
  guestPort: () => number;
  /** The guests' origin, where one is set. */
  portalUrl: () => string | undefined;
  /** A gateway answered its check well. */
  onHealthy: (gateway: Gateway) => void;
  log: {
    info(data: object, message: string): void;
    warn(data: object, message: string): void;
    error(data: object, message: string): void;
  };
}

export interface Lane {
  held(): boolean;
  /** Something was queued: look at once. */
  nudge(): void;
  /** Runs this client's command now if the lane is ours and the command waits. */
  runNow(mac: ClientMac): Promise<void>;
  /** Lets a device in and sends it off again; everybody learns how the gateway is. Undefined where the lane is not ours. */
  roundTrip(mac?: ClientMac, onStep?: (step: TestStep) => void): Promise<RoundTrip | undefined>;
  /** Asks the gateway for a client's address now; kept in the client table for others. */
  find(ip: string): Promise<Client | undefined>;
  /** Asks the gateway whom a redirect names that only it can read. */
  resolve(claim: RedirectClaim): Promise<RedirectClaim | undefined>;
  /** What the gateway says is in force now; undefined where it cannot tell, is down, or the lane is not ours. */
  sessions(): Promise<Session[] | undefined>;
  stop(): Promise<void>;
}

/** Exponential, capped, with jitter: between half and the whole of the step. */
export const backoff = (attempts: number, random: () => number): number =>
  Math.min(BACKOFF_MOST, BACKOFF_FIRST * 2 ** Math.min(attempts, 16)) * (0.5 + random() / 2);

/** What is still open of a client's command. */
interface Open {
  version: number;
  /** A later command did not wait for it: which of the two the gateway did last is not known. */
  overtaken: boolean;
  /** Undefined where it was not reported. */
  outcome: Promise<Settled | undefined>;
}

/**
 * One gateway's lane: whoever holds its lease is the only one that talks to the gateway, and brings it in line with what
 * was decided. Commands, the client table, the check and the reconciler run beside each other.
 */
export function createLane(gateway: Gateway, kind: DriverKind, deps: LaneDeps): Lane {
  const { commands, clients, now, holder, log } = deps;
  const { site, id } = gateway;
  const can = capabilitiesOf(kind, gateway.fields);
  const reconciler = createReconciler(gateway, can, kind.toleranceMs, deps);
  const told = can.orders === 'told';
  const resolving = few(RESOLVED_AT_ONCE, RESOLVED_IN_LINE);
  let driver: Driver | undefined;
  /** By this process's own measure, for when Redis cannot be asked. */
  let leaseEnd = 0;
  const open = new Map<ClientMac, Open>();
  let epoch: string | undefined;
  let down = false;
  let table = new Map<string, ClientMac>();
  let tableMade = '';
  let healthMade = '';
  /** A device that is let in for a test just now, without any grant. */
  let tested: ClientMac | undefined;

  const failed = (what: string) => (error: unknown) => {
    if (driver)
      log.warn(
        { gateway: id, err: error instanceof Error ? error.message : String(error) },
        `${what} failed`,
      );
  };

  /** The driver while the lane is ours: nobody else talks to the gateway meanwhile. */
  const mine = (): Driver | undefined => (performance.now() < leaseEnd ? driver : undefined);

  const ipsOf = (mac: ClientMac): string[] =>
    [...table].filter(([, owner]) => owner === mac).map(([ip]) => ip);

  const targetOf = ({ mac, via }: Command): Target => ({
    mac,
    ips: ipsOf(mac),
    ...(via === undefined ? {} : { via }),
  });

  async function run(command: Command): Promise<Settled | undefined> {
    const driver = mine();
    if (!driver) return undefined;
    const pass = command.until > now();
    const ordered: Command = pass ? command : { ...command, until: 0 };
    // Some gateways take the one word from here and not the other.
    const tells = pass ? told : can.revoke;
    if (!tells) return settleUntold(driver, ordered);
    try {
      const { limits, until } = ordered;
      await inTime(
        pass
          ? driver.authorize({ ...targetOf(ordered), until, limits })
          : driver.deauthorize(targetOf(ordered)),
      );
      const settled = await commands.settle(site, id, ordered, { done: true }, now());
      if (settled === 'again') claims.soon();
      return settled;
    } catch (error) {
      if (!(error instanceof DriverError)) throw error;
      if (error.code === 'absent') {
        // It is let in when its gateway sends it here again.
        return commands.settle(site, id, ordered, { left: true, fault: error.code }, now());
      }
      const retryAt = Math.round(now() + backoff(command.attempts, Math.random));
      const fault = { done: false, fault: error.code, permanent: error.permanent, retryAt } as const;
      const settled = await commands.settle(site, id, ordered, fault, now());
      log.warn({ gateway: id, fault: error.code, settled, err: error.message }, 'command failed');
      if (error.code === 'unreachable' || error.code === 'timeout') checks.soon();
      if (settled === 'again') claims.soon();
      return settled;
    }
  }

  /** A browser carries the word, or the gateway asks: what ends by itself needs none, and what ends early cannot be told. */
  async function settleUntold(driver: Driver, command: Command): Promise<Settled> {
    const { until, passesUntil } = command;
    // Who is in already is asked about again by itself; to be sent off for it would be felt.
    if (until > 0 && passesUntil <= now() && driver.prompt)
      await inTime(driver.prompt(targetOf(command))).catch(failed('having the gateway ask'));
    if (!can.revoke && passesUntil > Math.max(now(), until)) {
      const late = { late: true, fault: 'not-supported', endsAt: passesUntil } as const;
      log.warn({ gateway: id }, 'a device stays on to its former end: this router cannot be told from afar');
      return commands.settle(site, id, command, late, now());
    }
    return commands.settle(site, id, command, until > 0 ? { left: true, fault: '' } : { done: true }, now());
  }

  /** A client's commands run one after the other, but none waits long: a late report of the former queues it again. */
  function start(command: Command): Promise<unknown> {
    const { mac, version } = command;
    const former = open.get(mac);
    const inTurn = async (): Promise<Settled | undefined> => {
      if (former && former.version === version && !former.overtaken) {
        const same = await former.outcome;
        if (same) return same;
      } else if (former && !(await ends(former.outcome, WAIT_FOR_SAME))) {
        former.overtaken = true;
        opened.overtaken = true;
      }
      return run(command);
    };
    const opened: Open = { version, overtaken: false, outcome: Promise.resolve(undefined) };
    opened.outcome = inTurn()
      .catch((error: unknown) => {
        failed('command')(error);
        return undefined;
      })
      .finally(() => {
        if (open.get(mac) === opened) open.delete(mac);
        if (open.size === BATCH - 1) claims.soon();
      });
    open.set(mac, opened);
    return opened.outcome;
  }

  async function claim(limit: number, mac?: ClientMac): Promise<Promise<unknown>[]> {
    // A gateway that is not told anything need not be well for it.
    if (!mine() || (down && told) || !deps.decisions()) return [];
    const order = { holder, leaseMs: COMMAND_LEASE, limit, now: now(), ...(mac ? { mac } : {}) };
    const claimed = await commands.claim(site, id, order);
    if (claimed !== 'lost') return claimed.map(start);
    await release();
    return [];
  }

  async function hold(): Promise<void> {
    const asked = performance.now();
    let state: Awaited<ReturnType<CommandStore['holdLane']>>;
    try {
      state = await commands.holdLane(site, id, holder, LEASE, now());
    } catch (error) {
      if (!mine()) await release();
      throw error;
    }
    if (state === 'busy') return release();
    // Nobody held it just now: another process may have had it since we last did.
    if (state === 'taken') await release();
    leaseEnd = asked + LEASE;
    if (driver) return;
    healthMade = '';
    tableMade = '';
    const askedAt = () => deps.gateways.askedAt(site, id);
    const { fields } = gateway;
    const portalUrl = deps.portalUrl();
    const portal = { guestPort: deps.guestPort(), ...(portalUrl === undefined ? {} : { portalUrl }) };
    const accounted = () => deps.accounted(gateway);
    driver = kind.connect({ gateway: id, fields, askedAt, accounted, now, ...portal, log });
    epoch = undefined;
    down = false;
    for (const one of [checks, claims, tables]) one.soon();
  }

  async function release(): Promise<void> {
    const old = driver;
    driver = undefined;
    await old?.close().catch(failed('closing'));
  }

  async function check(asked = false): Promise<Health | undefined> {
    const driver = mine();
    if (!driver) return undefined;
    const health: Health = await inTime(driver.check()).catch((error: unknown) => {
      if (!(error instanceof DriverError)) throw error;
      return { ok: false, epoch: epoch ?? '', problems: [error.message], guestNetworks: [] };
    });
    const { ok, problems, guestNetworks = [], accessPoints = [] } = health;
    const made = JSON.stringify([ok, problems, guestNetworks, accessPoints]);
    if (asked || made !== healthMade) {
      await deps.gateways.putHealth(site, id, {
        ok,
        problems,
        guestNetworks,
        accessPoints,
        checkedAt: now(),
      });
      if (made !== healthMade) log.info({ gateway: id, ok, problems }, 'gateway state');
      healthMade = made;
    }
    const back = down && ok;
    down = !ok;
    if (ok) deps.onHealthy(gateway);
    if (ok && (back || epoch !== health.epoch)) {
      epoch = health.epoch;
      await retryDead();
      reconciles.soon();
      claims.soon();
    }
    return health;
  }

  /** Whatever was wrong for good may be right with a gateway that is well again. */
  async function retryDead(): Promise<void> {
    const dead = await commands.dead(site, id);
    if (dead.length > 0) await commands.queue(site, id, dead, 'command.retried', now());
  }

  async function keepTable(): Promise<void> {
    const driver = mine();
    if (!driver?.clients || down) return;
    const rows = await inTime(driver.clients());
    const made = JSON.stringify(rows);
    if (made !== tableMade) {
      await clients.putTable(site, id, rows, TABLE_KEPT);
      table = new Map(rows.map((row) => [row.ip, row.mac]));
      tableMade = made;
    } else if ((await clients.keepTable(site, id, TABLE_KEPT)) === 0) {
      tableMade = '';
    }
  }

  async function reconcile(): Promise<void> {
    const driver = mine();
    if (!driver?.sessions || down || !deps.decisions()) return;
    const found = await reconciler.look(driver, tested);
    if (found === 'doubtful') reconciles.soon();
    if (found === 'queued') claims.soon();
  }

  const claims = chore(
    CLAIM_EVERY,
    async () => {
      // What runs is not waited for: a client whose command hangs keeps no other one from its end.
      for (let room = BATCH - open.size; room > 0; room = BATCH - open.size) {
        if ((await claim(room)).length < room) return;
      }
    },
    failed('claiming commands'),
  );
  const checks = chore(
    kind.checkEveryMs,
    async () => {
      await check();
    },
    failed('check'),
  );
  const tables = chore(TABLE_EVERY, keepTable, failed('reading the client table'));
  const reconciles = chore(RECONCILE_EVERY, reconcile, failed('reconciling'));
  const holds = chore(HOLD_EVERY, hold, failed('holding the lane'));
  for (const one of [holds, claims, checks, tables, reconciles]) one.soon();

  return {
    held: () => mine() !== undefined,
    nudge: () => claims.soon(),
    runNow: async (mac) => {
      try {
        await Promise.all(await claim(1, mac));
      } catch (error) {
        // The decision stands, and the next look finds it.
        failed('a command')(error);
      }
    },
    async roundTrip(mac = TEST_MAC, onStep) {
      const driver = mine();
      if (!driver) return undefined;
      tested = mac;
      const looked = async (): Promise<Health> =>
        (await check(true)) ??
        Promise.reject(new DriverError('busy', 'Another process drives this gateway now.'));
      try {
        return await roundTrip({ driver, can, check: looked, now, mac, ...(onStep ? { onStep } : {}) });
      } finally {
        tested = undefined;
      }
    },
    async find(ip) {
      const driver = mine();
      if (!driver?.findClient || down) return undefined;
      const client = await inTime(driver.findClient(ip)).catch(() => undefined);
      if (client) {
        table.set(ip, client.mac);
        await clients.addRow(site, id, client);
      }
      return client;
    },
    async resolve(claim) {
      return resolving(async () => {
        const driver = mine();
        return driver?.resolve && !down ? inTime(driver.resolve(claim)).catch(() => undefined) : undefined;
      });
    },
    sessions: async () => {
      const driver = mine();
      return driver?.sessions && !down ? inTime(driver.sessions()) : undefined;
    },
    async stop() {
      const work = async (): Promise<void> => {
        await Promise.all([holds, claims, checks, tables, reconciles].map((one) => one.stop()));
        await Promise.all([...open.values()].map(({ outcome }) => outcome));
      };
      await ends(work(), STOP_WITHIN);
      await release();
      await commands.leaveLane(site, id, holder).catch(() => undefined);
    },
  };
}
