import t, { type Test } from 'tap';
import type { ClientMac, GatewayId } from '../../src/domain/id.js';
import { createMeraki, meraki } from '../../src/drivers/meraki/index.js';
import { LOOKS_A_ROUND } from '../../src/drivers/meraki/looks.js';
import { createPace } from '../../src/drivers/meraki/pace.js';
import { GRANT_URL, KEY, NETWORK, SSID, startMeraki } from '../emulators/meraki.js';
import { HOUR, MINUTE, NINE, testClock } from '../fixtures/runtime.js';
import { driverContract, faultOf, MAC, OTHER, PATIENCE_MS } from './contract.js';

const unpaced = createMeraki({ perSecond: 100_000 });
const PORTAL = 'http://portal.example:8080';
const BACK = `${PORTAL}/status?s=a-b_c`;
const fieldsOf = (url: string, more: object = {}) => ({
  accept: 'does not enforce the PIN' as const,
  apiKey: KEY,
  networkId: NETWORK,
  ssid: SSID,
  url,
  ...more,
});
const macs = (count: number): ClientMac[] =>
  Array.from({ length: count }, (_, n) => {
    const hex = n.toString(16).padStart(4, '0');
    return `02:00:00:00:${hex.slice(0, 2)}:${hex.slice(2)}` as ClientMac;
  });

interface Start {
  tls?: boolean;
  fields?: object;
  timeoutMs?: number;
}

async function start(t: Test, { tls = false, fields = {}, timeoutMs = PATIENCE_MS }: Start = {}) {
  const now = testClock();
  const cloud = await startMeraki(t, { now, tls });
  const pin = tls ? { fingerprint: String(cloud.fingerprint) } : {};
  const driver = unpaced.connect({
    gateway: 'lobby' as GatewayId,
    fields: fieldsOf(cloud.url, { ...pin, ...fields }),
    timeoutMs,
    now,
    guestPort: 8080,
    portalUrl: PORTAL,
    log: { info: () => undefined, warn: () => undefined },
  });
  t.teardown(driver.close);
  /** The device's browser follows the link that Foyer makes. */
  const letIn = async (mac: ClientMac, until: number): Promise<void> => {
    const order = { mac, handle: GRANT_URL, until, now: now(), goodUntil: now() + MINUTE, back: BACK };
    const made = unpaced.handoff?.(order, fieldsOf(cloud.url));
    t.equal(made && cloud.visit(made.url, mac), BACK, 'let in, and sent back');
  };
  return { now, cloud, driver, letIn, gateway: cloud.misbehaviour };
}

driverContract(t, {
  name: 'meraki',
  kind: meraki as never,
  make: ({ pinned = false } = {}) => start(t, { tls: pinned }),
  // Two hundred devices are looked at in four rounds: see below.
  known: [MAC, OTHER],
  endsLater: /within about a minute/,
});

t.test('a session is over at the instant that Meraki was given', async (t) => {
  const { driver, letIn, now } = await start(t);
  await letIn(MAC, NINE + MINUTE);
  t.strictSame(await driver.sessions?.(), [{ mac: MAC, until: NINE + MINUTE }]);
  now.advance(MINUTE);
  t.strictSame(await driver.sessions?.(), []);
});

t.test('whoever let itself in is listed, and can be revoked', async (t) => {
  const { cloud, driver, gateway } = await start(t);
  cloud.visit(`${GRANT_URL}?duration=999999`, OTHER);
  t.match(await driver.sessions?.(), [{ mac: OTHER, until: NINE + 999_999_000 }]);
  await driver.deauthorize({ mac: OTHER, ips: [] });
  t.equal(gateway.inForce(OTHER), 0);
  t.strictSame(await driver.sessions?.(), []);
});

t.test('clients of another SSID are not looked at', async (t) => {
  const { cloud, driver } = await start(t);
  cloud.list(MAC, 'Staff');
  await driver.sessions?.();
  t.notOk(cloud.asked.some((call) => call.includes('splashAuthorizationStatus')));
});

t.test('clients come in pages, in capitals, and the link’s host is not followed', async (t) => {
  const { cloud, driver, letIn } = await start(t);
  Object.assign(cloud.quirks, { page: 2, capitals: true });
  const five = macs(5);
  for (const mac of five) await letIn(mac, NINE + HOUR);
  t.strictSame((await driver.sessions?.())?.map(({ mac }) => mac).sort(), five);
  t.equal(cloud.asked.filter((call) => call.endsWith('/clients')).length, 3);
});

