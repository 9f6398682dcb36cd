import { BlockList, isIP } from 'node:net';
import type { ClientMac, GatewayId, SiteId } from './id.js';

/**
 * `verify`: a client must be proven by its source address and the gateway's client table.
 * `redirect`: the redirect's word is taken; a MAC can be forged.
 */
export type Trust = 'verify' | 'redirect';

/** One configured router or controller. */
export interface Gateway {
  id: GatewayId;
  site: SiteId;
  kind: string;
  /** Fields of its kind, secrets in the clear. */
  fields: Record<string, unknown>;
  /** CIDRs in which its guests have their addresses; empty: what the gateway itself knows. */
  guestNetworks: string[];
  trust: Trust;
  /** Another with every change of its configuration, never the same again. */
  version: number;
}

/** An access point as its gateway knows it; the name is the one that people gave it there, where they did. */
export interface AccessPoint {
  mac: ClientMac;
  name?: string;
}

/** What the worker last learnt of a gateway. */
export interface GatewayHealth {
  ok: boolean;
  problems: string[];
  guestNetworks: string[];
  /** Its access points, where it says which. */
  accessPoints?: AccessPoint[];
  /** Epoch milliseconds. */
  checkedAt: number;
}

/** An address as sockets report it, without the IPv4-in-IPv6 form and without a zone. */
export function plainAddress(address: string): string {
  const bare = address.replace(/%.*$/, '');
  return /^::ffff:\d+\.\d+\.\d+\.\d+$/i.test(bare) ? bare.slice(7) : bare;
}

/** Splits `10.0.0.0/24` or a single address; undefined where it is neither. */
export function parseNetwork(
  text: string,
): { address: string; prefix: number; family: 'ipv4' | 'ipv6' } | undefined {
  const [address = '', length, ...more] = text.split('/');
  const version = isIP(address);
  if (version === 0 || more.length > 0 || (length !== undefined && !/^\d{1,3}$/.test(length)))
    return undefined;
  const most = version === 4 ? 32 : 128;
  const prefix = length === undefined ? most : Number(length);
  return prefix > most ? undefined : { address, prefix, family: version === 4 ? 'ipv4' : 'ipv6' };
}

/** A test whether an address lies in one of these networks. Malformed networks hold nothing. */
export function networksHold(networks: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const text of networks) {
    const network = parseNetwork(text);
    if (network) list.addSubnet(network.address, network.prefix, network.family);
  }
  return (address) => {
    const plain = plainAddress(address);
    const version = isIP(plain);
    return version !== 0 && list.check(plain, version === 4 ? 'ipv4' : 'ipv6');
  };
}
