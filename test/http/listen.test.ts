import { once } from 'node:events';
import { createServer } from 'node:net';
import t from 'tap';
import { openPort } from '../../src/http/listen.js';
import { createServers } from '../../src/http/server.js';
import { silent, startRuntime } from '../fixtures/runtime.js';
import { certificate, freePort } from './certificate.js';

const VARIABLES = { host: 'ADMIN_HOST', port: 'ADMIN_PORT' };
const fault = (code: string) => Object.assign(new Error(`listen ${code}`), { code });

t.test('where there is no IPv6 the dual-stack default becomes IPv4, and no other address does', async (t) => {
  for (const code of ['EAFNOSUPPORT', 'EADDRNOTAVAIL']) {
    const tried: string[] = [];
    const open = async (host: string) => {
      tried.push(host);
      if (host !== '0.0.0.0') throw fault(code);
    };
    await openPort(VARIABLES, '::', 1, open);
    t.same(tried, ['::', '0.0.0.0']);
    await t.rejects(openPort(VARIABLES, '::1', 1, open), {
      message: `ADMIN_HOST=::1 with ADMIN_PORT=1 cannot be listened on: listen ${code}`,
    });
  }
});

t.test('a port that is taken is named by its own variables, that of https too', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  t.teardown(() => taken.close());
  const { port } = taken.address() as { port: number };
  const free = String(await freePort());
  const pair = { HOST: '127.0.0.1', ...certificate() };
  for (const [env, named] of [
    [{ ...pair, TLS_PORT: String(port), PORT: free, ROLES: 'guest' }, `HOST=127.0.0.1 with TLS_PORT=${port}`],
    [{ ...pair, TLS_PORT: free, PORT: String(port), ROLES: 'guest' }, `HOST=127.0.0.1 with PORT=${port}`],
    [{ ADMIN_PORT: String(port), ROLES: 'admin' }, `ADMIN_HOST=127.0.0.1 with ADMIN_PORT=${port}`],
    [{ PEOPLE_PORT: String(port), ROLES: 'people' }, `PEOPLE_HOST=127.0.0.1 with PEOPLE_PORT=${port}`],
  ] as const) {
    const runtime = await startRuntime(t, { env: { REDIS_URL: 'redis://127.0.0.1:1', ...env } });
    const servers = await createServers(runtime, silent);
    t.teardown(() => servers.close());
    const error = await servers.listen().then(
      () => new Error('it listens'),
      (error: Error) => error,
    );
    t.ok(error.message.startsWith(`${named} cannot be listened on: `), error.message);
    t.equal(error.message.split('cannot be listened on').length, 2, 'and no other');
  }
});
