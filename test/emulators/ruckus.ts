import { randomBytes } from 'node:crypto';
import type { ClientMac } from '../../src/domain/id.js';
import { parseMac } from '../../src/domain/mac.js';
import type { Misbehaviour } from '../drivers/contract.js';
import type { Teardown } from '../fixtures/redis.js';
import { type Answer, type Reply, startHttpRouter } from './http-router.js';

/** The northbound portal interface of a SmartZone, or of RUCKUS One. */

export const PASSWORD = 'northbound-secret-1';

export interface RuckusQuirks {
  /** Codes are strings. */
  strings: boolean;
  /** A login is pending for so many questions; undefined: it is decided at once. */
  pending: number | undefined;
  /** Accounts that the WLAN's authentication service knows; undefined: Always Accept. */
  accounts: Record<string, string> | undefined;
  /** The result of a login that was pending goes to somebody else. */
  resultTaken: boolean;
  /** Clients that are there; undefined: all. */
  present: Set<ClientMac> | undefined;
  /** Only the token of the redirect names a client. */
  sealedOnly: boolean;
  /** What `Logout` does. */
  logout: 'ends' | 'unknown' | 'nothing';
  /** What `Disconnect` does. */
  disconnect: 'ends' | 'unknown' | 'nothing';
  /** The controller starts: a page in place of JSON. */
  starting: boolean;
  /** Every answer has this code. */
  always: number | undefined;
}

const WORDS: Record<number, string> = {
  100: 'Client unauthorized',
  101: 'Client authorized',
  200: 'OK',
  201: 'Login succeeded',
  202: 'Authentication pending',
  300: 'Not found',
  301: 'Login failed',
  302: 'Bad request',
  304: 'Command not supported',
  305: 'Category not supported',
  306: 'Wrong request password',
  400: 'Internal server error',
  401: 'Authentication server error',
};

export interface RuckusOptions {
  cloud?: boolean;
  tls?: boolean;
}

export async function startRuckus(t: Teardown, { cloud = false, tls = false }: RuckusOptions = {}) {
  const quirks: RuckusQuirks = {
    strings: false,
    pending: undefined,
    accounts: undefined,
    resultTaken: false,
    present: undefined,
    sealedOnly: false,
    logout: 'ends',
    disconnect: 'ends',
    starting: false,
    always: undefined,
  };
  const authorized = new Set<ClientMac>();
  const results = new Map<ClientMac, { after: number; passes: boolean }>();
  const tokens = new Map<string, string>();
  const asked: Record<string, unknown>[] = [];

  /** A name for this session only: what the redirect says for `text`. */
  function seal(text: string): string {
    const token = `ENC${randomBytes(24).toString('hex')}`;
    tokens.set(token, text);
    return token;
  }

  function clientBy(name: string): ClientMac | undefined {
    const clear = tokens.get(name) ?? (quirks.sealedOnly ? undefined : name);
    // Byte by byte as in the redirect: capitals with colons.
    const mac = clear === clear?.toUpperCase() && clear?.includes(':') ? parseMac(clear) : undefined;
    return mac && (quirks.present === undefined || quirks.present.has(mac)) ? mac : undefined;
  }

  const accepts = (name: unknown, password: unknown): boolean =>
    quirks.accounts === undefined ||
    (typeof name === 'string' && Object.hasOwn(quirks.accounts, name) && quirks.accounts[name] === password);

  function login(mac: ClientMac, passes: boolean): number {
    if (authorized.has(mac)) return 101;
    if (results.has(mac)) return status(mac);
    if (quirks.pending !== undefined) {
      results.set(mac, { after: quirks.pending, passes });
      return 202;
    }
    if (passes) authorized.add(mac);
    return passes ? 201 : 301;
  }

  function status(mac: ClientMac): number {
    const result = results.get(mac);
    if (!result) return authorized.has(mac) ? 101 : 100;
    if (result.after-- > 0) return 202;
    results.delete(mac);
    if (result.passes) authorized.add(mac);
    if (quirks.resultTaken) return result.passes ? 101 : 100;
    return result.passes ? 201 : 301;
  }

  function end(mac: ClientMac, how: 'ends' | 'unknown' | 'nothing'): number {
    if (how === 'unknown') return 304;
    if (!authorized.has(mac)) return 100;
    if (how === 'ends') authorized.delete(mac);
    return 200;
  }

  function user(request: Record<string, unknown>): number {
    const type = request.RequestType;
    const known = cloud ? ['Login', 'Authorize'] : ['Login', 'LoginAsync', 'Status', 'Logout', 'Disconnect'];
    if (!known.includes(String(type))) return 304;
    if (typeof request['UE-MAC'] !== 'string') return 302;
    const mac = clientBy(request['UE-MAC']);
    if (!mac) return 300;
    if (type === 'Authorize') return login(mac, quirks.accounts === undefined);
    if (type === 'Login') {
      if (typeof request['UE-Username'] !== 'string') return 302;
      return login(mac, accepts(request['UE-Username'], request['UE-Password']));
    }
    if (type === 'Status') return status(mac);
    return end(mac, type === 'Logout' ? quirks.logout : quirks.disconnect);
  }

  function decide(request: Record<string, unknown>): { code: number; Data?: string } {
    if (quirks.always !== undefined) return { code: quirks.always };
    if (request.Vendor !== 'ruckus' || request.APIVersion !== '1.0') return { code: 302 };
    if (request.RequestPassword !== PASSWORD) return { code: 306 };
    if (request.RequestCategory === 'UserOnlineControl') return { code: user(request) };
    if (request.RequestCategory !== 'GetConfig') return { code: 305 };
    if (request.RequestType !== 'Decrypt') return { code: 304 };
    const clear = tokens.get(String(request.Data));
    return clear === undefined ? { code: 302 } : { code: 200, Data: clear };
  }

  const answer: Answer = ({ method, path, json }): Reply => {
    if (quirks.starting) return { status: 503, body: '<html>The controller starts</html>' };
    if (method !== 'POST' || path !== '/portalintf') return { status: 404, body: '<html>404</html>' };
    const request = (json ?? {}) as Record<string, unknown>;
    asked.push(request);
    const { code, ...more } = decide(request);
    return {
      body: {
        Vendor: 'ruckus',
        APIVersion: '1.0',
        ResponseCode: quirks.strings ? String(code) : code,
        ReplyMessage: WORDS[code] ?? '',
        ...more,
      },
    };
  };

  const router = await startHttpRouter(t, answer, { tls });
  const misbehaviour: Misbehaviour = {
    ...router.misbehaviour,
    reboot: () => {
      authorized.clear();
      results.clear();
    },
    inForce: (mac) => (authorized.has(mac) ? 1 : 0),
  };
  return {
    ...router,
    url: router.url,
    fingerprint: router.fingerprint,
    misbehaviour,
    quirks,
    seal,
    /** Every request, as it came. */
    asked,
    types: (): unknown[] => asked.map(({ RequestType }) => RequestType),
  };
}
