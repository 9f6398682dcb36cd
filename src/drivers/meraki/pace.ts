import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { DriverError } from '../driver.js';

/** How many calls may come at once after a pause. */
const BURST = 8;
/** Longer than this no call waits for its turn: it fails as busy, and is tried again later. */
const WAIT_MOST_MS = 9000;
const HOLD_MS = 5000;

/** The Dashboard takes 10 calls a second of a whole organisation, and says for how long there are to be none after more. */
export function createPace({ perSecond, now }: { perSecond: number; now: () => number }) {
  const step = 1000 / perSecond;
  let next = 0;
  let heldUntil = 0;
  const closed = new AbortController();
  setMaxListeners(0, closed.signal);

  function refuseHeld(): void {
    const left = heldUntil - now();
    if (left <= 0) return;
    throw new DriverError(
      'busy',
      `The Meraki organisation had more calls of the Dashboard API than it takes (10 a second for all programs together): none for ${Math.ceil(left / 1000)} s.`,
    );
  }

  return {
    /** Returns when it is this call's turn. Throws `busy`. */
    async turn(): Promise<void> {
      refuseHeld();
      const moment = performance.now();
      const at = Math.max(next, moment - BURST * step);
      if (at - moment > WAIT_MOST_MS)
        throw new DriverError('busy', 'More waits for the Meraki Dashboard than it takes now.');
      next = at + step;
      if (at > moment) await sleep(at - moment, undefined, { signal: closed.signal });
      refuseHeld();
    },
    /** The Dashboard answered 429. */
    hold(retryAfter: string | undefined): void {
      const seconds = Number(retryAfter);
      const ms = Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, 600) * 1000 : HOLD_MS;
      heldUntil = Math.max(heldUntil, now() + ms);
    },
    close(): void {
      closed.abort();
    },
  };
}
