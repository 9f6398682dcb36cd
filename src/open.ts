import type { Config } from './config.js';
import { checkServer, connectRedis } from './redis/connect.js';
import { type PrivateRedisOptions, startPrivateRedis } from './redis/embedded.js';
import { createRuntime, type Log, type Runtime, StartError } from './runtime.js';
import { loadOrMakeSecret } from './secret.js';

export type Close = () => Promise<unknown>;

export interface OpenOptions {
  purpose: PrivateRedisOptions['purpose'];
  log: Log;
  /** How long Redis may take to answer, in milliseconds. */
  readyMs: number;
  /** How long one command of Redis may take, where not the usual. */
  commandTimeoutMs?: number;
}

/**
 * Redis, its own or the configured one, and the runtime on it. What has to be closed again is put on `closing` before it
 * is begun, so that an interrupted start leaves nothing behind. Throws `StartError` where the operator has to do something.
 */
export async function openRuntime(config: Config, options: OpenOptions, closing: Close[]): Promise<Runtime> {
  const { purpose, log, readyMs, commandTimeoutMs } = options;
  let url = config.redisUrl;
  if (url === undefined) {
    const starting = startPrivateRedis({ dataDir: config.dataDir, log, purpose });
    closing.push(async () => {
      const started = await starting;
      if (started.ok) await started.close();
    });
    const own = await starting;
    if (!own.ok) throw new StartError(own.message);
    url = own.url;
  }
  let away = '';
  const redis = connectRedis(url, {
    name: `foyer-${purpose}`,
    log: {
      info: (data, message) => log.info(data, message),
      warn: (data, message) => {
        if ('reason' in data) away = ` (${String(data.reason)})`;
        log.warn(data, message);
      },
    },
    ...(commandTimeoutMs === undefined ? {} : { commandTimeoutMs }),
  });
  closing.push(() => redis.close());
  if (!(await redis.ready(readyMs)))
    throw new StartError(`Redis does not answer${away}. Is REDIS_URL right, and is it running?`);
  const { problems, warnings } = await checkServer(redis);
  if (problems.length > 0) throw new StartError(problems.join(' '));
  for (const warning of warnings) log.warn({}, warning);

  const secret = config.secret ?? (await loadOrMakeSecret(config.dataDir));
  // Nobody else can use the private Redis of a portal: a lane that is held was held by a process that is gone.
  const exclusive = purpose === 'portal' && config.redisUrl === undefined;
  const runtime = await createRuntime({ config, redis, secret, log, exclusive });
  closing.push(() => runtime.stop());
  return runtime;
}
