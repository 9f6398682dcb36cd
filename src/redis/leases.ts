import { globalKeys } from './keys.js';
import type { RedisClient } from './scripts.js';

export type LeaseStore = ReturnType<typeof createLeaseStore>;

/** Leases for work that one process at a time should do. */
export function createLeaseStore(redis: RedisClient) {
  return {
    /** True when the lease is ours now; it ends by itself. */
    take: async (name: string, ms: number): Promise<boolean> =>
      (await redis.set(globalKeys.lease(name), '1', 'PX', ms, 'NX')) === 'OK',
  };
}
