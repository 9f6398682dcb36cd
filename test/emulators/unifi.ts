import type { ClientMac } from '../../src/domain/id.js';
import type { Misbehaviour } from '../drivers/contract.js';
import type { Teardown } from '../fixtures/redis.js';
import { type Asked, type Reply, startHttpRouter } from './http-router.js';
import { createLogins, error, ok, plainQuirks, type UnifiOptions } from './unifi-login.js';

/** UniFi Network by the API of its own pages, as a self-hosted controller or behind UniFi OS. */

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

export async function startUnifi(t: Teardown, options: UnifiOptions) {
  const { flavour, now, tls = false, username = 'foyer', sites = ['default'] } = options;
  const os = flavour === 'os';
  const quirks = plainQuirks();
  let empty = false;
  let ids = 0;
  let rows: GuestRow[] = [];
  const stations = new Map<string, Station>();
  const asked: Asked[] = [];

  const clock = (): number => now() + quirks.aheadMs;
  const logins = createLogins(options, quirks, clock);
  const seconds = (): number => Math.floor(clock() / 1000);
  const objectId = (): string =>
    seconds().toString(16).padStart(8, '0') + 'ab'.repeat(5) + (++ids).toString(16).padStart(6, '0');
  const active = (row: GuestRow): boolean => row.end * 1000 > clock() && !row.unauthorized_by;

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
    const [what, one] = rest.replace(/\/$/, '').split(/\/(?=(?:[0-9a-f]{2}:){5})/);
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
        if (quirks.hidesDevices) return error('api.err.NoPermission', 403);
        return ok([
          { type: 'ugw', mac: 'f0:9f:c2:00:00:01', version: '4.4.57', radio_table: [] },
          {
            type: 'uap',
            mac: 'f0:9f:c2:00:00:02',
            name: ' AP  3',
            version: '6.6.77',
            radio_table: [{ name: 'wifi0' }],
          },
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
    if (method === 'POST' && path === (os ? '/api/auth/login' : '/api/login')) return logins.signIn(call);
    const found = logins.loginOf(call);
    if (!('login' in found)) return found;
    if (quirks.status !== undefined) return { status: quirks.status, body: { code: 'X', message: 'x' } };
    const { login } = found;
    if (path === (os ? '/api/users/self' : '/api/self'))
      return os ? { body: { username } } : ok([{ name: username }]);
    if (/^\/(?:api\/(?:auth\/)?)?logout$/.test(path)) {
      logins.signOut(login);
      return os ? { body: { success: true } } : ok();
    }
    const prefix = os ? '/proxy/network' : '';
    const reply = path.startsWith(`${prefix}/api/`)
      ? network(path.slice(prefix.length), call)
      : error('api.err.NotFound', 404);
    if (method !== 'GET') logins.rotate(login);
    return { ...reply, headers: { ...logins.csrfHeaders(login), ...reply.headers } };
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
    forgetLogin: logins.forget,
    logins: logins.given,
    // A real one keeps its guests; this one lost its database.
    reboot: () => {
      logins.forget();
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
    tried: logins.tried,
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
    newTokens: logins.newTokens,
    /** What `stat/sta` says. */
    stations: () => [...stations].map(stationRow),
  };
}
