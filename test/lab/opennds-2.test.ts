import t from 'tap';
import { createLab, noLab, until } from './network.js';
import { browseWithPin, createRouterPhone, endsAt, startAfar } from './opennds-portal.js';
import { measured } from './phone.js';

if (noLab) {
  t.test('openNDS, level 2', { skip: noLab }, async () => undefined);
} else {
  t.setTimeout(90_000);
  const lab = await createLab(t);
  const { portal, nds } = await startAfar(t, lab, { level: 2 });
  const [client] = lab.clients;
  const phone = createRouterPhone(lab, client);

  t.test(
    'a PIN lets a device in until the end of the visit, and a longer visit lets it in again',
    async (t) => {
      const first = Math.ceil(Date.now() / 1000) * 1000 + 8000;
      const visit = await portal.visit({ until: new Date(first) });
      const probe = await phone.get('http://any.example/');
      t.match(probe.location, /[?&]iv=[0-9a-f]{16}$/, 'the redirect is under the key');
      const began = performance.now();
      t.equal((await phone.pass(visit.pin)).state, 'connected');
      t.ok(await phone.passes());
      t.comment(measured('opennds-2-pin-to-online', performance.now() - began));
      const end = first + 8000;
      await portal.api('PATCH', `/visits/${visit.id}`, { until: new Date(end).toISOString() });
      await until('the first end', () => Date.now() > first, 20_000);
      await phone.offline(6500);
      const again = await until('the device comes again', async () => {
        const page = await phone.enter();
        return page.state === 'handoff' && page;
      });
      t.equal((await phone.goOn(again)).state, 'connected', 'nothing is typed');
      t.ok(await endsAt(nds, client.mac, end));
      await until('the end', () => Date.now() > end, 20_000);
      const cut = await phone.offline(6500);
      t.comment(measured('opennds-2-end-to-cut', cut - end));
      await until('a PIN is asked for', async () => (await phone.enter()).state === 'pin');
    },
  );

  t.test('a browser without JavaScript goes from the PIN to the web', async (t) => {
    const { pin } = await portal.visit({ minutes: 5 });
    const ms = await browseWithPin(t, lab, client, pin);
    t.comment(measured('opennds-2-browser-pin-to-online', ms));
    t.pass('the web is there');
  });
}
