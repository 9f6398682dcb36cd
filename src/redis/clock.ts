/** What a clock is made of. All but `monotonic` in epoch milliseconds; `monotonic` never steps and starts anywhere. */
export interface ClockSources {
  /** Redis TIME. */
  time: () => Promise<number>;
  monotonic: () => number;
  /** This machine's own clock. */
  wall: () => number;
  /** When the newest event of the log happened; undefined where there is none. */
  newestEventAt?: () => Promise<number | undefined>;
}

export interface ClockStatus {
  /** False: no decisions, since the time cannot be trusted. */
  ok: boolean;
  /** This machine's clock minus Redis TIME. Over 5 s either way it is worth telling the operator. */
  skewMs: number;
  reason?: string;
}

export interface Clock {
  /** Epoch milliseconds by the clock of Redis. */
  now: () => number;
  /** Measures the offset anew. Rejects where Redis cannot be asked; the offset known so far stays in force. */
  sync(): Promise<void>;
  status(): ClockStatus;
}

export const SKEW_TO_REPORT_MS = 5000;
/** Events of another process may be stamped by an offset that was measured a little differently. */
const EVENT_TOLERANCE_MS = 1000;
/** An answer that took longer says too little about when it was given; the best of a few is taken. */
const GOOD_ROUND_TRIP_MS = 50;
const TRIES = 3;
/** A correction backwards up to here is waited out; one beyond it is a step that Redis made and that has to be followed. */
const HOLD_MS = 2000;

/**
 * The one clock: monotonic time plus the offset to Redis TIME, so that a step of this machine's clock
 * changes nothing. Before the first `sync` it is this machine's time, and not ok.
 *
 * `now()` does not run backwards: a new offset that is a little smaller makes it stand still until real time has
 * caught up. Only a sync that finds Redis more than 2 s behind moves it back, since standing still that long
 * would end nobody's access in time.
 */
export function createClock(sources: ClockSources): Clock {
  const { time, monotonic, wall, newestEventAt } = sources;
  let offset = wall() - monotonic();
  let floor = Number.NEGATIVE_INFINITY;
  let status: ClockStatus = { ok: false, skewMs: 0, reason: 'The time of Redis has not been read yet' };

  const now = (): number => {
    floor = Math.max(floor, Math.floor(monotonic() + offset));
    return floor;
  };

  async function measure(): Promise<{ redisAt: number; offset: number }> {
    let best = { roundTrip: Number.POSITIVE_INFINITY, redisAt: 0, offset: 0 };
    for (let tries = 0; tries < TRIES && best.roundTrip > GOOD_ROUND_TRIP_MS; tries += 1) {
      const asked = monotonic();
      const redisAt = await time();
      const roundTrip = monotonic() - asked;
      // Redis looked at its clock about half way between question and answer.
      if (roundTrip < best.roundTrip)
        best = { roundTrip, redisAt, offset: redisAt - (asked + roundTrip / 2) };
    }
    return best;
  }

  return {
    now,
    status: () => status,
    async sync() {
      const measured = await measure();
      const newest = await newestEventAt?.();
      const at = monotonic() + measured.offset;
      offset = measured.offset;
      if (at < floor - HOLD_MS) floor = Number.NEGATIVE_INFINITY;
      const skewMs = Math.round(wall() - at);
      if (newest !== undefined && at < newest - EVENT_TOLERANCE_MS) {
        const behind = Math.ceil((newest - at) / 1000);
        const reason = `The time of Redis lies ${behind} s before the newest event; no decisions until it is right`;
        status = { ok: false, skewMs, reason };
      } else if (Math.abs(skewMs) > SKEW_TO_REPORT_MS) {
        const seconds = Math.round(Math.abs(skewMs) / 1000);
        const reason = `This machine's clock is ${seconds} s ${skewMs > 0 ? 'ahead of' : 'behind'} the time of Redis`;
        status = { ok: true, skewMs, reason };
      } else status = { ok: true, skewMs };
    },
  };
}
