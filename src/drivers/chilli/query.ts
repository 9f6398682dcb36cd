import { isIP } from 'node:net';
import type { ClientMac } from '../../domain/id.js';
import { parseMac } from '../../domain/mac.js';
import { DriverError } from '../driver.js';
import type { Run, RunResult } from '../nftables/run.js';
import { createTurns } from '../sharing.js';

/** One client as chilli lists it. */
export interface ChilliClient {
  mac: ClientMac;
  ip: string;
  passes: boolean;
  username: string;
  /** Seconds since it was let in, and after how many it is sent off (0: never), where the row can be read so far. */
  elapsed?: number;
  most?: number;
}

/** Words of `authorize` and `update`. */
export interface ChilliSession {
  username: string;
  /** Seconds. Never 0, which is for ever. */
  sessiontimeout: number;
  /** Bits a second: of 1.9 what RADIUS says in thousands is kept as this. */
  maxbwup?: number;
  maxbwdown?: number;
  /** Bytes, both ways together. */
  maxoctets?: number;
}

const STATES = /^(?:none|drop|pass|dnat|splash|layer2|unknown)$/;
/** More than a chilli with its largest network has. */
const LIST_BYTES = 8 * 1024 * 1024;

/** Of a client that has none yet. */
const NO_ADDRESS = '0.0.0.0';
const AT_ONCE = 4;
/** chilli answers at once, or hangs. */
const TIMEOUT_MS = 5000;
const LATE =
  'chilli does not answer chilli_query: it hangs, or has too much to do. See `systemctl status chilli`.';

const DOWN =
  'chilli does not answer: nobody is let in. See `systemctl status chilli` and start it again; Foyer must be allowed to use its socket (`cmdsocket`).';

const SEVERAL =
  'More than one chilli runs on this machine, and chilli_query asks them all: Foyer knows one only. Leave one socket in /var/run (`cmdsocket`).';

/** `MAC address state`, with which every row of either list begins. chilli writes these itself. */
function headOf(row: string): { mac: ClientMac; ip: string; state: string; rest: string } | undefined {
  const [, macText = '', ip = '', state = '', rest = ''] = /^(\S+) (\S+) (\S+)(.*)$/.exec(row) ?? [];
  const mac = parseMac(macText);
  return mac && isIP(ip) === 4 && STATES.test(state) ? { mac, ip, state, rest } : undefined;
}

/**
 * `MAC address state session auth username seconds/most idle/most ...`: the name is what the visitor typed, and may hold
 * anything, also what cuts the row off.
 */
function clientOf(row: string): ChilliClient | undefined {
  const head = headOf(row);
  const [, auth, words = ''] = /^ \S+ ([0-9])(?: (.*))?$/.exec(head?.rest ?? '') ?? [];
  if (!head || auth === undefined) return undefined;
  const { mac, ip, state } = head;
  const [, username = '', elapsed, most] = /^(.*?) (\d{1,10})\/(\d{1,10}) \d+\/\d+(?: |$)/.exec(words) ?? [];
  const passes = auth === '1' && state === 'pass';
  const known = elapsed === undefined ? {} : { elapsed: Number(elapsed), most: Number(most) };
  return { mac, ip, passes, username, ...known };
}

/**
 * chilli's own control program. It always ends well, whether there is such a client or not, and prints nothing: what came
 * of an order is to be read. A client's name and address of the page it wanted come from the visitor, decoded, so that a row
 * may be followed by others that the visitor wrote: of one client only the first line counts, and `dhcp-list` has no such words.
 */
export function createChilliQuery(run: Run, path: string, timeoutMs = TIMEOUT_MS) {
  // chilli answers one at a time, and a small router has no room for a process for each who waits.
  const inTurn = createTurns(AT_ONCE);

  async function ask(words: readonly string[]): Promise<RunResult> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new DriverError('timeout', LATE)), timeoutMs);
    });
    return Promise.race([run(path, words), late]).finally(() => clearTimeout(timer));
  }

  async function call(...words: string[]): Promise<string> {
    const { code, stdout, stderr } = await inTurn(() => ask(words));
    if (/permission denied/i.test(stderr))
      throw new DriverError(
        'not-permitted',
        'chilli_query may not use the socket of chilli: run Foyer as its user, or give that user the socket (`uid`, `gid` of chilli.conf).',
      );
    if (/connect|no cmdsock sockets|timeout/i.test(stderr)) throw new DriverError('unreachable', DOWN);
    if (code !== 0 || stdout.length > LIST_BYTES) {
      const [first = ''] = (stderr || 'no message').trim().split('\n');
      throw new DriverError('bad-answer', `chilli_query ${words[0]} failed (exit code ${code}): ${first}`);
    }
    if (/^\s*Querying socket /.test(stdout)) throw new DriverError('misconfigured', SEVERAL);
    return stdout;
  }

  const rowsOf = (text: string): string[] => text.split('\n').filter((row) => row !== '');

  const wordsOf = (session: ChilliSession): string[] =>
    Object.entries(session).flatMap(([name, value]) => (value === undefined ? [] : [name, String(value)]));

  return {
    /** One client, by its MAC or its address. */
    async client(by: 'mac' | 'ip', value: string): Promise<ChilliClient | undefined> {
      const [first] = rowsOf(await call('list', by, value));
      if (first === undefined) return undefined;
      const client = clientOf(first);
      if (!client) throw new DriverError('bad-answer', 'chilli_query list is not readable.');
      return client[by] === value ? client : undefined;
    },

    /** Every client that has an address. Nothing in it comes from visitors. */
    async devices(): Promise<{ mac: ClientMac; ip: string; passes: boolean }[]> {
      const heads = rowsOf(await call('dhcp-list')).map(headOf);
      if (!heads.every((head) => head !== undefined))
        throw new DriverError('bad-answer', 'chilli_query dhcp-list is not readable.');
      return heads
        .filter(({ ip }) => ip !== NO_ADDRESS)
        .map(({ mac, ip, state }) => ({ mac, ip, passes: state === 'pass' }));
    },

    /** Rows as they stand: some may be forged. */
    rows: async (): Promise<ChilliClient[]> =>
      rowsOf(await call('list')).flatMap((row) => clientOf(row) ?? []),

    /** Lets in, from now on. */
    authorize: (mac: ClientMac, session: ChilliSession) => call('authorize', 'mac', mac, ...wordsOf(session)),

    /** Changes a running session; its seconds count from its beginning. */
    update: (mac: ClientMac, session: ChilliSession) => call('update', 'mac', mac, ...wordsOf(session)),

    logout: (mac: ClientMac) => call('logout', 'mac', mac),
  };
}
