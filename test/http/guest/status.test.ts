import t from 'tap';
import { device, GUEST_ONLY, startGuest, WORKER_ONLY } from '../../fixtures/guest.js';
import { eventually, HOUR, MINUTE, SITE } from '../../fixtures/runtime.js';

const TEN = '2026-11-23T10:00:00.000Z';

t.test(
  'an unknown gateway, a malformed redirect and a stranger get the page that says to join the Wi-Fi',
  async (t) => {
    const guest = await startGuest(t);
    const phone = guest.device();
    for (const url of [
      '/enter/nobody?mac=02:00:00:00:00:10',
      '/enter/__proto__',
      '/enter/a%2fb',
      '/guest/s/default/?id=1',
    ]) {
      const page = await phone.get(url);
      t.equal(page.status, 404, url);
      t.equal(page.state, 'unknown-client', url);
    }
    const malformed = [
      '',
      '?mac=',
      '?mac=nonsense',
      '?mac=ff:ff:ff:ff:ff:ff',
      '?mac=00:00:00:00:00:00',
      '?__proto__=1',
    ];
    for (const query of malformed) {
      const page = await phone.get(`/enter/demo${query}`);
      t.equal(page.status, 200, query);
      t.equal(page.state, 'unknown-client', query);
    }
    t.equal((await phone.get('/')).state, 'unknown-client', 'nothing of it was remembered');
    t.equal((await phone.get('/status')).state, 'unknown-client');
    t.equal((await phone.get('/status?s=forged')).state, 'unknown-client');
    t.equal((await phone.post('/leave', { s: 'forged' })).status, 422);
  },
);

t.test('a router that does not encode the visitor’s URL does no harm', async (t) => {
  const guest = await startGuest(t);
  const page = await guest
    .device()
    .get('/enter/demo/?mac=02:00:00:00:10:01&ip=127.0.1.1&url=http://x/?a=1&mac=evil&b=2');
  t.equal(page.state, 'pin');
});

t.test(
  'who came by a redirect finds the PIN page at the root too, unless two share the address',
  async (t) => {
    const guest = await startGuest(t);
    const { pin } = await guest.visit();
    const phone = guest.device(undefined, '127.0.2.1');
    await phone.enter();
    const page = await phone.get('/');
    t.equal(page.state, 'pin');
    t.equal((await phone.type(pin)).status, 303);
    await guest.device(undefined, '127.0.2.1').enter();
    t.equal((await phone.get('/')).state, 'unknown-client');
  },
);

t.test('a client with access is let in again without typing, with the same end', async (t) => {
  const guest = await startGuest(t);
  const { pin } = await guest.visit({ maxDevices: 1 });
  const phone = guest.device();
  await phone.enter();
  await phone.type(pin);
  guest.runtime.time.advance(10 * MINUTE);
  for (const again of [() => phone.enter(), () => phone.get('/')]) {
    const back = await again();
    t.equal(back.state, 'connecting');
    t.equal(back.field('pin'), undefined, 'nothing is asked');
    await eventually(async () => (await phone.follow()).state === 'connected');
    t.equal((await phone.follow()).until, TEN);
  }
});

t.test('a status page is of one device at one address, and its address does not age', async (t) => {
  const guest = await startGuest(t);
  const { pin } = await guest.visit({ durationMinutes: 3 * 24 * 60 });
  const phone = guest.device();
  await phone.enter();
  const url = (await phone.type(pin)).location;
  const first = await phone.get(url);
  t.equal(first.state, 'connected');
  t.equal(first.refresh?.split(';')[0], '3600');
  t.equal((await guest.device().get(url)).state, 'unknown-client', 'from another address it says nothing');
  for (let i = 0; i < 3; i++) {
    guest.runtime.time.advance(12 * HOUR);
    t.equal((await phone.follow()).state, 'connected');
  }
  t.equal((await phone.get('/status')).state, 'connected', 'the source address alone leads there too');
});

