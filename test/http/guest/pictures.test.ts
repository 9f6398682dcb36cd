import { type BrowserContextOptions, chromium, type Page as Tab } from 'playwright-core';
import t from 'tap';
import { LANGUAGES } from '../../../src/http/guest/texts/catalogue.js';
import { lookIn, PAGES, pagesOf, startRenderer } from '../../fixtures/guest-pages.js';
import { keepPictures } from '../../fixtures/pictures.js';
import { findChromium } from '../../lab/chromium.js';

/** The pictures in the README. */
const PICTURED = [
  { file: 'pin-page.png', lang: 'en', page: 'pin', colorScheme: 'light' },
  { file: 'connected.png', lang: 'en', page: 'connected', colorScheme: 'dark' },
  { file: 'device-limit.png', lang: 'de', page: 'device-limit', colorScheme: 'light' },
  { file: 'right-to-left.png', lang: 'ar', page: 'early', colorScheme: 'light' },
] as const;

const PHONE = { width: 390, height: 660 };
const NARROW = { width: 320, height: 568 };
/** The sign-in window of macOS. */
const SHEET = { width: 900, height: 572 };
/** Comfortable for a thumb, in CSS pixels. */
const TARGET = 44;

const executablePath = findChromium();
const skip = executablePath === undefined && 'no Chromium on this machine';

/** The last pixel to the right that anything of the page takes, with text of this size. */
const rightEdge = (tab: Tab, size: string): Promise<number> =>
  tab.evaluate(
    `document.documentElement.style.fontSize = '${size}';
    Math.max(...[...document.querySelectorAll("body, body *")].map((one) => Math.max(one.getBoundingClientRect().right, -one.getBoundingClientRect().left + 320)))`,
  );

t.test('pages in a browser', { skip }, async (t) => {
  const render = await startRenderer(t);
  const browser = await chromium.launch({ executablePath: executablePath ?? '', args: ['--no-sandbox'] });
  t.teardown(() => browser.close());
  const openTab = async (options: BrowserContextOptions) =>
    (await browser.newContext({ javaScriptEnabled: false, ...options })).newPage();

  /** A page as it stands, with the languages unfolded. */
  const still = (html: string): string =>
    html.replace(/<meta http-equiv[^>]*>/, '').replaceAll('<details ', '<details open ');

  await t.test(
    'nothing is wider than the narrowest phone in any language, with text twice as large too',
    async (t) => {
      const tab = await openTab({ viewport: NARROW });
      for (const { lang } of LANGUAGES) {
        const wide: string[] = [];
        for (const [name, page] of Object.entries(pagesOf(lookIn(lang)))) {
          await tab.setContent(still(await render(page)));
          for (const size of ['100%', '200%']) {
            const right = await rightEdge(tab, size);
            if (right > NARROW.width) wide.push(`${name} at ${size}: ${right}`);
          }
        }
        t.same(wide, [], lang);
      }
    },
  );

  await t.test('every target fits a thumb', async (t) => {
    const tab = await openTab({ viewport: NARROW });
    for (const [name, page] of Object.entries(PAGES)) {
      await tab.setContent(still(await render(page)));
      const targets = tab.locator(
        'button, a, summary, label.choice, input:not([type=hidden]):not([type=radio])',
      );
      for (const target of await targets.all()) {
        const box = await target.boundingBox();
        t.ok(box && box.height >= TARGET, `${name}: ${await target.textContent()} is ${box?.height} high`);
      }
    }
  });

  await t.test(
    'in the sign-in window of macOS the code can be typed and sent without scrolling',
    async (t) => {
      const tab = await openTab({ viewport: SHEET });
      for (const { lang } of LANGUAGES) {
        const { pin, 'pin-claimed': claimed, early, refused } = pagesOf(lookIn(lang));
        for (const page of [pin, claimed, early, refused]) {
          if (!page) throw new Error('a page is missing');
          await tab.setContent(await render(page));
          const box = await tab.locator('main button').first().boundingBox();
          t.ok(
            box && box.y + box.height <= SHEET.height,
            `${lang} ${page.key}: ${box && box.y + box.height}`,
          );
        }
      }
    },
  );

  await t.test('right to left, what stood at the left stands at the right', async (t) => {
    const tab = await openTab({ viewport: PHONE });
    const side = async (lang: string, selector: string): Promise<string> => {
      const { early } = pagesOf(lookIn(lang));
      if (!early) throw new Error('a page is missing');
      await tab.setContent(await render(early));
      const box = await tab.locator(selector).first().boundingBox();
      return box && box.x + box.width / 2 < PHONE.width / 2 ? 'left' : 'right';
    };
    for (const selector of ['.name svg', '.problem svg']) {
      t.equal(await side('en', selector), 'left', selector);
      for (const lang of ['ar', 'he']) t.equal(await side(lang, selector), 'right', `${lang} ${selector}`);
    }
  });

  await t.test('the pictures in the README are of the pages as they are now', async (t) => {
    const pages = await Promise.all(
      PICTURED.map(async ({ lang, page, ...more }) => {
        const pictured = pagesOf(lookIn(lang))[page];
        if (!pictured) throw new Error(`there is no page "${page}"`);
        return { html: await render(pictured), ...more };
      }),
    );
    await keepPictures(
      t,
      'pages.sha256',
      pages.map(({ file, html, colorScheme }) => ({
        file,
        source: html,
        async open() {
          const tab = await openTab({ viewport: PHONE, deviceScaleFactor: 2, colorScheme });
          await tab.setContent(html);
          return tab;
        },
      })),
    );
  });
});
