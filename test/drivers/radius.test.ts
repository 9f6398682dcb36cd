import t, { type Test } from 'tap';
import { Compile } from 'typebox/compile';
import type { ClientMac, GatewayId } from '../../src/domain/id.js';
import { type AccountedSession, capabilitiesOf, type DriverKind } from '../../src/drivers/driver.js';
import { first, integerIn, TYPE, textIn, VENDOR, vendorIn } from '../../src/drivers/radius/attributes.js';
import { CODE, messageAuthenticator } from '../../src/drivers/radius/codec.js';
import { fields, type RadiusFields } from '../../src/drivers/radius/fields.js';
import { radius } from '../../src/drivers/radius/index.js';
import { type AccountingReport, createRadiusServer } from '../../src/drivers/radius/server.js';
import { radiusSide } from '../../src/drivers/radius/side.js';
import { type NasQuirks, startRadiusNas } from '../emulators/radius-nas.js';
import { testClock } from '../fixtures/runtime.js';
import { driverContract, MAC, OTHER, PATIENCE_MS } from './contract.js';

const SECRET = 'a-secret-of-some-length';
const VENDOR_NAMES = fields.properties.vendor.anyOf.map((one) => one.const);
const silent = { info: () => undefined, warn: () => undefined };

const fieldsOf = (more: Partial<RadiusFields> = {}): RadiusFields => ({
  nas: ['127.0.0.1'],
  secret: SECRET,
  requireMessageAuthenticator: true,
  vendor: 'generic',
  disconnectPort: 3799,
  reauthenticate: 'disconnect',
  ...more,
});

/** Who is let in until when, and what was accounted for: what the service does with Redis. */
function books(now: () => number, kindFields: RadiusFields) {
  const ends = new Map<ClientMac, number>();
  const accounted = new Map<string, AccountedSession>();
  const server = createRadiusServer({
    nasAt: () => [{ gateway: 'g' as GatewayId, nas: radius.radius?.nas(kindFields) as never }],
    async judge({ mac, byMac }) {
      const until = mac && byMac ? ends.get(mac) : undefined;
      if (until === undefined || until <= now()) return { accept: false };
      const attributes = radius.radius?.accept({}, kindFields) ?? [];
      return { accept: true, sessionSeconds: (until - now()) / 1000, attributes };
    },
    async account({ event, session }: AccountingReport) {
      if (event === 'on' || event === 'off') accounted.clear();
      if (!session) return;
      if (event === 'stop') accounted.delete(session.id);
      else accounted.set(session.id, session);
    },
    now,
    log: silent,
    rejectDelayMs: 0,
  });
  return { ends, accounted, server };
}

async function make(t: Test, more: Partial<RadiusFields> = {}, quirks: Partial<NasQuirks> = {}) {
  const now = testClock();
  const given = fieldsOf(more);
  const { ends, accounted, server } = books(now, given);
  let listed = true;
  const ports = await server.listen({ host: '127.0.0.1', port: 0, accountingPort: 0 });
  t.teardown(server.close);
  const nas = await startRadiusNas(t, { server: ports, secret: SECRET, now, quirks });
  const told = given.disconnectPort !== 0;
  const driver = radius.connect({
    gateway: 'g' as GatewayId,
    fields: { ...given, disconnectPort: told ? nas.disconnectPort : 0 },
    accounted: async () => {
      await nas.settled();
      return listed ? [...accounted.values()] : [];
    },
    askedAt: async () => now(),
    timeoutMs: PATIENCE_MS,
    now,
    guestPort: 8080,
    portalUrl: 'http://portal.example',
    log: silent,
  });
  t.teardown(driver.close);
  const letIn = async (mac: ClientMac, until: number): Promise<void> => {
    ends.set(mac, until);
    await nas.arrive(mac);
  };
  const gateway = {
    ...nas.misbehaviour,
    emptyList: (on: boolean) => {
      listed = !on;
    },
  };
  return { driver, now, nas, ends, accounted, letIn, gateway };
}

