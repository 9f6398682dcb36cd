import t from 'tap';
import { Value } from 'typebox/value';
import type { ClientMac, GatewayId } from '../../src/domain/id.js';
import type { DriverKind } from '../../src/drivers/driver.js';
import { type OpnsenseFields, opnsense } from '../../src/drivers/opnsense/index.js';
import { KEY, type Neighbour, type OpnsenseOptions, SECRET, startOpnsense } from '../emulators/opnsense.js';
import type { Teardown } from '../fixtures/redis.js';
import { silent, testClock } from '../fixtures/runtime.js';
import { driverContract, faultOf, MAC, OTHER, PATIENCE_MS } from './contract.js';

const MINUTE = 60_000;
const IP = '10.0.0.11';
const OTHER_IP = '10.0.0.12';

const crowd: Neighbour[] = [
  { mac: MAC, ip: IP },
  { mac: OTHER, ip: OTHER_IP },
  ...Array.from({ length: 200 }, (_, n) => ({
    mac: `02:00:00:00:bb:${n.toString(16).padStart(2, '0')}`,
    ip: `10.0.1.${n}`,
  })),
];

async function make(
  t: Teardown,
  options: Partial<OpnsenseOptions> & { fields?: Partial<OpnsenseFields> } = {},
) {
  const clock = testClock();
  const router = await startOpnsense(t, { now: clock, arp: crowd, ...options });
  const fields: OpnsenseFields = {
    url: router.url,
    apiKey: KEY,
    apiSecret: SECRET,
    zone: 0,
    ...(router.fingerprint ? { fingerprint: router.fingerprint } : {}),
    ...options.fields,
  };
  const driver = opnsense.connect({
    gateway: 'router' as GatewayId,
    fields,
    now: clock,
    guestPort: 8080,
    timeoutMs: PATIENCE_MS,
    log: silent,
  });
  t.teardown(() => driver.close());
  const letIn = (mac: ClientMac, more: { ips?: string[]; via?: string } = {}) =>
    driver.authorize({ mac, ips: [], until: clock() + MINUTE, limits: {}, ...more });
  return { clock, router, driver, letIn };
}

driverContract(t, {
  name: 'opnsense',
  kind: opnsense as DriverKind,
  noEnds: true,
  endsLater: /not by the router itself/,
  async make({ pinned = false } = {}) {
    const { driver, router, clock } = await make(t, { tls: pinned });
    return {
      driver,
      now: clock,
      gateway: router.misbehaviour,
      admitElsewhere: async (mac) => {
        const at = crowd.find((row) => row.mac === mac);
        router.admit('Vouchers', 'guest-7', at?.ip ?? '', mac);
      },
    };
  },
});

t.test('who is in force still passes after the router has looked around', async (t) => {
  const { driver, letIn, router, clock } = await make(t);
  await letIn(MAC);
  clock.advance(6000);
  t.ok(router.passes(IP));
  await driver.deauthorize({ mac: MAC, ips: [] });
  t.notOk(router.passes(IP), 'and no longer at once after it was sent off');
});

t.test(
  'a client that is in no table of the router is absent, whatever address is claimed for it',
  async (t) => {
    const { letIn, router } = await make(t, { arp: [{ mac: OTHER, ip: OTHER_IP }] });
    const { code, permanent } = await faultOf(letIn(MAC, { via: OTHER_IP, ips: [OTHER_IP, '10.9.9.9'] }));
    t.equal(code, 'absent');
    t.notOk(permanent);
    t.strictSame(router.sessions(), [], 'no address was let in');
  },
);

t.test('a client that comes into the table within a moment is let in', async (t) => {
  const { letIn, router } = await make(t, { arp: [] });
  const letting = letIn(MAC);
  setTimeout(() => router.neighbours(crowd), 100);
  await letting;
  t.equal(router.misbehaviour.inForce(MAC), 1);
});

t.test(
  'a session that began without a MAC would be dropped: it is made again until it has one',
  async (t) => {
    const { letIn, router, clock } = await make(t);
    router.discoverLate(1);
    await letIn(MAC);
    t.strictSame(
      router.sessions().map(({ mac }) => mac),
      [MAC],
    );
    clock.advance(6000);
    t.ok(router.passes(IP));
  },
);

