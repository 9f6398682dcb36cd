import type { ClientMac } from '../../domain/id.js';
import { parseMac } from '../../domain/mac.js';
import { DriverError } from '../driver.js';
import type { Run, RunResult } from '../nftables/run.js';

/** One client as the daemon lists it. */
export interface NdsClient {
  mac: ClientMac;
  ip: string;
  device: string;
  passes: boolean;
  /** Epoch seconds; undefined where it does not pass. */
  end: number | undefined;
  custom: string;
}

/** Answers of `ndsctl` by exit code (9.10). */
const NOT_RUNNING = 3;
const LOCKED = new Set([4, 5, 6]);
const TRIES = 6;
const PAUSE_MS = 150;

const DOWN =
  'The openNDS daemon is not running: nobody is let in. See `systemctl status opennds` and start it again; `Restart=always` in its unit does so by itself. Version 9.10 ends with a fault when a guest sends a request without a User-Agent, or asks for /opennds_auth/ without `tok` (the family of CVE-2023-38313, fixed in 10.1.2).';

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function clientOf(value: unknown): NdsClient | undefined {
  const row = value as Record<string, unknown>;
  const mac = parseMac(text(row.mac));
  if (!mac) return undefined;
  const passes = row.state === 'Authenticated';
  const end = Number(text(row.session_end));
  return {
    mac,
    ip: text(row.ip),
    device: text(row.clientif),
    passes,
    // 0 and "null" are sessions without an end, which nobody of ours has.
    end: passes && end > 0 ? end : undefined,
    custom: text(row.custom),
  };
}

/** The daemon's own control program, one call at a time: it locks itself against a second one. */
export function createNdsctl(run: Run, path: string) {
  let tail: Promise<unknown> = Promise.resolve();

  async function attempt(words: readonly string[]): Promise<RunResult> {
    for (let tried = 1; ; tried += 1) {
      const result = await run(path, words);
      if (result.code === NOT_RUNNING) throw new DriverError('unreachable', DOWN);
      if (!LOCKED.has(result.code)) return result;
      if (tried === TRIES) throw new DriverError('busy', 'Another ndsctl holds the lock of openNDS.');
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * tried));
    }
  }

  function call(...words: string[]): Promise<RunResult> {
    const next = tail.then(() => attempt(words));
    tail = next.catch(() => undefined);
    return next;
  }

  async function answer(...words: string[]): Promise<string> {
    const { code, stdout, stderr } = await call(...words);
    if (code === 0) return stdout;
    const [first = ''] = (stderr || stdout).trim().split('\n');
    throw new DriverError(
      'bad-answer',
      `ndsctl ${words[0]} failed (exit code ${code}): ${first || 'no message'}`,
    );
  }

  return {
    async clients(): Promise<NdsClient[]> {
      const listing = await answer('json');
      try {
        const { clients } = JSON.parse(listing) as { clients: Record<string, unknown> };
        return Object.values(clients).flatMap((row) => clientOf(row) ?? []);
      } catch (error) {
        throw new DriverError('bad-answer', 'ndsctl json is not readable.', error);
      }
    },

    async client(mac: ClientMac): Promise<NdsClient | undefined> {
      const listing = await answer('json', mac);
      try {
        return clientOf(JSON.parse(listing));
      } catch (error) {
        throw new DriverError('bad-answer', 'ndsctl json is not readable.', error);
      }
    },

    /** False where the daemon did not: the client is not there, or it passes already. */
    auth: async (mac: ClientMac, ...words: (string | number)[]): Promise<boolean> =>
      (await call('auth', mac, ...words.map(String))).code === 0,

    /** False where there is no such client. */
    deauth: async (mac: ClientMac): Promise<boolean> => (await call('deauth', mac)).code === 0,

    /**
     * The interface that the daemon manages. To be asked while it lists nobody only: the program that the daemon runs for the answer
     * may meet the one of its own regular look, and then 9.10 ends ("Unable to get routing configuration, exiting").
     */
    async device(): Promise<string> {
      return /^Managed interface: *(\S+)/m.exec(await answer('status'))?.[1] ?? '';
    },
  };
}
