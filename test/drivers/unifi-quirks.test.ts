import t, { type Test } from 'tap';
import type { AuthorizeOrder, Driver, DriverContext } from '../../src/drivers/driver.js';
import { type UnifiFields, unifi } from '../../src/drivers/unifi/index.js';
import { startUnifi } from '../emulators/unifi.js';
import type { UnifiOptions } from '../emulators/unifi-login.js';
import { testClock } from '../fixtures/runtime.js';
import { MAC, OTHER, PATIENCE_MS } from './contract.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const BOTH = ['classic', 'os'] as const;

/** A controller with its quirks, and a driver that is connected to it. */
async function start(t: Test, options: Partial<UnifiOptions> = {}, fields: Partial<UnifiFields> = {}) {
  const now = testClock();
  const emulator = await startUnifi(t, { flavour: 'os', now, ...options });
  const warnings: string[] = [];
  const context: DriverContext<UnifiFields> = {
    gateway: 'unifi' as never,
    fields: {
      url: emulator.router.url,
      unifiSite: 'default',
      username: 'foyer',
      password: 'secret',
      ...fields,
    },
    now,
    guestPort: 8080,
    timeoutMs: PATIENCE_MS,
    log: { info: () => undefined, warn: (_, message) => warnings.push(message) },
  };
  const driver: Driver = unifi.connect(context);
  t.teardown(driver.close);
  const order = (ms: number, more: Partial<AuthorizeOrder> = {}): AuthorizeOrder => ({
    mac: MAC,
    ips: [],
    until: now() + ms,
    limits: {},
    ...more,
  });
  /** What the controller was told of clients. */
  const told = () =>
    emulator.asked.filter(({ path }) => path.endsWith('/cmd/stamgr')).map(({ json }) => json);
  const problems = async (): Promise<string> => (await driver.check()).problems.join(' ');
  return { ...emulator, now, driver, order, told, problems, warnings };
}

