import t from 'tap';
import { contextOf, findings, lookAt, originOf, startBrowser } from '../../fixtures/browser.js';
import { startPeople, tabletOn } from '../../fixtures/people.js';
import { DAY, eventually, HOUR, MINUTE, SITE } from '../../fixtures/runtime.js';

const BOB = 'bob@example.com';
const SETTINGS = {
  'hosts.register': true,
  'hosts.domains': ['example.org'],
  'walkIns.hosts': `Bob Miller <${BOB}>`,
  'site.name': 'Harbour House',
};
const FORM = {
  name: 'Ada Lovelace',
  email: 'ada@example.com',
  date: '2026-11-23',
  time: '14:00',
  preset: '0',
};

async function start(t: Parameters<typeof startPeople>[0]) {
  const people = await startPeople(t);
  const { runtime, app, stranger } = people;
  const { settings, mail } = runtime.services;
  const set = (patch: object) => settings.change(SITE, patch, undefined, 'test');
  await set(SETTINGS);

  /** The links that are in mails to this address, the newest first, once there are so many: nobody waits for them. */
  const links = (to: string, least = 1): Promise<string[]> =>
    eventually(async () => {
      const found = await linksNow(to);
      return found.length >= least && found;
    });

  async function linksNow(to: string): Promise<string[]> {
    const { items } = await mail.outbox(SITE, { limit: 50 });
    const shown = await Promise.all(
      items.filter(({ kind }) => kind === 'host-link').map(({ id }) => mail.show(SITE, id, 'test')),
    );
    return shown.flatMap((one) =>
      one?.to.address === to ? (/https?:\S+\/host\/enter\/\S+/.exec(one.text)?.[0] ?? []) : [],
    );
  }

  /** Asks for a link and follows it, as somebody does who reads that mailbox. */
  async function signIn(email = BOB) {
    const { length } = await linksNow(email);
    await stranger.post('/host/link', { email });
    const [link = ''] = await links(email, length + 1);
    const entered = await stranger.post(new URL(link).pathname);
    const [cookie = ''] = String(entered.headers['set-cookie'] ?? '').split(';');
    if (entered.status !== 303 || !cookie) throw new Error(`no login: ${entered.status} ${entered.html}`);
    const host = tabletOn(app, cookie);
    await host.get('/host/visitors');
    return host;
  }
  return { ...people, set, links, signIn };
}

t.test('a host signs in by a link, registers a visitor, sees the visit, and cancels it', async (t) => {
  const { runtime, signIn } = await start(t);
  const bob = await signIn();
  t.match((await bob.get('/host/visitors')).html, /Nobody yet/);
  t.match((await bob.get('/host/new')).html, /Register and send the PIN/);
  const done = await bob.post('/host/new', FORM);
  t.match(done.location, /^\/host\/visitors\/[\w-]+\?new=1$/);
  const page = await bob.get(done.location);
  t.match(page.html, /Ada Lovelace/);
  t.match(page.html, /PIN is on its way by mail/);
  const [visit] = (await runtime.services.visits.list(SITE, { words: [], limit: 5 })).items;
  t.match(visit, { host: 'Bob Miller', hostEmail: BOB, email: 'ada@example.com', mail: { state: 'queued' } });
  const shown = await runtime.services.visits.showPin(SITE, visit?.id ?? '');
  t.ok(shown?.pin);
  t.notOk(page.html.includes(shown?.pin ?? ''), 'the PIN goes to the visitor and nobody else');
  t.match((await bob.get('/host/visitors')).html, /Ada Lovelace/);

  const path = done.location.split('?')[0] ?? '';
  t.match((await bob.get(`${path}/cancel`)).html, /Cancel the visit of/);
  await bob.post(`${path}/cancel`);
  t.match((await bob.get(path)).html, /cancelled/);
  t.equal((await bob.post('/host/leave')).location, '/host');
  t.equal((await bob.get('/host/visitors')).location, '/host');
});

t.test('hosts see and cancel their own visitors, and nobody else’s', async (t) => {
  const { runtime, signIn } = await start(t);
  const [bob, eve] = [await signIn(), await signIn('eve@example.org')];
  const done = await bob.post('/host/new', FORM);
  const path = done.location.split('?')[0] ?? '';
  t.equal((await eve.get(path)).status, 404);
  t.equal((await eve.post(`${path}/cancel`)).status, 404);
  t.notMatch((await eve.get('/host/visitors')).html, /Ada/);
  const desk = await runtime.services.visits.register(
    SITE,
    { name: 'Grace', expectedArrival: '2026-11-23T15:00', hostEmail: 'Eve@example.org' },
    'test',
  );
  t.equal(desk.status, 'registered');
  t.match(
    (await eve.get('/host/visitors')).html,
    /Grace/,
    'whom the desk registered for a host is the host’s',
  );
});

t.test('a link works once, for 15 minutes, and opening it changes nothing', async (t) => {
  const { runtime, stranger, links } = await start(t);
  await stranger.post('/host/link', { email: BOB });
  const [link = ''] = await links(BOB);
  const path = new URL(link).pathname;
  for (let i = 0; i < 3; i++) {
    const looked = await stranger.get(path);
    t.match(looked.html, /Go on to your visitors/);
    t.notOk(looked.headers['set-cookie']);
  }
  const both = await Promise.all([stranger.post(path), stranger.post(path)]);
  t.same(both.map(({ status }) => status).sort(), [303, 410]);
  t.equal((await stranger.get(path)).status, 410);

  await stranger.post('/host/link', { email: BOB });
  const [second = ''] = await links(BOB, 2);
  const { redis } = runtime.server;
  const [key = ''] = await redis.keys('*:host-link:*');
  t.ok((await redis.pttl(key)) > 14 * MINUTE && (await redis.pttl(key)) <= 15 * MINUTE);
  await redis.pexpire(key, 0);
  t.equal((await stranger.post(new URL(second).pathname)).status, 410);
});

