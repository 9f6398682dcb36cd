/**
 * The validity policy of a token, and what follows from it. All instants are epoch milliseconds, all
 * durations carry their unit. Nothing here reads a clock.
 */

export type ValidFrom = 'expected-arrival' | 'check-in' | 'first-use';

/** What was agreed when the visit was registered; later changes of settings do not move it. */
export interface TokenTerms {
  validFrom: ValidFrom;
  /** Expected arrival. */
  arrivalAt: number;
  /** How long before the expected arrival the token may be used. */
  earlyMs: number;
  /** `check-in` and `first-use`: how long after the expected arrival the token may still be started. */
  startWithinMs: number;
  /** Length of the access from its start. Ignored where `endAt` is given. */
  durationMs: number;
  /** A fixed end (`until`), whatever the start. */
  endAt?: number;
}

/** What has happened to a token since. */
export interface TokenFacts {
  /** When check-in or first use started it. */
  startedAt?: number;
  /** When it was ended before its time: cancelled, checked out. */
  endedAt?: number;
}

export type TokenState = 'waiting' | 'upcoming' | 'active' | 'expired' | 'ended';

/** `from` and `until` are undefined until the start is fixed; `startBy` only where a start is awaited or was. */
export interface TokenView {
  state: TokenState;
  from?: number;
  until?: number;
  startBy?: number;
}

const floating = (terms: TokenTerms): boolean => terms.validFrom !== 'expected-arrival';

/** The earliest instant at which the token may open the network. */
export const opensAt = (terms: TokenTerms): number => terms.arrivalAt - terms.earlyMs;

/** The last instant at which a floating token may be started; undefined where the start is the expected arrival. */
export function startBy(terms: TokenTerms): number | undefined {
  if (!floating(terms)) return undefined;
  const last = terms.arrivalAt + terms.startWithinMs;
  return terms.endAt === undefined ? last : Math.min(last, terms.endAt);
}

/** [from, until) of a token; undefined while a floating token has not been started. */
export function windowOf(terms: TokenTerms, startedAt?: number): { from: number; until: number } | undefined {
  if (!floating(terms))
    return { from: opensAt(terms), until: terms.endAt ?? terms.arrivalAt + terms.durationMs };
  if (startedAt === undefined) return undefined;
  return { from: startedAt, until: terms.endAt ?? startedAt + terms.durationMs };
}

/** The latest instant at which this token can still be in force: what TTLs are made from. */
export function lastPossibleEnd(terms: TokenTerms, startedAt?: number): number {
  const window = windowOf(terms, startedAt);
  if (window) return window.until;
  return terms.endAt ?? (startBy(terms) ?? terms.arrivalAt) + terms.durationMs;
}

/** State and window of a token at `now`, by comparing times only. */
export function viewToken(terms: TokenTerms, facts: TokenFacts, now: number): TokenView {
  const window = windowOf(terms, facts.startedAt);
  const by = startBy(terms);
  const rest = { ...window, ...(by === undefined ? {} : { startBy: by }) };
  if (facts.endedAt !== undefined) return { state: 'ended', ...rest };
  if (!window) return { state: by !== undefined && now > by ? 'expired' : 'waiting', ...rest };
  if (now < window.from) return { state: 'upcoming', ...rest };
  return { state: now < window.until ? 'active' : 'expired', ...rest };
}

const DAY = 86_400_000;
/** How long after its last possible end a PIN's record is kept, so that the same PIN is not drawn again soon. */
export const PIN_GRACE_MS = 7 * DAY;

/**
 * The interval in which the answer to this PIN may differ from `refused`: a day around the times at which it can be used
 * (`early` and `expired` are told no longer). What the guessing policy counts.
 */
export function tellingOf(terms: TokenTerms, startedAt?: number): { from: number; until: number } {
  return { from: opensAt(terms) - DAY, until: lastPossibleEnd(terms, startedAt) + DAY };
}
