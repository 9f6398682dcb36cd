import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import t from 'tap';
import { buildAdminServer } from '../../../src/http/admin-server.js';
import { ownHost } from '../../../src/http/own-host.js';
import { buildPeopleServer } from '../../../src/http/people-server.js';
import { eventually, silent, startRuntime } from '../../fixtures/runtime.js';
import { certificate } from '../certificate.js';

t.test('without a configured URL a listener answers for this machine and for nobody else', async (t) => {
  const own = ownHost(undefined);
  const [address = '127.0.0.1'] = Object.values(networkInterfaces()).flatMap((list = []) =>
    list.filter(({ family, internal }) => family === 'IPv4' && !internal).map((one) => one.address),
  );
  for (const host of [
    'localhost',
    'localhost:8081',
    'LOCALHOST',
    '127.0.0.1:1',
    '[::1]:8081',
    '[::1]',
    `${address}:8081`,
  ]) {
    t.equal(own(host), true, host);
  }
  for (const host of [
    undefined,
    '',
    'evil.example',
    'localhost.evil.example',
    '203.0.113.9',
    '[2001:db8::1]',
    'a b',
    '127.0.0.1.nip.io',
  ]) {
    t.equal(own(host), false, String(host));
  }
});

t.test('with a configured URL a listener answers for that name only, whatever the port', async (t) => {
  const own = ownHost('https://foyer-admin.example.com');
  t.equal(own('foyer-admin.example.com'), true);
  t.equal(own('Foyer-Admin.example.com:8443'), true);
  for (const host of ['localhost', '127.0.0.1', 'example.com']) t.equal(own(host), false, host);
});

t.test('this machine is asked for its addresses once in a while, not for each request', async (t) => {
  let asked = 0;
  const own = ownHost(undefined, () => {
    asked++;
    return ['192.0.2.7'];
  });
  for (let i = 0; i < 50; i++) t.equal(own('192.0.2.7:8081'), true);
  t.equal(own('192.0.2.8'), false);
  t.equal(own('192.0.2.8', '::ffff:192.0.2.8'), true, 'where the connection arrived is this machine too');
  t.equal(asked, 1);
});

t.test('a request for another host is 421 on every path of both listeners', async (t) => {
  const runtime = await startRuntime(t);
  const admin = await buildAdminServer(runtime, silent);
  const people = await buildPeopleServer(runtime, silent);
  t.teardown(() => Promise.all([admin.close(), people.close()]));
  for (const app of [admin, people]) {
    for (const url of ['/', '/healthz', '/setup?code=x', '/api/v1/visits', '/metrics', '/nothing']) {
      const answer = await app.inject({ url, headers: { host: 'rebound.example' } });
      t.equal(answer.statusCode, 421, url);
      t.match(answer.payload, /does not answer for that host|by its own name/, url);
    }
    t.equal((await app.inject({ url: '/healthz', headers: { host: '127.0.0.1:8081' } })).payload, 'ok');
  }
});

t.test('the people listener leads to the desk and has no admin route', async (t) => {
  const runtime = await startRuntime(t);
  const app = await buildPeopleServer(runtime, silent);
  t.teardown(() => app.close());
  const headers = { host: 'localhost' };
  const page = await app.inject({ url: '/', headers });
  t.equal(page.statusCode, 200);
  t.match(page.payload, /href="\/kiosk"/);
  const css = /href="([^"]+\.css)"/.exec(page.payload)?.[1] ?? '';
  t.equal((await app.inject({ url: css, headers })).statusCode, 200, 'its stylesheet is there');
  for (const url of ['/setup', '/api/v1/visits', '/api/v1/openapi.json', '/readyz', '/metrics']) {
    t.equal((await app.inject({ url, headers })).statusCode, 404, url);
  }
});

