import t from 'tap';
import type { ClientMac, GatewayId } from '../../src/domain/id.js';
import { GRANT_URL, KEY, SSID as MERAKI_SSID, NETWORK, startMeraki } from '../emulators/meraki.js';
import { OPERATOR, SITE_ID, startOmada } from '../emulators/omada.js';
import { PASSWORD, startRuckus } from '../emulators/ruckus.js';
import { startUnifi } from '../emulators/unifi.js';
import { startGuest, type TestGuest } from '../fixtures/guest.js';
import { eventually, HOUR, MINUTE, NINE, SITE } from '../fixtures/runtime.js';

const PHONE = '02:00:00:00:40:01' as ClientMac;
const STRANGER = '02:00:00:00:40:02' as ClientMac;
const LOBBY = 'lobby' as GatewayId;

async function configure({ runtime }: TestGuest, id: GatewayId, input: Record<string, unknown>) {
  const made = await runtime.services.registry.put(SITE, id, input, 'test');
  if (made.status !== 'saved') throw new Error(JSON.stringify(made));
  await runtime.worker?.sync();
  await eventually(async () => {
    await runtime.services.registry.refresh();
    return runtime.worker?.holds(id) && runtime.services.registry.healthOf(id)?.ok;
  });
}

t.test(
  'UniFi: redirected to its fixed path, let in by way of the access point, sent off to the second',
  async (t) => {
    const guest = await startGuest(t);
    const { runtime } = guest;
    const { router, ...console_ } = await startUnifi(t, { flavour: 'os', now: runtime.time });
    const fields = {
      url: router.url,
      username: 'foyer',
      password: 'secret',
      guestNetworks: ['127.0.20.0/24'],
    };
    await configure(guest, LOBBY, { kind: 'unifi', ...fields });
    console_.join(PHONE, '127.0.20.1');

    const phone = guest.device(PHONE, '127.0.20.1');
    const redirect = (ap: string) =>
      `/guest/s/default/?ap=${ap}&id=${PHONE}&t=1770000000&url=http://captive.apple.com%2F&ssid=Guests`;
    t.equal((await phone.get(redirect('f0:9f:c2:00:00:02'))).state, 'pin');
    const { pin, id } = await guest.visit();
    await phone.type(pin);
    t.equal((await phone.follow()).state, 'connected');
    t.match(console_.rows(), [{ mac: PHONE, ap_mac: 'f0:9f:c2:00:00:02' }]);
    const visit = await runtime.services.visits.find(SITE, id);
    const story = visit ? await runtime.services.visitTimeline(SITE, visit) : [];
    t.match(story.map(({ text }) => text).join('\n'), /^Online at gateway "lobby", access point AP 3 until/m);
    t.equal(
      (await guest.device(STRANGER, '127.0.20.1').get(redirect('f0:9f:c2:00:00:02').replace(PHONE, STRANGER)))
        .state,
      'unknown-client',
    );

    // Roamed, and not let in there yet: the other access point is told.
    runtime.time.advance(10_000);
    t.equal((await phone.get(redirect('f0:9f:c2:00:00:09'))).state, 'connecting');
    await eventually(() => console_.rows().some(({ ap_mac }) => ap_mac === 'f0:9f:c2:00:00:09'));

    await runtime.services.visits.change(SITE, id, { durationMinutes: 30 }, 'test');
    runtime.time.set(NINE + 30 * MINUTE);
    await eventually(() => console_.misbehaviour.inForce(PHONE) === 0);
  },
);

t.test('two UniFi consoles with sites of one name are told apart by their access points', async (t) => {
  const guest = await startGuest(t);
  const { runtime } = guest;
  const fields = { username: 'foyer', password: 'secret', trust: 'redirect' };
  const ids = ['east', 'west'] as GatewayId[];
  for (const id of ids) {
    const { router } = await startUnifi(t, { flavour: 'classic', now: runtime.time });
    await configure(guest, id, { kind: 'unifi', url: router.url, ...fields });
  }
  const { registry } = runtime.services;
  const ap = 'f0:9f:c2:00:00:02' as ClientMac;
  t.equal(registry.ofUnifiSite('default', ap)?.id, 'east', 'both have it here');
  const health = (await runtime.stores.gateways.health(SITE)).get('west' as GatewayId);
  if (!health) throw new Error('no health');
  const other = 'f0:9f:c2:00:01:02' as ClientMac;
  await runtime.stores.gateways.putHealth(SITE, 'west' as GatewayId, {
    ...health,
    accessPoints: [{ mac: other }],
  });
  await registry.refresh();
  t.equal(registry.ofUnifiSite('default', other)?.id, 'west');
  t.equal(registry.ofUnifiSite('default', STRANGER), undefined, 'an access point of neither');
  t.equal((await guest.device(PHONE).get(`/guest/s/default/?ap=${STRANGER}&id=${PHONE}`)).status, 404);
  t.equal((await guest.device(PHONE).get(`/guest/s/elsewhere/?ap=${ap}&id=${PHONE}`)).status, 404);
});

t.test('Omada: what the redirect said of radio and access point goes back with the order', async (t) => {
  const guest = await startGuest(t);
  const { runtime } = guest;
  const omada = await startOmada(t, runtime.time);
  const fields = { url: omada.router.url, ...OPERATOR, siteId: SITE_ID, trust: 'redirect' };
  await configure(guest, LOBBY, { kind: 'omada', ...fields });
  omada.meet(PHONE);
  const phone = guest.device(PHONE);
  t.equal((await phone.get(`/enter/lobby?${new URLSearchParams(omada.redirectOf(PHONE))}`)).state, 'pin');
  const { pin, id } = await guest.visit();
  await phone.type(pin);
  t.equal((await phone.follow()).state, 'connected');
  t.ok(omada.passes(PHONE));
  await runtime.services.visits.cancel(SITE, id, 'test');
  await eventually(() => !omada.passes(PHONE));
});

