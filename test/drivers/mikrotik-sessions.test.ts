import t, { type Test } from 'tap';
import { type Driver, DriverError, type DriverFault } from '../../src/drivers/driver.js';
import { LAPTOP, PHONE, startGateway } from '../emulators/mikrotik-gateway.js';
import { HOUR, MINUTE, NINE } from '../fixtures/runtime.js';

type Made = Awaited<ReturnType<typeof startGateway>>;

const secondsOf = (minutes: number) => minutes * 60;

/** What the router itself gives this login, in seconds. */
async function leftOf({ router, driver }: Pick<Made, 'router' | 'driver'>): Promise<number | undefined> {
  await driver.sessions?.();
  const [row] = router.active();
  return row && Number(row._limit) / 1000;
}
const untilOf = async (driver: Driver) => (await driver.sessions?.())?.map(({ until }) => until);

async function fault(
  t: Pick<Test, 'match'>,
  call: Promise<unknown>,
  code: DriverFault,
): Promise<DriverError> {
  const error = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  t.match(error, { code }, String(error));
  return error instanceof DriverError ? error : new DriverError('bad-answer', '');
}

t.test('a device is let in by a user of its own, marked, for its own address only', async (t) => {
  const made = await startGateway(t);
  const { router, driver, order, commands, time } = made;
  const ip = router.join(LAPTOP);
  await driver.authorize(order(LAPTOP, 60));
  const exp = (NINE + HOUR) / 1000;
  t.match(router.users, [
    {
      name: 'foyer-main-02000000000a',
      'mac-address': '02:00:00:00:00:0A',
      server: 'hotspot1',
      profile: 'foyer',
      'limit-uptime': '3600s',
      comment: `foyer:main:exp=${exp}:at=${NINE / 1000}`,
    },
  ]);
  t.match(router.active(), [{ user: 'foyer-main-02000000000a', address: ip }]);
  const bodies = router.asked.flatMap(({ json }) => Object.entries(json ?? {}));
  for (const [key, value] of bodies.filter(([key]) => !key.startsWith('.')))
    t.type(value, 'string', `${key} is text`);
  t.strictSame(commands(), ['PUT /ip/hotspot/user', 'POST /ip/hotspot/active/login']);
  time.advance(HOUR - 1000);
  t.strictSame(await untilOf(driver), [NINE + HOUR]);
  time.advance(1000);
  t.equal(router.gateway.inForce(LAPTOP), 0, 'the router ends it by itself');
  t.strictSame(await untilOf(driver), []);
});

t.test('what is left is rounded up to a second, and is never 0', async (t) => {
  const { router, driver, order, time } = await startGateway(t);
  router.join(LAPTOP);
  await driver.authorize({ ...order(LAPTOP, 0), until: time() + 1 });
  t.equal(router.users[0]?.['limit-uptime'], '1s');
  await driver.authorize({ ...order(LAPTOP, 0), until: time() });
  t.strictSame(router.users, []);
  t.equal(router.gateway.inForce(LAPTOP), 0);
});

t.test('every login has another password, which nobody is told', async (t) => {
  const { router, driver, order, logged } = await startGateway(t);
  router.join(LAPTOP);
  router.join(PHONE);
  await driver.authorize(order(LAPTOP, 60));
  await driver.authorize(order(PHONE, 60));
  const [one = '', other = ''] = router.users.map(({ password }) => password);
  t.match(one, /^[0-9a-f]{32}$/);
  t.not(one, other);
  router.quirks.loginRefusal = 'invalid username or password';
  router.gateway.reboot();
  const { message } = await fault(t, driver.authorize(order(LAPTOP, 60)), 'misconfigured');
  for (const { password = '' } of router.users) t.notMatch(message + logged.join(), password);
  t.notMatch(message + logged.join(), router.credential.password);
});

t.test('an order that is followed already costs no write', async (t) => {
  const { router, driver, order, commands } = await startGateway(t);
  router.join(LAPTOP);
  await driver.authorize(order(LAPTOP, 60));
  commands();
  await driver.authorize(order(LAPTOP, 60));
  t.strictSame(commands(), []);
});

t.test('a running session takes another end without a break where the router follows', async (t) => {
  const made = await startGateway(t);
  const { router, driver, order, commands, time } = made;
  router.join(LAPTOP);
  await driver.authorize(order(LAPTOP, 60));
  time.advance(10 * MINUTE);
  commands();
  for (const minutes of [120, 5]) {
    await driver.authorize(order(LAPTOP, minutes));
    t.strictSame(commands(), ['POST /ip/hotspot/user/set']);
    t.strictSame(await untilOf(driver), [time() + minutes * MINUTE]);
    t.equal(await leftOf(made), secondsOf(10 + minutes), 'counted from its beginning');
  }
});

