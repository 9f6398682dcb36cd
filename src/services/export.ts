import { BYTE_ORDER_MARK, writeCsv } from '../domain/csv.js';
import type { SiteId } from '../domain/id.js';
import { offsetTime } from '../domain/local-time.js';
import { type Visit, visitState } from '../domain/visit.js';
import type { EventStore } from '../redis/events.js';
import { iso } from './objects.js';
import type { VisitQuery } from './visit-list.js';
import type { VisitService } from './visits.js';

const MINUTE_MS = 60_000;
const PAGE = 200;

const isoOrNone = (at: number | undefined): string => (at === undefined ? '' : iso(at));
const numberOrNone = (value: number | undefined): string => (value === undefined ? '' : String(value));

type Column = readonly [header: string, cell: (visit: Visit, now: number) => string];

/** Columns that an import understands, then what it leaves alone. None has a PIN, nor any address of a device. */
const COLUMNS: readonly Column[] = [
  ['Name', ({ name }) => name],
  ['E-mail', ({ email }) => email ?? ''],
  ['Host', ({ host }) => host ?? ''],
  ['Host e-mail', ({ hostEmail }) => hostEmail ?? ''],
  ['Language', ({ language }) => language ?? ''],
  ['Expected arrival', ({ terms, timeZone }) => offsetTime(terms.arrivalAt, timeZone)],
  [
    'Duration (minutes)',
    ({ terms }) => (terms.endAt === undefined ? String(Math.round(terms.durationMs / MINUTE_MS)) : ''),
  ],
  ['Until', ({ terms, timeZone }) => (terms.endAt === undefined ? '' : offsetTime(terms.endAt, timeZone))],
  ['Devices', ({ maxDevices }) => String(maxDevices)],
  ['Download (kbps)', ({ limits }) => numberOrNone(limits.downKbps)],
  ['Upload (kbps)', ({ limits }) => numberOrNone(limits.upKbps)],
  ['Quota (MB)', ({ limits }) => numberOrNone(limits.quotaMB)],
  ['State', visitState],
  ['Time zone', ({ timeZone }) => timeZone],
  ['Registered at', ({ createdAt }) => iso(createdAt)],
  ['Checked in at', ({ checkedInAt }) => isoOrNone(checkedInAt)],
  ['Checked out at', ({ checkedOutAt }) => isoOrNone(checkedOutAt)],
  ['Cancelled at', ({ cancelledAt }) => isoOrNone(cancelledAt)],
  ['Visit', ({ id }) => id],
];

export interface ExportDeps {
  visits: VisitService;
  events: EventStore;
  now: () => number;
}

export type ExportService = ReturnType<typeof createExport>;

/** Visits as a file for spreadsheets, page by page. */
export function createExport({ visits, events, now }: ExportDeps) {
  return {
    /** Logged as `visits.exported` with how many were sent, also where the reader went away. */
    async *csv(site: SiteId, query: VisitQuery, by: string): AsyncGenerator<string> {
      let count = 0;
      let cursor: string | undefined;
      try {
        yield BYTE_ORDER_MARK + writeCsv([COLUMNS.map(([header]) => header)]);
        for (;;) {
          const page = await visits.list(site, {
            ...query,
            limit: PAGE,
            ...(cursor === undefined ? {} : { cursor }),
          });
          if (page.items.length > 0) {
            count += page.items.length;
            yield writeCsv(page.items.map((visit) => COLUMNS.map(([, cell]) => cell(visit, now()))));
          }
          if (page.next === null) return;
          cursor = page.next;
        }
      } finally {
        await events.append(site, 'visits.exported', { count: String(count), by }, now());
      }
    },
  };
}
