import t from 'tap';
import type { ClientMac } from '../../src/domain/id.js';
import { createApi } from '../../src/drivers/mikrotik/api.js';
import { LAPTOP, PHONE, startGateway } from '../emulators/mikrotik-gateway.js';
import { HOUR, MINUTE, NINE } from '../fixtures/runtime.js';

const refused = (code: string) => ({ code, name: /Refusal|DriverError/ });

t.test('a volume is held by the router, and what was used stays used over a new login', async (t) => {
  const { router, driver, order, time } = await startGateway(t, { fields: { profile: 'default' } });
  router.join(PHONE);
  await driver.authorize(order(PHONE, 60, { quotaMB: 500 }));
  t.equal(router.users[0]?.['limit-bytes-total'], '500000000');
  const [user] = router.users;
  if (user) user['bytes-in'] = '500000001';
  router.sleep(PHONE);
  time.advance(3 * MINUTE);
  router.join(PHONE);
  await t.rejects(driver.authorize(order(PHONE, 60, { quotaMB: 500 })), refused('not-permitted'));
  t.equal(router.users[0]?.['bytes-in'], '500000001');
  await driver.authorize(order(PHONE, 60, { quotaMB: 900 }));
  t.equal(router.gateway.inForce(PHONE), 1, 'a greater volume lets it in');
  await driver.authorize(order(PHONE, 60));
  t.equal(router.users[0]?.['limit-bytes-total'], '0', 'and none at all is no limit');
});

t.test('rates are a profile of ours, made once, like the one that the gateway has', async (t) => {
  const { router, driver, order, commands } = await startGateway(t);
  router.join(LAPTOP);
  router.join(PHONE);
  const limits = { upKbps: 2048, downKbps: 8192 };
  await Promise.all([
    driver.authorize(order(LAPTOP, 60, limits)),
    driver.authorize(order(PHONE, 60, limits)),
  ]);
  t.strictSame(
    router.profiles.filter(({ name }) => name === 'foyer-2048k-8192k').map(({ '.id': _, ...row }) => row),
    [
      {
        name: 'foyer-2048k-8192k',
        'rate-limit': '2048k/8192k',
        'shared-users': '1',
        'add-mac-cookie': 'false',
        'address-list': 'guests',
      },
    ],
  );
  t.strictSame(
    router.users.map(({ profile }) => profile),
    ['foyer-2048k-8192k', 'foyer-2048k-8192k'],
  );
  commands();
  await driver.authorize(order(LAPTOP, 60));
  t.match(commands().join(), 'active/remove', 'a rate changes by a new login');
  t.match(router.active(), [{ _profile: 'foyer-2048k-8192k' }, { _profile: 'foyer' }]);
});

t.test('a rate without the profile that it is made after is a fault with advice', async (t) => {
  const { router, driver, order } = await startGateway(t, { fields: { profile: 'lost' } });
  router.join(LAPTOP);
  await t.rejects(driver.authorize(order(LAPTOP, 60, { upKbps: 64 })), {
    ...refused('misconfigured'),
    message: /profile lost/,
  });
  await t.rejects(driver.authorize(order(LAPTOP, 60)), refused('misconfigured'));
  t.strictSame(router.users, []);
});

t.test('where the router refuses logins, a binding lets in, if it may', async (t) => {
  const quirks = { loginRefusal: 'session limit reached' };
  const { router, driver, order, time, connect, commands } = await startGateway(t, { quirks });
  const ip = router.join(LAPTOP);
  await t.rejects(driver.authorize(order(LAPTOP, 60)), refused('busy'));
  t.strictSame(router.bindings, []);
  const may = connect('main', { binding: true });
  await may.authorize(order(LAPTOP, 60));
  t.match(router.bindings, [
    {
      'mac-address': '02:00:00:00:00:0A',
      type: 'bypassed',
      comment: `foyer:main:exp=${(NINE + HOUR) / 1000}:at=${NINE / 1000}`,
    },
  ]);
  t.strictSame(router.hostsRemoved, ['02:00:00:00:00:0A'], 'the router looks anew');
  t.strictSame(router.users, []);
  await may.authorize(order(LAPTOP, 30));
  t.equal(router.hostsRemoved.length, 1, 'another end without a break');
  t.strictSame(await may.sessions?.(), [{ mac: LAPTOP, until: NINE + 30 * MINUTE }]);
  time.advance(HOUR);
  t.match(await may.sessions?.(), [{ mac: LAPTOP }], 'the router does not end it, so it is listed');
  router.flow(`${ip}:50000`);
  commands();
  // Also once the field is off again.
  await driver.deauthorize({ mac: LAPTOP, ips: [] });
  t.strictSame(router.bindings, []);
  t.strictSame(router.flows(), []);
  t.match(commands(), [/ip-binding\/remove$/, /host\/remove$/, /connection\/remove$/]);
});