for (const counts of ['live', 'at logout', 'unseen'] as const) {
  t.test(`where it does not follow, the device is logged in anew at once (uptime ${counts})`, async (t) => {
    const made = await startGateway(t, { quirks: { follows: false, counts } });
    const { router, driver, order, time, commands } = made;
    router.join(LAPTOP);
    await driver.authorize(order(LAPTOP, 60));
    time.advance(10 * MINUTE);
    commands();
    await driver.authorize(order(LAPTOP, 120));
    if (counts !== 'unseen') t.notMatch(commands().join(), 'user/remove', 'the user keeps what it counts');
    t.equal(router.gateway.inForce(LAPTOP), 1);
    t.equal(await leftOf(made), secondsOf(120), 'what it had used is not counted twice');
    t.equal(router.users.length, 1);
    t.strictSame(made.logged, []);
  });

  t.test(`who slept has its whole time again (uptime ${counts})`, async (t) => {
    const made = await startGateway(t, { quirks: { counts }, fields: { profile: 'default' } });
    const { router, driver, order, time, commands } = made;
    router.join(PHONE);
    await driver.authorize(order(PHONE, 60));
    time.advance(20 * MINUTE);
    router.sleep(PHONE);
    time.advance(10 * MINUTE);
    t.equal(router.gateway.inForce(PHONE), 0, 'the keepalive has logged it out');
    if (counts !== 'unseen')
      t.strictSame(await untilOf(driver), [NINE + HOUR], 'that is no drift: it comes back without typing');
    router.join(PHONE);
    commands();
    await driver.authorize({ ...order(PHONE, 0), until: NINE + HOUR });
    if (counts !== 'unseen') t.notMatch(commands().join(), 'user/remove', 'the user keeps what it counts');
    t.equal(await leftOf(made), secondsOf(30), 'the time on the wall, not the one that it used');
    time.advance(30 * MINUTE);
    t.strictSame(await untilOf(driver), []);
  });
}

t.test('a user that is there though the list does not show it is taken', async (t) => {
  const { router, driver, order } = await startGateway(t);
  router.join(LAPTOP);
  await driver.authorize(order(LAPTOP, 60));
  router.quirks.emptyList = true;
  await driver.authorize(order(LAPTOP, 30));
  router.quirks.emptyList = false;
  t.equal(router.users.length, 1);
  t.strictSame(await untilOf(driver), [NINE + 30 * MINUTE]);
});

t.test('a refusal is no proof that nothing happened', async (t) => {
  for (const command of ['/ip/hotspot/user', '/ip/hotspot/active/login']) {
    const { router, driver, order } = await startGateway(t);
    router.join(LAPTOP);
    router.quirks.deceives = command;
    await driver.authorize(order(LAPTOP, 60));
    t.equal(router.quirks.deceives, undefined, 'it was refused');
    t.equal(router.gateway.inForce(LAPTOP), 1, command);
  }
});

t.test('whatever status an added row is answered with', async (t) => {
  const { router, driver, order } = await startGateway(t, { quirks: { addStatus: 200 } });
  router.join(LAPTOP);
  await driver.authorize(order(LAPTOP, 60));
  t.equal(router.gateway.inForce(LAPTOP), 1);
});

t.test('a device that is not there is awaited, and its place in the list does not come and go', async (t) => {
  const { router, driver, order, time } = await startGateway(t);
  router.join(LAPTOP);
  await driver.authorize(order(LAPTOP, 60));
  time.advance(MINUTE);
  router.leave(LAPTOP);
  t.strictSame(await untilOf(driver), [NINE + HOUR]);
  time.advance(MINUTE);
  router.gateway.reboot();
  time.advance(MINUTE);
  t.strictSame(await untilOf(driver), [], 'the router was started anew: it is told again');
  await fault(t, driver.authorize({ ...order(LAPTOP, 0), until: NINE + HOUR }), 'absent');
  t.strictSame(await untilOf(driver), [NINE + HOUR]);
  t.equal(router.gateway.inForce(LAPTOP), 0);
  router.join(LAPTOP);
  await driver.authorize({ ...order(LAPTOP, 0), until: NINE + HOUR });
  t.equal(router.gateway.inForce(LAPTOP), 1);
  t.equal(router.users.length, 1);
});

t.test('a user that was never logged in is in nobody’s list, and goes with the refusal', async (t) => {
  const { router, driver, order } = await startGateway(t, {
    quirks: { loginRefusal: 'session limit reached' },
  });
  router.join(LAPTOP);
  await fault(t, driver.authorize(order(LAPTOP, 60)), 'busy');
  t.strictSame(router.users, []);
});

t.test('a user that is marked and was never logged in is no session', async (t) => {
  const { router, driver, order } = await startGateway(t);
  router.join(LAPTOP);
  await driver.authorize(order(LAPTOP, 60));
  const [user = {}] = router.users;
  router.gateway.reboot();
  user.comment = `foyer:main:exp=${(NINE + HOUR) / 1000}:at=${NINE / 1000}`;
  t.strictSame(await untilOf(driver), []);
});

