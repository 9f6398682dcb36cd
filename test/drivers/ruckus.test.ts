import fc from 'fast-check';
import t, { type Test } from 'tap';
import { Value } from 'typebox/value';
import type { GatewayId } from '../../src/domain/id.js';
import { capabilitiesOf } from '../../src/drivers/driver.js';
import { ruckus } from '../../src/drivers/ruckus/index.js';
import { PASSWORD, startRuckus } from '../emulators/ruckus.js';
import { MINUTE, NINE, testClock } from '../fixtures/runtime.js';
import { driverContract, faultOf, MAC, OTHER, PATIENCE_MS } from './contract.js';

const CLEAR = MAC.toUpperCase();
const LATER = NINE + MINUTE;

interface Start {
  cloud?: boolean;
  tls?: boolean;
  fields?: object;
  timeoutMs?: number;
}

const fieldsOf = (url: string, more: object = {}) => ({
  controller: 'smartzone' as const,
  url,
  username: 'api',
  password: PASSWORD,
  ...more,
});

async function start(
  t: Test,
  { cloud = false, tls = false, fields = {}, timeoutMs = PATIENCE_MS }: Start = {},
) {
  const now = testClock();
  const zone = await startRuckus(t, { cloud, tls });
  const pin = tls ? { fingerprint: String(zone.fingerprint) } : {};
  const controller = cloud ? { controller: 'ruckus-one' as const } : {};
  const driver = ruckus.connect({
    gateway: 'lobby' as GatewayId,
    fields: fieldsOf(zone.url, { ...controller, ...pin, ...fields }),
    timeoutMs,
    now,
    guestPort: 8080,
    log: { info: () => undefined, warn: () => undefined },
  });
  t.teardown(driver.close);
  const admit = (via?: string, mac = MAC) =>
    driver.authorize({ mac, ips: [], until: LATER, limits: {}, ...(via === undefined ? {} : { via }) });
  return { now, zone, driver, admit, gateway: zone.misbehaviour };
}

driverContract(t, {
  name: 'ruckus SmartZone',
  kind: ruckus as never,
  make: ({ pinned = false } = {}) => start(t, { tls: pinned }),
});

driverContract(t, {
  name: 'ruckus RUCKUS One',
  kind: ruckus as never,
  fields: { controller: 'ruckus-one' },
  make: ({ pinned = false } = {}) => start(t, { tls: pinned, cloud: true }),
});

const TOKEN = `ENC${'12bc24c4777703327f2e0aabbf6b9f9e'}`;
const IP_TOKEN = 'ENC93ee4456a0378b6e0c8df0ea83416f46';
const parse = (query: Record<string, string>) =>
  ruckus.parseRedirect(query, fieldsOf('https://sz.example:9443'), '');

t.test('a redirect in the clear has the MAC, and what the controller calls the client', async (t) => {
  const query = {
    nbiIP: '192.168.200.211',
    sip: 'scg.ruckuswireless.com',
    client_mac: '2A:27:69:06:54:D7',
    uip: '192.168.200.34',
    reason: 'Un-Auth-Captive',
    ssid: 'ruckus',
    mac: '00:33:58:16:ef:20',
    url: 'http://connectivitycheck.gstatic.com/generate_204',
    proxy: '0',
    wlan: '1',
  };
  t.strictSame(parse(query), {
    mac: '2a:27:69:06:54:d7',
    ip: '192.168.200.34',
    ap: '00:33:58:16:ef:20',
    ssid: 'ruckus',
    url: query.url,
    via: '2A:27:69:06:54:D7 192.168.200.34',
    keyed: false,
  });
});

t.test('an encrypted redirect names nobody by itself', async (t) => {
  const claim = parse({ client_mac: TOKEN, uip: IP_TOKEN, nbiIP: '192.0.2.1' });
  t.strictSame(claim, { via: `${TOKEN} ${IP_TOKEN}`, keyed: false });
  t.match(parse({ client_mac: TOKEN }), { via: `${TOKEN} ` });
  const bad = [
    {},
    { client_mac: '' },
    { client_mac: 'ENC' },
    { client_mac: 'ENCxyz' },
    { client_mac: `${TOKEN} x` },
    { client_mac: `ENC${'a'.repeat(200)}` },
    { client_mac: 'ff:ff:ff:ff:ff:ff' },
    { client_mac: TOKEN, uip: 'sz.example' },
    { client_mac: TOKEN, uip: '1.2.3' },
  ];
  for (const query of bad) t.equal(parse(query as Record<string, string>), undefined, JSON.stringify(query));
});

