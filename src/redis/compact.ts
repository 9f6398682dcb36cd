import type { RedisClient } from './scripts.js';

/** What was erased goes out of the files that this Redis writes, too: an append-only file keeps it until it is written anew. */
export async function compact(redis: RedisClient): Promise<void> {
  try {
    await redis.call('BGREWRITEAOF');
  } catch (error) {
    // One that is running already has begun before this erasure; the nightly one will have it.
    if (!(error instanceof Error && /already in progress/.test(error.message))) throw error;
  }
}