t.test('each refusal of a login has its meaning', async (t) => {
  const { router, driver, order } = await startGateway(t);
  router.join(LAPTOP);
  for (const [words, code, advice] of [
    ['session limit reached', 'busy', /licence/],
    ['invalid username or password', 'misconfigured', /http-pap/],
    ['already authorizing, retry later', 'busy', /just logging/],
    ['wrong MAC provided', 'absent', /changed/],
    ['no more sessions are allowed for user x', 'busy', /elsewhere/],
    ['user x has reached traffic limit', 'not-permitted', /volume/],
    ['out of cheese', 'bad-answer', /out of cheese/],
  ] as const) {
    router.quirks.loginRefusal = words;
    t.match((await fault(t, driver.authorize(order(LAPTOP, 60)), code)).message, advice);
  }
});

t.test('who is in by somebody else’s doing is left alone', async (t) => {
  const { router, driver, order, commands } = await startGateway(t);
  router.join(LAPTOP);
  router.admitElsewhere(LAPTOP);
  await fault(t, driver.authorize(order(LAPTOP, 60)), 'absent');
  await driver.deauthorize({ mac: LAPTOP, ips: [] });
  t.strictSame(commands(), []);
  t.equal(router.gateway.inForce(LAPTOP), 1);
  t.strictSame(await untilOf(driver), []);
});

t.test('a user of our name without our comment is not touched', async (t) => {
  const { router, driver, order } = await startGateway(t);
  router.join(LAPTOP);
  const theirs = { '.id': '*F', name: 'foyer-main-02000000000a', server: 'hotspot1', comment: 'mine' };
  router.users.push({ ...theirs });
  await fault(t, driver.authorize(order(LAPTOP, 60)), 'misconfigured');
  await driver.deauthorize({ mac: LAPTOP, ips: [] });
  t.match(router.users, [theirs]);
});

t.test('two gateways on one router keep to their own', async (t) => {
  const { router, driver, order, connect } = await startGateway(t);
  const other = connect('second');
  router.join(LAPTOP);
  router.join(PHONE);
  await driver.authorize(order(LAPTOP, 60));
  await other.authorize(order(PHONE, 60));
  t.match(await driver.sessions?.(), [{ mac: LAPTOP }]);
  t.match(await other.sessions?.(), [{ mac: PHONE }]);
  await driver.deauthorize({ mac: PHONE, ips: [] });
  t.equal(router.gateway.inForce(PHONE), 1);
});

t.test('sending off begins with what could let in again, and ends with what passes', async (t) => {
  const { router, driver, order, commands } = await startGateway(t, { fields: { profile: 'default' } });
  const ip = router.join(LAPTOP);
  router.join(PHONE);
  router.flow(`${ip}:50000`);
  router.flow(`${ip}:50001`, { ends: true });
  router.flow(`${ip}:50002`);
  router.flow(`${ip}1:50000`);
  await driver.authorize(order(LAPTOP, 60));
  t.equal(router.cookies.length, 1, 'a profile with cookies gives one');
  commands();
  await driver.deauthorize({ mac: LAPTOP, ips: [] });
  t.strictSame(
    commands(),
    [
      ...['hotspot/user', 'hotspot/cookie', 'hotspot/active', 'hotspot/host'],
      // One flow had ended by itself, which stopped the first command.
      ...['firewall/connection', 'firewall/connection'],
    ].map((menu) => `POST /ip/${menu}/remove`),
  );
  t.strictSame(router.flows(), [`${ip}1:50000`], 'the flows of others go on');
  t.strictSame(router.cookies, []);
  t.strictSame(router.hostsRemoved, ['02:00:00:00:00:0A']);
});

t.test('a login without its user is ended all the same', async (t) => {
  const { router, driver, order } = await startGateway(t);
  router.join(LAPTOP);
  await driver.authorize(order(LAPTOP, 60));
  router.users.splice(0);
  t.equal(router.gateway.inForce(LAPTOP), 1, 'RouterOS leaves it');
  t.strictSame(await untilOf(driver), [], 'nobody knows until when');
  await driver.deauthorize({ mac: LAPTOP, ips: [] });
  t.equal(router.gateway.inForce(LAPTOP), 0);
});

t.test('of two orders for one device at once the later holds', async (t) => {
  const { router, driver, order } = await startGateway(t);
  router.join(LAPTOP);
  await Promise.all([
    driver.authorize(order(LAPTOP, 60)),
    driver.deauthorize({ mac: LAPTOP, ips: [] }),
    driver.authorize(order(LAPTOP, 30)),
    driver.deauthorize({ mac: LAPTOP, ips: [] }),
  ]);
  t.equal(router.gateway.inForce(LAPTOP), 0);
  t.strictSame(router.users, []);
});
