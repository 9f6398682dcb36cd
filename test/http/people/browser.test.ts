import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import sharp from 'sharp';
import t from 'tap';
import { renderSVG } from 'uqr';
import { buildPeopleServer } from '../../../src/http/people-server.js';
import { findings, lookAt, originOf } from '../../fixtures/browser.js';
import { pairOn, startPeople } from '../../fixtures/people.js';
import { SITE, silent } from '../../fixtures/runtime.js';
import { certificate } from '../certificate.js';

const SIDE = 480;

/** A film of one picture for the browser's camera: a QR code, as YUV 4:2:0. */
async function filmOf(text: string): Promise<Buffer> {
  const picture = sharp(Buffer.from(renderSVG(text, { pixelSize: 8, border: 4 })))
    .resize(SIDE, SIDE, { fit: 'contain', background: '#fff' })
    .flatten({ background: '#fff' })
    .greyscale();
  const luma = await picture.raw().toBuffer();
  const chroma = Buffer.alloc((SIDE * SIDE) / 2, 128);
  const head = Buffer.from(`YUV4MPEG2 W${SIDE} H${SIDE} F10:1 Ip A1:1 C420jpeg\n`);
  const frame = Buffer.concat([Buffer.from('FRAME\n'), luma, chroma]);
  return Buffer.concat([head, ...Array.from({ length: 10 }, () => frame)]);
}

