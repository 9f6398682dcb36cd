/** Where a Redis is and how it is reached: what `REDIS_URL` says. */
export type RedisTarget = (
  | { kind: 'standalone'; path: string }
  | { kind: 'standalone'; host: string; port: number }
  | {
      kind: 'sentinel';
      hosts: HostPort[];
      name: string;
      sentinelUsername?: string;
      sentinelPassword?: string;
    }
  | { kind: 'cluster'; hosts: HostPort[] }
) & { tls: boolean; username?: string; password?: string; db: number };

export interface HostPort {
  host: string;
  port: number;
}

export type RedisUrl = { ok: true; target: RedisTarget } | { ok: false; problem: string };

const FORM = /^([a-z-]+):(?:\/\/(?:([^@/]*)@)?([^/?]*))?([^?]*)(?:\?(.*))?$/i;
const SCHEMES = ['redis', 'rediss', 'unix', 'redis-sentinel', 'redis-cluster'] as const;
type Scheme = (typeof SCHEMES)[number];
const KNOWN = ['db', 'tls', 'sentinelUsername', 'sentinelPassword'];

const wrong = (problem: string): RedisUrl => ({ ok: false, problem });

/** Reads every form of `REDIS_URL`. The problem never repeats the URL, since that may hold a password. */
export function parseRedisUrl(text: string): RedisUrl {
  const [, scheme = '', auth, hosts = '', path = '', query] = FORM.exec(text) ?? [];
  const known = SCHEMES.find((one) => one === scheme.toLowerCase());
  if (!known) return wrong(`it must begin with one of ${SCHEMES.map((one) => `${one}:`).join(', ')}`);
  try {
    return parseParts(known, auth, hosts, decodeURIComponent(path), new URLSearchParams(query));
  } catch {
    return wrong('it holds a % that is not followed by two hexadecimal digits');
  }
}

function parseParts(
  scheme: Scheme,
  auth: string | undefined,
  hostList: string,
  path: string,
  query: URLSearchParams,
): RedisUrl {
  const stranger = [...query.keys()].find((key) => !KNOWN.includes(key));
  if (stranger !== undefined)
    return wrong(`it has an unknown option "${stranger}"; known are ${KNOWN.join(', ')}`);
  const database =
    query.get('db') ?? (scheme.startsWith('rediss') || scheme === 'redis' ? path.slice(1) : '');
  if (!/^\d{0,4}$/.test(database)) return wrong('the number of the database must be a whole number');
  const common = {
    tls: scheme === 'rediss' || query.get('tls') === 'true',
    db: Number(database),
    ...credentials(auth),
  };
  if (scheme === 'unix') {
    if (hostList !== '' || !path.startsWith('/')) return wrong('unix: needs the absolute path of a socket');
    return { ok: true, target: { kind: 'standalone', path, ...common } };
  }
  const hosts = hostList.split(',').map((one) => parseHost(one, scheme === 'redis-sentinel' ? 26_379 : 6379));
  if (!hosts.every((one) => one !== undefined)) return wrong('a host or a port in it cannot be read');
  const [first] = hosts;
  if (scheme === 'redis-cluster') {
    if (common.db !== 0 || path.length > 1) return wrong('a cluster has no database but 0');
    return { ok: true, target: { kind: 'cluster', hosts, ...common } };
  }
  if (scheme === 'redis-sentinel') {
    const name = path.slice(1);
    if (!/^[\w.-]+$/.test(name)) return wrong('the name of the master is missing after the hosts');
    const [sentinelUsername, sentinelPassword] = [
      query.get('sentinelUsername'),
      query.get('sentinelPassword'),
    ];
    const sentinel = {
      ...(sentinelUsername === null ? {} : { sentinelUsername }),
      ...(sentinelPassword === null ? {} : { sentinelPassword }),
    };
    return { ok: true, target: { kind: 'sentinel', hosts, name, ...sentinel, ...common } };
  }
  if (hosts.length !== 1 || !first)
    return wrong('it names several hosts; use redis-sentinel: or redis-cluster:');
  return { ok: true, target: { kind: 'standalone', ...first, ...common } };
}

function credentials(auth: string | undefined): { username?: string; password?: string } {
  if (!auth) return {};
  const colon = auth.indexOf(':');
  const username = decodeURIComponent(colon < 0 ? auth : auth.slice(0, colon));
  const password = colon < 0 ? '' : decodeURIComponent(auth.slice(colon + 1));
  return { ...(username === '' ? {} : { username }), ...(password === '' ? {} : { password }) };
}

function parseHost(text: string, fallback: number): HostPort | undefined {
  const match = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::(\d{1,5}))?$/i.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3] ?? fallback);
  return host === undefined || port < 1 || port > 65_535 ? undefined : { host, port };
}

/** The URL with every password in it replaced by stars. */
export const maskUrl = (url: string): string =>
  // To the last @, with or without a scheme: also where the URL is wrong, and a password has signs of its own.
  url.replace(/^((?:[a-z-]*:?\/\/)?[^:@/]*:).*@/i, '$1***@').replace(/([?&]\w*password=)[^&]*/gi, '$1***');
