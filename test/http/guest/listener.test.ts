import { request as httpsRequest } from 'node:https';
import t from 'tap';
import { listen, raw, startGuest } from '../../fixtures/guest.js';
import { eventually } from '../../fixtures/runtime.js';
import { certificate, freePort } from '../certificate.js';

const hijacked = (path = '/generate_204') =>
  `GET ${path} HTTP/1.1\r\nHost: connectivitycheck.gstatic.com\r\nConnection: close\r\n\r\n`;

t.test('Redis away: the page says so with 503, and is back by itself', async (t) => {
  const guest = await startGuest(t, { started: false });
  const { pin } = await guest.visit();
  const phone = guest.device();
  await phone.enter();
  await guest.runtime.server.stop();

  for (const ask of [() => phone.enter(), () => phone.get('/')]) {
    const page = await ask();
    t.equal(page.status, 503);
    t.equal(page.state, 'unavailable');
    t.equal(page.headers['retry-after'], '5');
    t.equal(page.refresh, '5', 'it tries again where it is');
  }
  await guest.runtime.server.restart();
  const back = await eventually(async () => {
    const page = await phone.enter();
    return page.status === 200 && page;
  });
  t.equal(back.state, 'pin');

  await guest.runtime.server.stop();
  const sent = await phone.type(pin);
  t.equal(sent.status, 503);
  t.equal(sent.state, 'unavailable');
  t.notMatch(sent.body, '<form method="post"');
  t.match(sent.refresh, /^5;url=\/\?s=/);
  await guest.runtime.server.restart();
  await eventually(async () => (await phone.follow()).status === 200);
  t.equal((await phone.follow()).state, 'pin', 'the refresh leads back to the PIN page');
});

t.test('Redis that hangs is noticed within two seconds', async (t) => {
  const guest = await startGuest(t, { started: false });
  const phone = guest.device();
  const { pid } = guest.runtime.server;
  process.kill(pid, 'SIGSTOP');
  const began = performance.now();
  const page = await phone.enter();
  process.kill(pid, 'SIGCONT');
  t.equal(page.status, 503);
  t.ok(performance.now() - began < 2000);
  await eventually(async () => (await phone.enter()).state === 'pin');
});

t.test('while the clock gives no decisions nothing is decided', async (t) => {
  let good = false;
  const guest = await startGuest(t, { decisions: () => good });
  const { pin } = await guest.visit();
  const phone = guest.device();
  t.equal((await phone.enter()).status, 503);
  t.equal((await phone.type(pin)).state, 'unavailable');
  t.equal((await phone.get('/healthz')).body, 'ok');
  good = true;
  t.equal((await phone.enter()).state, 'pin');
});

t.test('two thousand probes are answered by the constant, Redis or not', async (t) => {
  const guest = await startGuest(t, { started: false });
  const port = await listen(guest.app);
  await guest.runtime.server.stop();
  const expected = await raw(port, hijacked());
  t.match(expected, `Location: http://127.0.0.1:${port}/\r\n`);
  let same = 0;
  for (let batch = 0; batch < 20; batch++) {
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, i) => raw(port, hijacked(`/${batch}/${i}`))),
    );
    same += answers.filter((answer) => answer === expected).length;
  }
  t.equal(same, 2000);
});

