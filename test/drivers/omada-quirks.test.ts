import t from 'tap';
import type { ClientMac } from '../../src/domain/id.js';
import { omada } from '../../src/drivers/omada/index.js';
import type { Reply } from '../emulators/http-router.js';
import { AP, hyphens, OTHER_AP, SITE_ID, SSID } from '../emulators/omada.js';
import { startSite } from '../emulators/omada-site.js';
import { DAY, HOUR, MINUTE } from '../fixtures/runtime.js';
import { MAC, OTHER } from './contract.js';

const STRANGERS = Array.from(
  { length: 200 },
  (_, n) => `02:00:00:00:bb:${n.toString(16).padStart(2, '0')}` as ClientMac,
);
const LIST = `GET /0123456789abcdef0123456789abcdef/api/v2/hotspot/sites/${SITE_ID}/clients`;

t.test('an end is a duration in milliseconds on the wire, and exact', async (t) => {
  const { driver, controller, order, now } = await startSite(t);
  await driver.authorize(order(MAC, 90_500));
  t.match(controller.auths, [
    {
      clientMac: hyphens(MAC),
      apMac: AP,
      ssidName: SSID,
      radioId: 1,
      site: SITE_ID,
      time: 90_500,
      authType: 4,
    },
  ]);
  t.strictSame(await driver.sessions?.(), [{ mac: MAC, until: now() + 90_500 }]);
});

t.test('a guest by wire is let in at the gateway and network that the redirect names', async (t) => {
  const { driver, controller, order } = await startSite(t);
  controller.meet(OTHER, { gatewayMac: 'D0-00-00-00-00-01', vid: 10 });
  await driver.authorize(order(OTHER, HOUR));
  t.match(controller.auths, [{ clientMac: hyphens(OTHER), gatewayMac: 'D0-00-00-00-00-01', vid: 10 }]);
  t.equal(controller.misbehaviour.inForce(OTHER), 1);
});

for (const lost of ['html', 'redirect', -1200, -1] as const)
  t.test(`a session that is lost and answered with ${lost} is signed in for once`, async (t) => {
    const { driver, controller, order } = await startSite(t);
    controller.quirks.lost = lost;
    await driver.authorize(order(MAC, HOUR));
    controller.misbehaviour.forgetLogin?.();
    await driver.authorize(order(OTHER, HOUR));
    t.equal(controller.misbehaviour.inForce(OTHER), 1);
    t.equal(controller.misbehaviour.logins?.(), 2);
  });

for (const cookie of ['TPOMADA_SESSIONID', 'TPEAP_SESSIONID'] as const)
  t.test(`the session is ${cookie} and the token in the header, both`, async (t) => {
    const { driver, controller, order } = await startSite(t);
    controller.quirks.cookie = cookie;
    await driver.authorize(order(MAC, HOUR));
    t.equal(controller.misbehaviour.logins?.(), 1);
    t.equal(controller.misbehaviour.inForce(MAC), 1);
  });

t.test('a code for everything is no session that is lost for ever', async (t) => {
  const { driver, controller, order } = await startSite(t);
  controller.quirks.always = { body: { errorCode: -1, msg: 'General error.' } };
  await t.rejects(driver.authorize(order(MAC, HOUR)), { code: 'bad-answer', permanent: false });
  t.equal(controller.misbehaviour.logins?.(), 2);
});

const OVERLOADED: readonly (readonly [Reply, string])[] = [
  [{ status: 502, body: '<html>Bad Gateway' }, 'bad-answer'],
  [{ status: 429, body: '' }, 'busy'],
];
for (const [reply, code] of OVERLOADED)
  t.test(`HTTP ${reply.status} is ${code}, and no reason to sign in again`, async (t) => {
    const { driver, controller, order } = await startSite(t);
    controller.quirks.always = reply;
    await t.rejects(driver.authorize(order(MAC, HOUR)), { code, permanent: false });
    t.equal(controller.misbehaviour.logins?.(), 1);
  });

