import { parseMac } from '../../domain/mac.js';
import type { RedirectClaim } from '../driver.js';

type Query = Readonly<Record<string, string>>;

/** Longer than any that a browser keeps. */
const URL_MOST = 2048;
/** 32 bytes on the air. */
const SSID_MOST = 64;

const upTo = (most: number, text: string | undefined): string | undefined =>
  text !== undefined && text !== '' && text.length <= most ? text : undefined;

/**
 * `/guest/s/<site>/?ap=..&id=..&t=..&url=..&ssid=..`: nothing of it is signed, and all but `id` may be missing. A query
 * with `ec` belongs to UniFi's own portal: the site is not set to an external one.
 */
export function parseRedirect({ id, ap, ec, url, ssid }: Query): RedirectClaim | undefined {
  if (ec !== undefined || id === undefined) return undefined;
  const mac = parseMac(id);
  const point = ap ? parseMac(ap) : undefined;
  if (!mac || (ap && !point)) return undefined;
  const wanted = upTo(URL_MOST, url);
  const network = upTo(SSID_MOST, ssid);
  return {
    mac,
    ...(point ? { ap: point, via: point } : {}),
    ...(network === undefined ? {} : { ssid: network }),
    ...(wanted === undefined ? {} : { url: wanted }),
    keyed: false,
  };
}
