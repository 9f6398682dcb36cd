import type { ClientMac } from '../../src/domain/id.js';
import { parseMac } from '../../src/domain/mac.js';
import type { Misbehaviour } from '../drivers/contract.js';
import type { Teardown } from '../fixtures/redis.js';
import { type Answer, type Reply, startHttpRouter } from './http-router.js';

/** The Meraki cloud: the Dashboard API v1 of one network with a click-through SSID, and its grant URL. */

export const KEY = '0123456789abcdef0123456789abcdef01234567';
export const NETWORK = 'N_24329156';
export const SSID = 3;
export const GRANT_URL = 'https://n143.network-auth.com/splash/grant';

export interface MerakiQuirks {
  /** The Dashboard writes MACs in capitals. */
  capitals: boolean;
  /** Clients on one page, whatever is asked for. */
  page: number;
  /** So many calls more are answered, then 429 with this many seconds. */
  limit: { left: number; retryAfter?: string } | undefined;
  /** Clients that were just let in are not listed yet. */
  listsLate: boolean;
  /** The network tracks clients by address: a MAC names none. */
  byAddress: boolean;
  /** Answers well, and revokes nobody. */
  keepsAll: boolean;
  /** Whatever is asked is answered so. */
  always: Reply | undefined;
}

const stamp = (at: number): string => new Date(at).toISOString().replace(/^(.{10})T(.{8}).*$/, '$1 $2 UTC');
const errors = (status: number, text: string): Reply => ({ status, body: { errors: [text] } });

export async function startMeraki(t: Teardown, { now, tls = false }: { now: () => number; tls?: boolean }) {
  const quirks: MerakiQuirks = {
    capitals: false,
    page: 1000,
    limit: undefined,
    listsLate: false,
    byAddress: false,
    keepsAll: false,
    always: undefined,
  };
  const splash: Record<string, unknown> = {
    ssidNumber: SSID,
    splashPage: 'Click-through splash page',
    useSplashUrl: true,
    splashUrl: 'http://portal.example:8080/enter/lobby',
    splashTimeout: 1440,
    useRedirectUrl: false,
    redirectUrl: null,
    blockAllTrafficBeforeSignOn: true,
    controllerDisconnectionBehavior: 'restricted',
  };
  const ssid: Record<string, unknown> = {
    number: SSID,
    name: 'Guests',
    enabled: true,
    ipAssignmentMode: 'Bridge mode',
    walledGardenEnabled: true,
    walledGardenRanges: ['198.51.100.7/32'],
  };
  const granted = new Map<ClientMac, number>();
  const listed = new Map<ClientMac, { id: string; ssid: string }>();
  const asked: string[] = [];
  const keys: (string | undefined)[] = [];
  let empty = false;

  const inForce = (mac: ClientMac): number => ((granted.get(mac) ?? 0) > now() ? 1 : 0);
  const list = (mac: ClientMac, name = String(ssid.name)): void => {
    listed.set(mac, { id: `k${mac.replaceAll(':', '')}`, ssid: name });
  };
  const shown = (mac: string): string => (quirks.capitals ? mac.toUpperCase() : mac);

  function clientBy(name: string): ClientMac | undefined {
    const byId = [...listed].find(([, { id }]) => id === name)?.[0];
    const mac = quirks.byAddress ? undefined : parseMac(decodeURIComponent(name));
    return byId ?? (mac && (listed.has(mac) || granted.has(mac)) ? mac : undefined);
  }

  const statusOf = (mac: ClientMac) => ({
    ssids: {
      '0': { isAuthorized: false },
      [SSID]: inForce(mac)
        ? { isAuthorized: true, authorizedAt: stamp(now()), expiresAt: stamp(granted.get(mac) ?? 0) }
        : { isAuthorized: false },
    },
  });

  function clients(query: URLSearchParams): Reply {
    const rows = empty ? [] : [...listed];
    const from = query.get('startingAfter');
    const first = from === null ? 0 : rows.findIndex(([, { id }]) => id === from) + 1;
    const here = rows.slice(first, first + Math.min(quirks.page, Number(query.get('perPage') ?? 10)));
    const body = here.map(([mac, { id, ssid }], n) => ({
      id,
      mac: shown(mac),
      ip: `10.20.0.${n + 2}`,
      ssid,
      status: 'Online',
      recentDeviceConnection: 'Wireless',
    }));
    const last = here.at(-1)?.[1].id;
    const more = last !== undefined && first + here.length < rows.length;
    const base = `https://n7.meraki.example/api/v1/networks/${NETWORK}/clients?perPage=1000`;
    const link = `<${base}&startingAfter=k0>; rel=first, <${base}&startingAfter=${last}>; rel=next`;
    return { body, ...(more ? { headers: { link } } : {}) };
  }

  const answer: Answer = ({ method, path, query, headers, json }) => {
    asked.push(`${method} ${path}`);
    keys.push(headers.authorization);
    if (quirks.always) return quirks.always;
    if (headers.authorization !== `Bearer ${KEY}`) return errors(401, 'Invalid API key');
    if (quirks.limit && quirks.limit.left-- <= 0) {
      const { retryAfter } = quirks.limit;
      const reply = errors(429, 'API rate limit exceeded for organization');
      return { ...reply, headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter } };
    }
    const inside = path.split(`/api/v1/networks/${NETWORK}/`)[1];
    if (inside === `wireless/ssids/${SSID}`) return { body: ssid };
    if (inside === `wireless/ssids/${SSID}/splash/settings`) return { body: splash };
    if (inside === 'clients') return clients(query);
    const name = /^clients\/([^/]+)\/splashAuthorizationStatus$/.exec(inside ?? '')?.[1];
    if (name === undefined) return { status: 404, body: '' };
    if (splash.splashPage !== 'Click-through splash page' && method === 'PUT')
      return errors(400, `SSIDs ${SSID} do not have Click-through splash enabled. No changes were made.`);
    const mac = clientBy(name);
    if (!mac) return { status: 404, body: '' };
    const told = (json as { ssids?: Record<string, { isAuthorized?: boolean }> } | undefined)?.ssids;
    if (method === 'PUT' && told?.[SSID]?.isAuthorized === false && !quirks.keepsAll) granted.delete(mac);
    return { body: statusOf(mac) };
  };

  const router = await startHttpRouter(t, answer, { tls });
  const misbehaviour: Misbehaviour = {
    ...router.misbehaviour,
    reboot: () => granted.clear(),
    emptyList: (on) => {
      empty = on;
    },
    inForce,
  };

  return {
    ...router,
    url: `${router.url}/api/v1`,
    fingerprint: router.fingerprint,
    misbehaviour,
    quirks,
    splash,
    ssid,
    /** `GET /path` of every call. */
    asked,
    keys,
    list,
    inForce,
    /** A browser on this device opens a link; where it lands, undefined where the link is none of Meraki's. */
    visit(link: string, mac: ClientMac): string | undefined {
      const url = new URL(link);
      if (`${url.origin}${url.pathname}` !== GRANT_URL) return undefined;
      const seconds = Number(url.searchParams.get('duration') ?? Number(splash.splashTimeout) * 60);
      granted.set(mac, now() + seconds * 1000);
      if (!quirks.listsLate) list(mac);
      const wanted = url.searchParams.get('continue_url');
      return splash.useRedirectUrl ? String(splash.redirectUrl) : (wanted ?? undefined);
    },
  };
}
