/** System programs: found, or installed from the system's own packages where that is allowed. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Per program: the names under which it counts as present, and per package manager the packages that bring it, in
 * the order in which they are tried.
 */
const PROGRAMS = {
  'redis-server': {
    names: ['redis-server', 'valkey-server'],
    packages: {
      apt: ['redis-server', 'valkey-server'],
      apk: ['redis', 'valkey'],
      dnf: ['valkey', 'redis'],
      brew: ['redis'],
    },
  },
  nft: { names: ['nft'], packages: { apt: ['nftables'], apk: ['nftables'], dnf: ['nftables'] } },
  ip: { names: ['ip'], packages: { apt: ['iproute2'], apk: ['iproute2'], dnf: ['iproute'] } },
  conntrack: {
    names: ['conntrack'],
    packages: { apt: ['conntrack'], apk: ['conntrack-tools'], dnf: ['conntrack-tools'] },
  },
  dnsmasq: { names: ['dnsmasq'], packages: { apt: ['dnsmasq-base'], apk: ['dnsmasq'], dnf: ['dnsmasq'] } },
  udhcpc: {
    names: ['udhcpc', 'busybox'],
    packages: { apt: ['udhcpc', 'busybox'], apk: ['busybox'], dnf: ['busybox'] },
  },
  chromium: {
    names: ['chromium', 'chromium-browser', 'google-chrome'],
    packages: { apt: ['chromium', 'chromium-browser'], apk: ['chromium'], dnf: ['chromium'] },
  },
  curl: { names: ['curl'], packages: { apt: ['curl'], apk: ['curl'], dnf: ['curl'], brew: ['curl'] } },
  openssl: {
    names: ['openssl'],
    packages: { apt: ['openssl'], apk: ['openssl'], dnf: ['openssl'], brew: ['openssl'] },
  },
  // Debian's own, whose behaviour the driver is written after; other systems have another version or none.
  opennds: { names: ['opennds'], packages: { apt: ['opennds'] } },
  iptables: {
    names: ['iptables'],
    packages: { apt: ['iptables'], apk: ['iptables'], dnf: ['iptables-nft'] },
  },
  php: { names: ['php'], packages: { apt: ['php-cli'], apk: ['php-cli'], dnf: ['php-cli'] } },
  wget: { names: ['wget'], packages: { apt: ['wget'], apk: ['wget'], dnf: ['wget'] } },
  radclient: {
    names: ['radclient'],
    packages: { apt: ['freeradius-utils'], dnf: ['freeradius-utils'], brew: ['freeradius-server'] },
  },
  freeradius: {
    names: ['freeradius', 'radiusd'],
    packages: { apt: ['freeradius'], dnf: ['freeradius'], brew: ['freeradius-server'] },
  },
  mmdebstrap: {
    names: ['mmdebstrap'],
    packages: { apt: ['mmdebstrap'], dnf: ['mmdebstrap'] },
  },
};

const MANAGERS = {
  apt: { program: 'apt-get', command: 'apt-get install -y --no-install-recommends' },
  apk: { program: 'apk', command: 'apk add' },
  dnf: { program: 'dnf', command: 'dnf install -y' },
  brew: { program: 'brew', command: 'brew install' },
};

// A user's PATH often lacks the folders where routers' programs live.
const SYSTEM_FOLDERS = ['/usr/sbin', '/sbin', '/usr/local/sbin'];

/** The path of a program, undefined where there is none. */
export function findProgram(name, path = process.env.PATH ?? '') {
  for (const folder of [...path.split(delimiter), ...SYSTEM_FOLDERS]) {
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      if (statSync(file).isFile()) return file;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}

const present = (program) => PROGRAMS[program].names.some((name) => findProgram(name) !== undefined);

/** Which of these are not on this machine. */
export const missingOf = (programs) => programs.filter((program) => !present(program));

/** How this process may install packages: directly, through sudo, or not at all. */
function privilege(manager) {
  if (manager === 'brew') return process.getuid() === 0 ? undefined : [];
  if (process.getuid() === 0) return [];
  const sudo = findProgram('sudo') && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0;
  return sudo ? ['sudo', '-n'] : undefined;
}

const managerHere = () => Object.keys(MANAGERS).find((name) => findProgram(MANAGERS[name].program));

/** The one command that a person can type to get these programs; undefined where the system is unknown. */
export function installCommand(programs, manager = managerHere()) {
  const packages = programs.map((program) => PROGRAMS[program].packages[manager]?.[0]);
  if (!manager || packages.includes(undefined)) return undefined;
  const install = `${MANAGERS[manager].command} ${[...new Set(packages)].join(' ')}`;
  if (manager === 'brew') return install;
  if (manager !== 'apt') return `sudo ${install}`;
  const quiet = packages.includes('redis-server') ? ' && sudo systemctl disable --now redis-server' : '';
  return `sudo apt-get update && sudo ${install}${quiet}`;
}

/**
 * Finds these programs or installs what is missing, never starting or enabling a service of the system. Returns
 * undefined when all are there, else what to tell the operator.
 */
export function ensurePrograms(programs) {
  const missing = missingOf(programs);
  if (missing.length === 0) return undefined;
  const manager = managerHere();
  const means = manager && privilege(manager);
  if (means) for (const program of missing) install(program, manager, means);
  const still = missingOf(missing);
  return still.length === 0 ? undefined : advice(still, manager);
}

function advice(missing, manager) {
  const names = missing.map((program) => PROGRAMS[program].names.slice(0, 2).join(' or ')).join(', ');
  const command = installCommand(missing, manager);
  if (!command)
    return `Not on this machine: ${names}. Install what brings ${missing.length > 1 ? 'them' : 'it'}.`;
  return `Not on this machine: ${names}. Type this, then try again:\n\n  ${command}\n`;
}

function install(program, manager, means) {
  for (const name of PROGRAMS[program].packages[manager] ?? []) {
    process.stderr.write(`Foyer: installing the package ${name} of this system ...\n`);
    const quiet = fileURLToPath(new URL('./apt-install-quietly.sh', import.meta.url));
    const command = manager === 'apt' ? ['sh', quiet, name] : [...MANAGERS[manager].command.split(' '), name];
    const [first, ...rest] = [...means, ...command];
    spawnSync(first, rest, { stdio: ['ignore', 2, 2] });
    if (present(program)) return;
  }
}
