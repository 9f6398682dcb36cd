import type { EventType } from '../domain/event.js';
import type { ClientMac, GatewayId, SiteId } from '../domain/id.js';
import { siteKeys } from './keys.js';
import { defineScript, type RedisClient, statusOf } from './scripts.js';

/** A command: bring this client at this gateway in line with what is decided now. */
export interface Command {
  mac: ClientMac;
  version: number;
  /** The end to bring about, 0 where the client must not pass. */
  until: number;
  attempts: number;
  limits: { downKbps?: number; upKbps?: number; quotaMB?: number };
  /** The largest end that the gateway confirmed or was given, 0 where it lets nobody pass. */
  passesUntil: number;
  /** Which way the client came to its gateway last, for the driver. */
  via?: string;
}

export type Settled = 'settled' | 'again' | 'retry' | 'dead' | 'gone' | 'left';

/** What a worker reports of a command. */
export type Outcome =
  | { done: true }
  /** A fault: it is tried again then, or put aside. */
  | { done: false; fault: string; permanent: boolean; retryAt: number }
  /** Nobody can be told: the gateway asks, or a client comes for it. `fault` where that is none of its nature. */
  | { left: true; fault: string }
  /** The gateway cannot be told to end this now; by itself it does so then. */
  | { late: true; fault: string; endsAt: number };

/** What of it the script reads: fault, what becomes of the command, when it is looked at again. */
function told(outcome: Outcome): { fault: string; becomes: string; retryAt: number | '' } {
  if ('left' in outcome) return { fault: outcome.fault, becomes: 'left', retryAt: '' };
  if ('late' in outcome) return { fault: outcome.fault, becomes: 'late', retryAt: outcome.endsAt };
  if (outcome.done) return { fault: '', becomes: 'done', retryAt: '' };
  return { fault: outcome.fault, becomes: outcome.permanent ? 'dead' : 'retry', retryAt: outcome.retryAt };
}

const holdLane = defineScript({
  file: 'hold-lane',
  args: ['now', 'gateway', 'holder', 'leaseMs'],
  reply: statusOf('taken', 'held', 'busy'),
});

/** A client that its gateway is to let in when it asks. */
export interface WaitingClient {
  mac: ClientMac;
  until: number;
  /** The gateway's own name for it. */
  handle: string;
  limits: { downKbps?: number; upKbps?: number };
  /** Somebody said for the gateway that it passes already. */
  passes: boolean;
}

const WAITING_FIELDS = 6;
const COMMAND_FIELDS = 9;

const claimCommands = defineScript({
  file: 'claim-commands',
  args: ['now', 'gateway', 'holder', 'leaseMs', 'limit', 'mac'],
  reply: ([status, ...data]): Command[] | 'lost' => {
    if (status === 'lost') return 'lost';
    const commands: Command[] = [];
    for (let i = 0; i + COMMAND_FIELDS <= data.length; i += COMMAND_FIELDS) {
      const [mac, version, until, attempts, down, up, quota, passesUntil, via] = data.slice(
        i,
        i + COMMAND_FIELDS,
      );
      commands.push({
        mac: mac as ClientMac,
        version: Number(version),
        until: Number(until),
        attempts: Number(attempts),
        limits: {
          ...(down ? { downKbps: Number(down) } : {}),
          ...(up ? { upKbps: Number(up) } : {}),
          ...(quota ? { quotaMB: Number(quota) } : {}),
        },
        passesUntil: Number(passesUntil),
        ...(via ? { via } : {}),
      });
    }
    return commands;
  },
});

const settleCommand = defineScript({
  file: 'settle-command',
  args: ['now', 'gateway', 'mac', 'version', 'until', 'fault', 'becomes', 'retryAt'],
  reply: statusOf('settled', 'again', 'retry', 'dead', 'gone', 'left'),
});