t.test('whatever a redirect says, its way has two words of known form', async () => {
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom(TOKEN, CLEAR, IP_TOKEN, '10.0.0.1', '::1', ''),
    fc.constantFrom(TOKEN, CLEAR).chain((known) => fc.string().map((more) => known + more)),
  );
  fc.assert(
    fc.property(text, text, (client_mac, uip) => {
      const claim = parse({ client_mac, uip });
      return (
        claim === undefined ||
        /^(ENC[\da-f]+|[\da-f:.-]{12,17}) (|ENC[\da-f]+|[\da-f:.%\w]+)$/i.test(claim.via ?? '')
      );
    }),
    { numRuns: 2000 },
  );
});

t.test('encrypted names go back byte by byte, those of the latest redirect', async (t) => {
  const { zone, admit, driver, gateway } = await start(t);
  zone.quirks.sealedOnly = true;
  const [first, ip, second] = [zone.seal(CLEAR), zone.seal('10.0.0.7'), zone.seal(CLEAR)];
  await admit(`${first} ${ip}`);
  t.match(zone.asked.at(-1), { RequestType: 'Login', 'UE-MAC': first, 'UE-IP': ip, RequestUserName: 'api' });
  t.equal(gateway.inForce(MAC), 1);
  await driver.deauthorize({ mac: MAC, ips: [], via: `${second} ` });
  t.match(zone.asked.at(-1), { 'UE-MAC': second });
  t.equal(zone.asked.at(-1)?.['UE-IP'], undefined);
  t.equal(gateway.inForce(MAC), 0);
});

t.test('whose token it is is asked of the controller, which is the one of the fields', async (t) => {
  const { zone, driver } = await start(t);
  const claim = parse({ client_mac: zone.seal(CLEAR), nbiIP: '192.0.2.1', sip: '192.0.2.1' });
  t.ok(claim);
  t.strictSame(claim && (await driver.resolve?.(claim)), { ...claim, mac: MAC });
  t.strictSame(zone.types(), ['Decrypt']);
  const strange = { via: `${TOKEN} `, keyed: false };
  t.equal(await driver.resolve?.(strange), undefined, 'a token of nobody');
  t.equal(await driver.resolve?.({ via: `${zone.seal('10.0.0.1')} `, keyed: false }), undefined);
  const known = { mac: MAC, via: `${CLEAR} `, keyed: false };
  t.equal(await driver.resolve?.(known), known, 'what has its MAC is not asked about');
  t.equal(await driver.resolve?.({ keyed: false }), undefined);
  zone.quirks.always = 306;
  t.equal((await faultOf(driver.resolve?.(strange))).code, 'login-refused');
});

t.test('codes as strings are codes', async (t) => {
  const { zone, admit, driver, gateway } = await start(t);
  zone.quirks.strings = true;
  await admit();
  t.equal(gateway.inForce(MAC), 1);
  await driver.deauthorize({ mac: MAC, ips: [] });
  t.equal(gateway.inForce(MAC), 0);
  t.ok((await driver.check()).ok);
});

t.test('a login that is pending is asked after until it is decided', async (t) => {
  const { zone, admit, gateway } = await start(t);
  zone.quirks.pending = 3;
  await admit();
  t.equal(gateway.inForce(MAC), 1);
  t.strictSame(zone.types(), ['Login', 'Status', 'Status', 'Status', 'Status']);
});

t.test('a login that stays pending is not waited for', async (t) => {
  const { zone, admit } = await start(t);
  zone.quirks.pending = 1000;
  const { code, permanent } = await faultOf(admit());
  t.equal(code, 'busy');
  t.notOk(permanent);
  t.ok(zone.asked.length < 10);
});

