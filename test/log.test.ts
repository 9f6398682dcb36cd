import { Writable } from 'node:stream';
import t from 'tap';
import { createLog } from '../src/log.js';
import { startRuntime } from './fixtures/runtime.js';

t.test('a fault is logged without what Redis was asked with', async (t) => {
  const runtime = await startRuntime(t);
  let said = '';
  const log = createLog(
    'info',
    new Writable({
      write(chunk, _, done) {
        said += String(chunk);
        done();
      },
    }),
  );
  const err: unknown = await runtime.server.redis
    .call('HSET', 'key', 'ada@example.com')
    .catch((error: unknown) => error);
  log.warn({ err }, 'mail not sent');
  t.match(said, /"err":\{"type":"[A-Za-z]+","message":"ERR wrong number of arguments/);
  t.notMatch(said, /ada@example\.com/);
});
