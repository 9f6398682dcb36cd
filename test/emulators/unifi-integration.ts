import { randomUUID } from 'node:crypto';
import type { ClientMac } from '../../src/domain/id.js';
import type { Misbehaviour } from '../drivers/contract.js';
import type { Teardown } from '../fixtures/redis.js';
import { type Asked, type Reply, startHttpRouter } from './http-router.js';

/** UniFi Network by its official Integration API. */

export interface IntegrationOptions {
  flavour: 'classic' | 'os';
  now: () => number;
  tls?: boolean;
  apiKey?: string;
  version?: string;
}

export interface IntegrationQuirks {
  /** A client is in the answers of filters so long after it has joined. */
  listedAfterMs: number;
  /** `access.authorized` follows so long after the word. */
  authorizedLagMs: number;
  /** The end of what has none: this status, or as if it had. */
  endOfNothing: 404 | 422 | 200;
  /** The next actions are done and answered with 500 and HTML. */
  breaksAfter: number;
  /** So many calls with the key before 429, and its `Retry-After`. */
  callsMost: number;
  retryAfter: string | undefined;
  /** Network before 9: there is no such API. */
  missing: boolean;
  /** The key may not. */
  forbids: boolean;
  aheadMs: number;
  minutesMost: number;
}

/** One call with the key, and what was said to it. */
export interface Exchange {
  method: string;
  path: string;
  query: Record<string, string>;
  json: unknown;
  status: number;
  answer: unknown;
}

interface Grant {
  at: number;
  end: number;
  method: 'API' | 'VOUCHER' | 'OTHER';
  limits: Record<string, number>;
}

interface Guest {
  id: string;
  mac: ClientMac;
  ip: string | undefined;
  guest: boolean;
  connected: boolean;
  joined: number;
  grant?: Grant;
}

