import { globalKeys } from './keys.js';
import type { RedisClient } from './scripts.js';

/** True when the data were written under this SECRET, or when there are none yet. */
export async function secretFits(redis: RedisClient, check: string): Promise<boolean> {
  await redis.setnx(globalKeys.secretCheck, check);
  return (await redis.get(globalKeys.secretCheck)) === check;
}

/** Redis `TIME` in epoch milliseconds. */
export async function redisTime(redis: RedisClient): Promise<number> {
  const [seconds, micros] = await redis.time();
  return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
}
