import type { SiteId } from '../domain/id.js';
import type { Visit } from '../domain/visit.js';
import { siteKeys } from './keys.js';
import { answers, type RedisClient } from './scripts.js';
import { readVisit } from './visit-record.js';

/** So many visits are asked for in one go. */
const READ_AT_ONCE = 1000;

/** What lists and counts of many visits are made from. */
const OUTLINE = [
  'id',
  'name',
  'email',
  'host',
  'hostEmail',
  'expectedArrival',
  'timeZone',
  'maxDevices',
  'validFrom',
  'arrivalAt',
  'earlyMs',
  'startWithinMs',
  'durationMs',
  'endAt',
  'hasToken',
  'createdAt',
  'startedAt',
  'tokenEndedAt',
  'checkedInAt',
  'checkedOutAt',
  'cancelledAt',
  'firstUseAt',
] as const;

export type VisitReads = ReturnType<typeof createVisitReads>;

/** Many visits in one go, for lists and counts. */
export function createVisitReads(redis: RedisClient) {
  return {
    /** Those of them that are there, in this order, without their devices and limits: one exchange for a thousand. */
    async outlines(site: SiteId, ids: readonly string[]): Promise<Visit[]> {
      const found: Visit[] = [];
      for (let i = 0; i < ids.length; i += READ_AT_ONCE) {
        const step = redis.pipeline();
        for (const id of ids.slice(i, i + READ_AT_ONCE)) step.hmget(siteKeys.visit(site, id), ...OUTLINE);
        for (const values of await answers<(string | null)[]>(step)) {
          const fields: Record<string, string> = {};
          for (const [at, value] of values.entries())
            if (value !== null) fields[OUTLINE[at] as string] = value;
          const read = readVisit(fields, {});
          if (read) found.push(read.visit);
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
