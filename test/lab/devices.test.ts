import t from 'tap';
import { createLab, type LabClient, noLab } from './network.js';
import { createPhone, measured } from './phone.js';
import { startPortal, type Visit } from './portal.js';

const CUT_MS = 2000;

if (noLab) {
  t.test('a visit with several devices', { skip: noLab }, async () => undefined);
} else {
  t.setTimeout(90_000);
  const lab = await createLab(t, { clients: 3 });
  const portal = await startPortal(t, lab);
  const phones = lab.clients.map((client: LabClient) => createPhone(lab, client));
  const [phone, tablet = phone, laptop = phone] = phones as [(typeof phones)[0], ...typeof phones];
  const { pin, id } = await portal.visit({ minutes: 10 });
  const devices = async () =>
    (await portal.json<Visit>('visit', 'show', id)).devices.map(({ mac }) => mac).sort();

  t.test('a second device of a visit comes online beside the first, with the same end', async (t) => {
    const first = await phone.type(pin);
    const second = await tablet.type(pin);
    t.equal(first.state, 'connected');
    t.equal(second.state, 'connected');
    const end = /data-until="[^"]+"/;
    t.equal(end.exec(second.body)?.[0], end.exec(first.body)?.[0]);
    t.ok((await phone.passes()) && (await tablet.passes(6)));
    t.strictSame(await devices(), [phone.client.mac, tablet.client.mac].sort());
  });

  t.test('a device over the limit is offered a choice, and takes the place of the chosen one', async (t) => {
    const page = await laptop.send(await laptop.browse(), { pin });
    t.match(page, { status: 422, state: 'device-limit' });
    t.equal(page.replace.length, 2);
    t.notMatch(
      page.body,
      new RegExp(`${phone.client.mac}|${tablet.client.mac}`, 'i'),
      'no whole MAC is shown',
    );
    t.notOk(await laptop.passes(), 'until then it is not let in');
    t.ok((await phone.passes()) && (await tablet.passes()), 'nor is anyone put out');

    const [replace = ''] = page.replace;
    const began = performance.now();
    const [answer] = await Promise.all([
      laptop.send(page, { pin, replace }),
      laptop.measure('online'),
      phone.measure('offline'),
    ]);
    const ms = performance.now() - began;
    t.comment(measured('replaced-to-cut', ms));
    t.ok(ms <= CUT_MS, `${ms}`);
    t.equal((await laptop.follow(answer)).state, 'connected');
    t.ok((await tablet.passes()) && (await laptop.passes(6)));
    t.notOk((await phone.passes(4)) || (await phone.passes(6)), 'the first device gave its place');
    t.strictSame(await devices(), [tablet.client.mac, laptop.client.mac].sort());
    t.strictSame((await portal.allowed()).sort(), await devices());
  });

  t.test('the replaced device is asked for the PIN again and may choose in its turn', async (t) => {
    const page = await phone.browse();
    t.equal(page.state, 'pin', 'it is not let in by itself');
    t.match(await phone.send(page, { pin }), { state: 'device-limit' });
    t.equal((await tablet.type(pin, `http://${lab.routerIp}:8080/`)).state, 'connected', 'no new device');
    t.strictSame(await devices(), [tablet.client.mac, laptop.client.mac].sort());
  });

  t.test('a device that leaves makes room for another, which needs no choice', async (t) => {
    const status = await laptop.browse(`http://${lab.routerIp}:8080/`);
    t.equal(status.state, 'connected');
    const left = await laptop.send(status, {}, '/leave');
    t.equal((await laptop.follow(left)).state, 'ended');
    await laptop.measure('offline', 4, CUT_MS);
    t.equal((await phone.type(pin)).state, 'connected');
  });
}
