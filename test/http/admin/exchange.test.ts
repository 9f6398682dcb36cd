import { gzipSync } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import t from 'tap';
import { PRINT_TEXTS } from '../../../src/http/admin/print-texts.js';
import { LANGUAGES } from '../../../src/http/guest/texts/catalogue.js';
import { type Member, startAdmin } from '../../fixtures/admin.js';
import { contextOf, findings, lookAt, originOf, startBrowser } from '../../fixtures/browser.js';
import { SITE } from '../../fixtures/runtime.js';

const CSV =
  'Name;E-Mail;Ankunft;Bis\nAda <b>Lee</b>;ada@example.com;23.11.2026 9:00;18:00\nBob;;24.11.2026 9:00;18:00\n';

/** Sends the form with a file, as a browser does. */
async function upload(app: FastifyInstance, member: Member, file: Buffer | string, csrf: string) {
  const edge = 'an-edge-between-parts';
  const part = (head: string, body: string | Buffer) => [`--${edge}\r\n${head}\r\n\r\n`, body, '\r\n'];
  const chunks = [
    ...part('Content-Disposition: form-data; name="_csrf"', csrf),
    ...part('Content-Disposition: form-data; name="file"; filename="v.csv"\r\nContent-Type: text/csv', file),
    ...part('Content-Disposition: form-data; name="csv"', ''),
    `--${edge}--\r\n`,
  ];
  const answer = await app.inject({
    method: 'POST',
    url: '/visits/import',
    headers: {
      host: 'localhost',
      origin: 'http://localhost',
      cookie: member.cookie,
      'content-type': `multipart/form-data; boundary=${edge}`,
    },
    payload: Buffer.concat(chunks.map((one) => Buffer.from(one))),
  });
  return { status: answer.statusCode, html: answer.payload };
}

const tokenOf = async (member: Member) =>
  /name="_csrf" value="([^"]+)"/.exec((await member.get('/visits/import')).html)?.[1] ?? '';
const draftOf = (html: string) => /name="draft" value="([^"]+)"/.exec(html)?.[1] ?? '';

t.test('a file is chosen, looked through, and registered, without script', async (t) => {
  const { app, runtime, as } = await startAdmin(t);
  const desk = await as('desk');
  const csrf = await tokenOf(desk);
  const kept = () => runtime.stores.visits.count(SITE);
  const before = await kept();

  const checked = await upload(app, desk, Buffer.from(`\u{feff}${CSV}`, 'utf16le'), csrf);
  t.equal(checked.status, 200, checked.html);
  t.match(checked.html, /Nothing is registered yet\. All 2 visits can be\./);
  t.match(checked.html, /Ada &lt;b&gt;Lee/);
  t.match(checked.html, /Register 2 visits/);
  t.equal(await kept(), before);
  const draft = draftOf(checked.html);
  const stored = await runtime.server.redis.get(`foyer:{${SITE}}:import:${draft}`);
  t.ok(stored && !stored.includes('Ada'), 'the file waits sealed');
  t.ok((await runtime.server.redis.pttl(`foyer:{${SITE}}:import:${draft}`)) > 0);

  const stranger = await as('desk');
  t.equal(
    (await stranger.post('/visits/import/check', { draft, step: 'register' })).status,
    422,
    'not for others',
  );
  const done = await desk.post('/visits/import/check', { draft, step: 'register', notify: 'true' });
  t.match(done, { status: 303, location: '/visits' }, done.html);
  t.match((await desk.get('/')).html, /2 visits are registered\./);
  t.equal(await kept(), before + 2);
  t.match((await desk.post('/visits/import/check', { draft })).html, /not kept any more/);

  const again = await upload(app, desk, CSV, csrf);
  t.match(again.html, /2 are there already/);
  const forced = await desk.post('/visits/import/check', {
    draft: draftOf(again.html),
    step: 'register',
    allowDuplicates: 'true',
  });
  t.equal(forced.status, 303);
  t.equal(await kept(), before + 4);
});

