import { mkdirSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lives, type Owner, ownerOf, readOwner, releaseLock, takeLock, updateLock } from './owner-lock.js';
import {
  ask,
  findServer,
  launch,
  type PrivateServer,
  serverBehind,
  shutDown,
  socketFor,
  watch,
} from './private-server.js';

export interface PrivateRedisOptions {
  dataDir: string;
  log: { info(data: object, message: string): void; warn(data: object, message: string): void };
  /** A portal owns the server as long as it runs; a command borrows a portal's, or has one for its own duration. */
  purpose: Owner['purpose'];
  /** How long to wait for a command that has it now. */
  waitMs?: number;
}

export type PrivateRedis =
  | {
      ok: true;
      /** As in `REDIS_URL`; the same after a restart. */
      url: string;
      /** False where a running portal's server is only borrowed. */
      owner: boolean;
      /** Called each time the server had died and is there again. */
      onRestart(listener: () => void): void;
      /** Ends an owned server, then gives the data folder free. */
      close(): Promise<void>;
    }
  | { ok: false; message: string };

const WAIT_MS = 15_000;
const POLL_MS = 50;
const HANG_MS = 5000;
const STRANGER_START_MS = 3000;
const LONGEST_BACKOFF_MS = 5000;
/** A server that lived this long was well; its death begins a new count. */
const WELL_MS = 60_000;

/** Finds, adopts or starts the private Redis of a data folder. Never throws for what an operator can cause. */
export async function startPrivateRedis(options: PrivateRedisOptions): Promise<PrivateRedis> {
  const dataDir = resolve(options.dataDir);
  const redisDir = join(dataDir, 'redis');
  try {
    mkdirSync(redisDir, { recursive: true, mode: 0o700 });
    return await acquire(options, dataDir, redisDir);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { ok: false, message: `The private Redis under ${dataDir} cannot be started: ${reason}` };
  }
}

async function acquire(
  options: PrivateRedisOptions,
  dataDir: string,
  redisDir: string,
): Promise<PrivateRedis> {
  const lock = join(dataDir, 'owner.json');
  const me = ownerOf(options.purpose);
  const strangers = judgeOfStrangers(me.space);
  for (const end = Date.now() + (options.waitMs ?? WAIT_MS); ; await sleep(POLL_MS)) {
    const stranger = await strangers.look(readOwner(lock));
    const taking = takeLock(lock, me, (owner) =>
      owner.space === me.space ? !lives(owner) : strangers.isDead(owner),
    );
    if (taking.taken) return own(options, lock, redisDir, me, taking.previous);
    const { owner } = taking;
    if (owner.purpose === 'portal' && stranger !== 'unknown') {
      if (options.purpose === 'portal') return { ok: false, message: secondPortal(owner, dataDir) };
      if (owner.redis && (await ask(owner.redis.socket, 'PING'))?.startsWith('+PONG'))
        return borrow(owner.redis);
    }
    if (Date.now() > end) return { ok: false, message: stillBusy(owner, dataDir) };
  }
}

/** An owner in another container: its pid means nothing here, but its socket in the shared folder does. */
function judgeOfStrangers(space: string) {
  let seen = { nonce: '', at: 0 };
  let dead = '';
  return {
    isDead: (owner: Owner): boolean => owner.nonce === dead,
    async look(owner: Owner | undefined): Promise<'none' | 'alive' | 'dead' | 'unknown'> {
      if (!owner || owner.space === space) return 'none';
      if (seen.nonce !== owner.nonce) seen = { nonce: owner.nonce, at: performance.now() };
      if (owner.redis && (await ask(owner.redis.socket, 'PING')) !== undefined) return 'alive';
      // One that is just starting has no server yet that could answer.
      if (!owner.redis && performance.now() - seen.at < STRANGER_START_MS) return 'unknown';
      dead = owner.nonce;
      return 'dead';
    },
  };
}

const secondPortal = (owner: Owner, dataDir: string): string =>
  `Another Foyer (process ${owner.pid}) already runs on the data in ${dataDir}. Stop it, or let both use one Redis: set REDIS_URL for each of them.`;

