import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Run, runHere } from '../../src/drivers/nftables/run.js';
import {
  call,
  type Done,
  ip,
  must,
  removeNamespace,
  removeResolvers,
  resolver,
  sweep,
  udhcpc,
} from './namespaces.js';

/**
 * A network on one machine, each host in a network namespace: clients, the router, a small internet behind it.
 * Clients get their IPv4 address by real DHCP from dnsmasq; IPv6 addresses are set, so that nothing waits for them.
 */

/** Why labs cannot run here, for a test's `skip`; false where they can. */
export const noLab: string | false =
  process.env.FOYER_LAB === 'skip'
    ? (process.env.FOYER_LAB_REASON ?? 'FOYER_LAB is skip')
    : process.getuid?.() === 0
      ? false
      : 'network namespaces need root';

export const GUEST_DEVICE = 'br-guests';
export const ROUTER_IP = '10.77.0.1';
export const ROUTER_IP6 = 'fd00:77::1';
export const INET_IP = '203.0.113.10';
export const INET_IP6 = 'fd00:203::10';
export const GUEST_NETWORKS = ['10.77.0.0/24', 'fd00:77::/64'];

/** The router's own address translation, which a flush of the ruleset takes too. */
export const MASQUERADE = `table ip lab {
  chain out { type nat hook postrouting priority srcnat; oifname "wan0" masquerade; }
}
`;

const WAN_IP = '203.0.113.2';
export const WAN_IP6 = 'fd00:203::2';
const here = import.meta.dirname;