t.test('a result that somebody else was told shows in the status', async (t) => {
  const { zone, admit, gateway } = await start(t);
  Object.assign(zone.quirks, { pending: 0, resultTaken: true });
  await admit();
  t.equal(gateway.inForce(MAC), 1, '101 after a 201 that was not seen');
  zone.quirks.accounts = {};
  const { code } = await faultOf(admit(undefined, OTHER));
  t.equal(code, 'busy', '100 after a 301 that was not seen');
});

t.test('a refused login is said in words, at once or after it was pending', async (t) => {
  const { zone, admit } = await start(t);
  zone.quirks.accounts = {};
  for (const pending of [undefined, 1]) {
    zone.quirks.pending = pending;
    const { code, message, permanent } = await faultOf(admit());
    t.equal(code, 'misconfigured');
    t.ok(permanent);
    t.match(message, /Always Accept/);
  }
});

t.test('with an account every guest is logged in by it, else by its MAC', async (t) => {
  const account = { guestUsername: 'foyer', guestPassword: 'long-and-secret' };
  const { zone, admit, driver } = await start(t, { fields: account });
  zone.quirks.accounts = { foyer: 'long-and-secret' };
  await admit();
  t.match(zone.asked.at(-1), { 'UE-Username': 'foyer', 'UE-Password': 'long-and-secret', 'UE-MAC': CLEAR });
  t.strictSame((await driver.check()).problems, []);
  const open = await start(t);
  await open.admit();
  t.match(open.zone.asked.at(-1), { 'UE-Username': '02000000aa01', 'UE-Password': '02000000aa01' });
  t.match((await open.driver.check()).problems, [/9997 and 9998/]);
});

t.test('RUCKUS One authorises without an account, and logs in with one', async (t) => {
  const open = await start(t, { cloud: true });
  await open.admit();
  t.match(open.zone.asked.at(-1), { RequestType: 'Authorize' });
  t.equal(open.zone.asked.at(-1)?.['UE-Username'], undefined);
  t.equal(open.gateway.inForce(MAC), 1);
  const account = { guestUsername: 'foyer', guestPassword: 'long' };
  const known = await start(t, { cloud: true, fields: account });
  await known.admit();
  t.match(known.zone.asked.at(-1), { RequestType: 'Login', 'UE-Username': 'foyer' });
});

t.test('at RUCKUS One a pending login is asked again, since there is no Status', async (t) => {
  const { zone, admit, gateway } = await start(t, { cloud: true });
  zone.quirks.pending = 2;
  await admit();
  t.equal(gateway.inForce(MAC), 1);
  t.strictSame(zone.types(), ['Authorize', 'Authorize', 'Authorize', 'Authorize']);
});

t.test('at RUCKUS One no session is ended, whatever it answers to that', async (t) => {
  const { zone, driver, admit } = await start(t, { cloud: true });
  await admit();
  for (const code of [undefined, 302, 305]) {
    zone.quirks.always = code;
    t.equal((await faultOf(driver.deauthorize({ mac: MAC, ips: [] }))).code, 'not-supported');
  }
});

t.test('a client that is not there is let in when it comes again', async (t) => {
  const { zone, admit, driver } = await start(t);
  zone.quirks.present = new Set([OTHER]);
  t.equal((await faultOf(admit())).code, 'absent');
  await t.resolves(driver.deauthorize({ mac: MAC, ips: [], via: `${zone.seal(CLEAR)} ` }));
});

t.test('a name that the controller has forgotten does not keep a session', async (t) => {
  const { driver, admit, gateway } = await start(t);
  await admit();
  await driver.deauthorize({ mac: MAC, ips: ['10.0.0.7'], via: `${TOKEN} ` });
  t.equal(gateway.inForce(MAC), 0, 'ended by its MAC in the clear');
});

t.test('where Logout is not known, or does nothing, Disconnect ends the session', async (t) => {
  for (const logout of ['unknown', 'nothing'] as const) {
    const { zone, driver, admit, gateway } = await start(t);
    zone.quirks.logout = logout;
    await admit();
    await driver.deauthorize({ mac: MAC, ips: [] });
    t.equal(gateway.inForce(MAC), 0, logout);
  }
  const { zone, driver, admit } = await start(t);
  Object.assign(zone.quirks, { logout: 'nothing', disconnect: 'nothing' });
  await admit();
  t.equal((await faultOf(driver.deauthorize({ mac: MAC, ips: [] }))).code, 'bad-answer');
  Object.assign(zone.quirks, { logout: 'unknown', disconnect: 'unknown' });
  t.equal((await faultOf(driver.deauthorize({ mac: MAC, ips: [] }))).code, 'not-supported');
});

