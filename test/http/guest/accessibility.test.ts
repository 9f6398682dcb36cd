import { type Browser, chromium, type Page as Tab } from 'playwright-core';
import t from 'tap';
import { violations } from '../../fixtures/browser.js';
import { listen, startGuest } from '../../fixtures/guest.js';
import { lookIn, pagesOf, startRenderer } from '../../fixtures/guest-pages.js';
import { SITE } from '../../fixtures/runtime.js';
import { findChromium } from '../../lab/chromium.js';

const executablePath = findChromium();
const skip = executablePath === undefined && 'no Chromium on this machine';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const SCHEMES = ['light', 'dark'] as const;

async function open(t: { teardown(work: () => unknown): unknown }): Promise<Browser> {
  const browser = await chromium.launch({ executablePath: executablePath ?? '', args: ['--no-sandbox'] });
  t.teardown(() => browser.close());
  return browser;
}

/** What has the focus: its name, else its link, else what it is. `body`: nothing has. */
async function focused(tab: Tab): Promise<string> {
  const at = tab.locator(':focus');
  if ((await at.count()) === 0) return 'body';
  const [name, href] = [await at.getAttribute('name'), await at.getAttribute('href')];
  return name ?? href?.split('?')[0] ?? (await tab.evaluate('document.activeElement.tagName.toLowerCase()'));
}

t.test(
  'every page passes WCAG 2.2 AA in both schemes, left to right and right to left',
  { skip },
  async (t) => {
    const render = await startRenderer(t);
    const browser = await open(t);
    for (const colorScheme of SCHEMES) {
      const context = await browser.newContext({ colorScheme, viewport: { width: 320, height: 640 } });
      const tab = await context.newPage();
      for (const lang of colorScheme === 'light' ? ['en', 'ar'] : ['en']) {
        // A pale colour of the operator's is part of it.
        const look = lookIn(lang, colorScheme === 'light' ? { 'portal.accent': '#ffd54a' } : {});
        for (const [name, page] of Object.entries(pagesOf(look))) {
          await tab.setContent((await render(page)).replace(/<meta http-equiv[^>]*>/, ''));
          await tab.locator('details').evaluateAll((all) => {
            for (const one of all) one.setAttribute('open', '');
          });
          t.same(await violations(tab, RULES), [], `${name}, ${lang}, ${colorScheme}`);
        }
      }
      await context.close();
    }
  },
);

t.test(
  'with the keyboard alone one comes from the field to the button to the rest, and always sees where one is',
  {
    skip,
  },
  async (t) => {
    const render = await startRenderer(t);
    const browser = await open(t);
    const tab = await browser.newPage();
    const { pin, email, 'device-limit': limit } = pagesOf(lookIn('en'));
    if (!pin || !email || !limit) throw new Error('a page is missing');

    async function tour(html: string): Promise<string[]> {
      await tab.setContent(html);
      const stops: string[] = [];
      for (;;) {
        await tab.keyboard.press('Tab');
        const at = await focused(tab);
        if (at === 'body' || stops.length > 30) return stops;
        const outline = await tab.evaluate<string>(
          '(({ outlineStyle, outlineWidth }) => outlineStyle + " " + outlineWidth)(getComputedStyle(document.activeElement))',
        );
        t.match(outline, /^(?:solid|auto) [2-9]/, `${at} has a ring`);
        stops.push(at);
      }
    }
    t.same(await tour(await render(pin)), ['pin', 'button', '/terms', 'summary']);
    t.same(await tour(await render(email)), ['pin', 'email', 'button', '/terms', 'summary']);
    t.same(await tour(await render(limit)), ['replace', 'pin', 'button', '/terms', 'summary']);

    await tab.setContent(await render(pin));
    await tab.locator('summary').focus();
    await tab.keyboard.press('Enter');
    await tab.keyboard.press('Tab');
    t.equal(await focused(tab), 'lang', 'Enter opens the languages');
  },
);

