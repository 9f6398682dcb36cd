import type { ClientMac, GatewayId, SiteId } from '../domain/id.js';
import { siteKeys } from './keys.js';
import type { RedisClient } from './scripts.js';

/** A session as its gateway accounts for it. */
export interface StoredSession {
  mac: ClientMac;
  /** The gateway's own, unique with the address that it asks from. */
  id: string;
  /** Where the gateway's word came from. */
  nas: string;
  /** When it was heard of last, epoch milliseconds. */
  seenAt: number;
}

/** One that was not heard of for so long is over: its end was lost. */
const FORGET_MS = 25 * 60 * 60_000;

export type SessionStore = ReturnType<typeof createSessionStore>;

/** Sessions by the gateway's own books: what stands here opens nothing. */
export function createSessionStore(redis: RedisClient) {
  const nameOf = ({ nas, id }: Pick<StoredSession, 'nas' | 'id'>): string => `${nas} ${id}`;

  async function list<S extends StoredSession>(site: SiteId, gateway: GatewayId, now: number): Promise<S[]> {
    const key = siteKeys.sessions(site, gateway);
    const all = Object.values(await redis.hgetall(key)).map((text) => JSON.parse(text) as S);
    const old = all.filter(({ seenAt }) => seenAt < now - FORGET_MS);
    if (old.length > 0) await redis.hdel(key, ...old.map(nameOf));
    return all.filter(({ seenAt }) => seenAt >= now - FORGET_MS);
  }

  return {
    list,

    async put(site: SiteId, gateway: GatewayId, session: StoredSession): Promise<void> {
      await redis.hset(siteKeys.sessions(site, gateway), nameOf(session), JSON.stringify(session));
    },

    async remove(
      site: SiteId,
      gateway: GatewayId,
      session: Pick<StoredSession, 'nas' | 'id'>,
    ): Promise<void> {
      await redis.hdel(siteKeys.sessions(site, gateway), nameOf(session));
    },

    /** The gateway at this address has none any more. */
    async clear(site: SiteId, gateway: GatewayId, nas: string, now: number): Promise<void> {
      const gone = (await list(site, gateway, now)).filter((session) => session.nas === nas);
      if (gone.length > 0) await redis.hdel(siteKeys.sessions(site, gateway), ...gone.map(nameOf));
    },
  };
}
