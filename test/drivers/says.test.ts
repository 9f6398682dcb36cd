import t from 'tap';
import type { ClientMac, GatewayId } from '../../src/domain/id.js';
import { capabilitiesOf, type DriverKind } from '../../src/drivers/driver.js';
import { capabilityRows, drivers } from '../../src/drivers/index.js';
import { device, GUEST_ONLY, startGuest } from '../fixtures/guest.js';
import { SITE } from '../fixtures/runtime.js';

type Fields = Record<string, unknown>;

const URL = { url: 'https://192.0.2.1' };
const ASKS = { nas: ['192.0.2.1'], secret: 'a-secret-of-the-router' };
const UAM = { ...ASKS, uamServer: 'http://192.0.2.9/enter/x', uamSecret: 'shared-with-chilli' };
const NDS = { faskey: 'a-key-of-the-router-0123' };

/** For each kind a gateway of every sort that it has a row for. */
const GATEWAYS: Record<string, Fields[]> = {
  demo: [{}],
  nftables: [{ interface: 'foyer-none0' }],
  opennds: [
    { ...NDS, ndsctl: '/usr/bin/ndsctl' },
    NDS,
    { ...NDS, binauth: false },
    { ...NDS, level: 3 },
    { ...NDS, level: 4 },
  ],
  unifi: [
    { ...URL, username: 'foyer', password: 'x' },
    { ...URL, apiKey: 'x' },
  ],
  omada: [
    { ...URL, siteId: 'a'.repeat(24), username: 'op', password: 'x' },
    { ...URL, siteId: 'a'.repeat(24), username: 'op', password: 'x', clientId: 'app', clientSecret: 'y' },
  ],
  mikrotik: [{ ...URL, username: 'foyer', password: 'x' }],
  opnsense: [{ ...URL, apiKey: 'x', apiSecret: 'y' }],
  chilli: [{ ...UAM, chilliQuery: '/usr/sbin/chilli_query' }, UAM, { ...UAM, disconnectPort: 0 }],
  radius: [ASKS, { ...ASKS, disconnectPort: 0 }],
  postback: [
    { ...ASKS, profile: 'cisco' },
    { ...ASKS, profile: 'pfsense' },
    { ...ASKS, profile: 'cisco', disconnectPort: 0 },
  ],
  meraki: [{ accept: 'does not enforce the PIN', apiKey: 'x', networkId: 'N_1', ssid: 0 }],
  ruckus: [
    { ...URL, password: 'x' },
    { ...URL, password: 'x', controller: 'ruckus-one' },
  ],
};

t.test('there is a gateway here of every kind and mode', async (t) => {
  t.same(Object.keys(GATEWAYS).sort(), [...drivers.keys()].sort());
  for (const [name, all] of Object.entries(GATEWAYS)) {
    const kind = drivers.get(name) as DriverKind;
    const modes = new Set(all.map((fields) => capabilitiesOf(kind, withDefaults(kind, fields)).mode));
    t.same([...modes].sort(), kind.capabilities.map(({ mode }) => mode).sort(), name);
  }
});

function withDefaults(kind: DriverKind, fields: Fields): Fields {
  const presets = Object.entries(kind.fields.properties).flatMap(([name, schema]) => {
    const { default: preset } = schema as { default?: unknown };
    return preset === undefined ? [] : [[name, preset]];
  });
  return { ...Object.fromEntries(presets), ...fields };
}

t.test(
  'what a gateway cannot, its row, the API and the page say alike, and whoever ends a visit is told',
  async (t) => {
    const { runtime, app, visit } = await startGuest(t, GUEST_ONLY);
    const { registry, visits, staying } = runtime.services;
    const [heading = [], ...rows] = capabilityRows();
    const column = (row: string[] | undefined, name: string) => row?.[heading.indexOf(name)];
    let n = 0;
    for (const [name, all] of Object.entries(GATEWAYS)) {
      for (const fields of all) {
        n++;
        const id = `g${n}` as GatewayId;
        const place = 'nas' in fields ? { nas: [`192.0.2.${n}`] } : {};
        const common = { kind: name, trust: 'redirect', guestNetworks: [`127.9.${n}.0/24`], ...place };
        const made = await registry.put(SITE, id, { ...fields, ...common }, 'test');
        if (made.status !== 'saved') throw new Error(`${name}: ${JSON.stringify(made)}`);
        const { gateway } = made;
        const can = capabilitiesOf(drivers.get(name) as DriverKind, gateway.fields);
        const title = `${name} ${can.mode}`;
        t.ok(
          registry.describe(gateway).remarks.includes(can.remarks),
          `${title}: the API and the command line give its remarks`,
        );
        const row = rows.find((cells) => cells.at(-1) === can.remarks);
        t.equal(column(row, 'Revoke'), can.revoke ? 'yes' : 'no', `${title}: row`);
        t.equal(column(row, 'List'), can.list ? 'yes' : 'no', `${title}: row`);
        if (!can.revoke)
          t.match(
            `${can.remarks} ${can.end}`,
            /stays on|sent off|whatever was decided/,
            `${title}: says that it stays`,
          );

        const mac = `02:00:00:00:60:${n.toString(16).padStart(2, '0')}` as ClientMac;
        const address = `127.9.${n}.1`;
        await runtime.stores.clients.note(SITE, id, address, mac, runtime.time());
        const { id: visitId } = await visit();
        t.match(await visits.admitDevice(SITE, visitId, id, mac, 'test'), { status: 'granted' }, title);
        const access = await runtime.stores.grants.access(SITE, id, mac);
        if (!access) throw new Error('no access');
        await runtime.stores.commands.settle(SITE, id, access, { done: true }, runtime.time());
        const page = await device(app, mac, address).get('/status');
        t.equal(page.state, 'connected', title);
        t.equal(
          page.body.includes('action="/leave"'),
          can.revoke,
          `${title}: the page offers to leave only where that works`,
        );
        await visits.cancel(SITE, visitId, 'test');
        t.equal(
          (await staying(SITE, visitId)).length,
          can.revoke ? 0 : 1,
          `${title}: whoever cancels is told`,
        );
      }
    }
  },
);

t.test('a gateway at which nothing confirms a MAC is not taken before the admin has said so', async (t) => {
  const { runtime } = await startGuest(t, GUEST_ONLY);
  const { registry } = runtime.services;
  for (const [name, all] of Object.entries(GATEWAYS)) {
    const kind = drivers.get(name) as DriverKind;
    for (const [i, fields] of all.entries()) {
      const { forgeable, mode } = capabilitiesOf(kind, withDefaults(kind, fields));
      if (kind.defaults.trust === 'redirect') continue;
      const place = 'nas' in fields ? { nas: [`198.51.100.${i}`] } : {};
      const id = `v${i}-${name}` as GatewayId;
      const made = await registry.put(SITE, id, { ...fields, kind: name, ...place }, 'test');
      if (!forgeable) t.equal(made.status, 'saved', `${name} ${mode}`);
      else
        t.match(
          made,
          { status: 'invalid', problems: [{ field: 'trust', message: /a MAC can be forged/ }] },
          `${name} ${mode}`,
        );
    }
  }
});
