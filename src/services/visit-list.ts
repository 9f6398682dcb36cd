import type { SiteId } from '../domain/id.js';
import { staysInto } from '../domain/stay.js';
import { hasWords, type Visit, type VisitState, visitState } from '../domain/visit.js';
import type { VisitStore } from '../redis/visits.js';

const PAGE = 100;
const SCAN_AT_MOST = 5000;

/** What a list is asked for. Instants are epoch milliseconds. */
export interface VisitQuery {
  words: string[];
  state?: VisitState;
  from?: number;
  until?: number;
}

/**
 * Visits by expected arrival. Without a search it reads the index page by page; a state is filtered after reading, so a page
 * may hold fewer than `limit`; `next` is null at the end only.
 */
export function createVisitList(visits: VisitStore, now: () => number) {
  return async (
    site: SiteId,
    query: VisitQuery & { cursor?: string; limit: number },
  ): Promise<{ items: Visit[]; next: string | null }> => {
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

/** Who is expected on a day: those who arrive, and before them those who are there from before. */
export function createDayList(visits: VisitStore) {
  return async (site: SiteId, from: number, until: number): Promise<Visit[]> => {
    const found: Visit[] = [];
    const ids = await visits.overlapping(site, from, until);
    for (let i = 0; i < ids.length; i += PAGE) {
      const page = await Promise.all(ids.slice(i, i + PAGE).map((id) => visits.find(site, id)));
      found.push(...page.flatMap((stored) => stored?.visit ?? []));
    }
    return found.filter((visit) => visit.terms.arrivalAt >= from || staysInto(visit, from));
  };
}