t.test('a refused operator is not tried again and again, and the password is not said', async (t) => {
  const { driver, controller, order, fields, now } = await startSite(t);
  controller.password = 'another';
  for (let i = 0; i < 5; i++) {
    const error = await driver.authorize(order(MAC, HOUR)).catch((error: unknown) => error);
    t.match(error, { code: 'login-refused', permanent: true, message: /operator of the Hotspot Manager/ });
    t.notMatch(String(error), fields.password);
  }
  t.equal(controller.refused(), 1);
  await t.rejects(driver.check(), { code: 'login-refused' });
  controller.password = fields.password;
  now.advance(2 * MINUTE);
  t.ok((await driver.check()).ok);
});

t.test('a client that does not wait there is absent, in words', async (t) => {
  const { driver, controller, order } = await startSite(t);
  controller.leave(OTHER);
  const gone = driver.authorize({
    ...order(MAC, HOUR),
    mac: OTHER,
    via: JSON.stringify({ clientMac: OTHER }),
  });
  await t.rejects(gone, { code: 'absent', message: /is not known yet/ });
  const via = order(MAC, HOUR);
  controller.meet(MAC, { apMac: OTHER_AP });
  await t.rejects(driver.authorize(via), { code: 'absent', message: /waiting at that access point/ });
  t.equal(controller.misbehaviour.inForce(MAC), 0);
});

t.test(
  'a client that has changed over since its redirect is let in where the Open API sees it',
  async (t) => {
    const { driver, controller, order } = await startSite(t, { app: true });
    const old = order(MAC, HOUR);
    controller.meet(MAC, { apMac: OTHER_AP, radioId: 0 });
    await driver.authorize(old);
    t.match(controller.auths, [{ apMac: AP }, { apMac: OTHER_AP, radioId: 0 }]);
    t.equal(controller.misbehaviour.inForce(MAC), 1);
  },
);

t.test('who is behind a switch, or not at the site, is absent without a redirect', async (t) => {
  const { driver, controller, order } = await startSite(t, { app: true });
  const { via: _, ...bare } = order(MAC, HOUR);
  controller.meet(MAC, { ssid: '' });
  await t.rejects(driver.authorize(bare), { code: 'absent' });
  controller.leave(MAC);
  await t.rejects(driver.authorize(bare), { code: 'absent', message: /does not see this client/ });
  t.equal(controller.auths.length, 0);
});

t.test('a client that passes already is extended, though extPortal would refuse it', async (t) => {
  const { driver, controller, order, now } = await startSite(t);
  controller.quirks.passingIsRefused = true;
  await driver.authorize(order(MAC, HOUR));
  await driver.authorize(order(MAC, 2 * HOUR));
  t.equal(controller.auths.length, 1);
  t.strictSame(await driver.sessions?.(), [{ mac: MAC, until: now() + 2 * HOUR }]);
  await driver.authorize(order(MAC, HOUR));
  t.equal(controller.auths.length, 2, 'shortened by ending it');
  t.strictSame(await driver.sessions?.(), [{ mac: MAC, until: now() + HOUR }]);
});

t.test('extending by less than a minute extends by one, and that is no drift', async (t) => {
  const { driver, controller, order, now } = await startSite(t);
  await driver.authorize(order(MAC, HOUR));
  await driver.authorize(order(MAC, HOUR + 20_000));
  const [session] = (await driver.sessions?.()) ?? [];
  t.equal(session?.until, now() + HOUR + MINUTE);
  t.ok(MINUTE - 20_000 <= omada.toleranceMs);
  await driver.authorize(order(MAC, HOUR + 20_000));
  t.equal(controller.auths.length, 1, 'and is left alone');
});

t.test('two sessions of one client become one', async (t) => {
  const { driver, controller, order } = await startSite(t);
  controller.quirks.twoRows = true;
  await driver.authorize(order(MAC, HOUR));
  controller.misbehaviour.emptyList?.(true);
  await driver.authorize(order(MAC, 2 * HOUR));
  controller.misbehaviour.emptyList?.(false);
  t.equal(controller.misbehaviour.inForce(MAC), 2);
  t.equal((await driver.sessions?.())?.length, 1, 'listed once');
  await driver.authorize(order(MAC, HOUR));
  t.equal(controller.misbehaviour.inForce(MAC), 1);
  t.equal(controller.auths.length, 2, 'the one that fits is kept');
  controller.add(MAC, HOUR);
  await driver.deauthorize({ mac: MAC, ips: [] });
  t.equal(controller.misbehaviour.inForce(MAC), 0, 'and both are ended');
});

