import type { SiteId } from '../domain/id.js';
import { hasWords, type Visit, type VisitState, visitState } from '../domain/visit.js';
import type { VisitStore } from '../redis/visits.js';

const PAGE = 100;
const SCAN_AT_MOST = 5000;

export interface VisitQuery {
  words: string[];
  state?: VisitState;
  from?: number;
  until?: number;
  cursor?: string;
  limit: number;
}

/**
 * Visits by expected arrival. Without a search it reads the index page by page; a state is filtered after reading, so a page
 * may hold fewer than `limit`; `next` is null at the end only.
 */
export function createVisitList(visits: VisitStore, now: () => number) {
  return async (site: SiteId, query: VisitQuery): Promise<{ items: Visit[]; next: string | null }> => {
    const matching = query.words.length > 0 ? await visits.search(site, query.words) : undefined;
    const items: Visit[] = [];
    let cursor = query.cursor;
    for (let scanned = 0; scanned < SCAN_AT_MOST; ) {
      const range = {
        limit: PAGE,
        ...(query.from === undefined ? {} : { from: query.from }),
        ...(query.until === undefined ? {} : { until: query.until }),
        ...(cursor === undefined ? {} : { cursor }),
      };
      const { ids } = await visits.page(site, range);
      for (const row of ids) {
        cursor = row.cursor;
        scanned++;
        if (matching && !matching.has(row.id)) continue;
        const visit = (await visits.find(site, row.id))?.visit;
        if (!visit || !hasWords(visit, query.words)) continue;
        if (query.state && visitState(visit, now()) !== query.state) continue;
        items.push(visit);
        if (items.length === query.limit) return { items, next: cursor };
      }
      if (ids.length < PAGE) return { items, next: null };
    }
    return { items, next: cursor ?? null };
  };
}
