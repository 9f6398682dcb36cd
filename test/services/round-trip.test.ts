import t from 'tap';
import type { ClientMac } from '../../src/domain/id.js';
import { type Capabilities, type Driver, DriverError } from '../../src/drivers/driver.js';
import { roundTrip, TEST_MAC } from '../../src/services/round-trip.js';
import { NINE } from '../fixtures/runtime.js';

const CAN: Capabilities = {
  mode: '',
  orders: 'told',
  end: '',
  lagSeconds: 0,
  extend: true,
  revoke: true,
  list: true,
  identity: true,
  limits: false,
  remarks: '',
};

/** A gateway whose methods are these, and a log of what was asked of it. */
function gateway(more: Partial<Driver> = {}, can: Partial<Capabilities> = {}) {
  const inside = new Set<ClientMac>();
  const asked: string[] = [];
  const logged =
    <A extends unknown[], R>(name: string, run: (...of: A) => R) =>
    (...of: A): R => {
      asked.push(name);
      return run(...of);
    };
  const driver: Driver = {
    authorize: async ({ mac }) => void inside.add(mac),
    deauthorize: async ({ mac }) => void inside.delete(mac),
    sessions: async () => [...inside].map((mac) => ({ mac })),
    clients: async () => [{ mac: TEST_MAC, ip: '10.0.0.9' }],
    check: async () => ({ ok: true, epoch: '', problems: ['It is called Lobby.'] }),
    close: async () => undefined,
    ...more,
  };
  const watched = Object.fromEntries(
    Object.entries(driver).map(([name, run]) => [name, run && logged(name, run as () => unknown)]),
  ) as unknown as Driver;
  const run = (mac?: ClientMac) =>
    roundTrip({
      driver: watched,
      can: { ...CAN, ...can },
      check: () => watched.check(),
      now: () => NINE,
      ...(mac ? { mac } : {}),
    });
  return { run, asked, inside };
}

const refuse =
  (code: 'absent' | 'not-permitted' | 'unreachable' | 'not-supported', message: string) => async () => {
    throw new DriverError(code, message);
  };
const verdicts = ({ steps }: { steps: { verdict: string }[] }) =>
  steps.map(({ verdict }) => verdict).join(' ');

t.test('a test lets a device in for a minute, sees it, and leaves nothing behind', async (t) => {
  const until: number[] = [];
  const { run, asked, inside } = gateway({
    authorize: async (order) => {
      until.push(order.until);
      inside.add(order.mac);
    },
  });
  const result = await run();
  t.match(result, { ok: true, problems: ['It is called Lobby.'] });
  t.equal(verdicts(result), 'ok ok ok ok ok');
  t.ok(result.steps.every(({ ms }) => Number.isInteger(ms)));
  t.strictSame(asked, ['check', 'clients', 'authorize', 'sessions', 'deauthorize', 'sessions']);
  t.strictSame(until, [NINE + 60_000]);
  t.equal(inside.size, 0);
});

t.test('a gateway that is not there is asked nothing else', async (t) => {
  const { run, asked } = gateway({ check: refuse('unreachable', 'nothing listens there') });
  const result = await run();
  t.match(result, { ok: false, problems: ['nothing listens there'] });
  t.equal(verdicts(result), 'failed skipped skipped skipped skipped');
  t.strictSame(asked, ['check']);
});

t.test(
  'an account that may only look is found out by letting in, and is sent off all the same',
  async (t) => {
    const { run, asked } = gateway({ authorize: refuse('not-permitted', 'the account may only read') });
    const result = await run();
    t.match(result, { ok: false, problems: ['the account may only read', 'It is called Lobby.'] });
    t.equal(verdicts(result), 'ok ok failed skipped ok');
    t.ok(asked.includes('deauthorize'));
  },
);

t.test(
  'a gateway that lets in no stranger is well, and keeps nothing of the one that it was told of',
  async (t) => {
    const waiting = new Set<ClientMac>();
    const { run } = gateway({
      // MikroTik keeps an order for a device that is away until it comes.
      authorize: async ({ mac }) => {
        waiting.add(mac);
        throw new DriverError('absent', 'it is not there');
      },
      deauthorize: async ({ mac }) => void waiting.delete(mac),
    });
    const result = await run();
    t.match(result, { ok: true, problems: ['It is called Lobby.', /device of yours that has \(--mac\)/] });
    t.equal(verdicts(result), 'ok ok skipped skipped ok');
    t.equal(waiting.size, 0);
  },
);

t.test('who cannot be let in from here is not sent off either', async (t) => {
  const { run, asked } = gateway({ authorize: refuse('not-supported', 'it asks') });
  t.equal(verdicts(await run()), 'ok ok skipped skipped skipped');
  t.notOk(asked.includes('deauthorize'));
});

t.test('a gateway that lies about letting in, or about sending off, is caught', async (t) => {
  const deaf = gateway({ authorize: async () => undefined });
  t.equal(verdicts(await deaf.run()), 'ok ok ok failed ok');
  const deafAgain = gateway({ deauthorize: async () => undefined });
  const result = await deafAgain.run();
  t.equal(verdicts(result), 'ok ok ok ok failed');
  t.match(result, { ok: false, problems: [/still lists it/, 'It is called Lobby.'] });
});

t.test('what a gateway cannot is skipped and says why', async (t) => {
  const browser = await gateway({ clients: undefined as never }, { orders: 'browser' }).run();
  t.equal(verdicts(browser), 'ok skipped skipped skipped skipped');
  t.match(browser.steps.at(2)?.says, /own browser carries the word/);
  t.match((await gateway({}, { orders: 'asks' }).run()).steps.at(2)?.says, /asks whom to let in/);
});

t.test('a device of the admin’s own takes the place of the one that nobody has', async (t) => {
  const mine = '02:00:00:00:00:77' as ClientMac;
  const macs: ClientMac[] = [];
  const { run } = gateway({
    authorize: async ({ mac }) => void macs.push(mac),
    sessions: async () => macs.splice(0).map((mac) => ({ mac })),
  });
  t.ok((await run(mine)).ok);
});

t.test('what is no fault of the gateway is not called one', async (t) => {
  const { run } = gateway({
    authorize: async () => {
      throw new TypeError('a bug');
    },
  });
  await t.rejects(run(), TypeError);
});
