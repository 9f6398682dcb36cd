import type { Visit } from './visit.js';
import { lastPossibleEnd, windowOf } from './window.js';

/**
 * Where a visit stands for the people at the desk. `here`: checked in, or online without that; `late`: the arrival is past
 * and the visitor may still come; `missed`: it is over and nobody came.
 */
export const STANDINGS = ['expected', 'late', 'here', 'left', 'missed', 'cancelled'] as const;
export type Standing = (typeof STANDINGS)[number];

/** So long after the expected arrival nobody is late yet. */
export const LATE_AFTER_MS = 15 * 60_000;
/** Whose access ends within this is about to leave, or needs more time. */
export const LEAVING_MS = 30 * 60_000;

export function standingOf(visit: Visit, now: number): Standing {
  if (visit.cancelledAt !== undefined) return 'cancelled';
  if (visit.checkedOutAt !== undefined) return 'left';
  if (visit.checkedInAt !== undefined) return 'here';
  const over = now >= lastPossibleEnd(visit.terms, visit.startedAt);
  if (visit.firstUseAt !== undefined) return over ? 'left' : 'here';
  if (over) return 'missed';
  return now < visit.terms.arrivalAt + LATE_AFTER_MS ? 'expected' : 'late';
}

/** When the access of a visit was or will be over; undefined where it has none, or its end is not fixed yet. */
export function accessEnd(visit: Visit): number | undefined {
  if (!visit.hasToken) return undefined;
  const until = windowOf(visit.terms, visit.startedAt)?.until;
  return until === undefined ? undefined : Math.min(until, visit.tokenEndedAt ?? until);
}

/** Is the visitor online by what is decided, and for no longer than the next half hour? */
export function isLeaving(visit: Visit, now: number): boolean {
  const end = accessEnd(visit);
  return visit.firstUseAt !== undefined && end !== undefined && now < end && end <= now + LEAVING_MS;
}
