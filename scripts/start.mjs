/** `npm start`: everything that is missing, then the portal in this very process, so that Ctrl-C reaches it. */
import { ensurePrograms } from './programs.mjs';
import { fail, setUp } from './setup.mjs';

setUp({ packages: 'any' });
const { REDIS_URL, REDIS_URL_FILE } = process.env;
if (!REDIS_URL && !REDIS_URL_FILE) {
  const missing = ensurePrograms(['redis-server']);
  if (missing) fail(`${missing}\nOr set REDIS_URL to a Redis 7.0 or newer that you already have.`);
}
await import('../dist/main.js');
