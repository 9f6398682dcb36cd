import type { SiteId } from '../domain/id.js';
import type { ApiKey } from '../domain/team.js';
import { globalKeys } from './keys.js';
import type { RedisClient } from './scripts.js';

/** Fields of the one hash: a key's digest holds its record, this and its id the instant of its last use. */
const USED = 'used:';

export type ApiKeyStore = ReturnType<typeof createApiKeyStore>;

/** API keys of all sites, by their keyed digest: the key itself is kept nowhere. */
export function createApiKeyStore(redis: RedisClient) {
  const read = (json: string): ApiKey => JSON.parse(json) as ApiKey;

  async function all(): Promise<{ digest: string; key: ApiKey }[]> {
    const fields = await redis.hgetall(globalKeys.apiKeys);
    return Object.entries(fields)
      .filter(([field]) => !field.startsWith(USED))
      .map(([digest, json]) => {
        const key = read(json);
        const used = fields[USED + key.id];
        return { digest, key: { ...key, ...(used === undefined ? {} : { lastUsedAt: Number(used) }) } };
      });
  }

  return {
    async put(digest: string, key: ApiKey): Promise<void> {
      await redis.hset(globalKeys.apiKeys, digest, JSON.stringify(key));
    },

    async find(digest: string): Promise<ApiKey | undefined> {
      const json = await redis.hget(globalKeys.apiKeys, digest);
      return json === null ? undefined : read(json);
    },

    /** Oldest first. */
    list: async (): Promise<ApiKey[]> =>
      (await all()).map(({ key }) => key).sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1)),

    async remove(id: string): Promise<ApiKey | undefined> {
      const found = (await all()).find(({ key }) => key.id === id);
      if (!found) return undefined;
      const removed = await redis.hdel(globalKeys.apiKeys, found.digest, USED + id);
      return removed > 0 ? found.key : undefined;
    },

    /** Every key of a site that goes. */
    async removeOfSite(site: SiteId): Promise<void> {
      for (const { digest, key } of await all()) {
        if (key.site === site) await redis.hdel(globalKeys.apiKeys, digest, USED + key.id);
      }
    },

    async noteUse(id: string, now: number): Promise<void> {
      await redis.hset(globalKeys.apiKeys, USED + id, String(now));
    },
  };
}