/** `prop.fn('a','b')`, joined by `and(..)`. */
function filterOf(text: string): (value: (property: string) => unknown) => boolean {
  const both = /^and\((.+)\)$/.exec(text)?.[1];
  if (both) {
    const parts = both.split(/,(?=[A-Za-z.]+\()/).map(filterOf);
    return (value) => parts.every((part) => part(value));
  }
  const [, property = '', fn, inner = ''] = /^([A-Za-z.]+)\.(eq|ne|in)\((.*)\)$/.exec(text) ?? [];
  if (!fn) throw new Error(`no filter: ${text}`);
  const values = inner
    .split(/,(?=')/)
    .map((one) => (/^'.*'$/.test(one) ? one.slice(1, -1).replaceAll("''", "'") : one === 'true'));
  return (value) => values.includes(value(property) as string) !== (fn === 'ne');
}

export async function startUnifiIntegration(t: Teardown, options: IntegrationOptions) {
  const { flavour, now, tls = false, apiKey = 'key', version = '10.5.66' } = options;
  const quirks: IntegrationQuirks = {
    listedAfterMs: 0,
    authorizedLagMs: 0,
    endOfNothing: 422,
    breaksAfter: 0,
    callsMost: Number.POSITIVE_INFINITY,
    retryAfter: undefined,
    missing: false,
    forbids: false,
    aheadMs: 0,
    minutesMost: Number.POSITIVE_INFINITY,
  };
  const prefix = `${flavour === 'os' ? '/proxy/network' : ''}/integration`;
  const guests = new Map<string, Guest>();
  const exchanges: Exchange[] = [];
  const uplink = randomUUID();
  let site = randomUUID();
  let empty = false;
  let keyed = 0;

  const clock = (): number => now() + quirks.aheadMs;
  const iso = (at: number): string => new Date(at).toISOString();
  const running = ({ grant }: Guest): Grant | undefined => (grant && grant.end > clock() ? grant : undefined);
  const flagged = (guest: Guest): boolean => {
    const grant = running(guest);
    return grant !== undefined && clock() >= grant.at + quirks.authorizedLagMs;
  };

  const refusal = (status: number, statusName: string, code: string, path: string): Reply => ({
    status,
    body: {
      statusCode: status,
      statusName,
      ...(version.startsWith('9.1.') ? {} : { code }),
      message: statusName.toLowerCase(),
      timestamp: iso(clock()),
      requestPath: path,
      requestId: randomUUID(),
    },
  });

  const authorization = (grant: Grant) => ({
    authorizedAt: iso(grant.at),
    expiresAt: iso(grant.end),
    authorizationMethod: grant.method,
    ...grant.limits,
    usage: { durationSec: 1, rxBytes: 0, txBytes: 0, bytes: 0 },
  });

  function overview(guest: Guest) {
    const { id, mac, ip } = guest;
    return {
      type: 'WIRELESS',
      id,
      name: mac,
      connectedAt: iso(guest.joined),
      ...(ip === undefined ? {} : { ipAddress: ip }),
      macAddress: mac,
      uplinkDeviceId: uplink,
      access: guest.guest ? { type: 'GUEST', authorized: flagged(guest) } : { type: 'DEFAULT' },
    };
  }

  function details(guest: Guest) {
    const plain = overview(guest);
    const grant = running(guest);
    return plain.access.authorized === true && grant
      ? { ...plain, access: { ...plain.access, authorization: authorization(grant) } }
      : plain;
  }

  function page(call: Asked, all: readonly unknown[]): Reply {
    const offset = Number(call.query.get('offset') ?? 0);
    const limit = Number(call.query.get('limit') ?? 25);
    if (limit > 200) return refusal(400, 'BAD_REQUEST', 'api.request.error', call.path);
    const data = all.slice(offset, offset + limit);
    return { body: { offset, limit, count: data.length, totalCount: all.length, data } };
  }

  function listed(call: Asked): Guest[] {
    const filter = filterOf(call.query.get('filter') ?? "id.ne('')");
    const here = [...guests.values()].filter(
      ({ connected, joined }) => connected && clock() >= joined + quirks.listedAfterMs,
    );
    const found = here.filter((guest) =>
      filter((property) => {
        const row = overview(guest) as Record<string, unknown>;
        const [first = '', second] = property.split('.');
        return second ? (row[first] as Record<string, unknown>)[second] : row[first];
      }),
    );
    // Only where sessions are asked for: it knows each client as before.
    return empty && /access\.authorized/.test(call.query.get('filter') ?? '') ? [] : found;
  }

  function act(guest: Guest, call: Asked): Reply {
    const sent = call.json as Record<string, number | string>;
    const former = running(guest);
    const revoked = former ? { revokedAuthorization: authorization(former) } : {};
    if (!guest.guest) return refusal(422, 'UNPROCESSABLE_ENTITY', 'api.client.not-a-guest', call.path);
    if (sent.action === 'AUTHORIZE_GUEST_ACCESS') {
      const { action, timeLimitMinutes = 480, ...limits } = sent;
      admit(guest.mac, 'API', Math.min(Number(timeLimitMinutes), quirks.minutesMost), limits as never);
      const granted = authorization(guest.grant as Grant);
      return broken({ body: { action, ...revoked, grantedAuthorization: granted } });
    }
    if (!former) {
      if (quirks.endOfNothing !== 200)
        return refusal(quirks.endOfNothing, 'UNPROCESSABLE_ENTITY', 'api.request.error', call.path);
      return {
        body: {
          action: sent.action,
          revokedAuthorization: authorization({ at: 0, end: 0, method: 'API', limits: {} }),
        },
      };
    }
    delete guest.grant;
    return broken({ body: { action: sent.action, ...revoked } });
  }

  function broken(reply: Reply): Reply {
    if (quirks.breaksAfter === 0) return reply;
    quirks.breaksAfter--;
    return { status: 500, body: '<html>500</html>' };
  }

  const device = (name: string, mac: string, features: string[]) => ({
    id: randomUUID(),
    name,
    model: 'U6 Pro',
    macAddress: mac,
    ipAddress: '192.168.1.9',
    state: 'ONLINE',
    ...(version.startsWith('9.1.') ? {} : { supported: true, firmwareUpdatable: false }),
    features,
    interfaces: ['radios'],
  });
  const devices = [
    device('Ceiling', 'f0:9f:c2:00:00:02', ['accessPoint']),
    device('Switch', 'f0:9f:c2:00:00:03', ['switching']),
  ];

  function answer(call: Asked): Reply {
    const { method, path } = call;
    if (path === '/')
      return flavour === 'os'
        ? { body: '<html>UniFi OS</html>' }
        : { status: 302, headers: { location: '/manage' }, body: '' };
    if (quirks.missing || !path.startsWith(`${prefix}/v1/`)) return { status: 404, body: '<html>404</html>' };
    if (call.headers['x-api-key'] !== apiKey)
      return refusal(401, 'UNAUTHORIZED', 'api.authentication.invalid-credentials', path);
    if (quirks.forbids) return refusal(403, 'FORBIDDEN', 'api.authorization.forbidden', path);
    if (++keyed > quirks.callsMost)
      return {
        ...refusal(429, 'TOO_MANY_REQUESTS', 'api.request.limit', path),
        headers: quirks.retryAfter === undefined ? {} : { 'retry-after': quirks.retryAfter },
      };
    const rest = path.slice(`${prefix}/v1`.length);
    if (rest === '/info') return { body: { applicationVersion: version } };
    if (rest === '/sites') {
      const filter = filterOf(call.query.get('filter') ?? "id.ne('')");
      const sites = [{ id: site, internalReference: 'default', name: 'Default' }];
      return page(
        call,
        sites.filter((one) => filter((property) => one[property as 'id'])),
      );
    }
    const [, of, what, id, last] = /^\/sites\/([^/]+)\/(\w+)(?:\/([^/]+))?(\/actions)?$/.exec(rest) ?? [];
    if (of !== site) return refusal(404, 'NOT_FOUND', 'api.request.not-found', path);
    if (what === 'devices' && !id) return page(call, devices);
    if (what !== 'clients') return refusal(404, 'NOT_FOUND', 'api.request.not-found', path);
    if (!id) return page(call, listed(call).map(overview));
    const guest = guests.get(id);
    if (!guest?.connected) return refusal(404, 'NOT_FOUND', 'api.client.not-found', path);
    return last && method === 'POST' ? act(guest, call) : { body: details(guest) };
  }

  const router = await startHttpRouter(
    t,
    (call) => {
      const reply = answer(call);
      if (call.path !== '/')
        exchanges.push({
          method: call.method,
          path: call.path.slice(prefix.length),
          query: Object.fromEntries(call.query),
          json: call.json,
          status: reply.status ?? 200,
          answer: reply.body,
        });
      return { ...reply, headers: { date: new Date(clock()).toUTCString(), ...reply.headers } };
    },
    { tls },
  );

  const byMac = (mac: ClientMac): Guest | undefined =>
    [...guests.values()].find((guest) => guest.mac === mac);

  function admit(
    mac: ClientMac,
    method: Grant['method'],
    minutes: number,
    limits: Record<string, number> = {},
  ): void {
    const guest = byMac(mac);
    if (guest) guest.grant = { at: clock(), end: clock() + minutes * 60_000, method, limits };
  }

  function join(mac: ClientMac, { ip, guest = true }: { ip?: string; guest?: boolean } = {}): void {
    const id = byMac(mac)?.id ?? randomUUID();
    guests.set(id, { ...guests.get(id), id, mac, ip, guest, connected: true, joined: clock() });
  }

  const misbehaviour: Misbehaviour = {
    ...router.misbehaviour,
    // A real one keeps its guests; this one lost its database.
    reboot: () => {
      for (const guest of guests.values()) delete guest.grant;
    },
    emptyList: (on) => {
      empty = on;
    },
    inForce: (mac) => {
      const guest = byMac(mac);
      return guest && running(guest) ? 1 : 0;
    },
  };

  return {
    router,
    quirks,
    misbehaviour,
    exchanges,
    join,
    leave: (mac: ClientMac) => {
      const guest = byMac(mac);
      if (guest) guest.connected = false;
    },
    admit,
    grantOf: (mac: ClientMac) => byMac(mac)?.grant,
    /** The site was made anew, and has another id. */
    newSite: () => {
      site = randomUUID();
    },
  };
}
