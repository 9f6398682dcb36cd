import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import t, { type Test } from 'tap';
import { createHijack, type HijackOptions } from '../../src/http/hijack.js';
import { hostName } from '../../src/http/own-host.js';
import type { Teardown } from '../fixtures/redis.js';

/** The gate before a route that says that it was reached. */
async function startGate(t: Teardown, options: Omit<HijackOptions, 'port'>, more: object = {}) {
  const route: RequestListener = (request, response) => response.end(`routed ${request.url}`);
  const hijack = createHijack({ port: () => (server.address() as AddressInfo).port, ...options });
  const server: Server = createServer(
    { requireHostHeader: false, maxHeaderSize: 8192, ...more },
    hijack.gate(route),
  );
  server.on('clientError', hijack.clientError).on('connect', hijack.connect);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  /** Everything that comes back until the other side closes. */
  const raw = (text: string, host = '127.0.0.1'): Promise<string> =>
    new Promise((resolve, reject) => {
      let answer = '';
      const socket = connect(port, host, () => socket.write(text));
      socket.on('data', (data) => {
        answer += data;
      });
      socket.on('error', reject).on('close', () => resolve(answer));
      socket.setTimeout(5000, () => reject(new Error(`still open after: ${answer}`)));
    });
  const ask = (host: string | undefined, line = 'GET / HTTP/1.1') =>
    raw(`${line}\r\n${host === undefined ? '' : `Host: ${host}\r\n`}Connection: close\r\n\r\n`);
  return { port, raw, ask };
}

function checkHijacked(t: Test, answer: string, origin: string): void {
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  t.match(head, /^HTTP\/1\.1 302 Found\r\n/);
  t.match(head, `\r\nLocation: ${origin}/\r\n`);
  t.match(head, '\r\nCache-Control: no-store\r\n');
  t.match(head, /\r\nConnection: close$/);
  t.match(head, `\r\nContent-Length: ${body.length}`);
  t.notMatch(head, /set-cookie|strict-transport/i);
  t.ok(body.length >= 5);
}

t.test('a host is compared by its name', async (t) => {
  const cases: [string | undefined, string | undefined][] = [
    ['Wifi.Example.COM', 'wifi.example.com'],
    ['wifi.example.com:8080', 'wifi.example.com'],
    ['wifi.example.com.', 'wifi.example.com'],
    ['wifi.example.com.:80', 'wifi.example.com'],
    ['127.0.0.1:8080', '127.0.0.1'],
    ['[::1]:8080', '::1'],
    ['[0:0:0:0:0:0:0:1]', '::1'],
    ['', undefined],
    [undefined, undefined],
    ['a b', undefined],
    ['a@b', undefined],
    ['a/b', undefined],
    ['a:b', undefined],
    ['[::1', undefined],
    ['[fe80::1%eth0]', undefined],
    ['[::::]', undefined],
    [`${'a'.repeat(5000)}!`, undefined],
  ];
  for (const [host, name] of cases) t.equal(hostName(host), name, String(host).slice(0, 40));
});

t.test('with a portal URL only its host is routed', async (t) => {
  const origin = 'https://wifi.example.com';
  const { ask } = await startGate(t, { portalUrl: origin });
  for (const host of ['wifi.example.com', 'WIFI.example.com:8080', 'wifi.example.com.']) {
    t.match(await ask(host), 'routed /', host);
  }
  for (const host of [
    'captive.apple.com',
    '127.0.0.1',
    'localhost',
    'wifi.example.com.evil.net',
    'xwifi.example.com',
    '',
    'a b',
  ]) {
    checkHijacked(t, await ask(host), origin);
  }
  checkHijacked(t, await ask(undefined), origin);
  checkHijacked(t, await ask(undefined, 'GET / HTTP/1.0'), origin);
});