t.test(
  '500 devices are looked at within ten rounds, new ones first, each seen once before any twice',
  async (t) => {
    const { cloud, driver, letIn, now } = await start(t, { timeoutMs: 10_000 });
    const all = macs(500);
    for (const mac of all) await letIn(mac, NINE + HOUR);
    const rounds = all.length / LOOKS_A_ROUND;
    for (let round = 1; round <= rounds; round++) {
      t.equal((await driver.sessions?.())?.length, round * LOOKS_A_ROUND, `round ${round}`);
      now.advance(30_000);
    }
    const looks = () => cloud.asked.filter((call) => call.includes('splashAuthorizationStatus'));
    t.equal(new Set(looks()).size, all.length);
    cloud.visit(GRANT_URL, OTHER);
    t.ok(
      (await driver.sessions?.())?.some(({ mac }) => mac === OTHER),
      'a new one is seen in the next round',
    );
  },
);

t.test('who was not let in is looked at again before those that pass', async (t) => {
  const { cloud, driver, letIn, now } = await start(t, { timeoutMs: 10_000 });
  for (const mac of macs(100)) await letIn(mac, NINE + HOUR);
  const lurker = OTHER;
  cloud.list(lurker);
  for (let round = 0; round < 3; round++) {
    await driver.sessions?.();
    now.advance(30_000);
  }
  cloud.visit(GRANT_URL, lurker);
  t.ok((await driver.sessions?.())?.some(({ mac }) => mac === lurker));
});

t.test('429: nothing is sent before Retry-After is over, and what is known is told', async (t) => {
  const { cloud, driver, letIn, now } = await start(t);
  await letIn(MAC, NINE + HOUR);
  t.equal((await driver.sessions?.())?.length, 1);
  cloud.quirks.limit = { left: 1, retryAfter: '17' };
  t.equal((await driver.sessions?.())?.length, 1, 'the list came, the look did not');
  const before = cloud.asked.length;
  const { code, message } = await faultOf(driver.deauthorize({ mac: MAC, ips: [] }));
  t.equal(code, 'busy');
  t.match(message, '17 s');
  t.equal((await faultOf(driver.sessions?.())).code, 'busy');
  t.match((await driver.check()).problems, [/10 a second/]);
  t.equal(cloud.asked.length, before, 'nothing was sent');
  cloud.quirks.limit = undefined;
  now.advance(17_000);
  await driver.deauthorize({ mac: MAC, ips: [] });
  t.strictSame(await driver.sessions?.(), []);
});

t.test('429 without a time holds for five seconds', async (t) => {
  const { cloud, driver, now } = await start(t);
  cloud.quirks.limit = { left: 0 };
  await faultOf(driver.deauthorize({ mac: MAC, ips: [] }));
  cloud.quirks.limit = undefined;
  now.advance(4999);
  t.equal((await faultOf(driver.deauthorize({ mac: MAC, ips: [] }))).code, 'busy');
  now.advance(1);
  await t.resolves(driver.deauthorize({ mac: MAC, ips: [] }));
});

t.test('calls are spread, and none waits longer than it is waited for', async (t) => {
  const pace = createPace({ perSecond: 50, now: () => NINE });
  t.teardown(pace.close);
  const begun = performance.now();
  await Promise.all(Array.from({ length: 18 }, () => pace.turn()));
  const took = performance.now() - begun;
  t.ok(took >= 150, `ten calls after a burst of eight take 9 × 20 ms: ${Math.round(took)}`);
  const slow = createPace({ perSecond: 1, now: () => NINE });
  const turns = Array.from({ length: 30 }, () => slow.turn());
  const busy = turns.slice(20).map(async (turn) => t.equal((await faultOf(turn)).code, 'busy'));
  await Promise.all(busy);
  slow.close();
  await Promise.allSettled(turns);
});

t.test('two hundred devices are revoked at once', async (t) => {
  const { driver, letIn, gateway } = await start(t, { timeoutMs: 10_000 });
  const all = macs(200);
  for (const mac of all) await letIn(mac, NINE + HOUR);
  await Promise.all(all.map((mac) => driver.deauthorize({ mac, ips: [] })));
  t.equal(all.filter((mac) => gateway.inForce(mac) > 0).length, 0);
});

