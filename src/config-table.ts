import { createPrivateKey, X509Certificate } from 'node:crypto';
import { isIP, isIPv6 } from 'node:net';
import { parseRedisUrl } from './redis/url.js';

export const ROLES = ['guest', 'admin', 'people', 'worker'] as const;
/** What this process does. */
export type Role = (typeof ROLES)[number];

const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LEVELS)[number];

type Parsed<T> = { ok: true; value: T } | { ok: false; expected: string };

/** One environment variable. */
export interface Variable<T> {
  name: string;
  /** The text that stands for the variable where it is not set. */
  fallback?: string;
  /** Its value is never shown. */
  secret?: boolean;
  /** One sentence for the README and `foyer config`. */
  help: string;
  /** A value that would be right. */
  example: string;
  parse(text: string, readFile?: (path: string) => string): Parsed<T>;
}

type WithDefault<T> = Variable<T> & { fallback: string };

const right = <T>(value: T): Parsed<T> => ({ ok: true, value });
const wrong = (expected: string): { ok: false; expected: string } => ({ ok: false, expected });

function port(text: string): Parsed<number> {
  const value = /^\d{1,5}$/.test(text) ? Number(text) : -1;
  if (value < 0 || value > 65_535)
    return wrong('a port is a whole number from 1 to 65535 (0: any that is free)');
  return right(value);
}

function host(text: string): Parsed<string> {
  if (isIP(text) || /^(?=.*[a-z])[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(text)) return right(text);
  return wrong('it is an address to listen on, or a host name, without a port');
}

function origin(text: string): Parsed<string> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.hostname === '')
    return wrong('it is an origin that begins with http:// or https://');
  if (url.pathname !== '/' || /[?#]/.test(text) || url.username !== '' || url.password !== '')
    return wrong('it is an origin: no path, no query, no user');
  return right(url.origin);
}

function pem(text: string, readFile: ((path: string) => string) | undefined, check: (pem: string) => void) {
  try {
    const content = text.startsWith('-----BEGIN') ? text : (readFile?.(text) ?? '');
    check(content);
    return right(content);
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && /^E[A-Z]+$/.test(String(error.code));
    return missing ? wrong(`the file cannot be read (${error.code})`) : undefined;
  }
}

function address(text: string): boolean {
  const [ip = '', bits, rest] = text.split('/');
  if (!isIP(ip) || rest !== undefined) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (isIPv6(ip) ? 128 : 32));
}

function addresses(text: string): Parsed<readonly string[]> {
  const list = text.split(/[\s,]+/).filter((one) => one !== '');
  const stranger = list.find((one) => !address(one));
  return stranger === undefined ? right(list) : wrong(`"${stranger}" is neither an address nor a network`);
}

function roles(text: string): Parsed<readonly Role[]> {
  const given = text.split(/[\s,]+/).filter((one) => one !== '');
  const stranger = given.find((one) => !ROLES.some((role) => role === one));
  if (stranger !== undefined || given.length === 0)
    return wrong(
      `${stranger === undefined ? 'it is empty' : `"${stranger}" is no role`}; roles are ${ROLES.join(', ')}`,
    );
  return right(ROLES.filter((role) => given.includes(role)));
}

const oneOf =
  <T extends string>(list: readonly T[]) =>
  (text: string): Parsed<T> => {
    const found = list.find((one) => one === text);
    return found === undefined ? wrong(`it is one of ${list.join(', ')}`) : right(found);
  };

function smtp(text: string): Parsed<string> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^smtps?:$/.test(url.protocol) && url.hostname !== '') return right(text);
  return wrong('it is the URL of a mail server that begins with smtp:// or smtps://');
}

