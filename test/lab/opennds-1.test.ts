import t from 'tap';
import { createLab, noLab, until } from './network.js';
import { createRouterPhone, startAfar } from './opennds-portal.js';
import { measured } from './phone.js';

if (noLab) {
  t.test('openNDS, level 1', { skip: noLab }, async () => undefined);
} else {
  t.setTimeout(90_000);
  const lab = await createLab(t, { clients: 2 });
  const { portal, nds } = await startAfar(t, lab, { level: 1 });
  const [client] = lab.clients;
  const phone = createRouterPhone(lab, client);

  t.test('a PIN lets a device in, and the router cuts it at the end of the visit', async (t) => {
    const end = Math.ceil(Date.now() / 1000) * 1000 + 12_000;
    const visit = await portal.visit({ until: new Date(end) });
    const page = await phone.enter();
    t.equal(page.state, 'pin');
    const began = performance.now();
    const sent = await phone.follow(await phone.send(page, { pin: visit.pin }));
    t.equal(sent.state, 'handoff');
    t.match(sent.refresh, /^http:\/\/10\.77\.0\.1:2050\/opennds_auth\/\?tok=[0-9a-f]{64}&amp;/);
    const done = await phone.goOn(sent);
    t.equal(done.state, 'connected');
    t.ok(await phone.passes());
    t.comment(measured('opennds-1-pin-to-online', performance.now() - began));
    const { stdout } = await nds.ctl('json', client.mac);
    t.equal(Number(JSON.parse(stdout).session_end), end / 1000, 'the router has the very second');
    await until('the end', () => Date.now() > end - 500, 20_000);
    t.ok(await phone.passes(), 'to the last second');
    await phone.offline(10_000);
    const late = Date.now() - end;
    t.comment(measured('opennds-1-end-to-cut', late));
    t.ok(late < 6500, `${late}`);
    const asked = async (): Promise<boolean> => (await phone.enter()).state === 'pin';
    await until('the visitor is asked for a PIN again', asked);
  });
}