for (const more of [{}, { disconnectPort: 0 }]) {
  const { mode } = capabilitiesOf(radius, fieldsOf(more));
  driverContract(t, {
    name: `radius ${mode}`,
    kind: radius as DriverKind,
    fields: fieldsOf(more),
    noEnds: true,
    endsLater: /to the second, by the router/,
    make: async () => {
      const { driver, now, letIn, gateway } = await make(t, more);
      return { driver, now, letIn, ...('disconnectPort' in more ? {} : { gateway }) };
    },
  });
}

t.test('a session lasts exactly what is left, and at its end the router asks again', async (t) => {
  const { now, nas, ends, letIn } = await make(t);
  const begin = now();
  await letIn(MAC, begin + 90_000);
  t.equal(nas.sessions()[0]?.until, begin + 90_000);
  ends.set(MAC, begin + 200_000);
  now.advance(90_000);
  await nas.tick();
  t.equal(nas.sessions()[0]?.until, begin + 200_000, 'a longer visit goes on');
  now.advance(110_000);
  await nas.tick();
  t.equal(nas.misbehaviour.inForce(MAC), 0, 'and ends at its end');
});

t.test('a refused client is let in when it comes again after the PIN', async (t) => {
  const { driver, now, nas, ends } = await make(t);
  t.equal(await nas.arrive(MAC), undefined);
  ends.set(MAC, now() + 60_000);
  await driver.prompt?.({ mac: MAC, ips: [] });
  t.equal(nas.orders().length, 0, 'a client without a session is nothing that a router could be told of');
  t.ok(await nas.arrive(MAC));
});

for (const macForm of ['dashes', 'colons', 'plain', 'dots'] as const) {
  t.test(`a session is ended by its own names where the router writes MACs with ${macForm}`, async (t) => {
    const { driver, now, nas, letIn } = await make(t, {}, { macForm, byLetter: true });
    await letIn(MAC, now() + 60_000);
    await letIn(OTHER, now() + 60_000);
    await driver.deauthorize({ mac: MAC, ips: [] });
    t.equal(nas.misbehaviour.inForce(MAC), 0);
    t.equal(nas.misbehaviour.inForce(OTHER), 1);
    const [order] = nas.orders();
    const attributes = order?.attributes ?? [];
    t.equal(attributes[0]?.type, TYPE.messageAuthenticator);
    t.equal(order && messageAuthenticator(order, SECRET), 'right');
    t.equal(integerIn(attributes, TYPE.eventTimestamp), Math.floor(now() / 1000));
    t.match(textIn(attributes, TYPE.sessionId), /^8100/);
    t.equal(textIn(attributes, TYPE.nasIdentifier), 'nas-1');
    t.ok(first(attributes, TYPE.framedIp) && first(attributes, TYPE.nasIp));
  });
}

t.test('a prompt ends the session by Disconnect, so that the router asks anew', async (t) => {
  const { driver, now, nas, ends, letIn } = await make(t);
  const begin = now();
  await letIn(MAC, begin + 60_000);
  ends.set(MAC, begin + 600_000);
  await driver.prompt?.({ mac: MAC, ips: [] });
  t.equal(nas.orders()[0]?.code, CODE.disconnectRequest);
  t.equal(nas.misbehaviour.inForce(MAC), 0);
  await nas.arrive(MAC);
  t.equal(nas.sessions()[0]?.until, begin + 600_000);
  t.strictSame(await driver.sessions?.(), [{ mac: MAC }], 'the new session is listed');
});

t.test('a Cisco looks at its session again by CoA, and the session goes on', async (t) => {
  const { driver, now, nas, ends, letIn } = await make(t, { vendor: 'cisco', reauthenticate: 'coa' });
  const begin = now();
  await letIn(MAC, begin + 60_000);
  ends.set(MAC, begin + 600_000);
  await driver.prompt?.({ mac: MAC, ips: [] });
  await nas.settled();
  t.equal(nas.orders()[0]?.code, CODE.coaRequest);
  const [session] = nas.sessions();
  t.match(session, { mac: MAC, until: begin + 600_000 });
});

