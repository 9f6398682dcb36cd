import t from 'tap';
import { DriverError } from '../../src/drivers/driver.js';
import { createHttp, fingerprintOf } from '../../src/drivers/http.js';
import { startHttpRouter } from '../emulators/http-router.js';
import { faultOf, PATIENCE_MS } from './contract.js';

const _fault = async (call: Promise<unknown>): Promise<DriverError> => {
  const error = await call.then(
    () => new Error('it answered'),
    (error: unknown) => error,
  );
  if (error instanceof DriverError) return error;
  throw error;
};
const GET = { method: 'GET', path: '/' } as const;

t.test('a certificate that nobody vouches for gets nothing, and its fingerprint is said', async (t) => {
  const router = await startHttpRouter(t, () => ({ body: { well: true } }), { tls: true });
  const http = createHttp({ name: 'Router', baseUrl: router.url });
  t.teardown(http.close);
  const { code, message, permanent } = await faultOf(http.call(GET));
  t.equal(code, 'untrusted');
  t.match(message, '(it is self-signed)');
  t.ok(permanent);
  t.match(message, String(router.fingerprint));
  t.equal(router.misbehaviour.calls(), 0);
});

t.test('the pinned certificate is the one that is trusted, however its fingerprint is written', async (t) => {
  const router = await startHttpRouter(t, () => ({ body: { well: true } }), { tls: true });
  const written = String(router.fingerprint).toLowerCase().replaceAll(':', '');
  const http = createHttp({ name: 'Router', baseUrl: router.url, fingerprint: written });
  t.teardown(http.close);
  t.strictSame((await http.call(GET)).json(), { well: true });
  const before = router.misbehaviour.calls();
  await router.misbehaviour.otherCertificate?.();
  const { message } = await faultOf(http.call(GET));
  t.match(message, `changed from ${fingerprintOf(written)} to ${router.fingerprint}`);
  t.equal(router.misbehaviour.calls(), before);
});

t.test('where a certificate is pinned nothing goes in the clear', async (t) => {
  const router = await startHttpRouter(t, () => ({ body: { well: true } }));
  const http = createHttp({ name: 'Router', baseUrl: router.url, fingerprint: 'AB'.repeat(32) });
  t.teardown(http.close);
  const { code, message } = await faultOf(http.call({ ...GET, headers: { authorization: 'Bearer secret' } }));
  t.equal(code, 'misconfigured');
  t.match(message, /https/);
  t.equal(router.misbehaviour.calls(), 0);
});

t.test('a connection that died while it was idle fails no call that only reads', async (t) => {
  const router = await startHttpRouter(t, () => ({ body: { well: true } }), { tls: true });
  const http = createHttp({ name: 'Router', baseUrl: router.url, fingerprint: router.fingerprint });
  t.teardown(http.close);
  for (const _ of [1, 2, 3]) await http.call(GET);
  await router.misbehaviour.otherCertificate?.();
  t.equal((await faultOf(http.call(GET))).code, 'untrusted', 'it came through to the one that is there now');
});

t.test('a redirect is not followed, and what is no JSON is no JSON', async (t) => {
  const router = await startHttpRouter(t, ({ path }) =>
    path === '/login' ? { body: '<html>' } : { status: 302, headers: { location: '/login' }, body: '' },
  );
  const http = createHttp({ name: 'Router', baseUrl: `${router.url}/` });
  t.teardown(http.close);
  const moved = await http.call(GET);
  t.equal(moved.status, 302);
  t.equal(moved.header('location'), '/login');
  t.equal((await http.call({ method: 'GET', path: '/login' })).json(), undefined);
});

t.test('cookies, queries, forms and JSON arrive as they are', async (t) => {
  const router = await startHttpRouter(t, ({ method, path, query, headers, body }) => ({
    headers: { 'set-cookie': ['A=1; Path=/; HttpOnly', 'B=2'] },
    body: { method, path, query: [...query], type: headers['content-type'] ?? null, body },
  }));
  const http = createHttp({ name: 'Router', baseUrl: `${router.url}/proxy/network` });
  t.teardown(http.close);
  const form = await http.call({
    method: 'POST',
    path: '/a%2Fb',
    query: { 'x y': 'ä&=' },
    form: { id: '+/=' },
  });
  t.strictSame(form.cookies(), ['A=1', 'B=2']);
  t.strictSame(form.json(), {
    method: 'POST',
    path: '/proxy/network/a%2Fb',
    query: [['x y', 'ä&=']],
    type: 'application/x-www-form-urlencoded',
    body: 'id=%2B%2F%3D',
  });
  const json = (await http.call({ method: 'PUT', path: '/', json: { a: 1 } })).json();
  t.match(json, { type: 'application/json', body: '{"a":1}' });
  t.match((await http.call(GET)).json(), { type: null, body: '' });
});

t.test('nobody there, nobody in time, and more than is read: each is a fault with a name', async (t) => {
  const router = await startHttpRouter(t, ({ path }) => ({
    body: path === '/long' ? 'x'.repeat(17 * 1024 * 1024) : {},
  }));
  const http = createHttp({ name: 'Router', baseUrl: router.url, timeoutMs: PATIENCE_MS });
  t.teardown(http.close);
  router.misbehaviour.slow(true);
  t.equal((await faultOf(http.call(GET))).code, 'timeout');
  router.misbehaviour.slow(false);
  const patient = createHttp({ name: 'Router', baseUrl: router.url });
  t.teardown(patient.close);
  t.equal((await faultOf(patient.call({ method: 'GET', path: '/long' }))).code, 'bad-answer');
  await router.misbehaviour.down();
  const { code, message } = await faultOf(http.call(GET));
  t.equal(code, 'unreachable');
  t.match(message, /Router at http:\/\/127.0.0.1:\d+ cannot be reached: nothing listens there/);
});

t.test('many calls at once wait for a connection, and none is late for that', async (t) => {
  const router = await startHttpRouter(t, async () => {
    await new Promise((resolve) => setTimeout(resolve, PATIENCE_MS / 4));
    return { body: {} };
  });
  const http = createHttp({ name: 'Router', baseUrl: router.url, timeoutMs: PATIENCE_MS });
  t.teardown(http.close);
  // More rounds of eight than fit into the time that one call has.
  const answers = await Promise.all(Array.from({ length: 64 }, () => http.call(GET)));
  t.equal(answers.filter(({ status }) => status === 200).length, 64);
});
