import { randomBytes } from 'node:crypto';
import type { Misbehaviour } from '../drivers/contract.js';
import type { Teardown } from '../fixtures/redis.js';
import { type Asked, type Reply, startHttpRouter } from './http-router.js';

/**
 * OPNsense's captive portal API, written after how opnsense/core f95e815 (August 2026) behaves: sessions by address in a
 * table, the MAC looked up at connect, and a loop that runs every 5 s.
 */

export const KEY = 'tb8qOsHtLkZ6vTQm';
export const SECRET = 'yV9/0c+W1s==';
const LOOP_MS = 5000;

type Privilege = 'captive' | 'arp';

export interface Neighbour {
  mac: string;
  ip: string;
  permanent?: boolean;
  expired?: boolean;
}

interface Row {
  zone: number;
  id: string;
  via: string;
  user: string;
  ip: string;
  mac: string | null;
  start: number;
  /** Other addresses of the MAC, which the loop adds. */
  roaming: Set<string>;
  deleted: boolean;
}

export interface OpnsenseOptions {
  now: () => number;
  tls?: boolean;
  zones?: Record<number, string>;
  arp?: readonly Neighbour[];
}

/** PHP: a map whose keys are 0, 1, .. in order is a list, and so is an empty one. */
function phpJson(map: Record<string, unknown>): string {
  const keys = Object.keys(map);
  return JSON.stringify(keys.every((key, n) => key === String(n)) ? Object.values(map) : map);
}

/** What ujson makes of it: every slash is escaped. */
const ujson = (value: unknown): string => JSON.stringify(value).replaceAll('/', '\\/');

const JSON_TYPE = { 'content-type': 'application/json; charset=UTF-8' };
const json = (body: unknown, status = 200): Reply => ({
  status,
  headers: JSON_TYPE,
  body: JSON.stringify(body),
});

