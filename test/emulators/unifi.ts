import { randomBytes } from 'node:crypto';
import type { ClientMac } from '../../src/domain/id.js';
import type { Misbehaviour } from '../drivers/contract.js';
import type { Teardown } from '../fixtures/redis.js';
import { type Asked, type Reply, startHttpRouter } from './http-router.js';

/** UniFi Network by the API of its own pages, as a self-hosted controller or behind UniFi OS. */

export interface UnifiOptions {
  flavour: 'classic' | 'os';
  now: () => number;
  tls?: boolean;
  username?: string;
  password?: string;
  /** The sites that it has, by their short names. */
  sites?: string[];
}

/** What it does otherwise than the description of an API would have it. */
export interface UnifiQuirks {
  /** UniFi OS: the CSRF token is another one after each so many calls that change something; the former is refused. */
  rotateEvery: number;
  /** Of two headers the newer token stands in `x-updated-csrf-token`. */
  updatedHeader: boolean;
  /** Logins within the hour, successful ones too, before 429; and the `Retry-After` of that answer. */
  loginsMost: number;
  retryAfter: string | undefined;
  /** As Network 7: 403 where 429 is meant. */
  limitIs403: boolean;
  /** The next commands are done and answered with 500 and HTML; or not done, and answered so. */
  breaksAfter: number;
  breaksBefore: number;
  /** Every command is refused with status 200 and this `meta.msg`. */
  refuses: string | undefined;
  /** Every call but the login is answered so. */
  status: number | undefined;
  /** How long a client is still listed as waiting after it was authorized. */
  authorizedLagMs: number;
  /** Old firmware: no row in the answer to an order. */
  noRow: boolean;
  secondFactor: boolean;
  role: string;
  /** Sessions are no longer than this. */
  minutesMost: number;
  /** How far its clock is ahead. */
  aheadMs: number;
  /** How long the cookie of UniFi OS is good. */
  tokenMs: number;
  /** `GET /` answers so. */
  root: Reply | undefined;
}

export interface GuestRow {
  _id: string;
  site: string;
  mac: string;
  ap_mac?: string;
  authorized_by: string;
  start: number;
  end: number;
  unauthorized_by?: string;
  limits: Record<string, unknown>;
}

interface Station {
  site: string;
  ip: string;
  ap: string;
  guest: boolean;
}

interface Login {
  csrf: string;
  former?: string;
  changes: number;
  until: number;
}

