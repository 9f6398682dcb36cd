import type { SiteId } from '../domain/id.js';
import { isLeaving, type Standing, standingOf } from '../domain/standing.js';
import { staysInto } from '../domain/stay.js';
import { hasWords, type Visit } from '../domain/visit.js';
import type { VisitReads } from '../redis/visit-reads.js';
import type { VisitStore } from '../redis/visits.js';

/** What a list may be narrowed to: where visits stand; `leaving` are those of `here` whose access ends soon. */
export const LIST_FILTERS = ['expected', 'missing', 'here', 'leaving', 'left', 'cancelled'] as const;
export type ListFilter = (typeof LIST_FILTERS)[number];
export type FilterCounts = Record<ListFilter, number> & { all: number };

const FILTER_OF: Readonly<Record<Standing, ListFilter>> = {
  expected: 'expected',
  late: 'missing',
  missed: 'missing',
  here: 'here',
  left: 'left',
  cancelled: 'cancelled',
};

export const matchesFilter = (visit: Visit, filter: ListFilter | undefined, now: number): boolean =>
  filter === undefined ||
  (filter === 'leaving' ? isLeaving(visit, now) : FILTER_OF[standingOf(visit, now)] === filter);

/** How many visits each filter shows. */
export function countByFilter(visits: readonly Visit[], now: number): FilterCounts {
  const counts: FilterCounts = {
    all: 0,
    expected: 0,
    missing: 0,
    here: 0,
    leaving: 0,
    left: 0,
    cancelled: 0,
  };
  for (const visit of visits) {
    counts.all++;
    counts[FILTER_OF[standingOf(visit, now)]]++;
    if (isLeaving(visit, now)) counts.leaving++;
  }
  return counts;
}

export interface VisitPage {
  items: Visit[];
  /** Where the next page begins; null at the end. */
  next: string | null;
}

/** So many visits a search looks at; whoever types more finds fewer. */
const FOUND_MOST = 2000;
const ELSEWHERE_MOST = 20;
const PAGE = 500;
const SCAN_MOST = 5000;

export type VisitLists = ReturnType<typeof createVisitLists>;

/** The lists of people: a day with its counts, all from a day on, and what a search finds. */
export function createVisitLists(deps: {
  visits: Pick<VisitStore, 'overlapping' | 'search' | 'page'>;
  reads: VisitReads;
  now: () => number;
}) {
  const { visits, reads, now } = deps;

  /** One page of what was found, from after the visit `after` on, with all that is known of each. */
  async function pageOf(
    site: SiteId,
    found: readonly Visit[],
    { after, limit }: { after?: string | undefined; limit: number },
  ): Promise<VisitPage> {
    const start = after === undefined ? 0 : found.findIndex(({ id }) => id === after) + 1;
    const ids = found.slice(start, start + limit).map(({ id }) => id);
    const more = found.length > start + limit;
    return { items: await reads.findMany(site, ids), next: more ? (ids.at(-1) ?? null) : null };
  }

  /** Those that arrive on a day and those that stay into it, in outline, by their arrival. */
  async function onDay(
    site: SiteId,
    day: { from: number; until: number },
    of: 'times' | 'names' = 'times',
  ): Promise<Visit[]> {
    const found = await reads.outlines(site, await visits.overlapping(site, day.from, day.until), of);
    return found.filter((visit) => visit.terms.arrivalAt >= day.from || staysInto(visit, day.from));
  }

  /** Those that all the words are found in, in outline: who comes next first, then who came last. */
  async function search(site: SiteId, words: readonly string[]): Promise<Visit[]> {
    if (words.length === 0) return [];
    const ids = [...(await visits.search(site, words))].slice(0, FOUND_MOST);
    const found = (await reads.outlines(site, ids, 'names')).filter((visit) => hasWords(visit, words));
    const at = now();
    const rank = ({ terms }: Visit): number =>
      terms.arrivalAt >= at ? terms.arrivalAt - at : Number.MAX_SAFE_INTEGER / 2 + at - terms.arrivalAt;
    return found.sort((a, b) => rank(a) - rank(b));
  }

  return {
    onDay,
    search,

    /** A day of the zone. With words: those of the day that match, and beside them who matches on other days. */
    async day(
      site: SiteId,
      query: {
        day: { from: number; until: number };
        words: readonly string[];
        filter?: ListFilter | undefined;
        after?: string | undefined;
        limit: number;
      },
    ): Promise<VisitPage & { counts: FilterCounts; elsewhere: Visit[]; elsewhereMore: boolean }> {
      const { day, words, filter } = query;
      const at = now();
      const [all, found] = await Promise.all([
        onDay(site, day, words.length > 0 ? 'names' : 'times'),
        search(site, words),
      ]);
      const here = words.length === 0 ? all : all.filter((visit) => hasWords(visit, words));
      const ofDay = new Set(here.map(({ id }) => id));
      const others = found.filter(({ id }) => !ofDay.has(id));
      const shown = here.filter((visit) => matchesFilter(visit, filter, at));
      const elsewhere = others.slice(0, ELSEWHERE_MOST).map(({ id }) => id);
      const [page, beside] = await Promise.all([pageOf(site, shown, query), reads.findMany(site, elsewhere)]);
      return {
        ...page,
        counts: countByFilter(here, at),
        elsewhere: beside,
        elsewhereMore: others.length > elsewhere.length,
      };
    },

    /** All days: what the words find, or from an instant on by arrival. */
    async all(
      site: SiteId,
      query: {
        from: number;
        words: readonly string[];
        filter?: ListFilter | undefined;
        after?: string | undefined;
        limit: number;
      },
    ): Promise<VisitPage> {
      const { from, words, filter, after, limit } = query;
      const at = now();
      if (words.length > 0) {
        const found = (await search(site, words)).filter((visit) => matchesFilter(visit, filter, at));
        return pageOf(site, found, { after, limit });
      }
      const ids: string[] = [];
      let cursor = after;
      for (let scanned = 0; scanned < SCAN_MOST; scanned += PAGE) {
        const range = { from, limit: PAGE, ...(cursor === undefined ? {} : { cursor }) };
        const rows = (await visits.page(site, range)).ids;
        const read = await reads.outlines(
          site,
          rows.map(({ id }) => id),
          'times',
        );
        const matching = new Set(
          read.filter((visit) => matchesFilter(visit, filter, at)).map(({ id }) => id),
        );
        for (const row of rows) {
          cursor = row.cursor;
          if (matching.has(row.id)) ids.push(row.id);
          if (ids.length === limit) return { items: await reads.findMany(site, ids), next: cursor };
        }
        if (rows.length < PAGE) return { items: await reads.findMany(site, ids), next: null };
      }
      return { items: await reads.findMany(site, ids), next: cursor ?? null };
    },
  };
}
