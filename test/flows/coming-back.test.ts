import t, { type Test } from 'tap';
import { type Answer, device, startGuest } from '../fixtures/guest.js';
import { DEMO, eventually, HOUR, MINUTE, NINE, SITE } from '../fixtures/runtime.js';
import { boxes, iso } from '../fixtures/story.js';

/** How visitors come back, as they live it. */

const TEN = iso(NINE + HOUR);

type Device = ReturnType<typeof device>;

/** The product with a router that the test can hold up or wipe. */
async function startHouse(t: Test) {
  const { of, kinds } = boxes();
  const guest = await startGuest(t, { kinds });
  const router = of(DEMO);
  await eventually(() => router.lists > 0);
  const passes = (phone: Device): boolean => [...router.sessions.keys()].some((mac) => mac === phone.mac);
  return { guest, router, passes, time: guest.runtime.time };
}

/** Follows the page by itself until it says this. */
const until = (phone: Device, state: string): Promise<Answer> =>
  eventually(async () => {
    const page = await phone.follow();
    return page.state === state && page;
  });

async function comeOnline(phone: Device, pin: string): Promise<Answer> {
  await phone.enter();
  await phone.type(pin);
  return until(phone, 'connected');
}

t.test('the router was restarted: the phone is redirected again and is online without typing', async (t) => {
  const { guest, router, passes, time } = await startHouse(t);
  const { pin, id } = await guest.visit({ maxDevices: 1 });
  const phone = guest.device();
  await comeOnline(phone, pin);
  time.advance(10 * MINUTE);

  router.sessions.clear();
  router.epoch++;
  const page = await phone.enter();
  t.equal(page.state, 'connecting');
  t.equal(page.field('pin'), undefined);
  const online = await until(phone, 'connected');
  t.equal(online.until, TEN);
  t.ok(passes(phone));
  const visit = await guest.runtime.services.visits.find(SITE, id);
  t.equal(visit?.devices.length, 1, 'in its own place');
});

t.test('a phone with another address than yesterday takes the place that it had', async (t) => {
  const { guest, passes, time } = await startHouse(t);
  const { pin } = await guest.visit({ maxDevices: 2 });
  const [laptop, phone] = [guest.device(), guest.device()];
  await comeOnline(laptop, pin);
  time.advance(5 * MINUTE);
  await comeOnline(phone, pin);
  time.advance(15 * MINUTE);

  const rotated = device(guest.app, '3a:00:00:00:77:01', '127.0.1.99');
  t.equal((await rotated.enter()).state, 'pin', 'it is nobody that we know');
  const full = await rotated.type(pin);
  t.equal(full.state, 'device-limit');
  const choices = [
    ...full.body.matchAll(/<input[^>]* name="replace" value="([^"]*)"[^>]*>\s*<span>([^<]*)</g),
  ];
  t.equal(choices.length, 2);
  const [, slot = '', named = ''] = choices.find(([, , text]) => text?.includes(phone.mac.slice(-5))) ?? [];
  t.match(named, '9:05', 'it is known by the end of its address, and by when it came');
  t.equal((await rotated.type(pin, { replace: slot })).status, 303);
  t.equal((await until(rotated, 'connected')).until, TEN, 'the same end');
  await eventually(() => !passes(phone));
  t.ok(passes(rotated));
  t.ok(passes(laptop), 'nobody else is touched');
  t.equal((await phone.enter()).state, 'pin', 'the old address is a stranger now');
});

t.test('the sheet was closed half-way: opened again, it finds its state each time', async (t) => {
  const { guest, router, time } = await startHouse(t);
  const { pin } = await guest.visit();
  const phone = guest.device();
  /** A new probe, a new sheet: nothing is left of the one before. */
  const open = () => phone.enter();

  t.equal((await open()).state, 'pin');
  t.equal((await open()).state, 'pin', 'closed after the PIN page');

  let free: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    free = resolve;
  });
  router.before = () => held;
  t.equal((await phone.type(pin)).status, 303);
  for (const again of [open, () => phone.get('/')]) {
    const page = await again();
    t.equal(page.state, 'connecting', 'closed while the router takes its time');
    t.equal(page.field('pin'), undefined);
  }
  router.before = () => undefined;
  free();
  t.equal((await until(phone, 'connected')).until, TEN);

  time.advance(MINUTE);
  await open();
  t.equal((await until(phone, 'connected')).until, TEN, 'closed when it was online');
  t.equal((await phone.get('/status')).state, 'connected', 'the status page knows the device by itself');
});

