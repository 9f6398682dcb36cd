import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Programs and network namespaces of this machine, as a lab uses them. */

const RESOLVERS = '/etc/netns';

export interface Done {
  code: number;
  stdout: string;
  stderr: string;
}

export function call(program: string, args: readonly string[], input = '', ms = 10_000): Promise<Done> {
  return new Promise((resolve) => {
    const options = { timeout: ms, killSignal: 'SIGKILL' as const, maxBuffer: 64 * 1024 * 1024 };
    const child = execFile(program, [...args], options, (error, stdout, stderr) => {
      const code = error ? (typeof error.code === 'number' ? error.code : -1) : 0;
      resolve({ code, stdout, stderr: stderr || (code === -1 ? String(error) : '') });
    });
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}

export async function must(program: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await call(program, args);
  if (code !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** The DHCP client, by itself or as part of busybox. */
export const udhcpc = (): string[] =>
  ['/usr/sbin/udhcpc', '/sbin/udhcpc'].some((path) => existsSync(path)) ? ['udhcpc'] : ['busybox', 'udhcpc'];

/** Several `ip` commands in one process. */
export async function ip(ns: string, lines: readonly string[]): Promise<void> {
  const { code, stderr } = await call('ip', ['-n', ns, '-batch', '-'], `${lines.join('\n')}\n`);
  if (code !== 0) throw new Error(`ip in ${ns}: ${stderr}`);
}

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended by itself.
  }
}

export async function removeNamespace(ns: string): Promise<void> {
  const { stdout } = await call('ip', ['netns', 'pids', ns]);
  for (const pid of stdout.split('\n').filter(Boolean)) kill(Number(pid), 'SIGKILL');
  await call('ip', ['netns', 'del', ns]);
  rmSync(join(RESOLVERS, ns), { recursive: true, force: true });
}

/** What an earlier process left that was ended before it could tidy up. */
export async function sweep(): Promise<void> {
  const { stdout } = await call('ip', ['netns', 'list']);
  const found = stdout.split('\n').map((line) => line.split(' ')[0] ?? '');
  for (const ns of found) {
    const owner = /^foyer-(\d+)-/.exec(ns)?.[1];
    if (owner && !alive(Number(owner))) await removeNamespace(ns);
  }
}

export function resolver(ns: string, address: string): void {
  mkdirSync(join(RESOLVERS, ns), { recursive: true });
  writeFileSync(join(RESOLVERS, ns, 'resolv.conf'), `nameserver ${address}\n`);
}

/** The folder of resolvers goes with the last of them. */
export function removeResolvers(): void {
  try {
    rmdirSync(RESOLVERS);
  } catch {
    // Others have theirs in there, or it is gone already.
  }
}
