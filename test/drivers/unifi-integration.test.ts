import t from 'tap';
import type { ClientMac } from '../../src/domain/id.js';
import { startKey } from '../emulators/unifi-connected.js';
import { MAC, OTHER } from './contract.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

t.test('behind UniFi OS and on a self-hosted controller the API has its own place', async (t) => {
  for (const flavour of ['os', 'classic'] as const) {
    const { driver, join, order, misbehaviour } = await startKey(t, { flavour });
    join(MAC);
    await driver.authorize(order(MINUTE));
    t.equal(misbehaviour.inForce(MAC), 1);
    t.ok((await driver.check()).ok);
  }
});

t.test('a limit of rate is down for what the client receives, within what the API takes', async (t) => {
  const { driver, join, order, calls } = await startKey(t);
  join(MAC);
  await driver.authorize(order(61 * SECOND, { limits: { downKbps: 8000, upKbps: 2000, quotaMB: 500 } }));
  await driver.authorize(order(SECOND, { limits: { downKbps: 500_000, upKbps: 1, quotaMB: 0 } }));
  const action = 'AUTHORIZE_GUEST_ACCESS';
  t.strictSame(
    calls(/actions$/).map(({ json }) => json),
    [
      {
        action,
        timeLimitMinutes: 2,
        rxRateLimitKbps: 8000,
        txRateLimitKbps: 2000,
        dataUsageLimitMBytes: 500,
      },
      { action, timeLimitMinutes: 1, rxRateLimitKbps: 100_000, txRateLimitKbps: 2 },
    ],
  );
});

