import { localOf } from './local-time.js';
import type { Visit } from './visit.js';
import { windowOf } from './window.js';

type Staying = Pick<Visit, 'terms' | 'startedAt' | 'timeZone'>;

/** When a stay is over as it is agreed: of a token that was not started yet, as if it started at the expected arrival. */
export function stayUntil({ terms, startedAt }: Pick<Visit, 'terms' | 'startedAt'>): number {
  return windowOf(terms, startedAt)?.until ?? terms.endAt ?? terms.arrivalAt + terms.durationMs;
}

const dateOf = (at: number, zone: string): string => localOf(at, zone).slice(0, 10);

/** Is somebody of this visit expected on more than one day of its zone? An end at midnight belongs to the day before. */
export function staysOvernight(visit: Staying): boolean {
  const last = stayUntil(visit) - 1;
  return dateOf(visit.terms.arrivalAt, visit.timeZone) !== dateOf(last, visit.timeZone);
}

/** A date so many days later: `2026-11-30` and 2 make `2026-12-02`. */
export function addDays(date: string, days: number): string {
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
  return new Date(Date.UTC(year, month - 1, day + days)).toISOString().slice(0, 10);
}

/** Is somebody who arrived before still there, or still expected, at this instant? */
export const staysInto = (visit: Visit, at: number): boolean =>
  visit.cancelledAt === undefined && (visit.checkedOutAt ?? at) >= at && stayUntil(visit) > at;
