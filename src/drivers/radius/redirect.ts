import { isIP } from 'node:net';
import { parseMac } from '../../domain/mac.js';
import type { RedirectClaim } from '../driver.js';
import type { RadiusFields } from './fields.js';

/** Names of parameters in redirects. The first that is there counts: `mac` alone is the access point's at Ruckus. */
const MAC = [
  'client_mac',
  'clientMac',
  'client-mac',
  'ga_cmac',
  'clientmac',
  'cmac',
  'umac',
  'usermac',
  'mac',
];
const IP = ['client_ip', 'clientIp', 'client-ip', 'clientip', 'uip', 'userip', 'ga_cip', 'ip'];
const URL = ['ga_orig_url', 'orig_url', 'link-orig', 'redirurl', 'userurl', 'redirect', 'url'];
const AP = ['ap_mac', 'apmac', 'ga_ap_mac', 'apMac'];
const SSID = ['ssid', 'essid', 'ga_ssid', 'wlan'];

const URL_MOST = 2048;
const SSID_MOST = 64;

/** Names in another case than the router's documents have it are read too. */
export function parseRedirect(
  query: Readonly<Record<string, string>>,
  { macParameter, ipParameter, urlParameter }: RadiusFields,
): RedirectClaim | undefined {
  const given = new Map(Object.entries(query).map(([name, value]) => [name.toLowerCase(), value]));
  const of = (names: readonly string[]): string | undefined => {
    for (const name of names) {
      const value = given.get(name.toLowerCase());
      if (value !== undefined && value !== '') return value;
    }
    return undefined;
  };
  const mac = parseMac(of(macParameter ? [macParameter] : MAC) ?? '');
  if (!mac) return undefined;
  const ip = of(ipParameter ? [ipParameter] : IP);
  if (ip !== undefined && isIP(ip) === 0) return undefined;
  const url = of(urlParameter ? [urlParameter] : URL);
  if (url !== undefined && url.length > URL_MOST) return undefined;
  const ap = parseMac(of(AP) ?? '');
  const ssid = of(SSID);
  return {
    mac,
    ...(ip === undefined ? {} : { ip }),
    ...(url === undefined ? {} : { url }),
    ...(ap === undefined ? {} : { ap }),
    ...(ssid === undefined || ssid.length > SSID_MOST ? {} : { ssid }),
    keyed: false,
  };
}
