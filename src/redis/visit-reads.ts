import type { SiteId } from '../domain/id.js';
import type { Visit } from '../domain/visit.js';
import { siteKeys } from './keys.js';
import { answers, type RedisClient } from './scripts.js';
import { readVisit } from './visit-record.js';

/** So many visits are asked for in one go. */
const READ_AT_ONCE = 1000;

/** What counts of many visits are made from, and what a search looks at besides. */
const TIMES = [
  'id',
  'validFrom',
  'arrivalAt',
  'earlyMs',
  'startWithinMs',
  'durationMs',
  'endAt',
  'hasToken',
  'startedAt',
  'tokenEndedAt',
  'checkedInAt',
  'checkedOutAt',
  'cancelledAt',
  'firstUseAt',
] as const;
const NAMED = [...TIMES, 'name', 'email', 'host', 'hostEmail'] as const;

export type VisitReads = ReturnType<typeof createVisitReads>;

/** Many visits in one go, for lists and counts. */
export function createVisitReads(redis: RedisClient) {
  return {
    /** Those of them that are there, in this order, with their times and, where asked for, their names, and nothing else: one exchange for a thousand. */
    async outlines(site: SiteId, ids: readonly string[], of: 'times' | 'names'): Promise<Visit[]> {
      const read = of === 'names' ? NAMED : TIMES;
      const found: Visit[] = [];
      for (let i = 0; i < ids.length; i += READ_AT_ONCE) {
        const step = redis.pipeline();
        for (const id of ids.slice(i, i + READ_AT_ONCE)) step.hmget(siteKeys.visit(site, id), ...read);
        for (const values of await answers<(string | null)[]>(step)) {
          const fields: Record<string, string> = {};
          for (const [at, value] of values.entries()) if (value !== null) fields[read[at] as string] = value;
          const stored = readVisit(fields, {});
          if (stored) found.push(stored.visit);
        }
      }
      return found;
    },

    /** Those of them that are there, in this order. */
    async findMany(site: SiteId, ids: readonly string[]): Promise<Visit[]> {
      const found: Visit[] = [];
      for (let i = 0; i < ids.length; i += READ_AT_ONCE) {
        const step = redis.pipeline();
        for (const id of ids.slice(i, i + READ_AT_ONCE))
          step.hgetall(siteKeys.visit(site, id)).hgetall(siteKeys.devices(site, id));
        const read = await answers<Record<string, string>>(step);
        for (let at = 0; at < read.length; at += 2) {
          const stored = readVisit(read[at] ?? {}, read[at + 1] ?? {});
          if (stored) found.push(stored.visit);
        }
      }
      return found;
    },

    /** Visits whose PIN is for check-in only and that can still come: how many, and the first so many by their last possible end. */
    withoutToken: {
      count: (site: SiteId, now: number): Promise<number> =>
        redis.zcount(siteKeys.withoutToken(site), `(${now}`, '+inf'),
      list: (site: SiteId, now: number, limit: number): Promise<string[]> =>
        redis.zrangebyscore(siteKeys.withoutToken(site), `(${now}`, '+inf', 'LIMIT', 0, limit),
    },
  };
}
