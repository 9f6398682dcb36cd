import sharp from 'sharp';
import t from 'tap';
import { SETTING_NAMES } from '../../../src/domain/settings.js';
import { SETTINGS_GROUPS } from '../../../src/http/admin/settings-groups.js';
import { type Member, startAdmin } from '../../fixtures/admin.js';
import { contextOf, originOf, startBrowser } from '../../fixtures/browser.js';
import { SITE } from '../../fixtures/runtime.js';

/** The fields of a form as it stands in the page, ready to be sent. */
function fieldsOf(html: string): Record<string, string> {
  const plain = (text: string) =>
    text
      .replace(/&#39;/g, "'")
      .replace(/&quot;/g, '"')
      .replace(/&lt;/g, '<')
      .replace(/&gt;/g, '>')
      .replace(/&amp;/g, '&');
  const form = /<form method="post" action="\/settings[\s\S]*?<\/form>/.exec(html)?.[0] ?? '';
  const fields: Record<string, string> = {};
  for (const [input] of form.matchAll(/<input[^>]*>/g)) {
    const name = /name="([^"]+)"/.exec(input)?.[1];
    const type = /type="([^"]+)"/.exec(input)?.[1];
    if (!name || name === '_csrf' || type === 'file') continue;
    if (type === 'checkbox' && !/ checked/.test(input)) continue;
    fields[name] = plain(/value="([^"]*)"/.exec(input)?.[1] ?? '');
  }
  for (const [, name = '', , body = ''] of form.matchAll(
    /<(?:select|textarea)[^>]*name="([^"]+)"([^>]*)>([\s\S]*?)<\/(?:select|textarea)>/g,
  ))
    fields[name] = plain(/<option value="([^"]*)" selected/.exec(body)?.[1] ?? body.replace(/^\n/, ''));
  return fields;
}

const open = async (who: Member, group: string) => fieldsOf((await who.get(`/settings/${group}`)).html);

t.test('every setting stands in one group', async (t) => {
  const named = SETTINGS_GROUPS.flatMap(({ fields }) => fields.map(([name]) => name));
  t.same([...named].sort(), [...SETTING_NAMES].sort());
});

t.test('the words of the settings are those that admins know', async (t) => {
  const { as } = await startAdmin(t);
  const ann = await as('admin');
  const { html } = await ann.get('/settings/check-in');
  for (const words of [
    'Generate an access token for every pre-registered visitor',
    'Default duration for visitor access tokens',
    'Maximum number of devices per visitor',
  ])
    t.ok(html.includes(words), words);
});

t.test('the password of the Wi-Fi is typed, kept, changed and taken away, and never shown', async (t) => {
  const { as, runtime } = await startAdmin(t);
  const ann = await as('admin');
  const key = 'portal.wifiPassword';
  const set = async () => (await runtime.services.settings.read(SITE)).values[key];
  const send = async (more: Record<string, string>) => {
    const page = await ann.follow('/settings/wifi', { ...(await open(ann, 'wifi')), ...more });
    t.notMatch(page.html, /sesame/);
    return page.html;
  };
  t.notMatch((await ann.get('/settings/wifi')).html, /leave this empty to keep it/);
  const kept = await send({ [key]: 'open sesame' });
  t.match(kept, /leave this empty to keep it/);
  t.notMatch(kept, /Empty: an open network/, 'that is not so any more');
  t.equal(await set(), 'open sesame');
  t.match(await send({ 'portal.ssid': 'Guests' }), /Saved: Name of the network\./);
  t.equal(await set(), 'open sesame', 'an empty field keeps it');
  const wrong = await ann.post('/settings/wifi', { ...(await open(ann, 'wifi')), [key]: 'sesame' });
  t.equal(wrong.status, 422);
  t.notMatch(wrong.html, /value="sesame"/, 'nor is what cannot be used');
  await send({ [key]: 'sesame, close' });
  t.equal(await set(), 'sesame, close');
  await send({ [`${key}.remove`]: 'true' });
  t.equal(await set(), '');
});

t.test('what was changed is saved, and only that', async (t) => {
  const { as, runtime } = await startAdmin(t);
  const ann = await as('admin');
  const fields = await open(ann, 'check-in');
  const page = await ann.follow('/settings/check-in', {
    ...fields,
    'tokens.durationMinutes': '90',
    'tokens.endOnCheckOut': '',
    'tokens.validFrom': 'check-in',
  });
  t.match(
    page.html,
    /Saved: Default duration for visitor access tokens, in minutes; The time begins with; Check-out/,
  );
  const { values, version } = await runtime.services.settings.read(SITE);
  t.match(values, {
    'tokens.durationMinutes': 90,
    'tokens.endOnCheckOut': false,
    'tokens.validFrom': 'check-in',
  });
  const same = await ann.follow('/settings/check-in', await open(ann, 'check-in'));
  t.match(same.html, /Nothing was changed/);
  t.equal((await runtime.services.settings.read(SITE)).version, version);
  for (const { id } of SETTINGS_GROUPS) {
    await ann.follow(`/settings/${id}`, await open(ann, id));
    t.equal(
      (await runtime.services.settings.read(SITE)).version,
      version,
      `${id} as it stands changes nothing`,
    );
  }
});

