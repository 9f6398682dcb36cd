import t from 'tap';
import { createLab, noLab, until } from './network.js';
import { FASKEY, GATEWAY_ADDRESS, GATEWAY_NAME, startOpenNds } from './opennds.js';
import { createRouterPhone, field } from './opennds-portal.js';
import { measured } from './phone.js';
import { createPortal, GATEWAY, GUEST_PORT } from './portal.js';

interface Gateways {
  items: { id: string; health: { ok: boolean; problems: string[] } | null }[];
}

if (noLab) {
  t.test('openNDS with Foyer on the router', { skip: noLab }, async () => undefined);
} else {
  t.setTimeout(120_000);
  const lab = await createLab(t, { clients: 2 });
  const portal = createPortal(t, lab, { env: { PORTAL_URL: `http://${lab.routerIp}:${GUEST_PORT}` } });
  const [nds] = await Promise.all([
    startOpenNds(lab, { level: 1, portal: { ip: lab.routerIp, port: GUEST_PORT }, gateway: GATEWAY }),
    portal.start(),
  ]);
  const fields = [field('faskey', FASKEY), field('gatewayName', GATEWAY_NAME), field('ndsctl', nds.ndsctl)];
  await portal.json('gateway', 'set', GATEWAY, '--kind', 'opennds', ...fields);
  await portal.healthy();
  const [client, second = client] = lab.clients;
  const [phone, other] = [createRouterPhone(lab, client), createRouterPhone(lab, second)];
  const health = async () => {
    const { items } = await portal.api<Gateways>('GET', '/gateways');
    return items.find(({ id }) => id === GATEWAY)?.health;
  };

  t.test('a PIN lets a device in at once, and it is cut at the second of the end', async (t) => {
    const end = Math.ceil(Date.now() / 1000) * 1000 + 7000;
    const visit = await portal.visit({ until: new Date(end) });
    const page = await phone.enter();
    t.equal(page.state, 'pin');
    const began = performance.now();
    t.equal((await phone.goOn(await phone.send(page, { pin: visit.pin }))).state, 'connected');
    t.ok(await phone.passes());
    t.comment(measured('opennds-here-pin-to-online', performance.now() - began));
    const list = await portal.api<{ items: unknown[] }>('GET', `/gateways/${GATEWAY}/sessions`);
    t.match(list.items, [{ mac: client.mac, until: new Date(end).toISOString() }]);
    await until('the end', () => Date.now() > end - 500, 20_000);
    t.ok(await phone.passes(), 'to the last second');
    const late = (await phone.offline(4000)) - end;
    t.comment(measured('opennds-here-end-to-cut', late));
    t.ok(late < 2000, `${late}`);
    await until('a PIN is asked for', async () => (await phone.enter()).state === 'pin');
  });

  t.test('a revoked grant is off at once, and a longer visit is let in again without typing', async (t) => {
    const visit = await portal.visit({ minutes: 10 });
    t.equal((await phone.pass(visit.pin)).state, 'connected');
    await portal.api('PATCH', `/visits/${visit.id}`, { durationMinutes: 20 });
    await phone.offline(4000);
    const again = async () => {
      const page = await phone.goOn(await phone.enter());
      return page.state === 'connected' && page;
    };
    // The daemon forgets a device that was sent off before it lists it anew.
    const back = await until('it comes again', again, 20_000);
    t.match(back.body, 'action="/leave"');
    t.ok(await phone.passes());
    const { items } = await portal.json<{ items: { id: string; state: string }[] }>(
      ...(['grant', 'list', '--visit', visit.id] as const),
    );
    t.match(items, [{ state: 'active' }]);
    const revoked = Date.now();
    await portal.api('DELETE', `/grants/${items[0]?.id}`);
    t.comment(measured('opennds-here-revoked-to-cut', (await phone.offline(4000)) - revoked));
    await portal.api('DELETE', `/visits/${visit.id}`);
    await until('a PIN is asked for', async () => (await phone.enter()).state === 'pin');
  });

  t.test('a device is known by its address, whatever its redirect claims', async (t) => {
    const visit = await portal.visit({ minutes: 10 });
    t.equal((await phone.pass(visit.pin)).state, 'connected');
    const { location, text } = await other.redirect();
    const url = new URL(location);
    url.searchParams.set('fas', Buffer.from(text.replace(second.mac, client.mac)).toString('base64'));
    t.equal((await other.follow(await other.get(url.href))).state, 'unknown-client');
    t.notOk(await other.passes());
    const found = await other.follow(await other.get(`http://${lab.routerIp}:${GUEST_PORT}/`));
    t.equal(found.state, 'pin', 'and without any redirect too');
    await portal.api('DELETE', `/visits/${visit.id}`);
    await phone.offline(4000);
  });

  t.test('a daemon that a guest has killed is noticed and said, and mended by its start', async (t) => {
    const visit = await portal.visit({ minutes: 10 });
    t.equal((await phone.pass(visit.pin)).state, 'connected');
    // Without `tok`: 9.10 does not survive it.
    await other.get(`http://${GATEWAY_ADDRESS}/opennds_auth/`);
    await until('the daemon is gone', async () => !(await nds.lives()));
    const began = performance.now();
    const said = await until(
      'it is said',
      async () => {
        const state = await health();
        return state?.ok === false && state;
      },
      15_000,
    );
    t.comment(measured('opennds-here-death-to-said', performance.now() - began));
    t.match(said.problems.join(' '), /openNDS daemon is not running.*Restart=always/);
    await nds.start();
    await portal.healthy();
    const back = await until(
      'the device is let in again',
      async () => {
        const page = await phone.goOn(await phone.enter());
        return page.state === 'connected';
      },
      20_000,
    );
    t.ok(back, 'without typing');
    t.ok(await phone.passes());
  });
}