t.test(
  'readiness names Redis, clock, lanes and gateways; a gateway that is down does not count',
  async (t) => {
    const runtime = await startRuntime(t, { started: true });
    const app = await buildAdminServer(runtime, silent);
    t.teardown(() => app.close());
    const headers = { host: 'localhost' };
    const ready = await eventually(async () => {
      const answer = await app.inject({ url: '/readyz', headers });
      return answer.statusCode === 200 && answer.json().gateways[0]?.ok === true ? answer.json() : undefined;
    });
    t.match(ready, {
      ready: true,
      redis: { ok: true },
      clock: { ok: true },
      worker: { ok: true, here: true, lanes: { demo: 'here' } },
      gateways: [{ id: 'demo', ok: true, problems: [] }],
    });
    const [gateway] = runtime.services.registry.all();
    if (!gateway) throw new Error('no gateway');
    const down = { ok: false, problems: ['It is on fire.'], guestNetworks: [], checkedAt: runtime.now() };
    await runtime.stores.gateways.putHealth(gateway.site, gateway.id, down);
    await runtime.services.registry.refresh();
    const still = await app.inject({ url: '/readyz', headers });
    t.equal(still.statusCode, 200);
    t.match(still.json(), { ready: true, gateways: [{ ok: false, problems: ['It is on fire.'] }] });
    const metrics = await app.inject({ url: '/metrics', headers });
    t.match(metrics.payload, /^foyer_gateway_up\{gateway="demo",site="main"\} 0$/m);
  },
);

t.test('a worker whose gateway nobody drives is not ready', async (t) => {
  const runtime = await startRuntime(t);
  const app = await buildAdminServer(runtime, silent);
  t.teardown(() => app.close());
  await runtime.worker?.stop();
  const answer = await app.inject({ url: '/readyz', headers: { host: 'localhost' } });
  t.equal(answer.statusCode, 503);
  t.match(answer.json(), {
    ready: false,
    redis: { ok: true },
    worker: { ok: false, lanes: { demo: 'nobody' } },
  });
});

t.test('metrics count what Redis knows', async (t) => {
  const runtime = await startRuntime(t, { started: true });
  const app = await buildAdminServer(runtime, silent);
  t.teardown(() => app.close());
  const input = { name: 'Ada', expectedArrival: '2026-11-23T09:00' };
  const [gateway] = runtime.services.registry.all();
  if (!gateway) throw new Error('no gateway');
  const made = await runtime.services.visits.register(gateway.site, input, 'test');
  if (made.status !== 'registered') throw new Error(made.status);
  const mac = '02:00:00:00:00:10' as Parameters<typeof runtime.services.visits.admitDevice>[3];
  await runtime.services.visits.admitDevice(gateway.site, made.visit.id, gateway.id, mac, 'test');
  const text = (await app.inject({ url: '/metrics', headers: { host: 'localhost' } })).payload;
  for (const line of [
    'foyer_redis_up 1',
    'foyer_clock_skew_seconds 0',
    'foyer_visits{site="main"} 1',
    'foyer_grants{gateway="demo",site="main"} 1',
    'foyer_queue{gateway="demo",state="dead"} 0',
    'foyer_pin_budget_spent{site="main"} 0',
    'foyer_unproven_total{gateway="demo",site="main"} 0',
  ]) {
    t.ok(text.split('\n').includes(line), line);
  }
  t.match(text, /^process_cpu_seconds_total /m);
});

t.test('with a certificate the listeners speak https', async (t) => {
  const { TLS_KEY, TLS_CERT } = certificate();
  const runtime = await startRuntime(t, { env: { TLS_KEY, TLS_CERT } });
  for (const app of [await buildAdminServer(runtime, silent), await buildPeopleServer(runtime, silent)]) {
    t.teardown(() => app.close());
    await app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = app.server.address() as AddressInfo;
    const asked = request({
      host: '127.0.0.1',
      port,
      path: '/healthz',
      ca: TLS_CERT,
      servername: 'foyer',
    }).end();
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    answer.resume();
    t.equal(answer.statusCode, 200);
  }
});
