import t from 'tap';
import { startGuest } from '../../fixtures/guest.js';
import { HOUR, MINUTE, SITE } from '../../fixtures/runtime.js';

const langOf = (body: string): string | undefined => /<html lang="([^"]*)"/.exec(body)?.[1];

t.test(
  'a language that was chosen goes along from the PIN page to the last page, without a cookie',
  async (t) => {
    const guest = await startGuest(t);
    const { pin } = await guest.visit();
    const phone = guest.device();
    const first = await phone.get(`/enter/demo?mac=${phone.mac}`, { 'accept-language': 'fr' });
    t.equal(langOf(first.body), 'fr');

    const chosen = await phone.get(`/?s=${first.field('s')}&lang=ar`);
    t.equal(chosen.state, 'pin');
    t.match(chosen.body, '<html lang="ar" dir="rtl">');
    const refused = await phone.type('00000');
    t.equal(refused.state, 'refused');
    t.equal(langOf(refused.body), 'ar', 'also when the code is wrong');
    await phone.type(pin);
    const status = await phone.follow();
    t.equal(status.state, 'connected');
    t.equal(langOf(status.body), 'ar');
    const again = await phone.get(`/status?s=${status.field('s')}&lang=ja`);
    t.equal(langOf(again.body), 'ja', 'and can be changed there too');
    guest.runtime.time.advance(2 * HOUR);
    const ended = await phone.follow();
    t.match([ended.state, langOf(ended.body)], ['ended', 'ja']);
    const back = await phone.get(ended.link ?? '');
    t.match([back.state, langOf(back.body)], ['pin', 'ja']);
  },
);

t.test(
  'who cannot be told is spoken to in the language of its browser, or the one that it chose',
  async (t) => {
    const guest = await startGuest(t);
    const stranger = guest.device(undefined, '192.0.2.7');
    const page = async (url: string, accept: string) =>
      langOf((await stranger.get(url, { 'accept-language': accept })).body);
    t.equal(await page('/', 'pl,en;q=0.5'), 'pl');
    t.equal(await page('/?lang=tr', 'pl'), 'tr');
    t.equal(await page('/claim/abcdefgh?lang=es', 'pl'), 'es');
    t.equal(await page('/nosuch?lang=it', 'pl'), 'it');
    t.equal(await page('/?lang=<b>', 'pl'), 'pl');
    t.equal(await page('/?lang=de&lang=fr', 'pl'), 'pl');
    t.equal(await page('/', `${'x-y;q=0.1,'.repeat(500)}he`), 'he', 'however long the list is');
  },
);

t.test('a site that names its languages offers these', async (t) => {
  const guest = await startGuest(t);
  const { settings } = guest.runtime.services;
  await settings.change(SITE, { 'portal.languages': ['nl', 'en'] }, undefined, 'test');
  const phone = guest.device();
  const page = await phone.get(`/enter/demo?mac=${phone.mac}`, { 'accept-language': 'ja' });
  t.equal(langOf(page.body), 'nl', 'the first of them for whom none is right');
  t.same(
    [...page.body.matchAll(/name="lang" value="([^"]*)"/g)].map(([, lang]) => lang),
    ['en'],
  );
  await settings.change(SITE, { 'portal.languages': ['nl'] }, undefined, 'test');
  t.notMatch((await phone.enter()).body, 'name="lang"', 'one language needs no switch');
});

t.test('the terms are one link away and lead back to the form, whoever reads them', async (t) => {
  const guest = await startGuest(t);
  const { settings } = guest.runtime.services;
  const phone = guest.device();
  t.notMatch((await phone.enter()).body, '/terms');
  t.equal((await phone.get('/terms')).status, 404, 'none are written yet');
  await settings.change(
    SITE,
    { 'portal.terms': 'Be kind.\r\n\r\nNo <b>spam</b>.\nReally.' },
    undefined,
    'test',
  );
  const form = await phone.enter();
  const link = /href="(\/terms\?s=[\w-]+)"/.exec(form.body)?.[1] ?? '';
  const terms = await phone.get(`${link}&lang=de`);
  t.equal(terms.status, 200);
  t.equal(langOf(terms.body), 'de');
  t.match(terms.body, '<p>Be kind.</p>\n<p>No &lt;b&gt;spam&lt;/b&gt;.\nReally.</p>');
  const back = await phone.get(terms.link ?? '');
  t.match([back.state, langOf(back.body)], ['pin', 'de']);
  t.equal((await guest.device(undefined, '192.0.2.8').get('/terms')).status, 200);
});

t.test('a change of the settings shows at once', async (t) => {
  const guest = await startGuest(t);
  const { settings } = guest.runtime.services;
  const phone = guest.device();
  const before = await phone.enter();
  await settings.change(SITE, { 'site.name': 'North Pier', 'portal.accent': '#8a1c5b' }, undefined, 'test');
  const after = await phone.enter();
  t.match(after.body, '<bdi>North Pier</bdi>');
  t.match(after.body, '--accent: #8a1c5b;');
  t.match(
    after.body,
    'background: #8a1c5b; background: var(--accent);',
    'also for browsers without custom properties',
  );
  const policy = 'content-security-policy';
  t.not(before.headers[policy], after.headers[policy], 'and the policy lets the new style through');
});

t.test(
  'who cannot read why a code did not work is told the same in the language that it chooses',
  async (t) => {
    const guest = await startGuest(t);
    const { pin } = await guest.visit({
      expectedArrival: new Date(guest.runtime.time() + 20 * MINUTE).toISOString(),
    });
    const phone = guest.device();
    await phone.enter();
    const early = await phone.type(pin);
    t.match([early.state, langOf(early.body)], ['early', 'en']);
    const german = await phone.get(`/?s=${early.field('s')}&lang=de`);
    t.match([german.status, german.state, langOf(german.body)], [200, 'early', 'de']);
    t.match(german.body, '9:20');
    t.notMatch(german.body, pin);
    guest.runtime.time.advance(20 * MINUTE);
    t.equal((await phone.type(pin)).status, 303, 'and the code goes into that page');
  },
);
