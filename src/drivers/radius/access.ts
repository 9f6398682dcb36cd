import type { ClientMac, GatewayId } from '../../domain/id.js';
import type { RadiusAttribute, RadiusNas } from '../driver.js';
import {
  first,
  integerIn,
  ipv4In,
  ipv6In,
  macOf,
  TYPE,
  textIn,
  textOf,
  VENDOR,
  vendorIn,
} from './attributes.js';
import { chapMatches, type Packet, revealPassword } from './codec.js';

/** What a router wants to know about one client. */
export interface AccessQuestion {
  gateway: GatewayId;
  /** Source address. */
  nas: string;
  username: string;
  /** Calling-Station-Id as a MAC; undefined where it holds none. */
  mac?: ClientMac;
  /** User-Name is the client's own MAC, and so is the password, or there is none worth the name: MAC authentication. */
  byMac: boolean;
  /** Is this the password that was sent (PAP, CHAP)? Never by MS-CHAP and EAP, which are not spoken. */
  verify(password: string): boolean;
  ip?: string;
  ssid?: string;
  ap?: string;
}

/** The router's answer: in, for so many whole seconds, or not. */
export type Verdict =
  | { accept: true; sessionSeconds: number; attributes: RadiusAttribute[] }
  | { accept: false; message?: string };

const CALL_CHECK = 10;
const MS_CHAP = [1, 25];

/** How the password was sent; what is not spoken here is named for the router's admin. */
export function methodOf({ attributes }: Packet): 'PAP' | 'CHAP' | 'MS-CHAP' | 'EAP' | 'none' {
  if (first(attributes, TYPE.eapMessage)) return 'EAP';
  if (first(attributes, TYPE.chapPassword)) return 'CHAP';
  if (MS_CHAP.some((type) => vendorIn(attributes, VENDOR.microsoft, type))) return 'MS-CHAP';
  return first(attributes, TYPE.userPassword) ? 'PAP' : 'none';
}

function verifier(packet: Packet, secret: string): (password: string) => boolean {
  const { attributes, authenticator } = packet;
  const method = methodOf(packet);
  if (method === 'CHAP') {
    const value = first(attributes, TYPE.chapPassword) as Buffer;
    const challenge = first(attributes, TYPE.chapChallenge) ?? authenticator;
    return (password) => chapMatches(value, password, challenge);
  }
  if (method === 'PAP') {
    const plain = revealPassword(first(attributes, TYPE.userPassword) as Buffer, authenticator, secret);
    return (password) => plain?.equals(Buffer.from(password)) ?? false;
  }
  return () => false;
}

/** A MAC in every form in which a router gives it as a password. */
function formsOf(mac: ClientMac): string[] {
  const hex = mac.replaceAll(':', '');
  const forms = [
    mac,
    mac.replaceAll(':', '-'),
    hex,
    hex.replace(/.{4}(?!$)/g, '$&.'),
    hex.replace(/.{6}(?!$)/, '$&-'),
  ];
  return forms.flatMap((form) => [form, form.toUpperCase()]);
}

/**
 * Whoever types a MAC into a login page of the router sends no more than what the router itself would: the address that it
 * sees (Calling-Station-Id) has to be the same. As passwords count the MAC, an empty one, and the shared secret (Cisco WLC).
 */
function isByMac(packet: Packet, secret: string, username: string, mac: ClientMac | undefined): boolean {
  if (!mac || macOf(username) !== mac) return false;
  const method = methodOf(packet);
  if (method === 'none' || integerIn(packet.attributes, TYPE.serviceType) === CALL_CHECK)
    return method !== 'EAP';
  const verify = verifier(packet, secret);
  return [username, '', secret, ...formsOf(mac)].some(verify);
}

/** Called-Station-Id: the access point's MAC, and the SSID after a colon (RFC 3580, 3.20). */
function stationOf(called: string | undefined): { ap?: string; ssid?: string } {
  const [, written, ssid] = /^((?:[0-9a-f]{2}[-:.]?){5}[0-9a-f]{2})(?::(.+))?$/i.exec(called ?? '') ?? [];
  const ap = macOf(written);
  return { ...(ap === undefined ? {} : { ap }), ...(ssid === undefined ? {} : { ssid }) };
}

const SSIDS = [
  [VENDOR.aruba, 5],
  [VENDOR.ruckus, 3],
] as const;

export function questionOf(
  packet: Packet,
  { gateway, nas }: { gateway: GatewayId; nas: RadiusNas },
  source: string,
): AccessQuestion {
  const { attributes } = packet;
  const username = textIn(attributes, TYPE.userName) ?? '';
  const mac = macOf(textIn(attributes, TYPE.callingStation));
  const ip = ipv4In(attributes, TYPE.framedIp) ?? ipv6In(attributes, TYPE.framedIpv6);
  const [named] = SSIDS.flatMap(([id, type]) => textOf(vendorIn(attributes, id, type)) ?? []);
  return {
    gateway,
    nas: source,
    username,
    byMac: isByMac(packet, nas.secret, username, mac),
    verify: verifier(packet, nas.secret),
    ...(mac === undefined ? {} : { mac }),
    ...(ip === undefined ? {} : { ip }),
    ...(named === undefined ? {} : { ssid: named }),
    ...stationOf(textIn(attributes, TYPE.calledStation)),
  };
}
