import { isIP } from 'node:net';
import { parseMac } from '../../domain/mac.js';
import type { RedirectClaim } from '../driver.js';

/**
 * The redirect of a hotspot (WISPr) WLAN. `client_mac` and `uip` are what the controller calls this client from now on, byte
 * by byte: encrypted (`ENC…`) unless that is switched off. That proves nothing: tokens of two controllers, as published,
 * differ in a few bits only, so that the key is nobody's own, and a token can be used again. `nbiIP` and `sip` come from whoever wrote the link and are not read.
 */

const SEALED = /^ENC[0-9A-Fa-f]{16,128}$/;
const WANTED_MOST = 2000;

export const isSealed = (text: string): boolean => SEALED.test(text);

/** How a client is called: its MAC and address as the controller wrote them. */
export interface Way {
  mac: string;
  ip?: string;
}

const isMac = (text: string): boolean => isSealed(text) || parseMac(text) !== undefined;
const isAddress = (text: string): boolean => isSealed(text) || isIP(text) !== 0;

/** A claim's `via` is `<client_mac> <uip>`, the latter perhaps empty. */
export function parseVia(via: string | undefined): Way | undefined {
  const [mac = '', ip = '', ...more] = (via ?? '').split(' ');
  if (!isMac(mac) || more.length > 0 || (ip !== '' && !isAddress(ip))) return undefined;
  return { mac, ...(ip === '' ? {} : { ip }) };
}

export function parseRedirect(query: Readonly<Record<string, string>>): RedirectClaim | undefined {
  const { client_mac = '', uip = '', mac: apMac = '', ssid, url } = query;
  const via = `${client_mac} ${uip}`;
  if (!parseVia(via)) return undefined;
  const mac = parseMac(client_mac);
  const ap = parseMac(apMac);
  return {
    ...(mac ? { mac } : {}),
    ...(isIP(uip) ? { ip: uip } : {}),
    ...(ap ? { ap } : {}),
    ...(ssid && ssid.length <= 64 ? { ssid } : {}),
    ...(url && url.length <= WANTED_MOST ? { url } : {}),
    via,
    keyed: false,
  };
}