t.test('a binding is made for a device that is not there, and not for a visit with limits', async (t) => {
  const { router, driver, order } = await startGateway(t, { fields: { binding: true } });
  await driver.authorize(order(LAPTOP, 60));
  t.equal(router.bindings.length, 1);
  t.strictSame(router.users, []);
  await t.rejects(driver.authorize(order(PHONE, 60, { quotaMB: 1 })), refused('absent'));
  t.equal(router.bindings.length, 1);
  router.join(LAPTOP);
  await driver.authorize(order(LAPTOP, 60, { quotaMB: 1 }));
  t.strictSame(router.bindings, [], 'with a limit it is a login from now on');
  t.equal(router.active().length, 1);
});

t.test('who is logged in by somebody else’s user gets no binding either', async (t) => {
  const { router, driver, order } = await startGateway(t, { fields: { binding: true } });
  router.join(LAPTOP);
  router.admitElsewhere(LAPTOP);
  await t.rejects(driver.authorize(order(LAPTOP, 60)), refused('absent'));
  t.strictSame(router.bindings, []);
  t.strictSame(router.hostsRemoved, []);
});

t.test('a binding of somebody else stays', async (t) => {
  const { router, driver } = await startGateway(t);
  const theirs = { '.id': '*9', 'mac-address': '02:00:00:00:00:0A', type: 'bypassed', comment: 'printer' };
  router.bindings.push(theirs);
  router.join(LAPTOP);
  await driver.deauthorize({ mac: LAPTOP, ips: [] });
  t.strictSame(router.bindings, [theirs]);
  t.strictSame(await driver.sessions?.(), []);
});

t.test('the client table has the address that the hotspot gives, and nobody who shares one', async (t) => {
  const { router, driver } = await startGateway(t);
  router.join(LAPTOP, { address: '192.168.1.50', toAddress: '10.5.50.7' });
  router.join(PHONE, { address: '10.5.50.8', toAddress: '10.5.50.8' });
  t.strictSame(await driver.clients?.(), [
    { mac: LAPTOP, ip: '10.5.50.7' },
    { mac: PHONE, ip: '10.5.50.8' },
  ]);
  t.strictSame(await driver.findClient?.('10.5.50.7'), { mac: LAPTOP, ip: '10.5.50.7' });
  t.equal(await driver.findClient?.('192.168.1.50'), undefined);
  t.equal(await driver.findClient?.('10.5.50.9'), undefined);
  const twin = '02:00:00:00:00:0c' as ClientMac;
  router.join(twin, { address: '10.5.50.8', toAddress: '10.5.50.8' });
  t.equal(await driver.findClient?.('10.5.50.8'), undefined);
  t.strictSame(await driver.clients?.(), [{ mac: LAPTOP, ip: '10.5.50.7' }]);
});

for (const loginBy of ['address', 'to-address'] as const) {
  t.test(`a translated device is logged in where the router wants its ${loginBy}`, async (t) => {
    const { router, driver, order } = await startGateway(t, { quirks: { loginBy } });
    router.join(LAPTOP, { address: '192.168.1.50', toAddress: '10.5.50.7' });
    await driver.authorize(order(LAPTOP, 60));
    t.equal(router.gateway.inForce(LAPTOP), 1);
  });
}

t.test('of two addresses the known one counts, else the one that was used last', async (t) => {
  const { router, driver, order, time } = await startGateway(t);
  const row = (address: string, idle: string) => ({
    '.id': `*${address}`,
    'mac-address': '02:00:00:00:00:0A',
    address,
    'to-address': address,
    server: 'hotspot1',
    'idle-time': idle,
  });
  router.join(LAPTOP);
  router.sleep(LAPTOP);
  router.moreHosts.push(row('10.5.50.7', '9m'), row('10.5.50.8', '3s'), row('10.5.50.9', '1h'));
  await driver.authorize({ ...order(LAPTOP, 60), ips: ['10.5.50.9'] });
  t.match(router.active(), [{ address: '10.5.50.9' }]);
  await driver.deauthorize({ mac: LAPTOP, ips: [] });
  time.advance(20 * MINUTE);
  await driver.authorize(order(LAPTOP, 60));
  t.match(router.active(), [{ address: '10.5.50.8' }]);
});