t.test('a time that is over lets nobody in, and ends who passes', async (t) => {
  const { driver, admit, gateway } = await start(t);
  await admit();
  await driver.authorize({ mac: MAC, ips: [], until: NINE, limits: {} });
  t.equal(gateway.inForce(MAC), 0);
});

t.test('two hundred guests at once are let in and sent off', async (t) => {
  const { driver, gateway } = await start(t, { timeoutMs: 10_000 });
  const macs = Array.from(
    { length: 200 },
    (_, n) => `02:00:00:00:bb:${n.toString(16).padStart(2, '0')}` as typeof MAC,
  );
  const order = { ips: [], until: LATER, limits: {} };
  await Promise.all(macs.map((mac) => driver.authorize({ mac, ...order })));
  t.equal(macs.filter((mac) => gateway.inForce(mac)).length, 200);
  await Promise.all(macs.slice(100).map((mac) => driver.deauthorize({ mac, ips: [] })));
  t.equal(macs.filter((mac) => gateway.inForce(mac)).length, 100);
});

t.test('a controller that starts is not ready, and each code has its fault', async (t) => {
  const { zone, admit, driver } = await start(t);
  zone.quirks.starting = true;
  t.equal((await faultOf(admit())).code, 'bad-answer');
  const { ok, problems } = await driver.check();
  t.notOk(ok);
  t.match(problems.join(' '), /503/);
  zone.quirks.starting = false;
  const codes: [number, string, boolean][] = [
    [302, 'misconfigured', true],
    [303, 'misconfigured', true],
    [304, 'not-supported', true],
    [305, 'misconfigured', true],
    [306, 'login-refused', true],
    [400, 'busy', false],
    [401, 'busy', false],
    [102, 'bad-answer', false],
  ];
  for (const [code, expected, permanent] of codes) {
    zone.quirks.always = code;
    const error = await faultOf(admit());
    t.equal(error.code, expected, String(code));
    t.equal(error.permanent, permanent);
  }
});

t.test('the check says which password is wrong, and none of them', async (t) => {
  for (const cloud of [false, true]) {
    const { driver, admit } = await start(t, { cloud, fields: { password: 'not-the-one' } });
    const { ok, problems } = await driver.check();
    t.notOk(ok);
    t.match(problems[0], /refuses the request password/);
    t.notMatch(problems.join(' '), 'not-the-one');
    t.equal((await faultOf(admit())).code, 'login-refused');
  }
  const half = await start(t, { fields: { guestUsername: 'foyer' } });
  t.match((await half.driver.check()).problems[0], /set both or neither/);
});

t.test('fields and modes', async (t) => {
  const good = fieldsOf('https://sz.example:9443');
  t.ok(Value.Check(ruckus.fields, good));
  for (const more of [{ url: 'sz.example' }, { password: '' }, { controller: 'zonedirector' }])
    t.notOk(Value.Check(ruckus.fields, { ...good, ...more }), JSON.stringify(more));
  t.match(capabilitiesOf(ruckus, good), { revoke: true, forgeable: true });
  t.match(capabilitiesOf(ruckus, { ...good, controller: 'ruckus-one' }), { revoke: false, forgeable: true });
});

t.test('what is set at the controller is printed, and no secret', async (t) => {
  const context = { gateway: 'lobby' as GatewayId, guestPort: 8080, portalUrl: 'http://portal.example:8080' };
  const fields = fieldsOf('https://sz.example:9443', { guestUsername: 'foyer', guestPassword: 'long' });
  const text = (await ruckus.rules?.({ ...context, fields })) ?? '';
  t.match(text, 'http://portal.example:8080/enter/lobby');
  t.match(text, 'no encrypt-mac-ip');
  t.notMatch(text, PASSWORD);
  const cloud = fieldsOf('https://x.wispr.ruckus.cloud', { controller: 'ruckus-one' });
  t.match(await ruckus.rules?.({ ...context, fields: cloud }), /RUCKUS One/);
});
