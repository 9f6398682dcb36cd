import { dateIn } from './calendar-days.js';
import type { Visit } from './visit.js';
import { windowOf } from './window.js';

type Staying = Pick<Visit, 'terms' | 'startedAt' | 'timeZone'>;

/** When a stay is over as it is agreed: of a token that was not started yet, as if it started at the expected arrival. */
export function stayUntil({ terms, startedAt }: Pick<Visit, 'terms' | 'startedAt'>): number {
  return windowOf(terms, startedAt)?.until ?? terms.endAt ?? terms.arrivalAt + terms.durationMs;
}

/** Is somebody of this visit expected on more than one day of its zone? An end at midnight belongs to the day before. */
export function staysOvernight(visit: Staying): boolean {
  const last = stayUntil(visit) - 1;
  return dateIn(visit.terms.arrivalAt, visit.timeZone) !== dateIn(last, visit.timeZone);
}

/** Is somebody who arrived before still there, or still expected, at this instant? */
export const staysInto = (visit: Visit, at: number): boolean =>
  visit.cancelledAt === undefined && (visit.checkedOutAt ?? at) >= at && stayUntil(visit) > at;
