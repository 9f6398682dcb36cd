import t from 'tap';
import type { GatewayId } from '../../src/domain/id.js';
import { demo } from '../../src/drivers/demo.js';
import type { DriverKind } from '../../src/drivers/driver.js';
import { buildGuestServer } from '../../src/http/guest-server.js';
import { listen } from '../fixtures/guest.js';
import { DEMO, eventually, SITE, silent, startRuntime } from '../fixtures/runtime.js';

/** A router that needs the portal on a port of its own choice, and says of itself what the test has it say. */
function fussy() {
  const state = { ok: true, problems: ['It is called Lobby.'] };
  const kind: DriverKind = {
    ...demo,
    kind: 'fussy',
    label: 'Fussy',
    connect: (context) => ({
      ...demo.connect({ ...context, fields: {} }),
      check: async () => ({ ...state, epoch: '' }),
    }),
    advice: ({ guestPort }) => (guestPort === 80 ? [] : [`Forward port 80 to ${guestPort}.`]),
  };
  return { kind, state };
}

t.test('the doctor looks at everything that a visit needs', async (t) => {
  const { kind, state } = fussy();
  const runtime = await startRuntime(t, { kinds: new Map([demo, kind].map((one) => [one.kind, one])) });
  const { doctor, registry } = runtime.services;
  const said = async () =>
    Object.fromEntries((await doctor()).map(({ about, level, says }) => [`${level} ${about}`, says]));

  t.match(await said(), {
    'ok Redis': 'private, in ./data',
    'ok clock': /within 0 ms/,
    'wrong guest listener': /Nothing of Foyer answers/,
    'note portal address': /PORTAL_URL is not set/,
    'note gateways': /No router yet/,
  });

  const app = await buildGuestServer(runtime, silent);
  t.teardown(() => app.close());
  const port = await listen(app);
  await registry.put(SITE, 'lobby' as GatewayId, { kind: 'fussy' }, 'test');
  await runtime.start(port);
  // A router that is well takes the demo’s place.
  await eventually(async () => {
    await registry.refresh();
    return registry.healthOf('lobby' as GatewayId) && !registry.get(DEMO);
  });
  t.match(await doctor(), [
    { level: 'ok', about: 'Redis' },
    { level: 'ok', about: 'clock' },
    { level: 'ok', about: 'guest listener', says: `answers on port ${port}` },
    { level: 'note', about: 'portal address' },
    { level: 'ok', about: 'gateway lobby', says: 'Fussy is ready.' },
    { level: 'note', about: 'gateway lobby', says: 'It is called Lobby.' },
    { level: 'note', about: 'gateway lobby', says: `Forward port 80 to ${port}.` },
  ]);

  Object.assign(state, { ok: false, problems: ['The account lacks the hotspot permission.'] });
  await runtime.worker?.roundTrip('lobby' as GatewayId);
  t.match(await said(), { 'wrong gateway lobby': 'The account lacks the hotspot permission.' });
});

t.test(
  'a gateway that could tell its clients by their addresses, and knows no network of guests, is named',
  async (t) => {
    const [can] = demo.capabilities;
    const seeing: DriverKind = { ...demo, kind: 'seeing', capabilities: [{ ...can, identity: true }] };
    const kinds = new Map([demo, seeing].map((one) => [one.kind, one]));
    const runtime = await startRuntime(t, { kinds, started: true });
    const { doctor, registry, testGateway } = runtime.services;
    const id = 'lobby' as GatewayId;
    async function says(input: object): Promise<[string, string]> {
      const made = await registry.put(
        SITE,
        id,
        { kind: 'seeing', trust: 'verify', guestNetworks: [], ...input },
        'test',
      );
      if (made.status !== 'saved') throw new Error(made.status);
      await runtime.worker?.sync();
      const { problems } = await testGateway(made.gateway);
      const found = (await doctor()).filter(
        ({ about, level }) => about === 'gateway lobby' && level === 'note',
      );
      return [problems.join(), found.map(({ says }) => says).join()];
    }
    for (const said of await says({})) t.match(said, /guestNetworks is empty/);
    t.strictSame(await says({ guestNetworks: ['10.20.0.0/16'] }), ['', '']);
    t.strictSame(await says({ trust: 'redirect' }), ['', '']);
  },
);