const ok = (data: unknown[] = []): Reply => ({ body: { meta: { rc: 'ok' }, data } });
const error = (msg: string, status = 200): Reply => ({
  status,
  body: { meta: { rc: 'error', msg }, data: [] },
});
const jwt = (payload: object): string =>
  [{ alg: 'HS256', typ: 'JWT' }, payload, 'signature']
    .map((part) => Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url'))
    .join('.');

export async function startUnifi(t: Teardown, options: UnifiOptions) {
  const { flavour, now, tls = false, username = 'foyer', password = 'secret', sites = ['default'] } = options;
  const os = flavour === 'os';
  const quirks: UnifiQuirks = {
    rotateEvery: 0,
    updatedHeader: false,
    loginsMost: Number.POSITIVE_INFINITY,
    retryAfter: undefined,
    limitIs403: false,
    breaksAfter: 0,
    breaksBefore: 0,
    refuses: undefined,
    status: undefined,
    authorizedLagMs: 0,
    noRow: false,
    secondFactor: false,
    role: 'admin',
    minutesMost: Number.POSITIVE_INFINITY,
    aheadMs: 0,
    tokenMs: 2 * 60 * 60_000,
    root: undefined,
  };
  const logins = new Map<string, Login>();
  let tried = 0;
  let given = 0;
  let empty = false;
  let ids = 0;
  let rows: GuestRow[] = [];
  const stations = new Map<string, Station>();
  const asked: Asked[] = [];

  const clock = (): number => now() + quirks.aheadMs;
  const seconds = (): number => Math.floor(clock() / 1000);
  const objectId = (): string =>
    seconds().toString(16).padStart(8, '0') + 'ab'.repeat(5) + (++ids).toString(16).padStart(6, '0');
  const active = (row: GuestRow): boolean => row.end * 1000 > clock() && !row.unauthorized_by;

  function cookieOf({ headers }: Asked, name: string): string | undefined {
    return new RegExp(`(?:^|; )${name}=([^;]*)`).exec(headers.cookie ?? '')?.[1];
  }

  const tokenOf = (login: Login, id: string): string =>
    jwt({
      userId: id,
      csrfToken: login.csrf,
      iat: seconds(),
      exp: Math.floor((clock() + quirks.tokenMs) / 1000),
    });

  function signIn({ json }: Asked): Reply {
    tried++;
    if (tried > quirks.loginsMost) {
      const body = {
        code: 'AUTHENTICATION_FAILED_LIMIT_REACHED',
        message: "You've reached the login attempt limit",
        level: 'debug',
      };
      const headers = quirks.retryAfter === undefined ? {} : { 'retry-after': quirks.retryAfter };
      return { status: quirks.limitIs403 ? 403 : 429, headers, body };
    }
    const sent = json as Record<string, unknown> | undefined;
    if (quirks.secondFactor)
      return os
        ? { status: 499, body: { code: 'MFA_AUTH_REQUIRED', data: { mfaCookie: 'UBIC_2FA=eyJ0' } } }
        : error('api.err.Ubic2faTokenRequired', 400);
    if (sent?.username !== username || sent.password !== password)
      return os
        ? {
            status: 403,
            body: {
              code: 'AUTHENTICATION_FAILED_INVALID_CREDENTIALS',
              message: 'Invalid username or password',
              level: 'debug',
            },
          }
        : error('api.err.Invalid', 400);
    given++;
    const id = randomBytes(16).toString('hex');
    const strict = os || sent.strict === true;
    const login: Login = {
      csrf: strict ? randomBytes(16).toString('hex') : '',
      changes: 0,
      until: os ? clock() + quirks.tokenMs : Number.POSITIVE_INFINITY,
    };
    if (!os) {
      logins.set(id, login);
      const cookies = [`unifises=${id}; Path=/; Secure; HttpOnly`];
      if (strict) cookies.push(`csrf_token=${login.csrf}; Path=/; Secure`);
      return { ...ok(), headers: { 'set-cookie': cookies } };
    }
    const token = tokenOf(login, id);
    logins.set(token, login);
    return {
      headers: {
        'set-cookie': [`TOKEN=${token}; path=/; samesite=strict; secure; httponly`],
        'x-csrf-token': login.csrf,
      },
      body: { unique_id: id, username, roles: [{ unique_id: 'super_administrator' }], permissions: {} },
    };
  }

  /** The session of a call; an answer where it has none, or the wrong CSRF token. */
  function loginOf(call: Asked): { login: Login } | Reply {
    const login = logins.get(cookieOf(call, os ? 'TOKEN' : 'unifises') ?? '');
    if (!login || login.until <= clock())
      return os
        ? {
            status: 401,
            headers: { 'content-type': 'text/plain', 'x-csrf-token': randomBytes(16).toString('hex') },
            body: 'Unauthorized',
          }
        : error('api.err.LoginRequired', 401);
    const csrf = os ? call.headers['x-csrf-token'] : cookieOf(call, 'csrf_token');
    if (call.method !== 'GET' && login.csrf !== '' && csrf !== login.csrf)
      return os
        ? { status: 403, headers: csrfHeaders(login), body: { code: 'FORBIDDEN', message: 'Forbidden' } }
        : error('api.err.NoPermission', 403);
    return { login };
  }

  const csrfHeaders = (login: Login): Record<string, string> =>
    !os
      ? {}
      : quirks.updatedHeader && login.former !== undefined
        ? { 'x-csrf-token': login.former, 'x-updated-csrf-token': login.csrf }
        : { 'x-csrf-token': login.csrf };

  function rotate(login: Login): void {
    if (!os || quirks.rotateEvery === 0 || ++login.changes % quirks.rotateEvery !== 0) return;
    login.former = login.csrf;
    login.csrf = randomBytes(16).toString('hex');
  }

  function order(site: string, sent: Record<string, unknown>): Reply {
    const mac = String(sent.mac ?? '');
    if (!/^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(mac)) return error('api.err.InvalidPayload', 400);
    if (quirks.refuses !== undefined) return error(quirks.refuses);
    if (quirks.role === 'readonly') return error('api.err.NoPermission', 403);
    if (quirks.breaksBefore > 0) {
      quirks.breaksBefore--;
      return { status: 500, body: '<html>500</html>' };
    }
    const done = sent.cmd === 'authorize-guest' ? admit(site, mac, sent) : send(site, mac, sent);
    if (quirks.breaksAfter > 0) {
      quirks.breaksAfter--;
      return { status: 500, body: '<html><h1>Internal Server Error</h1></html>' };
    }
    return done;
  }

  function admit(site: string, mac: string, sent: Record<string, unknown>): Reply {
    const minutes = sent.minutes === undefined ? 480 : Number(sent.minutes);
    if (!Number.isInteger(minutes) || minutes < 1) return error('api.err.InvalidValue', 400);
    const { up, down, bytes } = sent;
    const row: GuestRow = {
      _id: objectId(),
      site,
      mac,
      ...(typeof sent.ap_mac === 'string' ? { ap_mac: sent.ap_mac } : {}),
      authorized_by: 'api',
      start: seconds(),
      end: seconds() + Math.min(minutes, quirks.minutesMost) * 60,
      limits: {
        ...(up === undefined ? {} : { qos_rate_max_up: up }),
        ...(down === undefined ? {} : { qos_rate_max_down: down }),
        ...(bytes === undefined ? {} : { qos_usage_quota: bytes }),
      },
    };
    // Older rows stay, also those that are still good.
    rows.push(row);
    return ok(quirks.noRow ? [] : [shown(row)]);
  }

  function send(site: string, mac: string, { cmd }: Record<string, unknown>): Reply {
    if (cmd !== 'unauthorize-guest') return error('api.err.NotFound', 400);
    for (const row of rows)
      if (row.mac === mac && row.site === site && active(row)) row.unauthorized_by = 'api';
    return ok();
  }

  const shown = ({ site, limits, ...row }: GuestRow) => ({
    ...row,
    site_id: site.padEnd(24, '0'),
    expired: row.end * 1000 <= clock(),
    ...(Object.keys(limits).length > 0 ? { qos_overwrite: true, ...limits } : {}),
  });

  function stationRow([mac, { ip, ap, guest }]: [string, Station]) {
    const row = rows.find((row) => row.mac === mac && active(row));
    const authorized = row !== undefined && clock() >= row.start * 1000 + quirks.authorizedLagMs;
    return {
      mac,
      ip,
      ap_mac: ap,
      essid: 'Guests',
      is_guest: guest,
      is_wired: false,
      ...(guest ? { authorized } : {}),
    };
  }

  function network(path: string, call: Asked): Reply {
    if (path === '/api/self/sites')
      return ok(sites.map((name) => ({ _id: name.padEnd(24, '0'), name, desc: name, role: quirks.role })));
    const [, site = '', rest = ''] = /^\/api\/s\/([^/]+)\/(.+)$/.exec(path) ?? [];
    if (!sites.includes(site)) return error('api.err.NoSiteContext', 401);
    const own = rows.filter((row) => row.site === site);
    const here = [...stations].filter(([, station]) => station.site === site);
    const sent = (call.json ?? {}) as Record<string, unknown>;
    const [what, one] = rest.split(/\/(?=(?:[0-9a-f]{2}:){5})/);
    switch (`${call.method} ${what}`) {
      case 'POST cmd/stamgr':
        return order(site, sent);
      case 'GET stat/guest':
      case 'POST stat/guest': {
        const since = clock() - Number(sent.within ?? 8760) * 3_600_000;
        return ok(
          empty
            ? []
            : own
                .filter(({ start }) => start * 1000 >= since)
                .map(shown)
                .reverse(),
        );
      }
      case 'GET stat/sta':
        if (one && !here.some(([mac]) => mac === one)) return error('api.err.UnknownStation', 400);
        return ok(here.filter(([mac]) => !one || mac === one).map(stationRow));
      case 'GET stat/device':
        return ok([
          { type: 'ugw', mac: 'f0:9f:c2:00:00:01', version: '4.4.57', radio_table: [] },
          { type: 'uap', mac: 'f0:9f:c2:00:00:02', version: '6.6.77', radio_table: [{ name: 'wifi0' }] },
          { type: 'udm', mac: 'f0:9f:c2:00:00:04', version: '4.1.13', radio_table: [{ name: 'wifi0' }] },
          { type: 'usw', mac: 'f0:9f:c2:00:00:03', version: '7.1.26' },
        ]);
      case 'GET stat/sysinfo':
        return ok([{ version: '9.1.120', timezone: 'UTC' }]);
      default:
        return error('api.err.NotFound', 404);
    }
  }

  function answer(call: Asked): Reply {
    const { path, method } = call;
    if (path === '/')
      return (
        quirks.root ??
        (os
          ? { body: '<html>UniFi OS</html>', headers: { 'x-csrf-token': 'c0' } }
          : { status: 302, headers: { location: '/manage' }, body: '' })
      );
    if (method === 'POST' && path === (os ? '/api/auth/login' : '/api/login')) return signIn(call);
    const found = loginOf(call);
    if (!('login' in found)) return found;
    if (quirks.status !== undefined) return { status: quirks.status, body: { code: 'X', message: 'x' } };
    const { login } = found;
    if (path === (os ? '/api/users/self' : '/api/self'))
      return os ? { body: { username } } : ok([{ name: username }]);
    if (/^\/(?:api\/(?:auth\/)?)?logout$/.test(path)) {
      for (const [id, other] of logins) if (other === login) logins.delete(id);
      return os ? { body: { success: true } } : ok();
    }
    const prefix = os ? '/proxy/network' : '';
    const reply = path.startsWith(`${prefix}/api/`)
      ? network(path.slice(prefix.length), call)
      : error('api.err.NotFound', 404);
    if (method !== 'GET') rotate(login);
    return { ...reply, headers: { ...csrfHeaders(login), ...reply.headers } };
  }

  const router = await startHttpRouter(
    t,
    (call) => {
      asked.push(call);
      const reply = answer(call);
      return { ...reply, headers: { date: new Date(clock()).toUTCString(), ...reply.headers } };
    },
    { tls },
  );

  const misbehaviour: Misbehaviour = {
    ...router.misbehaviour,
    forgetLogin: () => logins.clear(),
    logins: () => given,
    // A real one keeps its guests; this one lost its database.
    reboot: () => {
      logins.clear();
      rows = [];
    },
    emptyList: (on) => {
      empty = on;
    },
    inForce: (mac) => (rows.some((row) => row.mac === mac && active(row)) ? 1 : 0),
  };

  return {
    router,
    quirks,
    misbehaviour,
    /** Every call that was answered. */
    asked,
    /** How many logins were tried, refused ones too. */
    tried: () => tried,
    rows: () => rows,
    /** A client has joined a Wi-Fi of a site. */
    join(mac: ClientMac, ip: string, { site = 'default', guest = true } = {}) {
      stations.set(mac, { site, ip, ap: 'f0:9f:c2:00:00:02', guest });
    },
    /** A row that is not Foyer's doing, or an old one. */
    addRow(row: Partial<GuestRow> & { mac: string }) {
      const start = seconds();
      rows.push({
        _id: objectId(),
        site: 'default',
        authorized_by: 'api',
        start,
        end: start + 3600,
        limits: {},
        ...row,
      });
    },
    /** The CSRF tokens are others from now on, and nobody was told. */
    newTokens() {
      for (const login of logins.values()) login.csrf = randomBytes(16).toString('hex');
    },
    /** What `stat/sta` says. */
    stations: () => [...stations].map(stationRow),
  };
}
