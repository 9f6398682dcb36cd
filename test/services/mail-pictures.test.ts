import { mkdirSync } from 'node:fs';
import jsQr from 'jsqr';
import sharp from 'sharp';
import t from 'tap';
import { MAIL_KIND_NAMES, MERGE_TAGS, mailKind } from '../../src/domain/mail.js';
import { checkTemplate, fill, fillSubject, fillText } from '../../src/domain/mail-template.js';
import { pinGroups } from '../../src/domain/pin.js';
import { LANGUAGES } from '../../src/http/guest/texts/catalogue.js';
import { defaultTemplate } from '../../src/services/mail/defaults.js';
import { qrPicture } from '../../src/services/mail/pictures.js';
import { MAIL_LANGUAGES, mailTexts } from '../../src/services/mail/texts/catalogue.js';
import { startBrowser, violations } from '../fixtures/browser.js';
import { SITE } from '../fixtures/runtime.js';
import { startStory } from '../fixtures/story.js';

const PICTURES = new URL('../../.pictures/', import.meta.url).pathname;
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

t.test(
  'every language of the guest pages has every mail, with the same tags and nothing left over',
  async (t) => {
    t.strictSame([...MAIL_LANGUAGES], LANGUAGES.map(({ lang }) => lang).sort());
    const tags = (text: string) => [...new Set(text.match(/\{[a-z]+\}/g) ?? [])].sort();
    for (const { lang, locale, dir } of LANGUAGES) {
      const { locale: own, dir: direction } = mailTexts(lang);
      t.strictSame([own, direction], [locale, dir]);
      for (const kind of MAIL_KIND_NAMES) {
        const template = defaultTemplate(kind, lang);
        t.strictSame(checkTemplate(kind, template), { problems: [], warnings: [] }, `${kind} ${lang}`);
        const english = defaultTemplate(kind, 'en');
        t.strictSame(tags(template.html), tags(english.html), `${kind} ${lang}`);
        t.strictSame(tags(template.text), tags(english.text), `${kind} ${lang}`);
        if (lang !== 'en') t.not(template.subject, english.subject);
      }
    }
  },
);

t.test('tags are filled in and never read twice; lines that say nothing are left out', async (t) => {
  const plain = (text: string) => text;
  t.equal(fill('{fullname}: {host}', { fullname: '{host}', host: 'Grace' }, plain), '{host}: Grace');
  t.equal(
    fill('a\nHost: {host}\n{HOST}, {fullname}\nb', { host: '', fullname: 'Ada' }, plain),
    'a\n, Ada\nb',
  );
  t.equal(fill('{nothing} {color: red}', {}, plain), '{nothing} {color: red}');
  t.equal(fillSubject('Hi {fullname}\r\nBcc: x', { fullname: 'A\nB\u2028C' }), 'Hi A B C Bcc: x');
  t.equal(
    fillText('{visitorcode}\n\n\n{host}\n\nx', { visitorcode: '48210937', host: '' }),
    '4821 0937\n\nx\n',
  );
  t.strictSame(
    ['12345', '123456', '1234567', '12345678', '123456789', '1234567890'].map((pin) =>
      pinGroups(pin).join(' '),
    ),
    ['123 45', '123 456', '1234 567', '1234 5678', '123 456 789', '1234 567 890'],
  );
  const good = defaultTemplate('registered', 'en');
  const problems = (more: object) => checkTemplate('registered', { ...good, ...more }).problems;
  t.match(problems({ subject: 'a\nb' }), [{ field: 'subject', message: /one line/ }]);
  t.match(problems({ subject: ' ' }), [{ field: 'subject', message: /empty/ }]);
  t.match(problems({ html: 'x'.repeat(60_001) }), [{ field: 'html', message: /60001/ }]);
  t.match(problems({ text: '{link} {pin} {visitorcode}' }), [
    { field: 'text', message: /\{link\}, \{pin\}/ },
  ]);
  const { warnings } = checkTemplate('registered', {
    ...good,
    html: '<img src="https://x/y.gif">',
    text: 'x',
  });
  t.match(warnings, [
    /HTML does not say \{visitorcode\}/,
    /text does not say/,
    /loads something from elsewhere/,
  ]);
  for (const kind of MAIL_KIND_NAMES) for (const tag of mailKind(kind).tags) t.ok(MERGE_TAGS[tag]);
});

t.test('the QR code of a mail is read by a reader', async (t) => {
  const address = 'https://wifi.example.com/claim/abcdefghijklmnopqrstuv';
  const { png } = await qrPicture(address);
  const { data, info } = await sharp(png).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  const read = (jsQr as unknown as typeof jsQr.default)(new Uint8ClampedArray(data), info.width, info.height);
  t.equal(read?.data, address);
});

t.test('every mail in every language is whole, and looks good in both schemes and directions', async (t) => {
  const story = await startStory(t, { started: false, env: { PORTAL_URL: 'http://wifi.example.com' } });
  const { mail } = story.runtime.services;
  const logo = Buffer.from(
    '<svg xmlns="http://www.w3.org/2000/svg" width="80" height="30"><rect width="50" height="30" fill="#7a1fa2"/><circle cx="65" cy="15" r="12" fill="#123"/></svg>',
  );
  await story.set({
    'site.name': 'Coworking Nord',
    'portal.deskHint': 'Ground floor, to the left',
    'portal.ssid': 'Nord Guests',
    'portal.accent': '#ffd54a',
    'portal.logo': `data:image/svg+xml;base64,${logo.toString('base64')}`,
  });
  const { id } = await story.visit({ name: 'Ada Lovelace', email: 'ada@example.com', host: 'Grace Hopper' });
  const options = { showPin: true, by: 'test' };
  for (const lang of MAIL_LANGUAGES) {
    for (const kind of MAIL_KIND_NAMES) {
      const shown = await mail.preview(SITE, { kind, lang, visit: id }, options);
      const said = `${shown.subject}\n${shown.html.replace(/<style>[\s\S]*<\/style>/, '')}\n${shown.text}`;
      t.notMatch(said, /\{[a-z]|undefined|NaN|\bnull\b/, `${kind} ${lang}`);
      t.notMatch(
        shown.html,
        /\b(?:src|href)="(?!http:\/\/wifi\.example\.com|data:image\/png;base64,)/,
        `${kind} ${lang}`,
      );
    }
  }

  const browser = await startBrowser(t);
  mkdirSync(PICTURES, { recursive: true });
  for (const [kind, lang, colorScheme] of [
    ['registered', 'en', 'light'],
    ['registered', 'en', 'dark'],
    ['registered', 'ar', 'light'],
    ['cancelled', 'de', 'dark'],
    ['host-approval', 'he', 'light'],
  ] as const) {
    const shown = await mail.preview(SITE, { kind, lang, visit: id }, options);
    const context = await browser.newContext({ colorScheme, viewport: { width: 320, height: 700 } });
    const page = await context.newPage();
    await page.setContent(shown.html);
    t.strictSame(await violations(page, RULES), [], `${kind} ${lang} ${colorScheme}`);
    t.equal(await page.evaluate<number>('document.documentElement.scrollWidth'), 320, `${kind} ${lang}`);
    await page.screenshot({ path: `${PICTURES}mail-${kind}-${lang}-${colorScheme}-320.png`, fullPage: true });
    await page.setViewportSize({ width: 800, height: 700 });
    await page.screenshot({ path: `${PICTURES}mail-${kind}-${lang}-${colorScheme}-800.png`, fullPage: true });
    await context.close();
  }
});