t.test('a session that the router does not know is ended, and is not listed any more', async (t) => {
  const { driver, now, nas, accounted, letIn } = await make(t);
  await letIn(MAC, now() + 60_000);
  await nas.settled();
  nas.quirks.unaccounted = true;
  nas.leave(MAC);
  t.equal(accounted.size, 1, 'its end was not accounted for');
  t.strictSame(await driver.sessions?.(), [{ mac: MAC }]);
  await driver.deauthorize({ mac: MAC, ips: [] });
  t.strictSame(await driver.sessions?.(), []);
});

t.test('a session that goes on though it was ended is listed again', async (t) => {
  const { driver, now, nas, accounted, letIn } = await make(t);
  await letIn(MAC, now() + 60_000);
  await nas.settled();
  const [before] = [...accounted.values()];
  await driver.deauthorize({ mac: MAC, ips: [] });
  await nas.settled();
  now.advance(1000);
  if (before) accounted.set(before.id, { ...before, seenAt: now() });
  t.strictSame(await driver.sessions?.(), [{ mac: MAC }]);
});

t.test('a client whose session is not accounted for is ended by its MAC', async (t) => {
  const { driver, now, nas, letIn } = await make(t, {}, { unaccounted: true });
  await letIn(MAC, now() + 60_000);
  t.strictSame(await driver.sessions?.(), []);
  await driver.deauthorize({ mac: MAC, ips: [] });
  t.equal(nas.misbehaviour.inForce(MAC), 0);
});

t.test('what a router has against an order is said in words, with what it is called', async (t) => {
  const { driver, now, nas, letIn } = await make(t);
  await letIn(MAC, now() + 60_000);
  for (const [cause, code, permanent] of [
    [401, 'not-supported', true],
    [402, 'not-supported', true],
    [403, 'misconfigured', true],
    [404, 'bad-answer', false],
    [501, 'not-permitted', true],
    [506, 'busy', false],
    [0, 'bad-answer', false],
    [999, 'bad-answer', false],
  ] as const) {
    nas.quirks.refuses = cause;
    const error = await driver.deauthorize({ mac: MAC, ips: [] }).then(
      () => undefined,
      (error: unknown) => error,
    );
    t.match(error, { code, permanent }, String(cause));
    t.match(String(error), cause === 0 ? /without a reason/ : new RegExp(`Error-Cause ${cause}`));
    t.notMatch(String(error), SECRET);
  }
  t.strictSame(await driver.sessions?.(), [{ mac: MAC }], 'a refused end is no end');
});

t.test('a router that wants the session’s name gets it, and says so where there is none', async (t) => {
  const { driver, now, nas, letIn } = await make(t, {}, { wants: TYPE.sessionId });
  await letIn(MAC, now() + 60_000);
  await driver.deauthorize({ mac: MAC, ips: [] });
  t.equal(nas.misbehaviour.inForce(MAC), 0);
  const unheard = driver.deauthorize({ mac: OTHER, ips: [] });
  await t.rejects(unheard, { code: 'not-supported', message: /account for its sessions/ });
});

t.test('an order that gets lost is sent again as it was, and obeyed once', async (t) => {
  const { driver, now, nas, letIn } = await make(t);
  await letIn(MAC, now() + 60_000);
  nas.quirks.silent = true;
  const done = driver.deauthorize({ mac: MAC, ips: [] });
  setTimeout(() => {
    nas.quirks.silent = false;
  }, PATIENCE_MS / 3);
  await done;
  t.equal(nas.orders().length, 1);
  t.ok(nas.misbehaviour.calls() > 1, 'it was sent more than once');
});

t.test('however many orders there are, a router that says nothing is not waited for', async (t) => {
  const { driver, nas, accounted, now } = await make(t, {}, { silent: true });
  const macs = Array.from(
    { length: 200 },
    (_, n) => `02:00:00:00:bb:${n.toString(16).padStart(2, '0')}` as ClientMac,
  );
  for (const mac of macs)
    accounted.set(mac, { mac, id: mac, username: mac, nas: '127.0.0.1', seenAt: now() });
  const begun = performance.now();
  const all = await Promise.allSettled(macs.map((mac) => driver.deauthorize({ mac, ips: [] })));
  t.ok(performance.now() - begun < 5 * PATIENCE_MS);
  for (const one of all) t.match(one, { status: 'rejected', reason: { code: 'timeout' } });
  nas.quirks.silent = false;
  await Promise.all(macs.map((mac) => driver.deauthorize({ mac, ips: [] })));
  t.equal(nas.orders().length, 200);
});

