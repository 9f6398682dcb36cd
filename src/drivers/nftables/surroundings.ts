import { isIP } from 'node:net';
import type { DriverError } from '../driver.js';
import { type Run, readJson } from './run.js';

export interface Surroundings {
  /** Without the interface there are no guests. */
  present: boolean;
  problems: string[];
  guestNetworks: string[];
}

interface Address {
  family?: unknown;
  local?: unknown;
  prefixlen?: unknown;
  scope?: unknown;
}

interface Link {
  ifname?: unknown;
  master?: unknown;
  flags?: unknown;
  addr_info?: Address[];
}

interface Forwarding {
  family?: unknown;
  interface?: unknown;
  forwarding?: unknown;
}

const rowsOf = <T>(answer: unknown): T[] => (Array.isArray(answer) ? (answer as T[]) : []);

function groupsOf(address: string): number[] {
  const [head = '', tail] = address.split('::');
  const parse = (text: string) => (text ? text.split(':').map((group) => Number.parseInt(group, 16)) : []);
  const [before, after] = [parse(head), parse(tail ?? '')];
  return tail === undefined
    ? before
    : [...before, ...Array(8 - before.length - after.length).fill(0), ...after];
}

/** `10.77.0.1`, 24 -> `10.77.0.0/24`; IPv6 likewise. */
export function networkOf(address: string, prefix: number): string {
  const v6 = isIP(address) === 6;
  const width = v6 ? 16 : 8;
  const units = v6 ? groupsOf(address) : address.split('.').map(Number);
  const masked = units.map((unit, index) => {
    const kept = Math.max(0, Math.min(width, prefix - index * width));
    return unit & ~(2 ** (width - kept) - 1);
  });
  if (!v6) return `${masked.join('.')}/${prefix}`;
  const text = masked.map((group) => group.toString(16)).join(':');
  return `${text.replace(/(?:^|:)0(?::0)+$/, '::')}/${prefix}`;
}

/** Where one interface's guests have their addresses, as `address/prefix` of the router itself; undefined: no such interface. */
export async function linkOf(run: Run, device: string) {
  const [link] = rowsOf<Link>(await readJson(run, 'ip', ['-j', 'addr', 'show', 'dev', device]));
  if (!link) return undefined;
  const addresses = (link.addr_info ?? []).flatMap(({ local, prefixlen, scope }) =>
    typeof local === 'string' && typeof prefixlen === 'number' && scope === 'global'
      ? [{ local, prefixlen }]
      : [],
  );
  const up = Array.isArray(link.flags) && link.flags.includes('UP');
  return { addresses, up, master: typeof link.master === 'string' ? link.master : undefined };
}

/** Devices whose packets a flowtable takes past every chain. */
async function offloaded(run: Run): Promise<{ name: string; devices: string[] }[]> {
  const listing = (await readJson(run, 'nft', ['-j', 'list', 'flowtables'])) as
    | { nftables?: unknown }
    | undefined;
  return rowsOf<{ flowtable?: { name?: unknown; table?: unknown; dev?: unknown } }>(
    listing?.nftables,
  ).flatMap(({ flowtable }) =>
    flowtable
      ? [{ name: `${flowtable.table} ${flowtable.name}`, devices: [flowtable.dev ?? []].flat().map(String) }]
      : [],
  );
}

const portOf = (device: string, master: string): string =>
  `${device} is a port of ${master}, where guests' packets are seen: set the field interface to ${master}.`;
const noSuch = (device: string): string =>
  `There is no interface ${device} on this machine. \`ip link\` lists those there are; set the field interface.`;

/** Why rules for this interface must not be loaded; undefined where they may. `replaces`: they would open another one. */
export async function whyNot(run: Run, device: string, replaces: boolean): Promise<string | undefined> {
  const routes = await Promise.all(
    ['-4', '-6'].map(async (family) =>
      rowsOf<{ dev?: unknown }>(await readJson(run, 'ip', ['-j', family, 'route', 'show', 'default'])),
    ),
  );
  if (device === 'lo' || routes.flat().some(({ dev }) => dev === device))
    return `Interface ${device} is this machine's own way, not the guests': set the field interface to the guest side.`;
  if (!replaces) return undefined;
  const link = await linkOf(run, device);
  const wrong = link ? link.master && portOf(device, link.master) : noSuch(device);
  return wrong ? `${wrong} Until then the rules for the former interface stay.` : undefined;
}

/** What around our table would keep guests from the network, or let them past us. */
export async function look(run: Run, device: string): Promise<Surroundings> {
  const link = await linkOf(run, device);
  if (!link) {
    return { present: false, problems: [noSuch(device)], guestNetworks: [] };
  }
  const problems: string[] = [];
  const say = (wrong: boolean, text: string) => {
    if (wrong) problems.push(text);
  };
  const { addresses, master, up } = link;
  const hasV6 = addresses.some(({ local }) => isIP(local) === 6);
  const states = rowsOf<Forwarding>(await readJson(run, 'ip', ['-j', 'netconf', 'show']));
  const off = (family: string, name: string) =>
    states.some((row) => row.family === family && row.interface === name && row.forwarding === false);

  if (master !== undefined) problems.push(portOf(device, master));
  say(!up, `Interface ${device} is down: \`ip link set ${device} up\`.`);
  say(
    addresses.length === 0,
    `Interface ${device} has no address, so guests cannot reach the portal: give it one.`,
  );
  say(
    off('inet', device),
    `This machine does not forward IPv4 from ${device}: \`sysctl -w net.ipv4.ip_forward=1\`, and in /etc/sysctl.d to keep it.`,
  );
  say(
    hasV6 && off('inet6', 'all'),
    'This machine does not forward IPv6: `sysctl -w net.ipv6.conf.all.forwarding=1`, and in /etc/sysctl.d to keep it.',
  );

  const ports = rowsOf<Link>(await readJson(run, 'ip', ['-j', 'link', 'show', 'master', device]));
  const guestSide = new Set([device, ...ports.map(({ ifname }) => String(ifname))]);
  for (const { name, devices } of await offloaded(run)) {
    say(
      devices.some((one) => guestSide.has(one)),
      `Flowtable ${name} takes packets of ${device} past all rules, so that a revoked client's connections go on: leave the interface out of it.`,
    );
  }
  const tracker = await run('conntrack', ['--version']).catch((error: DriverError) => error);
  say(
    tracker instanceof Error,
    `${(tracker as Error).message} Without it a revoked client's UDP flows go on.`,
  );

  const guestNetworks = [...new Set(addresses.map(({ local, prefixlen }) => networkOf(local, prefixlen)))];
  return { present: master === undefined, problems, guestNetworks };
}
