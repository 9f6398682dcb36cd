import type { ClientMac, GatewayId, SiteId } from '../domain/id.js';
import { siteKeys } from './keys.js';
import type { RedisClient } from './scripts.js';

/** A session as its gateway accounts for it. */
export interface StoredSession {
  mac: ClientMac;
  /** The router's own, unique with the address that it asks from and what it is called there. */
  id: string;
  /** Where the router's word came from. */
  nas: string;
  /** What the router is called, where it says so: several may ask from one address. */
  nasId?: string;
  nasIp?: string;
  /** When it was heard of last, epoch milliseconds. */
  seenAt: number;
}

/** One that was not heard of for so long is over: its end was lost. */
const FORGET_MS = 25 * 60 * 60_000;
/** More than a gateway has guests: who can account must not fill the memory. */
export const SESSIONS_MOST = 20_000;
const PRUNE_EVERY_MS = 60_000;

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
  const prunedAt = new Map<string, number>();

  async function list<S extends StoredSession>(site: SiteId, gateway: GatewayId, now: number): Promise<S[]> {
    const key = siteKeys.sessions(site, gateway);
    const all = Object.entries(await redis.hgetall(key)).map(([name, text]) => ({
      name,
      session: JSON.parse(text) as S,
    }));
    const isOver = ({ session }: { session: S }): boolean => session.seenAt < now - FORGET_MS;
    const old = all.filter(isOver).map(({ name }) => name);
    if (old.length > 0) await redis.hdel(key, ...old);
    return all.filter((one) => !isOver(one)).map(({ session }) => session);
  }

  /** Those that are over make room; they are looked for now and then only, since anybody who accounts can bring it about. */
  async function isFull(site: SiteId, gateway: GatewayId, now: number): Promise<boolean> {
    const key = siteKeys.sessions(site, gateway);
    if ((await redis.hlen(key)) < SESSIONS_MOST) return false;
    if (now - (prunedAt.get(key) ?? Number.NEGATIVE_INFINITY) < PRUNE_EVERY_MS) return true;
    prunedAt.set(key, now);
    return (await list(site, gateway, now)).length >= SESSIONS_MOST;
  }

  return {
    list,

    /** False where the gateway has more sessions than are kept. */
    async put(site: SiteId, gateway: GatewayId, session: StoredSession): Promise<boolean> {
      const [key, name] = [siteKeys.sessions(site, gateway), nameOf(session)];
      if ((await isFull(site, gateway, session.seenAt)) && !(await redis.hexists(key, name))) return false;
      await redis.hset(key, name, JSON.stringify(session));
      // Nobody lists the sessions of a gateway that asks no more.
      await redis.pexpire(key, FORGET_MS);
      return true;
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
