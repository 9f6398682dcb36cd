import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import t from 'tap';
import { PAGES, startRenderer } from '../../fixtures/guest-pages.js';
import { findChromium } from '../../lab/chromium.js';

/** The picture in the README, and the digest of the page that it was made from. */
const PICTURES = join(import.meta.dirname, '../../pictures');
const PICTURE = join(PICTURES, 'pin-page.png');
const SOURCE = join(PICTURES, 'pin-page.sha256');

const PHONE = { width: 390, height: 660 };
const NARROW = { width: 320, height: 568 };
/** Comfortable for a thumb, in CSS pixels. */
const TARGET = 44;

const executablePath = findChromium();

t.test(
  'pages in a browser',
  { skip: executablePath === undefined && 'no Chromium on this machine' },
  async (t) => {
    const html = await startRenderer(t);
    const browser = await chromium.launch({ executablePath: executablePath ?? '', args: ['--no-sandbox'] });
    t.teardown(() => browser.close());
    const context = await browser.newContext({ javaScriptEnabled: false, viewport: NARROW });
    const page = await context.newPage();

    await t.test('nothing is wider than the narrowest phone, and every target fits a thumb', async (t) => {
      for (const [name, of] of Object.entries(PAGES)) {
        await page.setContent(await html(of));
        const boxes = await Promise.all(
          (await page.locator('body, body *').all()).map((element) => element.boundingBox()),
        );
        const right = Math.max(...boxes.map((box) => (box ? box.x + box.width : 0)));
        t.ok(right <= NARROW.width, `${name}: ${right}`);
        const targets = await page
          .locator('button, a.button, input:not([type=hidden]):not([type=radio])')
          .all();
        for (const target of targets) {
          const box = await target.boundingBox();
          t.ok(box && box.height >= TARGET, `${name}: ${await target.textContent()} is ${box?.height} high`);
        }
      }
    });

    await t.test('the picture in the README is of the PIN page as it is now', async (t) => {
      const pin = PAGES.pin;
      if (!pin) throw new Error('there is no page "pin"');
      const page = await html(pin);
      const source = `${createHash('sha256').update(page).digest('hex')}\n`;
      const current = existsSync(PICTURE) && existsSync(SOURCE) && readFileSync(SOURCE, 'utf8') === source;
      if (!current && process.env.CI !== 'true') {
        mkdirSync(PICTURES, { recursive: true });
        const phone = await browser.newPage({ viewport: PHONE, deviceScaleFactor: 2 });
        await phone.setContent(page);
        await phone.screenshot({ path: PICTURE });
        writeFileSync(SOURCE, source);
        t.comment('the page has changed: commit the new picture');
      }
      t.equal(readFileSync(SOURCE, 'utf8'), source, 'outside of CI this test makes the picture anew');
      t.ok(existsSync(PICTURE));
    });
  },
);
