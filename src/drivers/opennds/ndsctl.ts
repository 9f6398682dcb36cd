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

/**
 * The daemon's own control program, one call at a time: it locks itself against a second one. Any guest can bring a reading
 * about, so that those share one listing, and what is to be done goes before it.
 */
export function createNdsctl(run: Run, path: string) {
  const orders: (() => Promise<void>)[] = [];
  /** The listing that has not begun. One that runs already may be older than what is asked. */
  let listing: { begin: () => Promise<void>; rows: Promise<NdsClient[]> } | undefined;
  let busy = false;

  async function work(): Promise<void> {
    if (busy) return;
    busy = true;
    for (;;) {
      // Whoever was just answered may have the next order ready.
      await new Promise((resolve) => setImmediate(resolve));
      const next = orders.shift() ?? listing?.begin;
      if (!next) break;
      await next();
    }
    busy = false;
  }

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
    return new Promise((resolve, reject) => {
      orders.push(() => attempt(words).then(resolve, reject));
      void work();
    });
  }

  function stdoutOf(words: readonly string[], { code, stdout, stderr }: RunResult): string {
    if (code === 0) return stdout;
    const [first = ''] = (stderr || stdout).trim().split('\n');
    throw new DriverError(
      'bad-answer',
      `ndsctl ${words[0]} failed (exit code ${code}): ${first || 'no message'}`,
    );
  }

  const answer = async (...words: string[]): Promise<string> => stdoutOf(words, await call(...words));

  function read<T>(json: string, pick: (value: unknown) => T): T {
    try {
      return pick(JSON.parse(json));
    } catch (error) {
      throw new DriverError('bad-answer', 'ndsctl json is not readable.', error);
    }
  }

  const rowsOf = (value: unknown): NdsClient[] =>
    Object.values((value as { clients: Record<string, unknown> }).clients).flatMap(
      (row) => clientOf(row) ?? [],
    );

  function list(): Promise<NdsClient[]> {
    let begin = async (): Promise<void> => undefined;
    const rows = new Promise<NdsClient[]>((resolve, reject) => {
      begin = async () => {
        listing = undefined;
        await attempt(['json'])
          .then((result) => read(stdoutOf(['json'], result), rowsOf))
          .then(resolve, reject);
      };
    });
    listing = { begin, rows };
    void work();
    return rows;
  }

  return {
    clients: (): Promise<NdsClient[]> => listing?.rows ?? list(),

    client: async (mac: ClientMac): Promise<NdsClient | undefined> =>
      read(await answer('json', mac), clientOf),

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
