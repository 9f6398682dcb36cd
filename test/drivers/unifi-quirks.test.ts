import t from 'tap';
import { unifi } from '../../src/drivers/unifi/index.js';
import { startAccount } from '../emulators/unifi-connected.js';
import { MAC, OTHER } from './contract.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const BOTH = ['classic', 'os'] as const;

for (const flavour of BOTH) {
  t.test(
    `an order is minutes rounded up, limits in kbit\\/s and megabytes, and the access point (${flavour})`,
    async (t) => {
      const { driver, order, told } = await startAccount(t, { flavour });
      const limits = { downKbps: 8000, upKbps: 2000, quotaMB: 500 };
      await driver.authorize(order(61 * SECOND, { limits, via: 'f0:9f:c2:00:00:02' }));
      await driver.authorize(order(SECOND, { limits: { downKbps: 0 } }));
      t.strictSame(told(), [
        {
          cmd: 'authorize-guest',
          mac: MAC,
          minutes: 2,
          up: 2000,
          down: 8000,
          bytes: 500,
          ap_mac: 'f0:9f:c2:00:00:02',
        },
        { cmd: 'authorize-guest', mac: MAC, minutes: 1 },
      ]);
    },
  );

  t.test(`an error with status 200 is an error (${flavour})`, async (t) => {
    const { driver, quirks, order, misbehaviour } = await startAccount(t, { flavour });
    quirks.refuses = 'api.err.InvalidObject';
    await t.rejects(driver.authorize(order(MINUTE)), {
      code: 'bad-answer',
      message: /api\.err\.InvalidObject/,
    });
    await driver.authorize(order(-1)).catch(() => undefined);
    quirks.refuses = 'api.err.NoPermission';
    await t.rejects(driver.authorize(order(MINUTE)), { code: 'not-permitted', message: /may only read/ });
    t.equal(misbehaviour.logins?.(), 1, 'and no reason to log in again');
  });

  t.test(
    `status 500 after an order that was carried out is no failure, and one that was not is (${flavour})`,
    async (t) => {
      const { driver, quirks, order, misbehaviour } = await startAccount(t, { flavour });
      quirks.breaksAfter = 1;
      await driver.authorize(order(30 * MINUTE));
      t.equal(misbehaviour.inForce(MAC), 1);
      quirks.breaksBefore = 1;
      await t.rejects(
        driver.authorize(order(60 * MINUTE)),
        { code: 'bad-answer' },
        'the former end does not pass for the new one',
      );
      quirks.breaksBefore = 1;
      await t.rejects(driver.deauthorize(order(0)), { code: 'bad-answer' });
      quirks.breaksAfter = 1;
      await driver.deauthorize(order(0));
      t.equal(misbehaviour.inForce(MAC), 0);
    },
  );

  t.test(
    `of several rows of one client the newest counts, and nobody else's are listed (${flavour})`,
    async (t) => {
      const { driver, now, order, addRow, rows } = await startAccount(t, { flavour });
      const second = Math.floor(now() / SECOND);
      addRow({ mac: MAC, start: second - 7200, end: second - 3600 });
      await driver.authorize(order(30 * MINUTE));
      await driver.authorize(order(10 * MINUTE));
      t.equal(rows().filter(({ mac }) => mac === MAC).length, 3);
      addRow({ mac: OTHER, authorized_by: 'voucher' });
      addRow({ mac: '02:00:00:00:aa:03', unauthorized_by: 'api' });
      addRow({ mac: '02:00:00:00:aa:04', site: 'guests' });
      t.strictSame(await driver.sessions?.(), [{ mac: MAC, until: now() + 10 * MINUTE }]);
      now.advance(11 * MINUTE);
      t.strictSame(
        await driver.sessions?.(),
        [{ mac: MAC, until: now() + 19 * MINUTE }],
        'the older row is still good',
      );
      await driver.deauthorize(order(0));
      t.strictSame(await driver.sessions?.(), []);
    },
  );

  t.test(`a controller whose clock is wrong lists the right ends (${flavour})`, async (t) => {
    const { driver, quirks, now, order } = await startAccount(t, { flavour });
    quirks.aheadMs = 45 * MINUTE;
    await driver.authorize(order(30 * MINUTE));
    t.strictSame(await driver.sessions?.(), [{ mac: MAC, until: now() + 30 * MINUTE }]);
    quirks.aheadMs = -45 * MINUTE;
    await driver.authorize(order(30 * MINUTE, { mac: OTHER }));
    t.ok(
      (await driver.sessions?.())?.some(({ mac }) => mac === OTHER),
      'not over by its own',
    );
    now.advance(31 * MINUTE);
    t.notOk(
      (await driver.sessions?.())?.some(({ mac }) => mac === OTHER),
      'over by our clock',
    );
  });

  t.test(`guests are known by their addresses, and others are not (${flavour})`, async (t) => {
    const { driver, join } = await startAccount(t, { flavour });
    join(MAC, '192.0.2.7');
    join(OTHER, '192.0.2.8', { guest: false });
    join('02:00:00:00:aa:03' as never, '192.0.2.9', { site: 'guests' });
    t.strictSame(await driver.clients?.(), [{ mac: MAC, ip: '192.0.2.7' }]);
    t.strictSame(await driver.findClient?.('192.0.2.7'), { mac: MAC, ip: '192.0.2.7' });
    t.equal(await driver.findClient?.('192.0.2.8'), undefined);
    t.equal(await driver.findClient?.('192.0.2.9'), undefined);
  });

  t.test(`an address that two guests have stands for neither (${flavour})`, async (t) => {
    const { driver, join } = await startAccount(t, { flavour });
    join(MAC, '192.0.2.7');
    join(OTHER, '192.0.2.7');
    t.strictSame(await driver.clients?.(), []);
    t.equal(await driver.findClient?.('192.0.2.7'), undefined);
  });

  t.test(
    `another site's guests are not touched, and a site that is not there is said (${flavour})`,
    async (t) => {
      const sites = ['default', 'x7k2m9pq'];
      const { driver, problems, order } = await startAccount(t, { flavour, sites }, { unifiSite: 'nosuch' });
      t.match(await problems(), /no site with the short name nosuch.*default, x7k2m9pq.*unifiSite/);
      await t.rejects(driver.authorize(order(MINUTE)), { code: 'misconfigured', message: /no such site/ });
      const there = await startAccount(t, { flavour, sites }, { unifiSite: 'x7k2m9pq' });
      await there.driver.authorize(there.order(MINUTE));
      t.match(there.rows(), [{ site: 'x7k2m9pq' }]);
    },
  );

  t.test(`an account that may only read is said by the check (${flavour})`, async (t) => {
    const { driver, quirks, problems, order } = await startAccount(t, { flavour });
    quirks.role = 'readonly';
    t.match(await problems(), /may only read.*Site Admin/);
    await t.rejects(driver.authorize(order(MINUTE)), { code: 'not-permitted' });
  });

  t.test(
    `the check names the access points, and reads the list of devices now and then (${flavour})`,
    async (t) => {
      const { driver, asked, now } = await startAccount(t, { flavour });
      const points = [{ mac: 'f0:9f:c2:00:00:02', name: 'AP 3' }, { mac: 'f0:9f:c2:00:00:04' }];
      t.strictSame((await driver.check()).accessPoints, points);
      t.strictSame((await driver.check()).accessPoints, points);
      const reads = () => asked.filter(({ path }) => path.endsWith('/stat/device')).length;
      t.equal(reads(), 1);
      now.advance(6 * MINUTE);
      await driver.check();
      t.equal(reads(), 2);
      const other = await startAccount(t, { flavour });
      other.quirks.hidesDevices = true;
      const { ok, accessPoints } = await other.driver.check();
      t.ok(ok, 'an account that may not see devices is good enough');
      t.equal(accessPoints, undefined);
    },
  );

  t.test(
    `a session that the controller cuts shorter is noted; old firmware that says no end is none (${flavour})`,
    async (t) => {
      const { driver, quirks, order, warnings, now } = await startAccount(t, { flavour });
      quirks.noRow = true;
      await driver.authorize(order(30 * MINUTE));
      t.strictSame(warnings, []);
      await driver.deauthorize(order(0));
      quirks.noRow = false;
      quirks.minutesMost = 10;
      await driver.authorize(order(30 * MINUTE));
      t.match(warnings, [/cut a session shorter.*expiration/]);
      t.strictSame(await driver.sessions?.(), [{ mac: MAC }], 'its end is not compared again and again');
      now.advance(11 * MINUTE);
      t.strictSame(await driver.sessions?.(), [], 'and when it is over it is missed');
      quirks.minutesMost = 1e6;
      await driver.authorize(order(30 * MINUTE));
      t.strictSame(await driver.sessions?.(), [{ mac: MAC, until: now() + 30 * MINUTE }]);
    },
  );

  t.test(`two hundred looks at once are a few readings (${flavour})`, async (t) => {
    const { driver, join, asked } = await startAccount(t, { flavour });
    join(MAC, '192.0.2.7');
    await driver.check();
    const found = await Promise.all(Array.from({ length: 200 }, () => driver.findClient?.('192.0.2.7')));
    t.ok(found.every((client) => client?.mac === MAC));
    t.ok(asked.filter(({ path }) => path.endsWith('/stat/sta')).length <= 2);
  });
}

t.test('a controller that is starting up is said to be, and is asked again', async (t) => {
  const { driver, quirks, order, problems } = await startAccount(t);
  for (const status of [502, 503]) {
    quirks.status = status;
    t.match(await problems(), /starting up or updating/);
    await t.rejects(driver.authorize(order(MINUTE)), { code: 'unreachable', permanent: false });
  }
  quirks.status = undefined;
  t.equal(await problems(), '');
});

t.test('rc ok is not yet online: the access point follows later', async (t) => {
  const { driver, quirks, order, join, stations, now } = await startAccount(t);
  join(MAC, '192.0.2.7');
  quirks.authorizedLagMs = 25 * SECOND;
  await driver.authorize(order(30 * MINUTE));
  t.match(stations(), [{ authorized: false }]);
  t.equal((await driver.sessions?.())?.length, 1, 'in force, and not missed by the comparison');
  now.advance(25 * SECOND);
  t.match(stations(), [{ authorized: true }]);
  const [row] = unifi.capabilities;
  t.equal(row.lagSeconds, 25);
  t.match(row.remarks, /1 to 25 s/);
});
