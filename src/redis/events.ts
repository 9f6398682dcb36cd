import type { EventFields, EventType } from '../domain/event.js';
import type { SiteId } from '../domain/id.js';
import { siteKeys } from './keys.js';
import { defineScript, type RedisClient, statusOf } from './scripts.js';

/** A fact in a site's log. Fields hold ids, never persons, PINs or hardware addresses. */
export interface Event {
  id: string;
  type: string;
  /** Epoch milliseconds. */
  at: number;
  fields: Record<string, string>;
}

export type EventStore = ReturnType<typeof createEventStore>;

const appendEvent = defineScript({
  file: 'append-event',
  args: ['now', 'type'],
  reply: statusOf('appended'),
});

function readEvent(id: string, flat: string[]): Event {
  const fields: Record<string, string> = {};
  for (let i = 0; i + 1 < flat.length; i += 2) fields[flat[i] as string] = flat[i + 1] as string;
  const { type = '', at = '0', ...rest } = fields;
  return { id, type, at: Number(at), fields: rest };
}

const readAll = (rows: [id: string, flat: string[]][]): Event[] =>
  rows.map(([id, flat]) => readEvent(id, flat));

const msOf = (id: string): number => Number(id.split('-', 1)[0]);

export function createEventStore(redis: RedisClient) {
  const edge = async (site: SiteId, newest: boolean): Promise<Event | undefined> => {
    const key = siteKeys.events(site);
    const rows = newest
      ? await redis.xrevrange(key, '+', '-', 'COUNT', 1)
      : await redis.xrange(key, '-', '+', 'COUNT', 1);
    return readAll(rows)[0];
  };

  return {
    async append<T extends EventType>(
      site: SiteId,
      type: T,
      fields: EventFields<T>,
      now: number,
    ): Promise<void> {
      const flat = Object.entries(fields as Record<string, string | undefined>).flatMap(([name, value]) =>
        value === undefined ? [] : [name, value],
      );
      await appendEvent(redis, site, { now, type }, flat);
    },

    /** Oldest first, after the event `after` (`''`: from the beginning). */
    async list(site: SiteId, after: string, limit: number): Promise<{ items: Event[]; next: string | null }> {
      const start = after === '' ? '-' : `(${after}`;
      const items = readAll(await redis.xrange(siteKeys.events(site), start, '+', 'COUNT', limit));
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

    /** Newest first, before the event `before` (`''`: from the end), down to `from` (inclusive, `''`: all). */
    async listBack(site: SiteId, range: { before: string; from: string; limit: number }): Promise<Event[]> {
      const end = range.before === '' ? '+' : `(${range.before}`;
      const start = range.from === '' ? '-' : range.from;
      return readAll(await redis.xrevrange(siteKeys.events(site), end, start, 'COUNT', range.limit));
    },

    /** The newest events of a visit, oldest first; none once the visit is erased. */
    async ofVisit(site: SiteId, visit: string): Promise<Event[]> {
      const ids = await redis.lrange(siteKeys.visitEvents(site, visit), 0, -1);
      const step = redis.pipeline();
      for (const id of ids) step.xrange(siteKeys.events(site), id, id);
      const found = (await step.exec()) ?? [];
      return found.flatMap(([error, rows]) => {
        if (error) throw error;
        return readAll(rows as [string, string[]][]);
      });
    },

    /**
     * The id of the first event that was written at this instant or later; undefined where there is none yet. By their
     * own instants: ids follow the clock of Redis.
     */
    async firstAt(site: SiteId, at: number): Promise<string | undefined> {
      const [oldest, newest] = await Promise.all([edge(site, false), edge(site, true)]);
      if (!oldest || !newest || newest.at < at) return undefined;
      if (oldest.at >= at) return oldest.id;
      // The first event with an id from `low` on is before `at`, that from `high` on is not.
      let [low, high] = [msOf(oldest.id), msOf(newest.id)];
      const first = async (ms: number): Promise<Event | undefined> =>
        readAll(await redis.xrange(siteKeys.events(site), String(ms), '+', 'COUNT', 1))[0];
      while (high - low > 1) {
        const middle = Math.floor((low + high) / 2);
        const event = await first(middle);
        if (event && event.at < at) low = Math.max(middle, msOf(event.id));
        else high = middle;
      }
      // Within one millisecond of Redis there may be events of both sides.
      for (let after = `${low}`; ; ) {
        const rows = readAll(await redis.xrange(siteKeys.events(site), after, '+', 'COUNT', 100));
        const event = rows.find((row) => row.at >= at);
        if (event) return event.id;
        const last = rows.at(-1);
        if (!last) return undefined;
        after = `(${last.id}`;
      }
    },

    /** The id of the newest event; `0-0` before the first. */
    newestId: async (site: SiteId): Promise<string> => (await edge(site, true))?.id ?? '0-0',

    /** When the newest event was written, for the clock's check. */
    newestAt: async (site: SiteId): Promise<number | undefined> => (await edge(site, true))?.at,
  };
}