for (const flavour of BOTH) {
  t.test(`which UniFi it is is found before the password is sent (${flavour})`, async (t) => {
    const { driver, asked } = await start(t, { flavour });
    t.ok((await driver.check()).ok);
    const [first, second] = asked.map(({ method, path, body }) => ({
      method,
      path,
      secret: /secret/.test(body),
    }));
    t.strictSame(first, { method: 'GET', path: '/', secret: false });
    const path = flavour === 'os' ? '/api/auth/login' : '/api/login';
    t.strictSame(second, { method: 'POST', path, secret: true });
  });

  t.test(`a wrong password is said, and not tried again at once (${flavour})`, async (t) => {
    const { problems, now, tried } = await start(t, { flavour }, { password: 'wrong' });
    const said = await problems();
    t.match(said, /refuses the login.*username and password/);
    t.notMatch(said, /wrong/, 'the password itself is not said');
    for (let i = 0; i < 5; i++) await problems();
    t.equal(tried(), 1);
    now.advance(61 * SECOND);
    await problems();
    t.equal(tried(), 2);
  });

  t.test(`an account with a second factor is told from a wrong password (${flavour})`, async (t) => {
    const { quirks, problems } = await start(t, { flavour });
    quirks.secondFactor = true;
    t.match(await problems(), /second factor.*local account/);
  });

  t.test(
    `an order is minutes rounded up, limits in kbit\\/s and megabytes, and the access point (${flavour})`,
    async (t) => {
      const { driver, order, told } = await start(t, { flavour });
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
    const { driver, quirks, order, misbehaviour } = await start(t, { flavour });
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
      const { driver, quirks, order, misbehaviour } = await start(t, { flavour });
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
      const { driver, now, order, addRow, rows } = await start(t, { flavour });
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
    const { driver, quirks, now, order } = await start(t, { flavour });
    quirks.aheadMs = 45 * MINUTE;
    await driver.authorize(order(30 * MINUTE));
    t.strictSame(await driver.sessions?.(), [{ mac: MAC, until: now() + 30 * MINUTE }]);
    quirks.aheadMs = -45 * MINUTE;
    await driver.authorize(order(30 * MINUTE, { mac: OTHER }));
    now.advance(31 * MINUTE);
    t.notOk(
      (await driver.sessions?.())?.some(({ mac }) => mac === OTHER),
      'over by our clock',
    );
  });

  t.test(`guests are known by their addresses, and others are not (${flavour})`, async (t) => {
    const { driver, join } = await start(t, { flavour });
    join(MAC, '192.0.2.7');
    join(OTHER, '192.0.2.8', { guest: false });
    join('02:00:00:00:aa:03' as never, '192.0.2.9', { site: 'guests' });
    t.strictSame(await driver.clients?.(), [{ mac: MAC, ip: '192.0.2.7' }]);
    t.strictSame(await driver.findClient?.('192.0.2.7'), { mac: MAC, ip: '192.0.2.7' });
    t.equal(await driver.findClient?.('192.0.2.8'), undefined);
    t.equal(await driver.findClient?.('192.0.2.9'), undefined);
  });

  t.test(
    `another site's guests are not touched, and a site that is not there is said (${flavour})`,
    async (t) => {
      const sites = ['default', 'x7k2m9pq'];
      const { driver, problems, order } = await start(t, { flavour, sites }, { unifiSite: 'nosuch' });
      t.match(await problems(), /no site with the short name nosuch.*default, x7k2m9pq.*unifiSite/);
      await t.rejects(driver.authorize(order(MINUTE)), { code: 'misconfigured', message: /no such site/ });
      const there = await start(t, { flavour, sites }, { unifiSite: 'x7k2m9pq' });
      await there.driver.authorize(there.order(MINUTE));
      t.match(there.rows(), [{ site: 'x7k2m9pq' }]);
    },
  );

  t.test(`an account that may only read is said by the check (${flavour})`, async (t) => {
    const { driver, quirks, problems, order } = await start(t, { flavour });
    quirks.role = 'readonly';
    t.match(await problems(), /may only read.*Site Admin/);
    await t.rejects(driver.authorize(order(MINUTE)), { code: 'not-permitted' });
  });

  t.test(
    `the check names the access points, and reads the list of devices now and then (${flavour})`,
    async (t) => {
      const { driver, asked, now } = await start(t, { flavour });
      const points = ['f0:9f:c2:00:00:02', 'f0:9f:c2:00:00:04'];
      t.strictSame((await driver.check()).accessPoints, points);
      t.strictSame((await driver.check()).accessPoints, points);
      const reads = () => asked.filter(({ path }) => path.endsWith('/stat/device')).length;
      t.equal(reads(), 1);
      now.advance(6 * MINUTE);
      await driver.check();
      t.equal(reads(), 2);
    },
  );

  t.test(
    `a session that the controller cuts shorter is noted; old firmware that says no end is none (${flavour})`,
    async (t) => {
      const { driver, quirks, order, warnings } = await start(t, { flavour });
      quirks.noRow = true;
      await driver.authorize(order(30 * MINUTE));
      t.strictSame(warnings, []);
      quirks.noRow = false;
      quirks.minutesMost = 10;
      await driver.authorize(order(30 * MINUTE));
      t.match(warnings, [/cut a session shorter.*expiration/]);
    },
  );

  t.test(`two hundred looks at once are a few readings (${flavour})`, async (t) => {
    const { driver, join, asked } = await start(t, { flavour });
    join(MAC, '192.0.2.7');
    await driver.check();
    const found = await Promise.all(Array.from({ length: 200 }, () => driver.findClient?.('192.0.2.7')));
    t.ok(found.every((client) => client?.mac === MAC));
    t.ok(asked.filter(({ path }) => path.endsWith('/stat/sta')).length <= 2);
  });
}

t.test('a CSRF token that changes with each order is followed, in either header', async (t) => {
  for (const updatedHeader of [false, true]) {
    const { driver, quirks, order, misbehaviour, told } = await start(t);
    Object.assign(quirks, { rotateEvery: 1, updatedHeader, silent403: true });
    for (const mac of [MAC, OTHER, MAC]) await driver.authorize(order(MINUTE, { mac }));
    t.equal(misbehaviour.logins?.(), 1);
    t.equal(told().length, 3, 'none was refused');
  }
});

t.test('a token that another call made stale is no reason to log in again', async (t) => {
  const { driver, quirks, order, misbehaviour, now } = await start(t);
  await driver.check();
  now.advance(5 * MINUTE);
  quirks.rotateEvery = 2;
  await Promise.all([MAC, OTHER, MAC].map((mac) => driver.authorize(order(MINUTE, { mac }))));
  t.equal(misbehaviour.inForce(OTHER), 1);
  t.equal(misbehaviour.logins?.(), 1);
});

t.test('a token that nobody was told of costs one login', async (t) => {
  const { driver, quirks, order, misbehaviour, now, newTokens } = await start(t);
  await driver.authorize(order(MINUTE));
  now.advance(5 * MINUTE);
  quirks.silent403 = true;
  newTokens();
  await driver.authorize(order(MINUTE, { mac: OTHER }));
  t.equal(misbehaviour.inForce(OTHER), 1);
  t.equal(misbehaviour.logins?.(), 2);
});