t.test('where clients are tracked by address the Dashboard’s own key names them', async (t) => {
  const { cloud, driver, letIn, gateway } = await start(t);
  cloud.quirks.byAddress = true;
  await letIn(MAC, NINE + HOUR);
  t.equal((await driver.sessions?.())?.length, 1);
  await driver.deauthorize({ mac: MAC, ips: [] });
  t.equal(gateway.inForce(MAC), 0);
});

t.test('a revocation that did nothing is a fault', async (t) => {
  const { cloud, driver, letIn } = await start(t);
  await letIn(MAC, NINE + HOUR);
  cloud.quirks.keepsAll = true;
  t.equal((await faultOf(driver.deauthorize({ mac: MAC, ips: [] }))).code, 'bad-answer');
});

t.test('a list that is late is told as it is', async (t) => {
  const { cloud, driver, letIn } = await start(t);
  cloud.quirks.listsLate = true;
  await letIn(MAC, NINE + HOUR);
  t.strictSame(await driver.sessions?.(), []);
  cloud.list(MAC);
  t.equal((await driver.sessions?.())?.length, 1);
});

t.test('the check says in words what is wrong, and never the key', async (t) => {
  const { cloud, driver } = await start(t);
  t.strictSame(await driver.check(), { ok: true, epoch: 'dashboard', problems: [] });
  const wrong: [Record<string, unknown>, Record<string, unknown>, boolean, RegExp][] = [
    [cloud.splash, { splashPage: 'Password-protected with custom RADIUS' }, false, /choose Click-through/],
    [
      cloud.splash,
      { useSplashUrl: false },
      false,
      /custom splash URL .* http:\/\/portal.example:8080\/enter\/lobby/,
    ],
    [
      cloud.splash,
      { splashUrl: 'http://other.example/enter/lobby' },
      false,
      /leads to http:\/\/other.example/,
    ],
    [cloud.splash, { splashUrl: `${PORTAL}/enter/attic` }, false, /enter\/attic/],
    [cloud.splash, { useRedirectUrl: true }, false, /The URL they were trying to fetch/],
    [cloud.ssid, { enabled: false }, false, /is off/],
    [cloud.splash, { blockAllTrafficBeforeSignOn: false }, true, /Block all access/],
    [cloud.splash, { controllerDisconnectionBehavior: 'open' }, true, /everybody passes/],
    [cloud.ssid, { walledGardenEnabled: false }, true, /walled garden/],
    [cloud.ssid, { ipAssignmentMode: 'NAT mode' }, true, /NAT mode/],
  ];
  for (const [of, change, ok, says] of wrong) {
    const was = { ...of };
    Object.assign(of, change);
    const health = await driver.check();
    t.equal(health.ok, ok, String(says));
    t.equal(health.problems.length, 1);
    t.match(health.problems[0], says);
    Object.assign(of, was);
  }
  const replies: [object, string, RegExp][] = [
    [{ status: 401, body: { errors: ['Invalid API key'] } }, 'login-refused', /API key/],
    [{ status: 403, body: { errors: ['no'] } }, 'not-permitted', /write access/],
    [
      { status: 302, headers: { location: 'https://api.meraki.cn/api/v1/x' }, body: '' },
      'misconfigured',
      /api.meraki.cn/,
    ],
    [{ status: 503, body: { errors: ['down'] } }, 'busy', /503: down/],
    [{ status: 418, body: '' }, 'bad-answer', /418/],
    [{ body: [] }, 'bad-answer', /form that is not known/],
  ];
  for (const [reply, code, says] of replies) {
    cloud.quirks.always = reply;
    const { ok, problems } = await driver.check();
    t.notOk(ok);
    t.match(problems.join(' '), says);
    t.notMatch(problems.join(' '), KEY);
    t.equal((await faultOf(driver.deauthorize({ mac: MAC, ips: [] }))).code, code);
  }
});

t.test('another network and another splash page are faults that trying again does not mend', async (t) => {
  const { driver } = await start(t, { fields: { networkId: 'N_1' } });
  t.match((await driver.check()).problems, [/knows no SSID 3 of a network N_1/]);
  t.equal((await faultOf(driver.sessions?.())).code, 'misconfigured');
  const other = await start(t);
  other.cloud.splash.splashPage = 'None';
  const { code, permanent } = await faultOf(other.driver.deauthorize({ mac: MAC, ips: [] }));
  t.equal(code, 'misconfigured');
  t.ok(permanent);
});