t.test('a driver that is let go of waits for nobody', async (t) => {
  const { driver, nas } = await make(t, {}, { silent: true });
  const waiting = driver.deauthorize({ mac: MAC, ips: [] });
  await new Promise((resolve) => setTimeout(resolve, 20));
  await Promise.all([t.rejects(waiting, { code: 'unreachable' }), driver.close()]);
  await t.rejects(driver.deauthorize({ mac: MAC, ips: [] }), { code: 'unreachable' });
  t.equal(nas.orders().length, 0);
});

t.test('an answer without Message-Authenticator is believed by its authenticator', async (t) => {
  const { driver, now, nas, letIn } = await make(t, {}, { unsignedAnswers: true });
  await letIn(MAC, now() + 60_000);
  await driver.deauthorize({ mac: MAC, ips: [] });
  t.equal(nas.misbehaviour.inForce(MAC), 0);
});

/** As the kinds have it whose redirects are signed. */
const finder = ({ accounted, now }: Pick<Awaited<ReturnType<typeof make>>, 'accounted' | 'now'>) =>
  radiusSide(
    { accounted: async () => [...accounted.values()], now, log: silent },
    { name: 'The router', secret: SECRET, findsClients: true },
  );

t.test('an address is a client’s as long as the router confirms it', async (t) => {
  const made = await make(t);
  const { now, nas, letIn } = made;
  const side = finder(made);
  await letIn(MAC, now() + 86_400_000);
  await nas.settled();
  const ip = nas.sessions()[0]?.ip ?? '';
  t.strictSame(await side.findClient?.(ip), { mac: MAC, ip });
  t.equal(await side.findClient?.('10.77.9.9'), undefined);
  now.advance(15 * 60_000 + 1);
  t.strictSame(await side.clients?.(), [], 'not heard of for three interim updates');
  nas.interim();
  await nas.settled();
  t.strictSame(await side.clients?.(), [{ mac: MAC, ip }]);
});

t.test('of two sessions with one address the later one has it', async (t) => {
  const made = await make(t);
  const { now, accounted } = made;
  const session = (mac: ClientMac, id: string, seenAt: number): AccountedSession => ({
    mac,
    id,
    username: mac,
    nas: '127.0.0.1',
    ip: '10.77.0.1',
    seenAt,
  });
  accounted.set('b', session(OTHER, 'b', now()));
  accounted.set('a', session(MAC, 'a', now() - 1000));
  t.strictSame(await finder(made).clients?.(), [{ mac: OTHER, ip: '10.77.0.1' }]);
});

const context = (more: Partial<RadiusFields>, asked: number | undefined, portalUrl?: string) => ({
  gateway: 'g' as GatewayId,
  fields: fieldsOf({ disconnectPort: 0, ...more }),
  askedAt: async () => asked,
  now: testClock(),
  guestPort: 8080,
  ...(portalUrl === undefined ? {} : { portalUrl }),
  log: silent,
});

t.test('the check says what an admin can do something about', async (t) => {
  const now = testClock()();
  const check = (more: Partial<RadiusFields> = {}, asked: number | undefined = now, url?: string) =>
    radius.connect(context(more, asked, url)).check();
  const well = await check({}, now, 'http://portal.example');
  t.strictSame(well, { ok: true, epoch: 'radius', problems: [] });
  const never = await radius.connect(context({}, undefined, 'http://portal.example')).check();
  t.notOk(never.ok);
  t.match(never.problems.join(), /^No router has asked by RADIUS yet/);
  t.match((await check({}, now - 25 * 3600_000)).problems.join(), /for 25 hours/);
  t.match((await check()).problems.join(), /PORTAL_URL is not set/);
  t.match((await check({ secret: 'short' })).problems.join(), /secret is short/);
  t.match((await check({ requireMessageAuthenticator: false })).problems.join(), /CVE-2024-3596/);
  t.match((await check({ reauthenticate: 'coa' })).problems.join(), /vendor=generic/);
});

