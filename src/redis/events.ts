import type { SiteId } from '../domain/id.js';
import { siteKeys } from './keys.js';
import type { RedisClient } from './scripts.js';

/** A fact in a site's log. Fields hold ids, never persons, PINs or hardware addresses. */
export interface Event {
  id: string;
  type: string;
  /** Epoch milliseconds. */
  at: number;
  fields: Record<string, string>;
}

export type EventStore = ReturnType<typeof createEventStore>;

function readEvent(id: string, flat: string[]): Event {
  const fields: Record<string, string> = {};
  for (let i = 0; i + 1 < flat.length; i += 2) fields[flat[i] as string] = flat[i + 1] as string;
  const { type = '', at = '0', ...rest } = fields;
  return { id, type, at: Number(at), fields: rest };
}

export function createEventStore(redis: RedisClient) {
  return {
    async append(site: SiteId, type: string, fields: Record<string, string>, now: number): Promise<void> {
      const flat = Object.entries({ type, at: String(now), ...fields }).flat();
      await redis.xadd(siteKeys.events(site), 'MAXLEN', '~', '1000000', '*', ...flat);
    },

    /** Oldest first, after the event `after` (`''`: from the beginning). */
    async list(site: SiteId, after: string, limit: number): Promise<{ items: Event[]; next: string | null }> {
      const rows = await redis.xrange(
        siteKeys.events(site),
        after === '' ? '-' : `(${after}`,
        '+',
        'COUNT',
        limit,
      );
      const items = rows.map(([id, flat]) => readEvent(id, flat));
      return { items, next: items.length === limit ? (items.at(-1)?.id ?? null) : null };
    },

    /** Another text whenever something has happened since: what is decided, what gateways confirmed, how they are. */
    async mark(site: SiteId): Promise<string> {
      const [decisions, newest, health] = await Promise.all([
        redis.get(siteKeys.decisions(site)),
        redis.xrevrange(siteKeys.events(site), '+', '-', 'COUNT', 1),
        redis.hvals(siteKeys.health(site)),
      ]);
      return [decisions, newest[0]?.[0], ...health.sort()].join(' ');
    },

    /** When the newest event was written, for the clock's check. */
    async newestAt(site: SiteId): Promise<number | undefined> {
      const [row] = await redis.xrevrange(siteKeys.events(site), '+', '-', 'COUNT', 1);
      return row ? readEvent(row[0], row[1]).at : undefined;
    },
  };
}
