import { globalKeys } from './keys.js';
import type { RedisClient } from './scripts.js';

/** True when the data were written under this SECRET, or when there are none yet. */
export async function secretFits(redis: RedisClient, check: string): Promise<boolean> {
  await redis.setnx(globalKeys.secretCheck, check);
  return (await redis.get(globalKeys.secretCheck)) === check;
}

/** The port of the guest listener that was started last; undefined before the first. */
export async function guestPortOf(redis: RedisClient): Promise<number | undefined> {
  const port = await redis.get(globalKeys.guestPort);
  return port === null ? undefined : Number(port);
}

export async function putGuestPort(redis: RedisClient, port: number): Promise<void> {
  await redis.set(globalKeys.guestPort, port);
}

/** Redis `TIME` in epoch milliseconds. */
export async function redisTime(redis: RedisClient): Promise<number> {
  const [seconds, micros] = await redis.time();
  return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
}
