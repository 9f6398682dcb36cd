/** Set-up of a checkout: dependencies, build, the `foyer` command. Nothing that is up to date is done again. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  constants,
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

function writable(folder) {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Says what is wrong and ends the process. */
export function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

/**
 * Brings dependencies, build and command up to date. What it does goes to standard error; standard output stays free.
 * `packages`: which have to be there afterwards: `all` of the lockfile, no more than what `runs`, or either (`any`).
 */
export function setUp({ root = ROOT, packages = 'all' } = {}) {
  const problem = nodeProblem(process.version);
  if (problem) fail(problem);
  // A container holds what was built, and nothing to build it from.
  if (!existsSync(join(root, 'src'))) return;
  const made = stampOfBuild(root);
  const built = read(join(root, 'dist', '.stamp')) === made;
  if (!built && !writable(root))
    fail(
      `Foyer in ${root} has changed since it was built. Whom the folder belongs to has to build it: npm run build`,
    );
  install(root, built ? packages : 'all');
  if (!built) build(root, made);
  if (packages === 'runs') lean(root);
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

const stampOfPackages = (root) => join(root, 'node_modules', '.foyer-stamp');

/** What the stamp holds where all packages of the lockfile are there, and where those that only build and test are not. */
function stamps(root) {
  const lockfile = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  // Native packages differ by platform, so a checkout that was carried to another machine is installed again.
  const all = `${lockfile} ${process.platform} ${process.arch}\n`;
  return { all, runs: `${all}without what only builds and tests\n` };
}

function npm(root, text, ...args) {
  const all = [...args, '--no-audit', '--no-fund'];
  const script = process.env.npm_execpath;
  const [command, words] = script?.endsWith('.js') ? [process.execPath, [script, ...all]] : ['npm', all];
  step(text, command, words, { cwd: root });
}

function install(root, packages) {
  const lockfile = join(root, 'package-lock.json');
  const stamp = stampOfPackages(root);
  const wanted = stamps(root);
  const found = read(stamp);
  if (found === wanted.all || (found === wanted.runs && packages !== 'all')) return;
  // npm's own record, when someone ran npm by hand since.
  const byHand = join(root, 'node_modules', '.package-lock.json');
  const newer = existsSync(byHand) && statSync(byHand).mtimeMs >= statSync(lockfile).mtimeMs;
  if (found !== undefined || !newer)
    npm(root, 'Foyer: installing the packages of the lockfile ...', 'ci', '--include=dev');
  writeFileSync(stamp, wanted.all);
}

/** Installs again, since npm's own pruning leaves empty folders behind. */
function lean(root) {
  const { runs } = stamps(root);
  if (read(stampOfPackages(root)) === runs) return;
  npm(root, 'Foyer: leaving out the packages that only build and test ...', 'ci', '--omit=dev');
  writeFileSync(stampOfPackages(root), runs);
}

function filesUnder(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

const sources = (root) => filesUnder(join(root, 'src'));

function stampOfBuild(root) {
  const hash = createHash('sha256');
  for (const path of [...sources(root), join(root, 'package-lock.json'), join(root, 'tsconfig.json')]) {
    const { size, mtimeMs } = statSync(path);
    hash.update(`${relative(root, path)} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

function build(root, made) {
  const source = join(root, 'src');
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  step('Foyer: building ...', process.execPath, [compiler, '-p', source], { cwd: root });
  for (const path of sources(root).filter(
    (one) => /\.(?:lua|json|sql|sh)$/.test(one) && !one.endsWith('tsconfig.json'),
  )) {
    const target = join(root, 'dist', relative(source, path));
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(path, target);
  }
  writeFileSync(join(root, 'dist', '.stamp'), made);
}

function link(root) {
  const target = join(root, 'scripts', 'foyer.mjs');
  const path = join(root, 'node_modules', '.bin', 'foyer');
  if (lstatSync(path, { throwIfNoEntry: false })) return;
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(relative(dirname(path), target), path);
  chmodSync(target, 0o755);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  setUp({ packages: process.argv.includes('--lean') ? 'runs' : 'all' });