const waitingClients = defineScript({
  file: 'waiting-clients',
  args: ['now', 'gateway', 'since', 'limit', 'passesSince'],
  reply: ([, ...data]) => {
    const found: WaitingClient[] = [];
    for (let i = 0; i + WAITING_FIELDS <= data.length; i += WAITING_FIELDS) {
      const [mac, until, handle = '', down, up, passes] = data.slice(i, i + WAITING_FIELDS);
      const limits = { ...(down ? { downKbps: Number(down) } : {}), ...(up ? { upKbps: Number(up) } : {}) };
      found.push({ mac: mac as ClientMac, until: Number(until), handle, limits, passes: passes === '1' });
    }
    return found;
  },
});

const queueCommands = defineScript({
  file: 'queue-commands',
  args: ['now', 'gateway', 'event'],
  reply: ([, count]) => Number(count),
});

/** How many commands stand in a gateway's lane, by what they wait for. */
export interface QueueCounts {
  queued: number;
  claimed: number;
  dead: number;
}

export type CommandStore = ReturnType<typeof createCommandStore>;

export function createCommandStore(redis: RedisClient) {
  return {
    /** Takes or renews the lease; `taken` means that nobody held it and what was claimed is queued again. */
    holdLane: (site: SiteId, gateway: GatewayId, holder: string, leaseMs: number, now: number) =>
      holdLane(redis, site, { now, gateway, holder, leaseMs }),

    /** Ends the lease of a holder that is known to be gone. */
    freeLane: (site: SiteId, gateway: GatewayId) => redis.del(siteKeys.lane(site, gateway)),

    /** Gives the lane up if it is still ours. */
    async leaveLane(site: SiteId, gateway: GatewayId, holder: string): Promise<void> {
      const lane = siteKeys.lane(site, gateway);
      if ((await redis.get(lane)) === holder) await redis.del(lane);
    },

    /** Due ends first, then the commands whose time has come; `lost` when the lane is no longer ours. */
    claim: (
      site: SiteId,
      gateway: GatewayId,
      order: { holder: string; leaseMs: number; limit: number; mac?: ClientMac; now: number },
    ) =>
      claimCommands(redis, site, {
        now: order.now,
        gateway,
        holder: order.holder,
        leaseMs: order.leaseMs,
        limit: order.limit,
        mac: order.mac ?? '',
      }),

    settle: (
      site: SiteId,
      gateway: GatewayId,
      command: Pick<Command, 'mac' | 'version' | 'until'>,
      outcome: Outcome,
      now: number,
    ) =>
      settleCommand(redis, site, {
        now,
        gateway,
        mac: command.mac,
        version: command.version,
        until: command.until,
        ...told(outcome),
      }),

    /** Clients that wait for their gateway to ask, who was seen longest ago first. */
    waiting: (
      site: SiteId,
      gateway: GatewayId,
      order: { since: number; passesSince: number; limit: number; now: number },
    ) => waitingClients(redis, site, { ...order, gateway }),

    /** Queues these clients again; `event` says why in the log. */
    queue: (
      site: SiteId,
      gateway: GatewayId,
      macs: readonly ClientMac[],
      event: EventType & ('gateway.drift-mended' | 'command.retried'),
      now: number,
    ) => queueCommands(redis, site, { now, gateway, event }, macs),

    async counts(site: SiteId, gateway: GatewayId): Promise<QueueCounts> {
      const [queued, claimed, dead] = await Promise.all([
        redis.zcard(siteKeys.queue(site, gateway)),
        redis.scard(siteKeys.claimed(site, gateway)),
        redis.zcard(siteKeys.dead(site, gateway)),
      ]);
      return { queued, claimed, dead };
    },

    async dead(site: SiteId, gateway: GatewayId): Promise<ClientMac[]> {
      return (await redis.zrange(siteKeys.dead(site, gateway), '0', '-1')) as ClientMac[];
    },

    /** Does any process hold the gateway's lane? */
    laneHeld: async (site: SiteId, gateway: GatewayId): Promise<boolean> =>
      (await redis.exists(siteKeys.lane(site, gateway))) === 1,

    /** How many clients may pass the gateway by what is decided. */
    online: (site: SiteId, gateway: GatewayId, now: number): Promise<number> =>
      redis.zcount(siteKeys.due(site, gateway), `(${now}`, '+inf'),
  };
}
