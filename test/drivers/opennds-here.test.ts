import t from 'tap';
import type { ClientMac, GatewayId } from '../../src/domain/id.js';
import { createOpenNds, opennds } from '../../src/drivers/opennds/index.js';

/** Foyer on the router: an `ndsctl` that tells how it was called, and lists what the test wants. */

const MAC = '02:00:00:00:00:01' as ClientMac;
const NINE = Date.UTC(2026, 10, 23, 9);
const ORDER = { mac: MAC, ips: [], until: NINE + 60_000, limits: {} };

interface Row {
  mac: string;
  ip: string;
  state?: string;
}

function start(rows: Row[], answers: (words: readonly string[]) => number | undefined = () => undefined) {
  const calls: string[] = [];
  const list = rows.map(({ mac, ip, state = 'Preauthenticated' }) => ({
    ...{ mac, ip, state, clientif: 'br0', custom: '', session_end: 'null' },
  }));
  const run = async (_program: string, words: readonly string[]) => {
    calls.push(words.slice(0, 2).join(' '));
    await new Promise((resolve) => setTimeout(resolve, 5));
    const [what, mac] = words;
    const one = list.find((row) => row.mac === mac);
    const clients = Object.fromEntries(list.map((row, n) => [n, row]));
    const stdout = what === 'json' ? JSON.stringify(mac ? (one ?? {}) : { clients }) : '';
    return { code: answers(words) ?? 0, stdout, stderr: '' };
  };
  const driver = createOpenNds({ run }).connect({
    gateway: 'lobby' as GatewayId,
    fields: { faskey: 'faskey1', level: 1, binauth: true, ndsctl: '/usr/bin/ndsctl' },
    now: () => NINE,
    guestPort: 8080,
    log: { info: () => undefined, warn: () => undefined },
  });
  return { driver, calls };
}

t.test('addresses that nobody has are looked for together, and orders go before them', async (t) => {
  const { driver, calls } = start([{ mac: MAC, ip: '10.0.0.2' }]);
  const found = Array.from({ length: 50 }, (_, n) => driver.findClient?.(`10.0.0.${n}`));
  await driver.authorize(ORDER);
  t.same(calls.slice(0, 2), [`json ${MAC}`, `auth ${MAC}`]);
  t.match((await Promise.all(found))[2], { mac: MAC });
  t.ok(calls.filter((call) => call === 'json').length <= 2, calls.join());

  const [first, second] = [driver.clients?.(), driver.clients?.()];
  t.same(await first, await second);
});

t.test('a listing that fails fails for all that share it, and the next one is asked anew', async (t) => {
  let code = 1;
  const { driver } = start([{ mac: MAC, ip: '10.0.0.2' }], ([what]) => (what === 'json' ? code : 0));
  const both = await Promise.allSettled([driver.clients?.(), driver.findClient?.('10.0.0.2')]);
  for (const one of both) t.match(one, { status: 'rejected', reason: { code: 'bad-answer' } });
  code = 0;
  t.match(await driver.findClient?.('10.0.0.2'), { mac: MAC });
});

t.test('an address that two clients have stands for neither', async (t) => {
  const { driver } = start([
    { mac: MAC, ip: '10.0.0.2' },
    { mac: '02:00:00:00:00:02', ip: '10.0.0.2' },
    { mac: '02:00:00:00:00:03', ip: '10.0.0.3' },
  ]);
  t.same(await driver.clients?.(), [{ mac: '02:00:00:00:00:03', ip: '10.0.0.3' }]);
  t.equal(await driver.findClient?.('10.0.0.2'), undefined);
});

t.test('a client that still passes after it was to be ended is a fault', async (t) => {
  const refuses = ([what]: readonly string[]) => (what === 'deauth' ? 1 : 0);
  const { driver } = start([{ mac: MAC, ip: '10.0.0.2', state: 'Authenticated' }], refuses);
  await t.rejects(driver.deauthorize({ mac: MAC, ips: [] }), { code: 'bad-answer', message: /still passes/ });
  const gone = start([{ mac: MAC, ip: '10.0.0.2' }], refuses);
  await gone.driver.deauthorize({ mac: MAC, ips: [] });
  t.notOk(
    gone.calls.some((call) => call.startsWith('deauth')),
    'one that does not pass keeps its place',
  );
});

t.test('the path of the control program is of no other program', async (t) => {
  const allowed = new RegExp((opennds.fields.properties.ndsctl as { pattern?: string }).pattern ?? '(?!)');
  for (const path of ['/usr/bin/ndsctl', '/ndsctl', '/opt/a-b/ndsctl']) t.match(path, allowed);
  for (const path of ['ndsctl', '/bin/sh', '/usr/bin/ndsctl2', '/usr/bin/xndsctl', '//ndsctl', '/a b/ndsctl'])
    t.notMatch(path, allowed);
});