t.test(
  'where the router never learns the MAC nobody is told to be let in, and nothing is left',
  async (t) => {
    const { letIn, router } = await make(t);
    router.discoverLate(1000);
    t.equal((await faultOf(letIn(MAC))).code, 'absent');
    t.strictSame(router.sessions(), []);
  },
);

t.test('a session without a MAC is listed, so that it can be ended', async (t) => {
  const { driver, router } = await make(t);
  router.admit('API', 'foyer-02000000aa01', IP, null);
  t.strictSame(await driver.sessions?.(), [{ mac: MAC }]);
  await driver.deauthorize({ mac: MAC, ips: [] });
  t.strictSame(router.sessions(), []);
});

t.test('a session that has no MAC is replaced by one that has', async (t) => {
  const { letIn, router } = await make(t);
  router.admit('API', 'foyer-02000000aa01', IP, null);
  await letIn(MAC);
  t.strictSame(
    router.sessions().map(({ mac }) => mac),
    [MAC],
  );
});

t.test('of several addresses the one of the last redirect is taken, if it is the client’s own', async (t) => {
  const several = [IP, '10.0.0.21', '10.0.0.22'].map((ip) => ({ mac: MAC, ip }));
  const { driver, letIn, router, clock } = await make(t, { arp: [...several, { mac: OTHER, ip: OTHER_IP }] });
  await letIn(MAC, { via: '10.0.0.22', ips: [IP] });
  t.equal(router.sessions()[0]?.ip, '10.0.0.22');
  clock.advance(6000);
  t.ok(router.passes(IP), 'its others follow');
  const [before] = router.sessions();
  t.equal(before?.ip, IP, 'the router’s loop has named another of its addresses first');
  await letIn(MAC, { via: '10.0.0.22' });
  t.equal(router.sessions()[0]?.id, before?.id, 'which is no reason for a new session');
  await driver.deauthorize({ mac: MAC, ips: [] });
  clock.advance(6000);
  for (const { ip } of several) t.notOk(router.passes(ip), 'and go with it');
  await letIn(MAC, { via: OTHER_IP, ips: ['10.0.0.21'] });
  t.equal(router.sessions()[0]?.ip, '10.0.0.21');
});

t.test('a client that got another address is let in there, and the old session is ended', async (t) => {
  const { letIn, router } = await make(t);
  await letIn(MAC);
  router.neighbours([{ mac: MAC, ip: '10.0.0.99' }]);
  await letIn(MAC);
  t.strictSame(
    router.sessions().map(({ ip }) => ip),
    ['10.0.0.99'],
  );
});

t.test('a phone that sleeps is in no table and keeps its session', async (t) => {
  const { letIn, router } = await make(t);
  await letIn(MAC);
  const [before] = router.sessions();
  router.neighbours([]);
  await letIn(MAC);
  t.equal(router.sessions()[0]?.id, before?.id);
});

t.test('a sleeping phone’s address that somebody else has got lets in nobody', async (t) => {
  const { letIn, router } = await make(t);
  await letIn(MAC);
  router.neighbours([{ mac: OTHER, ip: IP }]);
  t.equal((await faultOf(letIn(MAC))).code, 'absent');
  t.strictSame(router.sessions(), []);
});

t.test('whoever gets the address of a session of ours gets a session of his own', async (t) => {
  const { letIn, router } = await make(t);
  await letIn(MAC);
  router.neighbours([{ mac: OTHER, ip: IP }]);
  await letIn(OTHER);
  t.strictSame(
    router.sessions().map(({ user, mac }) => [user, mac]),
    [['foyer-02000000aa02', OTHER]],
  );
});

t.test('an existing session of another party is answered unchanged and left as it is', async (t) => {
  const { driver, letIn, router } = await make(t);
  const voucher = router.admit('Vouchers', 'guest-7', IP, MAC);
  await letIn(MAC);
  t.strictSame(
    router.sessions().map(({ id }) => id),
    [voucher.id],
  );
  t.strictSame(await driver.sessions?.(), []);
  await driver.deauthorize({ mac: MAC, ips: [] });
  t.equal(router.sessions().length, 1, 'and is not ended');
});

