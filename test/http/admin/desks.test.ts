import t from 'tap';
import { startAdmin } from '../../fixtures/admin.js';
import { contextOf, originOf, startBrowser } from '../../fixtures/browser.js';
import { DEMO, MINUTE, SITE } from '../../fixtures/runtime.js';
import { mac } from '../../fixtures/story.js';

t.test('tablets and walk-ins in the admin pages', async (t) => {
  const { app, runtime, as } = await startAdmin(t);
  const { desks, walkIns, settings } = runtime.services;
  const admin = await as('admin');
  const desk = await as('desk');
  const NASTY = '"><img src=x> {visitorcode} <%= 1 %> 🦊';

  await t.test('a tablet is paired by a code that is shown once, renamed, and unpaired', async (t) => {
    t.match((await admin.get('/desks')).html, /No tablet is paired/);
    t.equal((await desk.get('/desks')).status, 403);
    t.match(await admin.post('/desks', { name: ' ' }), { status: 422, html: /Type a name/ });
    const made = await admin.post('/desks', { name: NASTY });
    t.equal(made.status, 200);
    t.notMatch(made.html, /<img/);
    const code = [...made.html.matchAll(/<span>(\d+)<\/span>/g)].map(([, group]) => group).join('');
    t.match(code, /^\d{8}$/);
    t.notMatch((await admin.get('/desks')).html, code.slice(0, 4));
    const paired = await desks.pair(code, 'Tablet <b>');
    t.equal(paired.status, 'paired');
    const [one] = await desks.list(SITE);
    const page = await admin.get(`/desks/${one?.id}`);
    t.notMatch(page.html, /<img|<b>/);
    t.match(await admin.post(`/desks/${one?.id}`, { name: '' }), { status: 422 });
    t.match((await admin.follow(`/desks/${one?.id}`, { name: 'Back door' })).html, /called Back door now/);
    t.match((await admin.get(`/desks/${one?.id}/unpair`)).html, /checks nobody in or out from now on/);
    t.match((await admin.follow(`/desks/${one?.id}/unpair`)).html, /unpaired/);
    t.same(await desks.list(SITE), []);
    for (const url of ['/desks/nothing', '/desks/..%2f', `/desks/${one?.id}`])
      t.equal((await admin.get(url)).status, 404, url);
  });

  await t.test('a code can be withdrawn', async (t) => {
    const made = await admin.post('/desks', { name: 'Lost' });
    const code = [...made.html.matchAll(/<span>(\d+)<\/span>/g)].map(([, group]) => group).join('');
    const digest = /name="code" value="([^"]+)"/.exec(made.html)?.[1] ?? '';
    await admin.follow('/desks/withdraw', { code: digest });
    t.match(await desks.pair(code, 'A'), { status: 'refused' });
  });

  await t.test('the desk answers in the place of a host, once', async (t) => {
    t.match((await desk.get('/walk-ins')).html, /An admin can turn them on/);
    t.match((await admin.get('/walk-ins')).html, /href="\/settings\/walk-ins"/);
    const hosts = 'Bob Miller <bob@example.com>\nCarol <carol@example.com>';
    await settings.change(SITE, { 'walkIns.portal': true, 'walkIns.hosts': hosts }, undefined, 'test');
    t.match((await desk.get('/walk-ins')).html, /Nobody is waiting/);
    const ask = async (n: number, host: string) => {
      const asked = await walkIns.begin(SITE, {
        place: { client: { gateway: DEMO, mac: mac(n) } },
        form: { name: NASTY, email: 'ada@example.com', host },
        language: 'en',
      });
      if (asked.status !== 'asked') throw new Error(JSON.stringify(asked));
      return asked.request;
    };
    const [first, second] = [await ask(1, 'Bob'), await ask(2, 'Carol')];
    const page = await desk.get('/walk-ins');
    t.notMatch(page.html, /<img/);
    t.match(page.html, /Bob Miller[\s\S]*On the Wi-Fi/);
    t.match(await desk.post(`/walk-ins/${first}`, { decision: 'approve' }), { status: 303 });
    t.match(await walkIns.find(SITE, first), { answer: { by: `person:${desk.person}` } });
    t.match((await admin.follow(`/walk-ins/${first}`, { decision: 'decline' })).html, /Somebody was quicker/);
    t.match((await desk.follow(`/walk-ins/${second}`, { decision: 'decline' })).html, /Declined/);
    t.equal((await desk.post(`/walk-ins/${second}`, { decision: 'burn' })).status, 404);
    runtime.time.advance(5 * MINUTE);
  });

  await t.test('settings of walk-ins stand on a page of their own', async (t) => {
    const page = await admin.get('/settings/walk-ins');
    t.match(page.html, /Hosts, one per line/);
    const wrong = await settings.change(SITE, { 'walkIns.hosts': 'Bob' }, undefined, 'test');
    t.match(wrong, { status: 'invalid', problems: [{ message: /Bob Miller <bob@example.com>/ }] });
  });

  await t.test('the pages can be read in both schemes, on a phone and at a desk', async (t) => {
    await walkIns.begin(SITE, {
      place: { client: { gateway: DEMO, mac: mac(3) } },
      form: { name: 'Ada Lovelace', email: 'ada@example.com', host: 'Bob' },
      language: 'en',
    });
    const begun = await desks.begin(SITE, 'Front door', 'test');
    if (begun.status === 'code') await desks.pair(begun.code, 'Mozilla/5.0 (iPad)');
    await desks.begin(SITE, 'Garage', 'test');
    const browser = await startBrowser(t);
    const origin = await originOf(app);
    const context = await contextOf(browser, origin, { cookie: admin.cookie, script: false });
    const page = await context.newPage();
    await page.goto('/desks');
    await page.fill('[name=name]', 'Side door');
    await page.click('text=Make a pairing code');
    t.match(await page.textContent('main .card'), /Pair the tablet "Side door"/);
    await page.screenshot({ path: '.pictures/desks-code.png', fullPage: true });
  });
});
