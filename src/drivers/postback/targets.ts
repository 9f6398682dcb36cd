import { isIP } from 'node:net';
import { networksHold, parseNetwork } from '../../domain/gateway.js';
import type { Profile } from './profiles.js';

/**
 * Where a visitor's browser may be sent with its login. The redirect that names the place came through that browser and may
 * be anybody's: nothing counts but the list. Foyer itself never asks such a place anything.
 */

/** The longest that still fits, sealed, into the addresses of our own pages. */
const ADDRESS_MOST = 900;

const NAME = /^(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;

/** `login.example`, `*.example`, an address, a network. A top-level name alone is nobody's. */
export const isHostPattern = (text: string): boolean =>
  parseNetwork(text) !== undefined ||
  (text.length <= 253 && NAME.test(text) && !/^\*\.[^.]*$|^[\d.]+$/.test(text));

function isHostAmong(hosts: readonly string[], hostname: string): boolean {
  const bare = hostname.replace(/^\[|\]$/g, '');
  if (isIP(bare) !== 0) return networksHold(hosts)(bare);
  return hosts.some((pattern) => {
    const wanted = pattern.toLowerCase();
    return wanted.startsWith('*.') ? hostname.endsWith(wanted.slice(1)) : hostname === wanted;
  });
}

const isPortAmong = (ports: Profile['place']['ports'], port: number): boolean =>
  ports.some((one) => (typeof one === 'number' ? one === port : one[0] <= port && port <= one[1]));

/** The address as a browser reads it, where it may be sent there; undefined for every other. */
export function allowed(
  text: string,
  { place }: Pick<Profile, 'place'>,
  hosts: readonly string[],
): string | undefined {
  // Visible ASCII without what browsers read differently: backslashes, quotes, angles, a fragment.
  if (text.length > ADDRESS_MOST || !/^[!$-&(-;=?-[\]^_a-z{-~]+$/i.test(text)) return undefined;
  // A host as it is, with a port or without: nobody's name before it, nothing for a parser to mend.
  if (!/^https?:\/\/(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?(?:[/?]|$)/i.test(text)) return undefined;
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
  if (!isPortAmong(place.ports, port) || !isHostAmong(hosts, url.hostname)) return undefined;
  return place.path && !place.path.test(url.pathname) ? undefined : url.href;
}