t.test('Meraki by click-through: whoever let itself in without Foyer is sent off', async (t) => {
  const guest = await startGuest(t);
  const { runtime } = guest;
  const meraki = await startMeraki(t, { now: runtime.time });
  const fields = { url: meraki.url, apiKey: KEY, networkId: NETWORK, ssid: MERAKI_SSID, trust: 'redirect' };
  const refused = await runtime.services.registry.put(SITE, LOBBY, { kind: 'meraki', ...fields }, 'test');
  t.match(refused, { status: 'invalid', problems: [{ field: 'accept' }] });
  meraki.list(STRANGER);
  meraki.visit(`${GRANT_URL}?duration=36000`, STRANGER);
  await configure(guest, LOBBY, { kind: 'meraki', ...fields, accept: 'does not enforce the PIN' });
  await eventually(() => meraki.inForce(STRANGER) === 0, 10_000);

  const phone = guest.device(PHONE);
  const query = new URLSearchParams({
    base_grant_url: GRANT_URL,
    client_mac: PHONE,
    client_ip: '10.20.0.9',
    node_mac: '02:00:00:00:50:01',
  });
  t.equal((await phone.get(`/enter/lobby?${query}`)).state, 'pin');
  const { pin, id } = await guest.visit();
  await phone.type(pin);
  const page = await phone.follow();
  t.equal(page.state, 'handoff');
  const back = new URL(meraki.visit(page.link ?? '', PHONE) ?? '');
  t.equal(meraki.inForce(PHONE), 1);
  t.equal((await phone.get(`${back.pathname}${back.search}`)).state, 'connected');
  await runtime.services.visits.cancel(SITE, id, 'test');
  await eventually(() => meraki.inForce(PHONE) === 0);
});

t.test(
  'Ruckus: a device whose MAC only the controller can read is let in by the name that the controller gave it',
  async (t) => {
    const guest = await startGuest(t);
    const { runtime } = guest;
    const ruckus = await startRuckus(t);
    await configure(guest, LOBBY, { kind: 'ruckus', url: ruckus.url, password: PASSWORD, trust: 'redirect' });
    ruckus.quirks.sealedOnly = true;
    const sealed = { client_mac: ruckus.seal(PHONE.toUpperCase()), uip: ruckus.seal('10.0.0.7') };
    const phone = guest.device(PHONE);
    const enter = (query: Record<string, string>) => phone.get(`/enter/lobby?${new URLSearchParams(query)}`);
    t.equal((await enter({ ...sealed, client_mac: `ENC${'0'.repeat(48)}` })).state, 'unknown-client');
    t.equal((await enter(sealed)).state, 'pin');
    const { pin, id } = await guest.visit();
    await phone.type(pin);
    t.equal((await phone.follow()).state, 'connected');
    t.ok(
      ruckus.asked.some((one) => one['UE-MAC'] === sealed.client_mac),
      'byte by byte',
    );
    t.equal(ruckus.misbehaviour.inForce(PHONE), 1);
    await runtime.services.visits.cancel(SITE, id, 'test');
    await eventually(() => ruckus.misbehaviour.inForce(PHONE) === 0);
  },
);

t.test(
  'a process that does not drive the gateway asks the one that does whom a redirect names',
  async (t) => {
    const driving = await startGuest(t);
    const ruckus = await startRuckus(t);
    await configure(driving, LOBBY, {
      kind: 'ruckus',
      url: ruckus.url,
      password: PASSWORD,
      trust: 'redirect',
    });
    const sealed = ruckus.seal(PHONE.toUpperCase());
    const only = await driving.runtime.another({ env: { ROLES: 'guest', REDIS_URL: 'redis://127.0.0.1:1' } });
    await only.services.registry.refresh();
    const gateway = only.services.registry.get(LOBBY);
    if (!gateway) throw new Error('no gateway');
    const claim = { via: `${sealed} `, keyed: false };
    t.match(await only.services.identity.prove(gateway, claim, '127.0.0.1'), { mac: PHONE, via: claim.via });
    t.equal(await only.services.identity.prove(gateway, { ...claim, via: 'ENC00' }, '127.0.0.1'), undefined);
    t.ok(driving.runtime.time() < NINE + HOUR);
  },
);

t.test('whoever makes up redirects keeps a router from no order', async (t) => {
  const { runtime, ...guest } = await startGuest(t);
  const ruckus = await startRuckus(t);
  const fields = { kind: 'ruckus', url: ruckus.url, password: PASSWORD, trust: 'redirect' };
  await configure({ runtime, ...guest }, LOBBY, fields);
  const gateway = runtime.services.registry.get(LOBBY);
  if (!gateway) throw new Error('no gateway');
  const prove = (sealed: string) =>
    runtime.services.identity.prove(gateway, { via: `${sealed} `, keyed: false }, '127.0.0.1');
  const macs = Array.from({ length: 40 }, (_, n) => `02:00:00:00:41:${(n + 16).toString(16)}`.toUpperCase());
  const proven = await Promise.all(macs.map((mac) => prove(ruckus.seal(mac))));
  t.ok(
    proven.every((client) => client !== undefined),
    'many that come at once are all known',
  );
  const decrypts = () => ruckus.types().filter((type) => type === 'Decrypt').length;
  const before = decrypts();
  await Promise.all(Array.from({ length: 400 }, (_, n) => prove(`ENC${String(n).padStart(32, '0')}`)));
  t.ok(decrypts() - before <= 80, `${decrypts() - before} questions`);
});