t.test('when the time is over the page says so and leads to the PIN page', async (t) => {
  const guest = await startGuest(t);
  const { pin } = await guest.visit();
  const phone = guest.device();
  await phone.enter();
  await phone.type(pin);
  const online = await phone.follow();
  t.equal(online.refresh?.split(';')[0], '3600');
  guest.runtime.time.advance(59 * MINUTE + 30_000);
  const soon = await phone.follow();
  t.match(soon.body, 'Less than a minute left');
  t.equal(soon.refresh?.split(';')[0], '31');
  guest.runtime.time.advance(30_000);
  const ended = await phone.follow();
  t.equal(ended.state, 'ended');
  t.match(ended.link, /^\/\?s=/);
  t.equal((await phone.get(ended.link ?? '')).state, 'pin');
});

t.test('a device leaves, its slot is free, and the PIN still works', async (t) => {
  const guest = await startGuest(t);
  const { pin } = await guest.visit({ maxDevices: 1 });
  const [phone, tablet] = [guest.device(), guest.device()];
  await phone.enter();
  await phone.type(pin);
  const online = await phone.follow();
  t.equal(online.state, 'connected');
  const left = await phone.post('/leave', { s: online.field('s') ?? '' });
  t.equal(left.status, 303);
  t.equal((await phone.follow()).state, 'ended');
  await tablet.enter();
  t.equal((await tablet.type(pin)).status, 303);
  t.equal((await phone.enter()).state, 'pin', 'it is not let in again by itself');
});

t.test(
  'a gateway that has not confirmed yet is waited for, and after half a minute the page says so',
  async (t) => {
    const guest = await startGuest(t, GUEST_ONLY);
    const { pin } = await guest.visit();
    const phone = guest.device();
    await phone.enter();
    t.equal((await phone.type(pin)).status, 303);
    const waiting = await phone.follow();
    t.equal(waiting.state, 'connecting');
    t.match(waiting.refresh, /^2;url=\/status/);
    guest.runtime.time.advance(20_000);
    t.match((await phone.follow()).refresh, /^2;/);
    guest.runtime.time.advance(10_000);
    const slow = await phone.follow();
    t.equal(slow.state, 'connecting');
    t.match(slow.refresh, /^10;/);
    t.match(slow.body, 'You need not type your code again');
    await guest.runtime.another(WORKER_ONLY);
    await eventually(async () => (await phone.follow()).state === 'connected');
  },
);

t.test('a claim link fills the PIN in for whoever is on the Wi-Fi', async (t) => {
  const guest = await startGuest(t);
  const { pin, claim } = await guest.visit();
  const phone = guest.device();
  const before = await phone.get(`/claim/${claim}`);
  t.equal(before.state, 'unknown-client');
  t.match(before.body, 'then open this link again');
  t.equal(before.link, `/claim/${claim}`);
  await phone.enter();
  const page = await phone.get(`/claim/${claim}`);
  t.equal(page.status, 200);
  t.equal(page.state, 'pin');
  t.equal(page.field('pin'), pin);
  t.equal((await phone.type(page.field('pin') ?? '')).status, 303);
  const other = guest.device();
  await other.enter();
  for (const code of ['nosuchcode', 'x', '%3Cb%3E', 'a'.repeat(64)]) {
    const unknown = await other.get(`/claim/${code}`);
    t.equal(unknown.status, 404, code);
    t.equal(unknown.state, 'pin');
    t.equal(unknown.field('pin'), undefined);
  }
  t.equal((await phone.get(`/claim/${'a'.repeat(300)}`)).status, 404);
});

t.test('a device that comes back with another address keeps its access and its slot', async (t) => {
  const guest = await startGuest(t);
  const { pin } = await guest.visit({ maxDevices: 1 });
  const phone = guest.device();
  await phone.enter();
  await phone.type(pin);
  const moved = device(guest.app, phone.mac, '127.0.3.1');
  t.equal((await moved.enter()).state, 'connecting', 'the same device at another address has its access');
  t.equal((await moved.follow()).state, 'connected');
});

t.test('the look of the site heads its pages', async (t) => {
  const guest = await startGuest(t);
  const look = {
    'site.name': 'Harbour <House>',
    'portal.welcome': 'Welcome & hello',
    'portal.deskHint': 'Ground floor',
  };
  const saved = await guest.runtime.services.settings.change(SITE, look, undefined, 'test');
  t.equal(saved.status, 'saved');
  const page = await guest.device().enter();
  for (const text of ['Harbour &lt;House&gt;', 'Welcome &amp; hello', 'Ground floor'])
    t.match(page.body, text);
});
