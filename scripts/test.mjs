/** `npm test`: everything that the tests need, the checks, every test. The last line is `N passed, N failed, N skipped`. */
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ensurePrograms, findProgram } from './programs.mjs';
import { fail, ROOT, setUp } from './setup.mjs';

const LAB = [
  ...['nft', 'ip', 'conntrack', 'dnsmasq', 'udhcpc', 'chromium', 'curl', 'openssl'],
  ...['opennds', 'iptables', 'php', 'wget', 'mmdebstrap'],
  ...['radclient', 'freeradius'],
];
/** Files at once: most of the long ones wait for clocks and routers, not for a core. */
const JOBS = 4;
/** All tests, those that take the longest first. */
const TESTS = ['test/box', 'test/lab', 'test'];
const NOTHING = { passed: 0, failed: 0, skipped: 0 };
const KEYS_SHOWN = [
  'compare',
  'diff',
  'expected',
  'error',
  'stack',
  'source',
  'exitCode',
  'signal',
  'expired',
];

const env = { ...process.env };
const ci = env.CI === 'true';
const say = (text) => process.stdout.write(`${text}\n`);

/** Why the tests that need a network of their own cannot run here; undefined where they can. */
function whyNoLab() {
  const advice = ensurePrograms(LAB);
  if (process.getuid() !== 0) return 'they need root';
  if (advice) return advice;
  const allowed =
    spawnSync(findProgram('unshare') ?? 'unshare', ['--net', 'true'], { stdio: 'ignore' }).status === 0;
  return allowed ? undefined : 'this machine does not let root make network namespaces';
}

function prepare() {
  setUp();
  const missing = ensurePrograms(['redis-server']);
  if (missing) fail(`The tests need a Redis. ${missing}`);
  const reason = whyNoLab();
  if (!reason) return;
  if (ci) fail(`CI=true, and the lab's tests cannot run here: ${reason}`);
  say(`The lab's tests are skipped: ${reason}`);
  Object.assign(env, { FOYER_LAB: 'skip', FOYER_LAB_REASON: reason });
}

/** A check counts as one test. */
function check(title, command) {
  return new Promise((resolve) => {
    const began = performance.now();
    const [script, ...args] = command;
    const child = spawn(process.execPath, [join(ROOT, 'node_modules', script), ...args], { cwd: ROOT });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data) => {
        output += data;
      });
    child.on('close', (code) => {
      say(`${code === 0 ? 'ok    ' : 'FAILED'} ${title} (${seconds(performance.now() - began)})`);
      if (code !== 0) say(output);
      resolve(code === 0);
    });
  });
}

const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;

const listener = {
  onComment: (text) => say(`       ${text}`),
  onSkip: (titles, reason) =>
    say(`skip   ${titles.join(' > ')}: ${reason === true ? 'no reason given' : reason}`),
  onFailure(titles, result) {
    say(`FAILED ${titles.join(' > ')}`);
    for (const key of KEYS_SHOWN) {
      const value = result.diag?.[key];
      if (value === undefined || value === null) continue;
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      say(`       ${key}: ${text.trimEnd().replaceAll('\n', '\n         ')}`);
    }
  },
  onFile(result, counts) {
    const parts = Object.entries(counts).filter(([what, count]) => count > 0 || what === 'passed');
    const sum = parts.map(([what, count]) => `${count} ${what}`).join(', ');
    say(`${result.ok ? 'ok    ' : 'FAILED'} ${result.name}: ${sum} (${seconds(result.time ?? 0)})`);
  },
};

async function main() {
  const asked = process.argv.slice(2);
  prepare();
  // Only now: before set-up there may be no packages to load.
  const { compileTests } = await import('./compile-tests.mjs');
  const { runTap } = await import('./tap-count.mjs');
  const total = { ...NOTHING };
  if (asked.length === 0) {
    const checks = await Promise.all([
      check('formatter and linter', ['@biomejs/biome/bin/biome', 'check', '.']),
      check('types', ['typescript/bin/tsc', '--noEmit']),
    ]);
    for (const ok of checks) total[ok ? 'passed' : 'failed'] += 1;
  }
  const files = await compileTests(ROOT, asked.length > 0 ? asked : TESTS).catch((error) => {
    say(`FAILED the tests cannot be compiled\n${error.message}`);
    return [];
  });
  const counts = files.length > 0 ? await runTap(ROOT, files, { jobs: JOBS, env, ...listener }) : NOTHING;
  for (const key of Object.keys(total)) total[key] += counts[key];
  if (counts.passed + counts.failed + counts.skipped === 0) {
    say('FAILED no test has run');
    total.failed += 1;
  }
  if (ci && total.skipped > 0) say('With CI=true a skipped test is a failure.');
  process.exitCode = total.failed > 0 || (ci && total.skipped > 0) ? 1 : 0;
  say(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
}

await main();