t.test('what is wrong is said by line, and columns are chosen', async (t) => {
  const { app, as } = await startAdmin(t);
  const [desk, admin] = [await as('desk'), await as('admin')];
  const csrf = await tokenOf(desk);
  t.match(await desk.post('/visits/import', { csv: ' ' }), { status: 422, html: /Nothing was sent/ });
  t.match(await upload(app, desk, gzipSync('x'), csrf), { status: 422, html: /CSV UTF-8/ });
  t.match(await upload(app, desk, 'Name;Ankunft\n"x', csrf), {
    status: 422,
    html: /Line 2: a quotation mark/,
  });

  const unknown = await desk.post('/visits/import', { csv: 'Who;When\nAda;11/12/2026 9:00\n' });
  t.match(unknown, { status: 422, html: /columns of this file are not all known/ });
  const late = await desk.post('/visits/import', {
    csv: 'Name;Expected arrival\nAda;2026-12-11 9:00\nBob;soon\n',
  });
  t.match(late.html, /Line 3[\s\S]*Line 2/, 'what is wrong stands first');
  const draft = draftOf(unknown.html);
  const fields = { draft, 'map.name': 'Who', 'map.expectedArrival': 'When' };
  const unclear = await desk.post('/visits/import/check', fields);
  t.match(unclear.html, /2026-12-11 or 2026-11-12/);
  t.match(unclear.html, /1 cannot be used/);
  const clear = await desk.post('/visits/import/check', { ...fields, dateOrder: 'dmy' });
  t.match(clear.html, /Register 1 visit</);
  t.equal(
    (await desk.post('/visits/import/check', { ...fields, dateOrder: 'dmy', step: 'register' })).status,
    303,
  );
  const found = (await admin.follow('/visits/search', { q: 'ada', day: 'all' })).html;
  const [, exported = ''] = /href="(\/visits\/export\.csv\?find=[^"]+)"/.exec(found) ?? [];
  const file = await admin.get(exported);
  t.match(file, { status: 200, html: /Ada,,,,,2026-12-11T09:00\+00:00/ });
  t.equal((await desk.get('/visits/export.csv')).status, 403);
  t.equal((await admin.get('/visits/export.csv?from=soon')).status, 422);
});

t.test('every language of the guest pages has its texts on the sheet', async (t) => {
  t.same(Object.keys(PRINT_TEXTS).sort(), LANGUAGES.map(({ lang }) => lang).sort());
  for (const { lang, dir } of LANGUAGES) t.equal(PRINT_TEXTS[lang]?.dir, dir, lang);
});

