import { isIP } from 'node:net';
import type { ClientMac } from '../../domain/id.js';
import { parseMac } from '../../domain/mac.js';
import type { RedirectClaim } from '../driver.js';
import type { OmadaFields } from './fields.js';

type Query = Readonly<Record<string, string>>;

/** Where a client is at its controller, in the controller's own words: it takes them back letter by letter only. */
export type Way = { clientMac: string; site?: string; clientIp?: string } & (
  | { apMac: string; ssidName: string; radioId: string }
  | { gatewayMac: string; vid: string }
);

const URL_MOST = 2048;
const VIA_MOST = 1024;
const NAME_MOST = 128;
const SITE_ID = /^[0-9a-f]{24}$/i;

const isMac = (text: string): boolean => parseMac(text) !== undefined;
const isName = (text: string): boolean => text.length > 0 && text.length <= NAME_MOST;
const isCount = (text: string): boolean => /^\d{1,4}$/.test(text);

/** Undefined where these are not the words of a controller. */
function wayOf(words: Query): Way | undefined {
  const {
    clientMac = '',
    site,
    clientIp,
    apMac,
    ssidName = '',
    radioId = '',
    gatewayMac = '',
    vid = '',
  } = words;
  if (!isMac(clientMac) || (site !== undefined && !isName(site))) return undefined;
  if (clientIp !== undefined && isIP(clientIp) === 0) return undefined;
  const both = {
    clientMac,
    ...(site === undefined ? {} : { site }),
    ...(clientIp === undefined ? {} : { clientIp }),
  };
  if (apMac === undefined)
    return isMac(gatewayMac) && isCount(vid) ? { ...both, gatewayMac, vid } : undefined;
  return isMac(apMac) && isName(ssidName) && isCount(radioId)
    ? { ...both, apMac, ssidName, radioId }
    : undefined;
}

/**
 * Access points say `clientMac, apMac, ssidName, radioId`, gateways `clientMac, gatewayMac, vid`, both `t, site, redirectUrl`;
 * `clientIp` from 6.2.10 on, and from many of 5.x (TP-Link's External Portal guide; redirects of 5.15.24).
 */
export function parseRedirect(query: Query, { siteId }: OmadaFields): RedirectClaim | undefined {
  const { clientIp = '', redirectUrl } = query;
  // Not every version has it, and an empty one says nothing.
  const way = wayOf(clientIp === '' ? withoutIp(query) : query);
  const mac = parseMac(query.clientMac ?? '');
  if (!way || !mac) return undefined;
  // The guide calls it a name; controllers of 5.x and 6.x send the id. Guests of another site are another gateway's.
  if (way.site && SITE_ID.test(way.site) && way.site.toLowerCase() !== siteId.toLowerCase()) return undefined;
  const ap = 'apMac' in way ? way : undefined;
  const via = JSON.stringify(way);
  if (via.length > VIA_MOST) return undefined;
  return {
    mac,
    ...(way.clientIp === undefined ? {} : { ip: way.clientIp }),
    ...(ap ? { ap: ap.apMac, ssid: ap.ssidName } : {}),
    ...(redirectUrl !== undefined && redirectUrl.length <= URL_MOST ? { url: redirectUrl } : {}),
    via,
    keyed: false,
  };
}

function withoutIp(query: Query): Query {
  const { clientIp: _, ...others } = query;
  return others;
}

/** What a redirect of this client brought along; undefined where it is another client's, or none. */
export function wayFrom(via: string | undefined, mac: ClientMac): Way | undefined {
  if (via === undefined || via.length > VIA_MOST) return undefined;
  try {
    const words: unknown = JSON.parse(via);
    if (typeof words !== 'object' || words === null) return undefined;
    const texts = Object.entries(words).filter(([, word]) => typeof word === 'string');
    const way = wayOf(Object.fromEntries(texts));
    return way && parseMac(way.clientMac) === mac ? way : undefined;
  } catch {
    return undefined;
  }
}

/** `AA-BB-..`, as the controller writes a hardware address and looks for one. */
export const hyphened = (mac: ClientMac): string => mac.toUpperCase().replaceAll(':', '-');
