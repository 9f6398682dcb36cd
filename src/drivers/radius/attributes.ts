import { isIP } from 'node:net';
import type { ClientMac } from '../../domain/id.js';
import { parseMac } from '../../domain/mac.js';
import type { Limits, RadiusAttribute } from '../driver.js';

/** Attributes by number (RFC 2865, 2866, 2869, 3162, 5176), and how their values are read and written. */
export const TYPE = {
  userName: 1,
  userPassword: 2,
  chapPassword: 3,
  nasIp: 4,
  serviceType: 6,
  framedIp: 8,
  replyMessage: 18,
  class: 25,
  vendor: 26,
  sessionTimeout: 27,
  idleTimeout: 28,
  terminationAction: 29,
  calledStation: 30,
  callingStation: 31,
  nasIdentifier: 32,
  proxyState: 33,
  statusType: 40,
  inputOctets: 42,
  outputOctets: 43,
  sessionId: 44,
  sessionTime: 46,
  terminateCause: 49,
  inputGigawords: 52,
  outputGigawords: 53,
  eventTimestamp: 55,
  chapChallenge: 60,
  eapMessage: 79,
  messageAuthenticator: 80,
  interimInterval: 85,
  errorCause: 101,
  framedIpv6: 168,
} as const;

export const VENDOR = {
  cisco: 9,
  microsoft: 311,
  pfsense: 13_644,
  wispr: 14_122,
  airespace: 14_179,
  chilli: 14_559,
  aruba: 14_823,
  mikrotik: 14_988,
  ruckus: 25_053,
} as const;

/** What one attribute holds at most (RFC 2865, 5). */
export const VALUE_MOST = 253;
const UINT32 = 0x1_0000_0000;

/** Cut where it is too long, never within a character. */
export function text(type: number, value: string): RadiusAttribute {
  let bytes = Buffer.from(value);
  for (let end = value.length; bytes.length > VALUE_MOST; end--) bytes = Buffer.from(value.slice(0, end));
  return { type, value: bytes };
}

/** An unsigned number of 32 bits; a larger one is the largest. */
export function integer(type: number, value: number): RadiusAttribute {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(Math.min(Math.max(0, Math.ceil(value)), UINT32 - 1));
  return { type, value: bytes };
}

export function ipv4(type: number, address: string): RadiusAttribute[] {
  return isIP(address) === 4 ? [{ type, value: Buffer.from(address.split('.').map(Number)) }] : [];
}

export function vendor(id: number, { type, value }: RadiusAttribute): RadiusAttribute {
  const head = Buffer.alloc(6);
  head.writeUInt32BE(id);
  head.writeUInt8(type, 4);
  head.writeUInt8(value.length + 2, 5);
  return { type: TYPE.vendor, value: Buffer.concat([head, value]) };
}

type Attributes = readonly RadiusAttribute[];

export const first = (attributes: Attributes, type: number): Buffer | undefined =>
  attributes.find((attribute) => attribute.type === type)?.value;

