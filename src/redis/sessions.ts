import type { ClientMac, GatewayId, SiteId } from '../domain/id.js';
import { siteKeys } from './keys.js';
import type { RedisClient } from './scripts.js';

/** A session as its gateway accounts for it. */
export interface StoredSession {
  mac: ClientMac;
  /** The router's own, unique with the address that it asks from and what it is called there. */
  id: string;
  /** Where the gateway's word came from. */
  nas: string;
  /** What the router is called, where it says so: several may ask from one address. */
  nasId?: string;
  nasIp?: string;
  /** When it was heard of last, epoch milliseconds. */
  seenAt: number;
}

/** One that was not heard of for so long is over: its end was lost. */
const FORGET_MS = 25 * 60 * 60_000;

export type SessionStore = ReturnType<typeof createSessionStore>;

type Named = Pick<StoredSession, 'nas' | 'nasId' | 'nasIp' | 'id'>;
type Router = Pick<StoredSession, 'nas' | 'nasId' | 'nasIp'>;

const nameOf = ({ nas, nasId, nasIp, id }: Named): string => `${nas} ${nasId ?? nasIp ?? ''} ${id}`;

/** May this be the router that has the session? What either does not say tells nothing. */
const isOf = (session: Router, { nas, nasId, nasIp }: Router): boolean =>
  session.nas === nas &&
  (nasId === undefined || session.nasId === undefined || session.nasId === nasId) &&
  (nasIp === undefined || session.nasIp === undefined || session.nasIp === nasIp);

/** Sessions by the gateway's own books: what stands here opens nothing. */
export function createSessionStore(redis: RedisClient) {
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

    async remove(site: SiteId, gateway: GatewayId, session: Named): Promise<void> {
      await redis.hdel(siteKeys.sessions(site, gateway), nameOf(session));
    },

    /** This router has none any more. */
    async clear(site: SiteId, gateway: GatewayId, router: Router, now: number): Promise<void> {
      const gone = (await list(site, gateway, now)).filter((session) => isOf(session, router));
      if (gone.length > 0) await redis.hdel(siteKeys.sessions(site, gateway), ...gone.map(nameOf));
    },
  };
}