t.test('another party’s session of another client at the address is waited for', async (t) => {
  const { letIn, router, clock } = await make(t);
  router.admit('Vouchers', 'guest-7', IP, OTHER);
  const { code, permanent } = await faultOf(letIn(MAC));
  t.equal(code, 'busy');
  t.notOk(permanent);
  clock.advance(6000);
  await letIn(MAC);
  t.strictSame(
    router.sessions().map(({ user }) => user),
    ['foyer-02000000aa01'],
  );
});

t.test('sessions of allow lists, vouchers and other callers of the API are not ours', async (t) => {
  const { driver, letIn, router } = await make(t);
  router.admit('---ip---', '', '10.0.0.5', '');
  router.admit('---mac---', '', '', '02:00:00:00:cc:01');
  router.admit('API', 'another-portal', '10.0.1.7', '02:00:00:00:bb:07');
  // A voucher may be called whatever its issuer likes.
  router.admit('Vouchers', 'foyer-02000000bb08', '10.0.1.8', '02:00:00:00:bb:08');
  await letIn(MAC);
  t.strictSame(await driver.sessions?.(), [{ mac: MAC }]);
});

t.test('where one name may have one session, each device has its name', async (t) => {
  const { letIn, router, clock } = await make(t);
  router.settings.concurrentlogins = false;
  await letIn(MAC);
  await letIn(OTHER);
  clock.advance(6000);
  t.ok(router.passes(IP) && router.passes(OTHER_IP));
});

t.test(
  'an end that is in the past ends the session, and one that is moved changes nothing there',
  async (t) => {
    const { driver, clock, router } = await make(t);
    const order = (until: number) => driver.authorize({ mac: MAC, ips: [], until, limits: {} });
    await order(clock() + MINUTE);
    const [before] = router.sessions();
    await order(clock() + 10 * MINUTE);
    t.equal(router.sessions()[0]?.id, before?.id);
    await order(clock());
    t.strictSame(router.sessions(), []);
  },
);

t.test('a session that cannot be ended is a fault, and one that is gone is none', async (t) => {
  const { driver, letIn, router } = await make(t);
  await letIn(MAC);
  router.failBackend(true);
  t.equal((await faultOf(driver.deauthorize({ mac: MAC, ips: [] }))).code, 'bad-answer');
  t.equal(router.sessions().length, 1);
  router.failBackend(false);
  await driver.deauthorize({ mac: MAC, ips: [] });
  await driver.deauthorize({ mac: MAC, ips: [] });
  t.strictSame(router.sessions(), []);
});

t.test('many orders at once read each table a few times, not once for each', async (t) => {
  const { driver, clock, router } = await make(t);
  const macs = crowd.map(({ mac }) => mac as ClientMac);
  await Promise.all(
    macs.map((mac) => driver.authorize({ mac, ips: [], until: clock() + MINUTE, limits: {} })),
  );
  const readings = router.asked.filter(({ path }) => /list|arp/.test(path)).length;
  t.ok(readings <= 4, `${readings} readings for ${macs.length} orders`);
});

t.test('no GET has a content type, every order is a form, and every call brings the key', async (t) => {
  const { driver, letIn, router } = await make(t);
  await driver.check();
  await letIn(MAC);
  await driver.deauthorize({ mac: MAC, ips: [] });
  for (const { method, path, headers } of router.asked) {
    t.equal(
      headers['content-type'],
      method === 'GET' ? undefined : 'application/x-www-form-urlencoded',
      path,
    );
    t.ok(headers.authorization?.startsWith('Basic '));
  }
});

