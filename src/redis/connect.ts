import { setTimeout as sleep } from 'node:timers/promises';
import { Cluster, Redis } from 'ioredis';
import { REPLICA_TIMEOUT_MS, type RedisClient } from './scripts.js';
import { parseRedisUrl, type RedisTarget } from './url.js';

export interface ConnectOptions {
  log?: { info(data: object, message: string): void; warn(data: object, message: string): void };
  /** Milliseconds after which a command without an answer fails. Such a command may still have been carried out. */
  commandTimeoutMs?: number;
  /** Seen in CLIENT LIST. */
  name?: string;
}

/** One Redis, whatever stands behind it. Commands fail at once while it is away; the client comes back by itself. */
export interface RedisConnection {
  kind: 'standalone' | 'sentinel' | 'cluster';
  client: RedisClient;
  /** Where the server fails over: a second connection, on which answers may wait for a replica. */
  durable?: RedisClient;
  /** Resolves with true as soon as commands are accepted, with false after `timeoutMs`. */
  ready(timeoutMs: number): Promise<boolean>;
  close(): Promise<void>;
}

const COMMAND_TIMEOUT_MS = 500;
const retryMs = (times: number): number => Math.min(50 * times, 500);

/** Connects to what `REDIS_URL` names. Throws only where the URL is not one that `parseRedisUrl` accepts. */
export function connectRedis(url: string, options: ConnectOptions = {}): RedisConnection {
  const parsed = parseRedisUrl(url);
  if (!parsed.ok) throw new Error(`REDIS_URL: ${parsed.problem}`);
  const { target } = parsed;
  const client = makeClient(target, options);
  reportChanges(client, options.log);
  const patient = { ...options, commandTimeoutMs: REPLICA_TIMEOUT_MS + COMMAND_TIMEOUT_MS };
  const durable = target.kind === 'standalone' ? undefined : makeClient(target, patient);
  if (durable) reportChanges(durable, undefined);
  const all = durable ? [client, durable] : [client];
  return {
    kind: target.kind,
    client,
    ...(durable ? { durable } : {}),
    async ready(timeoutMs) {
      // A client can be ready before anyone listens for the event, so its state is what counts.
      const up = () => all.every(({ status }) => status === 'ready');
      for (const end = performance.now() + timeoutMs; !up(); await sleep(10))
        if (performance.now() > end || client.status === 'end') return false;
      return true;
    },
    async close() {
      for (const one of all) {
        if (one.status === 'ready') await one.quit().catch(() => undefined);
        one.disconnect();
      }
    },
  };
}

function makeClient(target: RedisTarget, options: ConnectOptions): RedisClient {
  const { username, password, db } = target;
  const commandTimeout = options.commandTimeoutMs ?? COMMAND_TIMEOUT_MS;
  const common = {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(target.tls ? { tls: {} } : {}),
    ...(options.name === undefined ? {} : { connectionName: options.name }),
    commandTimeout,
    connectTimeout: 3000,
    // A queue of waiting commands would make every visitor wait, then do all of it at once and late.
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
  };
  const patience = { enableOfflineQueue: false, retryStrategy: retryMs };
  switch (target.kind) {
    case 'cluster':
      return new Cluster(target.hosts, {
        enableOfflineQueue: false,
        clusterRetryStrategy: retryMs,
        clusterNodeRetryStrategy: retryMs,
        slotsRefreshTimeout: 1000,
        slotsRefreshInterval: 5000,
        maxRedirections: 4,
        // TLS nodes announce addresses, certificates name hosts: only the seed's own name can be verified by lookup.
        ...(target.tls ? { dnsLookup: (host, callback) => callback(null, host) } : {}),
        redisOptions: common,
      });
    case 'sentinel': {
      const { sentinelUsername, sentinelPassword } = target;
      return new Redis({
        ...common,
        ...patience,
        db,
        name: target.name,
        sentinels: target.hosts,
        ...(sentinelUsername === undefined ? {} : { sentinelUsername }),
        ...(sentinelPassword === undefined ? {} : { sentinelPassword }),
        ...(target.tls ? { enableTLSForSentinelMode: true, sentinelTLS: {} } : {}),
        sentinelRetryStrategy: retryMs,
        sentinelCommandTimeout: commandTimeout,
        failoverDetector: true,
        reconnectOnError: demoted,
      });
    }
    case 'standalone': {
      const address = 'path' in target ? { path: target.path } : { host: target.host, port: target.port };
      return new Redis({ ...common, ...patience, db, ...address });
    }
  }
}

// After a failover the old master answers READONLY on the connection that is still open.
const demoted = (error: Error): boolean => error.message.startsWith('READONLY');

function reportChanges(client: RedisClient, log: ConnectOptions['log']): void {
  let state: 'new' | 'up' | 'down' = 'new';
  const down = (reason: string) => {
    if (state === 'down') return;
    state = 'down';
    log?.warn({ reason }, 'Redis is away');
  };
  client.on('ready', () => {
    if (state === 'down') log?.info({}, 'Redis is back');
    state = 'up';
  });
  // Without a listener for errors the process would end with the first one.
  client.on('error', (error: NodeJS.ErrnoException) => down(error.code ?? error.message));
  client.on('close', () => {
    if (state === 'up' && !ending(client)) down('the connection was closed');
  });
}

const ending = (client: RedisClient): boolean => client.status === 'end' || client.status === 'disconnecting';

export interface ServerCheck {
  /** Reasons not to work with this server. */
  problems: string[];
  /** What an operator should know and change. */
  warnings: string[];
}

/** Is this a server to work with? Redis 7.0 or newer, or Valkey; writable; in the mode that the URL says. */
export async function checkServer(connection: RedisConnection): Promise<ServerCheck> {
  const { client, kind } = connection;
  const nodes = client instanceof Cluster ? client.nodes('master') : [client];
  const checks = await Promise.all(nodes.map(async (node) => judge(await node.info(), kind)));
  const unique = (pick: (check: ServerCheck) => string[]) => [...new Set(checks.flatMap(pick))];
  return { problems: unique((check) => check.problems), warnings: unique((check) => check.warnings) };
}

/** What the text of INFO says about a server. */
export function judge(info: string, kind: RedisConnection['kind']): ServerCheck {
  const facts = new Map(
    info.split(/\r?\n/).map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
  );
  const problems: string[] = [];
  const warnings: string[] = [];
  const version = facts.get('redis_version') ?? 'unknown';
  if (facts.get('server_name') !== 'valkey' && !(Number.parseInt(version, 10) >= 7))
    problems.push(`Redis ${version} is too old: Foyer needs Redis 7.0 or newer, or Valkey`);
  if (facts.get('cluster_enabled') === '1' && kind !== 'cluster')
    problems.push('This server is a node of a cluster: use redis-cluster://host:port,host:port in REDIS_URL');
  if (facts.get('role') === 'slave')
    problems.push(
      'This server is a replica and cannot be written: name its master in REDIS_URL, or use redis-sentinel://',
    );
  if (Number(facts.get('maxmemory') ?? 0) > 0 && facts.get('maxmemory_policy') !== 'noeviction')
    warnings.push(
      `Redis may throw visits away when its memory is full (maxmemory-policy ${facts.get('maxmemory_policy')}): set it to noeviction`,
    );
  if (facts.get('aof_enabled') === '0')
    warnings.push(
      'Redis keeps no append-only file, so a crash of Redis loses visits: set appendonly yes and appendfsync always',
    );
  return { problems, warnings };
}
