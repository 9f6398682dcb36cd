import { globalKeys } from './keys.js';
import type { RedisClient } from './scripts.js';

export type LeaseStore = ReturnType<typeof createLeaseStore>;

/** Leases for work that one process at a time should do. */
export function createLeaseStore(redis: RedisClient) {
  return {
    /** True when the lease is ours now; it ends by itself. */
    take: async (name: string, ms: number): Promise<boolean> =>
      (await redis.set(globalKeys.lease(name), '1', 'PX', ms, 'NX')) === 'OK',
    /** The same for work without an end: whoever holds it keeps it by asking again in time. */
    async hold(name: string, holder: string, ms: number): Promise<boolean> {
      const key = globalKeys.lease(name);
      if ((await redis.set(key, holder, 'PX', ms, 'NX')) === 'OK') return true;
      if ((await redis.get(key)) !== holder) return false;
      return (await redis.pexpire(key, ms)) === 1;
    },
    async release(name: string, holder: string): Promise<void> {
      const key = globalKeys.lease(name);
      if ((await redis.get(key)) === holder) await redis.del(key);
    },
  };
}
