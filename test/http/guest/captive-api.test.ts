import t from 'tap';
import { GUEST_ONLY, startGuest } from '../../fixtures/guest.js';
import { eventually, HOUR, MINUTE } from '../../fixtures/runtime.js';

const API = '/captive-portal/api';
const PORTAL_URL = 'https://wifi.example.com';

t.test('without https there is no API', async (t) => {
  const plain = await startGuest(t);
  t.equal((await plain.device().get(API)).status, 404);
});

t.test('the API says what the status page says', async (t) => {
  const guest = await startGuest(t, { env: { PORTAL_URL } });
  const { pin } = await guest.visit();
  const phone = guest.device(undefined, '127.0.9.1');
  const system = guest.device(undefined, '127.0.9.1');
  const ask = async () => {
    const answer = await system.get(API, { accept: 'application/captive+json' });
    t.equal(answer.status, 200);
    t.equal(answer.headers['content-type'], 'application/captive+json');
    t.equal(answer.headers['cache-control'], 'no-store');
    return JSON.parse(answer.body);
  };
  const captive = { captive: true, 'user-portal-url': `${PORTAL_URL}/` };
  t.same(await ask(), captive, 'inside the guest networks and unknown');
  await phone.enter();
  t.same(await ask(), captive);
  guest.runtime.time.advance(22 * MINUTE + 500);
  await phone.type(pin);
  await eventually(async () => (await ask()).captive === false);
  const open = await ask();
  t.same(open, {
    captive: false,
    'user-portal-url': `${PORTAL_URL}/status`,
    'seconds-remaining': 38 * 60 - 1,
    'can-extend-session': false,
  });
  t.equal((await phone.get('/status')).state, 'connected');
  guest.runtime.time.advance(HOUR);
  t.same(await ask(), captive);
});

t.test('what the API cannot know it does not guess', async (t) => {
  const guest = await startGuest(t, { env: { PORTAL_URL } });
  t.equal((await guest.device(undefined, '192.0.2.9').get(API)).status, 503, 'outside every guest network');
  const shared = '127.0.9.9';
  await guest.device(undefined, shared).enter();
  await guest.device(undefined, shared).enter();
  t.equal((await guest.device(undefined, shared).get(API)).status, 503, 'two behind one address');
  await guest.runtime.server.stop();
  const away = await guest.device().get(API);
  t.equal(away.status, 503);
  t.notMatch(away.body, 'captive');
});

t.test('while the gateway has not confirmed the client is captive', async (t) => {
  const guest = await startGuest(t, { ...GUEST_ONLY, env: { ...GUEST_ONLY.env, PORTAL_URL } });
  const { pin } = await guest.visit();
  const phone = guest.device();
  await phone.enter();
  t.equal((await phone.type(pin)).status, 303);
  t.equal(JSON.parse((await phone.get(API)).body).captive, true);
});

t.test('a person who opens the address gets the page', async (t) => {
  const guest = await startGuest(t, { env: { PORTAL_URL } });
  const answer = await guest.device().get(API, { accept: 'text/html,*/*;q=0.8' });
  t.equal(answer.status, 302);
  t.equal(answer.location, `${PORTAL_URL}/`);
});
