import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import t from 'tap';
import { SYNTAX } from '../src/cli.js';
import { CONFIG_TABLE, type Variable } from '../src/config-table.js';
import { SETTING_NAMES, SETTINGS, settingText } from '../src/domain/settings.js';
import { capabilityRows, drivers } from '../src/drivers/index.js';
import { ERRORS } from '../src/errors.js';

const root = resolve(import.meta.dirname, '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const architecture = readFileSync(join(root, 'src/README.md'), 'utf8');
const guides = readdirSync(join(root, 'src/drivers'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('README.md'))
  .map((file) => join('src/drivers', file));
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const cell = (text: string): string => text.replaceAll('|', '\\|');
const row = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
const table = ([heading = [], ...rows]: readonly (readonly string[])[]): string =>
  [row(heading), row(heading.map(() => '---')), ...rows.map(row)].join('\n');
const code = (text: string): string => (text === '' ? '' : `\`${text}\``);

const configuration = [
  ['Variable', 'Default', 'What it is'],
  ...Object.values<Variable<unknown>>(CONFIG_TABLE).map(({ name, fallback = '', secret, help }) => [
    code(name),
    code(fallback),
    secret ? `${help} Never shown.` : help,
  ]),
];

const settings = [
  ['Setting', 'Default', 'Takes', 'What it is'],
  ...SETTING_NAMES.map((name) => {
    const { default: preset, takes, help } = SETTINGS[name];
    const shown = name === 'site.timeZone' ? '' : settingText(preset).replaceAll('\n', '; ');
    return [code(name), code(shown), takes, help];
  }),
];

const errors = [
  ['Code', 'Status', 'What it says'],
  ...Object.entries(ERRORS).map(([name, { status, title }]) => [code(name), `${status}`, title]),
];

const fields = [
  ['Kind', 'Field', 'Default', 'What it is'],
  ...[...drivers.values()].flatMap(({ kind, fields }) =>
    Object.entries(fields.properties).map(([name, schema]) => {
      const { default: preset, description = '' } = schema as { default?: unknown; description?: string };
      return [code(kind), code(name), preset === undefined ? '' : code(JSON.stringify(preset)), description];
    }),
  ),
];

/** Where each table stands. */
const tables: readonly { what: string; file: string; rows: readonly (readonly string[])[] }[] = [
  { what: 'configuration', file: 'README.md', rows: configuration },
  { what: 'settings', file: 'README.md', rows: settings },
  { what: 'errors', file: 'README.md', rows: errors },
  { what: 'capabilities', file: 'README.md', rows: capabilityRows() },
  { what: 'fields', file: 'src/drivers/README.md', rows: fields },
];

/** The text with the table of this heading in place of the one that it has. */
function withTable(text: string, rows: readonly (readonly string[])[]): string {
  const lines = text.split('\n');
  const start = lines.indexOf(row(rows[0] ?? []));
  if (start < 0) return text;
  const length = lines.slice(start).findIndex((line) => !line.startsWith('|'));
  return [...lines.slice(0, start), table(rows), ...lines.slice(start + length)].join('\n');
}

for (const { what, file, rows } of tables) {
  t.test(`the table of ${what} in ${file} is the code's, and outside of CI made anew`, async (t) => {
    const path = join(root, file);
    if (process.env.CI !== 'true') writeFileSync(path, withTable(readFileSync(path, 'utf8'), rows));
    t.ok(readFileSync(path, 'utf8').includes(`${table(rows)}\n`), `\n${table(rows)}`);
  });
}

t.test('the README names every command with what follows it', async (t) => {
  for (const { name, usage } of SYNTAX) t.ok(readme.includes(`foyer ${`${name} ${usage}`.trim()}`), name);
});

t.test('commands, files and pictures that the READMEs name exist', async (t) => {
  for (const [, name = ''] of readme.matchAll(/npm (?:run )?(start|test|build|check|format)\b/g)) {
    t.ok(scripts[name], `npm ${name}`);
  }
  for (const [text, base] of [
    [readme, root],
    [architecture, join(root, 'src')],
    ...guides.map((file) => [readFileSync(join(root, file), 'utf8'), join(root, dirname(file))] as const),
  ] as const) {
    for (const [, path = ''] of text.matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)) {
      t.ok(existsSync(join(base, path)), path);
    }
  }
});

t.test('every kind of router has its page, and the page of drivers leads there', async (t) => {
  const index = readFileSync(join(root, 'src/drivers/README.md'), 'utf8');
  for (const { kind, label } of drivers.values()) {
    const page = index.split('\n').find((line) => line.startsWith(`| \`${kind}\` |`) && line.includes(label));
    t.match(page, /\]\([^)]+\)/, kind);
  }
});

t.test('files and folders in the architecture’s text exist', async (t) => {
  const named = [...architecture.matchAll(/`((?:[a-z-]+\/)+[a-z-]*(?:\.(?:ts|lua|mjs))?|[a-z-]+\.ts)`/g)];
  t.ok(named.length > 30);
  for (const [, path = ''] of named) {
    t.ok(existsSync(join(root, 'src', path)) || existsSync(join(root, path)), path);
  }
});
