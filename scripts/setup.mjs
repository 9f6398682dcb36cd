/** Set-up of a checkout: dependencies, build, the `foyer` command. Nothing that is up to date is done again. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

const NEEDED = [20, 19];

/** Why this version of Node cannot run Foyer; undefined where it can. */
export function nodeProblem(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  if (major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1])) return undefined;
  return `Foyer needs Node ${NEEDED.join('.')} or newer; this is ${version}. See https://nodejs.org/en/download`;
}

/** Says what is wrong and ends the process. */
export function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

/** Brings dependencies, build and command up to date. What it does goes to standard error; standard output stays free. */
export function setUp(root = ROOT) {
  const problem = nodeProblem(process.version);
  if (problem) fail(problem);
  install(root);
  build(root);
  link(root);
}

function step(text, command, args, options) {
  process.stderr.write(`${text}\n`);
  const done = spawnSync(command, args, { stdio: ['ignore', 2, 2], ...options });
  if (done.error) fail(`${command} cannot be started: ${done.error.message}`);
  if (done.signal) process.exit(130);
  if (done.status !== 0)
    fail(`"${[command, ...args].join(' ')}" failed (exit code ${done.status}); see above.`);
}

const read = (path) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined);

function install(root) {
  const lockfile = join(root, 'package-lock.json');
  const stamp = join(root, 'node_modules', '.foyer-stamp');
  // Native packages differ by platform, so a checkout that was carried to another machine is installed again.
  const wanted = `${createHash('sha256').update(readFileSync(lockfile)).digest('hex')} ${process.platform} ${process.arch}\n`;
  const found = read(stamp);
  if (found === wanted) return;
  // npm's own record, when someone ran npm by hand since.
  const byHand = join(root, 'node_modules', '.package-lock.json');
  const newer = existsSync(byHand) && statSync(byHand).mtimeMs >= statSync(lockfile).mtimeMs;
  if (found !== undefined || !newer) {
    const npm = process.env.npm_execpath;
    const args = ['ci', '--include=dev', '--no-audit', '--no-fund'];
    const [command, all] = npm?.endsWith('.js') ? [process.execPath, [npm, ...args]] : ['npm', args];
    step('Foyer: installing the packages of the lockfile ...', command, all, { cwd: root });
  }
  writeFileSync(stamp, wanted);
}

function filesUnder(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

function build(root) {
  const source = join(root, 'src');
  const stamp = join(root, 'dist', '.stamp');
  const files = filesUnder(source);
  const hash = createHash('sha256');
  for (const path of [...files, join(root, 'package-lock.json'), join(root, 'tsconfig.json')]) {
    const { size, mtimeMs } = statSync(path);
    hash.update(`${relative(root, path)} ${size} ${mtimeMs}\n`);
  }
  const wanted = hash.digest('hex');
  if (read(stamp) === wanted) return;
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  step('Foyer: building ...', process.execPath, [compiler, '-p', source], { cwd: root });
  for (const path of files.filter(
    (one) => /\.(?:lua|json|sql|sh)$/.test(one) && !one.endsWith('tsconfig.json'),
  )) {
    const target = join(root, 'dist', relative(source, path));
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(path, target);
  }
  writeFileSync(stamp, wanted);
}

function link(root) {
  const target = join(root, 'scripts', 'foyer.mjs');
  const path = join(root, 'node_modules', '.bin', 'foyer');
  if (lstatSync(path, { throwIfNoEntry: false })) return;
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(relative(dirname(path), target), path);
  chmodSync(target, 0o755);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) setUp();
