import {
  type Answer,
  type Command,
  type Given,
  optional,
  Refusal,
  type Syntax,
  Usage,
} from './cli/command.js';
import { doctorCommands } from './cli/doctor.js';
import { gatewayCommands } from './cli/gateway.js';
import { grantCommands } from './cli/grant.js';
import { helpFor, read, usageOf } from './cli/parse.js';
import { settingsCommands } from './cli/settings.js';
import { siteCommands } from './cli/site.js';
import { teamCommands } from './cli/team.js';
import { visitCommands } from './cli/visit.js';
import { type Config, describeConfig, loadConfig } from './config.js';
import { MAIN_SITE, type SiteId } from './domain/id.js';
import { type Close, openRuntime } from './open.js';
import type { Runtime } from './runtime.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** The one command that needs no Redis. */
const CONFIG: Syntax = {
  name: 'config',
  usage: '',
  help: 'Print the effective configuration and where each value comes from, secrets masked.',
};

const COMMANDS: readonly Command[] = [
  ...doctorCommands,
  ...siteCommands,
  ...teamCommands,
  ...visitCommands,
  ...grantCommands,
  ...gatewayCommands,
  ...settingsCommands,
];

/** Every command as the help shows it. */
export const SYNTAX: readonly Syntax[] = [CONFIG, ...COMMANDS];

export interface Streams {
  out: (text: string) => void;
  err: (text: string) => void;
  readInput: () => Promise<string>;
}

const DONE = 0;
const REFUSED = 1;
const WRONG_USAGE = 2;
const READY_MS = 5000;
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

/** Who reads only the first lines (`| head`) is not told about the rest. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

/** The operator's command line. Exit codes: 0 done, 1 refused, 2 wrong usage. */
export async function main(
  argv: readonly string[],
  env: Environment = process.env,
  streams: Streams = standard,
): Promise<number> {
  let wantsJson = false;
  try {
    const typed = read(SYNTAX, argv);
    wantsJson = typed.json;
    const answer = typed.what === 'help' ? help(typed.words) : await run(typed, env, streams);
    const text = typed.json ? JSON.stringify(answer.json, null, 2) : answer.lines.join('\n');
    if (text !== '') streams.out(`${text}\n`);
    return DONE;
  } catch (error) {
    if (wantsJson && error instanceof Refusal && error.json !== undefined)
      streams.out(`${JSON.stringify(error.json, null, 2)}\n`);
    streams.err(`foyer: ${error instanceof Error ? error.message : String(error)}\n`);
    return error instanceof Usage ? WRONG_USAGE : REFUSED;
  }
}

function help(words: string[]): Answer {
  const json = SYNTAX.map((command) => ({
    name: command.name,
    usage: usageOf(command),
    help: command.help,
  }));
  return { json, lines: helpFor(SYNTAX, words) };
}

async function run(
  { command, given }: { command: Syntax; given: Given },
  env: Environment,
  { readInput }: Streams,
): Promise<Answer> {
  const loaded = loadConfig(env);
  if (!loaded.ok) throw new Refusal(['the configuration is wrong:', ...loaded.problems].join('\n  '));
  const { config } = loaded;
  const site = (optional(given.options, 'site') as SiteId | undefined) ?? MAIN_SITE;
  const online = COMMANDS.find(({ name }) => name === command.name);
  if (!online) return describe(config, env);
  return withRuntime(config, async (runtime) => {
    if (!(await runtime.stores.sites.exists(site)))
      throw new Refusal(`there is no site "${site}"; foyer site list shows them`);
    if (!online.reads && !runtime.decisions())
      throw new Refusal(runtime.clock.status().reason ?? 'The clock cannot be trusted');
    return online.run({ ...given, site, config, runtime, by: 'command-line', readInput });
  });
}

function describe(config: Config, env: Environment): Answer {
  const rows = describeConfig(config, env);
  return { json: rows, lines: rows.map(({ name, value, source }) => `${name}=${value}  (${source})`) };
}

/** The same stores and services as the portal's, without a worker: the portal that runs does what was decided. */
async function withRuntime<T>(config: Config, work: (runtime: Runtime) => Promise<T>): Promise<T> {
  const closing: Close[] = [];
  try {
    const options = {
      purpose: 'command',
      log: quiet,
      readyMs: READY_MS,
      commandTimeoutMs: COMMAND_TIMEOUT_MS,
    } as const;
    const runtime = await openRuntime({ ...config, roles: [] }, options, closing);
    return await work(runtime);
  } finally {
    for (const close of closing.reverse()) await close();
  }
}
