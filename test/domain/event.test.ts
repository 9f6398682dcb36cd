import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t from 'tap';
import {
  compareEventIds,
  EVENT_GROUPS,
  EVENT_TYPES,
  EVENTS,
  eventKind,
  groupOf,
  isEventId,
} from '../../src/domain/event.js';

const src = resolve(import.meta.dirname, '../../src');
const read = (folder: string, ext: string) =>
  readdirSync(join(src, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ext))
    .map((file) => ({ file, text: readFileSync(join(src, folder, file), 'utf8') }));

/** The arguments of each call of `name`, as they are written. */
function calls(text: string, name: string): string[][] {
  const found: string[][] = [];
  for (const { index } of text.matchAll(new RegExp(`(?<![\\w.])${name}\\(`, 'g'))) {
    if (/function\s$/.test(text.slice(0, index))) continue;
    const args: string[] = [''];
    let depth = 0;
    let quoted = false;
    for (let i = text.indexOf('(', index); ; i++) {
      const c = text[i] ?? ')';
      if (c === "'") quoted = !quoted;
      if (!quoted && '([{'.includes(c) && depth++ === 0) continue;
      if (!quoted && ')]}'.includes(c) && --depth === 0) break;
      if (!quoted && c === ',' && depth === 1) args.push('');
      else args[args.length - 1] += c;
    }
    found.push(args.map((arg) => arg.trim()));
  }
  return found;
}

const literal = (text: string | undefined): string | undefined => /^'([^']*)'$/.exec(text ?? '')?.[1];

/** Scripts whose types come with the call, and what they write of them; TypeScript holds the types there. */
const GIVEN: Record<string, string[] | 'given'> = {
  'append-event.lua': 'given',
  'change-webhook.lua': 'given',
  'change-visit.lua': ['visit', 'by'],
  'queue-commands.lua': ['gateway', 'clients'],
  'save-template.lua': ['template', 'by'],
  'settle-mail.lua': ['mail', 'kind', 'visit'],
  'steer-mail.lua': ['mail', 'kind', 'visit', 'by'],
};

/** Of a type: what is written that is not described, and what is described that is not written. */
function differences(type: string, fields: string[]): string[] {
  const data = Object.keys(eventKind(type)?.data ?? {});
  const bare = data.map((name) => name.replace(/\?$/, ''));
  const missing = data.filter((name) => !name.endsWith('?') && !fields.includes(name));
  return [...fields.filter((field) => !bare.includes(field)), ...missing];
}

t.test('every event that a script writes is in the table, with every field', async (t) => {
  let seen = 0;
  for (const { file, text } of read('redis/scripts', '.lua')) {
    const lua = text.replace(/--.*$/gm, '');
    for (const [, , type, ...rest] of calls(lua, 'record')) {
      seen++;
      const name = literal(type);
      if (name === undefined) {
        const fields = GIVEN[file];
        t.ok(fields, `${file} writes the event ${type}: say in this test what it writes`);
        const names = rest.filter((_, i) => i % 2 === 0).map(literal);
        if (fields !== 'given') t.strictSame(names, fields, file);
        continue;
      }
      t.ok(eventKind(name), `${file}: ${name} is in the table`);
      const spread = /^unpack\((\w+)\)$/.exec(rest[0] ?? '')?.[1];
      const pairs = spread
        ? (new RegExp(`local ${spread} = \\{([^}]*)\\}`).exec(lua)?.[1] ?? '').split(',').map((x) => x.trim())
        : rest;
      t.strictSame(
        differences(
          name,
          pairs.filter((_, i) => i % 2 === 0).map((field) => literal(field) ?? field),
        ),
        [],
        `${file}: fields of ${name}`,
      );
    }
  }
  t.ok(seen > 15, `${seen} places`);
});

t.test('the transitions of visits write what the table says', async (t) => {
  const visits = readFileSync(join(src, 'services/visits.ts'), 'utf8');
  const types = [...visits.matchAll(/event: '([^']+)'/g)].map(([, type]) => type ?? '');
  t.ok(types.length >= 5);
  for (const type of types) t.strictSame(differences(type, ['visit', 'by']), [], type);
  for (const type of ['gateway.drift-mended', 'command.retried'])
    t.strictSame(differences(type, ['gateway', 'clients']), [], type);
});

t.test('nothing in the sources writes to the log but through the table', async (t) => {
  for (const { file, text } of read('.', '.ts')) {
    if (file !== 'redis/events.ts') t.notMatch(text, /\.xadd\(/i, file);
  }
  for (const { file, text } of read('redis/scripts', '.lua')) {
    if (file !== 'include/access.lua') t.notMatch(text, /'XADD'/, file);
  }
});

t.test('no type in the table is written by nobody', async (t) => {
  const all = [...read('.', '.ts'), ...read('redis/scripts', '.lua')]
    .filter(({ file }) => !/^domain\/event/.test(file))
    .map(({ text }) => text)
    .join('\n');
  for (const type of EVENT_TYPES) t.ok(all.includes(`'${type}'`), type);
});

t.test('each has a group, a sentence and words that end without a full stop', async (t) => {
  for (const type of EVENT_TYPES) {
    t.ok(Object.hasOwn(EVENT_GROUPS, groupOf(type)), `group of ${type}`);
    t.match(EVENTS[type].says, /^[A-Z`].*\.$/, type);
    const words = EVENTS[type].words({
      of: () => '1',
      visitor: 'Ada',
      gateway: 'gateway "x"',
      time: () => '9:00',
      name: () => 'N',
    });
    t.match(words, /^[a-z].*[^.]$/, type);
  }
  for (const group of Object.keys(EVENT_GROUPS))
    t.ok(
      EVENT_TYPES.some((type) => groupOf(type) === group),
      group,
    );
});

t.test('ids of events have an order', async (t) => {
  t.ok(compareEventIds('9-0', '10-0') < 0);
  t.ok(compareEventIds('10-2', '10-10') < 0);
  t.equal(compareEventIds('10', '10-0'), 0);
  for (const id of ['1', '1-1', '1764061200000-0']) t.ok(isEventId(id), id);
  for (const id of ['', '-', '1-', '1.0', 'x', '1-1-1', '+']) t.notOk(isEventId(id), id);
});
