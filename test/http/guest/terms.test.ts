import t from 'tap';
import { LANGUAGES } from '../../../src/http/guest/texts/catalogue.js';
import { startGuest } from '../../fixtures/guest.js';
import { SITE } from '../../fixtures/runtime.js';

const FIRST = 'Be kind.\n\nWe keep your name for 30 days.';
const SECOND = 'Be kinder.';

t.test('terms of use', async (t) => {
  const guest = await startGuest(t);
  const { services } = guest.runtime;
  const set = (terms: string) => services.settings.change(SITE, { 'portal.terms': terms }, undefined, 'test');
  const termsLink = (html: string): string => /href="(\/terms[^"]*)"/.exec(html)?.[1] ?? '';

  await t.test('without terms nothing is said and nothing recorded', async (t) => {
    const phone = guest.device();
    const page = await phone.enter();
    t.equal(termsLink(page.body), '');
    const { id, pin } = await guest.visit();
    t.equal((await phone.type(pin)).status, 303);
    t.equal((await services.visits.find(SITE, id))?.termsVersion, undefined);
  });

  await t.test('what is recorded is the version that the page showed, not the newest', async (t) => {
    await set(FIRST);
    const phone = guest.device('02:00:00:00:20:01', '127.0.2.1');
    const page = await phone.enter();
    const link = termsLink(page.body);
    const { id, pin } = await guest.visit();
    await set(SECOND);

    const reader = guest.device(phone.mac, '127.0.2.1');
    const shown = await reader.get(link);
    t.match(shown.body, 'We keep your name for 30 days.', 'the link leads to the text that the page meant');
    const accepted = await phone.type(pin);
    t.equal(accepted.status, 303);
    t.match(await services.visits.find(SITE, id), { termsVersion: 1 });

    const other = guest.device('02:00:00:00:20:02', '127.0.2.2');
    const fresh = await other.enter();
    t.match((await guest.device(other.mac, '127.0.2.2').get(termsLink(fresh.body))).body, 'Be kinder.');
    await other.type(pin);
    t.match(await services.visits.find(SITE, id), { termsVersion: 2 });
  });

  await t.test('the notice stands with the button, inside the form, in every language', async (t) => {
    for (const { lang, terms } of LANGUAGES) {
      const phone = guest.device();
      await phone.enter();
      const page = await phone.get(`/?lang=${lang}`);
      const [form = ''] = /<form method="post" action="\/pin"[\s\S]*?<\/form>/.exec(page.body) ?? [];
      t.ok(form.includes(terms.link.replaceAll("'", '&#39;')), lang);
      t.ok(form.indexOf('<button') < form.indexOf('/terms?s='), lang);
    }
  });

  await t.test('a refusal is followed by a form that shows the terms of now', async (t) => {
    await set(FIRST);
    const phone = guest.device();
    await phone.enter();
    await set(SECOND);
    t.equal((await phone.type('12345')).state, 'refused');
    const { id, pin } = await guest.visit();
    await phone.type(pin);
    t.match(await services.visits.find(SITE, id), {
      termsVersion: (await services.terms.current(SITE))?.version ?? 0,
    });
  });
});
