import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import t from 'tap';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Counted {
  counts: { passed: number; failed: number; skipped: number };
  failures: string[];
  skips: string[];
  files: string[];
}

/** Runs fixtures through the counting script, in a process of its own; a file may take so many seconds. */
async function count(names: string[], timeout = 60): Promise<Counted> {
  const files = names.map((name) => ({ name, path: `test/scripts/fixtures/${name}.mjs` }));
  const code = `
    const { runTap } = await import(${JSON.stringify(new URL('../../scripts/tap-count.mjs', import.meta.url).href)});
    const [failures, skips, files] = [[], [], []];
    const counts = await runTap(${JSON.stringify(root)}, ${JSON.stringify(files)}, {
      timeout: ${timeout},
      env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.includes('TAP'))),
      onFailure: (titles) => failures.push(titles.join(' > ')),
      onSkip: (titles, reason) => skips.push(titles.at(-1) + ': ' + reason),
      onFile: (result) => files.push(result.name),
    });
    console.log(JSON.stringify({ counts, failures, skips, files }));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', code]);
  return JSON.parse(stdout);
}

t.test('assertions are counted, not the tests that hold them; a todo counts as skipped', async (t) => {
  t.strictSame((await count(['passing'])).counts, { passed: 2, failed: 0, skipped: 0 });
  const mixed = await count(['mixed', 'passing']);
  t.strictSame(mixed.counts, { passed: 5, failed: 1, skipped: 3 });
  t.match(mixed.failures, ['mixed > a test with every outcome > fails']);
  t.strictSame(mixed.skips, [
    'not here: no such thing on this machine',
    'not yet: later',
    'skipped as a whole: needs root',
  ]);
  t.strictSame(mixed.files.sort(), ['mixed', 'passing']);
});

t.test(
  'a file that crashes, hangs or does not exist is a failure, one without tests is skipped',
  async (t) => {
    const [crash, hang, empty, missing] = await Promise.all([
      count(['crash']),
      count(['hang'], 2),
      count(['empty']),
      count(['no-such-file']),
    ]);
    t.strictSame(crash.counts, { passed: 1, failed: 1, skipped: 0 });
    t.ok(hang.counts.failed > 0);
    t.match(hang.failures.join(), /timeout/);
    t.strictSame(empty.counts, { passed: 0, failed: 0, skipped: 1 });
    t.strictSame(missing.counts, { passed: 0, failed: 1, skipped: 0 });
  },
);
