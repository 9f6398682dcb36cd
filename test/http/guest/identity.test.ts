import t from 'tap';
import { Type } from 'typebox';
import type { ClientMac, GatewayId } from '../../../src/domain/id.js';
import { parseMac } from '../../../src/domain/mac.js';
import { demo } from '../../../src/drivers/demo.js';
import type { DriverKind } from '../../../src/drivers/driver.js';
import { buildAdminServer } from '../../../src/http/admin-server.js';
import { startGuest } from '../../fixtures/guest.js';
import { eventually, type RuntimeFixtureOptions, SITE, silent } from '../../fixtures/runtime.js';

const ROUTER = 'router' as GatewayId;
const PHONE = '02:00:00:00:20:01' as ClientMac;
const NEIGHBOUR = '02:00:00:00:20:02' as ClientMac;

/** A router that knows its clients, and one that keys what it sends. */
function kinds(table: Map<string, ClientMac>): ReadonlyMap<string, DriverKind> {
  const clients = () => [...table].map(([ip, mac]) => ({ ip, mac }));
  const knowing: DriverKind = {
    ...demo,
    kind: 'knowing',
    fields: Type.Object({ unifiSite: Type.Optional(Type.String()) }),
    defaults: { trust: 'verify', guestNetworks: ['127.0.4.0/24'] },
    connect: (context) => ({
      ...demo.connect(context),
      clients: async () => clients(),
      findClient: async (ip) => clients().find((client) => client.ip === ip),
    }),
  };
  const keyed: DriverKind = {
    ...knowing,
    kind: 'keyed',
    parseRedirect({ mac: text = '', key }) {
      const mac = parseMac(text);
      return mac && key === 'right' ? { mac, keyed: true } : undefined;
    },
  };
  return new Map([demo, knowing, keyed].map((kind) => [kind.kind, kind]));
}

async function startWith(
  t: Parameters<typeof startGuest>[0],
  kind: string,
  options: RuntimeFixtureOptions = {},
) {
  const table = new Map<string, ClientMac>([['127.0.4.1', PHONE]]);
  const guest = await startGuest(t, { ...options, kinds: kinds(table) });
  const { registry } = guest.runtime.services;
  const saved = await registry.put(SITE, ROUTER, { kind, unifiSite: 'default' }, 'test');
  if (saved.status !== 'saved') throw new Error(JSON.stringify(saved));
  await guest.runtime.worker?.sync();
  await eventually(() => guest.runtime.worker?.holds(ROUTER));
  return { guest, table };
}

t.test('where the router knows its clients, the redirect’s word is only compared', async (t) => {
  const { guest } = await startWith(t, 'knowing');
  const { pin } = await guest.visit();
  const honest = guest.device(PHONE, '127.0.4.1');
  t.equal((await honest.enter('router')).state, 'pin');
  t.equal(
    (await guest.device(NEIGHBOUR, '127.0.4.1').enter('router')).state,
    'unknown-client',
    'a forged MAC',
  );
  t.equal(
    (await guest.device(PHONE, '127.0.4.9').enter('router')).state,
    'unknown-client',
    'an address nobody has',
  );
  t.equal(
    (await guest.device(PHONE, '192.0.2.1').enter('router')).state,
    'unknown-client',
    'an address from outside',
  );
  t.equal((await honest.type(pin)).status, 303);
  await eventually(async () => (await honest.follow()).state === 'connected');
});

t.test('without a redirect the client is found by its source address', async (t) => {
  const { guest } = await startWith(t, 'knowing');
  const { pin } = await guest.visit();
  const phone = guest.device(PHONE, '127.0.4.1');
  t.equal((await phone.get('/')).state, 'pin');
  t.equal((await phone.type(pin)).status, 303);
});

t.test('the proof is asked for again with the PIN, and with leaving', async (t) => {
  const { guest, table } = await startWith(t, 'knowing');
  const { pin } = await guest.visit();
  const phone = guest.device(PHONE, '127.0.4.1');
  const page = await phone.enter('router');
  const state = page.field('state') ?? '';
  await phone.type(pin);
  await eventually(async () => (await phone.follow()).state === 'connected');
  const s = (await phone.follow()).field('s') ?? '';

  table.set('127.0.4.1', NEIGHBOUR);
  await guest.runtime.stores.clients.putTable(SITE, ROUTER, [{ ip: '127.0.4.1', mac: NEIGHBOUR }], 60_000);
  const late = await phone.post('/pin', { pin, state });
  t.equal(late.status, 422);
  t.equal(late.state, 'unknown-client', 'the address belongs to another device now');
  t.equal((await phone.post('/leave', { s })).status, 422);
  const access = await guest.runtime.stores.grants.access(SITE, ROUTER, PHONE);
  t.ok((access?.until ?? 0) > guest.runtime.now(), 'and the access of the first one stays');
});

