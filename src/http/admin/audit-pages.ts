import { EVENT_GROUPS } from '../../domain/event.js';
import type { AuditEntry } from '../../services/audit-words.js';
import type { Page } from '../pages/page.js';

/** A filter as it stands in the address. */
export interface AuditQuery {
  kind: string;
  by: string;
  visit: string;
  day: string;
}

/** The address of the log with this filter, and more. */
export function auditPath(path: string, query: AuditQuery, more: Record<string, string> = {}): string {
  const set = Object.entries({ ...query, ...more }).filter(([, value]) => value !== '');
  const text = new URLSearchParams(set).toString();
  return text === '' ? path : `${path}?${text}`;
}

export interface AuditPageData {
  query: AuditQuery;
  problem: string | undefined;
  items: readonly AuditEntry[];
  /** Cursor of the page after; null at the end. */
  next: string | null;
  /** Is this a page after the first? */
  later: boolean;
  actors: readonly { by: string; text: string }[];
}

export const auditPage = ({ query, next, actors, ...page }: AuditPageData): Page => ({
  template: 'admin/audit',
  data: {
    ...page,
    query,
    filtered: Object.values(query).some((value) => value !== ''),
    kinds: [
      { value: '', text: 'Every kind' },
      ...Object.entries(EVENT_GROUPS).map(([value, text]) => ({ value, text })),
      // One type only, from a link.
      ...(query.kind !== '' && !Object.hasOwn(EVENT_GROUPS, query.kind)
        ? [{ value: query.kind, text: query.kind }]
        : []),
    ],
    people: [{ value: '', text: 'Everybody' }, ...actors.map(({ by, text }) => ({ value: by, text }))],
    older: next === null ? undefined : auditPath('/audit', query, { cursor: next }),
    newest: auditPath('/audit', query),
    csv: auditPath('/audit/export.csv', query),
    ndjson: auditPath('/audit/export.ndjson', query),
    ofVisit: (visit: string) => auditPath('/audit', { kind: '', by: '', day: '', visit }),
  },
});
