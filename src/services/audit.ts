import { actorOf, compareEventIds, groupOf } from '../domain/event.js';
import type { SiteId } from '../domain/id.js';
import type { Event, EventStore } from '../redis/events.js';
import { type AuditEntry, type AuditWordsDeps, createAuditWords } from './audit-words.js';

export interface AuditFilter {
  /** Types, or groups such as `visit`; empty: all. */
  kinds?: readonly string[];
  /** As `by` of an entry. */
  by?: string;
  visit?: string;
  /** Epoch milliseconds, until exclusive. */
  from?: number;
  until?: number;
}

export interface AuditPage {
  items: AuditEntry[];
  /** Where the next page begins; null at the end. A page may hold fewer than asked for. */
  next: string | null;
}

const PAGE = 500;
/** Events that one page of a filtered list may look at. */
const SCAN_AT_MOST = 10_000;
const EXPORT_PAGE = 500;

const matches = (filter: AuditFilter, event: Event): boolean => {
  const { kinds = [], by, from, until } = filter;
  const { type, at } = event;
  if (kinds.length > 0 && !kinds.includes(type) && !kinds.includes(groupOf(type))) return false;
  if (by !== undefined && by !== actorOf(event)) return false;
  return (from === undefined || at >= from) && (until === undefined || at < until);
};

export type AuditService = ReturnType<typeof createAudit>;

/** Who did what: the log in words. Persons are looked up, so that who was erased is named nowhere. */
export function createAudit({ events, ...deps }: AuditWordsDeps & { events: EventStore }) {
  const speaker = createAuditWords(deps);

  /** The events that match, newest first, up to `limit` of them or as many as one call may look at. */
  async function search(
    site: SiteId,
    filter: AuditFilter,
    page: { cursor: string; limit: number },
  ): Promise<{ found: Event[]; next: string | null }> {
    const from = filter.from === undefined ? '' : await events.firstAt(site, filter.from);
    if (from === undefined) return { found: [], next: null };
    const end = filter.until === undefined ? undefined : await events.firstAt(site, filter.until);
    let before = page.cursor === '' ? (end ?? '') : page.cursor;
    const found: Event[] = [];
    for (let scanned = 0; scanned < SCAN_AT_MOST; ) {
      const rows = await events.listBack(site, { before, from, limit: PAGE });
      for (const event of rows) {
        before = event.id;
        scanned++;
        const here = filter.visit === undefined || filter.visit === event.fields.visit;
        if (!here || !matches(filter, event)) continue;
        found.push(event);
        if (found.length === page.limit) return { found, next: before };
      }
      if (rows.length < PAGE) return { found, next: null };
    }
    return { found, next: before };
  }

  async function list(
    site: SiteId,
    filter: AuditFilter,
    page: { cursor?: string; limit: number },
  ): Promise<AuditPage> {
    const { cursor = '', limit } = page;
    const tell = await speaker(site);
    const held = filter.visit === undefined ? [] : await events.ofVisit(site, filter.visit);
    // A visit that is kept knows its events; of an erased one the log itself is asked.
    if (held.length > 0) {
      const rows = held
        .reverse()
        .filter(
          (event) => (cursor === '' || compareEventIds(event.id, cursor) < 0) && matches(filter, event),
        );
      const shown = rows.slice(0, limit);
      const next = rows.length > limit ? (shown.at(-1)?.id ?? null) : null;
      return { items: await Promise.all(shown.map(tell)), next };
    }
    const { found, next } = await search(site, filter, { cursor, limit });
    return { items: await Promise.all(found.map(tell)), next };
  }

  return {
    list,

    /** All that match, newest first, read as they are asked for. */
    async *all(site: SiteId, filter: AuditFilter): AsyncGenerator<AuditEntry> {
      for (let cursor: string | null = ''; cursor !== null; ) {
        const page: AuditPage = await list(site, filter, { cursor, limit: EXPORT_PAGE });
        yield* page.items;
        cursor = page.next;
      }
    },

    /** Whom the log can be asked for: the team, keys, and who has no record. */
    async actors(site: SiteId): Promise<{ by: string; text: string }[]> {
      const [people, keys] = await Promise.all([deps.team.list(), deps.apiKeys.list()]);
      return [
        { by: 'visitor', text: 'Visitors' },
        { by: 'foyer', text: 'Foyer itself' },
        { by: 'command-line', text: 'The command line' },
        ...people
          .filter((person) => person.role === 'owner' || person.site === site)
          .map(({ id, email }) => ({ by: `person:${id}`, text: email })),
        ...keys
          .filter((key) => key.role === 'owner' || key.site === site)
          .map(({ id, name }) => ({ by: `key:${id}`, text: `Key "${name}"` })),
      ];
    },

    /** The timeline of a visit, oldest first: its newest events, without the visitor's name in each line. */
    async ofVisit(site: SiteId, visit: string): Promise<AuditEntry[]> {
      const tell = await speaker(site, { visitor: 'this visitor' });
      return Promise.all((await events.ofVisit(site, visit)).map(tell));
    },
  };
}
