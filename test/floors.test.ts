import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import t from 'tap';

const src = resolve(import.meta.dirname, '../src');

interface Import {
  file: string;
  to: string;
}

const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .sort();

const text = new Map(files.map((file) => [file, readFileSync(join(src, file), 'utf8')]));

const imports: Import[] = files.flatMap((file) =>
  [...(text.get(file) ?? '').matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/g)].map(([, to = '']) => ({
    file,
    to: to.startsWith('.') ? relative(src, resolve(src, dirname(file), to)).replace(/\.js$/, '.ts') : to,
  })),
);

const inner = imports.filter(({ to }) => to.endsWith('.ts'));
const outer = imports.filter(({ to }) => !to.endsWith('.ts') && !to.startsWith('.'));

/** Floor of a file: the entries and what they compose stand above all rooms. */
function floor(file: string): number {
  const [room] = file.split('/');
  const floors: Record<string, number> = { domain: 0, redis: 1, drivers: 1, services: 2, http: 3, cli: 3 };
  return file.includes('/') ? (floors[room ?? ''] ?? Number.NaN) : 4;
}

/** Files on the top level that rooms may use: the catalogue, and the types of configuration and composition. */
const OPEN = new Set(['errors.ts', 'config.ts', 'config-table.ts', 'runtime.ts']);

t.test('an import goes down or stays in its room', async (t) => {
  for (const { file, to } of inner) {
    if (!to.includes('/') && OPEN.has(to)) {
      t.ok(floor(file) >= 3, `${file} may use ${to}`);
      continue;
    }
    const same = dirname(file).split('/')[0] === dirname(to).split('/')[0];
    t.ok(same || floor(to) < floor(file), `${file} uses ${to}`);
  }
});

t.test('redis and drivers do not know each other', async (t) => {
  for (const { file, to } of inner) {
    t.notOk(file.startsWith('redis/') && to.startsWith('drivers/'), `${file} uses ${to}`);
    t.notOk(file.startsWith('drivers/') && to.startsWith('redis/'), `${file} uses ${to}`);
  }
});

t.test('no file reaches itself through its imports', async (t) => {
  const graph = new Map<string, string[]>(files.map((file) => [file, []]));
  for (const { file, to } of inner) graph.get(file)?.push(to);
  const done = new Set<string>();
  const walk = (file: string, path: string[]): void => {
    if (path.includes(file)) {
      t.fail(`circle: ${[...path.slice(path.indexOf(file)), file].join(' -> ')}`);
      return;
    }
    if (done.has(file)) return;
    for (const to of graph.get(file) ?? []) walk(to, [...path, file]);
    done.add(file);
  };
  for (const file of files) walk(file, []);
  t.equal(done.size, files.length, 'every file was walked');
});

t.test('each outside thing has its room', async (t) => {
  const rooms: Record<string, RegExp> = {
    fastify: /^http\//,
    '@fastify/view': /^http\//,
    '@fastify/formbody': /^http\//,
    '@fastify/swagger': /^http\//,
    eta: /^http\//,
    ioredis: /^redis\//,
    'node-cron': /^cron\.ts$/,
    undici: /^drivers\/http\.ts$|^services\//,
    'temporal-polyfill': /^domain\/local-time\.ts$/,
    'node:child_process': /^redis\/|^drivers\//,
  };
  for (const { file, to } of outer) {
    const room = rooms[to];
    if (room) t.match(file, room, `${file} uses ${to}`);
  }
});

t.test('process.env is read by the entries only', async (t) => {
  for (const [file, source] of text) {
    if (/process\.env/.test(source)) t.match(file, /^(main|cli)\.ts$/, `${file} reads process.env`);
  }
  t.pass();
});

t.test('the clock is read by the composition only', async (t) => {
  const allowed = /^(runtime|main|cli)\.ts$|^redis\/(embedded|private-server|owner-lock|connect)\.ts$/;
  for (const [file, source] of text) {
    if (/Date\.now\(\)|new Date\(\)/.test(source)) t.match(file, allowed, `${file} reads the clock`);
  }
  t.pass();
});

t.test('no file is two ideas: none has more than 400 lines', async (t) => {
  for (const [file, source] of text) t.ok(source.split('\n').length <= 401, file);
});

t.test(
  'no code outside of the drivers knows a kind of router, so that adding one changes nothing there',
  async (t) => {
    const kinds = [...new Set(files.map((file) => /^drivers\/([a-z]+)\//.exec(file)?.[1]).filter(Boolean))];
    t.ok(kinds.length >= 11);
    // The protocol by which several kinds are asked has its service.
    const allowed = (file: string, kind: string | undefined) =>
      file.startsWith('drivers/') || (kind === 'radius' && file === 'services/radius.ts');
    for (const [file, source] of text) {
      // What the API's documentation gives as an example is no knowledge.
      const code = source.replace(/examples: \[[^\]]*\]/g, '').replace(/^\s*(\/\/|\/?\*).*$/gm, '');
      for (const kind of kinds) {
        if (!allowed(file, kind))
          t.notMatch(code, new RegExp(`'${kind}'|drivers/${kind}/`), `${file}: ${kind}`);
      }
    }
  },
);

t.test('every room has an owner', async (t) => {
  const rooms = new Set(files.flatMap((file) => dirname(file).split('/')));
  for (const room of ['utils', 'helpers', 'lib', 'common', 'types', 'interfaces'])
    t.notOk(rooms.has(room), room);
});
