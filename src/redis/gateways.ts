import type { GatewayHealth, Trust } from '../domain/gateway.js';
import type { ClientMac, GatewayId, SiteId } from '../domain/id.js';
import { globalKeys, siteKeys } from './keys.js';
import { defineScript, type RedisClient, statusOf } from './scripts.js';

/** A gateway as it is kept: secrets are sealed. */
export interface StoredGateway {
  kind: string;
  fields: Record<string, unknown>;
  guestNetworks: string[];
  trust: Trust;
  version: number;
}

/** One session as a gateway listed it. */
export interface ListedSession {
  mac: ClientMac;
  /** Epoch milliseconds, where the gateway tells. */
  until?: number;
}

/** What a gateway said when its list was read last. */
export interface Reading {
  /** Epoch milliseconds. */
  at: number;
  /** How many it listed; `sessions` are the first of them. */
  total: number;
  sessions: ListedSession[];
  /** Clients for which a command was queued because of it. */
  mended: ClientMac[];
}

const ANSWER_KEPT_MS = 60_000;
/** Longer than the list is read again; an older one says nothing of now. */
const READING_KEPT_MS = 120_000;
const READING_MOST = 5000;

const keepReading = defineScript({
  file: 'keep-reading',
  args: ['gateway', 'reading', 'keptMs'],
  reply: statusOf('kept', 'gone'),
});

export type GatewayStore = ReturnType<typeof createGatewayStore>;

export function createGatewayStore(redis: RedisClient) {
  return {
    async list(site: SiteId): Promise<Map<GatewayId, StoredGateway>> {
      const rows = await redis.hgetall(siteKeys.gateways(site));
      return new Map(
        Object.entries(rows).map(([id, json]) => [id as GatewayId, JSON.parse(json) as StoredGateway]),
      );
    },

    /** Takes the id for this site; the site that has it already when it is another's. */
    async take(id: GatewayId, site: SiteId): Promise<SiteId> {
      await redis.hsetnx(globalKeys.gatewaySites, id, site);
      return (await redis.hget(globalKeys.gatewaySites, id)) as SiteId;
    },

    /** Answers with its new version, which no other configuration in the site has or had. */
    async put(site: SiteId, id: GatewayId, gateway: Omit<StoredGateway, 'version'>): Promise<number> {
      const version = await redis.incr(siteKeys.decisions(site));
      await redis.hset(siteKeys.gateways(site), id, JSON.stringify({ ...gateway, version }));
      return version;
    },

    /** The configuration and everything that waits for it. Its access records go as well: nobody can be told any more. */
    async remove(site: SiteId, id: GatewayId): Promise<boolean> {
      const macs = (await redis.smembers(siteKeys.accesses(site, id))) as ClientMac[];
      const step = redis
        .multi()
        .hdel(siteKeys.gateways(site), id)
        .hdel(siteKeys.health(site), id)
        .hdel(siteKeys.asked(site), id)
        .hdel(siteKeys.unproven(site), id);
      for (const key of [
        siteKeys.accesses,
        siteKeys.queue,
        siteKeys.claimed,
        siteKeys.due,
        siteKeys.dead,
        siteKeys.lane,
        siteKeys.waiting,
        siteKeys.sessions,
        siteKeys.reading,
        siteKeys.test,
      ]) {
        step.del(key(site, id));
      }
      for (const key of [siteKeys.clients, siteKeys.seen, siteKeys.seenOrder]) step.del(key(site, id));
      for (const mac of macs) step.del(siteKeys.access(site, id, mac));
      const results = await step.exec();
      await redis.hdel(globalKeys.gatewaySites, id);
      return results?.[0]?.[1] === 1;
    },

    /** The gateway has just asked. */
    async noteAsked(site: SiteId, id: GatewayId, now: number): Promise<void> {
      await redis.hset(siteKeys.asked(site), id, String(now));
    },

    /** When the gateway asked last, epoch milliseconds. */
    async askedAt(site: SiteId, id: GatewayId): Promise<number | undefined> {
      const at = await redis.hget(siteKeys.asked(site), id);
      return at === null ? undefined : Number(at);
    },

    /** What the holder of a lane was asked by another process; kept for a moment. */
    async putAnswer(site: SiteId, order: string, answer: object): Promise<void> {
      await redis.set(siteKeys.answer(site, order), JSON.stringify(answer), 'PX', ANSWER_KEPT_MS);
    },

    async takeAnswer<T>(site: SiteId, order: string): Promise<T | undefined> {
      const text = await redis.getdel(siteKeys.answer(site, order));
      return text === null ? undefined : (JSON.parse(text) as T);
    },

    async putReading(site: SiteId, id: GatewayId, reading: Omit<Reading, 'total'>): Promise<void> {
      const kept = {
        ...reading,
        total: reading.sessions.length,
        sessions: reading.sessions.slice(0, READING_MOST),
        mended: reading.mended.slice(0, READING_MOST),
      };
      await keepReading(redis, site, {
        gateway: id,
        reading: JSON.stringify(kept),
        keptMs: READING_KEPT_MS,
      });
    },

    /** Undefined where the gateway does not list its sessions, or was not reached lately. */
    async reading(site: SiteId, id: GatewayId): Promise<Reading | undefined> {
      const text = await redis.get(siteKeys.reading(site, id));
      return text === null ? undefined : (JSON.parse(text) as Reading);
    },

    async addUnproven(site: SiteId, id: GatewayId, count: number): Promise<void> {
      await redis.hincrby(siteKeys.unproven(site), id, count);
    },

    async unproven(site: SiteId): Promise<Map<GatewayId, number>> {
      const rows = await redis.hgetall(siteKeys.unproven(site));
      return new Map(Object.entries(rows).map(([id, count]) => [id as GatewayId, Number(count)]));
    },

    async putHealth(site: SiteId, id: GatewayId, health: GatewayHealth): Promise<void> {
      await redis.hset(siteKeys.health(site), id, JSON.stringify(health));
    },

    async health(site: SiteId): Promise<Map<GatewayId, GatewayHealth>> {
      const rows = await redis.hgetall(siteKeys.health(site));
      return new Map(
        Object.entries(rows).map(([id, json]) => [id as GatewayId, JSON.parse(json) as GatewayHealth]),
      );
    },
  };
}
