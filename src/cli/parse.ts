import { parseArgs } from 'node:util';
import { parseSiteId } from '../domain/id.js';
import { type Given, type OptionKind, type Syntax, Usage } from './command.js';

/** Options of every command; they may stand before its name too. */
const EVERYWHERE = { json: 'flag', site: 'text', help: 'flag' } as const;

export const usageOf = ({ name, usage }: Syntax): string => `foyer ${name} ${usage}`.trimEnd();

/** The commands whose names are these words, or begin with them. */
function under<S extends Syntax>(commands: readonly S[], words: readonly string[]): S[] {
  const begin = words.join(' ');
  return commands.filter(({ name }) => begin === '' || name === begin || name.startsWith(`${begin} `));
}

/** The help: of every command, or of those that the words name. */
export function helpFor<S extends Syntax>(commands: readonly S[], words: readonly string[] = []): string[] {
  const found = under(commands, words);
  if (found.length === 0) throw withHelp(`there is no command "${words.join(' ')}"`, commands);
  return [
    'Usage: foyer <command> [--site <id>] [--json]',
    '',
    ...found.flatMap((command) => [`  ${usageOf(command)}`, `      ${command.help}`]),
    '',
    'Every command takes --site (default: main), --json (prints the objects of the API) and --help.',
    'Exit codes: 0 done, 1 refused (the reason is on standard error), 2 wrong usage.',
  ];
}

export type Read<S extends Syntax> =
  | { what: 'help'; words: string[]; json: boolean }
  | { what: 'command'; command: S; given: Given; json: boolean };

/** What was typed. Throws `Usage`, with the help of the command that was meant. */
export function read<S extends Syntax>(commands: readonly S[], argv: readonly string[]): Read<S> {
  let from = 0;
  while (argv[from]?.startsWith('-')) from += argv[from] === '--site' ? 2 : 1;
  const [before, rest] = [argv.slice(0, from), argv.slice(from)];
  const json = before.includes('--json') || rest.includes('--json');
  const words = rest.filter((word) => !word.startsWith('-'));
  if (rest[0] === 'help') return { what: 'help', words: words.slice(1), json };
  if (rest.length === 0) {
    if (before.some((word) => word === '--help' || word === '-h')) return { what: 'help', words: [], json };
    throw withHelp('a command is missing', commands);
  }

  const command = commands.find(({ name }) => name === rest.slice(0, name.split(' ').length).join(' '));
  if (command) {
    const given = parse(command, [...before, ...rest.slice(command.name.split(' ').length)]);
    const asked = given.options.json === true;
    if (given.options.help === true) return { what: 'help', words: command.name.split(' '), json: asked };
    return { what: 'command', command, given, json: asked };
  }
  const family = under(commands, words.slice(0, 1));
  if (family.length === 0) throw withHelp(`there is no command "${words[0]}"`, commands);
  if (rest.includes('--help') || rest.includes('-h')) return { what: 'help', words: words.slice(0, 1), json };
  const typed = words.slice(0, 2).join(' ');
  throw withHelp(
    words.length > 1 ? `there is no command "${typed}"` : `"${typed}" needs a second word`,
    family,
  );
}

const withHelp = (problem: string, commands: readonly Syntax[]): Usage =>
  new Usage(`${problem}\n\n${helpFor(commands).join('\n')}`);

function parse(command: Syntax, args: string[]): Given {
  const kinds: Record<string, OptionKind> = { ...command.options, ...EVERYWHERE };
  const options = Object.fromEntries(
    Object.entries(kinds).map(([name, kind]) => [
      name,
      {
        type: kind === 'flag' ? ('boolean' as const) : ('string' as const),
        ...(name === 'help' ? { short: 'h' } : {}),
      },
    ]),
  );
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true, strict: true });
    const given: Given = { words: positionals, options: values };
    if (given.options.help !== true) check(command, kinds, given);
    return given;
  } catch (error) {
    const [problem = ''] = (error instanceof Error ? error.message : String(error)).split('. To specify');
    throw withHelp(problem, [command]);
  }
}

function check(command: Syntax, kinds: Record<string, OptionKind>, given: Given): void {
  const { words, options } = given;
  const [least, most] = command.words ?? [0, 0];
  const strayed = words[most];
  if (strayed !== undefined) throw new Usage(`"${strayed}" is too much`);
  if (words.length < least) throw new Usage(`${usageOf(command)}: a word is missing`);
  for (const name of command.required ?? [])
    if ((options[name] ?? '') === '') throw new Usage(`--${name} is missing`);
  for (const [name, value] of Object.entries(options)) {
    const kind = kinds[name] ?? 'text';
    if (typeof value !== 'string') continue;
    if (kind === 'whole' && !/^\d{1,9}$/.test(value))
      throw new Usage(`--${name} takes a whole number, not "${value}"`);
    if (typeof kind !== 'string' && !kind.includes(value))
      throw new Usage(`--${name} takes one of ${kind.join(', ')}, not "${value}"`);
  }
  if (typeof options.site === 'string' && !parseSiteId(options.site))
    throw new Usage(`--site takes an id such as main, not "${options.site}"`);
  command.check?.(given);
}
