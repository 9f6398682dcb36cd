import type { AccessPoint } from '../../domain/gateway.js';
import { DriverError, type Health } from '../driver.js';

/** How a gateway is: alike for both ways of talking to it. */

/**
 * A controller keeps its grants over restarts and updates, so nothing that it starts anew is a loss. What it loses in
 * another way (a backup restored, a site made anew) the comparison of sessions finds.
 */
const EPOCH = 'kept';

/** The list of devices is long, and changes when an access point is put up. */
const POINTS_EVERY_MS = 5 * 60_000;

export interface CheckOptions {
  /** Throws `DriverError`, or says what is wrong. */
  look(): Promise<string[]>;
  accessPoints(): Promise<AccessPoint[]>;
  now: () => number;
}

export function createCheck({ look, accessPoints, now }: CheckOptions): () => Promise<Health> {
  let points: AccessPoint[] | undefined;
  let readAt = Number.NEGATIVE_INFINITY;

  /** A gateway is as well without them: an account for the hotspot alone may not see devices. */
  async function pointsNow(): Promise<{ accessPoints?: AccessPoint[] }> {
    if (now() - readAt >= POINTS_EVERY_MS) {
      readAt = now();
      points = await accessPoints().catch((error: unknown) => {
        if (error instanceof DriverError) return points;
        throw error;
      });
    }
    return points ? { accessPoints: points } : {};
  }

  return async () => {
    try {
      const problems = await look();
      if (problems.length > 0) return { ok: false, epoch: EPOCH, problems };
      return { ok: true, epoch: EPOCH, problems, ...(await pointsNow()) };
    } catch (error) {
      if (!(error instanceof DriverError)) throw error;
      return { ok: false, epoch: EPOCH, problems: [error.message] };
    }
  };
}
