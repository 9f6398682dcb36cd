import type { PinDigest, SiteId } from '../domain/id.js';
import { siteKeys } from './keys.js';
import { defineScript, type RedisClient, statusOf } from './scripts.js';

/** A paired tablet. Instants are epoch milliseconds. */
export interface Desk {
  id: string;
  name: string;
  /** Keyed digest of its cookie's secret: the secret itself is kept nowhere. */
  digest: string;
  /** What its browser calls itself. */
  agent: string;
  pairedAt: number;
  seenAt: number;
}

/** A code that waits for its tablet. */
export interface Pairing {
  digest: string;
  name: string;
  expiresAt: number;
}

export type Paired =
  | { status: 'paired'; name: string }
  | { status: 'refused' }
  | { status: 'throttled'; retryAfterMs: number };

/** Whose PIN it is that was typed at a desk. */
export type CheckedPin =
  | { status: 'visit'; visit: string }
  | { status: 'refused' | 'cancelled' | 'checked-out' | 'email' }
  | { status: 'throttled'; retryAfterMs: number };

const pairDesk = defineScript({
  file: 'pair-desk',
  args: ['now', 'code', 'desk', 'digest', 'agent', 'most', 'window'],
  reply: ([status, data]): Paired => {
    if (status === 'paired') return { status, name: data ?? '' };
    if (status === 'throttled') return { status, retryAfterMs: Number(data) };
    return { status: statusOf('refused')([status]) };
  },
  durable: true,
});

const changeDesk = defineScript({
  file: 'change-desk',
  args: ['now', 'desk', 'order', 'name', 'by'],
  reply: statusOf('changed', 'unknown'),
  durable: true,
});

const checkPin = defineScript({
  file: 'check-pin',
  args: ['now', 'digest', 'mail', 'desk', 'capacity'],
  reply: ([status, data]): CheckedPin => {
    if (status === 'visit') return { status, visit: data ?? '' };
    if (status === 'throttled') return { status, retryAfterMs: Number(data) };
    return { status: statusOf('refused', 'cancelled', 'checked-out', 'email')([status]) };
  },
  durable: true,
});

export type DeskStore = ReturnType<typeof createDeskStore>;

/** Check-in desks: tablets that were paired with a site. */
export function createDeskStore(redis: RedisClient) {
  async function find(site: SiteId, id: string): Promise<Desk | undefined> {
    const fields = await redis.hgetall(siteKeys.desk(site, id));
    if (fields.digest === undefined) return undefined;
    const { name = '', digest, agent = '' } = fields;
    return { id, name, digest, agent, pairedAt: Number(fields.pairedAt), seenAt: Number(fields.seenAt) };
  }

  return {
    find,

    /** By name. */
    async list(site: SiteId): Promise<Desk[]> {
      const ids = await redis.smembers(siteKeys.desks(site));
      const found = await Promise.all(ids.map((id) => find(site, id)));
      return found
        .flatMap((desk) => desk ?? [])
        .sort((a, b) => a.name.localeCompare(b.name) || a.pairedAt - b.pairedAt);
    },

    async putPairing(site: SiteId, pairing: Pairing, by: string, now: number): Promise<void> {
      const key = siteKeys.pairing(site, pairing.digest);
      const open = siteKeys.pairings(site);
      const left = pairing.expiresAt - now;
      await redis
        .multi()
        .hset(key, { name: pairing.name, by })
        .pexpire(key, left)
        .zadd(open, pairing.expiresAt, pairing.digest)
        .pexpire(open, left)
        .exec();
    },

    /** Codes that still wait for a tablet. */
    async pairings(site: SiteId, now: number): Promise<Pairing[]> {
      const rows = await redis.zrangebyscore(siteKeys.pairings(site), `(${now}`, '+inf', 'WITHSCORES');
      const found: Pairing[] = [];
      for (let i = 0; i + 1 < rows.length; i += 2) {
        const digest = rows[i] as string;
        const name = await redis.hget(siteKeys.pairing(site, digest), 'name');
        if (name !== null) found.push({ digest, name, expiresAt: Number(rows[i + 1]) });
      }
      return found;
    },

    async dropPairing(site: SiteId, digest: string): Promise<void> {
      const open = siteKeys.pairings(site);
      await redis.multi().del(siteKeys.pairing(site, digest)).zrem(open, digest).exec();
    },

    /** `most` wrong codes within `windowMs`, whoever types them. */
    pair: (
      site: SiteId,
      desk: { code: string; id: string; digest: string; agent: string },
      bounds: { most: number; windowMs: number },
      now: number,
    ): Promise<Paired> =>
      pairDesk(redis, site, {
        now,
        code: desk.code,
        desk: desk.id,
        digest: desk.digest,
        agent: desk.agent,
        most: bounds.most,
        window: bounds.windowMs,
      }),

    change: (
      site: SiteId,
      desk: string,
      change: { order: 'rename' | 'seen' | 'unpair'; name?: string; by?: string },
      now: number,
    ): Promise<'changed' | 'unknown'> =>
      changeDesk(redis, site, {
        now,
        desk,
        order: change.order,
        name: change.name ?? '',
        by: change.by ?? '',
      }),

    /** `mailDigest`: of the e-mail address that was typed beside it, `''` for none. `capacity`: see src/domain/guessing.ts. */
    checkPin: (
      site: SiteId,
      typed: { digest: PinDigest; mailDigest: string; desk: string; capacity: number },
      now: number,
    ): Promise<CheckedPin> =>
      checkPin(redis, site, {
        now,
        digest: typed.digest,
        mail: typed.mailDigest,
        desk: typed.desk,
        capacity: typed.capacity,
      }),
  };
}