export async function startOpnsense(t: Teardown, options: OpnsenseOptions) {
  const { now, tls = false } = options;
  const zones = options.zones ?? { 0: 'Guests' };
  const settings = { enabled: '1', authservers: 'Local Database', concurrentlogins: true, roaming: true };
  let arp: Neighbour[] = [...(options.arp ?? [])];
  let rows: Row[] = [];
  /** Addresses that pass, as pf has them. */
  const passing = new Set<string>();
  const privileges = new Set<Privilege>(['captive', 'arp']);
  const asked: Asked[] = [];
  let service = 'running';
  let keyValid = true;
  let emptyList = false;
  let backendFails = false;
  /** So many lookups of a MAC at connect find nothing: host discovery has not seen the device yet. */
  let unseen = 0;
  let looped = now();

  const macOf = (ip: string): string | undefined => arp.find((row) => row.ip === ip)?.mac;
  const addressesOf = (mac: string | null): string[] =>
    arp.filter((row) => row.mac === mac).map(({ ip }) => ip);
  const active = (): Row[] => rows.filter(({ deleted }) => !deleted);
  const fixed = ({ via }: Row): boolean => via === '---ip---' || via === '---mac---';

  function end(row: Row): void {
    row.deleted = true;
    passing.delete(row.ip);
  }

  /** One round of the background process. */
  function loop(): void {
    const newestFirst = active().sort((one, other) => other.start - one.start);
    for (const row of newestFirst) {
      const older =
        !settings.concurrentlogins &&
        newestFirst.find(({ zone, user }) => zone === row.zone && user === row.user) !== row;
      const owner = macOf(row.ip);
      const changed = owner !== undefined && owner !== row.mac;
      if (!fixed(row) && (older || changed)) {
        end(row);
        continue;
      }
      const addresses = addressesOf(row.mac);
      if (addresses[0] !== undefined) row.ip = addresses[0];
      row.roaming = new Set(settings.roaming ? addresses : []);
    }
    const expected = new Set(active().flatMap((row) => [row.ip, ...row.roaming]));
    for (const ip of passing) if (!expected.has(ip)) passing.delete(ip);
    for (const ip of expected) if (ip) passing.add(ip);
  }

  /** What would have happened since. */
  function catchUp(): void {
    if (now() - looped < LOOP_MS) return;
    looped = now();
    loop();
  }

  function add(zone: number, via: string, user: string, ip: string, mac: string | null): Row {
    for (const row of active()) {
      if (row.zone === zone && ip !== '' && (row.ip === ip || row.roaming.has(ip))) row.deleted = true;
    }
    const id = randomBytes(16).toString('base64');
    const start = now() / 1000;
    const row = { zone, id, via, user, ip, mac, start, roaming: new Set<string>(), deleted: false };
    rows.push(row);
    if (ip) passing.add(ip);
    return row;
  }

  const listed = (row: Row) => ({
    zoneid: row.zone,
    sessionId: row.id,
    authenticated_via: row.via,
    userName: row.user,
    startTime: row.start,
    ipAddress: row.ip,
    macAddress: row.mac,
    packets_in: 0,
    packets_out: 0,
    bytes_in: 0,
    bytes_out: 0,
    last_accessed: row.start,
    acc_session_timeout: null,
    ipAddresses: [...new Set([row.ip, ...row.roaming])].filter(Boolean).sort(),
  });
  const list = (zone: number) =>
    emptyList ? [] : active().flatMap((row) => (row.zone === zone ? listed(row) : []));

  function connect(zone: number, { method, body }: Asked): Reply {
    if (method !== 'POST' || !(zone in zones)) return json([]);
    const form = new URLSearchParams(body);
    const [user, ip] = [form.get('user') ?? '', form.get('ip') ?? ''];
    const there = list(zone).find((row) => row.ipAddress === ip);
    if (there) return json(there);
    const mac = unseen-- > 0 ? null : (macOf(ip) ?? null);
    const row = add(zone, 'API', user, ip, mac);
    // A string, which PHP calls text/html.
    return {
      body: ujson({
        zoneid: String(zone),
        authenticated_via: 'API',
        userName: user,
        ipAddress: ip,
        macAddress: mac,
        startTime: row.start,
        sessionId: row.id,
        clientState: 'AUTHORIZED',
      }),
    };
  }

  function disconnect({ method, body }: Asked): Reply {
    const id = new URLSearchParams(body).get('sessionId');
    if (method !== 'POST' || id === null) return json([]);
    if (backendFails) return json({ status: 'Illegal response' });
    const row = active().find((one) => one.id === id);
    if (!row) return json({ terminateCause: 'UNKNOWN' });
    end(row);
    return json({
      zoneid: row.zone,
      sessionid: row.id,
      authenticated_via: row.via,
      username: row.user,
      ip_address: row.ip,
      mac_address: row.mac,
      created: row.start,
      deleted: 0,
      delete_reason: null,
      terminateCause: 'Admin-Reset',
    });
  }

  const searched = (found: unknown[]): Reply =>
    json({ total: found.length, rowCount: found.length, current: 1, rows: found });

  function neighbours(): Reply {
    return searched(
      arp.map(({ mac, ip, permanent = false, expired = false }) => ({
        mac,
        ip,
        intf: 'igc1',
        expired,
        expires: permanent ? -1 : 1100,
        permanent,
        type: 'ethernet',
        manufacturer: '',
        hostname: '',
        intf_description: 'Guests',
      })),
    );
  }

  const zoneRows = (): unknown[] =>
    Object.entries(zones).map(([zoneid, description]) => ({
      uuid: `u${zoneid}`,
      zoneid,
      description,
      ...settings,
    }));

  function route(call: Asked): Reply | undefined {
    const [, area, controller, action, argument = '0'] = call.path.slice(1).split('/');
    switch (`${area}/${controller}/${action}`) {
      case 'captiveportal/session/zones':
        return { headers: JSON_TYPE, body: phpJson(zones) };
      case 'captiveportal/session/list':
        return json(list(Number(argument)));
      case 'captiveportal/session/connect':
        return connect(Number(argument), call);
      case 'captiveportal/session/disconnect':
        return disconnect(call);
      case 'captiveportal/service/status':
        return json({ status: service, widget: {} });
      case 'captiveportal/settings/search_zones':
        return searched(zoneRows());
      case 'diagnostics/interface/search_arp':
        return neighbours();
    }
    return undefined;
  }

  /** As `explode(':')` has it: whatever follows a second colon is lost. */
  function known({ headers }: Asked): boolean {
    const [, basic = ''] = (headers.authorization ?? '').split(' ');
    const [key, secret] = Buffer.from(basic, 'base64').toString().split(':');
    return keyValid && key === KEY && secret === SECRET;
  }

  function answer(call: Asked): Reply {
    catchUp();
    asked.push(call);
    const { path, headers, body } = call;
    if (!headers.authorization) return { status: 401, body: '' };
    if (!known(call)) return json({ status: 401, message: 'Authentication Failed' }, 401);
    const needed: Privilege = path.startsWith('/api/captiveportal/') ? 'captive' : 'arp';
    if (!privileges.has(needed)) return json({ status: 403, message: 'Forbidden' }, 403);
    if (/^application\/json/.test(headers['content-type'] ?? '') && body === '')
      return json({ status: 400, message: 'Invalid JSON syntax' }, 400);
    return route(call) ?? json({ errorMessage: 'Endpoint not found' }, 404);
  }

  const router = await startHttpRouter(t, answer, { tls });

  const misbehaviour: Misbehaviour = {
    ...router.misbehaviour,
    /** With /var on a RAM disk: otherwise sessions are still there. */
    reboot: () => {
      rows = [];
      passing.clear();
    },
    emptyList: (on) => {
      emptyList = on;
    },
    inForce: (mac) => {
      catchUp();
      return active().filter((row) => row.mac === mac && row.via === 'API').length;
    },
  };

  return {
    get url() {
      return router.url;
    },
    get fingerprint() {
      return router.fingerprint;
    },
    misbehaviour,
    settings,
    privileges,
    asked,
    sessions: active,
    /** A session of another party: a voucher's, or an entry of an allow list. */
    admit: (via: string, user: string, ip: string, mac: string | null): Row => add(0, via, user, ip, mac),
    passes: (ip: string): boolean => {
      catchUp();
      return passing.has(ip);
    },
    neighbours: (rows: readonly Neighbour[]) => {
      arp = [...rows];
    },
    serviceIs: (status: string) => {
      service = status;
    },
    revokeKey: () => {
      keyValid = false;
    },
    discoverLate: (lookups: number) => {
      unseen = lookups;
    },
    failBackend: (on: boolean) => {
      backendFails = on;
    },
  };
}

export type Opnsense = Awaited<ReturnType<typeof startOpnsense>>;
