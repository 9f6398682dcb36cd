import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t from 'tap';
import { SYNTAX } from '../src/cli.js';
import { CONFIG_TABLE, type Variable } from '../src/config-table.js';
import { SETTING_NAMES, SETTINGS } from '../src/domain/settings.js';
import { capabilityRows, drivers } from '../src/drivers/index.js';
import { ERRORS } from '../src/errors.js';

const root = resolve(import.meta.dirname, '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const architecture = readFileSync(join(root, 'src/README.md'), 'utf8');
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
    const shown = name === 'site.timeZone' || preset === null ? '' : String(preset);
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

for (const [what, rows] of Object.entries({
  configuration,
  settings,
  errors,
  fields,
  capabilities: capabilityRows(),
})) {
  t.test(`the README's table of ${what} is the code's`, async (t) => {
    t.ok(readme.includes(table(rows)), `\n${table(rows)}`);
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
  ] as const) {
    for (const [, path = ''] of text.matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)) {
      t.ok(existsSync(join(base, path)), path);
    }
  }
});

t.test('files and folders in the architecture’s text exist', async (t) => {
  const named = [...architecture.matchAll(/`((?:[a-z-]+\/)+[a-z-]*(?:\.(?:ts|lua|mjs))?|[a-z-]+\.ts)`/g)];
  t.ok(named.length > 30);
  for (const [, path = ''] of named) {
    t.ok(existsSync(join(root, 'src', path)) || existsSync(join(root, path)), path);
  }
});
