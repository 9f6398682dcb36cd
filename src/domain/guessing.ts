import { PIN_LEAST, PIN_MOST } from './pin.js';

/**
 * The arithmetic of PIN guessing. A wrong PIN could have been right with the chance N / 10^L, where N counts the PINs of L
 * digits whose answer differs from `refused`. Its risk is -ln(1 - N / 10^L), which is that chance at least: chances add up
 * to no less than the chance of any hit, so a total risk R is a bound of it, also for who tries no PIN twice (a product
 * would be none). A bucket holds a day's worth of risk and refills over a day; a failure takes its risk out (redeem.lua),
 * and none is judged that the bucket cannot pay.
 */

const DAYS = 30;
/** A full bucket beside what refills. */
const FULL = 1;
/**
 * The site's bucket, and those of the e-mail addresses, which guesses draw on once the site's is spent. A guess with an
 * address can only hit that person's visits but pays for all, so all addresses together risk what the site's bucket does;
 * each begins with a few tries only, since visits come and go.
 */
const BUCKETS = 2;

/** Capacity of a bucket: with `odds` as the chance of a guessed PIN in any 30 days. */
export const dailyRisk = (odds: number): number => odds / (BUCKETS * (DAYS + FULL));

/** Risk of one wrong PIN, given how many PINs of each length could be hit. */
export function riskOfGuess(counts: Readonly<Record<number, number>>): number {
  let risk = 0;
  for (let length = PIN_LEAST; length <= PIN_MOST; length++) {
    risk -= Math.log1p(-Math.min((counts[length] ?? 0) / 10 ** length, 0.999999));
  }
  return risk;
}

/** Wrong PINs that honest visitors type on a day, for each PIN that could be typed. */
const SLIPS_PER_PIN = 0.1;
const ROOM_FOR_SLIPS = 10;
const FAILURES_LEAST = 100;
/** More PINs are issued for the same days later. */
const GROWTH = 2;

/**
 * The shortest length whose daily budget holds ten times the wrong PINs to be expected of honest visitors, and at least
 * 100, if all PINs of those days had it. `counts`: the PINs that can be hit at some time of the interval in which the new
 * one can.
 */
export function autoLength(odds: number, counts: Readonly<Record<number, number>>): number {
  const known = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const pins = GROWTH * (known + 1);
  const needed = Math.max(FAILURES_LEAST, ROOM_FOR_SLIPS * SLIPS_PER_PIN * pins);
  for (let length = PIN_LEAST; length < PIN_MOST; length++) {
    if (dailyRisk(odds) / riskOfGuess({ [length]: pins }) >= needed) return length;
  }
  return PIN_MOST;
}
