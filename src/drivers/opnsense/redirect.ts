import { isIP } from 'node:net';
import { parseMac } from '../../domain/mac.js';
import type { RedirectClaim } from '../driver.js';
import type { OpnsenseFields } from './fields.js';

/** Longer than an address of a page that anybody wants to go back to. */
export const URL_MOST = 1000;

/** OPNsense names the page that was asked for without its scheme. */
function pageOf(redirurl: string | undefined): string | undefined {
  if (!redirurl || redirurl.length > URL_MOST || !/^[\x21-\x7e]+$/.test(redirurl)) return undefined;
  if (!URL.canParse(`http://${redirurl}`)) return undefined;
  const { href, username, password } = new URL(`http://${redirurl}`);
  return username === '' && password === '' ? href : undefined;
}

/** All of it is a claim: the template is a page that the client runs. Who it is is known by its source address. */
export function parseRedirect(
  { zone, ip, mac: macText, redirurl }: Readonly<Record<string, string>>,
  fields: OpnsenseFields,
): RedirectClaim | undefined {
  if (zone !== String(fields.zone)) return undefined;
  const mac = macText === undefined ? undefined : parseMac(macText);
  if (macText !== undefined && !mac) return undefined;
  if (ip !== undefined && isIP(ip) === 0) return undefined;
  const url = pageOf(redirurl);
  return {
    ...(mac ? { mac } : {}),
    ...(ip === undefined ? {} : { ip, via: ip }),
    ...(url === undefined ? {} : { url }),
    keyed: false,
  };
}
