import { isIP } from 'node:net';
import { networksHold } from '../../domain/gateway.js';
import type { ClientMac } from '../../domain/id.js';
import { type DriverContext, DriverError } from '../driver.js';
import { faultOf, type Run } from './run.js';

/** Addresses remembered at most; the one unseen for longest goes first. */
const REMEMBERED = 65_536;

/**
 * TCP is not among them: a revoked client's connection ends by the reset that its next packet meets, and once the
 * connection were forgotten no packet of the other side would reach the client and call for that packet.
 */
const CUT = ['udp', 'sctp', 'gre'];

const BATCH_AGAIN_MS = 60_000;

/** The direction in which a flow began, as conntrack lists it. */
const FLOW = /^(\w+) .*?\bsrc=(\S+) dst=(\S+)/gm;

const family = (ip: string): string => (isIP(ip) === 6 ? 'ipv6' : 'ipv4');

/**
 * What the kernel remembers of clients' connections. conntrack is told everything in one process where it can
 * (`--load-file`, since 1.4.6), else by one for each line.
 */
export function createFlows(run: Run, log: DriverContext<unknown>['log']) {
  // An address has one owner, the last that was seen with it: another's flows must not be cut.
  const owners = new Map<string, ClientMac>();
  /** Not every conntrack takes a batch, and why one failed is not told: it is tried again after a while. */
  let perLineUntil = 0;
  let warned = false;

  function note(ip: string, mac: ClientMac): void {
    owners.delete(ip);
    owners.set(ip, mac);
    const [oldest] = owners.size > REMEMBERED ? owners.keys() : [];
    if (oldest !== undefined) owners.delete(oldest);
  }

  const addressesOf = (macs: ReadonlySet<ClientMac>): string[] =>
    [...owners].filter(([, owner]) => macs.has(owner)).map(([ip]) => ip);

  const linesToCut = (macs: ReadonlySet<ClientMac>): string[][] => {
    const ips = addressesOf(macs);
    return CUT.flatMap((protocol) => ips.map((ip) => ['-D', '-f', family(ip), '-s', ip, '-p', protocol]));
  };

  async function forget(lines: readonly string[][]): Promise<void> {
    if (lines.length === 0) return;
    if (performance.now() >= perLineUntil) {
      const text = lines.map((line) => `${line.join(' ')}\n`).join('');
      const { code } = await run('conntrack', ['-R', '-'], text);
      if (code === 0) return;
      perLineUntil = performance.now() + BATCH_AGAIN_MS;
    }
    for (const line of lines) {
      const result = await run('conntrack', line);
      if (result.code !== 0 && !/\b0 flow entries/.test(result.stderr)) throw faultOf('conntrack', result);
    }
  }

  /** Clients that have a flow of those that `CUT` names to somewhere outside `inside`: names and leases come from this machine itself. */
  async function withFlows(inside: (ip: string) => boolean): Promise<ReadonlySet<ClientMac>> {
    const found = new Set<ClientMac>();
    for (const name of ['ipv4', 'ipv6']) {
      const result = await run('conntrack', ['-L', '-f', name]);
      if (result.code !== 0) throw faultOf('conntrack', result);
      for (const [, protocol = '', from = '', to = ''] of result.stdout.matchAll(FLOW)) {
        const owner = CUT.includes(protocol) ? owners.get(from) : undefined;
        if (owner && !inside(to)) found.add(owner);
      }
    }
    return found;
  }

  /** The set decides who passes; where flows cannot be forgotten that is a problem of the gateway, not a failed order. */
  async function attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      warned = false;
    } catch (error) {
      if (!(error instanceof DriverError)) throw error;
      if (!warned) log.warn({ err: error.message }, 'flows cannot be forgotten');
      warned = true;
    }
  }

  return {
    note,

    /** Connections that began before the client was admitted still lead to the portal: those, and only those. */
    forgetHijacked: (macs: ReadonlySet<ClientMac>): Promise<void> =>
      attempt(() =>
        forget(
          addressesOf(macs).map((ip) => [
            ...['-D', '-f', family(ip), '-s', ip],
            ...['-p', 'tcp', '--dport', '80', '--dst-nat'],
          ]),
        ),
      ),

    /** The other side could go on sending into a flow that needs no answer. */
    cut: (macs: ReadonlySet<ClientMac>): Promise<void> => attempt(() => forget(linesToCut(macs))),

    /** The same for everyone who does not pass. One look at all flows, since few of these clients have any. */
    cutOthers: (passing: ReadonlySet<ClientMac>, guestNetworks: readonly string[]): Promise<void> =>
      attempt(async () => {
        const others = [...(await withFlows(networksHold(guestNetworks)))].filter((mac) => !passing.has(mac));
        await forget(linesToCut(new Set(others)));
      }),
  };
}

export type Flows = ReturnType<typeof createFlows>;
