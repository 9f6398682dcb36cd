import t from 'tap';
import { startGuest } from '../../fixtures/guest.js';
import { DAY, HOUR, MINUTE, NINE, SITE } from '../../fixtures/runtime.js';

const TEN = '2026-11-23T10:00:00.000Z';
const wrongOf = (pin: string, by = 1): string =>
  String((Number(pin) + by * 7) % 10 ** pin.length).padStart(pin.length, '0');

t.test('a visitor types the PIN and is online until the hour ends', async (t) => {
  const guest = await startGuest(t);
  const { pin } = await guest.visit();
  const phone = guest.device();
  const page = await phone.enter();
  t.equal(page.status, 200);
  t.equal(page.state, 'pin');
  guest.runtime.time.advance(22 * MINUTE);
  const accepted = await phone.type(pin);
  t.equal(accepted.status, 303);
  t.match(accepted.location, /^\/status\?s=[\w-]+$/);
  const online = await phone.follow();
  t.equal(online.state, 'connected');
  t.equal(online.until, TEN);
  t.match(online.body, 'You are online until 10:00');
  t.match(online.body, '38 minutes left');
});

t.test('a PIN is read as people write it', async (t) => {
  const guest = await startGuest(t);
  const { pin } = await guest.visit({ maxDevices: 10 });
  const wide = [...pin].map((digit) => String.fromCharCode(0xff10 + Number(digit))).join('');
  const forms = [
    `${pin.slice(0, 3)} ${pin.slice(3)}`,
    `${pin.slice(0, 2)}-${pin.slice(2)}`,
    ` ${pin}\t`,
    wide,
  ];
  for (const form of forms) {
    const phone = guest.device();
    await phone.enter();
    t.equal((await phone.type(form)).status, 303, form);
  }
});

t.test('what is no PIN is refused with what a PIN looks like, and charges nothing', async (t) => {
  const guest = await startGuest(t);
  const { pin } = await guest.visit();
  const phone = guest.device();
  await phone.enter();
  for (const typed of ['', 'hello', '123', '9'.repeat(10_000), '<b>1</b>', "1' OR 1=1 --"]) {
    const page = await phone.type(typed);
    t.equal(page.status, 422, typed.slice(0, 20));
    t.equal(page.state, 'refused');
    t.match(page.body, '4821\u00a00937');
    t.notMatch(
      page.body.replace(/<style>[\s\S]*<\/style>/, ''),
      typed.slice(0, 100) || 'value=""',
      'it is not shown again',
    );
  }
  t.equal((await phone.type(pin)).status, 303, 'six refusals did not make it wait');
});

t.test('what the form does not send is refused, and the form of the answer works', async (t) => {
  const guest = await startGuest(t);
  const { pin } = await guest.visit();
  const phone = guest.device();
  await phone.enter();
  const state = (await phone.enter()).field('state') ?? '';
  const form = 'application/x-www-form-urlencoded';
  const cases: [string, string, number][] = [
    [`pin=${'1'.repeat(20_000)}`, form, 413],
    [JSON.stringify({ pin, state }), 'application/json', 415],
    [
      `--x\r\nContent-Disposition: form-data; name="pin"\r\n\r\n${pin}\r\n--x--\r\n`,
      'multipart/form-data; boundary=x',
      415,
    ],
    ['<pin/>', 'text/xml', 415],
    [`pin=${pin}&pin=${pin}&state=${state}`, form, 422],
    ['', form, 422],
    ['__proto__=1&constructor=2&prototype=3', form, 422],
    ['%', form, 422],
  ];
  for (const [body, type, status] of cases) {
    const page = await phone.post('/pin', body, type);
    t.equal(page.status, status, `${type} ${body.slice(0, 30)}`);
    t.match(page.state, /^(?:refused|pin)$/);
    t.ok(page.field('state'), 'the page has a form that works');
  }
  t.equal((await phone.type(pin)).status, 303);
});

t.test('a wrong PIN is refused, without telling more', async (t) => {
  const guest = await startGuest(t);
  const { pin, id } = await guest.visit();
  const phone = guest.device();
  await phone.enter();
  const page = await phone.type(wrongOf(pin));
  t.equal(page.status, 422);
  t.equal(page.state, 'refused');
  t.match(page.body, '<title>Error: ');
  t.notMatch(page.body, wrongOf(pin));
  await guest.runtime.services.visits.cancel(SITE, id, 'test');
  t.equal((await phone.type(pin)).state, 'refused', 'a cancelled visit is no different');
});

t.test('too early names the time, on another day the day too', async (t) => {
  const guest = await startGuest(t);
  const { pin } = await guest.visit({ expectedArrival: new Date(NINE + 30 * MINUTE).toISOString() });
  const phone = guest.device();
  await phone.enter();
  const page = await phone.type(pin);
  t.equal(page.status, 422);
  t.equal(page.state, 'early');
  t.match(page.body, 'Your access starts at 9:30');
  t.equal(page.refresh, undefined, 'no reload under the typing visitor');
  const { pin: tomorrow } = await guest.visit({ expectedArrival: new Date(NINE + 20 * HOUR).toISOString() });
  t.match((await phone.type(tomorrow)).body, /Your access starts on [^<]*24[^<]*5:00/);
});

t.test('a token that check-in starts is early until then, and names the desk', async (t) => {
  const guest = await startGuest(t);
  const { settings, visits } = guest.runtime.services;
  await settings.change(SITE, { 'tokens.validFrom': 'check-in' }, undefined, 'test');
  const { pin, id } = await guest.visit();
  const phone = guest.device();
  await phone.enter();
  const page = await phone.type(pin);
  t.equal(page.state, 'early');
  t.match(page.body, 'Check in at the desk first');
  await visits.checkIn(SITE, id, 'test');
  t.equal((await phone.type(pin)).status, 303);
});

