import type { SiteId } from '../domain/id.js';
import { accessEnd, isLeaving, standingOf } from '../domain/standing.js';
import type { Visit } from '../domain/visit.js';
import type { CommandStore } from '../redis/commands.js';
import type { VisitReads } from '../redis/visit-reads.js';
import { countByFilter, type FilterCounts, type VisitLists } from './desk-lists.js';
import type { GatewayRegistry } from './gateways.js';
import { createSharedRead } from './shared-read.js';

const HOUR_MS = 3_600_000;

/** One hour of the day. */
export interface HourOfDay {
  at: number;
  /** Who is expected to arrive in it, and who of them came, whenever that was. */
  expected: number;
  came: number;
  /** The most visitors who had access at one time of it; undefined for hours that are to come. */
  online?: number;
}

export interface Today {
  counts: FilterCounts;
  /** Who comes next, or is late; who is here, first those who leave first; who leaves soon. */
  next: Visit[];
  here: Visit[];
  leaving: Visit[];
  /** How many devices may pass now, over all gateways. */
  online: number;
  hours: HourOfDay[];
}

interface Interval {
  from: number;
  until: number;
}

/** How many of these hold at once, at most, within each hour; one walk over all of them. */
function mostByHour(intervals: readonly Interval[], hours: readonly Interval[]): number[] {
  const steps = intervals.flatMap(({ from, until }) => [
    { at: from, by: 1 },
    { at: until, by: -1 },
  ]);
  // An end comes before a start of the same instant: the two were not there together.
  steps.sort((a, b) => a.at - b.at || a.by - b.by);
  let [count, next] = [0, 0];
  return hours.map(({ from, until }) => {
    for (; next < steps.length && (steps[next]?.at ?? 0) <= from; next++) count += steps[next]?.by ?? 0;
    let most = count;
    for (; next < steps.length && (steps[next]?.at ?? 0) < until; next++) {
      count += steps[next]?.by ?? 0;
      most = Math.max(most, count);
    }
    return most;
  });
}

const came = (visit: Visit): boolean => visit.checkedInAt !== undefined || visit.firstUseAt !== undefined;

/** The day by hours: arrivals where they were expected, and how many visitors had access at a time. */
export function hoursOf(
  visits: readonly Visit[],
  day: { from: number; until: number },
  now: number,
): HourOfDay[] {
  const hours: (HourOfDay & { until: number })[] = [];
  for (let at = day.from; at < day.until; at += HOUR_MS)
    hours.push({ at, until: Math.min(at + HOUR_MS, day.until), expected: 0, came: 0 });
  const access: Interval[] = [];
  for (const visit of visits) {
    const end = accessEnd(visit);
    if (visit.firstUseAt !== undefined && end !== undefined && end > visit.firstUseAt)
      access.push({ from: visit.firstUseAt, until: end });
    const hour = hours[Math.floor((visit.terms.arrivalAt - day.from) / HOUR_MS)];
    if (!hour || visit.cancelledAt !== undefined) continue;
    hour.expected++;
    if (came(visit)) hour.came++;
  }
  // Of the hour that runs only what was so until now, this moment included.
  const begun = hours
    .filter(({ at }) => at <= now)
    .map(({ at, until }) => ({ from: at, until: Math.min(until, now + 1) }));
  const online = mostByHour(access, begun);
  return hours.map(({ until: _, ...hour }, i) => {
    const most = online[i];
    return most === undefined ? hour : { ...hour, online: most };
  });
}

/** The hours worth showing: a working day, and whatever lies before or after it. */
export function busyHours(hours: readonly HourOfDay[]): HourOfDay[] {
  const busy = hours.flatMap(({ expected, online }, i) => (expected > 0 || (online ?? 0) > 0 ? [i] : []));
  const first = Math.min(7, ...busy);
  const last = Math.max(18, ...busy);
  return hours.slice(first, last + 1);
}

export interface TodayDeps {
  lists: VisitLists;
  commands: CommandStore;
  registry: Pick<GatewayRegistry, 'ofSite'>;
  reads: Pick<VisitReads, 'findMany'>;
  now: () => number;
}

export type TodayService = ReturnType<typeof createToday>;

/** The day at a glance. Those who look at it together, as the live page does after each change, share one read. */
export function createToday({ lists, commands, registry, reads, now }: TodayDeps) {
  const share = createSharedRead<Today>();

  async function read(site: SiteId, day: { from: number; until: number }, most: number): Promise<Today> {
    const at = now();
    const [all, passing] = await Promise.all([
      lists.onDay(site, day),
      Promise.all(registry.ofSite(site).map(({ id }) => commands.online(site, id, at))),
    ]);
    const endFirst = (some: Visit[]): Visit[] =>
      some.sort((a, b) => (accessEnd(a) ?? Number.MAX_VALUE) - (accessEnd(b) ?? Number.MAX_VALUE));
    const standing = all.map((visit) => standingOf(visit, at));
    const next = all.filter((_, i) => standing[i] === 'expected' || standing[i] === 'late').slice(0, most);
    const here = endFirst(all.filter((_, i) => standing[i] === 'here'));
    const leaving = endFirst(all.filter((visit) => isLeaving(visit, at)));
    const shown = { next, here: hereFirst(here, at).slice(0, most), leaving: leaving.slice(0, most) };
    const found = await reads.findMany(site, [
      ...new Set(Object.values(shown).flatMap((some) => some.map(({ id }) => id))),
    ]);
    const full = new Map(found.map((visit) => [visit.id, visit]));
    const fill = (some: Visit[]): Visit[] => some.flatMap(({ id }) => full.get(id) ?? []);
    return {
      counts: countByFilter(all, at),
      next: fill(shown.next),
      here: fill(shown.here),
      leaving: fill(shown.leaving),
      online: passing.reduce((sum, count) => sum + count, 0),
      hours: hoursOf(all, day, at),
    };
  }

  return (site: SiteId, day: { from: number; until: number }, most: number): Promise<Today> =>
    share(`${site} ${day.from} ${day.until} ${most}`, () => read(site, day, most));
}

/** Whose access goes on comes before those whose access is over and who did not check out. */
const hereFirst = (here: readonly Visit[], now: number): Visit[] => {
  const goes = (visit: Visit): boolean => (accessEnd(visit) ?? Number.MAX_VALUE) > now;
  return [...here.filter(goes), ...here.filter((visit) => !goes(visit))];
};