export function integerIn(attributes: Attributes, type: number): number | undefined {
  const value = first(attributes, type);
  return value?.length === 4 ? value.readUInt32BE() : undefined;
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** Undefined for what is no text: not UTF-8, or with control characters. Some routers end theirs with a zero. */
export function textOf(value: Buffer | undefined): string | undefined {
  if (!value) return undefined;
  try {
    const found = UTF8.decode(value).replace(/\0+$/, '');
    return /\p{Cc}/u.test(found) ? undefined : found;
  } catch {
    return undefined;
  }
}

export const textIn = (attributes: Attributes, type: number): string | undefined =>
  textOf(first(attributes, type));

/** An address that a host can have; RFC 2865 has two that stand for none. */
export function ipv4In(attributes: Attributes, type: number): string | undefined {
  const value = first(attributes, type);
  if (value?.length !== 4) return undefined;
  const address = value.join('.');
  return address === '0.0.0.0' || value.readUInt32BE() >= 0xffff_fffe ? undefined : address;
}

export function ipv6In(attributes: Attributes, type: number): string | undefined {
  const value = first(attributes, type);
  if (value?.length !== 16 || value.every((byte) => byte === 0)) return undefined;
  const words = Array.from({ length: 8 }, (_, n) => value.readUInt16BE(2 * n).toString(16));
  return new URL(`http://[${words.join(':')}]`).hostname.slice(1, -1);
}

/** Of a vendor's attribute, wherever it stands among several of that vendor. */
export function vendorIn(attributes: Attributes, id: number, type: number): Buffer | undefined {
  for (const attribute of attributes) {
    const { value } = attribute;
    if (attribute.type !== TYPE.vendor || value.length < 6 || value.readUInt32BE() !== id) continue;
    for (let at = 4; at + 2 <= value.length; ) {
      const length = value.readUInt8(at + 1);
      if (length < 2 || at + length > value.length) break;
      if (value.readUInt8(at) === type) return value.subarray(at + 2, at + length);
      at += length;
    }
  }
  return undefined;
}

/** A MAC as Calling-Station-Id or User-Name have it: also in HP's form `aabbcc-ddeeff`. */
export function macOf(written: string | undefined): ClientMac | undefined {
  if (written === undefined || written.length > 24) return undefined;
  return parseMac(written) ?? parseMac(written.replace(/[-:. ]/g, ''));
}

/** Whole kilobits as the vendors count them. */
const bits = (kbps: number): number => kbps * 1000;
const OCTETS_OF_MB = 1_000_000;

type Write = (limits: Limits) => RadiusAttribute[];

const each = (value: number | undefined, write: (value: number) => RadiusAttribute[]): RadiusAttribute[] =>
  value === undefined ? [] : write(value);

/** A total of octets in two numbers of 32 bits. */
const octets = (id: number, low: number, high: number, megabytes: number): RadiusAttribute[] => {
  const total = megabytes * OCTETS_OF_MB;
  return [vendor(id, integer(low, total % UINT32)), vendor(id, integer(high, Math.floor(total / UINT32)))];
};

/** WISPr, which most know: bit/s. It has no volume. */
export const wisprLimits: Write = ({ upKbps, downKbps }) => [
  ...each(upKbps, (kbps) => [vendor(VENDOR.wispr, integer(7, bits(kbps)))]),
  ...each(downKbps, (kbps) => [vendor(VENDOR.wispr, integer(8, bits(kbps)))]),
];

/** CoovaChilli: kbit/s, and a total of octets. */
export const chilliLimits: Write = ({ upKbps, downKbps, quotaMB }) => [
  ...each(upKbps, (kbps) => [vendor(VENDOR.chilli, integer(4, kbps))]),
  ...each(downKbps, (kbps) => [vendor(VENDOR.chilli, integer(5, kbps))]),
  ...each(quotaMB, (megabytes) => octets(VENDOR.chilli, 3, 23, megabytes)),
];

/** RouterOS: one text `rx/tx` as the router sees it, so that the visitor's upload comes first; 0 is no limit. */
export const mikrotikLimits: Write = ({ upKbps, downKbps, quotaMB }) => [
  ...(upKbps === undefined && downKbps === undefined
    ? []
    : [vendor(VENDOR.mikrotik, text(8, `${rate(upKbps)}/${rate(downKbps)}`))]),
  ...each(quotaMB, (megabytes) => octets(VENDOR.mikrotik, 17, 18, megabytes)),
];

const rate = (kbps: number | undefined): string => (kbps === undefined ? '0' : `${kbps}k`);

/** Cisco WLC (Airespace): kbit/s, down 7 and up 13. */
export const airespaceLimits: Write = ({ upKbps, downKbps }) => [
  ...each(downKbps, (kbps) => [vendor(VENDOR.airespace, integer(7, kbps))]),
  ...each(upKbps, (kbps) => [vendor(VENDOR.airespace, integer(13, kbps))]),
];

/** pfSense: rates by WISPr, and a total of octets of its own that holds up to 4.2 GB; more is left out. */
export const pfsenseLimits: Write = (limits) => [
  ...wisprLimits(limits),
  ...each(limits.quotaMB, (megabytes) =>
    megabytes * OCTETS_OF_MB < UINT32 ? [vendor(VENDOR.pfsense, integer(3, megabytes * OCTETS_OF_MB))] : [],
  ),
];

/** How often a router is to say what its sessions do. Meraki takes nothing below 300. */
export const INTERIM_SECONDS = 300;

/** `again`: at the end of Session-Timeout the router asks once more, in place of ending. */
export const acceptAttributes = ({ again }: { again: boolean }): RadiusAttribute[] => [
  integer(TYPE.terminationAction, again ? 1 : 0),
  integer(TYPE.interimInterval, INTERIM_SECONDS),
];
