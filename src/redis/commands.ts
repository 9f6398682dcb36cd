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

const countCommands = defineScript({
  file: 'count-commands',
  args: ['now', 'gateway'],
  reply: ([, due, claimed, retrying, dead]): Record<QueueState, number> => ({
    due: Number(due),
    claimed: Number(claimed),
    retrying: Number(retrying),
    dead: Number(dead),
  }),
});

const retryCommands = defineScript({
  file: 'retry-commands',
  args: ['now', 'gateway', 'by', 'most'],
  reply: ([, count]) => Number(count),
  durable: true,
});

const discardCommands = defineScript({
  file: 'discard-commands',
  args: ['now', 'gateway', 'by'],
  reply: ([, discarded, busy, gone]) => ({
    discarded: Number(discarded),
    busy: Number(busy),
    gone: Number(gone),
  }),
  durable: true,
});

/** What a command waits for: its turn, its end, its next try, a person. */
export const QUEUE_STATES = ['due', 'claimed', 'retrying', 'dead'] as const;
export type QueueState = (typeof QUEUE_STATES)[number];

/** A command as it is looked at. Instants are epoch milliseconds. */
export interface QueuedCommand {
  gateway: GatewayId;
  mac: ClientMac;
  state: QueueState;
  version: number;
  /** The end to bring about, 0 where the client must not pass. */
  until: number;
  attempts: number;
  /** Code of the last fault, `''` where there was none. */
  error: string;
  errorAt?: number;
  /** When it is looked at next; of one that was put aside, when the gateway does it by itself. */
  nextAt?: number;
  /** The grants that it is for. */
  grants: string[];
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

    /** How many commands of a gateway wait for what. */
    states: (site: SiteId, gateway: GatewayId, now: number) => countCommands(redis, site, { now, gateway }),

    /** Commands of a gateway in one state, by their turn. `next`: where the next page begins. */
    async list(
      site: SiteId,
      gateway: GatewayId,
      page: { state: QueueState; from: number; limit: number; now: number },
    ): Promise<{ items: QueuedCommand[]; next: number | null }> {
      const { state, from, limit, now } = page;
      const queue = siteKeys.queue(site, gateway);
      const claimed = await redis.smembers(siteKeys.claimed(site, gateway));
      const rows = {
        due: () => redis.zrangebyscore(queue, '-inf', now, 'LIMIT', from, limit),
        retrying: () => redis.zrangebyscore(queue, `(${now}`, '+inf', 'LIMIT', from, limit),
        dead: () => redis.zrange(siteKeys.dead(site, gateway), String(from), String(from + limit - 1)),
        claimed: async () => claimed.sort().slice(from, from + limit),
      };
      const macs = (await rows[state]()) as ClientMac[];
      const fields = ['version', 'until', 'attempts', 'error', 'errorAt', 'grants', 'dead'] as const;
      const read = async (mac: ClientMac): Promise<QueuedCommand | undefined> => {
        const [values, nextAt] = await Promise.all([
          redis.hmget(siteKeys.access(site, gateway, mac), ...fields),
          redis.zscore(queue, mac),
        ]);
        const [version, until, attempts, error, errorAt, grants, dead] = values;
        const elsewhere = claimed.includes(mac) ? state !== 'claimed' : dead === '1' && state !== 'dead';
        if (!version || elsewhere) return undefined;
        return {
          gateway,
          mac,
          state,
          version: Number(version),
          until: Number(until),
          attempts: Number(attempts),
          error: error ?? '',
          ...(errorAt ? { errorAt: Number(errorAt) } : {}),
          ...(nextAt === null ? {} : { nextAt: Number(nextAt) }),
          grants: grants ? grants.split(' ') : [],
        };
      };
      const items = (await Promise.all(macs.map(read))).filter((item) => item !== undefined);
      return { items, next: macs.length === limit ? from + limit : null };
    },

    /** The clients for which a command waits, whatever for; at most so many. */
    async unsettled(site: SiteId, gateway: GatewayId, most: number): Promise<ClientMac[]> {
      const [queued, dead] = await Promise.all([
        redis.zrange(siteKeys.queue(site, gateway), '0', String(most - 1)),
        redis.zrange(siteKeys.dead(site, gateway), '0', String(most - 1)),
      ]);
      return [...new Set([...queued, ...dead])] as ClientMac[];
    },

    /** Tries these again at once; without any, what was put aside, at most so many. */
    retry: (
      site: SiteId,
      gateway: GatewayId,
      order: { macs: readonly ClientMac[]; most: number; by: string; now: number },
    ) => retryCommands(redis, site, { now: order.now, gateway, by: order.by, most: order.most }, order.macs),

    /** Gives these up, at the version that was seen. */
    discard: (
      site: SiteId,
      gateway: GatewayId,
      order: { commands: readonly { mac: ClientMac; version: number }[]; by: string; now: number },
    ) =>
      discardCommands(
        redis,
        site,
        { now: order.now, gateway, by: order.by },
        order.commands.flatMap(({ mac, version }) => [mac, version]),
      ),

    /** The clients that may pass by what is decided, whose end is next first. */
    async passing(
      site: SiteId,
      gateway: GatewayId,
      page: { from: number; limit: number; now: number },
    ): Promise<ClientMac[]> {
      const { from, limit, now } = page;
      const due = siteKeys.due(site, gateway);
      return (await redis.zrangebyscore(due, `(${now}`, '+inf', 'LIMIT', from, limit)) as ClientMac[];
    },
  };
}