t.test('a router that takes its time over each call is not given up by many orders', async (t) => {
  const { router, connect, order } = await startGateway(t, { quirks: { takesMs: 50, silent: true } });
  const driver = connect('main', {}, 500);
  const macs = Array.from(
    { length: 120 },
    (_, n) => `02:00:00:00:dd:${n.toString(16).padStart(2, '0')}` as ClientMac,
  );
  for (const mac of macs) router.join(mac);
  await Promise.all(macs.map((mac) => driver.authorize(order(mac, 60))));
  t.equal(router.active().length, macs.length);
  await driver.deauthorize({ mac: macs[0] as ClientMac, ips: [] });
  t.equal(router.active().length, macs.length - 1, 'and an answer without a word is one');
});

t.test('a gateway of one hotspot knows nothing of the devices of another', async (t) => {
  const { router, driver, order } = await startGateway(t, { fields: { hotspot: 'hotspot1' } });
  router.servers.push({ '.id': '*2', name: 'hotspot2', interface: 'bridge2', profile: 'hsprof1' });
  router.join(LAPTOP, { server: 'hotspot2' });
  router.join(PHONE);
  t.match(await driver.clients?.(), [{ mac: PHONE }]);
  await t.rejects(driver.authorize(order(LAPTOP, 60)), refused('absent'));
  await driver.authorize(order(PHONE, 60));
  t.match(
    router.users.map(({ server }) => server),
    ['hotspot1', 'hotspot1'],
  );
});

t.test('without a named hotspot the device’s own counts', async (t) => {
  const { router, driver, order } = await startGateway(t);
  router.servers.push({ '.id': '*2', name: 'hotspot2', interface: 'bridge2', profile: 'hsprof1' });
  router.join(LAPTOP, { server: 'hotspot2' });
  await driver.authorize(order(LAPTOP, 60));
  t.match(router.active(), [{ server: 'hotspot2' }]);
  t.match(router.users, [{ server: 'hotspot2' }]);
});

t.test('many orders share their readings', async (t) => {
  const { router, driver, order } = await startGateway(t);
  const macs = Array.from(
    { length: 60 },
    (_, n) => `02:00:00:00:cc:${n.toString(16).padStart(2, '0')}` as ClientMac,
  );
  for (const mac of macs) router.join(mac);
  await Promise.all(macs.map((mac) => driver.authorize(order(mac, 60))));
  const prints = (menu: string) =>
    router.asked.filter(({ path }) => path === `/rest/ip/hotspot/${menu}/print`);
  t.equal(prints('host').length, 1);
  t.equal(prints('user').length, 1);
  t.ok(prints('active').length < 40, `${prints('active').length} readings of the logins`);
  router.asked.splice(0);
  await driver.authorize(order(macs[0] as ClientMac, 90));
  t.match(prints('host')[0]?.json, { '.query': ['mac-address=02:00:00:00:CC:00'] }, 'one alone is asked for');
});

t.test('no id stands in a path, and what is gone is removed', async (t) => {
  const { router } = await startGateway(t);
  const api = createApi({ url: router.url, ...router.credential });
  t.teardown(api.close);
  await api.remove('/ip/hotspot/user', '*DEAD');
  await t.rejects(api.set('/ip/hotspot/user', '*DEAD', { comment: 'x' }), refused('bad-answer'));
  t.strictSame(
    router.asked.map(({ method, path }) => `${method} ${path}`),
    ['POST /rest/ip/hotspot/user/remove', 'POST /rest/ip/hotspot/user/set'],
  );
});

t.test('a login that is refused, and a group without a policy, are told apart', async (t) => {
  const { router, driver, order } = await startGateway(t);
  router.join(LAPTOP);
  router.quirks.write = false;
  await t.rejects(driver.authorize(order(LAPTOP, 60)), {
    ...refused('not-permitted'),
    message: /read, write and rest-api/,
  });
  router.quirks.wrongSource = true;
  await t.rejects(driver.authorize(order(LAPTOP, 60)), {
    ...refused('login-refused'),
    message: /address=/,
  });
});
