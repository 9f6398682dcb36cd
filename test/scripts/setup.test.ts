import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';

const root = fileURLToPath(new URL('../..', import.meta.url));

function write(folder: string, files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

function emptyFolder(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'foyer-setup-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const SOURCES = {
  'src/tsconfig.json': JSON.stringify({
    extends: '../tsconfig.json',
    compilerOptions: {
      rootDir: '.',
      outDir: '../dist',
      incremental: true,
      tsBuildInfoFile: '../dist/.tsbuildinfo',
    },
    include: ['.'],
  }),
  'src/cli.ts':
    'export const main = async (argv: string[], env: Record<string, string | undefined>): Promise<number> => {\n' +
    '  console.log(JSON.stringify({ argv, dataDir: env["DATA_DIR"] }));\n  return 2;\n};\n',
  'src/main.ts': "console.log('portal');\nexport {};\n",
  'src/redis/scripts/one.lua': 'return 1\n',
};

/** A checkout of its own whose only package is the compiler, so that npm needs no network for it. */
function checkout(t: Test): string {
  const folder = emptyFolder(t);
  const dependencies = { typescript: 'file:vendor/typescript' };
  write(folder, {
    ...SOURCES,
    'package.json': JSON.stringify({ name: 'checkout', version: '1.0.0', type: 'module', dependencies }),
    'package-lock.json': JSON.stringify({
      name: 'checkout',
      version: '1.0.0',
      lockfileVersion: 3,
      requires: true,
      packages: {
        '': { name: 'checkout', version: '1.0.0', dependencies },
        'node_modules/typescript': { resolved: 'vendor/typescript', link: true },
        'vendor/typescript': { version: '5.9.3' },
      },
    }),
    'tsconfig.json': JSON.stringify({
      compilerOptions: {
        target: 'es2023',
        lib: ['es2023', 'dom'],
        module: 'nodenext',
        types: [],
        strict: true,
      },
    }),
  });
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  write(folder, {
    'vendor/typescript/package.json': JSON.stringify({ name: 'typescript', version: '5.9.3' }),
    'vendor/typescript/bin/tsc': `require(${JSON.stringify(compiler)});\n`,
  });
  cpSync(join(root, 'scripts'), join(folder, 'scripts'), { recursive: true });
  return folder;
}

const clean = (more: Record<string, string> = {}) => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/TAP|^CI$|^npm_|^FOYER_/.test(name))),
  ...more,
});

function run(folder: string, args: string[], env: Record<string, string> = {}, cwd = folder) {
  return spawnSync(process.execPath, args, { cwd, env: clean(env), encoding: 'utf8', timeout: 100_000 });
}

t.test('a fresh checkout is installed, built and linked; a second time nothing is done again', async (t) => {
  const folder = checkout(t);
  const first = run(folder, ['scripts/foyer.mjs', 'visit', 'list']);
  t.equal(first.stdout, '{"argv":["visit","list"]}\n', 'standard output is the command’s own');
  t.equal(first.status, 2, 'its exit code too');
  t.match(first.stderr, /installing the packages[\s\S]*building/);
  t.equal(
    readFileSync(join(folder, 'dist/redis/scripts/one.lua'), 'utf8'),
    'return 1\n',
    'scripts travel along',
  );
  const began = performance.now();
  const second = run(folder, [join(folder, 'node_modules/.bin/foyer'), 'config'], {}, join(folder, 'src'));
  t.equal(second.stderr, '', 'linked, and nothing to do');
  t.ok(performance.now() - began < 2000);
  t.match(JSON.parse(second.stdout), { dataDir: /data$/ }, 'the data of the checkout, from any folder');
});

t.test(
  'a changed source is built again, a changed lockfile installed again, by content and not by age alone',
  async (t) => {
    const folder = checkout(t);
    t.equal(run(folder, ['scripts/setup.mjs']).status, 0);
    const source = join(folder, 'src', 'cli.ts');
    writeFileSync(source, readFileSync(source, 'utf8').replace('return 2', 'return 1'));
    utimesSync(source, 1, 1);
    const changed = run(folder, ['scripts/foyer.mjs']);
    t.equal(changed.status, 1);
    t.match(changed.stderr, /building/);
    t.notMatch(changed.stderr, /installing/);
    rmSync(join(folder, 'dist'), { recursive: true });
    t.match(run(folder, ['scripts/foyer.mjs']), { status: 1, stderr: /building/ }, 'also when dist is gone');
    const lockfile = join(folder, 'package-lock.json');
    writeFileSync(lockfile, `${readFileSync(lockfile, 'utf8')}\n`);
    t.match(run(folder, ['scripts/foyer.mjs']), { status: 1, stderr: /installing/ });
  },
);

t.test('a source that does not compile stops the start and is tried again the next time', async (t) => {
  const folder = checkout(t);
  const good = SOURCES['src/cli.ts'];
  write(folder, { 'src/cli.ts': 'export const main: number = "text";\n' });
  t.match(run(folder, ['scripts/foyer.mjs']), { status: 1, stderr: /cli\.ts.*TS2322[\s\S]*failed/ });
  t.match(run(folder, ['scripts/foyer.mjs']), { status: 1, stderr: /TS2322/ });
  write(folder, { 'src/cli.ts': good });
  t.equal(run(folder, ['scripts/foyer.mjs']).status, 2);
});

