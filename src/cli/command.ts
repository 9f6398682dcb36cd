import type { Config } from '../config.js';
import type { SiteId } from '../domain/id.js';
import type { Runtime } from '../runtime.js';

/** What a command answered: an object for `--json`, lines for people. */
export interface Answer {
  json: unknown;
  lines: string[];
}

/** Refused: exit code 1, this message on standard error. */
export class Refusal extends Error {}
/** Wrong usage: exit code 2. */
export class Usage extends Error {}

export interface Invocation {
  site: SiteId;
  /** Words after the command. */
  words: string[];
  options: Record<string, string | boolean | undefined>;
  config: Config;
  env: Readonly<Record<string, string | undefined>>;
  runtime: Runtime;
  /** Who did it, as events name them. */
  by: string;
  /** All of standard input, without the last line break. */
  readInput: () => Promise<string>;
}

export interface Command {
  /** As typed: `visit add`. */
  name: string;
  /** What follows the name in the help. */
  usage: string;
  help: string;
  /** Options that this command takes, beside `--json` and `--site`. */
  options?: Record<string, 'text' | 'flag'>;
  /** How many words it takes: at least, at most. */
  words?: [number, number];
  run(invocation: Invocation): Promise<Answer>;
}

/** Refuses with every problem of an input. */
export function refuseProblems(problems: readonly { field: string; message: string }[]): never {
  throw new Refusal(problems.map(({ field, message }) => `${field}: ${message}`).join('\n'));
}

/** The value of an option that must be there. */
export function required(options: Invocation['options'], name: string): string {
  const value = options[name];
  if (typeof value !== 'string' || value === '') throw new Usage(`--${name} is missing`);
  return value;
}

export function optional(options: Invocation['options'], name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
}

/** A whole number, as typed. */
export function whole(text: string, name: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Usage(`--${name} takes a whole number, not "${text}"`);
  return Number(text);
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
