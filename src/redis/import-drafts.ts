import type { SiteId } from '../domain/id.js';
import { siteKeys } from './keys.js';
import type { RedisClient } from './scripts.js';

/** How long a file waits between its check and its import. */
const KEPT_MS = 30 * 60_000;

export type ImportDraftStore = ReturnType<typeof createImportDraftStore>;

/** Files that somebody looks through before they are imported; sealed, and gone after half an hour. */
export function createImportDraftStore(redis: RedisClient) {
  return {
    async put(site: SiteId, id: string, sealed: string): Promise<void> {
      await redis.set(siteKeys.importDraft(site, id), sealed, 'PX', KEPT_MS);
    },
    find: async (site: SiteId, id: string): Promise<string | undefined> =>
      (await redis.get(siteKeys.importDraft(site, id))) ?? undefined,
    async remove(site: SiteId, id: string): Promise<void> {
      await redis.del(siteKeys.importDraft(site, id));
    },
  };
}
