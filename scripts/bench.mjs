/** `npm run bench`: every benchmark, one after the other; the results stand in `test/bench/`. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePrograms } from './programs.mjs';
import { fail, ROOT, setUp } from './setup.mjs';

setUp();
const missing = ensurePrograms(['redis-server']);
if (missing) fail(`The benchmarks need a Redis. ${missing}`);
const { compileTests } = await import('./compile-tests.mjs');
const { runTap } = await import('./tap-count.mjs');
const files = readdirSync(join(ROOT, 'test/bench')).filter((file) => file.endsWith('.bench.ts'));
const say = (text) => process.stdout.write(`${text}\n`);
const compiled = await compileTests(
  ROOT,
  files.map((file) => `test/bench/${file}`),
);
const counts = await runTap(ROOT, compiled, {
  onComment: (text) => say(`       ${text}`),
  onFailure: (titles, { diag }) => say(`FAILED ${titles.join(' > ')}\n       ${JSON.stringify(diag)}`),
  onFile: ({ name, ok }) => say(`${ok ? 'ok    ' : 'FAILED'} ${name}`),
});
process.exitCode = counts.failed > 0 ? 1 : 0;
