import type { SiteId } from '../domain/id.js';
import type { Visit } from '../domain/visit.js';
import type { VisitReads } from '../redis/visit-reads.js';
import type { SettingsService } from './settings.js';
import type { VisitService } from './visits.js';

/** Visits that are re-issued in one go: what is left is found again by the next. */
export const BATCH = 100;

export interface Reissued {
  done: number;
  failed: { visit: Visit; why: string }[];
  /** How many still wait. */
  left: number;
}

export type WithoutToken = ReturnType<typeof createWithoutToken>;

/** Visits that were registered while `tokens.enabled` was off: their PIN is for check-in only until they are re-issued. */
export function createWithoutToken(deps: {
  reads: Pick<VisitReads, 'withoutToken' | 'findMany'>;
  visits: Pick<VisitService, 'reissue'>;
  settings: Pick<SettingsService, 'read'>;
  now: () => number;
}) {
  const { reads, visits, settings, now } = deps;
  const enabled = async (site: SiteId): Promise<boolean> =>
    (await settings.read(site)).values['tokens.enabled'];

  return {
    /** None while tokens are off: then there is nothing that re-issuing would give them. */
    count: async (site: SiteId): Promise<number> =>
      (await enabled(site)) ? reads.withoutToken.count(site, now()) : 0,

    async list(site: SiteId, limit: number): Promise<Visit[]> {
      if (!(await enabled(site))) return [];
      return reads.findMany(site, await reads.withoutToken.list(site, now(), limit));
    },

    /** Re-issues up to a batch of them, one by one, each whole: stopped in between, the rest is there as before. */
    async reissue(site: SiteId, by: string): Promise<Reissued> {
      if (!(await enabled(site))) return { done: 0, failed: [], left: 0 };
      const failed: Reissued['failed'] = [];
      let done = 0;
      for (const visit of await reads.findMany(site, await reads.withoutToken.list(site, now(), BATCH))) {
        const result = await visits.reissue(site, visit.id, { dropDevices: false }, by);
        if (result.status === 'changed') done++;
        else failed.push({ visit, why: result.status === 'refused' ? result.why : result.status });
      }
      return { done, failed, left: await reads.withoutToken.count(site, now()) };
    },
  };
}
