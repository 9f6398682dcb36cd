import t from 'tap';
import { IDLE_MS } from '../../../src/services/sign-in.js';
import { startAdmin } from '../../fixtures/admin.js';
import { contextOf, findings, originOf, startBrowser } from '../../fixtures/browser.js';
import { DEMO, eventually, MINUTE, SITE } from '../../fixtures/runtime.js';
import { actions, boxes } from '../../fixtures/story.js';

const { of, kinds } = boxes();
const { app, runtime, as } = await startAdmin(t, { kinds, started: true });
const { visit, redeem } = actions(runtime);
const { visits, stream } = runtime.services;
const { events } = runtime.stores;
await eventually(() => of(DEMO).lists > 0 && runtime.worker?.holds(DEMO));

t.test('Home changes by itself: who comes, who is here, who is online, what needs a person', async (t) => {
  const desk = await as('desk');
  const ada = await visit({ name: 'Ada Lovelace' });
  const bob = await visit({ name: 'Bob Brown' });
  const context = await contextOf(await startBrowser(t), await originOf(app), { cookie: desk.cookie });
  const page = await context.newPage();
  let [asked, atOnce, mostAtOnce] = [0, 0, 0];
  page.on('request', (request) => {
    if (new URL(request.url()).pathname !== '/' || !request.headers()['x-foyer-live']) return;
    asked++;
    mostAtOnce = Math.max(mostAtOnce, ++atOnce);
  });
  const over = (request: { url(): string }): void => {
    if (atOnce > 0 && new URL(request.url()).pathname === '/') atOnce--;
  };
  page.on('requestfinished', over);
  page.on('requestfailed', over);
  await page.goto('/');
  await page.locator('[data-stream-state]', { hasText: 'Live' }).waitFor();
  const count = (of: string, many: number) =>
    page.locator(`#count-${of} strong`).getByText(`${many}`, { exact: true }).waitFor();
  await count('expected', 2);

  // Somebody types in the search, and looks at the table, while others work.
  await page.getByText('As a table').click();
  await page.locator('#q').pressSequentially('Lov');
  await visits.checkIn(SITE, ada.id, 'test');
  await count('here', 1);
  await page.locator(`#check-out-${ada.id}`).waitFor();
  t.equal(await page.locator('#q').inputValue(), 'Lov');
  t.equal(await page.evaluate('document.activeElement.id'), 'q', 'who types goes on typing');
  t.ok(await page.locator('#hours table').isVisible(), 'what was opened stays open');

  await page.locator(`#check-in-${bob.id}`).focus();
  const carl = await visit({ name: 'Carl Gauss' });
  await count('expected', 2);
  t.equal(await page.evaluate('document.activeElement.id'), `check-in-${bob.id}`, 'a button has its focus');

  of(DEMO).fault = 'login-refused';
  await redeem(1, carl.pin);
  await page.getByRole('heading', { name: '1 device is not as decided at gateway "demo"' }).waitFor();
  of(DEMO).fault = undefined;
  t.same(await findings(page), []);

  // A press that has begun goes where it was meant to.
  const button = page.locator(`#check-in-${bob.id}`);
  await button.hover();
  await page.mouse.down();
  await visits.checkOut(SITE, ada.id, 'test');
  const before = asked;
  await eventually(() => asked > before);
  await eventually(() => atOnce === 0);
  t.ok(await page.locator(`#check-out-${ada.id}`).isVisible(), 'nothing moves under a pressed button');
  await page.mouse.up();
  await page.getByText('Bob Brown is checked in').waitFor();

  // Many changes are few renewals, one at a time, however long each takes.
  await page.locator('[data-stream-state]', { hasText: 'Live' }).waitFor();
  await page.route('**/', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 1200));
    await route.continue();
  });
  [asked, mostAtOnce] = [0, 0];
  const began = performance.now();
  for (let n = 0; n < 1000; n++) {
    await events.append(SITE, 'settings.changed', { by: 'test', version: String(n) } as never, runtime.now());
    if (n % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 200));
  }
  await eventually(() => asked > 0);
  t.ok(asked <= 2 + (performance.now() - began) / 1000, `${asked} renewals for 1000 changes`);
  t.equal(mostAtOnce, 1);
  await page.unrouteAll({ behavior: 'wait' });
  await eventually(() => atOnce === 0);

  // A hidden tab holds no connection and asks for nothing, and shows what is so when it is looked at again.
  const hide = (hidden: boolean) =>
    page.evaluate(
      `Object.defineProperty(document, 'hidden', { value: ${hidden}, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));`,
    );
  await hide(true);
  await eventually(() => stream.count() === 0);
  asked = 0;
  await visits.checkOut(SITE, bob.id, 'test');
  await new Promise((resolve) => setTimeout(resolve, 1300));
  t.equal(asked, 0);
  await hide(false);
  await count('left', 2);
  await eventually(() => stream.count() === 1);
  await context.close();
});

t.test('an end after midnight is a time of the day, one of another day is that day', async (t) => {
  const desk = await as('desk');
  for (const [name, minutes] of [
    ['Nora Night', 17 * 60],
    ['Dana Days', 3 * 1440],
  ] as const) {
    const { id } = await visit({ name, durationMinutes: minutes });
    await visits.checkIn(SITE, id, 'test');
  }
  const { html } = await desk.get('/');
  t.match(html, />until<\/span><time[^>]*>02:00<\/time>\s*<\/div>\s*<div[^>]*><a[^>]*>Nora Night/);
  t.match(html, />until<\/span><time[^>]*>Thu,? 26 Nov<\/time>\s*<\/div>\s*<div[^>]*><a[^>]*>Dana Days/);
});

t.test('a page that renews itself keeps no login alive, and says how without script', async (t) => {
  const desk = await as('desk');
  const { html } = await desk.get('/');
  t.match(html, /Load the page again to see what is new/);
  t.match(html, /<link rel="icon" href="data:,">/, 'no browser asks for an icon that is not there');
  runtime.time.advance(IDLE_MS - MINUTE);
  t.equal((await desk.get('/', { 'x-foyer-live': '1' })).status, 200);
  runtime.time.advance(2 * MINUTE);
  t.equal((await desk.get('/', { 'x-foyer-live': '1' })).status, 303);
});
