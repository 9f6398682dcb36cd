import t from 'tap';
import { startAdmin } from '../../fixtures/admin.js';
import { contextOf, originOf, startBrowser } from '../../fixtures/browser.js';
import { DEMO, SITE } from '../../fixtures/runtime.js';
import { mac } from '../../fixtures/story.js';

t.test('the page of walk-ins', async (t) => {
  const { app, runtime, as } = await startAdmin(t);
  const { walkIns, settings, blocks } = runtime.services;
  const desk = await as('desk');
  const hosts = 'Bob Miller <bob@example.com>';
  t.match((await desk.get('/walk-ins')).html, /Walk-ins are off/);
  await settings.change(SITE, { 'walkIns.portal': true }, undefined, 'test');
  const lonely = await (await as('admin')).get('/walk-ins');
  t.match(lonely.html, /Nobody can be asked yet[\s\S]*Name the hosts/);
  t.notMatch(lonely.html, /Walk-ins are off/);
  const zone = { 'site.timeZone': 'Asia/Tokyo' };
  await settings.change(SITE, { 'walkIns.hosts': hosts, ...zone }, undefined, 'test');
  const ask = async (n: number, name: string) => {
    const asked = await walkIns.begin(SITE, {
      place: { client: { gateway: DEMO, mac: mac(n) } },
      form: { name, email: `v${n}@example.com`, host: 'Bob' },
      language: 'en',
    });
    if (asked.status !== 'asked') throw new Error(JSON.stringify(asked));
    return asked.request;
  };

  await t.test('who asks appears, and who was answered goes, without loading it again', async (t) => {
    const browser = await startBrowser(t);
    const context = await contextOf(browser, await originOf(app), { cookie: desk.cookie });
    const page = await context.newPage();
    let loads = 0;
    page.on('load', () => loads++);
    await page.goto('/walk-ins');
    await page.locator('[data-stream-state]', { hasText: 'Live' }).waitFor();
    const hour = `new Date().toLocaleTimeString('en-GB', { timeZone: 'Asia/Tokyo', hour: '2-digit' })`;
    const before = await page.evaluate(hour);
    const said = await page.locator('[data-stream-state]').textContent();
    t.ok(
      [before, await page.evaluate(hour)].some((one) => said?.includes(`as of ${one}:`)),
      said ?? '',
    );
    await page.getByText('Nobody is waiting').waitFor();
    const ada = await ask(1, 'Ada Lovelace');
    const button = page.getByRole('button', { name: 'Let in Ada Lovelace' });
    await button.waitFor({ timeout: 5000 });
    await button.focus();
    const grace = await ask(2, 'Grace Hopper');
    await page.getByRole('button', { name: 'Let in Grace Hopper' }).waitFor({ timeout: 5000 });
    t.equal(await page.evaluate('document.activeElement.id'), `approve-${ada}`, 'the focus stays');
    await walkIns.decline(SITE, grace, 'host');
    await page.getByText('Grace Hopper').waitFor({ state: 'detached', timeout: 5000 });
    t.equal(loads, 1);
    await page.getByRole('button', { name: 'Decline Ada Lovelace' }).click();
    await page.getByText('Declined.').waitFor();
    t.match(await walkIns.find(SITE, ada), { answer: { outcome: 'declined', by: `person:${desk.person}` } });
    await context.close();
  });

  await t.test('without script it says when it is from; its forms work', async (t) => {
    const eve = await ask(3, 'Eve');
    const page = await desk.get('/walk-ins');
    t.match(page.html, /As of 18:00\. Load the page again/);
    t.match(page.html, /data-stream="\/sessions\/stream\?since=[\w-]{16}"/);
    const { html } = await desk.follow(`/walk-ins/${eve}`, { decision: 'approve' });
    t.match(html, /Let in\. Eve is checked in[\s\S]*href="\/visits\/[\w-]+">See the visit/);
    t.match(html, /<h1>Walk-ins<\/h1>/, 'who is next stands there');
  });

  await t.test('who was blocked meanwhile cannot be let in, and the page says why', async (t) => {
    const mallory = await ask(4, 'Mallory');
    const line = { kind: 'name', value: 'Mallory', note: 'took a <chair>' };
    await blocks.add(SITE, line, 'test');
    const { html } = await desk.get('/walk-ins');
    t.match(html, /Mallory is on the block list \(took a &lt;chair&gt;\)\. Ask an admin\./);
    t.notMatch(html, /Let in Mallory/);
    t.match(html, /Decline Mallory/);
    const refused = await desk.follow(`/walk-ins/${mallory}`, { decision: 'approve' });
    t.match(refused.html, /flash bad[\s\S]*Mallory is on the block list/);
    t.match((await desk.follow(`/walk-ins/${mallory}`, { decision: 'decline' })).html, /Declined\./);
  });
});
