import type { ClientMac, GatewayId, SiteId } from '../domain/id.js';
import { siteKeys } from './keys.js';
import type { RedisClient } from './scripts.js';

/** A session as its gateway accounts for it. */
export interface StoredSession {
  mac: ClientMac;
  /** Its router's own. */
  id: string;
  /** Where the router's word came from, and what it calls itself: several may speak from one address. */
  nas: string;
  nasId?: string;
  nasIp?: string;
  /** When it was heard of last, epoch milliseconds. */
  seenAt: number;
}

/** One that was not heard of for so long is over: its end was lost. */
const FORGET_MS = 25 * 60 * 60_000;

export type SessionStore = ReturnType<typeof createSessionStore>;

/** Sessions by the gateway's own books: what stands here opens nothing. */
export function createSessionStore(redis: RedisClient) {
  const nameOf = ({ nas, nasId = '', nasIp = '', id }: Omit<StoredSession, 'mac' | 'seenAt'>): string =>
    JSON.stringify([nas, nasId, nasIp, id]);

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
      session: Omit<StoredSession, 'mac' | 'seenAt'>,
    ): Promise<void> {
      await redis.hdel(siteKeys.sessions(site, gateway), nameOf(session));
    },

    /** The router at this address, by what it calls itself where it does, has none any more. */
    async clear(
      site: SiteId,
      gateway: GatewayId,
      { nas, nasId, nasIp }: Pick<StoredSession, 'nas' | 'nasId' | 'nasIp'>,
      now: number,
    ): Promise<void> {
      const gone = (await list(site, gateway, now)).filter(
        (session) => session.nas === nas && session.nasId === nasId && session.nasIp === nasIp,
      );
      if (gone.length > 0) await redis.hdel(siteKeys.sessions(site, gateway), ...gone.map(nameOf));
    },
  };
}