t.test('what cannot be used comes back with the reason, and nothing is saved', async (t) => {
  const { as, runtime } = await startAdmin(t);
  const ann = await as('admin');
  const evil = '"><img src=x onerror=alert(1)>{visitorcode}<%= 1 %>';
  const answer = await ann.post('/settings/check-in', {
    ...(await open(ann, 'check-in')),
    'tokens.durationMinutes': evil,
    'tokens.maxDevices': '3',
  });
  t.equal(answer.status, 422);
  t.match(
    answer.html,
    /“Default duration for visitor access tokens, in minutes” takes a whole number from 1/,
  );
  t.notOk(answer.html.includes('<img src=x'));
  t.match(answer.html, /&quot;&gt;&lt;img src=x onerror=alert\(1\)&gt;\{visitorcode\}&lt;%= 1 %&gt;/);
  t.match(answer.html, /name="tokens\.maxDevices"[^>]*value="3"/, 'what was right stands there too');
  t.equal((await runtime.services.settings.read(SITE)).values['tokens.maxDevices'], 2);
});

t.test('two editors who change different settings do not meet; who change the same see both', async (t) => {
  const { as, runtime } = await startAdmin(t);
  const [ann, bob] = [await as('admin'), await as('admin')];
  const [hers, his] = [await open(ann, 'check-in'), await open(bob, 'check-in')];
  await ann.follow('/settings/check-in', { ...hers, 'tokens.durationMinutes': '90' });
  await bob.follow('/settings/check-in', { ...his, 'tokens.maxDevices': '5' });
  const { values } = await runtime.services.settings.read(SITE);
  t.match(values, { 'tokens.durationMinutes': 90, 'tokens.maxDevices': 5 });

  const conflict = await bob.post('/settings/check-in', { ...his, 'tokens.durationMinutes': '45' });
  t.equal(conflict.status, 409);
  t.match(conflict.html, /Somebody else has set this to &quot;90&quot;/);
  t.match(conflict.html, /name="tokens\.durationMinutes"[^>]*value="45"/);
  t.equal((await runtime.services.settings.read(SITE)).values['tokens.durationMinutes'], 90);
  await bob.follow('/settings/check-in', fieldsOf(conflict.html));
  t.equal(
    (await runtime.services.settings.read(SITE)).values['tokens.durationMinutes'],
    45,
    'knowing it, his stands',
  );
});

t.test('turning tokens on offers to re-issue visits that have none', async (t) => {
  const { as, runtime } = await startAdmin(t);
  await runtime.services.settings.change(SITE, { 'tokens.enabled': false }, undefined, 'test');
  const ann = await as('admin');
  const page = await ann.follow('/settings/check-in', {
    ...(await open(ann, 'check-in')),
    'tokens.enabled': 'true',
  });
  t.match(page.html, /href="\/visits\/without-token"/);
});

t.test('the preview shows the PIN page as it is typed, without script and without saving', async (t) => {
  const { app, as, runtime } = await startAdmin(t);
  const ann = await as('admin');
  const origin = await originOf(app);
  const browser = await startBrowser(t);
  const context = await contextOf(browser, origin, { cookie: ann.cookie, script: false });
  const page = await context.newPage();
  await page.goto('/settings/portal');
  const preview = page.frameLocator('iframe[name=preview]');
  await preview.locator('main[data-state=pin]').waitFor();
  await page.getByLabel('Welcome').fill('Ahoy <b>there</b>');
  await page.getByRole('button', { name: 'Show in the preview' }).click();
  await preview.getByText('Ahoy <b>there</b>').waitFor();
  t.equal((await runtime.services.settings.read(SITE)).values['portal.welcome'], '');

  const red = await sharp({ create: { width: 40, height: 20, channels: 3, background: '#fff' } })
    .composite([{ input: { create: { width: 9, height: 9, channels: 3, background: '#d00' } } }])
    .png()
    .toBuffer();
  await page.getByLabel('Logo').setInputFiles({ name: 'logo.png', mimeType: 'image/png', buffer: red });
  await page.getByRole('button', { name: 'Show in the preview' }).click();
  await preview.locator('header img').waitFor();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved: Welcome; Logo').waitFor();
  const { values } = await runtime.services.settings.read(SITE);
  t.equal(values['portal.welcome'], 'Ahoy <b>there</b>');
  t.match(values['portal.logo'], /^data:image\/png;base64,/);
  await page.getByLabel('Take the logo away').check();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved: Logo').waitFor();
  t.equal((await runtime.services.settings.read(SITE)).values['portal.logo'], '');
  await context.close();

  const scripted = await contextOf(browser, origin, { cookie: ann.cookie });
  const live = await scripted.newPage();
  await live.goto('/settings/portal');
  await live.getByLabel('Where the desk is').fill('Second floor');
  await live.frameLocator('iframe[name=preview]').getByText('Second floor').waitFor();
  await scripted.close();
});
