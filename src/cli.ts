import { parseArgs } from 'node:util';
import { type Answer, type Command, Refusal, Usage } from './cli/command.js';
import { gatewayCommands } from './cli/gateway.js';
import { settingsCommands } from './cli/settings.js';
import { siteCommands } from './cli/site.js';
import { teamCommands } from './cli/team.js';
import { visitCommands } from './cli/visit.js';
import { type Config, describeConfig, loadConfig } from './config.js';
import { parseSiteId, type SiteId } from './domain/id.js';
import { checkServer, connectRedis } from './redis/connect.js';
import { startPrivateRedis } from './redis/embedded.js';
import { createRuntime, MAIN_SITE, StartError } from './runtime.js';
import { loadOrMakeSecret } from './secret.js';

type Environment = Readonly<Record<string, string | undefined>>;

export const COMMANDS: readonly Command[] = [
  ...siteCommands,
  ...teamCommands,
  ...visitCommands,
  ...gatewayCommands,
  ...settingsCommands,
];

export interface Streams {
  out: (text: string) => void;
  err: (text: string) => void;
  readInput: () => Promise<string>;
}

const DONE = 0;
const REFUSED = 1;
const WRONG_USAGE = 2;
const READY_MS = 10_000;
const COMMAND_TIMEOUT_MS = 5000;
const quiet = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

async function readStandardInput(): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of process.stdin) parts.push(part as Buffer);
  return Buffer.concat(parts)
    .toString('utf8')
    .replace(/\r?\n$/, '');
}

const standard: Streams = {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  readInput: readStandardInput,
};

/** The operator's command line. Exit codes: 0 done, 1 refused, 2 wrong usage. */
export async function main(
  argv: readonly string[],
  env: Environment = process.env,
  streams: Streams = standard,
): Promise<number> {
  try {
    const answer = await dispatch(argv, env, streams);
    const json = argv.includes('--json');
    const text = json ? JSON.stringify(answer.json, null, 2) : answer.lines.join('\n');
    if (text !== '') streams.out(`${text}\n`);
    return DONE;
  } catch (error) {
    if (error instanceof Usage) {
      streams.err(`foyer: ${error.message}\n`);
      return WRONG_USAGE;
    }
    if (error instanceof Refusal || error instanceof StartError) {
      streams.err(`foyer: ${error.message}\n`);
      return REFUSED;
    }
    const message = error instanceof Error ? error.message : String(error);
    streams.err(`foyer: ${message}\n`);
    return REFUSED;
  }
}

export function usage(): string[] {
  const rows = COMMANDS.map(({ name, usage, help }) =>
    `  foyer ${name} ${usage}`.trimEnd().concat(`\n      ${help}`),
  );
  return [
    'Usage: foyer <command> [--site <id>] [--json]',
    '',
    '  foyer config\n      The effective configuration, secrets masked.',
    ...rows,
  ];
}

async function dispatch(argv: readonly string[], env: Environment, streams: Streams): Promise<Answer> {
  const [first = ''] = argv;
  if (first === '' || first === 'help' || first === '--help' || first === '-h') {
    if (first === '') throw new Usage(`a command is missing\n\n${usage().join('\n')}`);
    return { json: usage(), lines: usage() };
  }
  const loaded = loadConfig(env);
  if (!loaded.ok) throw new Refusal(['the configuration is wrong:', ...loaded.problems].join('\n  '));
  const { config } = loaded;
  if (first === 'config') {
    if (argv.some((word, i) => i > 0 && word !== '--json')) throw new Usage('config takes only --json');
    const rows = describeConfig(config, env);
    return {
      json: rows,
      lines: rows.map(({ name, value, source }) => `${name}=${value}  (${source})`),
    };
  }

  const command = COMMANDS.find(({ name }) => name === argv.slice(0, name.split(' ').length).join(' '));
  if (!command)
    throw new Usage(
      `there is no command "${argv
        .filter((word) => !word.startsWith('-'))
        .slice(0, 2)
        .join(' ')}"; foyer help lists them`,
    );
  const { words, options } = parse(command, argv.slice(command.name.split(' ').length));
  const site = parseSiteId(typeof options.site === 'string' ? options.site : MAIN_SITE);
  if (!site) throw new Usage(`--site takes an id such as ${MAIN_SITE}, not "${String(options.site)}"`);

  return withRuntime(config, async (runtime) => {
    if (!(await runtime.stores.sites.exists(site)))
      throw new Refusal(`there is no site "${site}"; foyer site list shows them`);
    return command.run({
      site: site as SiteId,
      words,
      options,
      config,
      env,
      runtime,
      by: 'command-line',
      readInput: streams.readInput,
    });
  });
}

function parse(command: Command, args: string[]) {
  const wanted = { ...command.options, site: 'text', json: 'flag' } as const;
  const options = Object.fromEntries(
    Object.entries(wanted).map(([name, kind]) => [
      name,
      { type: kind === 'text' ? ('string' as const) : ('boolean' as const) },
    ]),
  );
  const help = `usage: foyer ${command.name} ${command.usage}`.trimEnd();
  try {
    const { values, positionals } = parseArgs({
      args,
      options,
      allowPositionals: true,
      strict: true,
    });
    const [least, most] = command.words ?? [0, 0];
    if (positionals.length < least || positionals.length > most) throw new Usage(help);
    return {
      words: positionals,
      options: values as Record<string, string | boolean | undefined>,
    };
  } catch (error) {
    if (error instanceof Usage) throw error;
    throw new Usage(`${error instanceof Error ? error.message : String(error)}\n${help}`);
  }
}

/** The same stores and services as the portal's, without a worker: the portal that runs does what was decided. */
async function withRuntime<T>(
  config: Config,
  work: (runtime: Awaited<ReturnType<typeof createRuntime>>) => Promise<T>,
): Promise<T> {
  const closing: (() => Promise<unknown>)[] = [];
  try {
    let url = config.redisUrl;
    if (url === undefined) {
      const own = await startPrivateRedis({
        dataDir: config.dataDir,
        log: quiet,
        purpose: 'command',
      });
      if (!own.ok) throw new Refusal(own.message);
      closing.push(() => own.close());
      url = own.url;
    }
    const redis = connectRedis(url, {
      name: 'foyer-command',
      commandTimeoutMs: COMMAND_TIMEOUT_MS,
    });
    closing.push(() => redis.close());
    if (!(await redis.ready(READY_MS))) throw new Refusal('Redis does not answer');
    const { problems } = await checkServer(redis);
    if (problems.length > 0) throw new Refusal(problems.join(' '));
    const secret = config.secret ?? (await loadOrMakeSecret(config.dataDir));
    const runtime = await createRuntime({
      config: { ...config, roles: [] },
      redis,
      secret,
      log: quiet,
      exclusive: false,
    });
    closing.push(() => runtime.stop());
    return await work(runtime);
  } finally {
    for (const close of closing.reverse()) await close();
  }
}