t.test('fields hold what they say', async (t) => {
  const good = (more: object) => Compile(fields).Check({ ...fieldsOf(), ...more });
  t.ok(good({ nas: ['192.0.2.1', '198.51.100.0/24', '2001:db8::/64'] }));
  for (const more of [
    { nas: [] },
    { nas: ['10.0.0.0/33'] },
    { nas: ['router.example'] },
    { secret: '' },
    { vendor: 'acme' },
    { disconnectPort: 70_000 },
    { reauthenticate: 'never' },
    { macParameter: 'a b' },
  ])
    t.notOk(good(more), JSON.stringify(more));
});

t.test('a redirect is read by the names that routers have', async (t) => {
  const read = (query: Record<string, string>, more: Partial<RadiusFields> = {}) =>
    radius.parseRedirect(query, fieldsOf(more), '');
  const mac = '02:00:00:00:aa:01';
  t.strictSame(read({ mac, ip: '10.0.0.5', url: 'http://a.example/?b' }), {
    mac,
    ip: '10.0.0.5',
    url: 'http://a.example/?b',
    keyed: false,
  });
  t.match(
    read({ client_mac: '02-00-00-00-AA-01', mac: '0200000000cc', ssid: 'Guests', ap_mac: '0200.0000.00cc' }),
    { mac, ssid: 'Guests', ap: '02:00:00:00:00:cc' },
    'the client’s and not the access point’s',
  );
  t.match(read({ ga_cmac: '02-00-00-00-AA-01', ga_orig_url: 'http://a.example/' }), {
    mac,
    url: 'http://a.example/',
  });
  t.match(read({ CLIENTMAC: mac }), { mac });
  t.match(read({ device: mac, mac: '02:00:00:00:00:99' }, { macParameter: 'device' }), { mac });
  for (const query of [
    {},
    { mac: '' },
    { mac: 'ENC1234abcd' },
    { mac: '01:00:5e:00:00:01' },
    { mac, ip: '10.0.0' },
    { mac, url: 'x'.repeat(3000) },
  ] as Record<string, string>[])
    t.equal(read(query), undefined, JSON.stringify(query));
});

t.test('steps are printed for each vendor, and the secret is not', async (t) => {
  for (const vendor of VENDOR_NAMES) {
    const text = (more: Partial<RadiusFields> = {}) =>
      radius.rules?.({
        gateway: 'lobby' as GatewayId,
        fields: fieldsOf({ vendor, ...more }),
        guestPort: 8080,
        portalUrl: 'https://portal.example',
      });
    const printed = (await text()) ?? '';
    t.match(printed, /<the secret>/);
    t.match(printed, 'https://portal.example/enter/lobby');
    t.notMatch(printed, SECRET);
    t.notMatch(printed, /\bPORTAL\b|\bDISCONNECT\b/);
    t.notMatch((await text({ disconnectPort: 0 })) ?? '', /3799|UDP 0\b/);
  }
});

t.test('an answer has what its vendor calls a limit', async (t) => {
  const accept = (vendor: RadiusFields['vendor']) =>
    radius.radius?.accept({ downKbps: 8000, upKbps: 2000, quotaMB: 10 }, fieldsOf({ vendor })) ?? [];
  for (const vendor of VENDOR_NAMES) {
    t.equal(integerIn(accept(vendor), TYPE.terminationAction), 1);
    t.equal(integerIn(accept(vendor), TYPE.interimInterval), 300);
  }
  t.equal(vendorIn(accept('generic'), VENDOR.wispr, 8)?.readUInt32BE(), 8_000_000);
  t.equal(vendorIn(accept('mikrotik'), VENDOR.mikrotik, 8)?.toString(), '2000k/8000k');
  t.equal(vendorIn(accept('cisco'), VENDOR.airespace, 13)?.readUInt32BE(), 2000);
  t.equal(vendorIn(accept('pfsense'), VENDOR.pfsense, 3)?.readUInt32BE(), 10_000_000);
});
