import type { Access } from '../domain/grant.js';
import type { ClientMac } from '../domain/id.js';
import type { Session } from '../drivers/driver.js';

/** A list in which this share of the sessions has no grant is believed only when it is read twice. */
const SUSPICIOUS_SHARE = 0.5;
const SUSPICIOUS_AT_LEAST = 10;

export interface Differences {
  /** Clients that should pass and do not, or not until the right instant. */
  missing: ClientMac[];
  /** Sessions of ours without a grant. */
  extra: ClientMac[];
  /** Too many extras for one reading: act only when the next one says the same. */
  suspicious: boolean;
}

const settled = (access: Access): boolean => !access.dead && access.confirmedVersion === access.version;

/**
 * What the gateway has against what we decided. `before` and `after` are the access records read around the list of
 * sessions: whatever changed meanwhile, or still waits for its command, is left to that command.
 */
export function differences(
  before: readonly Access[],
  sessions: readonly Session[],
  after: readonly Access[],
  now: number,
  toleranceMs: number,
): Differences {
  const earlier = new Map(before.map((access) => [access.mac, access]));
  const later = new Map(after.map((access) => [access.mac, access]));
  const inForce = new Map(sessions.map((session) => [session.mac, session]));

  const missing = after
    .filter((access) => {
      const was = earlier.get(access.mac);
      if (!was || was.version !== access.version || !settled(was) || !settled(access)) return false;
      if (access.until <= now + toleranceMs) return false;
      const session = inForce.get(access.mac);
      return (
        !session || (session.until !== undefined && Math.abs(session.until - access.until) > toleranceMs)
      );
    })
    .map((access) => access.mac);

  const extra = sessions
    .filter((session) => !earlier.has(session.mac) && !later.has(session.mac))
    .map((session) => session.mac);

  const suspicious = extra.length >= SUSPICIOUS_AT_LEAST && extra.length > sessions.length * SUSPICIOUS_SHARE;
  return { missing, extra, suspicious };
}
