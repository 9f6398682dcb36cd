import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, closeSync, lstatSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { lives, type ProcessId, startOf } from './owner-lock.js';

const run = promisify(execFile);

/** A running private server. */
export type PrivateServer = ProcessId & { socket: string };

export type Found = { ok: true; path: string } | { ok: false; message: string };

/** The first `redis-server` or `valkey-server` of this machine that is new enough. */
export async function findServer(): Promise<Found> {
  let tooOld = '';
  for (const name of ['redis-server', 'valkey-server']) {
    // The shell's own look-up: programs are where an operator's shell finds them.
    const path = await run('/bin/sh', ['-c', `command -v ${name}`]).then(
      (done) => done.stdout.trim(),
      () => '',
    );
    if (path === '') continue;
    const { stdout } = await run(path, ['--version']).catch(() => ({ stdout: '' }));
    const version = /v=(\d+)[\d.]*/.exec(stdout);
    if (name === 'valkey-server' || Number(version?.[1]) >= 7) return { ok: true, path };
    tooOld = ` (${path} is ${version?.[0].slice(2) ?? 'of an unknown version'}, too old)`;
  }
  const message = `No redis-server 7.0 or newer and no valkey-server on this machine${tooOld}. Install one, or set REDIS_URL.`;
  return { ok: false, message };
}

/** `sockaddr_un` holds 104 bytes on macOS and 108 on Linux, the final zero included. */
const LONGEST_SOCKET = 100;

/** Where the socket of a data folder stands: inside it, or in a private folder elsewhere when that path is too long. */
export function socketFor(redisDir: string): string {
  const inside = join(redisDir, 'redis.sock');
  if (Buffer.byteLength(inside) <= LONGEST_SOCKET) return inside;
  const name = `foyer-${createHash('sha256').update(redisDir).digest('hex').slice(0, 16)}`;
  const reasons: string[] = [];
  for (const parent of ['/run', tmpdir(), '/tmp']) {
    const folder = join(parent, name);
    const socket = join(folder, 'redis.sock');
    if (Buffer.byteLength(socket) > LONGEST_SOCKET) continue;
    try {
      mkdirSync(folder, { mode: 0o700, recursive: true });
      const found = lstatSync(folder);
      // Anyone may have made a folder of this name in a public place; only one of our own is used.
      if (!found.isDirectory() || (process.getuid && found.uid !== process.getuid()))
        throw new Error('not ours');
      chmodSync(folder, 0o700);
      return socket;
    } catch (error) {
      reasons.push(`${folder}: ${error instanceof Error ? error.message : error}`);
    }
  }
  throw new Error(`no folder for the socket of the private Redis (${reasons.join('; ')})`);
}

/**
 * Starts a server for `redisDir` that lives in its own process group, where the terminal's Ctrl-C does not reach it.
 * `onProcess` is called with its process before it touches any data.
 */
export async function launch(
  program: string,
  redisDir: string,
  socket: string,
  onProcess: (server: PrivateServer) => void,
): Promise<PrivateServer> {
  const logPath = join(redisDir, 'redis.log');
  const log = openSync(logPath, isLong(logPath) ? 'w' : 'a', 0o600);
  const settings = {
    port: '0',
    unixsocket: socket === join(redisDir, 'redis.sock') ? 'redis.sock' : socket,
    unixsocketperm: '700',
    save: '',
    appendonly: 'yes',
    appendfsync: 'always',
    'maxmemory-policy': 'noeviction',
    daemonize: 'no',
    loglevel: 'warning',
  };
  const args = Object.entries(settings).flatMap(([key, value]) => [`--${key}`, value]);
  // The shell waits for a word before it becomes the server. If we die before we have written down who it is, the
  // word never comes and no server without an owner is left behind.
  const gate = ['-c', 'read -r go && exec "$0" "$@"', program, ...args];
  const child = spawn('/bin/sh', gate, { cwd: redisDir, detached: true, stdio: ['pipe', log, log] });
  closeSync(log);
  let exited = false;
  child.on('exit', () => {
    exited = true;
  });
  child.on('error', () => {
    exited = true;
  });
  child.stdin?.on('error', () => {});
  child.unref();
  const server = { pid: child.pid ?? 0, started: (child.pid && startOf(child.pid)) || '', socket };
  try {
    if (child.pid) onProcess(server);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
  child.stdin?.end('go\n');
  for (let end = Date.now() + 15_000; !exited && Date.now() < end; await sleep(10)) {
    const answer = await ask(socket, 'PING');
    if (answer?.startsWith('+PONG') && lives(server)) return server;
    // Reading back a large append-only file takes as long as it takes.
    if (answer?.startsWith('-LOADING')) end = Date.now() + 15_000;
  }
  const tail = readFileSync(logPath, 'utf8').trim().split('\n').slice(-3).join(' / ');
  if (!exited) process.kill(server.pid, 'SIGKILL');
  throw new Error(`${program} ${exited ? 'ended at once' : 'did not answer'}: ${tail || 'it said nothing'}`);
}

const isLong = (path: string): boolean => (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 1_000_000;

/** The first line that the server answers to one inline command, undefined where nothing answers. */
export function ask(socket: string, command: string, timeoutMs = 500): Promise<string | undefined> {
  return new Promise((resolve) => {
    const connection = connect(socket);
    let answer = '';
    const done = () => {
      connection.destroy();
      resolve(answer === '' ? undefined : answer);
    };
    connection.setTimeout(timeoutMs, done);
    connection.once('connect', () => connection.write(`${command}\r\n`));
    connection.on('data', (data) => {
      answer += data;
      if (answer.includes('\n')) done();
    });
    connection.once('error', done).once('close', done);
  });
}

/** The server behind a socket that nobody wrote down. */
export async function serverBehind(socket: string): Promise<PrivateServer | undefined> {
  const question = `EVAL "return redis.call('INFO', 'server'):match('process_id:(%d+)')" 0`;
  for (;;) {
    const answer = await ask(socket, question);
    if (answer?.startsWith('-LOADING')) {
      await sleep(50);
      continue;
    }
    // A bulk reply: its length on the first line, the pid on the second.
    const pid = Number(answer?.split('\r\n')[1]);
    const started = pid > 0 ? startOf(pid) : undefined;
    return started === undefined ? undefined : { pid, started, socket };
  }
}

/** A connection that is there only to notice at once when the server goes. */
export function watch(server: PrivateServer, onGone: () => void): Socket {
  const connection = connect(server.socket);
  connection.on('error', () => {});
  connection.on('data', () => {});
  connection.once('close', onGone);
  return connection;
}

/** Ends a server in order. One that does not end within 3 s is killed: what it acknowledged is on the disk already. */
export async function shutDown(server: PrivateServer): Promise<void> {
  if (!lives(server)) return;
  await ask(server.socket, 'SHUTDOWN NOSAVE', 1000);
  for (const end = Date.now() + 2000; lives(server); await sleep(10)) {
    if (Date.now() < end) continue;
    process.kill(server.pid, 'SIGKILL');
    await sleep(100);
    return;
  }
}