t.test('the client table leaves out who is not known by it', async (t) => {
  const { driver } = await make(t, {
    arp: [
      { mac: MAC, ip: IP },
      { mac: '02:00:00:00:00:fe', ip: '10.0.0.1', permanent: true },
      { mac: OTHER, ip: OTHER_IP, expired: true },
      { mac: '02:00:00:00:bb:01', ip: '10.0.0.13' },
      { mac: '02:00:00:00:bb:02', ip: '10.0.0.13' },
      { mac: 'ff:ff:ff:ff:ff:ff', ip: '10.0.0.255' },
    ],
  });
  t.strictSame(await driver.clients?.(), [{ mac: MAC, ip: IP }]);
  t.strictSame(await driver.findClient?.(IP), { mac: MAC, ip: IP });
  t.equal(await driver.findClient?.('10.0.0.13'), undefined, 'two have it');
  t.equal(await driver.findClient?.('10.0.0.1'), undefined, 'the router itself');
});

t.test('zones are read as a map and as the list that PHP makes of one', async (t) => {
  for (const [zones, zone] of [
    [{ 0: 'Guests' }, 0],
    [{ 0: 'Guests', 1: 'Staff' }, 1],
    [{ 3: 'Guests' }, 3],
  ] as const) {
    const { driver } = await make(t, { zones, fields: { zone } });
    t.strictSame((await driver.check()).problems, []);
  }
});

t.test('a zone that does not exist is said with those that do, and an order says so too', async (t) => {
  const { driver, letIn } = await make(t, { zones: { 1: 'Guests', 4: 'Staff' } });
  const { ok, problems } = await driver.check();
  t.notOk(ok);
  t.match(problems[0], 'no zone 0. It has 1 (Guests), 4 (Staff)');
  t.equal((await faultOf(letIn(MAC))).code, 'misconfigured');
  const none = await make(t, { zones: {} });
  t.match((await none.driver.check()).problems[0], 'no captive portal zone yet');
});

t.test(
  'a key that is refused, and each privilege that is missing, is said by its name and without the secret',
  async (t) => {
    const { driver, letIn, router } = await make(t);
    router.privileges.delete('arp');
    const arp = await driver.check();
    t.notOk(arp.ok);
    t.match(arp.problems, [/"Diagnostics: ARP Table" under System > Access > Users/]);
    t.equal((await faultOf(letIn(MAC))).code, 'not-permitted');
    router.privileges.add('arp');
    router.privileges.delete('captive');
    t.match((await driver.check()).problems[0], /"Services: Captive Portal"/);
    router.revokeKey();
    const { problems } = await driver.check();
    t.match(problems, [/does not accept the API key \(401\)/]);
    t.equal(problems.length, 1, 'once, not for each call');
    t.notMatch(problems.join(), SECRET);
    t.equal((await faultOf(letIn(MAC))).code, 'login-refused');
  },
);

t.test('what is wrong with portal and zone is said', async (t) => {
  const { driver, router } = await make(t);
  for (const [status, says] of [
    ['stopped', /is stopped/],
    ['disabled', /No zone .* is enabled/],
    ['unknown', /does not say that/],
  ] as const) {
    router.serviceIs(status);
    const { ok, problems } = await driver.check();
    t.notOk(ok);
    t.match(problems[0], says);
  }
  router.serviceIs('running');
  router.settings.enabled = '0';
  t.match(await driver.check(), { ok: false, problems: [/Zone 0 of OPNsense is not enabled/] });
  router.settings.enabled = '1';
  router.settings.authservers = '';
  t.match(await driver.check(), { ok: true, problems: [/let himself in at OPNsense, past Foyer/] });
});

t.test('a path or a router that is none is said', async (t) => {
  const wrong = await make(t);
  const { driver } = await make(t, { fields: { url: `${wrong.router.url}/firewall` } });
  t.match((await driver.check()).problems[0], /\(404\): is the field url/);
});

t.test('fields: a key with a colon, a zone beyond 19 and an address that is none are refused', async (t) => {
  const good = { url: 'https://192.168.1.1', apiKey: KEY, apiSecret: SECRET, zone: 0 };
  t.ok(Value.Check(opnsense.fields, good));
  for (const bad of [{ zone: 20 }, { zone: -1 }, { zone: 0.5 }, { apiKey: 'a:b' }, { url: '192.168.1.1' }])
    t.notOk(Value.Check(opnsense.fields, { ...good, ...bad }), JSON.stringify(bad));
});
