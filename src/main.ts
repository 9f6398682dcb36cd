import { pino } from 'pino';
import { type Config, loadConfig, readTlsAgain } from './config.js';
import { MAIN_SITE } from './domain/id.js';
import { createServers, type Ports } from './http/server.js';
import { createLog } from './log.js';
import { type Close, openRuntime } from './open.js';
import { type Runtime, StartError } from './runtime.js';
import { demoLink } from './services/demo.js';

const REDIS_READY_MS = 10_000;
/** Whatever hangs, the process is gone by then: Ctrl-C ends it within 5 s. */
const STOP_MS = 4500;

const loaded = loadConfig(process.env);
if (loaded.ok) {
  await run(loaded.config).catch((error: unknown) =>
    refuse([error instanceof Error ? error.message : String(error)]),
  );
} else {
  refuse(loaded.problems);
}

function refuse(problems: readonly string[]): void {
  process.stderr.write(`Foyer does not start:\n${problems.map((problem) => `  ${problem}\n`).join('')}`);
  process.exit(1);
}

async function run(config: Config): Promise<void> {
  // The log goes to standard error: standard output is for what the operator reads at the first start.
  const log = createLog(config.logLevel, pino.destination(2));
  const closing: Close[] = [];
  const stop = async (code: number): Promise<never> => {
    setTimeout(() => process.exit(code || 1), STOP_MS).unref();
    for (const close of closing.reverse())
      await close().catch((err: unknown) => log.warn({ err }, 'stopping'));
    process.exit(code);
  };
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (!stopping) void stop(0);
      stopping = true;
    });
  }

  // In a terminal it says that the terminal is gone, and ends the process as it ends every other.
  let look = (): void => undefined;
  if (!process.stdin.isTTY) process.on('SIGHUP', () => look());

  try {
    const runtime = await openRuntime(config, { purpose: 'portal', log, readyMs: REDIS_READY_MS }, closing);
    const servers = await createServers(runtime, log, { read: () => readTlsAgain(process.env) });
    look = () => servers.certificate?.look();
    closing.push(() => servers.close());
    const ports = await servers.listen();
    await runtime.start(ports.guest);
    await sayHello(runtime, ports);
    log.info(ports, 'Foyer is up');
  } catch (error) {
    if (!(error instanceof StartError)) log.error({ err: error }, 'start failed');
    process.stderr.write(`Foyer does not start: ${error instanceof Error ? error.message : String(error)}\n`);
    await stop(1);
  }
}

/** What the operator needs at the first start, and never a password. */
async function sayHello(runtime: Runtime, ports: Ports): Promise<void> {
  const { config, services } = runtime;
  const scheme = config.tlsCert ? 'https' : 'http';
  const admin = config.adminUrl ?? `${scheme}://localhost:${ports.admin}`;
  const pin = ports.guest === undefined ? undefined : await services.demo.prepare(MAIN_SITE);
  // A new link voids the one before: only who shows it may make it.
  const code = ports.admin === undefined ? undefined : await services.team.issueSetupCode();
  const lines: string[] = [];
  if (pin) lines.push(`Portal: ${demoLink(runtime.portalOrigin())}`);
  if (ports.admin !== undefined) lines.push(`Admin: ${admin}/`);
  if (code) lines.push(`Set-up link: ${admin}/setup?code=${code}`);
  if (pin) lines.push(`Demo PIN: ${pin}`);
  if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`);
}
