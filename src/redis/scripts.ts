import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { ChainableCommander, Cluster, Redis } from 'ioredis';
import type { SiteId } from '../domain/id.js';
import { root } from './keys.js';

export type RedisClient = Redis | Cluster;

const folder = new URL('./scripts/', import.meta.url);

/** The text of a script with each `-- @include name` replaced by that file, once. */
export function loadScript(name: string, seen: Set<string> = new Set()): string {
  const text = readFileSync(new URL(`${name}.lua`, folder), 'utf8');
  return text.replace(/^-- @include ([a-z-]+)$/gm, (_, include: string) => {
    if (seen.has(include)) return '';
    seen.add(include);
    return loadScript(`include/${include}`, seen);
  });
}

/** What a script answers: a status word, then data, all strings. */
export type Reply = readonly [status: string, ...data: string[]];

export interface ScriptDefinition<Args extends string, R> {
  /** Name of the file under `scripts/`. */
  file: string;
  /** Names of ARGV in order. */
  args: readonly Args[];
  /** Turns the reply into a typed value. */
  reply: (reply: Reply) => R;
  /** On Sentinel and Cluster: answered only after a replica has it. */
  durable?: boolean;
  /** Goes through so much that its answer may take long: on a connection of its own, so that nobody waits behind it. */
  long?: boolean;
}

export type Script<Args extends string, R> = ScriptOn<SiteId, Args, R>;

type ScriptOn<On, Args extends string, R> = (
  redis: RedisClient,
  on: On,
  args: Record<Args, string | number>,
  rest?: readonly (string | number)[],
) => Promise<R>;

/** No replica confirmed in time: the caller must not acknowledge. */
export class NotReplicatedError extends Error {}

export const REPLICA_TIMEOUT_MS = 1000;
const replicated = new WeakMap<RedisClient, RedisClient>();

/**
 * Marks a connection whose server fails over: durable scripts then wait for a replica, on a connection of their own, since a
 * wait holds up whatever is sent after it.
 */
export const markReplicated = (redis: RedisClient, durable: RedisClient): void => {
  replicated.set(redis, durable);
};

type Sender = (key: string, ...args: (string | number)[]) => Promise<unknown>;
type Registry = Record<string, Sender | undefined>;

/**
 * One state transition with a declared interface. KEYS[1] is the site's root; whole numbers go over as text, since Lua
 * would print large ones with an exponent.
 */
export function defineScript<Args extends string, R>(definition: ScriptDefinition<Args, R>): Script<Args, R> {
  const run = defineGlobalScript(definition);
  return (redis, site, values, rest) => run(redis, root(site), values, rest);
}

/** The same for what belongs to no site: KEYS[1] is one of the global keys. */
export function defineGlobalScript<Args extends string, R>(
  definition: ScriptDefinition<Args, R>,
): ScriptOn<string, Args, R> {
  const { file, args, reply, durable = false, long = false } = definition;
  const lua = loadScript(file);
  const command = `foyer:${file}`;
  return async (redis, key, values, rest = []) => {
    const waiting = durable ? replicated.get(redis) : undefined;
    const usual = waiting ?? redis;
    const client = long ? await patientTwin(usual) : usual;
    try {
      const registry = client as unknown as Registry;
      if (!registry[command]) client.defineCommand(command, { numberOfKeys: 1, lua });
      const argv = [...args.map((name) => values[name]), ...rest];
      const raw = waiting
        ? await sendDurably(client, command, key, argv)
        : await (registry[command] as Sender)(key, ...argv);
      return reply(decode(file, raw));
    } finally {
      if (long) client.disconnect();
    }
  };
}

const PATIENCE_MS = 30_000;

/** A connection to the same server, for one script, that waits for its answer. */
async function patientTwin(redis: RedisClient): Promise<RedisClient> {
  const patience = { commandTimeout: PATIENCE_MS };
  const twin =
    'nodes' in redis
      ? redis.duplicate([], { redisOptions: { ...redis.options.redisOptions, ...patience } as object })
      : redis.duplicate(patience);
  // Without a listener for errors the process would end with the first one.
  twin.on('error', () => undefined);
  try {
    await once(twin, 'ready', { signal: AbortSignal.timeout(PATIENCE_MS) });
  } catch (error) {
    twin.disconnect();
    throw error;
  }
  return twin;
}

async function sendDurably(redis: RedisClient, command: string, key: string, argv: (string | number)[]) {
  const pipeline = redis.pipeline();
  const registry = pipeline as unknown as Registry;
  (registry[command] as Sender).call(pipeline, key, ...argv);
  pipeline.call('WAIT', '1', String(REPLICA_TIMEOUT_MS));
  const results = (await pipeline.exec()) ?? [];
  const [script, wait] = results;
  if (!script || script[0]) throw script?.[0] ?? new Error(`${command}: no answer`);
  if (!wait || wait[0] || Number(wait[1]) < 1)
    throw new NotReplicatedError(`${command}: no replica has it yet`);
  return script[1];
}

function decode(file: string, raw: unknown): Reply {
  if (!Array.isArray(raw) || raw.length === 0 || raw.some((item) => typeof item !== 'string')) {
    throw new Error(`script ${file}: unexpected reply`);
  }
  return raw as unknown as Reply;
}

/** For replies that are a status word and nothing else to decode. */
export const statusOf =
  <S extends string>(...known: S[]) =>
  (reply: Reply): S => {
    const status = known.find((word) => word === reply[0]);
    if (!status) throw new Error(`unexpected status ${reply[0]}`);
    return status;
  };

/** What a pipeline of reads answers, each in its place; the first fault of any is thrown. */
export async function answers<T>(step: ChainableCommander): Promise<T[]> {
  const rows = (await step.exec()) ?? [];
  return rows.map(([error, value]) => {
    if (error) throw error;
    return value as T;
  });
}