t.test('badges and sheets come out of the printer one by one, and pages are good to look at', async (t) => {
  const { app, runtime, as } = await startAdmin(t);
  await runtime.services.settings.change(
    SITE,
    { 'portal.ssid': 'House guests', 'portal.wifiPassword': 'open sesame', 'site.name': 'North House' },
    undefined,
    'test',
  );
  const names = [
    'Ada Lovelace',
    'Wolfeschlegelsteinhausenbergerdorff Hubert Blaine the Younger of Hamburg',
    'ليلى حداد',
  ];
  const lines = names.map((name) => `${name};2026-11-23 09:00;2026-11-25T18:00;Grace Hopper`);
  const more = Array.from({ length: 9 }, (_, i) => `Visitor ${i};2026-11-23 10:00;18:00;`);
  const file = `Name;Arrival;Until;Host\n${[...lines, ...more].join('\n')}`;
  const made = await runtime.services.imports.run(
    SITE,
    { file, dryRun: false, allowDuplicates: false },
    'test',
  );
  if (made.status !== 'registered') throw new Error(JSON.stringify(made));
  const ids = made.report.rows.map(({ visit }) => visit?.id ?? '');
  const desk = await as('desk');
  const origin = await originOf(app);
  const day = '/visits/print?day=2026-11-23';

  t.equal((await desk.get('/visits/nobody/badge')).status, 404);
  t.match(await desk.get('/visits/print?what=badge&day=soon'), {
    status: 422,
    html: /&quot;soon&quot; is no day/,
  });
  t.match(await desk.get('/visits/print?what=badge&day=2027-01-01'), {
    status: 422,
    html: /Nobody is expected then/,
  });
  const shown = await runtime.services.visits.showPin(SITE, ids[0] ?? '');
  const half = shown?.pin.slice(0, Math.ceil((shown?.pin.length ?? 0) / 2)) ?? 'x';
  t.notMatch((await desk.get(`/visits/${ids[0]}/sheet`)).html, new RegExp(`${half} ·`));
  t.match((await desk.get(`/visits/${ids[0]}/sheet?pin=true`)).html, new RegExp(`${half} ·`));

  const browser = await startBrowser(t);
  const context = await contextOf(browser, origin, { cookie: desk.cookie, scheme: 'dark' });
  const page = await context.newPage();
  const printed = async (path: string) => {
    await page.goto(path, { waitUntil: 'load' });
    const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
    const boxes = [...pdf.matchAll(/\/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)/g)];
    // Points to millimetres.
    return boxes.map(
      ([, width, height]) => `${Math.round(Number(width) / 2.8346)}x${Math.round(Number(height) / 2.8346)}`,
    );
  };
  t.same(await printed(`/visits/${ids[0]}/badge`), ['85x54']);
  t.same(await printed(`${day}&what=badge`), Array(12).fill('85x54'));
  t.same(await printed(`${day}&what=badge&paper=a4`), Array(2).fill('210x297'));
  t.same(
    await printed(`/visits/print?what=sheet&visit=${ids[0]}&visit=${ids[1]}&pin=true`),
    Array(2).fill('210x297'),
  );
  const white = await page.locator('body').evaluate((body) => {
    const { getComputedStyle } = globalThis as unknown as {
      getComputedStyle(of: unknown): Record<string, string>;
    };
    return getComputedStyle(body).backgroundColor;
  });
  t.equal(white, 'rgb(255, 255, 255)', 'paper is white in a dark scheme');
  await context.close();

  const wrong: string[] = [];
  for (const [path, name] of [[`/visits/${ids[2]}/sheet?pin=true`, 'print-sheet']] as const)
    wrong.push(...(await lookAt(browser, origin, path, name, { cookie: desk.cookie })));
  t.same(wrong, []);
  const narrow = await contextOf(browser, origin, { cookie: desk.cookie, width: 320 });
  const small = await narrow.newPage();
  for (const path of [`${day}&what=badge&paper=a4`, '/visits/print']) {
    await small.goto(path, { waitUntil: 'load' });
    t.same(await findings(small), [], path);
  }
  await narrow.close();

  const bad = await contextOf(browser, origin, { cookie: desk.cookie, script: false, width: 320 });
  const form = await bad.newPage();
  await form.goto('/visits/import');
  await form.locator('textarea').fill('Name;Arrival\nAda;soon\nBob;2026-11-23 09:00\n');
  await form.getByRole('button', { name: 'Check the file' }).click();
  await form.waitForLoadState('load');
  t.match(await form.locator('main').textContent(), /"soon" is no date and time/);
  await form.screenshot({ path: '.pictures/import-check-320.png', fullPage: true });
  await bad.close();
  const wide = await contextOf(browser, origin, { cookie: desk.cookie });
  const checkPage = await wide.newPage();
  await checkPage.goto('/visits/import');
  await checkPage.locator('textarea').fill('Name;Arrival;Odd\nAda;soon;1\nBob;2026-11-23 09:00;2\n');
  await checkPage.getByRole('button', { name: 'Check the file' }).click();
  await checkPage.waitForLoadState('load');
  t.same(await findings(checkPage), []);
  await checkPage.screenshot({ path: '.pictures/import-check.png', fullPage: true });
  await wide.close();
});
