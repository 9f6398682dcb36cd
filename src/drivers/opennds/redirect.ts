import { createDecipheriv } from 'node:crypto';
import { isIP } from 'node:net';
import { networksHold } from '../../domain/gateway.js';
import { parseMac } from '../../domain/mac.js';
import type { RedirectClaim } from '../driver.js';
import { modeOf, type OpenNdsFields } from './fields.js';
import { HID } from './tokens.js';

type Query = Readonly<Record<string, string>>;

/** Longer than any that openNDS builds. */
const QUERY_MOST = 4096;

/** Where guests have their addresses. What a visitor's query names is called by the visitor's own browser only, but it is a link of ours. */
const guestSide = networksHold(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10']);

const base64 = (text: string): Buffer => Buffer.from(text.replaceAll(' ', '+'), 'base64');

/** Levels 2 and 3: AES-256-CBC under `faskey`, cut or filled with zeros to 32 bytes; base64 twice. */
function decrypt(fas: string, iv: string, faskey: string): string | undefined {
  if (!/^[0-9A-Za-z+/=]{16}$/.test(iv)) return undefined;
  const key = Buffer.alloc(32);
  key.write(faskey, 'latin1');
  try {
    const decipher = createDecipheriv('aes-256-cbc', key, Buffer.from(iv, 'latin1'));
    const bytes = base64(base64(fas).toString('latin1'));
    return Buffer.concat([decipher.update(bytes), decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}

/** `name=value, name=value`: the first of each name counts, since a visitor's URL could bring more. */
function pairsIn(text: string): Map<string, string> {
  const pairs = new Map<string, string>();
  for (const part of text.split(', ')) {
    const at = part.indexOf('=');
    if (at > 0 && !pairs.has(part.slice(0, at))) pairs.set(part.slice(0, at), part.slice(at + 1));
  }
  return pairs;
}

function unescaped(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** An address of the guest side with a port, as `gatewayaddress` has it. */
function isGatewayAddress(text: string): boolean {
  const [address = '', port = '', ...more] = text.split(':');
  if (more.length > 0 || isIP(address) !== 4 || !/^[1-9]\d{0,4}$/.test(port)) return false;
  return Number(port) < 65_536 && guestSide(address);
}

/** A handle is `<hid> <gateway address>`. */
export function parseHandle(handle: string): { hid: string; gateway: string } | undefined {
  const [hid = '', gateway = '', ...more] = handle.split(' ');
  return HID.test(hid) && isGatewayAddress(gateway) && more.length === 0 ? { hid, gateway } : undefined;
}

/** Whether this is the name that the router has: it comes percent-encoded, and may end in a blank. */
export const isNameOf = (encoded: string, wanted: string | undefined): boolean =>
  wanted === undefined || unescaped(encoded)?.trim() === wanted.trim();

export function parseRedirect(query: Query, fields: OpenNdsFields): RedirectClaim | undefined {
  const { fas, iv, status, redir } = query;
  if (fas === undefined) {
    // A client that passes has opened the link again. The daemon says so, and not who it is.
    return status === 'authenticated' && redir !== undefined && redir.length <= QUERY_MOST
      ? { keyed: false, passes: true, url: redir }
      : undefined;
  }
  if (fas.length > QUERY_MOST) return undefined;
  const crypted = fields.level === 2 || fields.level === 3;
  if (crypted !== (iv !== undefined)) return undefined;
  const text = iv === undefined ? base64(fas).toString('utf8') : decrypt(fas, iv, fields.faskey);
  const pairs = pairsIn(text ?? '');
  const hid = pairs.get('hid')?.trim() ?? '';
  const ip = pairs.get('clientip') ?? '';
  const mac = parseMac(pairs.get('clientmac') ?? '');
  const gateway = pairs.get('gatewayaddress') ?? '';
  if (!HID.test(hid) || !mac || isIP(ip) !== 4 || !isGatewayAddress(gateway)) return undefined;
  if (!isNameOf(pairs.get('gatewayname') ?? '', fields.gatewayName)) return undefined;
  const url = unescaped(pairs.get('originurl') ?? '');
  return {
    mac,
    ip,
    ...(url === undefined ? {} : { url }),
    // On the router itself a client is known by where its request comes from; elsewhere by its hid.
    ...(modeOf(fields) === 'told' ? { keyed: false } : { keyed: true, handle: `${hid} ${gateway}` }),
  };
}
