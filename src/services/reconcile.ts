import type { Gateway } from '../domain/gateway.js';
import type { Access } from '../domain/grant.js';
import type { ClientMac } from '../domain/id.js';
import type { Capabilities, Driver, Session } from '../drivers/driver.js';
import type { CommandStore } from '../redis/commands.js';
import type { GatewayStore } from '../redis/gateways.js';
import type { GrantStore } from '../redis/grants.js';
import { inTime } from './chore.js';

/** A list in which this share of the sessions has no grant is believed only when it is read twice. */
const SUSPICIOUS_SHARE = 0.5;
const SUSPICIOUS_AT_LEAST = 10;

/** Redis answers nobody else while it takes such a step. */
const STEP = 500;
/** So many strangers are being ended at a time, the others wait for a later look: a router may list whatever it likes. */
const EXTRA_MOST = 5000;

export interface Differences {
  /** Clients that should pass and do not, or not until the right instant. */
  missing: ClientMac[];
  /** Sessions of ours without a grant. */
  extra: ClientMac[];
  /** Too many extras for one reading: act only when the next one says the same. */
  suspicious: boolean;
}

const settled = (access: Access): boolean => !access.dead && access.confirmedVersion === access.version;

/**
 * What the gateway has against what we decided. `before` and `after` are the access records read around the list of
 * sessions: whatever changed meanwhile, or still waits for its command, is left to that command.
 */
export function differences(
  before: readonly Access[],
  sessions: readonly Session[],
  after: readonly Access[],
  now: number,
  toleranceMs: number,
): Differences {
  const earlier = new Map(before.map((access) => [access.mac, access]));
  const later = new Map(after.map((access) => [access.mac, access]));
  const inForce = new Map(sessions.map((session) => [session.mac, session]));

  const missing = after
    .filter((access) => {
      const was = earlier.get(access.mac);
      if (!was || was.version !== access.version || !settled(was) || !settled(access)) return false;
      if (access.until <= now + toleranceMs) return false;
      const session = inForce.get(access.mac);
      return (
        !session || (session.until !== undefined && Math.abs(session.until - access.until) > toleranceMs)
      );
    })
    .map((access) => access.mac);

  const extra = sessions
    .filter((session) => !earlier.has(session.mac) && !later.has(session.mac))
    .map((session) => session.mac);

  const suspicious = extra.length >= SUSPICIOUS_AT_LEAST && extra.length > sessions.length * SUSPICIOUS_SHARE;
  return { missing, extra, suspicious };
}

export interface ReconcilerDeps {
  grants: Pick<GrantStore, 'accesses'>;
  commands: Pick<CommandStore, 'queue'>;
  /** Keeps what the gateway said for those who want to look. */
  gateways: Pick<GatewayStore, 'putReading'>;
  now: () => number;
  log: { info(data: object, message: string): void; warn(data: object, message: string): void };
}

/** Compares a gateway's sessions with what is decided, and queues a command for every difference. */
export function createReconciler(
  { site, id }: Gateway,
  can: Capabilities,
  toleranceMs: number,
  { grants, commands, gateways, now, log }: ReconcilerDeps,
) {
  let doubted = new Set<ClientMac>();

  return {
    /** `tested`: a device that is let in for a test just now. `doubtful`: to be looked at again before anything is believed. */
    async look(driver: Driver, tested: ClientMac | undefined): Promise<'nothing' | 'doubtful' | 'queued'> {
      const at = now();
      const before = await grants.accesses(site, id);
      const sessions = await inTime(driver.sessions?.() ?? Promise.resolve([]));
      const after = await grants.accesses(site, id);
      const found = differences(before, sessions, after, now(), toleranceMs);
      // A gateway that is not told lets in whom it asked about; its list may be late, and is no reason to have anybody ask again.
      const missing = can.orders === 'told' ? found.missing : [];
      const extra = can.revoke ? found.extra.filter((mac) => mac !== tested) : [];
      const again = extra.filter((mac) => doubted.has(mac));
      const believed = found.suspicious ? again : extra;
      doubted = new Set(found.suspicious ? extra : []);
      const doubtful = found.suspicious && again.length === 0;
      if (doubtful) {
        log.warn(
          { gateway: id, sessions: sessions.length, extra: extra.length },
          'many sessions without a grant: reading again before ending any',
        );
      }
      const ending = after.filter(({ until }) => until === 0).length;
      const macs = [...missing, ...believed.slice(0, Math.max(0, EXTRA_MOST - ending))];
      const others = sessions.filter(({ mac }) => mac !== tested);
      await gateways.putReading(site, id, { at, sessions: others, mended: macs });
      if (macs.length === 0) return doubtful ? 'doubtful' : 'nothing';
      log.info({ gateway: id, missing: missing.length, extra: believed.length }, 'drift');
      for (let at = 0; at < macs.length; at += STEP)
        await commands.queue(site, id, macs.slice(at, at + STEP), 'gateway.drift-mended', now());
      return doubtful ? 'doubtful' : 'queued';
    },
  };
}
