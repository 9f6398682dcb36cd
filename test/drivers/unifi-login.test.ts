import t from 'tap';
import { startAccount } from '../emulators/unifi-connected.js';
import { MAC, OTHER } from './contract.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const BOTH = ['classic', 'os'] as const;

for (const flavour of BOTH) {
  t.test(`which UniFi it is is found before the password is sent (${flavour})`, async (t) => {
    const { driver, asked } = await startAccount(t, { flavour });
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
    const { problems, now, tried } = await startAccount(t, { flavour }, { password: 'wrong' });
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
    const { quirks, problems } = await startAccount(t, { flavour });
    quirks.secondFactor = true;
    t.match(await problems(), /second factor.*local account/);
  });
}

t.test('a CSRF token that changes with each order is followed, in either header', async (t) => {
  for (const updatedHeader of [false, true]) {
    const { driver, quirks, order, misbehaviour, told } = await startAccount(t);
    Object.assign(quirks, { rotateEvery: 1, updatedHeader, silent403: true });
    for (const mac of [MAC, OTHER, MAC]) await driver.authorize(order(MINUTE, { mac }));
    t.equal(misbehaviour.logins?.(), 1);
    t.equal(told().length, 3, 'none was refused');
  }
});

t.test('a token that another call made stale is no reason to log in again', async (t) => {
  const { driver, quirks, order, misbehaviour, now } = await startAccount(t);
  await driver.check();
  now.advance(5 * MINUTE);
  quirks.rotateEvery = 2;
  await Promise.all([MAC, OTHER, MAC].map((mac) => driver.authorize(order(MINUTE, { mac }))));
  t.equal(misbehaviour.inForce(OTHER), 1);
  t.equal(misbehaviour.logins?.(), 1);
});

t.test('a token that nobody was told of costs one login', async (t) => {
  const { driver, quirks, order, misbehaviour, now, newTokens } = await startAccount(t);
  await driver.authorize(order(MINUTE));
  now.advance(5 * MINUTE);
  quirks.silent403 = true;
  newTokens();
  await driver.authorize(order(MINUTE, { mac: OTHER }));
  t.equal(misbehaviour.inForce(OTHER), 1);
  t.equal(misbehaviour.logins?.(), 2);
});

t.test('what is forbidden right after a login is said, without logging in for each visitor', async (t) => {
  const { driver, quirks, order, misbehaviour, now } = await startAccount(t);
  quirks.status = 403;
  for (let i = 0; i < 5; i++)
    await t.rejects(driver.authorize(order(MINUTE)), { code: 'not-permitted', message: /forbids/ });
  t.equal(misbehaviour.logins?.(), 1);
  now.advance(5 * MINUTE);
  await t.rejects(driver.authorize(order(MINUTE)), { code: 'not-permitted' });
  t.equal(misbehaviour.logins?.(), 2);
});

t.test('a cookie that UniFi OS renews is the one that is sent', async (t) => {
  const { driver, quirks, order, misbehaviour, now } = await startAccount(t);
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
    const { driver, quirks, misbehaviour, now, asked } = await startAccount(t);
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
    const { driver, misbehaviour } = await startAccount(t, { flavour });
    t.ok((await driver.check()).ok);
    misbehaviour.forgetLogin?.();
    t.ok((await driver.check()).ok);
    t.equal(misbehaviour.logins?.(), 2);
  }
});

t.test('a controller that has had too many logins is left alone as long as it says', async (t) => {
  for (const limitIs403 of [false, true]) {
    const { driver, quirks, problems, misbehaviour, now, tried, asked } = await startAccount(t);
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
  const { quirks, problems, now, tried } = await startAccount(t);
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
  const { quirks, problems, asked } = await startAccount(t);
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

t.test('a self-signed certificate is said with its fingerprint, and nothing is sent', async (t) => {
  const { problems, router, asked } = await startAccount(t, { tls: true });
  t.match(await problems(), router.fingerprint);
  t.equal(asked.length, 0);
});
