import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Teardown } from '../fixtures/redis.js';

/** FreeRADIUS, as Debian packs it: the programs that ask, and the server as a proxy and as a taker of Disconnect-Requests. */

const FOLDERS = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin'];
const found = (program: string): boolean => FOLDERS.some((folder) => existsSync(join(folder, program)));

/** Why the tests with it cannot run here; false where they can. */
export const noFreeRadius: string | false = ['radclient', 'radtest', 'freeradius'].every(found)
  ? false
  : 'radclient, radtest or freeradius is missing: install freeradius and freeradius-utils';

export interface Ran {
  code: number | null;
  output: string;
}

/** The server under test lives in this process, so that it must not be blocked. */
export async function run(program: string, args: readonly string[], input = ''): Promise<Ran> {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => {
      output += data;
    });
  child.stdin.end(input);
  const [code] = await once(child, 'close');
  return { code, output };
}

/** One packet, tried once. `attributes`: each as FreeRADIUS writes it. */
export const radclient = (
  port: number,
  kind: 'auth' | 'acct' | 'status' | 'disconnect' | 'coa',
  secret: string,
  attributes: readonly string[],
  seconds = 2,
): Promise<Ran> =>
  run(
    'radclient',
    ['-x', '-r', '1', '-t', String(seconds), `127.0.0.1:${port}`, kind, secret],
    `${attributes.join('\n')}\n`,
  );

export async function freePort(): Promise<number> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  return port;
}

export interface ProxyOptions {
  /** Whom it asks. */
  server: { port: number; accountingPort: number };
  /** That of the server, and that of whoever asks the proxy. */
  secret: string;
  frontSecret: string;
}

/** Asks the server whatever it is asked; takes Disconnect- and CoA-Requests for the session `known`. */
export async function startFreeRadius(t: Teardown, { server, secret, frontSecret }: ProxyOptions) {
  const folder = await mkdtemp(join(tmpdir(), 'foyer-freeradius-'));
  const [port, accountingPort, coaPort] = [await freePort(), await freePort(), await freePort()];
  const section = (name: string, ...lines: string[]): string => `${name} {\n${lines.join('\n')}\n}`;
  const home = (type: string, to: number): string =>
    [
      section(
        `home_server foyer_${type}`,
        `type = ${type}`,
        'ipaddr = 127.0.0.1',
        `port = ${to}`,
        `secret = "${secret}"`,
        'response_window = 5',
      ),
      section(`home_server_pool foyer_${type}`, 'type = fail-over', `home_server = foyer_${type}`),
    ].join('\n');
  const listen = (type: string, at: number): string =>
    section('listen', `type = ${type}`, 'ipaddr = 127.0.0.1', `port = ${at}`);
  const toFoyer = section('update control', '&Proxy-To-Realm := "foyer"');
  const config = [
    'prefix = /usr',
    'name = foyer-test',
    'libdir = /usr/lib/freeradius',
    ...['raddbdir', 'logdir', 'run_dir'].map((name) => `${name} = ${folder}`),
    'max_request_time = 10',
    section('security', 'max_attributes = 200', 'reject_delay = 0', 'status_server = yes'),
    'proxy_requests = yes',
    section('client front', 'ipaddr = 127.0.0.1', `secret = "${frontSecret}"`),
    home('auth', server.port),
    home('acct', server.accountingPort),
    section('realm foyer', 'auth_pool = foyer_auth', 'acct_pool = foyer_acct', 'nostrip'),
    section('modules', section('always ok', 'rcode = ok'), section('always reject', 'rcode = reject')),
    section(
      'server front',
      listen('auth', port),
      listen('acct', accountingPort),
      section('authorize', toFoyer),
      section('preacct', toFoyer),
    ),
    section(
      'server coa',
      listen('coa', coaPort),
      section(
        'recv-coa',
        section('if (&Acct-Session-Id == "known")', 'ok'),
        section('else', section('update reply', '&Error-Cause := 503'), 'reject'),
      ),
    ),
  ].join('\n');
  await writeFile(join(folder, 'radiusd.conf'), `${config}\n`);
  await writeFile(join(folder, 'dictionary'), '$INCLUDE /usr/share/freeradius/dictionary\n');
  const child = spawn('freeradius', ['-f', '-X', '-d', folder], {
    env: { ...process.env, PATH: FOLDERS.join(delimiter) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const ended = once(child, 'close');
  t.teardown(async () => {
    child.kill('SIGTERM');
    await ended;
    await rm(folder, { recursive: true, force: true });
  });
  await new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data: Buffer) => {
        output += data;
        if (/Ready to process requests/.test(output)) resolve();
      });
    ended.then(() => reject(new Error(`freeradius ended: ${output.slice(-2000)}`)), reject);
  });
  return { port, accountingPort, coaPort, output: () => output };
}