const stillBusy = (owner: Owner, dataDir: string): string =>
  owner.purpose === 'portal'
    ? `Foyer (process ${owner.pid}) runs on the data in ${dataDir}, but its Redis does not answer. Its log says why.`
    : `A foyer command (process ${owner.pid}) is still at work on the data in ${dataDir}. Try again when it is done.`;

const urlOf = (socket: string): string => `unix:${socket.split('/').map(encodeURIComponent).join('/')}`;

function borrow(server: PrivateServer): PrivateRedis {
  return { ok: true, url: urlOf(server.socket), owner: false, onRestart: () => {}, close: async () => {} };
}

async function own(
  options: PrivateRedisOptions,
  lock: string,
  redisDir: string,
  me: Owner,
  previous: Owner | undefined,
): Promise<PrivateRedis> {
  const { log } = options;
  const socket = previous?.redis && lives(previous.redis) ? previous.redis.socket : socketFor(redisDir);
  const record = (server: PrivateServer) => {
    me.redis = server;
    updateLock(lock, me);
  };
  const start = async (): Promise<PrivateServer> => {
    const program = await findServer();
    if (!program.ok) throw new Error(program.message);
    return launch(program.path, redisDir, socket, record);
  };
  let server: PrivateServer;
  try {
    const found = await adoptable(previous?.redis, socket);
    if (found) {
      record(found);
      log.info({ pid: found.pid }, 'Adopted the private Redis of a Foyer that is gone');
    }
    server = found ?? (await start());
  } catch (error) {
    releaseLock(lock, me);
    throw error;
  }

  let closing = false;
  let failures = 0;
  let startedAt = performance.now();
  let guard: Socket;
  const listeners: (() => void)[] = [];
  const mend = async () => {
    if (closing) return;
    for (
      const end = performance.now() + HANG_MS;
      lives(server) && performance.now() < end;
      await sleep(POLL_MS)
    ) {
      if ((await ask(server.socket, 'PING')) === undefined) continue;
      guard = watch(server, gone);
      return;
    }
    if (performance.now() - startedAt > WELL_MS) failures = 0;
    log.warn({ pid: server.pid }, 'The private Redis died; it is started again');
    while (!closing) {
      await sleep(failures === 0 ? 0 : Math.min(100 * 2 ** failures, LONGEST_BACKOFF_MS));
      if (closing) return;
      failures += 1;
      try {
        // One that hangs holds the files that the next one needs.
        if (lives(server)) process.kill(server.pid, 'SIGKILL');
        server = await start();
        startedAt = performance.now();
        guard = watch(server, gone);
        log.info({ pid: server.pid }, 'The private Redis is back');
        for (const listener of listeners) listener();
        return;
      } catch (error) {
        log.warn(
          { reason: error instanceof Error ? error.message : String(error) },
          'The private Redis does not start',
        );
      }
    }
  };
  let mending = Promise.resolve();
  const gone = () => {
    mending = mending.then(mend);
  };
  guard = watch(server, gone);
  let closed: Promise<void> | undefined;
  const close = async () => {
    closing = true;
    await mending;
    guard.destroy();
    await shutDown(server);
    releaseLock(lock, me);
  };
  return {
    ok: true,
    url: urlOf(socket),
    owner: true,
    onRestart: (listener) => listeners.push(listener),
    close: () => {
      closed ??= close();
      return closed;
    },
  };
}

/** A server that outlived its owner and works; one that lives and does not answer is ended. */
async function adoptable(
  known: PrivateServer | undefined,
  socket: string,
): Promise<PrivateServer | undefined> {
  const server = known && lives(known) ? known : await serverBehind(socket);
  if (!server) return undefined;
  for (const end = Date.now() + 10_000; lives(server); await sleep(POLL_MS)) {
    const answer = await ask(server.socket, 'PING');
    if (answer?.startsWith('+PONG')) return server;
    if (answer === undefined && Date.now() > end) process.kill(server.pid, 'SIGKILL');
  }
  return undefined;
}