t.test(
  'what only builds can be left out and comes back for tests; a built copy needs no sources',
  async (t) => {
    const folder = checkout(t);
    const lean = run(folder, ['scripts/setup.mjs', '--lean']);
    t.match(lean, { status: 0, stderr: /building[\s\S]*leaving out/ });
    t.match(run(folder, ['scripts/setup.mjs', '--lean']), { status: 0, stderr: /^$/ }, 'nothing is redone');
    t.match(run(folder, ['scripts/foyer.mjs']), { status: 2, stderr: /^$/ }, 'enough to run');
    t.match(run(folder, ['scripts/setup.mjs']), { status: 0, stderr: /installing/ }, 'not enough for tests');
    rmSync(join(folder, 'src'), { recursive: true });
    t.match(run(folder, ['scripts/foyer.mjs']), { status: 2, stderr: /^$/ });
  },
);

t.test('too old a Node is told so', async (t) => {
  const href = new URL('../../scripts/setup.mjs', import.meta.url).href;
  const code = `const { nodeProblem } = await import(${JSON.stringify(href)});
    console.log(JSON.stringify(['v18.20.0', 'v20.18.3', 'v20.19.0', 'v24.1.0'].map((one) => nodeProblem(one) ?? '')));`;
  const answers = JSON.parse(run(root, ['--input-type=module', '--eval', code]).stdout);
  t.match(answers, [/20\.19 or newer; this is v18\.20\.0/, /this is v20\.18\.3/, /^$/, /^$/]);
});

t.test(
  'a Redis program that is missing and may not be installed is named with the one command to type',
  async (t) => {
    const folder = checkout(t);
    const bin = emptyFolder(t);
    for (const name of ['apt-get', 'node']) symlinkSync(process.execPath, join(bin, name));
    t.equal(run(folder, ['scripts/setup.mjs']).status, 0);
    const code = `const { installCommand } = await import(${JSON.stringify(join(folder, 'scripts/programs.mjs'))});
    console.log(JSON.stringify(['apt', 'apk', 'dnf', 'brew', undefined].map((one) => installCommand(['redis-server'], one) ?? '')));`;
    t.match(JSON.parse(run(folder, ['--input-type=module', '--eval', code], { PATH: '/nowhere' }).stdout), [
      /^sudo apt-get update && sudo apt-get install -y .*redis-server && sudo systemctl disable --now redis-server$/,
      /^sudo apk add redis$/,
      /^sudo dnf install -y valkey$/,
      /^brew install redis$/,
      /^$/,
    ]);
    t.match(run(folder, ['scripts/start.mjs'], { REDIS_URL: 'redis://127.0.0.1:1', PATH: bin }), {
      status: 0,
      stdout: 'portal\n',
    });
    const stopped = run(folder, ['scripts/start.mjs'], { PATH: bin });
    const told = /redis-server or valkey-server\. Type this.*\n\n {2}sudo apt-get/;
    t.match(stopped, { status: 1, stdout: /^$/, stderr: told });
  },
);

/** A checkout whose packages are the real ones, for tap. */
function checkoutWithTap(t: Test): string {
  const folder = emptyFolder(t);
  write(folder, SOURCES);
  for (const name of ['package.json', 'package-lock.json', 'tsconfig.json', 'scripts'])
    cpSync(join(root, name), join(folder, name), { recursive: true, preserveTimestamps: true });
  for (const file of readdirSync(join(root, 'test/scripts/fixtures'))) {
    mkdirSync(join(folder, 'test'), { recursive: true });
    cpSync(join(root, 'test/scripts/fixtures', file), join(folder, 'test', file.replace('.mjs', '.ts')));
  }
  const modules = join(folder, 'node_modules');
  mkdirSync(join(modules, '.bin'), { recursive: true });
  symlinkSync(join(root, 'node_modules/.bin/tap'), join(modules, '.bin/tap'));
  for (const name of readdirSync(join(root, 'node_modules')))
    if (!['.bin', '.foyer-stamp'].includes(name))
      symlinkSync(join(root, 'node_modules', name), join(modules, name));
  // Without a stamp, npm's own record is newer than the lockfile, and nothing is installed either.
  const stamp = join(root, 'node_modules/.foyer-stamp');
  if (existsSync(stamp)) cpSync(stamp, join(modules, '.foyer-stamp'));
  return folder;
}

t.test('the last line of the tests is their sum, and the exit code follows it', async (t) => {
  const folder = checkoutWithTap(t);
  const outcome = (env: Record<string, string>, ...names: string[]) => {
    const done = run(folder, ['scripts/test.mjs', ...names.map((name) => `test/${name}.ts`)], env);
    return { status: done.status, last: done.stdout.trimEnd().split('\n').at(-1), stdout: done.stdout };
  };
  t.match(outcome({}, 'passing'), { status: 0, last: '2 passed, 0 failed, 0 skipped' });
  const mixed = outcome({}, 'mixed', 'crash');
  t.match(mixed, { status: 1, last: '4 passed, 2 failed, 3 skipped' });
  t.match(mixed.stdout, /FAILED test\/mixed.ts > a test with every outcome > fails\n(.*\n)*.*mixed.ts:5/);
  t.match(mixed.stdout, /skip {3}test\/mixed.ts > skipped as a whole: needs root/);
  t.match(outcome({}, 'empty'), { status: 0, last: '0 passed, 0 failed, 1 skipped' });
  const lab = process.env.FOYER_LAB === 'skip' ? process.env.FOYER_LAB_REASON : '';
  t.test('with CI=true a skip makes the run fail', { skip: lab || false }, async (t) => {
    t.match(outcome({ CI: 'true' }, 'empty'), { status: 1, last: '0 passed, 0 failed, 1 skipped' });
    t.match(outcome({ CI: 'true' }, 'passing'), { status: 0, last: '2 passed, 0 failed, 0 skipped' });
  });
});
