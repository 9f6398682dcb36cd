import { globalKeys } from './keys.js';
import type { RedisClient } from './scripts.js';

/** True when the data were written under this SECRET, or when there are none yet. */
export async function secretFits(redis: RedisClient, check: string): Promise<boolean> {
  await redis.setnx(globalKeys.secretCheck, check);
  return (await redis.get(globalKeys.secretCheck)) === check;
}

/** The portal that was started last: what commands and other processes say of it. */
export interface PortalAddress {
  /** Of the guest listener. */
  port: number;
  /** Its `PORTAL_URL`, where set. */
  url?: string;
}

/** Undefined before the first start. */
export async function portalOf(redis: RedisClient): Promise<PortalAddress | undefined> {
  const { port, url } = await redis.hgetall(globalKeys.portal);
  return port === undefined ? undefined : { port: Number(port), ...(url ? { url } : {}) };
}

export async function putPortal(redis: RedisClient, { port, url = '' }: PortalAddress): Promise<void> {
  await redis.hset(globalKeys.portal, { port, url });
}

/** Redis `TIME` in epoch milliseconds. */
export async function redisTime(redis: RedisClient): Promise<number> {
  const [seconds, micros] = await redis.time();
  return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
}
