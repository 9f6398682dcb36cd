import type { SiteId } from '../domain/id.js';
import type { Visit } from '../domain/visit.js';
import { siteKeys } from './keys.js';
import { answers, defineScript, type RedisClient } from './scripts.js';
import { readVisit } from './visit-record.js';

/** So many visits are asked for in one go. */
const READ_AT_ONCE = 1000;
/** So many are outlined by one script: about a millisecond of Redis, and then others have their turn. */
const OUTLINED_AT_ONCE = 200;

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

const outlineVisits = defineScript({
  file: 'outline-visits',
  args: ['fields'],
  reply: ([, text = '']) => text.split('\n'),
});

export type VisitReads = ReturnType<typeof createVisitReads>;

/** Many visits in one go, for lists and counts. */
export function createVisitReads(redis: RedisClient) {
  return {
    /** Those of them that are there, in this order, with their times and, where asked for, their names, and nothing else. */
    async outlines(site: SiteId, ids: readonly string[], of: 'times' | 'names'): Promise<Visit[]> {
      const names = of === 'names' ? NAMED : TIMES;
      const asked: Promise<string[]>[] = [];
      for (let i = 0; i < ids.length; i += OUTLINED_AT_ONCE) {
        const some = ids.slice(i, i + OUTLINED_AT_ONCE);
        asked.push(outlineVisits(redis, site, { fields: names.length }, [...names, ...some]));
      }
      const found: Visit[] = [];
      for (const line of (await Promise.all(asked)).flat()) {
        const fields: Record<string, string> = {};
        for (const [at, value] of line.split('\t').entries()) if (value) fields[names[at] as string] = value;
        const stored = readVisit(fields, {});
        if (stored) found.push(stored.visit);
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