t.test('two sessions that one order made become one', async (t) => {
  const { driver, controller, order } = await startSite(t);
  controller.quirks.twoRows = true;
  await Promise.all([driver.authorize(order(MAC, HOUR)), driver.authorize(order(MAC, HOUR))]);
  t.equal(controller.auths.length, 2);
  t.equal(controller.misbehaviour.inForce(MAC), 1);
});

t.test('the list is a history by pages, of which only what is in force counts', async (t) => {
  for (const unsorted of [false, true]) {
    const { driver, controller } = await startSite(t);
    controller.quirks.unsorted = unsorted;
    for (let n = 0; n < 500; n++) {
      const row = controller.add(
        `02:00:00:01:${(n >> 8).toString(16).padStart(2, '0')}:${(n & 255).toString(16).padStart(2, '0')}`,
        HOUR,
      );
      row.start -= 2 * DAY;
      row.end -= 2 * DAY - n;
    }
    for (const mac of STRANGERS.slice(0, 120)) controller.add(mac, HOUR);
    controller.add(MAC, HOUR, 3);
    controller.add(OTHER, HOUR).valid = false;
    controller.asked.length = 0;
    t.equal((await driver.sessions?.())?.length, 120);
    const pages = controller.asked.filter((call) => call === LIST).length;
    t.equal(pages, unsorted ? 7 : 2, 'the history is read only where it has to be');
  }
});

t.test('a controller that goes on giving one page is not asked for ever', async (t) => {
  const { driver, controller } = await startSite(t);
  const data = Array.from({ length: 100 }, () => controller.add(MAC, HOUR));
  controller.quirks.always = { body: { errorCode: 0, result: { totalRows: 9000, data } } };
  await t.rejects(async () => driver.sessions?.(), { code: 'bad-answer' });
});

t.test('a session whose `valid` lags is over', async (t) => {
  const { driver, controller, order, now } = await startSite(t);
  controller.quirks.validLags = true;
  await driver.authorize(order(MAC, MINUTE));
  now.advance(MINUTE);
  t.strictSame(await driver.sessions?.(), []);
  await driver.authorize(order(MAC, MINUTE));
  t.equal(controller.misbehaviour.inForce(MAC), 1);
  t.equal(controller.auths.length, 2);
});

t.test('a controller that only notes the end is told of it', async (t) => {
  const { driver, controller, order, now } = await startSite(t);
  controller.quirks.onlyFlags = true;
  await driver.authorize(order(MAC, MINUTE));
  now.advance(MINUTE);
  t.strictSame(await driver.sessions?.(), []);
  t.ok(controller.passes(MAC), 'it goes on');
  await driver.deauthorize({ mac: MAC, ips: [] });
  t.notOk(controller.passes(MAC));
});

t.test('a record that went meanwhile is no fault: it is ended already, or made anew', async (t) => {
  const { driver, controller, order, now } = await startSite(t);
  controller.quirks.gone = controller.add(MAC, HOUR);
  controller.rows.length = 0;
  await t.resolves(driver.deauthorize({ mac: MAC, ips: [] }));
  await driver.authorize(order(MAC, 2 * HOUR));
  controller.quirks.gone = undefined;
  t.equal(controller.auths.length, 1);
  t.strictSame(await driver.sessions?.(), [{ mac: MAC, until: now() + 2 * HOUR }]);
});

for (const [unitMs, what] of [
  [1000, 'seconds'],
  [0.001, 'microseconds'],
] as const)
  t.test(`a controller that counts in ${what} is found out, and lets nobody in`, async (t) => {
    const { driver, controller, order } = await startSite(t);
    controller.quirks.unitMs = unitMs;
    const wrong = { code: 'misconfigured', message: /counts in another unit\. Update it/ };
    await t.rejects(driver.authorize(order(MAC, HOUR)), wrong);
    t.equal(controller.misbehaviour.inForce(MAC), 0);
  });