t.test('what the gateway keyed is believed, what it did not is not', async (t) => {
  const { guest } = await startWith(t, 'keyed');
  const { pin } = await guest.visit();
  const phone = guest.device(NEIGHBOUR, '10.9.9.9');
  t.equal((await phone.get(`/enter/router?mac=${NEIGHBOUR}&key=wrong`)).state, 'unknown-client');
  t.equal((await phone.get(`/enter/router?mac=${NEIGHBOUR}&key=right`)).state, 'pin');
  t.equal((await phone.type(pin)).status, 303);
  await eventually(async () => (await phone.follow()).state === 'connected');
  const left = await phone.post('/leave', { s: (await phone.follow()).field('s') ?? '' });
  t.equal(left.status, 303);
  const ended = await phone.follow();
  t.equal(ended.state, 'ended');
  t.equal((await phone.get(ended.link ?? '')).state, 'pin', 'its link needs no redirect');
});

t.test('a claim that fails is logged and counted, and charges nobody’s limit', async (t) => {
  const logged: object[] = [];
  const keep = (data: object, message: string) =>
    void (message === 'a client could not be proven' && logged.push(data));
  const { guest } = await startWith(t, 'keyed', { log: { info: keep, warn: keep, error: keep } });
  const stranger = guest.device(NEIGHBOUR, '127.0.4.1');
  for (const query of [`mac=${NEIGHBOUR}&key=wrong`, `mac=${PHONE}`, 'mac=nonsense&key=right'])
    t.equal((await stranger.get(`/enter/router?${query}`)).state, 'unknown-client', query);
  t.strictSame(logged, [{ gateway: 'router', count: 1 }]);

  const admin = await buildAdminServer(guest.runtime, silent);
  t.teardown(() => admin.close());
  for (let asked = 0; asked < 2; asked++)
    t.match(
      (await admin.inject({ url: '/metrics', headers: { host: 'localhost' } })).payload,
      /^foyer_unproven_total\{gateway="router",site="main"\} 3$/m,
    );
  const keys = await guest.runtime.server.redis.keys('*');
  t.ok(keys.length > 0);
  t.strictSame(
    keys.filter((key) => /:attempts|:client:|:access:|:seen:router/.test(key)),
    [],
  );
});

t.test('routers with a fixed path are told apart by their site', async (t) => {
  const { guest } = await startWith(t, 'knowing');
  const phone = guest.device(PHONE, '127.0.4.1');
  t.equal((await phone.get(`/guest/s/default/?mac=${PHONE}&t=1&ssid=Guests`)).state, 'pin');
  t.equal((await phone.get(`/guest/s/other/?mac=${PHONE}`)).status, 404);
});

t.test('no line of the log has a PIN or a MAC in it', async (t) => {
  const lines: string[] = [];
  const keep = (data: object, message: string) => {
    const error = 'err' in data && data.err instanceof Error ? `${data.err.message} ${data.err.stack}` : '';
    lines.push(`${JSON.stringify(data)} ${error} ${message}`);
  };
  const { guest } = await startWith(t, 'knowing', { log: { info: keep, warn: keep, error: keep } });
  const { pin } = await guest.visit();
  const phone = guest.device(PHONE, '127.0.4.1');
  await guest.device(NEIGHBOUR, '127.0.4.1').enter('router');
  await phone.enter('router');
  await phone.type('99999999');
  await phone.type(pin);
  await guest.runtime.server.stop();
  await phone.enter('router');
  await phone.post('/pin', { pin, state: 'x' });
  t.match(lines.join('\n'), 'a client could not be proven');
  t.match(lines.join('\n'), 'guest page unavailable');
  for (const secret of [pin, '99999999', PHONE, NEIGHBOUR]) t.notMatch(lines.join('\n'), secret);
});

t.test('a gateway that hangs keeps no visitor of another one whose network it shares', async (t) => {
  let end = (): void => undefined;
  const never = new Promise<void>((resolve) => {
    end = resolve;
  });
  const hanging: DriverKind = {
    ...demo,
    kind: 'hanging',
    capabilities: [{ ...demo.capabilities[0], identity: true }],
    defaults: { trust: 'verify', guestNetworks: ['127.0.4.0/24'] },
    connect: (context) => ({
      ...demo.connect(context),
      clients: () => never.then(() => []),
      findClient: () => never.then(() => undefined),
    }),
  };
  const table = new Map([['127.0.4.1', PHONE]]);
  const guest = await startGuest(t, { kinds: new Map([...kinds(table), ['hanging', hanging]]) });
  const { registry } = guest.runtime.services;
  for (const [id, kind] of [
    [ROUTER, 'knowing'],
    ['slow', 'hanging'],
  ] as const) {
    await registry.put(SITE, id as GatewayId, { kind }, 'test');
    await guest.runtime.worker?.sync();
    await eventually(() => guest.runtime.worker?.holds(id as GatewayId));
  }
  const begun = performance.now();
  t.equal((await guest.device(PHONE, '127.0.4.1').get('/')).state, 'pin');
  t.ok(performance.now() - begun < 3000, 'a bounded wait');
  t.equal(
    (await guest.device(PHONE, '127.0.4.1').enter('slow')).state,
    'unavailable',
    'who is there, it does not say',
  );
  end();
});
