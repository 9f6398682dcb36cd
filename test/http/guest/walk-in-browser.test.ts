import { mkdirSync } from 'node:fs';
import { chromium } from 'playwright-core';
import t from 'tap';
import { originOf } from '../../fixtures/browser.js';
import { startGuest } from '../../fixtures/guest.js';
import { SITE } from '../../fixtures/runtime.js';
import { findChromium } from '../../lab/chromium.js';

const executablePath = findChromium();
const skip = executablePath === undefined && 'no Chromium on this machine';
const PICTURES = new URL('../../../.pictures/', import.meta.url).pathname;

t.test(
  'a phone asks, closes the sheet, comes back, and is online when the host says yes',
  { skip },
  async (t) => {
    const { runtime, app } = await startGuest(t);
    const { settings, walkIns } = runtime.services;
    await settings.change(
      SITE,
      {
        'walkIns.portal': true,
        'walkIns.hosts': 'Bob Miller <bob@example.com>',
        'site.name': 'Harbour House',
      },
      undefined,
      'test',
    );
    mkdirSync(PICTURES, { recursive: true });
    const browser = await chromium.launch({ executablePath: executablePath ?? '', args: ['--no-sandbox'] });
    t.teardown(() => browser.close());
    const origin = await originOf(app);
    const phone = { viewport: { width: 390, height: 760 }, javaScriptEnabled: false, locale: 'en-GB' };
    const enter = `${origin}/enter/demo?mac=02:00:00:00:00:77&ip=127.0.0.1&url=http://example.com/`;
    const state = 'main[data-state]';

    const sheet = await browser.newContext(phone);
    const page = await sheet.newPage();
    await page.goto(enter);
    await page.screenshot({ path: `${PICTURES}guest-pin-walk-in.png` });
    await page.click('text=No code? Ask your host');
    await page.click('text=Ask my host');
    t.equal(await page.getAttribute(state, 'data-state'), 'refused', 'an empty form says what is missing');
    await page.screenshot({ path: `${PICTURES}guest-walk-in-problem.png`, fullPage: true });
    await page.fill('#name', 'Ada Lovelace');
    await page.fill('#email', 'ada@example.com');
    await page.fill('#host', 'bob miller');
    await page.screenshot({ path: `${PICTURES}guest-walk-in.png`, fullPage: true });
    await page.keyboard.press('Enter');
    await page.waitForURL('**/waiting?**');
    t.equal(await page.getAttribute(state, 'data-state'), 'early');
    await page.screenshot({ path: `${PICTURES}guest-waiting.png` });
    await sheet.close();

    const again = await browser.newContext({ ...phone, colorScheme: 'dark', locale: 'ar' });
    const back = await again.newPage();
    await back.goto(enter);
    t.match(back.url(), /\/waiting\?/, 'the sheet that opens anew leads to the same place');
    await back.screenshot({ path: `${PICTURES}guest-waiting-rtl-dark.png` });
    const [asked] = await walkIns.open(SITE);
    await walkIns.approve(SITE, asked?.id ?? '', 'host');
    // Nobody touches it: the page refreshes itself until the device is online.
    await back.waitForSelector('main[data-state="connected"]', { timeout: 20_000 });
    t.equal(
      await back.getAttribute(state, 'data-until'),
      new Date(runtime.now() + 60 * 60_000).toISOString(),
    );
  },
);