t.test('limits and the address are said from 6.2.10 on, and to no older one', async (t) => {
  const limits = { downKbps: 5000, upKbps: 1000, quotaMB: 100 };
  const { driver, controller, order, warnings } = await startSite(t);
  for (const version of ['6.2.9.99', '5.15.24.19']) {
    controller.quirks.version = version;
    controller.misbehaviour.forgetLogin?.();
    await driver.deauthorize({ mac: MAC, ips: [] });
    await driver.authorize(order(MAC, HOUR, { limits }));
    t.strictSame(Object.keys(controller.auths.at(-1) ?? {}).sort(), [
      'apMac',
      'authType',
      'clientMac',
      'radioId',
      'site',
      'ssidName',
      'time',
    ]);
  }
  t.match(warnings, ['this controller holds no limits: 6.2.10 and later do']);
  controller.quirks.version = '6.2.10.17';
  controller.misbehaviour.forgetLogin?.();
  await driver.deauthorize({ mac: MAC, ips: [] });
  await driver.authorize(order(MAC, HOUR, { limits }));
  t.match(controller.auths.at(-1), {
    clientIp: '10.20.0.0',
    originUrl: '',
    downloadRateLimitKbps: 5000,
    uploadRateLimitKbps: 1000,
    totalTrafficLimitBytes: 100 * 1024 * 1024,
  });
});

t.test('a clock of the controller that is wrong is said, and drives nobody out', async (t) => {
  for (const aheadMs of [10 * MINUTE, -10 * MINUTE]) {
    const { driver, controller, order, now } = await startSite(t);
    controller.quirks.aheadMs = aheadMs;
    await driver.authorize(order(MAC, HOUR));
    const [session] = (await driver.sessions?.()) ?? [];
    t.ok(Math.abs((session?.until ?? 0) - now() - HOUR) < 2000, `${session?.until}`);
    await driver.authorize(order(MAC, HOUR));
    t.equal(controller.auths.length, 1);
    const { ok, problems } = await driver.check();
    t.ok(ok);
    t.match(problems, [/clock is \d+ s (fast|slow): set its NTP server/]);
  }
});

t.test('the check says in words what is wrong', async (t) => {
  const { driver, controller } = await startSite(t);
  t.strictSame(await driver.check(), {
    ok: true,
    epoch: '0123456789abcdef0123456789abcdef 5.15.24.19',
    problems: [],
  });
  controller.quirks.configured = false;
  t.match(await driver.check(), { ok: false, problems: [/not set up yet/] });
  controller.quirks.configured = true;
  controller.quirks.version = '4.4.6';
  t.match(await driver.check(), { ok: false, problems: [/version 4\.4\.6: Foyer needs 5\.0/] });
  controller.quirks.version = '5.15.24.19';
  controller.quirks.forbidden = true;
  await t.rejects(driver.check(), {
    code: 'not-permitted',
    message: /operator may not manage this site.*siteId/,
  });
  const half = await startSite(t, { fields: { clientId: 'app1' } });
  t.match(await half.driver.check(), { ok: true, problems: [/clientId and clientSecret one is missing/] });
});

t.test('200 orders at once read the list a few times, not once each', async (t) => {
  const { driver, controller, order } = await startSite(t);
  for (const mac of STRANGERS) controller.meet(mac);
  await Promise.all(STRANGERS.map((mac) => driver.authorize(order(mac, HOUR))));
  t.equal(controller.auths.length, 200);
  const reads = controller.asked.filter((call) => call === LIST).length;
  t.ok(reads < 200, `${reads} pages`);
});

for (const [errorCode, code, message] of [
  [-41_500, 'misconfigured', /set its authentication type to External Portal Server/],
  [-1600, 'not-supported', /5\.0 or later/],
  [-1005, 'not-permitted', /give the operator this site/],
  [-7, 'bad-answer', /refused .* with its code -7/],
] as const)
  t.test(`code ${errorCode} is ${code}, in words`, async (t) => {
    const { driver, controller, order } = await startSite(t);
    controller.quirks.always = { body: { errorCode, msg: 'No.' } };
    await t.rejects(driver.authorize(order(MAC, HOUR)), { code, message });
    await t.rejects(driver.check(), { code, message });
  });
