/** Runs test files under tap and counts their assertions, which tap's own summary does not do. */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

// The parser that tap itself reads its files' output with.
const fromTap = createRequire(createRequire(import.meta.url).resolve('tap'));
const { Parser } = createRequire(fromTap.resolve('@tapjs/core'))('tap-parser');

/**
 * Follows one level of TAP and those below it. A point that only sums up the points below it is none of its own,
 * unless it failed while none of them did: then something else went wrong, a crash or a plan that was not kept.
 */
function follow(parser, titles, listener) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  let below;
  parser.on('child', (child) => {
    below = follow(child, [...titles, child.name], listener);
  });
  parser.on('comment', (text) => {
    if (!/^#\s*(Subtest|time=|\{ total|test count|no coverage)/i.test(text.trim()))
      listener.onComment?.(text.trim());
  });
  parser.on('assert', (result) => {
    const sum = below;
    below = undefined;
    for (const key of Object.keys(counts)) counts[key] += sum?.[key] ?? 0;
    const points = sum ? sum.passed + sum.failed + sum.skipped : 0;
    const own = outcome(result, sum, points);
    if (own) counts[own] += 1;
    const path = [...titles, result.name];
    if (own === 'failed') listener.onFailure?.(path, result);
    else if (own === 'skipped') listener.onSkip?.(path, result.skip || result.todo);
    if (titles.length === 0)
      listener.onFile?.(result, { ...sum, ...(own ? { [own]: (sum?.[own] ?? 0) + 1 } : {}) });
  });
  return counts;
}

function outcome(result, sum, points) {
  if (!sum || points === 0) {
    if (result.skip || result.todo) return 'skipped';
    if (!result.ok) return 'failed';
    return sum ? undefined : 'passed';
  }
  return !result.ok && !result.todo && sum.failed === 0 ? 'failed' : undefined;
}

/**
 * Runs files of `root` (`{ name, path }`) under tap, `jobs` at once, each for `timeout` seconds at most. Resolves with
 * the counts; what `listener` is told comes while it runs. An end of tap itself that no counted failure explains is one
 * more failure.
 */
export function runTap(root, files, { jobs = 1, timeout = 120, env = process.env, ...listener } = {}) {
  return new Promise((resolve, reject) => {
    const script = fileURLToPath(new URL('tap-files.mjs', import.meta.url));
    const child = spawn(process.execPath, [script, JSON.stringify({ files, jobs, timeout })], {
      cwd: root,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const parser = new Parser();
    const counts = follow(parser, [], listener);
    child.stdout.on('data', (data) => parser.write(data));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      parser.end();
      if (code !== 0 && counts.failed === 0) {
        counts.failed += 1;
        listener.onFailure?.([`tap itself ended with ${signal ?? `exit code ${code}`}`], {});
      }
      resolve(counts);
    });
  });
}
