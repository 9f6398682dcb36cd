import { type Static, Type } from 'typebox';
import { parseNetwork } from '../../domain/gateway.js';
import type { ClientMac, GatewayId } from '../../domain/id.js';
import { DriverError } from '../driver.js';

const INTERFACE = /^[A-Za-z0-9_.-]{1,15}$/;

// A zone (`fe80::1%eth0`) is an address to Node and a syntax error to nft.
const isNetwork = (text: string): boolean => !text.includes('%') && parseNetwork(text) !== undefined;

export const fields = Type.Object({
  interface: Type.String({
    pattern: INTERFACE.source,
    description:
      'Network interface on the guest side, as `ip link` names it (of a bridge the bridge itself): br-guests. Its networks are the default of guestNetworks.',
  }),
  allow: Type.Array(
    Type.Refine(Type.String(), isNetwork, () => 'is not an address or network (192.0.2.10, 2001:db8::/64)'),
    {
      default: [],
      description:
        'Addresses or networks that guests may reach before they type a PIN: 192.0.2.10, 198.51.100.0/24, 2001:db8::/64.',
    },
  ),
});

export type NftablesFields = Static<typeof fields>;

/** The only table that is ours; the gateways of one machine share it. */
export const TABLE = 'inet foyer';

export interface Names {
  allowed: string;
  hijack: string;
  guests: string;
}

/** A gateway's own set and chains. Ids have no underscore, so two gateways never share a name. */
export function namesOf(gateway: GatewayId): Names {
  const suffix = gateway.replaceAll('-', '_');
  return { allowed: `allowed_${suffix}`, hijack: `hijack_${suffix}`, guests: `guests_${suffix}` };
}

export interface Shape {
  gateway: GatewayId;
  fields: NftablesFields;
  guestPort: number;
}

/**
 * The ruleset of one gateway as `nft -f` reads it. Loading it again replaces the rules in one transaction and leaves the
 * set's elements, so that clients stay online over a restart of the portal.
 */
export function shapeText({ gateway, fields: { interface: device, allow }, guestPort }: Shape): string {
  if (!INTERFACE.test(device) || !allow.every(isNetwork)) {
    throw new DriverError('misconfigured', 'The fields interface and allow of this gateway cannot be used.');
  }
  const { allowed, hijack, guests } = namesOf(gateway);
  const open = allow.map((text) => `${parseNetwork(text)?.family === 'ipv6' ? 'ip6' : 'ip'} daddr ${text}`);
  const rule = (chain: string) => (text: string) => `add rule ${TABLE} ${chain} ${text}`;
  return [
    `add table ${TABLE}`,
    `add set ${TABLE} ${allowed} { type ether_addr; flags timeout; size 65535; }`,
    `add chain ${TABLE} ${hijack} { type nat hook prerouting priority dstnat - 5; policy accept; }`,
    `add chain ${TABLE} ${guests} { type filter hook forward priority filter - 5; policy accept; }`,
    `flush chain ${TABLE} ${hijack}`,
    `flush chain ${TABLE} ${guests}`,
    ...[
      `iifname != "${device}" return`,
      'fib daddr type local return',
      `ether saddr @${allowed} return`,
      ...open.map((to) => `${to} return`),
      `tcp dport 80 redirect to :${guestPort}`,
    ].map(rule(hijack)),
    // The set is asked for every packet, before any look at the connection's state: a revoked client's next packet is refused.
    ...[
      `iifname "${device}" ether saddr @${allowed} accept`,
      ...open.map((to) => `iifname "${device}" ${to} accept`),
      `iifname "${device}" meta l4proto tcp reject with tcp reset`,
      `iifname "${device}" reject with icmpx type admin-prohibited`,
      // After a revoke its flows are forgotten, and then answers to them are no answers any more.
      `oifname "${device}" ct state established,related accept`,
      `oifname "${device}" drop`,
    ].map(rule(guests)),
    '',
  ].join('\n');
}

/** One client's order: pass for so many seconds, or not at all (undefined). */
export interface Order {
  mac: ClientMac;
  seconds: number | undefined;
}

const timed = ({ mac, seconds = 1 }: Order): string => `${mac} timeout ${Math.max(1, Math.ceil(seconds))}s`;

const element = (verb: string, { allowed }: Names, list: readonly string[]): string =>
  list.length === 0 ? '' : `${verb} element ${TABLE} ${allowed} { ${list.join(', ')} }\n`;

/**
 * One transaction for `nft -f`. Add, delete, add sets the time of an element that may be there already: kernels before 6.12
 * leave the old timeout when an element is added again, and nft 1.0 has no `destroy`.
 */
export const ordersText = (names: Names, orders: readonly Order[]): string =>
  element(
    'add',
    names,
    orders.map(({ mac }) => timed({ mac, seconds: 1 })),
  ) +
  element(
    'delete',
    names,
    orders.map(({ mac }) => mac),
  ) +
  elementsText(
    names,
    orders.filter(({ seconds }) => seconds !== undefined),
  );

/** Puts clients into a set that has none of them. */
export const elementsText = (names: Names, orders: readonly Order[]): string =>
  element('add', names, orders.map(timed));

/** Takes away what stands in the way of `shapeText`: objects of ours with another type, hook or priority. */
export function clearText(names: Names, found: ReadonlySet<string>): string {
  const chains = [names.hijack, names.guests].filter((name) => found.has(name));
  return [
    ...chains.map((name) => `flush chain ${TABLE} ${name}`),
    ...chains.map((name) => `delete chain ${TABLE} ${name}`),
    ...(found.has(names.allowed) ? [`delete set ${TABLE} ${names.allowed}`] : []),
    '',
  ].join('\n');
}
