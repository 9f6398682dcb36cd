import type { ClientMac } from './id.js';

/**
 * Reads a hardware address in the forms that routers send: `02:00:..`, `02-00-..`, `0200.0000.0010`, `020000000010`.
 * Undefined for anything else, and for addresses that no client can have (all zeros, multicast, broadcast).
 */
export function parseMac(text: string): ClientMac | undefined {
  if (text.length > 17) return undefined;
  const form =
    /^(?:[0-9a-f]{2}([:-]))(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}$|^[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}$|^[0-9a-f]{12}$/i;
  if (!form.test(text)) return undefined;
  const hex = text.toLowerCase().replace(/[^0-9a-f]/g, '');
  if (hex === '000000000000' || Number.parseInt(hex.slice(0, 2), 16) & 1) return undefined;
  return hex.replace(/..(?!$)/g, '$&:') as ClientMac;
}

/** True for a locally administered address: phones make these up per network (IEEE 802, bit 0x02 of the first octet). */
export const isPrivateMac = (mac: ClientMac): boolean => (Number.parseInt(mac.slice(0, 2), 16) & 2) !== 0;