/** A program that runs in the lab, with all that it printed so far. */
export interface Running {
  child: ChildProcess;
  output: () => string;
  /** Resolves when the output holds the text; throws after `ms`. */
  says(text: string, ms?: number): Promise<void>;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

export interface LabClient {
  /** Name of its namespace. */
  ns: string;
  mac: string;
  ip: string;
  ip6: string;
}

export interface Lab {
  clients: [LabClient, ...LabClient[]];
  router: string;
  inet: string;
  /** Files of this lab; `leases` in it are those of its DHCP server. */
  folder: string;
  routerIp: string;
  routerIp6: string;
  inetIp: string;
  inetIp6: string;
  /** Runs a program in a namespace to its end, whatever its exit code; ends it after `ms` (10 s). */
  exec(ns: string, command: readonly string[], options?: { input?: string; ms?: number }): Promise<Done>;
  spawn(ns: string, command: readonly string[], env?: Record<string, string>): Running;
  /** curl of a URL by a client: the answer, or `curl: (7) ...` where there was none. At most 3 s. */
  curl(client: LabClient, url: string, ...options: string[]): Promise<string>;
  /** What the nftables driver runs its programs with, to act on the router. */
  run: Run;
  close(): Promise<void>;
}

let labs = 0;

/** Polls until `probe` gives something truthy; throws after `ms`. */
export async function until<T>(
  what: string | (() => string),
  probe: () => Promise<T> | T,
  ms = 5000,
): Promise<Exclude<T, false | undefined | null>> {
  const end = performance.now() + ms;
  for (;;) {
    const value = await probe();
    if (value) return value as Exclude<T, false | undefined | null>;
    if (performance.now() > end)
      throw new Error(`Not within ${ms} ms: ${typeof what === 'string' ? what : what()}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

interface Teardown {
  teardown(work: () => Promise<void>): unknown;
}

export async function createLab(t: Teardown, options: { clients?: 1 | 2 | 3 } = {}): Promise<Lab> {
  await sweep();
  labs += 1;
  const prefix = `foyer-${process.pid}-${labs}`;
  const router = `${prefix}-router`;
  const inet = `${prefix}-inet`;
  const numbers = [1, 2, 3].slice(0, options.clients ?? 1);
  const namespaces = [router, inet, ...numbers.map((number) => `${prefix}-client${number}`)];
  const folder = mkdtempSync(join(tmpdir(), `${prefix}-`));
  const running = new Set<Running>();
  // A test that exits early runs no teardown; the next lab sweeps the namespaces.
  process.once('exit', () => {
    for (const { child } of running) child.kill('SIGKILL');
  });

  async function close(): Promise<void> {
    await Promise.all([...running].map((one) => one.stop()));
    for (const ns of namespaces) await removeNamespace(ns);
    removeResolvers();
    rmSync(folder, { recursive: true, force: true });
  }
  t.teardown(close);

  const exec: Lab['exec'] = (ns, command, { input, ms } = {}) =>
    call('ip', ['netns', 'exec', ns, ...command], input, ms);

  const start: Lab['spawn'] = (ns, command, env = {}) => {
    const child = spawn('ip', ['netns', 'exec', ns, ...command], { env: { ...process.env, ...env } });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    child.stdin.on('error', () => undefined);
    const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
    const one: Running = {
      child,
      output: () => output,
      async says(text, ms) {
        await until(
          () => `"${text}" from ${command.join(' ')}, which said: ${output}`,
          () => output.includes(text),
          ms,
        );
      },
      async stop(signal = 'SIGKILL') {
        running.delete(one);
        if (child.exitCode === null && child.signalCode === null) child.kill(signal);
        await ended;
      },
    };
    running.add(one);
    return one;
  };

  for (const ns of namespaces) {
    await must('ip', 'netns', 'add', ns);
    // Addresses are there at once, without a second of asking whether another host has them.
    const sysctl = ['net.ipv6.conf.all.accept_dad=0', 'net.ipv6.conf.default.accept_dad=0'];
    await exec(ns, ['sysctl', '-qw', ...sysctl, 'net.ipv6.conf.default.accept_ra=0']);
  }
  await exec(router, ['sysctl', '-qw', 'net.ipv4.ip_forward=1', 'net.ipv6.conf.all.forwarding=1']);

  await ip(router, [
    'link set lo up',
    `link add wan0 type veth peer name eth0 netns ${inet}`,
    `addr add ${WAN_IP}/24 dev wan0`,
    `addr add ${WAN_IP6}/64 dev wan0 nodad`,
    'link set wan0 up',
    `link add ${GUEST_DEVICE} type bridge forward_delay 0 mcast_snooping 0`,
    `addr add ${ROUTER_IP}/24 dev ${GUEST_DEVICE}`,
    `addr add ${ROUTER_IP6}/64 dev ${GUEST_DEVICE} nodad`,
    `link set ${GUEST_DEVICE} up`,
    ...numbers.flatMap((number) => [
      `link add lan${number} type veth peer name wlan0 netns ${prefix}-client${number}`,
      `link set lan${number} master ${GUEST_DEVICE} up`,
    ]),
    `route add default via ${INET_IP}`,
    `route add default via ${INET_IP6}`,
  ]);
  await ip(inet, [
    'link set lo up',
    `addr add ${INET_IP}/24 dev eth0`,
    `addr add ${INET_IP6}/64 dev eth0 nodad`,
    'link set eth0 up',
    `route add fd00:77::/64 via ${WAN_IP6}`,
  ]);
  const nat = await exec(router, ['nft', '-f', '-'], { input: MASQUERADE });
  if (nat.code !== 0) throw new Error(nat.stderr);

  const internet = start(inet, [process.execPath, join(here, 'internet.mjs')]);
  resolver(router, '127.0.0.1');
  const dhcp = start(router, [
    'dnsmasq',
    ...[
      '--keep-in-foreground',
      '--conf-file=/dev/null',
      '--pid-file',
      '--user=root',
      '--log-facility=-',
      '--log-dhcp',
    ],
    ...[`--interface=${GUEST_DEVICE}`, '--bind-interfaces', '--no-resolv', '--no-hosts', '--no-ping'],
    ...['--dhcp-authoritative', '--dhcp-range=10.77.0.100,10.77.0.199,12h'],
    `--dhcp-leasefile=${join(folder, 'leases')}`,
    `--address=/#/${INET_IP}`,
    `--address=/six.lab/${INET_IP6}`,
  ]);
  await dhcp.says('DHCP, IP range');
  await internet.says('ready');

  async function connectClient(number: number): Promise<LabClient> {
    const ns = `${prefix}-client${number}`;
    const mac = `02:00:00:00:00:1${number}`;
    const ip6 = `fd00:77::10${number}`;
    resolver(ns, ROUTER_IP);
    await ip(ns, [
      'link set lo up',
      `link set wlan0 address ${mac}`,
      `addr add ${ip6}/64 dev wlan0 nodad`,
      'link set wlan0 up',
      `route add default via ${ROUTER_IP6}`,
    ]);
    const dhcpOptions = [
      '-i',
      'wlan0',
      '-n',
      '-q',
      '-f',
      '-t',
      '20',
      '-T',
      '1',
      '-s',
      join(here, 'udhcpc.sh'),
    ];
    const asked = await exec(ns, [...udhcpc(), ...dhcpOptions], { ms: 25_000 });
    const { stdout } = await exec(ns, ['ip', '-j', '-4', 'addr', 'show', 'dev', 'wlan0']);
    const [link] = JSON.parse(stdout) as { addr_info?: { local: string }[] }[];
    const address = link?.addr_info?.[0]?.local;
    if (!address) throw new Error(`No DHCP lease: ${asked.stderr} ${dhcp.output()}`);
    return { ns, mac, ip: address, ip6 };
  }
  const [first, ...others] = await Promise.all(numbers.map(connectClient));
  if (!first) throw new Error('A lab has at least one client');

  return {
    clients: [first, ...others],
    router,
    inet,
    folder,
    routerIp: ROUTER_IP,
    routerIp6: ROUTER_IP6,
    inetIp: INET_IP,
    inetIp6: INET_IP6,
    exec,
    spawn: start,
    async curl({ ns }, url, ...more) {
      const { code, stdout, stderr } = await exec(ns, ['curl', '-sS', '-m', '3', ...more, url]);
      return code === 0 ? stdout.trim() : stderr.trim() || `curl: (${code})`;
    },
    run: (program, args, input) => runHere('ip', ['netns', 'exec', router, program, ...args], input),
    close,
  };
}
