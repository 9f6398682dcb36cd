import t, { type Test } from 'tap';
import type { ClientMac, GatewayId } from '../../src/domain/id.js';
import { type ChilliFields, chilli as kind } from '../../src/drivers/chilli/index.js';
import type { DriverKind } from '../../src/drivers/driver.js';
import { startChilli } from '../emulators/chilli.js';
import { PROGRAM_MS, startChilliQuery } from '../emulators/chilli-query.js';
import { testClock } from '../fixtures/runtime.js';
import { driverContract, MAC, OTHER } from './contract.js';

/** Foyer on chilli's own machine: a real program is run, and prints what the daemon's does. */

const UAM_SECRET = 'a-uam-secret-of-some-length';
const SERVER = 'http://10.1.0.1:8080/enter/lobby';
const silent = { info: () => undefined, warn: () => undefined };

const fieldsOf = (chilliQuery: string): ChilliFields => ({
  uamServer: SERVER,
  uamSecret: UAM_SECRET,
  nas: [],
  requireMessageAuthenticator: true,
  disconnectPort: 3799,
  chilliQuery,
});

async function make(t: Test, now: () => number = testClock(), timeoutMs = 5 * PROGRAM_MS) {
  const chilli = await startChilli(t, { uamServer: SERVER, uamSecret: UAM_SECRET, now });
  const query = await startChilliQuery(t, chilli, now);
  const driver = kind.connect({
    ...{ gateway: 'lobby' as GatewayId, fields: fieldsOf(query.path), timeoutMs, now },
    ...{ guestPort: 8080, log: silent },
  });
  t.teardown(driver.close);
  return { now, chilli, query, driver };
}

/** Every client of the suite has an address of chilli. */
async function joined(t: Test) {
  const made = await make(t, Date.now, PROGRAM_MS);
  const { driver, chilli } = made;
  const authorize: typeof driver.authorize = (order) => {
    chilli.join(order.mac);
    return driver.authorize(order);
  };
  return { ...made, driver: { ...driver, authorize } };
}

driverContract(t, {
  name: 'chilli with `chilli_query`',
  kind: kind as DriverKind,
  fields: fieldsOf('/usr/sbin/chilli_query'),
  make: async () => {
    const { driver, now, chilli, query } = await joined(t);
    return {
      driver,
      now,
      gateway: query.misbehaviour,
      // Whoever logs in by RADIUS, or by hand.
      async admitElsewhere(mac) {
        const device = chilli.join(mac);
        Object.assign(device, { username: 'somebody', most: 60 });
        chilli.start(device);
      },
    };
  },
});

const order = (until: number, more: object = {}) => ({ mac: MAC, ips: [], until, limits: {}, ...more });

t.test('a client gets its seconds, its rates and its volume', async (t) => {
  const { driver, chilli, query, now } = await make(t);
  chilli.join(MAC);
  const limits = { upKbps: 1000, downKbps: 5000, quotaMB: 10_000 };
  await driver.authorize(order(now() + 90_500, { limits }));
  t.match(chilli.join(MAC), { most: 91, upBits: 1_000_000, downBits: 5_000_000, octets: 10_000_000_000n });
  t.same(query.asked, [
    `list mac ${MAC}`,
    `authorize mac ${MAC} username foyer maxbwup 1000000 maxbwdown 5000000 maxoctets 10000000000 sessiontimeout 91`,
    `list mac ${MAC}`,
  ]);
});

t.test('a running session is given another end from its beginning, and is not begun anew', async (t) => {
  const clock = testClock();
  const { driver, chilli, query } = await make(t, clock);
  const device = chilli.join(MAC);
  const begin = clock();
  await driver.authorize(order(begin + 60_000));
  clock.advance(40_000);
  await driver.authorize(order(begin + 600_000));
  t.match(device, { most: 600, start: begin });
  t.match(query.asked.at(-2), `update mac ${MAC} username foyer sessiontimeout 600`);
  t.strictSame(await driver.sessions?.(), [{ mac: MAC, until: begin + 600_000 }]);
});

t.test('a client that chilli does not know is absent, though chilli says nothing', async (t) => {
  const { driver, now } = await make(t);
  await t.rejects(driver.authorize(order(now() + 60_000)), { code: 'absent', permanent: false });
});