t.test('too late names the end and the desk', async (t) => {
  const guest = await startGuest(t);
  const { pin } = await guest.visit();
  const phone = guest.device();
  guest.runtime.time.advance(HOUR);
  await phone.enter();
  const page = await phone.type(pin);
  t.equal(page.status, 422);
  t.equal(page.state, 'expired');
  t.match(page.body, 'Your access ended at 10:00');
  guest.runtime.time.advance(DAY);
  await phone.enter();
  t.equal((await phone.type(pin)).state, 'refused', 'a day later nothing is told any more');
});

t.test('a PIN for check-in does not open the network', async (t) => {
  const guest = await startGuest(t);
  await guest.runtime.services.settings.change(SITE, { 'tokens.enabled': false }, undefined, 'test');
  const { pin } = await guest.visit();
  const phone = guest.device();
  await phone.enter();
  const page = await phone.type(pin);
  t.equal(page.status, 422);
  t.equal(page.state, 'check-in-only');
});

t.test('a device over the limit may take the place of another, three times', async (t) => {
  const guest = await startGuest(t);
  const { pin } = await guest.visit({ maxDevices: 2 });
  const phones = Array.from({ length: 6 }, () => guest.device());
  for (const phone of phones.slice(0, 2)) {
    await phone.enter();
    t.equal((await phone.type(pin)).status, 303);
    guest.runtime.time.advance(MINUTE);
  }
  for (const phone of phones.slice(2, 5)) {
    await phone.enter();
    const page = await phone.type(pin);
    t.equal(page.status, 422);
    t.equal(page.state, 'device-limit');
    t.equal(page.body.match(/name="replace"/g)?.length, 2);
    t.match(page.body, /Device ending in 10:0\d, since 9:0\d/);
    t.equal(page.field('pin'), pin, 'the code was right and stays: only the choice is missing');
    const unknown = await phone.type(pin, { replace: 'somebody-else' });
    t.equal(unknown.state, 'device-limit', 'only a device of this visit can be replaced');
    t.equal((await phone.type(pin, { replace: unknown.field('replace') ?? '' })).status, 303);
    t.equal((await phone.follow()).state, 'connected');
    guest.runtime.time.advance(MINUTE);
  }
  const last = phones[5];
  await last?.enter();
  const page = await last?.type(pin);
  t.equal(page?.state, 'device-limit');
  t.notMatch(page?.body, 'name="replace"');
  t.match(page?.body, 'The desk can help you');
  t.equal((await phones[0]?.enter())?.state, 'pin', 'the replaced device is off');
});

t.test('who was wrong often waits, and the page says how long', async (t) => {
  const guest = await startGuest(t);
  const { pin } = await guest.visit();
  const phone = guest.device();
  await phone.enter();
  for (let i = 1; i <= 5; i++) t.equal((await phone.type(wrongOf(pin, i))).status, 422);
  const page = await phone.type(pin);
  t.equal(page.status, 429);
  t.equal(page.state, 'throttled');
  t.equal(page.headers['retry-after'], '30');
  t.match(page.body, 'Wait 1 minute');
  guest.runtime.time.advance(30_000);
  t.equal((await phone.type(pin)).status, 303);
});

t.test('when the budget for guesses is spent the e-mail address goes with the PIN', async (t) => {
  const guest = await startGuest(t);
  await guest.runtime.services.settings.change(SITE, { 'pin.length': 5 }, undefined, 'test');
  const { pin } = await guest.visit({ email: 'ada@example.com' });
  let asked = false;
  for (let i = 1; i <= 60 && !asked; i++) {
    const attacker = guest.device();
    await attacker.enter();
    asked = (await attacker.type(wrongOf(pin, i))).state === 'email';
  }
  t.ok(asked, 'wrong PINs of many devices spend it');
  const phone = guest.device();
  await phone.enter();
  const page = await phone.type(pin);
  t.equal(page.status, 422);
  t.equal(page.state, 'email');
  t.match(page.body, 'name="email"');
  const wrong = await phone.type(pin, { email: 'eve@example.com' });
  t.equal(wrong.state, 'refused');
  t.equal(wrong.field('email'), 'eve@example.com', 'the address stays to be corrected');
  t.match(wrong.body, 'the address that the invitation was sent to');
  t.equal((await phone.type(pin, { email: ' Ada@Example.com ' })).status, 303);
});

t.test('a form that is too old, altered or of another device is not judged', async (t) => {
  const guest = await startGuest(t);
  const { pin } = await guest.visit();
  const [phone, other] = [guest.device(), guest.device()];
  const state = (await phone.enter()).field('state') ?? '';
  await other.enter();

  const stolen = await other.post('/pin', { pin, state });
  t.equal(stolen.status, 422);
  t.equal(stolen.state, 'pin', 'it is asked for its own PIN');
  t.match(stolen.body, 'open for too long');
  const flipped = state.slice(0, -2) + (state.endsWith('AA') ? 'BB' : 'AA');
  for (const forged of [flipped, '', 'x', '%00', state.slice(0, 30)]) {
    t.equal((await phone.post('/pin', { pin, state: forged })).state, 'pin');
  }
  guest.runtime.time.advance(30 * MINUTE);
  const old = await phone.post('/pin', { pin, state });
  t.equal(old.status, 422);
  t.equal(old.state, 'pin');
  t.equal(old.field('pin'), pin, 'what was typed is not lost');
  t.equal((await phone.type(pin)).status, 303, 'the form of that answer works');

  const stranger = guest.device('02:00:00:00:99:99', '192.0.2.1');
  const nobody = await stranger.post('/pin', { pin, state });
  t.equal(nobody.status, 422);
  t.equal(nobody.state, 'unknown-client');
});
