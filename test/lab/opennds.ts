import { chmodSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { call, type Done } from './namespaces.js';
import { GUEST_DEVICE, type Lab, until } from './network.js';

/**
 * Debian's openNDS 9.10 on the lab's router, in mount and process namespaces of its own: it and its scripts call systemctl,
 * write to /etc, and end processes by their names.
 */

export const FASKEY = 'lab-faskey-0123456789';
export const GATEWAY_NAME = 'Lab Gateway';
/** What the daemon is reached at by guests. */
export const GATEWAY_ADDRESS = '10.77.0.1:2050';
/** Seconds between two looks of the daemon at who has to go. */
const CHECK_INTERVAL = 5;
const UP_MS = 20_000;

export interface OpenNdsOptions {
  level: 1 | 2 | 3;
  /** Host and port of the portal as the daemon is told them. */
  portal: { ip: string; fqdn?: string; port: number };
  gateway: string;
  /** The text of the BinAuth script; none where it is not set. */
  binauth?: string;
  /** The router's own session length in minutes: of who is let in by nobody's word. */
  sessionMinutes?: number;
  /** Seconds between two questions of authmon. */
  poll?: number;
  /** A certificate authority, as a path, that the router trusts. */
  ca?: string;
  /** More lines of opennds.conf. */
  more?: readonly string[];
}

export interface OpenNds {
  /** `ndsctl` inside of the router. */
  ctl(...words: string[]): Promise<Done>;
  /** Path of a program on this machine that is the router's ndsctl. */
  ndsctl: string;
  /** Ends the daemon as a crash does; nothing starts it again. */
  kill(): Promise<void>;
  /** Is the daemon's process there? */
  lives(): Promise<boolean>;
  /** Starts the daemon, again too. */
  start(): Promise<void>;
  /** Puts another script in the place of the router's BinAuth script. */
  setBinauth(text: string): void;
  output(): string;
}

const conf = ({ level, portal, gateway, binauth, sessionMinutes = 1, poll = 2, more = [] }: OpenNdsOptions) =>
  `${[
    `gatewayname ${GATEWAY_NAME}`,
    `gatewayinterface ${GUEST_DEVICE}`,
    'enable_serial_number_suffix 0',
    `fasport ${portal.port}`,
    `fasremoteip ${portal.ip}`,
    ...(portal.fqdn === undefined ? [] : [`fasremotefqdn ${portal.fqdn}`]),
    `faspath /enter/${gateway}`,
    `fas_secure_enabled ${level}`,
    `faskey ${FASKEY}`,
    `checkinterval ${CHECK_INTERVAL}`,
    `sessiontimeout ${sessionMinutes}`,
    'debuglevel 3',
    // Only the scripts read this line, and they read comments too; to the daemon the option is not known.
    `# nat_traversal_poll_interval ${poll}`,
    ...(binauth === undefined ? [] : ['binauth /run/lab/binauth.sh']),
    ...more,
    'FirewallRuleSet authenticated-users {',
    '  FirewallRule allow all',
    '}',
    'FirewallRuleSet preauthenticated-users {',
    `  FirewallRule allow tcp port ${portal.port} to ${portal.ip}`,
    '}',
    'FirewallRuleSet users-to-router {',
    '  FirewallRule allow udp port 53',
    '  FirewallRule allow tcp port 53',
    '  FirewallRule allow udp port 67',
    '  FirewallRule allow tcp port 8080',
    '}',
  ].join('\n')}\n`;

/** Runs as the first process of its namespaces: prepares them, then starts the daemon each time it is told. */
const init = (folder: string): string => `
set -e
mount -t tmpfs tmpfs /run
mkdir -p /run/lab /run/tmpfiles.d /run/lock
mount --bind ${folder} /run/lab
mount -t tmpfs tmpfs /tmp
ln -s /run/lab/leases /tmp/dhcp.leases
mount --bind /run/lab/etc /etc/opennds
mount --bind /run/lab/lib /usr/lib/opennds
for file in hosts dnsmasq.conf; do
  [ -e /etc/$file ] || continue
  cp /etc/$file /run/$file
  mount --bind /run/$file /etc/$file