t.test('a PIN page that was left open for longer than its seal asks once more', async (t) => {
  const { guest, time } = await startHouse(t);
  const { pin } = await guest.visit();
  const phone = guest.device();
  await phone.enter();
  time.advance(31 * MINUTE);
  const stale = await phone.type(pin);
  t.equal(stale.status, 422);
  t.equal(stale.state, 'pin');
  t.ok(stale.field('state'), 'with a form that works');
  t.equal((await phone.type(pin)).status, 303);
  t.equal((await until(phone, 'connected')).until, TEN);

  const old = await guest.device(phone.mac, '127.0.1.50').enter();
  t.equal(old.state, 'connecting');
  const forgotten = device(guest.app, phone.mac, '127.0.1.50');
  t.equal((await forgotten.post('/pin', { pin, state: 'older than its seal' })).status, 303);
  t.match((await until(forgotten, 'connected')).until, TEN, 'who is online is not asked at all');
});

t.test('a claim link opened over mobile data, then on the Wi-Fi', async (t) => {
  const { guest } = await startHouse(t);
  const { pin, claim } = await guest.visit();
  const link = `/claim/${claim}`;
  const abroad = device(guest.app, '02:00:00:00:66:01', '203.0.113.9');
  const outside = await abroad.get(link);
  t.equal(outside.state, 'unknown-client');
  t.equal(outside.field('pin'), undefined, 'the code is not shown to who cannot use it yet');
  t.equal(outside.link, link, 'and the way to go on is the link itself');

  const phone = guest.device();
  await phone.enter();
  const page = await phone.get(link);
  t.equal(page.state, 'pin');
  t.equal(page.field('pin'), pin);
  t.equal((await phone.type(page.field('pin') ?? '')).status, 303);
  t.equal((await until(phone, 'connected')).until, TEN);
});

t.test('a claim link opened on a device that is online already asks nothing again', async (t) => {
  const { guest, router, passes, time } = await startHouse(t);
  const { pin, claim } = await guest.visit({ maxDevices: 1 });
  const phone = guest.device();
  await comeOnline(phone, pin);
  const page = await phone.get(`/claim/${claim}`);
  t.equal(page.field('pin'), undefined);
  t.equal((await until(phone, 'connected')).until, TEN);

  time.advance(MINUTE);
  router.sessions.clear();
  await phone.get(`/claim/${claim}`);
  await until(phone, 'connected');
  t.ok(passes(phone), 'and what the router had forgotten is told to it again');
});

t.test(
  'the claim link of another visit, opened on a device that is online, can only add to its time',
  async (t) => {
    const { guest } = await startHouse(t);
    const first = await guest.visit();
    const longer = await guest.visit({ durationMinutes: 120 });
    const phone = guest.device();
    await comeOnline(phone, first.pin);
    const page = await phone.get(`/claim/${longer.claim}`);
    t.equal(page.state, 'pin');
    t.equal(page.field('pin'), longer.pin);
    t.match(page.body, '10:00', 'it says until when the device is online anyway');
    t.equal((await phone.type(longer.pin)).status, 303);
    t.equal((await until(phone, 'connected')).until, iso(NINE + 2 * HOUR), 'the later end counts');
  },
);

t.test('a claim link that stands for nothing any more says so, and leaves the way in open', async (t) => {
  const { guest } = await startHouse(t);
  const { visits } = guest.runtime.services;
  const cancelled = await guest.visit();
  await visits.cancel(SITE, cancelled.id, 'test');
  const renewed = await guest.visit();
  const issued = await visits.reissue(SITE, renewed.id, { dropDevices: false }, 'test');
  if (issued.status !== 'changed') throw new Error(issued.status);
  const phone = guest.device();
  await phone.enter();
  for (const { claim } of [cancelled, renewed, { claim: 'neverwasone' }]) {
    const page = await phone.get(`/claim/${claim}`);
    t.equal(page.status, 404);
    t.equal(page.state, 'pin');
    t.equal(page.field('pin'), undefined);
  }
  t.equal((await phone.get(`/claim/${issued.claim}`)).field('pin'), issued.pin);
  await phone.type(issued.pin);
  await until(phone, 'connected');
  await phone.get(`/claim/${cancelled.claim}`);
  t.equal((await until(phone, 'connected')).until, TEN, 'a device that is online is shown what it has');
});

t.test(
  'the claim link of a visit that is over leads to when it was, and of one to come to when it will be',
  async (t) => {
    const { guest, time } = await startHouse(t);
    const over = await guest.visit();
    const toCome = await guest.visit({ expectedArrival: iso(NINE + 3 * HOUR) });
    const phone = guest.device();
    await phone.enter();
    const early = await phone.get(`/claim/${toCome.claim}`);
    t.equal((await phone.type(early.field('pin') ?? '')).state, 'early');
    time.advance(HOUR);
    const late = await phone.get(`/claim/${over.claim}`);
    t.equal((await phone.type(late.field('pin') ?? '')).state, 'expired');
  },
);