t.test('who may not register is told the same as who may, and gets no mail', async (t) => {
  const { runtime, stranger, links, set } = await start(t);
  const [may, not] = [
    await stranger.post('/host/link', { email: BOB }),
    await stranger.post('/host/link', { email: 'mallory@evil.example' }),
  ];
  const without = (html: string) => html.replace(/<strong>.*?<\/strong>/, '');
  t.equal(without(may.html), without(not.html));
  t.equal((await links('mallory@evil.example', 0)).length, 0);
  for (let i = 0; i < 9; i++) await stranger.post('/host/link', { email: BOB });
  t.equal((await links(BOB, 3)).length, 3, 'and no mailbox is flooded');
  runtime.stores.hosts.issueLink = () => new Promise(() => undefined);
  const slow = new Promise((resolve) => setTimeout(resolve, 2000, 'waited for'));
  const told = await Promise.race([stranger.post('/host/link', { email: BOB }), slow]);
  t.match(told, { status: 200 }, 'how long the answer takes does not tell either');
  t.equal((await stranger.post('/host/link', { email: 'no address' })).status, 422);
  const foreign = await stranger.post('/host/link', { email: BOB }, { origin: 'https://evil.example' });
  t.equal(foreign.status, 403);
  await set({ 'hosts.register': false });
  t.match((await stranger.get('/host')).html, /do not register visitors here/);
});

t.test('who is taken from the list is out at once, and a login ends after 12 hours', async (t) => {
  const { runtime, signIn, set } = await start(t);
  const bob = await signIn();
  const eve = await signIn('eve@example.org');
  await set({ 'walkIns.hosts': '' });
  t.equal((await bob.get('/host/visitors')).location, '/host');
  t.equal((await eve.get('/host/visitors')).status, 200);
  runtime.time.advance(12 * HOUR);
  t.equal((await eve.get('/host/visitors')).location, '/host');
});

t.test('a host registers no more than the quota, also when all is sent at once', async (t) => {
  const { runtime, signIn, set } = await start(t);
  await set({ 'hosts.visitsMost': 3, 'hosts.periodDays': 7 });
  const bob = await signIn();
  const sent = await Promise.all(
    Array.from({ length: 8 }, (_, i) => bob.post('/host/new', { ...FORM, name: `Visitor ${i}` })),
  );
  t.equal(sent.filter(({ status }) => status === 303).length, 3);
  const full = sent.find(({ status }) => status !== 303);
  t.equal(full?.status, 422);
  t.match(full?.html, /3 of 3 visitors/);
  t.equal((await runtime.services.visits.list(SITE, { words: [], limit: 50 })).items.length, 3);
  runtime.time.advance(7 * DAY + HOUR);
  await set({});
  const later = await signIn();
  const again = await later.post('/host/new', { ...FORM, date: '2026-12-01' });
  t.equal(again.status, 303, again.html);
});

t.test(
  'what is wrong comes back with what was typed; the limits of the desk and the block list hold',
  async (t) => {
    const { runtime, signIn, set } = await start(t);
    const bob = await signIn();
    const evil = '"><script>alert(1)</script>{visitorcode}<%= 1 %>';
    const wrong = await bob.post('/host/new', { ...FORM, name: evil, email: 'nowhere' });
    t.equal(wrong.status, 422);
    t.match(wrong.html, /That is not an e-mail address/);
    t.notOk(wrong.html.includes('<script>alert'));
    const none = await bob.post('/host/new', { ...FORM, email: '' });
    t.match(none.html, /the PIN goes there/);
    await set({ 'desk.daysAhead': 3 });
    t.match((await bob.post('/host/new', { ...FORM, date: '2027-11-23' })).html, /days ahead at most/);
    await runtime.services.blocks.add(
      SITE,
      { kind: 'name', value: 'Ada Lovelace', note: 'a secret note' },
      'test',
    );
    const blocked = await bob.post('/host/new', FORM);
    t.equal(blocked.status, 422);
    t.match(blocked.html, /ask at the desk/);
    t.notMatch(blocked.html, /secret note/);
    const token = await bob.post('/host/new', { ...FORM, _csrf: 'x' });
    t.equal(token.status, 403);
  },
);

t.test('the pages can be read without script, in both schemes, on a phone and at a desk', async (t) => {
  const { app, signIn } = await start(t);
  const bob = await signIn();
  await bob.post('/host/new', { ...FORM, name: 'عمر الخيّام' });
  const visit =
    (await bob.post('/host/new', { ...FORM, name: 'W'.repeat(200) })).location.split('?')[0] ?? '';
  const browser = await startBrowser(t);
  const origin = await originOf(app);
  const cookie = bob.cookie;
  t.same(await lookAt(browser, origin, '/host/visitors', 'host-visitors', { cookie }), []);
  t.same(await lookAt(browser, origin, '/host/new', 'host-new', { cookie }), []);
  const context = await contextOf(browser, origin, { cookie, script: false, width: 320 });
  const page = await context.newPage();
  for (const path of ['/host', visit, `${visit}/cancel`]) {
    await page.goto(path);
    t.ok(await page.locator('h1').textContent(), path);
  }
  await context.close();
  const nobody = await contextOf(browser, origin, { width: 320 });
  const entry = await nobody.newPage();
  await entry.goto('/host');
  t.same(await findings(entry), []);
  await nobody.close();
});
