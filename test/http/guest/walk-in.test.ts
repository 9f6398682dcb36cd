import t from 'tap';
import { startGuest } from '../../fixtures/guest.js';
import { eventually, HOUR, MINUTE, SITE } from '../../fixtures/runtime.js';

const ADA = { name: 'Ada Lovelace', email: 'ada@example.com', host: 'bob' };

t.test('a visitor without a PIN asks on the splash page', async (t) => {
  const { runtime, device } = await startGuest(t);
  const { walkIns, settings, visits } = runtime.services;
  const set = (patch: object) => settings.change(SITE, patch, undefined, 'test');

  await t.test('where that is not allowed, the page says where to ask, and nothing answers', async (t) => {
    const phone = device();
    t.match((await phone.enter()).body, /Ask at the desk/);
    t.notMatch((await phone.enter()).body, /walk-in/);
    t.match((await phone.get('/walk-in')).location, /^\/\?s=/);
    t.match((await phone.post('/walk-in', { ...ADA, state: 'x' })).location, /^\/\?s=/);
    t.match((await phone.get('/waiting')).location, /^\/\?s=/);
  });

  await set({
    'walkIns.portal': true,
    'walkIns.hosts': 'Bob Miller <bob@example.com>\nEve <eve@example.com>',
    'walkIns.minutes': 30,
  });

  /** The form, by the link on the PIN page. */
  async function openForm(phone = device()) {
    const pin = await phone.enter();
    const link = /href="(\/walk-in\?s=[^"]+)"/.exec(pin.body)?.[1] ?? '';
    const form = await phone.get(link);
    const send = (fields: Record<string, string> = ADA) =>
      phone.post('/walk-in', { ...fields, state: form.field('state') ?? '' });
    return { phone, pin, form, send };
  }
  const openRequest = async (): Promise<string> => (await walkIns.open(SITE))[0]?.id ?? '';

  await t.test('who is asked lets the phone in, also with the page closed', async (t) => {
    const { phone, pin, form, send } = await openForm();
    t.match(pin.body, /No code\? Ask your host/);
    t.match(form, { status: 200, state: 'pin' });
    const sent = await send();
    t.equal(sent.status, 303);
    t.match(sent.location, /^\/waiting\?s=/);
    const page = await phone.follow();
    t.match(page, { status: 200, state: 'early', refresh: /^5;url=\/waiting\?s=/ });
    t.notMatch(page.body, /Bob|Ada/, 'whoever forged the address reads no name');
    // The sheet is closed. The phone comes back by its gateway, by the portal's address, and asks again.
    t.match((await phone.enter()).location, /^\/waiting\?s=/);
    t.match((await phone.get('/')).location, /^\/waiting\?s=/);
    t.match((await phone.get('/walk-in')).location, /^\/waiting\?s=/);
    t.match(
      (await phone.post('/walk-in', { ...ADA, state: form.field('state') ?? '' })).location,
      /^\/waiting/,
    );
    t.equal((await walkIns.open(SITE)).length, 1, 'there is one request');
    const back = await phone.get(sent.location);
    t.equal(back.state, 'early');
    const code = /href="(\/\?s=[^"]+)"/.exec(back.body)?.[1] ?? '';
    t.equal((await phone.get(code)).state, 'pin', 'a code can still be typed');

    const answered = await walkIns.approve(SITE, await openRequest(), 'host');
    t.match(answered, { status: 'answered', until: runtime.now() + 30 * MINUTE });
    const to = await phone.get(sent.location);
    t.match(to.location, /^\/status\?s=/);
    const online = await eventually(async () => {
      const status = await phone.get(to.location);
      return status.state === 'connected' && status;
    });
    t.equal(online.until, new Date(runtime.now() + 30 * MINUTE).toISOString());
    t.match((await phone.enter()).state ?? (await phone.enter()).location, /connecting|connected|status/);
  });

  await t.test('a no is told kindly, and so is silence', async (t) => {
    const { phone, send } = await openForm();
    const { location } = await send({ ...ADA, host: 'Eve' });
    await walkIns.decline(SITE, await openRequest(), 'host');
    const no = await phone.get(location);
    t.match(no, { status: 200, state: 'refused', body: /Your host cannot receive you now/ });
    t.match((await phone.enter()).state, 'pin', 'coming anew begins anew');
    const other = await openForm();
    const sent = await other.send({ ...ADA, host: 'Eve' });
    runtime.time.advance(2 * HOUR);
    const late = await other.phone.get(sent.location);
    t.match(late, { state: 'expired', body: /Nobody has answered/ });
    t.match((await other.phone.get(late.link ?? '')).state, 'pin', 'it can be asked again');
  });

  await t.test('what is wrong with a field is said, and what was typed stays', async (t) => {
    const { send } = await openForm();
    const typed = { name: '"><script>x</script>', email: 'nobody', host: 'Zed' };
    const wrong = await send(typed);
    t.match(wrong, { status: 422, state: 'refused', body: /anna@example\.com[\s\S]*Nobody of that name/ });
    t.equal(wrong.field('email'), 'nobody');
    t.match(wrong.body, /&quot;&gt;&lt;script/);
    t.same(await walkIns.open(SITE), []);
  });

  await t.test('a form that was open for too long is sent once more; a stranger gets nowhere', async (t) => {
    const { phone, send } = await openForm();
    runtime.time.advance(31 * MINUTE);
    const again = await send();
    t.match(again, { status: 422, state: 'pin' });
    t.equal(again.field('name'), ADA.name);
    t.match(await phone.post('/walk-in', { ...ADA, state: again.field('state') ?? '' }), { status: 303 });
    await walkIns.decline(SITE, await openRequest(), 'test');
    runtime.time.advance(3 * HOUR);
    const nobody = device('02:00:00:00:99:99', '203.0.113.5');
    t.match(await nobody.post('/walk-in', { ...ADA, state: again.field('state') ?? '' }), {
      status: 422,
      state: 'unknown-client',
    });
    t.match(await nobody.get('/waiting'), { state: 'unknown-client' });
    t.match(await nobody.get('/walk-in'), { state: 'unknown-client' });
  });

  await t.test('too many at once, and who is on the block list, are told the same', async (t) => {
    await runtime.services.blocks.add(
      SITE,
      { kind: 'email', value: 'bad@example.com', note: 'Stole a cup' },
      'test',
    );
    const blocked = await (await openForm()).send({ ...ADA, email: 'BAD@example.com' });
    t.match(blocked, { status: 429, state: 'throttled', body: /Please ask at the desk/ });
    t.notMatch(blocked.body, /block list|blocked|cup/i);
    for (let n = 0; n < 3; n++) t.equal((await (await openForm()).send()).status, 303);
    const busy = await (await openForm()).send();
    t.match(busy, { status: 429, state: 'throttled' });
    t.ok(Number(busy.headers['retry-after']) > 0);
    runtime.time.advance(3 * HOUR);
  });

  await t.test('the terms that the page showed are recorded; in the language that was chosen', async (t) => {
    await set({ 'portal.terms': 'Be kind.' });
    const { phone, pin } = await openForm();
    const again = /name="s" value="([^"]+)"/.exec(pin.body)?.[1] ?? '';
    const form = await phone.get(`/walk-in?s=${again}&lang=de`);
    t.match(form.body, /Wen besuchen Sie\?[\s\S]*\/terms\?s=/);
    const sent = await phone.post('/walk-in', { ...ADA, state: form.field('state') ?? '' });
    t.match((await phone.get(sent.location)).body, /Ihr Gastgeber ist gefragt/);
    const asked = (await walkIns.open(SITE))[0];
    t.equal(asked?.language, 'de');
    const answered = await walkIns.approve(SITE, asked?.id ?? '', 'host');
    if (answered.status !== 'answered') throw new Error(answered.status);
    const fields = await runtime.server.redis.hgetall(`foyer:{main}:visit:${answered.visit}`);
    t.ok(fields.termsAcceptedAt);
    await set({ 'portal.terms': '' });
  });

  await t.test('without approval the phone goes online at once', async (t) => {
    await set({ 'walkIns.hostApproval': false });
    const { phone, pin, form, send } = await openForm();
    t.match(pin.body, /No code\? Sign in here/);
    t.match(form.body, /<button type="submit">Go online<\/button>/);
    const sent = await send();
    t.match(sent.location, /^\/status\?s=/);
    await eventually(async () => (await phone.get(sent.location)).state === 'connected');
    const [made] = (await visits.list(SITE, { words: ['ada'], limit: 50 })).items.slice(-1);
    t.match(made, { name: 'Ada Lovelace', host: 'Bob Miller' });
    t.ok(made?.checkedInAt);
  });

  await t.test('one phone makes one visit, however often it sends the form', async (t) => {
    const count = async () => (await visits.list(SITE, { words: ['grace'], limit: 50 })).items.length;
    const { send } = await openForm();
    const grace = { ...ADA, name: 'Grace Hopper' };
    const both = await Promise.all([send(grace), send(grace)]);
    for (const one of both) t.match(one.location, /^\/status\?s=/);
    t.match((await send(grace)).location, /^\/status\?s=/);
    t.equal(await count(), 1);
    t.equal((await (await openForm()).send(grace)).status, 303, 'another phone is another visitor');
    t.equal(await count(), 2);
  });
});
