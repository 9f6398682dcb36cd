import type { ClientMac } from '../../domain/id.js';
import { DriverError, type Health } from '../driver.js';

/** How a gateway is: alike for both ways of talking to it. */

/** A controller keeps its grants over restarts and updates, so nothing that it starts anew is a loss. What it loses in
 * another way (a backup restored, a site made anew) the comparison of sessions finds. */
const EPOCH = 'kept';

/** The list of devices is long, and changes when an access point is put up. */
const POINTS_EVERY_MS = 5 * 60_000;

export interface CheckOptions {
  /** Throws `DriverError`, or says what is wrong. */
  look(): Promise<string[]>;
  accessPoints(): Promise<ClientMac[]>;
  now: () => number;
}

export function createCheck({ look, accessPoints, now }: CheckOptions): () => Promise<Health> {
  let points: { read: number; macs: ClientMac[] } | undefined;

  async function pointsNow(): Promise<ClientMac[]> {
    if (!points || now() - points.read >= POINTS_EVERY_MS)
      points = { read: now(), macs: await accessPoints() };
    return points.macs;
  }

  return async () => {
    try {
      const problems = await look();
      return { ok: problems.length === 0, epoch: EPOCH, problems, accessPoints: await pointsNow() };
    } catch (error) {
      if (!(error instanceof DriverError)) throw error;
      return { ok: false, epoch: EPOCH, problems: [error.message] };
    }
  };
}
