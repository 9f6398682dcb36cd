import t from 'tap';
import { startAdmin } from '../../fixtures/admin.js';
import { contextOf, findings, originOf, startBrowser } from '../../fixtures/browser.js';
import { DEMO, eventually, SITE } from '../../fixtures/runtime.js';
import { keysHolding } from '../../fixtures/scan.js';
import { actions } from '../../fixtures/story.js';

const EMAIL = 'ada.l@counting-house.example';

t.test('the page of what is held', async (t) => {
  const { as, app, runtime } = await startAdmin(t, { started: true });
  const { visit, redeem } = actions(runtime);
  const { blocks, visits } = runtime.services;
  await eventually(() => runtime.worker?.holds(DEMO));
  const ann = await as('admin');
  const first = await visit({ name: 'Ada <Lovelace>', email: EMAIL });
  const second = await visit({ name: 'Ada Lovelace', email: EMAIL });
  await redeem(1, first.pin);
  await blocks.add(SITE, { kind: 'email', value: EMAIL, note: 'late' }, `person:${ann.person}`);

  await t.test('it is for admins, and whom it asks about stands in no address', async (t) => {
    const desk = await as('desk');
    for (const path of ['/privacy', '/privacy/export', '/privacy/erasing', '/privacy/erase']) {
      t.equal((await desk.get(path)).status, 403, path);
      t.equal((await desk.post(path, { email: EMAIL })).status, 403, path);
    }
    t.notMatch((await ann.get(`/privacy?email=${EMAIL}`)).html, /Ada/, 'a query names nobody');
    t.equal((await ann.get('/privacy/export')).status, 303);
  });

  await t.test('what cannot be looked for is said by its field', async (t) => {
    for (const fields of [{ mac: 'x' }, { email: 'ada' }, {}]) {
      const page = await ann.post('/privacy', fields);
      t.equal(page.status, 422);
      t.match(page.html, /class="problem"/);
    }
    t.match((await ann.post('/privacy', { name: 'Nobody' })).html, /Nothing is held/);
  });

  await t.test('it shows visits, devices and the block list, and hands them out', async (t) => {
    const page = await ann.post('/privacy', { email: EMAIL });
    t.equal(page.status, 200);
    t.match(page.html, /Ada &lt;Lovelace&gt;/);
    t.match(page.html, /02:00:00:00:00:01/);
    t.match(page.html, /\(late\)/);
    const file = await ann.post('/privacy/export', { email: EMAIL });
    t.match(file.headers['content-disposition'], /^attachment; filename="held-2026-11-23\.json"$/);
    const json = JSON.parse(file.html);
    t.equal(json.visits.length, 2);
    t.notOk(file.html.includes(first.pin));
  });

  await t.test('the pages are sound in both schemes, on a phone too', async (t) => {
    const browser = await startBrowser(t);
    const origin = await originOf(app);
    const { cookie } = ann;
    for (const scheme of ['light', 'dark'] as const) {
      const context = await contextOf(browser, origin, {
        cookie,
        scheme,
        script: scheme === 'light',
        width: 320,
      });
      const tab = await context.newPage();
      await tab.goto('/privacy');
      await tab.getByLabel('E-mail address').fill(EMAIL);
      await tab.getByRole('button', { name: 'Show what is held' }).click();
      await tab.getByRole('heading', { name: 'On the block list' }).waitFor();
      t.equal(new URL(tab.url()).search, '');
      t.same(await (scheme === 'light' ? findings(tab) : []), [], 'what is held');
      for (const width of [320, 1280]) {
        await tab.setViewportSize({ width, height: 860 });
        await tab.screenshot({ path: `.pictures/privacy-found-${scheme}-${width}.png`, fullPage: true });
      }
      await tab.getByRole('button', { name: 'Erase…' }).click();
      await tab.getByRole('button', { name: 'Erase it for good' }).waitFor();
      if (scheme === 'light') t.same(await findings(tab), [], 'the question');
      await tab.screenshot({ path: `.pictures/privacy-erase-${scheme}.png`, fullPage: true });
      await tab.goto('/blocks');
      await tab.getByLabel('Who').fill('Ada Lovelace');
      await tab.getByRole('button', { name: 'Put on the list' }).click();
      await tab.getByRole('button', { name: /^Block, and cancel/ }).waitFor();
      if (scheme === 'light') t.same(await findings(tab), [], 'visits that a line means');
      await tab.screenshot({ path: `.pictures/blocks-visits-${scheme}.png`, fullPage: true });
      await context.close();
    }
  });

  await t.test('a message that names somebody is kept by the browser only, for its next page', async (t) => {
    const { redis } = runtime.server;
    const held = await keysHolding(redis, 'Lovelace');
    const [desk, other] = [await as('desk'), await as('desk')];
    const done = await desk.post(`/visits/${second.id}/check-in`);
    const kept = [done.headers['set-cookie']].flat().map(String);
    const [cookie = ''] = kept.filter((one) => one.startsWith('foyer-flash='));
    t.match(cookie, /^foyer-flash=[\w-]+; Max-Age=60; Path=\/; HttpOnly; SameSite=Lax$/);
    t.notMatch(Buffer.from(cookie.slice(12).split(';')[0] ?? '', 'base64url').toString('latin1'), /Ada/);
    const named = (await keysHolding(redis, 'Lovelace')).map((key) => key.split(' ')[0]);
    t.same(
      named,
      held.map((key) => key.split(' ')[0]),
      'nothing else names anybody',
    );
    const stolen = { cookie: `${other.cookie}; ${cookie.split(';')[0]}` };
    t.notMatch((await other.get('/visits/new', stolen)).html, /is checked in/, 'no other login reads it');
    t.notMatch((await desk.get('/visits/new', { 'x-foyer-live': '1' })).html, /is checked in/);
    t.match((await desk.get('/visits/new')).html, /Ada Lovelace is checked in/);
    t.notMatch((await desk.get('/visits/new')).html, /is checked in/, 'once');
    await desk.post(`/visits/${second.id}/check-in`);
  });

  await t.test('what was chosen is erased, after a page that names it', async (t) => {
    const asked = await ann.post('/privacy/erasing', { email: EMAIL, visit: first.id, keepBlocks: 'true' });
    t.match(asked.html, /1 visit is erased: Ada &lt;Lovelace&gt;, Mon,? 23 Nov,? 09:00\./);
    t.match(asked.html, /1 device goes offline now\./);
    t.match(asked.html, /1 visit that you did not choose stay/);
    t.match(asked.html, /1 line of the block list stay/);
    t.ok(await visits.find(SITE, first.id), 'nothing has happened yet');
    const done = await ann.follow('/privacy/erase', {
      email: EMAIL,
      visits: first.id,
      keepBlocks: 'true',
    });
    t.match(done.html, /Erased: 1 visit\./);
    t.equal(await visits.find(SITE, first.id), undefined);
    t.ok(await visits.find(SITE, second.id));
    const rest = await ann.post('/privacy', { email: EMAIL });
    t.match(rest.html, /<li>1 mail<\/li>/);
    const all = await ann.post('/privacy/erasing', { email: EMAIL, visit: second.id });
    t.match(all.html, /Also erased: 1 mail\b/);
    await ann.follow('/privacy/erase', { email: EMAIL, visits: second.id, keepBlocks: 'false' });
    t.same(await keysHolding(runtime.server.redis, 'lovelace', EMAIL), []);
  });
});
