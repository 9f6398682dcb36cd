import t from 'tap';
import { fieldOf, startPeople } from '../../fixtures/people.js';
import { HOUR, MINUTE, NINE, SITE } from '../../fixtures/runtime.js';

const NASTY = `<script>alert(1)</script>"><img src=x> {visitorcode} <%= 1 %> 🦊 ${'x'.repeat(90)}`;

t.test('the check-in desk', async (t) => {
  const { runtime, app, stranger, pair } = await startPeople(t);
  const { settings, visits, desks } = runtime.services;
  const set = (patch: object) => settings.change(SITE, patch, undefined, 'test');
  async function visit(more: object = {}) {
    const input = { name: 'Ada Lovelace', host: 'Bob', durationMinutes: 60, ...more };
    const expectedArrival = new Date(runtime.now()).toISOString();
    const made = await visits.register(SITE, { expectedArrival, ...input }, 'test');
    if (made.status !== 'registered') throw new Error(JSON.stringify(made));
    return { id: made.visit.id, pin: made.pin, claim: made.claim };
  }

  await t.test('who is not paired is shown a form for the code, and nothing else', async (t) => {
    const page = await stranger.get('/kiosk');
    t.equal(page.status, 200);
    t.match(page.html, /Pair this tablet/);
    for (const url of ['/kiosk/pin', '/kiosk/scan', '/kiosk/confirm', '/kiosk/walk-in'])
      t.equal((await stranger.post(url, { pin: '12345' })).location, '/kiosk', url);
    for (const url of ['/kiosk/walk-in', '/kiosk/waiting?r=x'])
      t.equal((await stranger.get(url)).location, '/kiosk', url);
    t.match(await stranger.post('/kiosk/pair', { code: '1234 5678' }), {
      status: 422,
      html: /pairs nothing/,
    });
    t.match(
      (await stranger.post('/kiosk/pair', { code: '1' }, { origin: 'https://evil.example' })).status,
      403,
    );
    t.match((await stranger.get('/')).html, /href="\/kiosk"/);
    for (const url of ['/login', '/visits', '/api/v1/visits', '/desks', '/readyz'])
      t.equal((await stranger.get(url)).status, 404, url);
  });

  await t.test('a paired tablet stays paired, until it is unpaired: then at once', async (t) => {
    const tablet = await pair();
    const page = await tablet.get('/kiosk');
    t.match(page.html, /<h1>Check in or out<\/h1>/);
    const cookie = String(page.headers['set-cookie']);
    t.match(
      cookie,
      /^foyer-desk=main\.[\w-]+\.[\w-]{43}; Max-Age=34560000; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    t.match(page.headers['content-security-policy'], /frame-ancestors 'none'/);
    t.equal((await tablet.get('/')).location, '/kiosk');
    const { pin } = await visit();
    t.equal((await tablet.post('/kiosk/pin', { pin })).status, 200);
    await desks.unpair(SITE, tablet.desk, 'test');
    t.equal((await tablet.post('/kiosk/pin', { pin })).location, '/kiosk');
    const gone = await tablet.get('/kiosk');
    t.match(gone.html, /Pair this tablet/);
    t.match(String(gone.headers['set-cookie']), /foyer-desk=;/);
  });

  await t.test('type the code, confirm; type it again, confirm; then it is over', async (t) => {
    const tablet = await pair();
    const { pin, id } = await visit();
    const asked = await tablet.post('/kiosk/pin', { pin: ` ${pin.slice(0, 3)}-${pin.slice(3)}` });
    t.match(asked, { status: 200, html: /Ada Lovelace[\s\S]*Visiting Bob[\s\S]*at 9:00, until 10:00/ });
    t.match(asked.html, /<button>Check in<\/button>/);
    t.notMatch(asked.html, pin);
    t.equal((await visits.find(SITE, id))?.checkedInAt, undefined, 'not before it is confirmed');
    const done = await tablet.post('/kiosk/confirm', { ticket: fieldOf(asked.html, 'ticket') });
    t.match(done, { status: 200, html: /Welcome, Ada Lovelace[\s\S]*opens the Wi-Fi until 10:00/ });
    t.match(done.html, /http-equiv="refresh" content="10;url=\/kiosk"/);
    t.equal((await visits.find(SITE, id))?.checkedInAt, NINE);
    const again = await tablet.post('/kiosk/pin', { pin });
    t.match(again.html, /<button>Check out<\/button>/);
    t.match(
      (await tablet.post('/kiosk/confirm', { ticket: fieldOf(again.html, 'ticket') })).html,
      /Goodbye, Ada/,
    );
    t.match(await tablet.post('/kiosk/pin', { pin }), { status: 422, html: /You have checked out already/ });
  });

  await t.test('each thing that is wrong is told in words, with the next step', async (t) => {
    const tablet = await pair();
    t.match(await tablet.post('/kiosk/pin', { pin: 'abc' }), { status: 422, html: /not a whole code/ });
    t.match(await tablet.post('/kiosk/pin', { pin: '0000000000' }), { status: 422, html: /not known here/ });
    t.match(await tablet.post('/kiosk/pin', { pin: NASTY.repeat(20) }), { status: 422 });
    t.match(await tablet.post('/kiosk/scan', { scan: 'nothing' }), {
      status: 422,
      html: /QR code is not known/,
    });
    const off = await visit();
    await visits.cancel(SITE, off.id, 'test');
    const cancelled = await tablet.post('/kiosk/pin', { pin: off.pin });
    t.match(cancelled, { status: 422, html: /This visit was cancelled/ });
    t.notMatch(cancelled.html, /Ada/, 'nobody is named');
    const later = await visit({ expectedArrival: new Date(NINE + 14 * HOUR).toISOString() });
    t.match((await tablet.post('/kiosk/pin', { pin: later.pin })).html, /You are expected at 23:00/);
    const { pin } = await visit();
    const asked = await tablet.post('/kiosk/pin', { pin });
    runtime.time.advance(2 * MINUTE);
    const stale = await tablet.post('/kiosk/confirm', { ticket: fieldOf(asked.html, 'ticket') });
    t.match(stale, { status: 422, html: /That took too long/ });
    runtime.time.set(NINE);
    t.match(await tablet.post('/kiosk/confirm', { ticket: 'x' }), { status: 422 });
  });

  await t.test('a QR code stands for the code', async (t) => {
    const tablet = await pair();
    const { claim } = await visit({ name: NASTY, host: NASTY });
    const page = await tablet.post('/kiosk/scan', { scan: `https://portal.example/claim/${claim}` });
    t.match(page, { status: 200, html: /Check in/ });
    t.notMatch(page.html, /<script>alert|<img/);
    t.match(page.html, /&lt;script&gt;alert/);
    const done = await tablet.post('/kiosk/confirm', { ticket: fieldOf(page.html, 'ticket') });
    t.notMatch(done.html, /<script>alert|<img/);
  });

  await t.test(
    'the code is asked for with the e-mail address once the budget for guesses is spent',
    async (t) => {
      const tablet = await pair();
      const { pin } = await visit({ email: 'ada@example.com' });
      await runtime.server.redis.hset('foyer:{main}:attempts', { spent: '1', level: '0', at: String(NINE) });
      const asked = await tablet.post('/kiosk/pin', { pin });
      t.match(asked, { status: 422, html: /name="email"/ });
      t.equal((await tablet.post('/kiosk/pin', { pin, email: 'ada@example.com' })).status, 200);
      const wrong = await tablet.post('/kiosk/pin', { pin, email: 'eve@example.com' });
      t.match(wrong, { status: 422, html: /name="email"[^>]*value="eve@example.com"/ });
      let last = wrong;
      for (let n = 0; n < 30 && last.status !== 429; n++)
        last = await tablet.post('/kiosk/pin', { pin: `99999${10 + n}`, email: 'eve@example.com' });
      t.equal(last.status, 429);
      t.ok(Number(last.headers['retry-after']) > 0);
      await runtime.server.redis.del('foyer:{main}:attempts');
    },
  );

  await t.test('a form from elsewhere, or with the token of another tablet, changes nothing', async (t) => {
    const [tablet, other] = [await pair(), await pair()];
    const { pin } = await visit();
    const foreign = fieldOf((await other.get('/kiosk')).html, '_csrf');
    t.equal((await tablet.post('/kiosk/pin', { pin, _csrf: foreign })).status, 403);
    t.equal((await tablet.post('/kiosk/pin', { pin }, { origin: 'https://evil.example' })).status, 403);
    t.equal((await tablet.post('/kiosk/pin', { pin }, { 'sec-fetch-site': 'cross-site' })).status, 403);
    t.equal((await tablet.post('/kiosk/pin', { pin })).status, 200);
  });

  await t.test('the visitor chooses the language; it goes along until the start', async (t) => {
    const tablet = await pair();
    t.match(
      (await tablet.get('/kiosk', { 'accept-language': 'de' })).html,
      /<html lang="de">[\s\S]*An- oder abmelden/,
    );
    const arabic = await tablet.get('/kiosk?lang=ar', { 'accept-language': 'de' });
    t.match(arabic.html, /<html lang="ar" dir="rtl">/);
    t.match(arabic.html, /name="lang" value="ar"/);
    const { pin } = await visit();
    const asked = await tablet.post('/kiosk/pin', { pin, lang: 'ja' }, { 'accept-language': 'de' });
    t.match(asked.html, /<html lang="ja">[\s\S]*入館する/);
    t.match((await tablet.get('/kiosk?lang=xx%22')).html, /<html lang="en">/);
  });

  await t.test('the camera needs https: the page says so, and leaves it out', async (t) => {
    const tablet = await pair();
    t.match((await tablet.get('/kiosk')).html, /data-scan hidden/, 'on the machine itself browsers allow it');
    await set({});
    const lan = await app.inject({
      url: '/kiosk',
      headers: { host: runtime.config.peopleUrl ?? '127.0.0.1', cookie: tablet.cookie },
    });
    t.equal(lan.statusCode, 200);
    const script = await app.inject({ url: '/assets/jsqr.js', headers: { host: 'localhost' } });
    t.match(script.payload, /jsQR/);
  });

  await t.test('nothing that was typed stands in a log', async (t) => {
    const lines: string[] = [];
    const note = (data: object, message: string) => lines.push(JSON.stringify({ ...data, message }));
    const loud = await startPeople(t, { log: { info: note, warn: note, error: note } });
    const tablet = await loud.pair();
    await tablet.post('/kiosk/pin', { pin: '48210937' });
    await tablet.post('/kiosk/scan', { scan: 'http://x/claim/abcdefgh12345678' });
    t.ok(lines.length > 2);
    t.notMatch(lines.join('\n'), /48210937|abcdefgh|foyer-desk/);
  });
});

t.test('where the address is plain http, the page says why there is no camera', async (t) => {
  const { app, runtime } = await startPeople(t, { env: { PEOPLE_URL: 'http://people.example.com' } });
  const { pairOn, tabletOn } = await import('../../fixtures/people.js');
  const begun = await runtime.services.desks.begin(SITE, 'Door', 'test');
  if (begun.status !== 'code') throw new Error(begun.status);
  await t.rejects(pairOn(app, runtime), 'another host is not answered');
  const paired = await tabletOn(app, '', 'people.example.com').post('/kiosk/pair', { code: begun.code });
  const [cookie = ''] = String(paired.headers['set-cookie']).split(';');
  const page = await tabletOn(app, cookie, 'people.example.com').get('/kiosk');
  t.match(page.html, /The camera needs https/);
  t.notMatch(page.html, /data-scan hidden/);
});
