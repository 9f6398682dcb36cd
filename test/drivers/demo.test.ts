import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { GatewayId } from '../../src/domain/id.js';
import { demo } from '../../src/drivers/demo.js';
import { capabilityRows, drivers } from '../../src/drivers/index.js';
import { driverContract } from './contract.js';

const context = {
  gateway: 'demo' as GatewayId,
  fields: {},
  now: () => Date.now(),
  guestPort: 8080,
  log: { info: () => undefined, warn: () => undefined },
};

driverContract(t, {
  name: 'demo',
  kind: demo,
  make: async () => ({ driver: demo.connect(context), now: context.now }),
});

t.test('demo begins a new epoch whenever it is connected, since its records are gone', async (t) => {
  const epochs = await Promise.all([1, 2].map(async () => (await demo.connect(context).check()).epoch));
  t.not(epochs[0], epochs[1]);
});

t.test('demo reads mac, ip and url, and nothing without a good MAC', async (t) => {
  t.strictSame(
    demo.parseRedirect({ mac: '02-00-00-00-00-1A', ip: '192.0.2.1', url: 'http://a.example/' }, {}, ''),
    {
      mac: '02:00:00:00:00:1a',
      ip: '192.0.2.1',
      url: 'http://a.example/',
      keyed: false,
    },
  );
  t.strictSame(demo.parseRedirect({ mac: '020000000010' }, {}, ''), {
    mac: '02:00:00:00:00:10',
    keyed: false,
  });
  for (const query of [
    {},
    { mac: '' },
    { mac: 'x' },
    { mac: 'ff:ff:ff:ff:ff:ff' },
    { mac: '020000000010', ip: '1.2.3' },
  ]) {
    t.equal(demo.parseRedirect(query as Record<string, string>, {}, ''), undefined, JSON.stringify(query));
  }
});

t.test('every kind is found by its name and has its rows in the table of capabilities', async (t) => {
  const [heading, ...rows] = capabilityRows();
  const folders = readdirSync(join(import.meta.dirname, '../../src/drivers'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  t.strictSame([...drivers.keys()].sort(), ['demo', ...folders].sort());
  const modes = [...drivers.values()].flatMap(({ capabilities }) => capabilities);
  t.equal(rows.length, modes.length);
  for (const row of rows) t.equal(row.length, heading?.length);
  t.equal(drivers.get('nftables')?.kind, 'nftables');
  t.equal(drivers.get('fax'), undefined);
});
