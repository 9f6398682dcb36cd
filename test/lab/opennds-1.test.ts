import t from 'tap';
import { createLab, noLab, until } from './network.js';
import { BINAUTH, browseWithPin, createRouterPhone, endsAt, startAfar } from './opennds-portal.js';
import { measured } from './phone.js';
import { GATEWAY } from './portal.js';

/** The daemon looks every 5 s whose time is over. */
const CUT_MS = 6500;

interface Grants {
  items: { state: string; until: string; error: string | null }[];
}

if (noLab) {
  t.test('openNDS, level 1', { skip: noLab }, async () => undefined);
} else {
  t.setTimeout(120_000);
  const lab = await createLab(t, { clients: 2 });
  const { portal, nds } = await startAfar(t, lab, { level: 1 });
  const [client, second = client] = lab.clients;
  const [phone, other] = [createRouterPhone(lab, client), createRouterPhone(lab, second)];
  const grantsOf = async (visit: string): Promise<Grants['items']> =>
    (await portal.json<Grants>('grant', 'list', '--visit', visit)).items;
  const asked = async (): Promise<boolean> => (await phone.enter()).state === 'pin';

  t.test('a PIN lets a device in, and the router cuts it at the end of the visit', async (t) => {
    const end = Math.ceil(Date.now() / 1000) * 1000 + 10_000;
    const visit = await portal.visit({ until: new Date(end) });
    const page = await phone.enter();
    t.equal(page.state, 'pin');
    const began = performance.now();
    const sent = await phone.follow(await phone.send(page, { pin: visit.pin }));
    t.equal(sent.state, 'handoff');
    t.match(sent.refresh, /^http:\/\/10\.77\.0\.1:2050\/opennds_auth\/\?tok=[0-9a-f]{64}&amp;/);
    const done = await phone.goOn(sent);
    t.equal(done.state, 'connected');
    t.notMatch(done.body, 'action="/leave"', 'a device that cannot be taken off is not offered it');
    t.ok(await phone.passes());
    t.comment(measured('opennds-1-pin-to-online', performance.now() - began));
    t.match(await grantsOf(visit.id), [{ state: 'active' }]);
    t.ok(await endsAt(nds, client.mac, end), 'the router has the very second');

    // The link once more, as a browser's way back brings it about.
    t.equal((await phone.goOn(sent)).state, 'connected', 'the router says that it passes already');

    await until('the last seconds', () => Date.now() > end - 1700, 20_000);
    t.ok(await phone.passes(), 'to the last seconds');
    const late = (await phone.offline(12_000)) - end;
    t.comment(measured('opennds-1-end-to-cut', late));
    t.ok(late < CUT_MS, `${late}`);
    await until('the visitor is asked for a PIN again', asked);
    t.match(await grantsOf(visit.id), [{ state: 'ended', error: null }]);
  });

  t.test('a device whose session ended is let in again without typing, until the same end', async (t) => {
    const visit = await portal.visit({ minutes: 20 });
    t.equal((await phone.pass(visit.pin)).state, 'connected');
    await nds.ctl('deauth', client.mac);
    await phone.offline(3000);
    const began = performance.now();
    const page = await phone.enter();
    t.equal(page.state, 'handoff');
    t.equal((await phone.goOn(page)).state, 'connected');
    await phone.online();
    t.comment(measured('opennds-1-let-in-again', performance.now() - began));
    const { token, devices } = await portal.json<typeof visit>('visit', 'show', visit.id);
    t.equal(devices.length, 1, 'the same slot');
    t.ok(await endsAt(nds, client.mac, Date.parse(token?.until ?? '')));
  });

  t.test('who claims the MAC of that device is not let in, and goes on under its own', async (t) => {
    const { location, text } = await other.redirect();
    const forged = Buffer.from(text.replace(second.mac, client.mac)).toString('base64');
    const url = new URL(location);
    url.searchParams.set('fas', forged);
    const page = await other.follow(await other.get(url.href));
    t.equal(page.state, 'handoff', 'nothing is known yet of who it is');
    const after = await other.goOn(page);
    t.equal(after.state, 'pin', 'the router refused, and sent it back by its true MAC');
    t.notOk(await other.passes());
    t.ok(await phone.passes(), 'the other device stays');
  });

  t.test('what the browser carries cannot be altered, left out, or used by another device', async (t) => {
    const visit = await portal.visit({ minutes: 20, devices: 2 });
    const page = await other.follow(await other.send(await other.enter(), { pin: visit.pin }));
    t.equal(page.state, 'handoff');
    const link = new URL(page.refresh.replaceAll('&amp;', '&'));
    const custom = link.searchParams.get('custom') ?? '';
    const later = String(Number(custom.slice(76, 86)) + 3600);
    const words: [string, string | undefined][] = [
      ['a later end', custom.slice(0, 76) + later + custom.slice(86)],
      ['another digest', custom.slice(0, -1) + (custom.endsWith('0') ? '1' : '0')],
      ['another MAC', custom.replace(/^.{12}/, client.mac.replaceAll(':', ''))],
      ['nothing', undefined],
      ['half of it', custom.slice(0, 75)],
    ];
    for (const [what, word] of words) {
      const altered = new URL(link);
      if (word === undefined) altered.searchParams.delete('custom');
      else altered.searchParams.set('custom', word);
      const answer = await other.get(altered.href);
      t.match(answer.location, `/enter/${GATEWAY}?fas=`, `${what} is refused`);
      t.notOk(await other.passes(), what);
    }
    const token = new URL(link);
    token.searchParams.set('tok', 'a'.repeat(64));
    t.match((await other.get(token.href)).location, '/enter/', 'another token is refused');
    t.equal((await other.goOn(page)).state, 'connected', 'as it was sent it is good');
    t.ok(await other.passes());
    await portal.api('DELETE', `/visits/${visit.id}`);
    await nds.ctl('deauth', second.mac);
    await other.offline(3000);
  });

  t.test('a router that refuses what it is brought is not tried without end', async (t) => {
    const visit = await portal.visit({ minutes: 20 });
    nds.setBinauth('#!/bin/sh\nexit 0\n');
    t.teardown(() => nds.setBinauth(BINAUTH));
    const page = await other.pass(visit.pin);
    t.equal(page.state, 'unavailable');
    t.equal(page.refresh, '', 'the page does not go on by itself');
    nds.setBinauth(BINAUTH);
    const link = /<a class="button" href="([^"]+)"/.exec(page.body)?.[1] ?? '';
    t.equal((await other.goOn(await other.get(new URL(link, page.url).href))).state, 'connected');
    await portal.api('DELETE', `/visits/${visit.id}`);
    await nds.ctl('deauth', second.mac);
    await other.offline(3000);
  });

  t.test('an early end cannot be told, and whoever asks for it hears so', async (t) => {
    const end = Math.ceil(Date.now() / 1000) * 1000 + 12_000;
    const visit = await portal.visit({ until: new Date(end) });
    t.equal((await other.pass(visit.pin)).state, 'connected');
    const { stdout, code } = await portal.foyer('visit', 'cancel', visit.id);
    t.equal(code, 0);
    t.match(stdout, `stays on until ${new Date(end).toISOString()}`);
    t.ok(await other.passes());
    await until('the grant says so', async () => (await grantsOf(visit.id))[0]?.state === 'failed');
    t.match(await grantsOf(visit.id), [{ error: 'not-supported' }]);
    await until('the end', () => Date.now() > end, 20_000);
    await other.offline(CUT_MS);
    const over = async () => (await grantsOf(visit.id))[0]?.state === 'ended';
    await until('the grant has ended', over, 10_000);
    await until('a PIN is asked for', async () => (await other.enter()).state === 'pin');
  });

  t.test('a browser without JavaScript goes from the PIN to the web', async (t) => {
    const { pin } = await portal.visit({ minutes: 5 });
    const ms = await browseWithPin(t, lab, second, pin);
    t.comment(measured('opennds-1-browser-pin-to-online', ms));
    t.pass('the web is there');
  });
}
