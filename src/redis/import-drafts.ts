import type { SiteId } from '../domain/id.js';
import { siteKeys } from './keys.js';
import { defineScript, type RedisClient, statusOf } from './scripts.js';

/** How long a file waits between its check and its import. */
const KEPT_MS = 30 * 60_000;
/** So many wait at a time; a file may be as large as an upload. */
const MOST_OF_ONE = 3;
const MOST_OF_SITE = 15;

const keepDraft = defineScript({
  file: 'keep-draft',
  args: ['now', 'id', 'who', 'sealed', 'keptMs', 'most', 'mostOfSite'],
  reply: statusOf('kept'),
});

export type ImportDraftStore = ReturnType<typeof createImportDraftStore>;

/** Files that somebody looks through before they are imported; sealed, few, and gone after half an hour. */
export function createImportDraftStore(redis: RedisClient) {
  return {
    /** Where there are too many, the oldest of the same person, or of the site, goes. */
    async put(site: SiteId, draft: { id: string; who: string; sealed: string }, now: number): Promise<void> {
      const limits = { keptMs: KEPT_MS, most: MOST_OF_ONE, mostOfSite: MOST_OF_SITE };
      await keepDraft(redis, site, { ...draft, ...limits, now });
    },
    find: async (site: SiteId, id: string): Promise<string | undefined> =>
      (await redis.get(siteKeys.importDraft(site, id))) ?? undefined,
    /** The list of those that wait finds out by itself. */
    async remove(site: SiteId, id: string): Promise<void> {
      await redis.del(siteKeys.importDraft(site, id));
    },
  };
}