t.test('a client that has just joined is waited for; one that does not come is absent', async (t) => {
  const { driver, join, order, misbehaviour, now, calls, quirks } = await startKey(t);
  quirks.listedAfterMs = 2 * SECOND;
  join(MAC);
  const letIn = driver.authorize(order(MINUTE));
  // Two looks in vain.
  while (calls(/GET .*\/clients$/).length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  t.equal(misbehaviour.inForce(MAC), 0);
  now.advance(2 * SECOND);
  await letIn;
  t.equal(misbehaviour.inForce(MAC), 1);
  const before = calls(/GET .*\/clients$/).length;
  await t.rejects(driver.authorize(order(MINUTE, { mac: OTHER })), { code: 'absent', permanent: false });
  t.equal(calls(/GET .*\/clients$/).length - before, 5);
});

t.test('a client that is no guest is said to be none', async (t) => {
  const { driver, join, order } = await startKey(t);
  join(MAC, { guest: false });
  await t.rejects(driver.authorize(order(MINUTE)), { code: 'misconfigured', message: /Hotspot Portal/ });
  await t.resolves(driver.deauthorize(order(0)));
});

t.test('two hundred orders at once look their clients up by a few filters', async (t) => {
  const { driver, join, order, calls } = await startKey(t);
  const macs = Array.from(
    { length: 200 },
    (_, n) => `02:00:00:00:bb:${n.toString(16).padStart(2, '0')}` as ClientMac,
  );
  for (const mac of macs) join(mac);
  await Promise.all(macs.map((mac) => driver.authorize(order(MINUTE, { mac }))));
  t.ok(calls(/GET .*\/clients$/).length <= 8);
  t.equal((await driver.sessions?.())?.length, 200, 'and a list of more than one page is read whole');
});

t.test('the flag of a session may follow late', async (t) => {
  const { driver, join, order, quirks, now, misbehaviour } = await startKey(t);
  quirks.authorizedLagMs = 25 * SECOND;
  join(MAC);
  await driver.authorize(order(30 * MINUTE));
  t.strictSame(await driver.sessions?.(), []);
  now.advance(25 * SECOND);
  t.strictSame(await driver.sessions?.(), [{ mac: MAC, until: now() + 30 * MINUTE - 25 * SECOND }]);
  await driver.authorize(order(30 * MINUTE));
  await driver.deauthorize(order(0));
  t.equal(misbehaviour.inForce(MAC), 0, 'ended though it is not yet shown as authorized');
});

t.test('sessions of vouchers and of others are not listed', async (t) => {
  const { driver, join, admit } = await startKey(t);
  for (const mac of [MAC, OTHER]) join(mac);
  admit(MAC, 'VOUCHER', 60);
  admit(OTHER, 'OTHER', 60);
  t.strictSame(await driver.sessions?.(), []);
});

t.test('the end of what has none is no fault, whatever UniFi says to it', async (t) => {
  const { driver, join, order, quirks } = await startKey(t);
  join(MAC);
  for (const status of [404, 422, 200] as const) {
    quirks.endOfNothing = status;
    await t.resolves(driver.deauthorize(order(0)));
  }
});

t.test('a client that is away is sent off when it is back and listed', async (t) => {
  const { driver, join, leave, order, misbehaviour } = await startKey(t);
  join(MAC);
  await driver.authorize(order(30 * MINUTE));
  leave(MAC);
  await driver.deauthorize(order(0));
  t.strictSame(await driver.sessions?.(), []);
  join(MAC);
  t.strictSame(
    (await driver.sessions?.())?.map(({ mac }) => mac),
    [MAC],
    'the comparison of sessions finds it',
  );
  await driver.deauthorize(order(0));
  t.equal(misbehaviour.inForce(MAC), 0);
});

t.test('status 500 after an action that was carried out is no failure', async (t) => {
  const { driver, join, order, quirks, misbehaviour } = await startKey(t);
  join(MAC);
  quirks.breaksAfter = 1;
  await driver.authorize(order(30 * MINUTE));
  t.equal(misbehaviour.inForce(MAC), 1);
  quirks.breaksAfter = 1;
  await driver.deauthorize(order(0));
  t.equal(misbehaviour.inForce(MAC), 0);
});

t.test('a controller whose clock is wrong lists the right ends', async (t) => {
  const { driver, join, order, quirks, now } = await startKey(t);
  quirks.aheadMs = -45 * MINUTE;
  join(MAC);
  await driver.authorize(order(30 * MINUTE));
  t.strictSame(await driver.sessions?.(), [{ mac: MAC, until: now() + 30 * MINUTE }]);
});

t.test('a session that the controller cuts shorter is noted', async (t) => {
  const { driver, join, order, quirks, warnings } = await startKey(t);
  join(MAC);
  await driver.authorize(order(30 * MINUTE));
  t.strictSame(warnings, []);
  quirks.minutesMost = 10;
  await driver.authorize(order(30 * MINUTE));
  t.match(warnings, [/cut a session shorter/]);
  t.strictSame(await driver.sessions?.(), [{ mac: MAC }], 'its end is not compared again and again');
});

t.test('guests are known by their addresses', async (t) => {
  const { driver, join } = await startKey(t);
  join(MAC, { ip: '192.0.2.7' });
  join(OTHER, { ip: '192.0.2.8', guest: false });
  join('02:00:00:00:aa:03' as ClientMac);
  t.strictSame(await driver.clients?.(), [{ mac: MAC, ip: '192.0.2.7' }]);
  t.strictSame(await driver.findClient?.('192.0.2.7'), { mac: MAC, ip: '192.0.2.7' });
  t.equal(await driver.findClient?.('192.0.2.8'), undefined);
  t.equal(await driver.findClient?.("192.0.2.7'),id.ne('x"), undefined);
});

t.test('an address that two guests have stands for neither', async (t) => {
  const { driver, join } = await startKey(t);
  join(MAC, { ip: '192.0.2.7' });
  join(OTHER, { ip: '192.0.2.7' });
  t.strictSame(await driver.clients?.(), []);
  t.equal(await driver.findClient?.('192.0.2.7'), undefined);
});

t.test('what is wrong with key, version, site and permission is said in words', async (t) => {
  const wrong = await startKey(t, {}, { apiKey: 'another' });
  const said = await wrong.problems();
  t.match(said, /refuses the API key.*Integrations/);
  t.notMatch(said, /another/);
  const before = wrong.misbehaviour.calls();
  await wrong.problems();
  t.equal(wrong.misbehaviour.calls(), before, 'and not tried again at once');
  t.match(await (await startKey(t, { version: '9.0.99' })).problems(), /Network 9\.0\.99 cannot.*9\.1\.105/);
  t.equal(await (await startKey(t, { version: '9.1.105' })).problems(), '');
  t.match(await (await startKey(t, {}, { unifiSite: 'nosuch' })).problems(), /no site.*nosuch.*default/);
  const none = await startKey(t);
  none.quirks.missing = true;
  t.match(await none.problems(), /no Integration API.*9\.1\.105/);
  const forbidden = await startKey(t);
  forbidden.quirks.forbids = true;
  t.match(await forbidden.problems(), /forbids the API key/);
});

t.test('a site that was made anew is found again', async (t) => {
  const { driver, join, order, misbehaviour, newSite } = await startKey(t);
  join(MAC);
  t.ok((await driver.check()).ok);
  newSite();
  await driver.authorize(order(MINUTE));
  t.equal(misbehaviour.inForce(MAC), 1);
});

t.test('429 is respected as long as it says', async (t) => {
  const { driver, quirks, problems, now, misbehaviour } = await startKey(t);
  t.ok((await driver.check()).ok);
  Object.assign(quirks, { callsMost: 0, retryAfter: '7' });
  t.match(await problems(), /too many calls.*7 s/);
  const before = misbehaviour.calls();
  now.advance(6 * SECOND);
  await t.rejects(async () => driver.clients?.(), { code: 'busy' });
  t.equal(misbehaviour.calls(), before);
  quirks.callsMost = Number.POSITIVE_INFINITY;
  now.advance(SECOND);
  t.equal(await problems(), '');
});

t.test('the check names the access points only', async (t) => {
  const { driver } = await startKey(t);
  t.strictSame((await driver.check()).accessPoints, [{ mac: 'f0:9f:c2:00:00:02', name: 'Ceiling' }]);
});
