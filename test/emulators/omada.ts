import { randomBytes } from 'node:crypto';
import type { ClientMac } from '../../src/domain/id.js';
import type { Misbehaviour } from '../drivers/contract.js';
import type { Teardown } from '../fixtures/redis.js';
import { type Asked, type Reply, startHttpRouter } from './http-router.js';

/** An Omada controller with one site: the operator's session, extPortal, the hotspot's client records, the Open API. */

export const OMADAC = '0123456789abcdef0123456789abcdef';
export const SITE_ID = '61aa00112233445566778899';
export const AP = 'B0-00-00-00-00-01';
export const OTHER_AP = 'B0-00-00-00-00-02';
export const SSID = 'Guests';
export const OPERATOR = { username: 'foyer', password: 'operator-password' };
export const APP = { clientId: 'app1', clientSecret: 'app-secret' };

export interface Device {
  ip: string;
  /** On the air at an access point, by wire at a gateway, or behind a switch where neither is said. */
  apMac?: string;
  ssid?: string;
  radioId?: number;
  gatewayMac?: string;
  vid?: number;
}

export interface Row {
  id: string;
  mac: string;
  valid: boolean;
  start: number;
  end: number;
  duration: number;
  authType: number;
}

export interface OmadaQuirks {
  version: string;
  /** What a call without a session gets: the page for signing in, a redirect to it, or a code. */
  lost: 'html' | 'redirect' | number;
  cookie: 'TPOMADA_SESSIONID' | 'TPEAP_SESSIONID';
  /** A second extPortal/auth leaves the first row in force too. */
  twoRows: boolean;
  /** A client that passes does not wait: extPortal/auth refuses it. */
  passingIsRefused: boolean;
  /** How long one unit of `time` is, in milliseconds: a second up to version 3, a microsecond as a guide has it. */
  unitMs: number;
  /** The end of a session is noted and nothing else: the client goes on. */
  onlyFlags: boolean;
  /** `valid` lags behind the end. */
  validLags: boolean;
  /** `sorts.end` is passed over. */
  unsorted: boolean;
  /** The operator lacks the site. */
  forbidden: boolean;
  /** Is listed still, and is not there any more. */
  gone: Row | undefined;
  configured: boolean;
  /** By how much its clock is fast. */
  aheadMs: number;
  /** The app lacks the site. */
  appForbidden: boolean;
  /** Requests of the Open API that a second lets through. */
  perSecond: number;
  tokenSeconds: number;
  /** What any call of the operator gets, whatever it is. */
  always: Reply | undefined;
}

const ok = (result: unknown = {}): Reply => ({ body: { errorCode: 0, msg: 'Success.', result } });
const no = (errorCode: number, msg = ''): Reply => ({ body: { errorCode, msg } });
const LOGIN_PAGE = '<!DOCTYPE html><html><head><title>Omada Controller</title></head><body></body></html>';
const hex = (bytes: number): string => randomBytes(bytes).toString('hex');
export const hyphens = (mac: string): string => mac.toUpperCase().replaceAll(':', '-');