t.test('who has which address is told, and of two none', async (t) => {
  const { driver, chilli } = await make(t);
  const [one, two] = [chilli.join(MAC), chilli.join(OTHER)];
  t.strictSame(await driver.findClient?.(one.ip), { mac: MAC, ip: one.ip });
  t.equal(await driver.findClient?.('10.1.9.9'), undefined);
  t.equal((await driver.clients?.())?.length, 2);
  two.ip = '0.0.0.0';
  t.strictSame(await driver.clients?.(), [{ mac: MAC, ip: one.ip }], 'one without an address is nobody');
  two.ip = one.ip;
  t.strictSame(await driver.clients?.(), []);
});

t.test('rows that a visitor writes into the list are believed of nobody', async (t) => {
  const { driver, chilli, now } = await make(t);
  const victim = chilli.join(MAC);
  const attacker = chilli.join('02:00:00:00:aa:09' as ClientMac);
  const absent = '02-00-00-00-AA-08';
  const row = (mac: string, ip: string) =>
    `${mac} ${ip} pass 65a0000000000009 1 foyer 0/999999 0/0 0/0 0/0 0 0 0/0 0/0 -`;
  attacker.userurl = `http://x/\n${row('02-00-00-00-AA-01', attacker.ip)}\n${row(absent, attacker.ip)}`;
  attacker.username = `x\n${row('02-00-00-00-AA-01', attacker.ip)}`;
  t.equal((await driver.sessions?.())?.length, 0, 'nobody passes');
  t.strictSame(await driver.sessions?.(), [], 'nobody passes');
  t.strictSame(await driver.findClient?.(attacker.ip), { mac: attacker.mac, ip: attacker.ip });
  t.same(
    (await driver.clients?.())?.map(({ mac, ip }) => `${mac} ${ip}`),
    [`${MAC} ${victim.ip}`, `${attacker.mac} ${attacker.ip}`],
  );
  await driver.authorize(order(now() + 60_000));
  t.strictSame(await driver.sessions?.(), [{ mac: MAC, until: now() + 60_000 }], 'the true row counts');
});

t.test('a name with blanks and numbers is nobody of ours', async (t) => {
  const { driver, chilli } = await make(t);
  const device = chilli.join(MAC);
  Object.assign(device, { username: 'a foyer 5/5 0/0', most: 60 });
  chilli.start(device);
  t.strictSame(await driver.sessions?.(), []);
});

t.test('a program that is not there, or may not, says so', async (t) => {
  const connect = (chilliQuery: string) =>
    kind.connect({
      ...{ gateway: 'lobby' as GatewayId, fields: fieldsOf(chilliQuery), now: testClock() },
      ...{ guestPort: 8080, log: silent },
    });
  await t.rejects(connect('/nowhere/chilli_query').check(), { code: 'misconfigured' });
  const { createChilli } = await import('../../src/drivers/chilli/index.js');
  const answers = (stderr: string, stdout = '', code = 1) =>
    createChilli({ run: async () => ({ code, stdout, stderr }) }).connect({
      ...{ gateway: 'lobby' as GatewayId, fields: fieldsOf('/x/chilli_query'), now: testClock() },
      ...{ guestPort: 8080, log: silent },
    });
  for (const [stderr, code] of [
    ['connect: Permission denied\n', 'not-permitted'],
    ['connect: Connection refused\n', 'unreachable'],
    ['no cmdsock sockets: /var/run/chilli*.sock\n', 'unreachable'],
    ['Timeout\n', 'unreachable'],
    ['Usage: chilli_query\n', 'bad-answer'],
  ] as const)
    await t.rejects(answers(stderr).check(), { code }, stderr.trim());
  const two = '\nQuerying socket /var/run/chilli.eth1.sock\n';
  await t.rejects(answers('', two, 0).check(), { code: 'misconfigured', message: /More than one chilli/ });
});

t.test('the epoch is another one after chilli was away', async (t) => {
  const { driver, query } = await make(t);
  const before = (await driver.check()).epoch;
  await query.misbehaviour.down();
  await t.rejects(driver.check(), { code: 'unreachable' });
  await query.misbehaviour.up();
  t.not((await driver.check()).epoch, before);
});

t.test('the path of the control program is of no other program', async (t) => {
  const allowed = new RegExp((kind.fields.properties.chilliQuery as { pattern?: string }).pattern ?? '(?!)');
  for (const path of ['/usr/sbin/chilli_query', '/chilli_query', '/opt/a-b/chilli_query'])
    t.match(path, allowed);
  for (const path of [
    'chilli_query',
    '/bin/sh',
    '/usr/bin/chilli_query2',
    '/usr/bin/xchilli_query',
    '/a b/chilli_query',
  ])
    t.notMatch(path, allowed);
});