t.test('the check-in desk in a browser', async (t) => {
  const { TLS_KEY, TLS_CERT } = certificate('localhost');
  const { runtime, app } = await startPeople(t);
  const { visits, settings, walkIns } = runtime.services;
  // The same product on a listener with a certificate.
  const config = { ...runtime.config, tlsKey: TLS_KEY, tlsCert: TLS_CERT };
  const secure = await buildPeopleServer({ ...runtime, config }, silent);
  t.teardown(() => secure.close());
  await secure.listen({ host: '127.0.0.1', port: 0 });
  const https = `https://localhost:${(secure.server.address() as AddressInfo).port}`;
  const http = await originOf(app);

  const registered = async (name: string) => {
    const input = { name, host: 'Bob Miller', expectedArrival: new Date(runtime.now()).toISOString() };
    const made = await visits.register(SITE, input, 'test');
    if (made.status !== 'registered') throw new Error(made.status);
    return made;
  };
  const ada = await registered('Ada Lovelace');
  const folder = mkdtempSync(join(tmpdir(), 'foyer-camera-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const film = join(folder, 'qr.y4m');
  writeFileSync(film, await filmOf(`https://portal.example/claim/${ada.claim}`));
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      `--use-file-for-fake-video-capture=${film}`,
    ],
  });
  t.teardown(() => browser.close());

  await t.test('over https a QR code that is held before the camera checks in', async (t) => {
    const context = await browser.newContext({
      ignoreHTTPSErrors: true,
      viewport: { width: 820, height: 1180 },
      locale: 'en-GB',
    });
    const page = await context.newPage();
    const begun = await runtime.services.desks.begin(SITE, 'Front door', 'test');
    if (begun.status !== 'code') throw new Error(begun.status);
    await page.goto(`${https}/kiosk`);
    await page.fill('[name=code]', begun.code);
    await page.click('main button');
    const [cookie] = await context.cookies();
    t.match(cookie, { name: '__Host-foyer-desk', secure: true, httpOnly: true, sameSite: 'Strict' });
    await page.click('[data-scan]');
    await page.waitForURL('**/kiosk/scan');
    t.match(await page.textContent('h1'), /Ada Lovelace/);
    t.same(await findings(page), []);
    await page.click('text=Check in');
    t.match(await page.textContent('main'), /Welcome, Ada Lovelace/);
    t.ok((await visits.find(SITE, ada.visit.id))?.checkedInAt);
    await context.close();
  });

  await t.test('the keys on the page type, and the tablet follows the answer of the host', async (t) => {
    const tablet = await pairOn(app, runtime);
    const eve = await registered('Eve');
    const context = await browser.newContext({ viewport: { width: 820, height: 1180 }, locale: 'en-GB' });
    const [name = '', value = ''] = tablet.cookie.split('=');
    await context.addCookies([{ name, value, url: http }]);
    const page = await context.newPage();
    await page.goto(`${http}/kiosk`);
    for (const digit of `${eve.pin}1`) await page.click(`[data-keypad] >> text="${digit}"`);
    await page.click('[aria-label="Delete the last digit"]');
    t.equal(await page.inputValue('#pin'), eve.pin);
    await page.click('text=Go on');
    t.match(await page.textContent('h1'), /Eve/);
    await settings.change(
      SITE,
      { 'walkIns.kiosk': true, 'walkIns.hosts': 'Bob <bob@example.com>' },
      undefined,
      'test',
    );
    await page.goto(`${http}/kiosk`);
    for (const size of [
      { width: 820, height: 1180 },
      { width: 1024, height: 768 },
      { width: 1280, height: 800 },
    ]) {
      await page.setViewportSize(size);
      const box = await page.getByText('I have no code').boundingBox();
      t.ok(box && box.y + box.height <= size.height, `seen without scrolling at ${size.width} px`);
      await page.fill('#pin', '8'.repeat(10));
      const field = 'document.querySelector("#pin")';
      t.ok(
        await page.evaluate(`${field}.scrollWidth <= ${field}.clientWidth`),
        'the longest PIN is seen whole',
      );
      await page.fill('#pin', '');
    }
    await page.click('text=I have no code');
    await page.fill('#name', 'Grace Hopper');
    await page.fill('#email', 'grace@example.com');
    await page.fill('#host', 'bob');
    await page.click('text=Ask my host');
    await page.waitForURL('**/kiosk/waiting?**');
    const [asked] = await walkIns.open(SITE);
    await walkIns.approve(SITE, asked?.id ?? '', 'host');
    await page.waitForSelector('text=Welcome, Grace Hopper');
    t.same(await findings(page), []);
    await page.screenshot({ path: '.pictures/kiosk-code.png' });
    await context.close();
  });

  await t.test('without script one types, confirms, and the page goes back to the start', async (t) => {
    const tablet = await pairOn(app, runtime);
    const zoe = await registered('Zoë');
    const context = await browser.newContext({ javaScriptEnabled: false, locale: 'en-GB' });
    const [name = '', value = ''] = tablet.cookie.split('=');
    await context.addCookies([{ name, value, url: http }]);
    const page = await context.newPage();
    await page.goto(`${http}/kiosk`);
    t.equal(await page.isVisible('[data-keypad]'), false);
    t.equal(await page.isVisible('[data-scan]'), false);
    await page.fill('#pin', zoe.pin);
    await page.keyboard.press('Enter');
    await page.click('text=Check in');
    t.match(await page.textContent('main'), /Welcome, Zoë/);
    t.match(await page.getAttribute('meta[http-equiv=refresh]', 'content'), /^10;url=\/kiosk$/);
    await context.close();
  });

  await t.test(
    'every page can be read in both schemes, on a phone and on a tablet, right to left too',
    async (t) => {
      await settings.change(
        SITE,
        {
          'walkIns.showHosts': true,
          'portal.terms': 'Be kind.\n\nClose the door.',
          'site.name': 'Harbour House',
        },
        undefined,
        'test',
      );
      const tablet = await pairOn(app, runtime, 'Front door');
      const options = { cookie: tablet.cookie };
      const look = (path: string, name: string, more: { cookie?: string; locale?: string } = options) =>
        lookAt(browser, http, path, name, more);
      t.same(await look('/kiosk', 'kiosk'), []);
      t.same(await look('/kiosk?lang=ar', 'kiosk-rtl'), []);
      t.same(await look('/kiosk/walk-in', 'kiosk-walk-in'), []);
      t.same(await look('/kiosk', 'kiosk-pair', {}), []);
      const waiting = (
        await tablet.post('/kiosk/walk-in', {
          name: 'Ada Lovelace',
          email: 'ada@example.com',
          host: 'bob',
          terms: '1',
        })
      ).location;
      t.same(await look(waiting, 'kiosk-waiting'), []);
      const mails = (await runtime.services.mail.outbox(SITE, { limit: 20 })).items;
      const asking = mails.filter(({ kind }) => kind === 'host-approval');
      const shown = await Promise.all(asking.map(({ id }) => runtime.services.mail.show(SITE, id, 'test')));
      const ours = shown.map((mail) => JSON.stringify(mail)).find((mail) => mail.includes('Ada Lovelace'));
      const code = /\/approve\/[\w.-]+/.exec(ours ?? '')?.[0] ?? '';
      t.same(await look(code, 'approve', {}), []);
      t.same(await look(code, 'approve-rtl', { locale: 'he' }), []);
    },
  );
});