const mailbox = (text: string): Parsed<string> =>
  /^(?:[^<>@\r\n]*<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/.test(text)
    ? right(text)
    : wrong('it is an e-mail address, with or without a name before it');

function redis(text: string): Parsed<string> {
  const parsed = parseRedisUrl(text);
  return parsed.ok ? right(text) : wrong(parsed.problem);
}

const row = <T>(variable: Variable<T>): Variable<T> => variable;
const rowWithDefault = <T>(variable: WithDefault<T>): WithDefault<T> => variable;

/** Every environment variable, once: configuration, its checks, `foyer config` and the README derive from this. */
export const CONFIG_TABLE = {
  port: rowWithDefault({
    name: 'PORT',
    fallback: '8080',
    example: '8080',
    help: 'Port of the guest listener.',
    parse: port,
  }),
  host: rowWithDefault({
    name: 'HOST',
    fallback: '::',
    example: '192.168.10.1',
    help: 'Address of the guest listener; `::` is every address, IPv4 too.',
    parse: host,
  }),
  adminPort: rowWithDefault({
    name: 'ADMIN_PORT',
    fallback: '8081',
    example: '8081',
    help: 'Port of the admin listener (pages, API, metrics).',
    parse: port,
  }),
  adminHost: rowWithDefault({
    name: 'ADMIN_HOST',
    fallback: '127.0.0.1',
    example: '127.0.0.1',
    help: 'Address of the admin listener; keep it out of the guests’ reach.',
    parse: host,
  }),
  peoplePort: rowWithDefault({
    name: 'PEOPLE_PORT',
    fallback: '8082',
    example: '8082',
    help: 'Port of the listener for hosts and check-in desks.',
    parse: port,
  }),
  peopleHost: rowWithDefault({
    name: 'PEOPLE_HOST',
    fallback: '127.0.0.1',
    example: '127.0.0.1',
    help: 'Address of the listener for hosts and check-in desks.',
    parse: host,
  }),
  radiusHost: rowWithDefault({
    name: 'RADIUS_HOST',
    fallback: '::',
    example: '10.0.0.2',
    help: 'Address on which routers ask by RADIUS; it is listened on only while a gateway does.',
    parse: host,
  }),
  radiusPort: rowWithDefault({
    name: 'RADIUS_PORT',
    fallback: '1812',
    example: '1812',
    help: 'UDP port of RADIUS authentication.',
    parse: port,
  }),
  radiusAccountingPort: rowWithDefault({
    name: 'RADIUS_ACCOUNTING_PORT',
    fallback: '1813',
    example: '1813',
    help: 'UDP port of RADIUS accounting.',
    parse: port,
  }),
  portalUrl: row({
    name: 'PORTAL_URL',
    example: 'https://wifi.example.com',
    help: 'Origin of the guest listener as guests see it; not set: this machine’s own addresses.',
    parse: origin,
  }),
  adminUrl: row({
    name: 'ADMIN_URL',
    example: 'https://foyer-admin.example.com',
    help: 'Origin of the admin listener as admins see it.',
    parse: origin,
  }),
  peopleUrl: row({
    name: 'PEOPLE_URL',
    example: 'https://visitors.example.com',
    help: 'Origin of the people listener as hosts and desks see it.',
    parse: origin,
  }),
  tlsCert: row({
    name: 'TLS_CERT',
    example: '/etc/foyer/cert.pem',
    help: 'Certificate chain in PEM form, or the path of its file; with `TLS_KEY` it turns on https.',
    parse: (text, readFile) =>
      pem(text, readFile, (content) => new X509Certificate(content)) ??
      wrong('it holds no certificate in PEM form'),
  }),
  tlsKey: row({
    name: 'TLS_KEY',
    example: '/etc/foyer/key.pem',
    help: 'Private key of `TLS_CERT` in PEM form without a passphrase, or the path of its file.',
    parse: (text, readFile) =>
      pem(text, readFile, createPrivateKey) ??
      wrong('it holds no private key in PEM form without a passphrase'),
  }),
  tlsPort: rowWithDefault({
    name: 'TLS_PORT',
    fallback: '8443',
    example: '8443',
    help: 'Port of the guest listener over https, beside http; the other two listeners speak https instead of http.',
    parse: port,
  }),
  dataDir: rowWithDefault({
    name: 'DATA_DIR',
    fallback: './data',
    example: '/var/lib/foyer',
    help: 'Folder of the secret and of the private Redis.',
    parse: right<string>,
  }),
  redisUrl: row({
    name: 'REDIS_URL',
    example: 'redis://127.0.0.1:6379',
    help: 'Redis 7.0 or newer, or Valkey (`redis:`, `rediss:`, `unix:`, `redis-sentinel:`, `redis-cluster:`); not set: a private one under `DATA_DIR`.',
    parse: redis,
  }),
  secret: row({
    name: 'SECRET',
    secret: true,
    example: '<the output of: openssl rand -hex 32>',
    help: 'At least 32 bytes, the same for every process of this Foyer; made on the first run under `DATA_DIR` when not set.',
    parse: (text) => (Buffer.byteLength(text) >= 32 ? right(text) : wrong('it needs at least 32 bytes')),
  }),
  trustProxy: rowWithDefault({
    name: 'TRUST_PROXY',
    fallback: '',
    example: '10.0.0.2,192.168.0.0/24',
    help: 'Addresses or networks of the proxies whose `X-Forwarded-*` headers count, separated by commas.',
    parse: addresses,
  }),
  smtpUrl: row({
    name: 'SMTP_URL',
    example: 'smtp://user:password@mail.example.com:587',
    help: 'Mail server: `smtps://user:password@host`, or `smtp://`, which encrypts where the server can, and with `?requireTLS=true` only then. Further options of nodemailer may follow. Not set: mail is held, and shown in the outbox.',
    parse: smtp,
  }),
  mailFrom: row({
    name: 'MAIL_FROM',
    example: 'Reception <reception@example.com>',
    help: 'Sender of all mail. Not set: foyer at the mail server or the portal.',
    parse: mailbox,
  }),
  logLevel: rowWithDefault({
    name: 'LOG_LEVEL',
    fallback: 'info',
    example: 'info',
    help: `How much is logged: ${LEVELS.join(', ')}.`,
    parse: oneOf(LEVELS),
  }),
  roles: rowWithDefault({
    name: 'ROLES',
    fallback: ROLES.join(','),
    example: 'guest,worker',
    help: 'What this process does; anything but all four needs `REDIS_URL`.',
    parse: roles,
  }),
};

type Table = typeof CONFIG_TABLE;
type Value<V> = V extends Variable<infer T> ? T : never;
type Defaulted = { [K in keyof Table]: Table[K] extends WithDefault<unknown> ? K : never }[keyof Table];

/**
 * The configuration of one process. Absent keys were not set and have no default. `tlsCert` and `tlsKey` are PEM
 * text, wherever they came from; the three URLs are origins without a slash at the end.
 */
export type Config = { readonly [K in Defaulted]: Value<Table[K]> } & {
  readonly [K in Exclude<keyof Table, Defaulted>]?: Value<Table[K]>;
};
