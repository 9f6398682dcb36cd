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
}

export type Settled = 'settled' | 'again' | 'retry' | 'dead' | 'gone';

/** What a worker reports of a command: it is done, or the fault and when to try again. */
export type Outcome = { done: true } | { done: false; fault: string; permanent: boolean; retryAt: number };

const holdLane = defineScript({
  file: 'hold-lane',
  args: ['now', 'gateway', 'holder', 'leaseMs'],
  reply: statusOf('taken', 'held', 'busy'),
});

const COMMAND_FIELDS = 7;

const claimCommands = defineScript({
  file: 'claim-commands',
  args: ['now', 'gateway', 'holder', 'leaseMs', 'limit', 'mac'],
  reply: ([status, ...data]): Command[] | 'lost' => {
    if (status === 'lost') return 'lost';
    const commands: Command[] = [];
    for (let i = 0; i + COMMAND_FIELDS <= data.length; i += COMMAND_FIELDS) {
      const [mac, version, until, attempts, down, up, quota] = data.slice(i, i + COMMAND_FIELDS);
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
      });
    }
    return commands;
  },
});

const settleCommand = defineScript({
  file: 'settle-command',
  args: ['now', 'gateway', 'mac', 'version', 'until', 'fault', 'permanent', 'retryAt'],
  reply: statusOf('settled', 'again', 'retry', 'dead', 'gone'),
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

    settle: (site: SiteId, gateway: GatewayId, command: Command, outcome: Outcome, now: number) =>
      settleCommand(redis, site, {
        now,
        gateway,
        mac: command.mac,
        version: command.version,
        until: command.until,
        fault: outcome.done ? '' : outcome.fault,
        permanent: !outcome.done && outcome.permanent ? '1' : '',
        retryAt: outcome.done ? '' : outcome.retryAt,
      }),

    /** Queues these clients again; `event` says why in the log. */
    queue: (
      site: SiteId,
      gateway: GatewayId,
      macs: readonly ClientMac[],
      event: 'gateway.drift-mended' | 'command.retried',
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