t.test(
  'Enter in the field sends the form, and what is pasted in groups arrives whole',
  { skip },
  async (t) => {
    const render = await startRenderer(t);
    const browser = await open(t);
    const context = await browser.newContext({ javaScriptEnabled: false });
    const tab = await context.newPage();
    const { pin } = pagesOf(lookIn('en'));
    if (!pin) throw new Error('a page is missing');
    const html = await render(pin);
    await tab.route('http://portal.test/**', (route) =>
      route.fulfill({ contentType: 'text/html', body: html }),
    );
    await tab.goto('http://portal.test/');
    await tab.locator('#pin').focus();
    await tab.keyboard.insertText('4821 0937');
    const [request] = await Promise.all([tab.waitForRequest('**/pin'), tab.keyboard.press('Enter')]);
    t.equal(new URLSearchParams(request.postData() ?? '').get('pin'), '4821 0937');
  },
);

t.test(
  'a screen reader hears whose network it is, what is so, and what to do, in that order',
  { skip },
  async (t) => {
    const render = await startRenderer(t);
    const browser = await open(t);
    const tab = await browser.newPage();
    const { refused, connected, email } = pagesOf(lookIn('en'));
    if (!refused || !connected || !email) throw new Error('a page is missing');

    await tab.setContent(await render(refused));
    const words = (await tab.locator('body').textContent()) ?? '';
    const order = [
      'Harbour House',
      'That code does not open the Wi-Fi',
      'Your code',
      'Go online',
      'The desk is',
    ];
    const places = order.map((text) => words.indexOf(text));
    t.same(
      places,
      [...places].sort((a, b) => a - b),
    );
    t.notOk(places.includes(-1));
    t.equal(await tab.getByRole('alert').count(), 1);
    const field = tab.getByRole('textbox', { name: 'Your code' });
    t.equal(await field.getAttribute('aria-invalid'), 'true');
    for (const id of (await field.getAttribute('aria-describedby'))?.split(' ') ?? ['?'])
      t.equal(await tab.locator(`[id="${id}"]`).count(), 1, `${id} is what describes the field`);
    t.match(await tab.title(), /^Error: /, 'and first of all that it is an error');

    await tab.setContent(await render(email));
    const address = tab.getByRole('textbox', { name: 'Your e-mail address' });
    t.match(await address.getAttribute('aria-describedby'), 'problem', 'the error stands with its own field');

    await tab.setContent((await render(connected)).replace(/<meta http-equiv[^>]*>/, ''));
    t.match(await tab.getByRole('status').textContent(), /You are online until 10:00/);
  },
);

t.test(
  'a visitor without script changes the language, reads the terms, types the code and is online',
  { skip },
  async (t) => {
    const guest = await startGuest(t);
    const { pin } = await guest.visit();
    await guest.runtime.services.settings.change(SITE, { 'portal.terms': 'Be kind.' }, undefined, 'test');
    const port = await listen(guest.app);
    const browser = await open(t);
    const context = await browser.newContext({ javaScriptEnabled: false, locale: 'en-GB' });
    const tab = await context.newPage();
    const said: string[] = [];
    tab.on('console', (message) => said.push(message.text()));
    const lang = () => tab.locator('html').getAttribute('lang');
    const state = () => tab.locator('main').getAttribute('data-state');

    await tab.goto(`http://localhost:${port}/enter/demo?mac=02:00:00:00:10:99`);
    t.equal(await lang(), 'en');
    await tab.locator('summary').click();
    await tab.getByRole('button', { name: 'Deutsch' }).click();
    t.same([await lang(), await state()], ['de', 'pin']);
    await tab.locator('a[href^="/terms"]').click();
    t.match(await tab.locator('main').textContent(), 'Be kind.');
    await tab.locator('main a').click();
    await tab.locator('#pin').fill(pin);
    await tab.locator('main form button').click();
    t.same([await lang(), await state()], ['de', 'connected']);
    t.same(said, [], 'the browser had nothing to complain about, the policy of contents included');
    t.same(await context.cookies(), []);
  },
);
