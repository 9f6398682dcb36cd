import t from 'tap';
import { launchChromium } from './chromium.js';
import { createLab, noLab, until } from './network.js';
import { createPhone, measured } from './phone.js';
import { startPortal } from './portal.js';

const ONLINE_MS = 2000;

if (noLab) {
  t.test('a visitor with a browser', { skip: noLab }, async () => undefined);
} else {
  t.setTimeout(90_000);
  const lab = await createLab(t);
  const portal = await startPortal(t, lab);
  const phone = createPhone(lab, lab.clients[0]);

  for (const [family, web] of [
    ['IPv4', `http://${lab.inetIp}/`],
    ['IPv6', `http://[${lab.inetIp6}]/`],
  ] as const) {
    t.test(
      `over ${family} a browser without JavaScript types the PIN and is on the web at once`,
      async (t) => {
        const visit = await portal.visit({ minutes: 5 });
        const browser = await launchChromium(t, lab.clients[0]);
        const page = browser.pages()[0] ?? (await browser.newPage());
        const state = () => page.locator('main').getAttribute('data-state');
        // The address that is asked for later too: what the browser keeps of it must not lead back to the portal.
        await page.goto(web);
        t.match(page.url(), /^http:\/\/(10\.77\.0\.1|\[fd00:77::1\]):8080\//);
        t.equal(await state(), 'pin');
        await page.goto(`${web}generate_204`);
        t.equal(await state(), 'pin');

        await page.fill('input[name=pin]', visit.pin);
        const began = performance.now();
        const online = phone.measure('online', family === 'IPv4' ? 4 : 6);
        await page.click('button[type=submit]');
        const ms = await online;
        t.comment(measured(`browser-pin-to-online-${family.toLowerCase()}`, ms));
        t.ok(ms <= ONLINE_MS, `${ms}`);
        await page.waitForSelector('main[data-state=connected]');
        t.ok(performance.now() - began < 4000, 'the page says so too');

        await page.goto(web);
        t.equal(await page.title(), 'online', 'the first page after it is the web, not the portal');
        t.equal(page.url(), web);
        const tabs = await Promise.all([1, 2, 3].map(() => browser.newPage()));
        await Promise.all(tabs.map((tab, i) => tab.goto(`${web}?${i}`)));
        t.strictSame(await Promise.all(tabs.map((tab) => tab.title())), ['online', 'online', 'online']);

        await portal.api('DELETE', `/visits/${visit.id}`);
        await phone.measure('offline', 4, 5000);
        const ended = async (): Promise<boolean> => {
          // A connection of before is broken off; what a visitor does then is to try again.
          await page.goto(`${web}?again`).catch(() => undefined);
          return (await state().catch(() => undefined)) === 'pin';
        };
        await until('the visitor is asked for a PIN again', ended, 10_000);
      },
    );
  }
}
