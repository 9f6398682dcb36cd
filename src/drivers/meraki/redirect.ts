import { isIP } from 'node:net';
import { parseMac } from '../../domain/mac.js';
import type { Handoff, HandoffOrder, RedirectClaim } from '../driver.js';

/** The grant URL of a click-through splash (EXCAP): it comes in the redirect, unsigned, and only a browser opens it. */

const URL_MOST = 400;
const WANTED_MOST = 2000;
const HOST = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+network-auth\.com$/;
const PATH = /^\/splash\/[\w.~/-]+$/;

/** Undefined where a visitor's browser is not to be sent there: whoever writes the link chooses it. */
export function parseGrantUrl(text: string): URL | undefined {
  if (text.length > URL_MOST || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  const { protocol, hostname, port, username, password, pathname } = url;
  if (protocol !== 'https:' || port || username || password) return undefined;
  if (!HOST.test(hostname) || !PATH.test(pathname)) return undefined;
  url.hash = '';
  return url;
}

export function parseRedirect(query: Readonly<Record<string, string>>): RedirectClaim | undefined {
  const { base_grant_url, client_mac = '', client_ip = '', node_mac = '', user_continue_url } = query;
  const grant = parseGrantUrl(base_grant_url ?? '');
  const mac = parseMac(client_mac);
  const ap = parseMac(node_mac);
  if (!grant || !mac) return undefined;
  return {
    mac,
    handle: grant.href,
    ...(isIP(client_ip) ? { ip: client_ip } : {}),
    ...(ap ? { ap } : {}),
    ...(user_continue_url && user_continue_url.length <= WANTED_MOST ? { url: user_continue_url } : {}),
    keyed: false,
  };
}

/** Meraki is told for how many seconds. It sends the browser on to `continue_url` when it has let it in. */
export function handoff({ handle, until, now, back }: HandoffOrder): Handoff | undefined {
  const url = parseGrantUrl(handle);
  if (!url || until <= now) return undefined;
  url.searchParams.set('continue_url', back);
  url.searchParams.set('duration', String(Math.ceil((until - now) / 1000)));
  return { method: 'GET', url: url.href };
}
