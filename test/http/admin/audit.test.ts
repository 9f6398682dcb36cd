import { parse } from 'csv-parse/sync';
import t from 'tap';
import { startAdmin } from '../../fixtures/admin.js';
import { contextOf, originOf, startBrowser } from '../../fixtures/browser.js';
import { DAY, NINE, SITE } from '../../fixtures/runtime.js';
import { iso } from '../../fixtures/story.js';

const ROWS = /<th scope="row"><time/g;

t.test('the audit log', async (t) => {
  const { app, runtime, as } = await startAdmin(t);
  const [admin, desk] = [await as('admin'), await as('desk')];
  const { visits, settings } = runtime.services;
  const visit = async (name: string, by = 'test') => {
    const made = await visits.register(
      SITE,
      { name, expectedArrival: iso(runtime.now()), durationMinutes: 60 },
      by,
    );
    if (made.status !== 'registered') throw new Error(made.status);
    return made.visit.id;
  };
  const rows = (html: string) => html.match(ROWS)?.length ?? 0;
  const evil = await visit('=HYPERLINK("http://evil.example","x")', 'command-line');
  const ada = await visit('Ada <b>Lovelace</b>', `person:${admin.person}`);
  await visits.checkIn(SITE, ada, `person:${desk.person}`);

  t.test('says who did what, in words, escaped', async (t) => {
    const { html } = await admin.get('/audit');
    t.match(html, new RegExp(`${desk.email}</td>\\s*<td[^>]*>checked in Ada &lt;b&gt;Lovelace`));
    t.notMatch(html, /<b>Lovelace/);
    t.equal((await desk.get('/audit')).status, 403);
    t.equal((await desk.get('/audit/export.csv')).status, 403);
  });

  t.test('is filtered by kind, person, visit and day of the site', async (t) => {
    const of = async (query: string) => (await admin.get(`/audit?${query}`)).html;
    t.equal(rows(await of('kind=visit')), 3);
    t.equal(rows(await of(`kind=visit&by=person:${desk.person}`)), 1);
    t.equal(rows(await of(`visit=${ada}`)), 2);
    t.equal(rows(await of('kind=visit.checked-in')), 1);
    t.match(await of('kind=visit'), /<option value="visit" selected>/);
    // 23:30 in Auckland is the day after 10:30 UTC.
    await settings.change(SITE, { 'site.timeZone': 'Pacific/Auckland' }, undefined, 'test');
    runtime.time.set(NINE + 2.5 * 3_600_000);
    await visit('Late');
    t.equal(rows(await of('kind=visit&day=2026-11-24')), 1, 'its day');
    t.equal(rows(await of('kind=visit&day=2026-11-23')), 3);
    await settings.change(SITE, { 'site.timeZone': 'UTC' }, undefined, 'test');
    t.equal(rows(await of('kind=visit&day=2026-11-23')), 4);
    const wrong = await admin.get('/audit?day=monday');
    t.equal(wrong.status, 422);
    t.match(wrong.html, /That is no day/);
    t.match(await of('kind=block&day=2001-01-01'), /Nothing of that kind happened/);
    for (const query of ['kind=%00&by=%00&visit=..&cursor=x', 'kind=a&kind=b', 'by=%3Cscript%3E'])
      t.equal((await admin.get(`/audit?${query}`)).status, 200, query);
  });

  t.test('is saved as CSV and NDJSON, as filtered, and no cell is a formula', async (t) => {
    const csv = await admin.get('/audit/export.csv?kind=visit');
    t.match(csv.headers['content-type'], /text\/csv/);
    t.match(csv.headers['content-disposition'], /audit-log\.csv/);
    const table = parse(csv.html, { columns: true, bom: true }) as Record<string, string>[];
    t.equal(table.length, 4);
    t.match(table.at(-2), {
      who: admin.email,
      what: 'registered a visit of Ada <b>Lovelace</b>',
      visit: ada,
    });
    t.ok(table.every((row) => Object.values(row).every((cell) => !/^[=+\-@\t\r]/.test(cell))));
    await settings.change(SITE, {}, undefined, '=cmd|x');
    const guarded = parse((await admin.get('/audit/export.csv')).html, {
      columns: true,
      bom: true,
    }) as Record<string, string>[];
    t.equal(guarded[0]?.who, "'=cmd|x");
    const ndjson = await admin.get('/audit/export.ndjson?kind=visit');
    const lines = ndjson.html
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    t.equal(lines.length, 4);
    t.match(lines.at(-1), { type: 'visit.registered', by: 'command-line', data: { visit: evil } });
    t.equal((await admin.get('/audit/export.ndjson?day=monday')).html, '');
  });

  t.test('more than a page goes on by the address', async (t) => {
    for (let i = 0; i < 230; i++)
      await runtime.stores.events.append(SITE, 'pin.shown', { visit: ada, by: 'test' }, runtime.now());
    let path: string | undefined = '/audit?kind=pin';
    const counts: number[] = [];
    for (let i = 0; path !== undefined && i < 9; i++) {
      const { html }: { html: string } = await admin.get(path);
      counts.push(rows(html));
      path = /href="([^"]*cursor=[^"]*)"/.exec(html)?.[1]?.replaceAll('&amp;', '&');
    }
    t.strictSame(counts, [100, 100, 30]);
    t.equal((await admin.get('/audit/export.ndjson?kind=pin')).html.trim().split('\n').length, 230);
  });

  t.test('the page is whole, and filters as one chooses', async (t) => {
    const [browser, origin] = [await startBrowser(t), await originOf(app)];
    const { cookie } = admin;
    const context = await contextOf(browser, origin, { cookie });
    const page = await context.newPage();
    await page.goto('/audit');
    await page.getByLabel('Kind of event').selectOption('visit');
    await page.waitForURL(/kind=visit/);
    t.equal(await page.locator('tbody tr').count(), 4);
    t.match(await page.getByRole('link', { name: 'Save as CSV' }).getAttribute('href'), /kind=visit/);
    await context.close();
    t.ok(runtime.now() < NINE + DAY);
  });
});
