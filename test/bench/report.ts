import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';

/** What one benchmark found: a figure beside its yardstick, both of the same run. */
export interface Result {
  name: string;
  /** What was measured, in a sentence. */
  what: string;
  unit: string;
  yardstick: number;
  measured: number;
  /** `measured` to `yardstick`. */
  ratio: number;
  /** The ratio that is promised. */
  atMost: number;
}

const JSON_FILE = join(import.meta.dirname, 'results.json');
const TABLE_FILE = join(import.meta.dirname, 'RESULTS.md');

function known(): Result[] {
  try {
    return JSON.parse(readFileSync(JSON_FILE, 'utf8')).results;
  } catch {
    return [];
  }
}

const round = (value: number): string => value.toFixed(2);

/** Puts the result into `results.json` and `RESULTS.md`, in place of the former one of its name. */
export function report(result: Result): void {
  const results = [...known().filter(({ name }) => name !== result.name), result];
  const machine = { node: process.version, cores: cpus().length };
  writeFileSync(JSON_FILE, `${JSON.stringify({ machine, results }, null, 2)}\n`);
  const rows = results.map(
    ({ what, unit, yardstick, measured, ratio, atMost }) =>
      `| ${what} | ${round(yardstick)} ${unit} | ${round(measured)} ${unit} | ${round(ratio)} | ${atMost} |`,
  );
  const text = [
    '# Benchmarks',
    '',
    `Made by \`npm run bench\` on ${machine.cores} cores with Node ${machine.node.slice(1)}. Each figure stands beside a yardstick of the same run.`,
    '',
    '| What | Yardstick | Measured | Ratio | Promised |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ];
  writeFileSync(TABLE_FILE, text.join('\n'));
}

/** The value below which this share of the values lies, by the nearest rank. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}
