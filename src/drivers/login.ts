import { DriverError } from './driver.js';

/** A login that a gateway gave, and that it may forget. Whatever calls there are, one login serves them all. */

const REFUSED_MS = 60_000;
const BUSY_MS = 30_000;
const BUSY_MOST_MS = 30 * 60_000;

/** What a call answers where the gateway does not know the session any more. */
export const EXPIRED = Symbol('expired');

export interface LoginOptions<S> {
  /** What the router is called in messages. */
  name: string;
  /** Throws `DriverError`: `login-refused`, or `busy` where the gateway has had too many. */
  login(): Promise<S>;
  now: () => number;
  /** When a session is to be renewed before it is used again, epoch milliseconds. */
  goodUntil?(session: S): number | undefined;
}

/** A login that is put off: when it may be tried again, epoch milliseconds. */
export class TryLaterError extends DriverError {
  readonly at: number;
  constructor(message: string, at: number) {
    super('busy', message);
    this.at = at;
  }
}

export type Login<S> = ReturnType<typeof createLogin<S>>;

/**
 * One login at a time, however many calls want one; after a refusal none until it may be tried again, since routers lock an
 * account that tries too often and count the tries in between.
 */
export function createLogin<S>({ name, login, now, goodUntil }: LoginOptions<S>) {
  let current: Promise<S> | undefined;
  /** The login that is under way. */
  let coming: Promise<S> | undefined;
  let held: { until: number; error: DriverError } | undefined;
  let busyMs = BUSY_MS;

  function put(error: unknown): void {
    if (!(error instanceof DriverError)) return;
    if (error instanceof TryLaterError || error.code === 'busy') {
      held = { until: Math.max(error instanceof TryLaterError ? error.at : 0, now() + busyMs), error };
      busyMs = Math.min(BUSY_MOST_MS, busyMs * 2);
    } else if (error.code === 'login-refused') {
      held = { until: now() + REFUSED_MS, error };
    }
  }

  function start(): Promise<S> {
    if (held && now() < held.until) return Promise.reject(held.error);
    const begun = login();
    current = begun;
    coming = begun;
    begun.then(
      () => {
        if (coming === begun) coming = undefined;
        held = undefined;
        busyMs = BUSY_MS;
      },
      (error: unknown) => {
        if (coming === begun) coming = undefined;
        if (current === begun) current = undefined;
        put(error);
      },
    );
    return begun;
  }

  async function take(): Promise<{ from: Promise<S>; session: S }> {
    const from = current ?? start();
    const fresh = from === coming;
    const session = await from;
    const end = goodUntil?.(session);
    // One that has just come is used whatever it says, or a router could have us log in without end.
    if (end === undefined || end > now() || fresh) return { from, session };
    if (current === from) current = undefined;
    return take();
  }

  return {
    /** Calls with the session; where the gateway has forgotten it, once more with a new one. */
    async use<T>(call: (session: S) => Promise<T | typeof EXPIRED>): Promise<T> {
      for (let first = true; ; first = false) {
        const { from, session } = await take();
        const answer = await call(session);
        if (answer !== EXPIRED) return answer;
        // Only whoever finds it first has it renewed.
        if (current === from) current = undefined;
        if (!first)
          throw new DriverError(
            'login-refused',
            `${name} accepts the login and then does not know it: sign in there once by hand and look.`,
          );
      }
    },
    /** The session, if there is one already. */
    known: (): Promise<S> | undefined => current,
    forget(): void {
      current = undefined;
    },
  };
}