export async function startOmada(t: Teardown, now: () => number, { tls = false } = {}) {
  const quirks: OmadaQuirks = {
    version: '5.15.24.19',
    lost: 'html',
    cookie: 'TPOMADA_SESSIONID',
    twoRows: false,
    passingIsRefused: false,
    unitMs: 1,
    onlyFlags: false,
    validLags: false,
    unsorted: false,
    forbidden: false,
    gone: undefined,
    configured: true,
    aheadMs: 0,
    appForbidden: false,
    perSecond: Number.POSITIVE_INFINITY,
    tokenSeconds: 7200,
    always: undefined,
  };
  const devices = new Map<string, Device>();
  const rows: Row[] = [];
  const sessions = new Map<string, string>();
  const tokens = new Map<string, number>();
  const refreshTokens = new Set<string>();
  /** Whoever goes on though the time is over. */
  const lingering = new Set<string>();
  const auths: Record<string, unknown>[] = [];
  const asked: string[] = [];
  const apiTimes: number[] = [];
  let logins = 0;
  let refused = 0;
  let throttled = 0;
  let listsNobody = false;
  let password = OPERATOR.password;
  let secret = APP.clientSecret;

  const time = (): number => now() + quirks.aheadMs;
  const inForce = (mac: string): Row[] =>
    rows.filter((row) => row.mac === hyphens(mac) && row.valid && row.end > time());

  function settle(): void {
    for (const row of rows) {
      if (!row.valid || row.end > time()) continue;
      if (quirks.onlyFlags) lingering.add(row.mac);
      if (!quirks.validLags) row.valid = false;
    }
  }

  function add(mac: string, lastsMs: number, authType = 4): Row {
    const start = time();
    const end = start + lastsMs;
    const row = {
      id: hex(12),
      mac: hyphens(mac),
      valid: true,
      start,
      end,
      duration: lastsMs / 1000,
      authType,
    };
    rows.push(row);
    return row;
  }

  function end(row: Row): void {
    lingering.delete(row.mac);
    if (!row.valid) return;
    row.valid = false;
    row.end = Math.min(row.end, time());
  }

  /** Everything of the tuple has to be as the controller has it. */
  function waits(body: Record<string, unknown>): boolean {
    const device = devices.get(String(body.clientMac));
    if (!device || String(body.site).toLowerCase() !== SITE_ID) return false;
    if (quirks.passingIsRefused && inForce(String(body.clientMac)).length > 0) return false;
    const at = body.apMac === undefined ? ['gatewayMac', 'vid'] : ['apMac', 'ssidName', 'radioId'];
    const has: Record<string, unknown> = { ...device, ssidName: device.ssid };
    return at.every((name) => has[name] !== undefined && String(has[name]) === String(body[name]));
  }

  function extPortal(body: Record<string, unknown>): Reply {
    auths.push(body);
    if (quirks.forbidden) return no(-1007, 'No permission.');
    if (Number(body.authType) !== 4) return no(-41_500);
    if (!(Number(body.time) > 0)) return no(-1001, 'Invalid request parameters.');
    const documented = [
      'clientMac',
      'apMac',
      'ssidName',
      'radioId',
      'gatewayMac',
      'vid',
      'site',
      'time',
      'authType',
    ];
    const later = [
      'clientIp',
      'originUrl',
      'downloadRateLimitKbps',
      'uploadRateLimitKbps',
      'totalTrafficLimitBytes',
    ];
    const allowed = quirks.version.startsWith('6.2.10') ? [...documented, ...later] : documented;
    if (Object.keys(body).some((name) => !allowed.includes(name)))
      return no(-1001, 'Invalid request parameters.');
    if (!waits(body)) return no(-41_501, 'Failed to authenticate.');
    if (!quirks.twoRows) for (const row of inForce(String(body.clientMac))) end(row);
    add(String(body.clientMac), Number(body.time) * quirks.unitMs);
    return ok(null);
  }

  function list(query: URLSearchParams): Reply {
    if (quirks.forbidden) return no(-1007, 'No permission.');
    // The names that the rest of the controller has for these are passed over.
    const page = Number(query.get('currentPage') ?? 1);
    const size = Number(query.get('currentPageSize') ?? 10);
    const key = query.get('searchKey') ?? '';
    const found = listsNobody
      ? []
      : [...rows, ...(quirks.gone ? [quirks.gone] : [])].filter(({ mac }) => mac.includes(key));
    if (query.get('sorts.end') === 'desc' && !quirks.unsorted)
      found.sort((one, other) => other.end - one.end);
    const data = found.slice((page - 1) * size, page * size);
    return ok({ totalRows: found.length, currentPage: page, currentSize: size, data });
  }

  function command(id: string, what: string, body: unknown): Reply {
    if (quirks.forbidden) return no(-1007, 'No permission.');
    const row = rows.find((row) => row.id === id);
    if (!row) return no(-1001, 'Auth record does not exist.');
    if (what === 'disconnect') {
      end(row);
      return ok();
    }
    const period = Number((body as { period?: unknown } | undefined)?.period);
    if (!(period >= 60_000)) return no(-1001, 'Invalid request parameters.');
    row.end += period;
    return ok();
  }

  function signIn({ json }: Asked): Reply {
    const { name, password: given } = (json ?? {}) as Record<string, unknown>;
    if (name !== OPERATOR.username || given !== password) {
      refused += 1;
      return no(-30_109, 'Invalid username or password.');
    }
    logins += 1;
    const [token, cookie] = [hex(16), hex(16)];
    sessions.set(token, `${quirks.cookie}=${cookie}`);
    return {
      headers: {
        'set-cookie': [`${quirks.cookie}=${cookie}; Path=/; Secure; HttpOnly`, 'rememberMe=deleteMe'],
      },
      body: { errorCode: 0, msg: 'Hotspot log in successfully.', result: { token } },
    };
  }

  function hotspot(path: string, request: Asked): Reply {
    if (path === '/login' && request.method === 'POST') return signIn(request);
    const cookie = sessions.get(String(request.headers['csrf-token'] ?? ''));
    if (
      cookie === undefined ||
      !String(request.headers.cookie ?? '')
        .split('; ')
        .includes(cookie)
    ) {
      if (quirks.lost === 'html') return { body: LOGIN_PAGE };
      if (quirks.lost === 'redirect') return { status: 302, headers: { location: '/login' }, body: '' };
      return no(quirks.lost);
    }
    if (quirks.always) return quirks.always;
    if (path === '/extPortal/auth' && request.method === 'POST')
      return extPortal((request.json ?? {}) as Record<string, unknown>);
    const [, site, rest = ''] = /^\/sites\/([^/]+)\/(.*)$/.exec(path) ?? [];
    if (site !== SITE_ID) return no(-1007, 'No permission.');
    if (rest === 'clients' && request.method === 'GET') return list(request.query);
    const [, id, what] = /^cmd\/clients\/([^/]+)\/(disconnect|extend)$/.exec(rest) ?? [];
    return id && what && request.method === 'POST'
      ? command(id, what, request.json)
      : no(-1600, 'Unsupported request path.');
  }

  function token({ query, json }: Asked): Reply {
    const body = (json ?? {}) as Record<string, unknown>;
    const kind = query.get('grant_type');
    const refresh = query.get('refresh_token') ?? '';
    if (kind !== 'client_credentials' && kind !== 'refresh_token') return no(-44_116);
    if (body.client_id !== APP.clientId || body.client_secret !== secret) return no(-44_106);
    if (kind === 'refresh_token' ? !refreshTokens.delete(refresh) : body.omadacId !== OMADAC)
      return no(kind === 'refresh_token' ? -44_114 : -7131);
    const accessToken = `AT-${hex(12)}`;
    const refreshToken = `RT-${hex(12)}`;
    tokens.set(accessToken, time() + quirks.tokenSeconds * 1000);
    refreshTokens.add(refreshToken);
    return ok({ accessToken, tokenType: 'bearer', expiresIn: quirks.tokenSeconds, refreshToken });
  }

  function openApi(path: string, request: Asked): Reply {
    const at = performance.now();
    while (apiTimes[0] !== undefined && apiTimes[0] <= at - 1000) apiTimes.shift();
    if (apiTimes.length >= quirks.perSecond) {
      throttled += 1;
      return { status: 429, body: { errorCode: -1, msg: 'Too many requests.' } };
    }
    apiTimes.push(at);
    if (path === '/authorize/token') return token(request);
    const until = tokens.get(/^AccessToken=(.+)$/.exec(String(request.headers.authorization))?.[1] ?? '');
    if (until === undefined) return no(-44_113, 'The access token is Invalid');
    if (until <= time()) return no(-44_112, 'The access token has expired.');
    if (path !== `/v1/${OMADAC}/sites/${SITE_ID}/clients`) return no(-1600);
    if (quirks.appForbidden) return no(-1505);
    const [page, size] = [Number(request.query.get('page')), Number(request.query.get('pageSize'))];
    if (!(page > 0) || !(size > 0 && size <= 1000)) return { status: 400, body: 'Bad Request' };
    const all = [...devices].map(([mac, device]) => ({
      mac,
      active: true,
      wireless: device.apMac !== undefined,
      authStatus: inForce(mac).length > 0 ? 2 : 1,
      ...device,
    }));
    const data = all.slice((page - 1) * size, page * size);
    return ok({ totalRows: all.length, currentPage: page, currentSize: size, data });
  }

  function answer(request: Asked): Reply {
    settle();
    const { path, method } = request;
    asked.push(`${method} ${path}`);
    if (path === '/api/info')
      return ok({
        controllerVer: quirks.version,
        apiVer: '3',
        configured: quirks.configured,
        type: 1,
        supportApp: true,
        omadacId: OMADAC,
      });
    const prefix = `/${OMADAC}/api/v2/hotspot`;
    if (path.startsWith(`${prefix}/`)) return hotspot(path.slice(prefix.length), request);
    if (path.startsWith('/openapi/')) return openApi(path.slice('/openapi'.length), request);
    return { body: LOGIN_PAGE };
  }

  const router = await startHttpRouter(
    t,
    (request) => {
      const reply = answer(request);
      return { ...reply, headers: { date: new Date(time()).toUTCString(), ...reply.headers } };
    },
    { tls },
  );

  const forget = (): void => {
    sessions.clear();
    tokens.clear();
  };
  const misbehaviour: Misbehaviour = {
    ...router.misbehaviour,
    forgetLogin: forget,
    logins: () => logins,
    reboot: () => {
      forget();
      rows.length = 0;
      lingering.clear();
    },
    emptyList: (on) => {
      listsNobody = on;
    },
    inForce: (mac: ClientMac) => inForce(mac).length,
  };

  return {
    router,
    quirks,
    misbehaviour,
    rows,
    /** Bodies of extPortal/auth, in their order. */
    auths,
    /** `GET /path` of every call. */
    asked,
    add,
    /** A device at the site, at the first access point where nothing else is said. */
    meet(mac: string, device: Partial<Device> = {}): void {
      const air = { apMac: AP, ssid: SSID, radioId: 1 };
      const ip = `10.20.${(devices.size >> 8) & 255}.${devices.size & 255}`;
      devices.set(hyphens(mac), { ip, ...(device.gatewayMac === undefined ? air : {}), ...device });
    },
    leave: (mac: string): boolean => devices.delete(hyphens(mac)),
    /** The query of the redirect that the controller sends this client off with. */
    redirectOf(mac: string): Record<string, string> {
      const { ip, apMac, ssid = '', radioId, gatewayMac = '', vid } = devices.get(hyphens(mac)) as Device;
      const place: Record<string, string> =
        apMac === undefined
          ? { gatewayMac, vid: String(vid) }
          : { apMac, ssidName: ssid, t: String(time()), radioId: String(radioId) };
      const both = { t: String(time()), site: SITE_ID, redirectUrl: 'http://neverssl.com/' };
      return { clientMac: hyphens(mac), clientIp: ip, ...place, ...both };
    },
    /** Whether its packets pass. */
    passes: (mac: string): boolean => {
      settle();
      return inForce(mac).length > 0 || lingering.has(hyphens(mac));
    },
    refused: () => refused,
    throttled: () => throttled,
    tokens,
    /** The tokens of the Open API end before their time, and are known to have. */
    expireTokens: (): void => {
      for (const token of tokens.keys()) tokens.set(token, 0);
    },
    refreshTokens,
    set password(text: string) {
      password = text;
    },
    set secret(text: string) {
      secret = text;
    },
  };
}

export type Omada = Awaited<ReturnType<typeof startOmada>>;