done
for name in systemctl service logger; do
  [ -e /usr/bin/$name ] && mount --bind /run/lab/nothing /usr/bin/$name
done
set +e
while read -r order; do
  [ "$order" = start ] || continue
  opennds -f -d 3 -c /etc/opennds/opennds.conf &
  echo $! >/run/lab/daemon
  echo "started $!"
  # Not waited for: the next order must be read while it runs.
  (while kill -0 "$(cat /run/lab/daemon)" 2>/dev/null; do sleep 0.2; done; echo "gone") &
done
`;

export async function startOpenNds(lab: Lab, options: OpenNdsOptions): Promise<OpenNds> {
  const { folder } = lab;
  cpSync('/etc/opennds', join(folder, 'etc'), { recursive: true });
  cpSync('/usr/lib/opennds', join(folder, 'lib'), { recursive: true });
  writeFileSync(join(folder, 'etc', 'opennds.conf'), conf(options));
  // Its scripts make base chains at priority -100, which iptables of Debian 12 refuses to add rules to.
  const library = join(folder, 'lib', 'libopennds.sh');
  const text = readFileSync(library, 'utf8')
    .replaceAll('grep -w "priority -100"', 'grep -w "priority filter"')
    .replaceAll('priority -100 ;', 'priority 0 ;');
  writeFileSync(library, text);
  const program = (name: string, lines: string): string => {
    const path = join(folder, name);
    writeFileSync(path, lines);
    chmodSync(path, 0o755);
    return path;
  };
  program('nothing', '#!/bin/sh\nexit 0\n');
  const setBinauth = (text: string): void => void program('binauth.sh', text);
  if (options.binauth !== undefined) setBinauth(options.binauth);
  mkdirSync(join(folder, 'etc'), { recursive: true });

  const env = {
    ...(options.ca === undefined ? {} : { SSL_CERT_FILE: options.ca.replace(folder, '/run/lab') }),
  };
  const running = lab.spawn(
    lab.router,
    ['unshare', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc', 'sh', '-c', init(folder)],
    env,
  );
  const first = async (): Promise<string> => {
    const { stdout } = await call('pgrep', ['-P', String(running.child.pid)]);
    return stdout.trim();
  };
  const pid = await until('the router’s namespaces', first);
  const inside = (...command: string[]): Promise<Done> =>
    call('nsenter', ['-t', pid, '-m', '-p', '-n', ...command]);
  const ctl = (...words: string[]): Promise<Done> => inside('ndsctl', ...words);
  const lives = async (): Promise<boolean> =>
    (await inside('sh', '-c', 'readlink "/proc/$(cat /run/lab/daemon)/exe"')).code === 0;

  async function start(): Promise<void> {
    running.child.stdin?.write('start\n');
    // Its watchdog calls the uplink dead without an entry for it in the neighbour table.
    await lab.exec(lab.router, ['curl', '-s', '-m', '2', '-o', '/dev/null', `http://${lab.inetIp}/`]);
    // Not by its control program: 9.10 ends where `ndsctl status` meets its own first look at the uplink.
    await until(
      () => `openNDS listens; it said: ${running.output().slice(-2000)}`,
      async () => {
        const { stdout } = await lab.exec(lab.router, ['ss', '-ltnH', 'sport = :2050']);
        return stdout.includes('LISTEN') && (await ctl('json')).code === 0;
      },
      UP_MS,
    );
  }
  await start();

  return {
    ctl,
    ndsctl: program('ndsctl', `#!/bin/sh\nexec nsenter -t ${pid} -m -p -n /usr/bin/ndsctl "$@"\n`),
    lives,
    setBinauth,
    start,
    output: running.output,
    async kill() {
      await inside('sh', '-c', 'kill -9 "$(cat /run/lab/daemon)"');
      await until('the daemon is gone', async () => !(await lives()));
    },
  };
}
