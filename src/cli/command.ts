import type { Config } from '../config.js';
import type { SiteId } from '../domain/id.js';
import type { FieldProblem } from '../domain/problem.js';
import type { Runtime } from '../runtime.js';

/** What a command answered: an object for `--json`, lines for people. */
export interface Answer {
  json: unknown;
  lines: string[];
}

/** Refused: exit code 1, this message on standard error; with `--json` the object, where there is one, on standard output. */
export class Refusal extends Error {
  readonly json: unknown;
  constructor(message: string, json?: unknown) {
    super(message);
    this.json = json;
  }
}
/** Wrong usage: exit code 2. */
export class Usage extends Error {}

/** What was typed after the command's name. */
export interface Given {
  words: string[];
  options: Record<string, string | boolean | undefined>;
}

export interface Invocation extends Given {
  site: SiteId;
  config: Config;
  runtime: Runtime;
  /** Who did it, as events name them. */
  by: string;
  /** All of standard input, without the last line break. */
  readInput: () => Promise<string>;
}

/** `whole`: a whole number. A list: one of these. */
export type OptionKind = 'text' | 'flag' | 'whole' | readonly string[];

/** A command as the help shows it and as it is read, before anything is connected. */
export interface Syntax {
  /** As typed: `visit add`. */
  name: string;
  /** What follows the name in the help. */
  usage: string;
  /** For whoever reads the help: what it does. */
  help: string;
  /** Options that this command takes, beside `--json`, `--site` and `--help`. */
  options?: Record<string, OptionKind>;
  required?: readonly string[];
  /** How many words it takes: at least, at most. */
  words?: [number, number];
  /** Throws `Usage` for what the lines above cannot say. */
  check?(given: Given): void;
}

export interface Command extends Syntax {
  /** Decides nothing: it answers too while the clock cannot be trusted. */
  reads?: true;
  run(invocation: Invocation): Promise<Answer>;
}

/** Refuses with every problem of an input. `labels`: what the operator typed for a field. */
export function refuseProblems(
  problems: readonly FieldProblem[],
  labels: Readonly<Record<string, string>> = {},
): never {
  const lines = problems.map(({ field, message }) => {
    const label = labels[field] ?? field;
    const about = message.startsWith(`${field} `) ? message.slice(field.length + 1) : message;
    return about === message ? `${label}: ${message}` : `${label} ${about}`;
  });
  throw new Refusal(lines.join('\n'));
}

export function optional(options: Given['options'], name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
}

/** The value of an option that is among the command's required ones. */
export const required = (options: Given['options'], name: string): string => optional(options, name) ?? '';

/** The value of an option of kind `whole`. */
export function whole(options: Given['options'], name: string): number | undefined {
  const text = optional(options, name);
  return text === undefined ? undefined : Number(text);
}

/** Columns of equal width, for people. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
  }
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