t.test('any path and method of another host is answered alike', async (t) => {
  const origin = 'http://wifi.example.com';
  const { ask, raw } = await startGate(t, { portalUrl: origin });
  for (const line of [
    'GET /healthz',
    'GET /generate_204',
    'POST /pin',
    'DELETE /x',
    'OPTIONS *',
    'PROPFIND /',
    'GET /%zz',
    'GET /?a=1',
  ]) {
    checkHijacked(t, await ask('captive.apple.com', `${line} HTTP/1.1`), origin);
  }
  const head = await ask('captive.apple.com', 'HEAD / HTTP/1.1');
  t.match(head, /^HTTP\/1\.1 302/);
  t.match(head, /\r\n\r\n$/, 'HEAD has no body');
  checkHijacked(t, await ask('captive.apple.com', 'BREW /coffee HTTP/1.1'), origin);
  checkHijacked(t, await raw('CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n'), origin);
  checkHijacked(
    t,
    await raw('GET / HTTP/1.1\r\nHost: example.com\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'),
    origin,
  );
});

t.test('a body is not waited for', async (t) => {
  const origin = 'http://wifi.example.com';
  const { raw } = await startGate(t, { portalUrl: origin });
  const answer = await raw('POST / HTTP/1.1\r\nHost: example.com\r\nContent-Length: 100000\r\n\r\nbeginning');
  checkHijacked(t, answer, origin);
});

t.test('a target with a host in it counts by that host', async (t) => {
  const origin = 'http://wifi.example.com';
  const { ask } = await startGate(t, { portalUrl: origin });
  checkHijacked(t, await ask('wifi.example.com', 'GET http://example.com/ HTTP/1.1'), origin);
  t.match(await ask('example.com', 'GET http://wifi.example.com/status?s=1 HTTP/1.1'), 'routed /status?s=1');
});

t.test(
  'without a portal URL this machine is the portal, and the answer leads to where the connection arrived',
  async (t) => {
    const { port, ask, raw } = await startGate(t, { addresses: () => ['192.0.2.7', '2001:db8::7'] });
    for (const host of [
      'localhost',
      '127.0.0.1',
      `127.0.0.1:${port}`,
      '[::1]',
      '192.0.2.7',
      '[2001:db8:0::7]:8080',
    ]) {
      t.match(await ask(host), 'routed /', host);
    }
    checkHijacked(t, await ask('captive.apple.com'), `http://127.0.0.1:${port}`);
    checkHijacked(t, await ask('127.0.0.2'), `http://127.0.0.1:${port}`);
    checkHijacked(t, await ask('192.0.2.8'), `http://127.0.0.1:${port}`);
    t.match(await raw('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n'), 'routed /');
  },
);

t.test('an address over IPv6 stands in brackets, port 80 is left out', async (t) => {
  let location = '';
  const hijack = createHijack({ port: () => 80 });
  const gate = hijack.gate(() => t.fail('must not be routed'));
  const response = {
    writeHead: (_: number, headers: string[]) => {
      location = headers[1] ?? '';
    },
    end: () => undefined,
  };
  const request = { headers: { host: 'example.com' }, url: '/', socket: { localAddress: 'fe80::1%eth0' } };
  gate(request as never, response as never);
  t.equal(location, 'http://[fe80::1]/');
  gate({ ...request, socket: { localAddress: '::ffff:10.1.2.3' } } as never, response as never);
  t.equal(location, 'http://10.1.2.3/');
});

t.test('what is no request gets a few bytes and the end of the connection', async (t) => {
  const { raw } = await startGate(
    t,
    { portalUrl: 'http://wifi.example.com' },
    { headersTimeout: 200, requestTimeout: 300, connectionsCheckingInterval: 50 },
  );
  t.match(await raw('GET / HTTP/9.9\r\n\r\n'), /^HTTP\/1\.1 400 /);
  t.match(await raw('GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n'), /^HTTP\/1\.1 400 /);
  t.match(
    await raw(`GET / HTTP/1.1\r\nHost: a\r\nCookie: ${'y'.repeat(9000)}\r\n\r\n`),
    /^HTTP\/1\.1 302 .*\r\nLocation: http:\/\/wifi\.example\.com\/\r\n/,
    'a page with many cookies is one on the way to the portal too',
  );
  t.match(await raw('GET / HTTP/1.1\r\nHost: a\r\n'), /^HTTP\/1\.1 408 /, 'headers that never end');
});
