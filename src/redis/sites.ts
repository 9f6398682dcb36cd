import type { SiteId } from '../domain/id.js';
import { globalKeys, siteKeys } from './keys.js';
import type { RedisClient } from './scripts.js';

export type SiteStore = ReturnType<typeof createSiteStore>;

/** The sites of this installation. Each one's name and zone are among its settings. */
export function createSiteStore(redis: RedisClient) {
  return {
    list: async (): Promise<SiteId[]> => ((await redis.hkeys(globalKeys.sites)) as SiteId[]).sort(),
    exists: async (site: SiteId): Promise<boolean> => (await redis.hexists(globalKeys.sites, site)) === 1,
    /** False when it was there already. */
    add: async (site: SiteId, now: number): Promise<boolean> =>
      (await redis.hsetnx(globalKeys.sites, site, String(now))) === 1,
    /** Steps of the set-up that somebody put off, for good. */
    putOff: async (site: SiteId): Promise<string[]> => redis.smembers(siteKeys.setup(site)),
    async putOffStep(site: SiteId, step: string): Promise<void> {
      await redis.sadd(siteKeys.setup(site), step);
    },
    /** Forgets the site and every key under it. */
    async remove(site: SiteId): Promise<boolean> {
      const existed = (await redis.hdel(globalKeys.sites, site)) === 1;
      const nodes = 'nodes' in redis ? redis.nodes('master') : [redis];
      for (const node of nodes) {
        for await (const keys of node.scanStream({ match: `foyer:{${site}}*`, count: 1000 })) {
          for (const key of keys as string[]) await redis.unlink(key);
        }
      }
      return existed;
    },
  };
}
