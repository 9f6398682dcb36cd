import { BlockList, isIP } from 'node:net';

/**
 * Which addresses a webhook may be sent to. Whoever can add a webhook makes this machine send requests, and it stands
 * in networks that they may not reach themselves.
 */
export type AddressClass =
  /** Anybody on the internet could reach it. */
  | 'public'
  /** Of this house or this machine: only where an owner allowed it. */
  | 'private'
  /** Never: link-local, the metadata services of clouds, multicast, reserved. */
  | 'forbidden';

const listOf = (...networks: string[]): BlockList => {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    list.addSubnet(address, Number(prefix), isIP(address) === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
};

/** RFC 1918, RFC 6598 (carrier-grade NAT), loopback. */
const PRIVATE_4 = listOf('10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '127.0.0.0/8');
/** RFC 6890 and what came later; clouds answer for their secrets at 169.254.169.254, 100.100.100.200 and 192.0.0.192. */
const FORBIDDEN_4 = listOf(
  '0.0.0.0/8',
  '169.254.0.0/16',
  '100.100.100.200/32',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
);
/** Unique local (RFC 4193) and loopback. */
const PRIVATE_6 = listOf('fc00::/7', '::1/128');
const GLOBAL_6 = listOf('2000::/3');
/** Of the global ones: protocols and tunnels (Teredo, ORCHID, 6to4), documentation; and the metadata service of AWS. */
const FORBIDDEN_6 = listOf('2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20', 'fd00:ec2::254/128');

const class4 = (address: string): AddressClass => {
  if (FORBIDDEN_4.check(address)) return 'forbidden';
  return PRIVATE_4.check(address) ? 'private' : 'public';
};

/** The eight groups of an IPv6 address, however it is written. */
function groupsOf(address: string): number[] {
  // The parser of URLs writes an address that ends in dotted decimals in groups.
  const plain = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const [head = '', tail] = plain.split('::');
  const read = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
  const [first, last] = [read(head), read(tail ?? '')];
  return [...first, ...Array<number>(8 - first.length - last.length).fill(0), ...last];
}

/** The IPv4 address that an IPv6 one stands for: mapped (`::ffff:0:0/96`) or by NAT64 (`64:ff9b::/96`, RFC 6052). */
function embedded4(groups: readonly number[]): string | undefined {
  const is = (...prefix: number[]): boolean => prefix.every((group, i) => groups[i] === group);
  if (!is(0, 0, 0, 0, 0, 0xffff) && !is(0x64, 0xff9b, 0, 0, 0, 0)) return undefined;
  const [high = 0, low = 0] = groups.slice(6);
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/** What kind of address this is; whatever is none is forbidden. */
export function addressClass(text: string): AddressClass {
  const address = text.replace(/%.*$/, '');
  if (isIP(address) === 4) return class4(address);
  if (isIP(address) !== 6) return 'forbidden';
  const inner = embedded4(groupsOf(address));
  if (inner !== undefined) return class4(inner);
  if (FORBIDDEN_6.check(address, 'ipv6')) return 'forbidden';
  if (PRIVATE_6.check(address, 'ipv6')) return 'private';
  return GLOBAL_6.check(address, 'ipv6') ? 'public' : 'forbidden';
}

/** May a request go there? `allowPrivate`: an owner said that this webhook may reach the house's own network. */
export function mayReach(address: string, allowPrivate: boolean): boolean {
  const kind = addressClass(address);
  return kind === 'public' || (kind === 'private' && allowPrivate);
}
