import { spawnSync } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Test } from 'tap';
import type { Done } from './namespaces.js';
import { GUEST_DEVICE, type Lab, type Running, until } from './network.js';

/**
 * The portal as an operator has it: built, started on the lab's router with data of its own, configured by the command
 * line, asked through the API.
 */

export const GATEWAY = 'lobby';
export const GUEST_PORT = 8080;

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MAIN = join(ROOT, 'dist', 'main.js');
const FOYER = join(ROOT, 'scripts', 'foyer.mjs');
/** Starting takes a second; more only where the machine is busy with other tests. */
const UP_MS = 30_000;

export interface Visit {
  id: string;
  pin: string;
  state: string;
  token: { state: string; from: string; until: string } | null;
  devices: { mac: string }[];
}

export interface PortalOptions {
  /** Words before the command that starts the portal, and before every other: `setpriv ...`. */
  as?: readonly string[];
  /** Who owns the data. */
  uid?: number;
  /** Namespace of the machine that it runs on: the router. */
  host?: string;
  /** More of its environment. */
  env?: Record<string, string>;
}

export interface Portal {
  dataDir: string;
  pid(): number | undefined;
  /** What the portal printed on standard output since its last start. */
  printed(): string;
  /** The first, or a new, process of the portal, up when this resolves. */
  start(): Promise<void>;
  /** Ends the portal's own process; what it started (its Redis) ends only with SIGTERM. */
  stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** `foyer <command>` on the router. */
  foyer(...words: string[]): Promise<Done>;
  /** The same with `--json`; throws where it was refused. */
  json<T>(...words: string[]): Promise<T>;
  /** One call of the API; throws where it was refused. */
  api<T>(method: string, path: string, body?: object): Promise<T>;
  /** A visit from now on, over the API. */
  visit(options: { until?: Date; minutes?: number; devices?: number }): Promise<Visit>;
  /** Resolves when the gateway is well. */
  healthy(): Promise<void>;
  /** The clients in the kernel's set of this gateway. */
  allowed(): Promise<string[]>;
}

let built = false;

function build(): void {
  if (built) return;
  const done = spawnSync(process.execPath, [join(ROOT, 'scripts', 'setup.mjs')], { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`The build failed: ${done.stderr}`);
  built = true;
}

/** A clean environment: nothing of the tests' or of the machine's own configuration reaches the portal. */
const cleanEnv = (dataDir: string, env: Record<string, string>): string[] => [
  ...['env', '-i', `PATH=${process.env.PATH}`, `DATA_DIR=${dataDir}`, `PORT=${GUEST_PORT}`],
  ...['HOME=/', 'TZ=UTC', 'LOG_LEVEL=info'],
  ...Object.entries(env).map(([name, value]) => `${name}=${value}`),
];

/** A portal that is not yet started. */
export function createPortal(
  t: Pick<Test, 'teardown'>,
  lab: Lab,
  { as = [], uid, host = lab.router, env = {} }: PortalOptions = {},
): Portal {
  build();
  const dataDir = mkdtempSync(join(tmpdir(), 'foyer-lab-data-'));
  if (uid !== undefined) chownSync(dataDir, uid, uid);
  let running: Running | undefined;
  let printed = '';
  let key = '';
  const clean = cleanEnv(dataDir, env);

  async function start(): Promise<void> {
    printed = '';
    running = lab.spawn(host, [...clean, ...as, process.execPath, MAIN]);
    running.child.stdout?.on('data', (text: string) => {
      printed += text;
    });
    await running.says('Foyer is up', UP_MS);
  }

  async function stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const one = running;
    running = undefined;
    await one?.stop(signal);
  }

  t.teardown(async () => {
    await stop('SIGTERM');
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
  });

  const foyer = (...words: string[]): Promise<Done> =>
    lab.exec(host, [...clean, ...as, process.execPath, FOYER, ...words], { ms: UP_MS });

  async function json<T>(...words: string[]): Promise<T> {
    const { code, stdout, stderr } = await foyer(...words, '--json');
    if (code !== 0) throw new Error(`foyer ${words.join(' ')}: ${stderr}`);
    return JSON.parse(stdout) as T;
  }

  async function api<T>(method: string, path: string, body?: object): Promise<T> {
    if (key === '') ({ key } = await json<{ key: string }>('key', 'add', 'lab', '--role', 'admin'));
    const headers = ['-H', `authorization: Bearer ${key}`, '-H', 'content-type: application/json'];
    const data = body === undefined ? [] : ['--data-binary', '@-'];
    const scheme = env.TLS_CERT === undefined ? 'http' : 'https';
    const url = `${scheme}://localhost:8081/api/v1${path}`;
    const { code, stdout, stderr } = await lab.exec(
      host,
      ['curl', '-sSk', '--fail-with-body', '-m', '9', '-X', method, ...headers, ...data, url],
      body === undefined ? {} : { input: JSON.stringify(body) },
    );
    if (code !== 0) throw new Error(`${method} ${path}: ${stderr} ${stdout}`);
    return (stdout === '' ? undefined : JSON.parse(stdout)) as T;
  }

  return {
    dataDir,
    pid: () => running?.child.pid,
    printed: () => printed,
    start,
    stop,
    foyer,
    json,
    api,
    visit: ({ until: end, minutes, devices }) =>
      api<Visit>('POST', '/visits', {
        name: 'Lab Visitor',
        email: 'visitor@example.org',
        expectedArrival: new Date().toISOString(),
        ...(end === undefined ? { durationMinutes: minutes ?? 30 } : { until: end.toISOString() }),
        ...(devices === undefined ? {} : { maxDevices: devices }),
      }),
    async healthy() {
      type List = { items: { id: string; health: { ok: boolean } | null }[] };
      const well = async (): Promise<boolean> => {
        const { items } = await api<List>('GET', '/gateways');
        return items.some(({ id, health }) => id === GATEWAY && health?.ok === true);
      };
      await until('the gateway is well', well, UP_MS);
    },
    async allowed() {
      const { stdout } = await lab.run('nft', ['-j', 'list', 'set', 'inet', 'foyer', `allowed_${GATEWAY}`]);
      return stdout.match(/[0-9a-f]{2}(?::[0-9a-f]{2}){5}/g) ?? [];
    },
  };
}

/** A portal that runs and keeps the lab's guests outside. */
export async function startPortal(t: Pick<Test, 'teardown'>, lab: Lab): Promise<Portal> {
  const portal = createPortal(t, lab);
  await portal.start();
  await portal.json('gateway', 'set', GATEWAY, '--kind', 'nftables', `interface=${GUEST_DEVICE}`);
  await portal.healthy();
  return portal;
}

/** Ends everything that belongs to a portal, its Redis too, as a power cut does. */
export async function cutPower(lab: Lab, portal: Portal): Promise<void> {
  const { stdout } = await lab.exec(lab.router, ['cat', join(portal.dataDir, 'owner.json')]);
  const { redis } = JSON.parse(stdout) as { redis?: { pid: number } };
  if (redis) process.kill(redis.pid, 'SIGKILL');
  await portal.stop('SIGKILL');
}

/** One file of those that `foyer gateway rules` prints. */
export function fileIn(printed: string, path: string): string {
  const part = printed.split(/^# ---- /m).find((one) => one.startsWith(path));
  if (part === undefined) throw new Error(`${path} is not printed:\n${printed}`);
  return part.split('\n').slice(1).join('\n');
}
