import type { ClientMac } from '../../domain/id.js';
import { parseMac } from '../../domain/mac.js';
import { DriverError } from '../driver.js';
import { shareReading } from '../sharing.js';
import { INVALID, rowsOf } from './answers.js';
import type { Operator } from './operator.js';
import { hyphened } from './redirect.js';

/**
 * The hotspot's client records, which the operator's session may read and end. Undocumented: as 5.15.24.19 has them, and the
 * Hotspot Manager of 6.0.0.39 asks for them.
 */

/** What came in by an external portal server: ours. */
const EXTERNAL_PORTAL = 4;
const PAGE = 100;
const PAGES_MOST = 1000;
/** For so many clients each is looked for by itself; for more the list is read. */
const SEARCHES_MOST = 3;
/** The list is a history; what ended earlier is of no interest. */
const LOOK_BACK_MS = 24 * 3_600_000;
const EXTEND_LEAST_MS = 60_000;

export interface AuthRecord {
  id: string;
  mac: ClientMac;
  ours: boolean;
  /** The controller says so; it may be behind the time. */
  valid: boolean;
  /** On Foyer's clock, epoch milliseconds. */
  start: number;
  end: number;
}

/** Undefined where the row is none of a client's. `ahead`: of the controller's clock. */
function recordOf(row: Readonly<Record<string, unknown>>, ahead: number): AuthRecord | undefined {
  const { id, mac: text, valid, start, end, authType } = row;
  const mac = typeof text === 'string' ? parseMac(text) : undefined;
  if (!mac || typeof id !== 'string' || !/^[0-9A-Za-z_-]{1,64}$/.test(id)) return undefined;
  if (typeof start !== 'number' || typeof end !== 'number') return undefined;
  const ours = Number(authType) === EXTERNAL_PORTAL;
  return { id, mac, ours, valid: valid === true, start: start - ahead, end: end - ahead };
}

export type Records = ReturnType<typeof createRecords>;

export function createRecords(operator: Operator, siteId: string, now: () => number) {
  const site = `/sites/${siteId.toLowerCase()}`;
  const isInForce = (record: AuthRecord): boolean => record.valid && record.end > now();

  /** Newest end first, so that the history need not be read; a controller that does not sort is read to its end. */
  async function read(since: number, searchKey?: string): Promise<AuthRecord[]> {
    const found = new Map<string, AuthRecord>();
    let sorted = true;
    let last = Number.POSITIVE_INFINITY;
    let first: unknown;
    for (let page = 1, seen = 0; page <= PAGES_MOST; page += 1) {
      // `page` and `pageSize`, which the rest of the controller has, are passed over here without a word.
      const query = {
        currentPage: page,
        currentPageSize: PAGE,
        'sorts.end': 'desc',
        ...(searchKey === undefined ? {} : { searchKey }),
      };
      const what = 'the list of the hotspot’s clients';
      const reply = await operator.call(what, () => ({ method: 'GET', path: `${site}/clients`, query }));
      const { rows, total } = rowsOf(reply, what);
      const begin = rows[0]?.id;
      if (begin !== undefined && begin === first)
        throw new DriverError(
          'bad-answer',
          'Omada gives the same page of its client records again and again.',
        );
      first = begin;
      for (const row of rows) {
        const record = recordOf(row, operator.ahead());
        if (!record) continue;
        if (record.end > last) sorted = false;
        last = record.end;
        if (record.end > since) found.set(record.id, record);
      }
      seen += rows.length;
      if (rows.length === 0 || seen >= total || (sorted && last <= since)) break;
    }
    return [...found.values()];
  }

  const lately = shareReading(async (macs: ReadonlySet<ClientMac>) => {
    const since = now() - LOOK_BACK_MS;
    if (macs.size > SEARCHES_MOST) return read(since);
    return (await Promise.all([...macs].map((mac) => read(since, hyphened(mac))))).flat();
  });

  return {
    isInForce,

    /** Everything of the last day that this client has. */
    of: async (mac: ClientMac): Promise<AuthRecord[]> =>
      (await lately(mac)).filter((record) => record.mac === mac),

    inForce: async (): Promise<AuthRecord[]> =>
      (await read(now())).filter((record) => record.ours && isInForce(record)),

    /** Whether the operator may: the shortest of lists. */
    async look(): Promise<void> {
      const query = { currentPage: 1, currentPageSize: 1 };
      const what = 'the list of the hotspot’s clients';
      rowsOf(await operator.call(what, () => ({ method: 'GET', path: `${site}/clients`, query })), what);
    },

    /** One that has ended already, or is gone, is no fault. */
    async end({ id }: AuthRecord): Promise<void> {
      const path = `${site}/cmd/clients/${id}/disconnect`;
      await operator.call('to end a session', () => ({ method: 'POST', path, json: {} }), [INVALID]);
    },

    /** Until then or up to a minute longer. False where the record is gone. */
    async extend({ id, end }: AuthRecord, until: number): Promise<boolean> {
      const path = `${site}/cmd/clients/${id}/extend`;
      const period = Math.max(EXTEND_LEAST_MS, Math.ceil(until - end));
      const order = () => ({ method: 'POST', path, json: { period } }) as const;
      return (await operator.call('to extend a session', order, [INVALID])).code !== INVALID;
    },
  };
}
