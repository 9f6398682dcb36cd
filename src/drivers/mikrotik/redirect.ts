import { isIP } from 'node:net';
import { parseMac } from '../../domain/mac.js';
import type { RedirectClaim } from '../driver.js';
import type { MikrotikFields } from './fields.js';

const URL_MOST = 2048;
/** What the hotspot puts where it does not know. */
const UNKNOWN = '---';

/** What `login.html` hands on, by these names. */
export const VARIABLES = {
  mac: 'mac-esc',
  ip: 'ip-esc',
  server: 'server-name-esc',
  dst: 'link-orig-esc',
} as const;

const known = (text: string | undefined): string | undefined =>
  text === undefined || text === '' || text === UNKNOWN ? undefined : text;

/** Nothing of it is signed: the host table says who has an address. */
export function parseRedirect(
  query: Readonly<Record<string, string>>,
  fields: Pick<MikrotikFields, 'hotspot'>,
): RedirectClaim | undefined {
  // Without these it is no page of ours that sent the visitor.
  if (query.mac === undefined || query.ip === undefined) return undefined;
  const macText = known(query.mac);
  const mac = macText === undefined ? undefined : parseMac(macText);
  const ip = known(query.ip);
  const server = known(query.server);
  const url = known(query.dst);
  if (macText !== undefined && !mac) return undefined;
  if (ip !== undefined && isIP(ip) !== 4) return undefined;
  if (fields.hotspot !== undefined && server !== undefined && server !== fields.hotspot) return undefined;
  return {
    ...(mac ? { mac } : {}),
    ...(ip === undefined ? {} : { ip }),
    // Where to is a courtesy.
    ...(url === undefined || url.length > URL_MOST ? {} : { url }),
    keyed: false,
  };
}
