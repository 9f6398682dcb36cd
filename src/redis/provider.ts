import type { Provider } from '../domain/provider.js';
import { globalKeys } from './keys.js';
import type { RedisClient } from './scripts.js';

export type ProviderStore = ReturnType<typeof createProviderStore>;

/** The one provider that the team may sign in with. */
export function createProviderStore(redis: RedisClient) {
  return {
    async read(): Promise<Provider | undefined> {
      const json = await redis.get(globalKeys.provider);
      return json === null ? undefined : (JSON.parse(json) as Provider);
    },
    async put(provider: Provider): Promise<void> {
      await redis.set(globalKeys.provider, JSON.stringify(provider));
    },
    async remove(): Promise<void> {
      await redis.del(globalKeys.provider);
    },
    /** Came it back for the first time? Of any number at once exactly one is told so. It is remembered for `keptMs`. */
    spend: async (digest: string, keptMs: number): Promise<boolean> =>
      (await redis.set(globalKeys.providerSpent(digest), '', 'PX', keptMs, 'NX')) === 'OK',
  };
}