t.test('what is forbidden right after a login is said, without logging in for each visitor', async (t) => {
  const { driver, quirks, order, misbehaviour, now } = await start(t);
  quirks.status = 403;
  for (let i = 0; i < 5; i++)
    await t.rejects(driver.authorize(order(MINUTE)), { code: 'not-permitted', message: /forbids/ });
  t.equal(misbehaviour.logins?.(), 1);
  now.advance(5 * MINUTE);
  await t.rejects(driver.authorize(order(MINUTE)), { code: 'not-permitted' });
  t.equal(misbehaviour.logins?.(), 2);
});

t.test('a cookie that UniFi OS renews is the one that is sent', async (t) => {
  const { driver, quirks, order, misbehaviour, now } = await start(t);
  Object.assign(quirks, { rotateEvery: 1, rotateCookie: true });
  for (let i = 0; i < 4; i++) {
    await driver.authorize(order(MINUTE));
    now.advance(90 * MINUTE);
  }
  t.equal(misbehaviour.inForce(MAC), 0);
  t.equal(misbehaviour.logins?.(), 1, 'four and a half hours on a login of two');
});

t.test(
  'a login is renewed before it ends, by how long it is good and not by the clock of the console',
  async (t) => {
    const { driver, quirks, misbehaviour, now, asked } = await start(t);
    quirks.aheadMs = -300 * MINUTE;
    t.ok((await driver.check()).ok);
    now.advance(119 * MINUTE);
    t.ok((await driver.check()).ok);
    t.equal(misbehaviour.logins?.(), 2);
    t.equal(asked.filter(({ path }) => path === '/api/self/sites').length, 0);
    t.equal(asked.filter(({ path }) => path.endsWith('/api/self/sites')).length, 2, 'nothing was refused');
  },
);

t.test('a session that is gone is told by "Unauthorized" or by LoginRequired', async (t) => {
  for (const flavour of BOTH) {
    const { driver, misbehaviour } = await start(t, { flavour });
    t.ok((await driver.check()).ok);
    misbehaviour.forgetLogin?.();
    t.ok((await driver.check()).ok);
    t.equal(misbehaviour.logins?.(), 2);
  }
});

t.test('a controller that has had too many logins is left alone as long as it says', async (t) => {
  for (const limitIs403 of [false, true]) {
    const { driver, quirks, problems, misbehaviour, now, tried, asked } = await start(t);
    Object.assign(quirks, { loginsMost: 1, retryAfter: '600', limitIs403 });
    t.ok((await driver.check()).ok);
    misbehaviour.forgetLogin?.();
    t.match(await problems(), /too many calls or logins.*600 s/);
    t.equal(tried(), 2);
    const before = asked.length;
    now.advance(599 * SECOND);
    t.match(await problems(), /too many/);
    await t.rejects(async () => driver.sessions?.(), { code: 'busy' });
    t.equal(asked.length, before, 'nothing was sent meanwhile');
    quirks.loginsMost = 99;
    now.advance(SECOND);
    t.equal(await problems(), '');
  }
});

t.test('without a Retry-After the pause grows with each refusal', async (t) => {
  const { quirks, problems, now, tried } = await start(t);
  quirks.loginsMost = 0;
  for (const [seconds, tries] of [
    [0, 1],
    [29, 1],
    [1, 2],
    [31, 2],
    [30, 3],
  ] as const) {
    now.advance(seconds * SECOND);
    await problems();
    t.equal(tried(), tries);
  }
});

t.test('what is no UniFi gets no password', async (t) => {
  const { quirks, problems, asked } = await start(t);
  for (const root of [
    { status: 301, headers: { location: 'https://192.0.2.1/' }, body: '' },
    { status: 302, headers: { location: '/login' }, body: '' },
    { status: 404, body: '' },
  ]) {
    quirks.root = root;
    t.match(await problems(), /is not UniFi.*8443/);
  }
  quirks.root = { status: 503, body: '<html>' };
  t.match(await problems(), /starting up/);
  t.ok(asked.every(({ path }) => path === '/'));
});

t.test('a controller that is starting up is said to be, and is asked again', async (t) => {
  const { driver, quirks, order, problems } = await start(t);
  for (const status of [502, 503]) {
    quirks.status = status;
    t.match(await problems(), /starting up or updating/);
    await t.rejects(driver.authorize(order(MINUTE)), { code: 'unreachable', permanent: false });
  }
  quirks.status = undefined;
  t.equal(await problems(), '');
});

t.test('rc ok is not yet online: the access point follows later', async (t) => {
  const { driver, quirks, order, join, stations, now } = await start(t);
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

t.test('a self-signed certificate is said with its fingerprint, and nothing is sent', async (t) => {
  const { problems, router, asked } = await start(t, { tls: true });
  t.match(await problems(), router.fingerprint);
  t.equal(asked.length, 0);
});