t.test('over the wire: own hosts are routed, all others get the constant answer', async (t) => {
  const guest = await startGuest(t, { env: { PORTAL_URL: 'https://wifi.example.com' } });
  const port = await listen(guest.app);
  const ask = (line: string, host: string) =>
    raw(port, `${line} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  t.match(await ask('GET /healthz', 'wifi.example.com:8080'), /^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\nok$/);
  t.match(await ask('GET /', 'WIFI.example.com'), 'data-state="unknown-client"');
  t.match(await ask('HEAD /', 'wifi.example.com'), /^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\n$/);
  for (const path of ['/healthz', '/', '/pin', '/captive-portal/api', '/enter/demo']) {
    t.match(
      await ask(`GET ${path}`, '127.0.0.1'),
      /^HTTP\/1\.1 302 Found\r\nLocation: https:\/\/wifi\.example\.com\/\r\n/,
    );
  }
  t.match(await raw(port, 'CONNECT x:1 HTTP/1.1\r\nHost: x:1\r\n\r\n'), /^HTTP\/1\.1 302 /);
  for (const line of [
    'PROPFIND /',
    'TRACE /',
    'DELETE /pin',
    'GET /%zz',
    'GET /admin',
    'GET /api/v1/visits',
    'GET /metrics',
  ]) {
    t.match(await ask(line, 'wifi.example.com'), /^HTTP\/1\.1 404 [\s\S]*data-state="unknown-client"/, line);
  }
});

t.test('a body that never ends, and headers that never end, end', async (t) => {
  const guest = await startGuest(t, {
    started: false,
    limits: { headersMs: 300, requestMs: 600, checkMs: 50 },
  });
  const port = await listen(guest.app);
  const head = `POST /pin HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n`;
  t.match(await raw(port, `${head}Content-Length: 500\r\n\r\npin=1`), /^HTTP\/1\.1 408 /);
  t.match(await raw(port, `${head}Transfer-Encoding: chunked\r\n\r\n5\r\npin=1\r\n`), /^HTTP\/1\.1 408 /);
  t.match(await raw(port, head), /^HTTP\/1\.1 408 /);
  t.equal(
    await raw(port, '').catch(() => 'open'),
    await raw(port, ''),
    'a connection without a request ends too',
  );
  const huge = `${head}Transfer-Encoding: chunked\r\n\r\n${'ffff\r\n'.padEnd(0xffff, 'x')}`;
  t.match(await raw(port, huge), /^HTTP\/1\.1 413 /);
});

t.test('every page carries the headers that keep it to itself', async (t) => {
  const guest = await startGuest(t);
  const phone = guest.device();
  for (const page of [
    await phone.enter(),
    await phone.get('/nowhere'),
    await phone.get('/%zz'),
    await phone.post('/pin', 'x', 'text/plain'),
  ]) {
    t.match(page.headers['content-security-policy'], /^default-src 'none'; style-src 'sha256-[^']+'; /);
    t.equal(page.headers['x-content-type-options'], 'nosniff');
    t.equal(page.headers['x-frame-options'], 'DENY');
    t.equal(page.headers['referrer-policy'], 'no-referrer');
    t.equal(page.headers['content-type'], 'text/html; charset=utf-8');
  }
});

t.test(
  'the client behind a trusted proxy is the one that the proxy names, and nobody else’s word counts',
  async (t) => {
    const forwarded = { 'x-forwarded-for': '127.0.1.77' };
    const trusting = await startGuest(t, { env: { TRUST_PROXY: '127.0.0.1' } });
    await trusting.device('02:00:00:00:77:01', '127.0.1.77').enter();
    t.equal((await trusting.device(undefined, '127.0.0.1').get('/', forwarded)).state, 'pin');
    t.equal((await trusting.device(undefined, '127.0.0.2').get('/', forwarded)).state, 'unknown-client');
  },
);

t.test('the same pages are served over https where a certificate is set', async (t) => {
  const port = await freePort();
  const env = { HOST: '127.0.0.1', TLS_PORT: String(port), ...certificate() };
  const guest = await startGuest(t, { started: false, env });
  const plain = await listen(guest.app);
  const ask = (host: string) =>
    new Promise<{ status: number | undefined; location: string | undefined; body: string }>(
      (resolve, reject) => {
        const options = {
          host: '127.0.0.1',
          port,
          path: '/',
          headers: { host },
          rejectUnauthorized: false,
          agent: false,
        };
        httpsRequest(options, (response) => {
          let body = '';
          response.on('data', (data) => {
            body += data;
          });
          response.on('end', () =>
            resolve({ status: response.statusCode, location: response.headers.location, body }),
          );
        })
          .on('error', reject)
          .end();
      },
    );
  t.match(await ask('localhost'), { status: 200, body: /data-state="unknown-client"/ });
  t.match(await ask('example.com'), { status: 302, location: `http://127.0.0.1:${plain}/` });
});
