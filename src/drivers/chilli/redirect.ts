import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import { networksHold } from '../../domain/gateway.js';
import { parseMac } from '../../domain/mac.js';
import type { RedirectClaim } from '../driver.js';
import type { ChilliFields } from './fields.js';

type Query = Readonly<Record<string, string>>;

/** chilli keeps 2048 characters of an address (REDIR_USERURLSIZE), which it percent-encodes: three for one. */
const QUERY_MOST = 8192;
/** A longer one does not fit into our own reference. It is only ever compared with that. */
const URL_MOST = 2048;

/** What `res` says of the client: it passes, or it has to log in. */
const PASSES = new Set(['success', 'already']);
const CAPTIVE = new Set(['notyet', 'failed', 'logoff', 'splash', 'challenge']);

const CHALLENGE = /^[0-9a-f]{32}$/i;
/** Of 1.9: hexadecimal; kept wider, since nothing is done with it but to compare. */
const SESSION = /^[\w.:-]{1,64}$/;
/** Stands where chilli says nothing. */
const NONE = '-';

const guestSide = networksHold(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10']);

const isPort = (text: string): boolean => /^[1-9]\d{0,4}$/.test(text) && Number(text) < 65_536;

/** Where a client logs in, and with what. */
export interface ChilliHandle {
  /** Address and port of chilli itself. */
  gateway: string;
  /** Undefined where chilli gave none: a client that passes, or `nochallenge`. */
  challenge?: string;
}

const isGateway = (text: string): boolean => {
  const [address = '', port = '', ...more] = text.split(':');
  return more.length === 0 && isIP(address) === 4 && guestSide(address) && isPort(port);
};

/** A handle is `<address>:<port> <challenge> <session>`: a new challenge is another login. */
export function parseHandle(handle: string): ChilliHandle | undefined {
  if (handle.length > 160) return undefined;
  const [gateway = '', challenge = '', session = '', ...more] = handle.split(' ');
  if (more.length > 0 || !isGateway(gateway) || !(session === NONE || SESSION.test(session)))
    return undefined;
  if (challenge === NONE) return { gateway };
  return CHALLENGE.test(challenge) ? { gateway, challenge } : undefined;
}

/**
 * The part of the query that is signed, where `md` is right: upper-case hexadecimal MD5 of the address as chilli wrote it,
 * byte for byte, and the shared secret. Nothing is decoded or encoded again before that.
 */
export function verified(raw: string, { uamServer, uamSecret }: ChilliFields): string | undefined {
  const [, signed = '', md = ''] = /^(.+)&md=([0-9A-F]{32})$/.exec(raw) ?? [];
  const [base = ''] = uamServer.split('?');
  const address = `${base}?${signed}`;
  // chilli puts its own words behind whatever query uamserver has itself.
  const before = `${uamServer}${uamServer.includes('?') ? '&' : '?'}`;
  if (signed === '' || uamSecret === '' || !address.startsWith(before)) return undefined;
  const wanted = createHash('md5').update(address).update(uamSecret).digest('hex').toUpperCase();
  return timingSafeEqual(Buffer.from(wanted), Buffer.from(md)) ? address.slice(before.length) : undefined;
}

/** With `uamhomepage` the address for the login comes as one parameter of that page. */
function nested({ res, loginurl }: Query, { uamServer }: ChilliFields): string | undefined {
  if (res !== undefined || loginurl === undefined) return undefined;
  const [base = ''] = uamServer.split('?');
  return loginurl.startsWith(`${base}?`) ? loginurl.slice(base.length + 1) : undefined;
}

export function parseRedirect(query: Query, fields: ChilliFields, raw: string): RedirectClaim | undefined {
  if (raw.length > QUERY_MOST) return undefined;
  const signed = verified(nested(query, fields) ?? raw, fields);
  if (signed === undefined) return undefined;
  // Read from what was verified, not from a query that may hold more.
  const words = new URLSearchParams(signed);
  const word = (name: string): string => words.get(name) ?? '';
  const mac = parseMac(word('mac'));
  const ip = word('ip');
  const gateway = `${word('uamip')}:${word('uamport')}`;
  const res = word('res');
  const challenge = word('challenge') || NONE;
  const session = word('sessionid') || NONE;
  const handle = `${gateway} ${challenge} ${session}`;
  if (!mac || isIP(ip) !== 4 || !parseHandle(handle) || !(PASSES.has(res) || CAPTIVE.has(res)))
    return undefined;
  const ap = parseMac(word('called'));
  const [ssid, url] = [word('ssid'), word('userurl')];
  return {
    mac,
    ip,
    ...(ap ? { ap } : {}),
    ...(ssid === '' ? {} : { ssid: ssid.slice(0, 32) }),
    ...(url === '' || url.length > URL_MOST ? {} : { url }),
    handle,
    ...(PASSES.has(res) ? { passes: true as const } : {}),
    keyed: true,
  };
}
