import { createHash } from 'node:crypto';
import type { SiteId } from '../domain/id.js';
import type { EventStore } from '../redis/events.js';
import { chore } from './chore.js';

/** Who wants to know when something changes in a site. Its functions do not throw. */
export interface Listener {
  site: SiteId;
  /** Digest of the login that listens. */
  login: string;
  /** The mark of what it has seen; another one, or none: it is told at once. */
  since: string;
  changed(): void;
  /** Nothing has changed: a sign of life. */
  beat(): void;
  /** It is over: the login ended, or this process stops. */
  end(): void;
  /** May it still listen? */
  allowed(): Promise<boolean>;
}

export type Listening = { status: 'listening'; stop: () => void } | { status: 'full' };

/** Times in milliseconds of real time. */
export const STREAM_TIMES = {
  lookEvery: 1000,
  /** Proxies close what is silent for longer. */
  beatEvery: 15_000,
  /** What is left of a stay is told anew at least so often. */
  tellEvery: 30_000,
  askEvery: 5000,
};
const PER_PROCESS = 100;
/** A browser has six connections for one host, and needs one for the page. */
const PER_LOGIN = 5;

export type Stream = ReturnType<typeof createStream>;

export interface StreamDeps {
  events: Pick<EventStore, 'mark'>;
  times?: Partial<typeof STREAM_TIMES>;
  log: { warn(data: object, message: string): void };
}

/** Tells those who look at a site that something changed: one look each second at Redis for each site, while anybody listens. */
export function createStream({ events, log, times: given }: StreamDeps) {
  const times = { ...STREAM_TIMES, ...given };
  /** With what each has seen, and when it was told, given a sign of life, and asked about last. */
  const listeners = new Map<Listener, { seen: string; told: number; beat: number; asked: number }>();
  let looking: ReturnType<typeof chore> | undefined;
  let stopped = false;

  const mark = async (site: SiteId): Promise<string> =>
    createHash('sha256')
      .update(await events.mark(site))
      .digest('base64url')
      .slice(0, 16);

  function drop(listener: Listener): void {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    void looking?.stop();
    looking = undefined;
  }

  function finish(listener: Listener): void {
    if (!listeners.has(listener)) return;
    drop(listener);
    listener.end();
  }

  async function look(): Promise<void> {
    const at = performance.now();
    for (const [listener, last] of [...listeners]) {
      if (at - last.asked < times.askEvery) continue;
      last.asked = at;
      if (!(await listener.allowed())) finish(listener);
    }
    const marks = new Map<SiteId, string>();
    for (const { site } of listeners.keys()) if (!marks.has(site)) marks.set(site, await mark(site));
    for (const [listener, last] of [...listeners]) {
      const now = marks.get(listener.site);
      // It came while the marks were read: the next look is its first.
      if (now === undefined) continue;
      if (now !== last.seen || at - last.told >= times.tellEvery) {
        last.seen = now;
        last.told = at;
        last.beat = at;
        listener.changed();
      } else if (at - last.beat >= times.beatEvery) {
        last.beat = at;
        listener.beat();
      }
    }
  }

  return {
    /** Stands for how a site is now: put into a page, it is the `since` of who listens from there. */
    mark,

    listen(listener: Listener): Listening {
      const own = [...listeners.keys()].filter(({ login }) => login === listener.login).length;
      if (stopped || listeners.size >= PER_PROCESS || own >= PER_LOGIN) return { status: 'full' };
      const at = performance.now();
      listeners.set(listener, { seen: listener.since, told: at, beat: at, asked: at });
      // Without Redis nothing is told; who listens sees that the page is not renewed.
      looking ??= chore(times.lookEvery, look, (err) => log.warn({ err }, 'looking for changes failed'));
      looking.soon();
      return { status: 'listening', stop: () => drop(listener) };
    },

    count: (): number => listeners.size,

    stop(): void {
      stopped = true;
      for (const listener of [...listeners.keys()]) finish(listener);
    },
  };
}
