import { localOf } from './local-time.js';

/** The date of a zone at an instant: `2026-11-23`. */
export const dateIn = (at: number, zone: string): string => localOf(at, zone).slice(0, 10);

/** A date so many days later: `2026-11-30` and 2 make `2026-12-02`. */
export function addDays(date: string, days: number): string {
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
  return new Date(Date.UTC(year, month - 1, day + days)).toISOString().slice(0, 10);
}
