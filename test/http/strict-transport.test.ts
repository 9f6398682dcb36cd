import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import { buildAdminServer } from '../../src/http/admin-server.js';
import { buildGuestServer } from '../../src/http/guest-server.js';
import { buildPeopleServer } from '../../src/http/people-server.js';
import { putPortal } from '../../src/redis/installation.js';
import type { Teardown } from '../fixtures/redis.js';
import { silent, startRuntime } from '../fixtures/runtime.js';
import { certificate } from './certificate.js';

const HEADER = 'max-age=2592000';
const PORTAL_URL = 'http://portal.example.com';

async function listeners(t: Teardown, env: Record<string, string>) {
  const runtime = await startRuntime(t, { env });
  const apps = [await buildAdminServer(runtime, silent), await buildPeopleServer(runtime, silent)];
  t.teardown(() => Promise.all(apps.map((app) => app.close())));
  return apps;
}

t.test('behind a proxy that is trusted browsers are told of https where it says https', async (t) => {
  const apps = await listeners(t, { TRUST_PROXY: '127.0.0.1', PORTAL_URL });
  for (const app of apps) {
    const ask = async (headers: Record<string, string>, remoteAddress = '127.0.0.1', url = '/login') =>
      (await app.inject({ url, remoteAddress, headers: { host: 'localhost', ...headers } })).headers[
        'strict-transport-security'
      ];
    t.equal(await ask({ 'x-forwarded-proto': 'https' }), HEADER);
    t.equal(await ask({ 'x-forwarded-proto': 'https' }, '127.0.0.1', '/nothing'), HEADER, 'on every answer');
    t.equal(await ask({ 'x-forwarded-proto': 'http' }), undefined);
    t.equal(await ask({}), undefined, 'never over http');
    t.equal(await ask({ 'x-forwarded-proto': 'https' }, '127.0.0.9'), undefined, 'whoever else says so');
  }
});

t.test('without a proxy that is trusted nobody may say so', async (t) => {
  for (const app of await listeners(t, {})) {
    const headers = { host: 'localhost', 'x-forwarded-proto': 'https' };
    const answer = await app.inject({ url: '/', headers });
    t.equal(answer.headers['strict-transport-security'], undefined);
  }
});

t.test('a name at which something is configured with http is left alone, whatever the port', async (t) => {
  const [admin, people] = await listeners(t, {
    TRUST_PROXY: '127.0.0.1',
    PORTAL_URL: 'http://wifi.example.com',
    ADMIN_URL: 'https://wifi.example.com:8443',
    PEOPLE_URL: 'https://people.example.com',
  });
  const ask = async (app: typeof admin, host: string) =>
    (await app?.inject({ url: '/', headers: { host, 'x-forwarded-proto': 'https' } }))?.headers[
      'strict-transport-security'
    ];
  t.equal(await ask(admin, 'wifi.example.com:8443'), undefined);
  t.equal(await ask(people, 'people.example.com'), HEADER);
});

t.test('a portal without an address of its own is at localhost, by http', async (t) => {
  const [admin] = await listeners(t, { TRUST_PROXY: '127.0.0.1', ADMIN_URL: 'https://localhost:8443' });
  const headers = { host: 'localhost:8443', 'x-forwarded-proto': 'https' };
  const answer = await admin?.inject({ url: '/login', headers });
  t.equal(answer?.headers['strict-transport-security'], undefined);
});

t.test('the address that another process of the portal has counts too', async (t) => {
  const runtime = await startRuntime(t);
  await putPortal(runtime.server.redis, { url: 'http://wifi.example.com', port: 80 });
  const env = { TRUST_PROXY: '127.0.0.1', ADMIN_URL: 'https://wifi.example.com:8443' };
  const admin = await buildAdminServer(await runtime.another({ env }), silent);
  t.teardown(() => admin.close());
  const headers = { host: 'wifi.example.com:8443', 'x-forwarded-proto': 'https' };
  const answer = await admin.inject({ url: '/login', headers });
  t.not(answer.statusCode, 421);
  t.equal(answer.headers['strict-transport-security'], undefined);
});

t.test('a name that is not the listener’s own is told nothing', async (t) => {
  const [admin] = await listeners(t, { TRUST_PROXY: '127.0.0.1', ADMIN_URL: 'https://foyer.example.com' });
  const headers = { host: 'other.example.com', 'x-forwarded-proto': 'https' };
  const answer = await admin?.inject({ url: '/login', headers });
  t.equal(answer?.statusCode, 421);
  t.equal(answer?.headers['strict-transport-security'], undefined);
});

t.test('with a certificate of its own a listener says it', async (t) => {
  const { TLS_KEY, TLS_CERT } = certificate();
  for (const app of await listeners(t, { TLS_KEY, TLS_CERT, PORTAL_URL })) {
    await app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = app.server.address() as AddressInfo;
    const to = { host: '127.0.0.1', port, path: '/healthz', ca: TLS_CERT, servername: 'foyer' };
    const asked = request({ ...to, headers: { host: 'localhost' } }).end();
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    answer.resume();
    t.equal(answer.headers['strict-transport-security'], HEADER);
  }
});

t.test('the guest listener never says it', async (t) => {
  const { TLS_KEY, TLS_CERT } = certificate();
  const runtime = await startRuntime(t, { env: { TLS_KEY, TLS_CERT, TRUST_PROXY: '127.0.0.1' } });
  const app = await buildGuestServer(runtime, silent);
  t.teardown(() => app.close());
  for (const url of ['/', '/status', '/nothing']) {
    const headers = { host: 'localhost', 'x-forwarded-proto': 'https' };
    const answer = await app.inject({ url, headers, remoteAddress: '127.0.0.1' });
    t.ok(answer.statusCode > 0);
    t.notOk('strict-transport-security' in answer.headers, url);
  }
});
