import t from 'tap';
import { startAdmin } from '../../fixtures/admin.js';
import { contextOf, findings, originOf, startBrowser } from '../../fixtures/browser.js';
import { eventually } from '../../fixtures/runtime.js';
import { startSmtp } from '../../fixtures/smtp.js';
import { actions, boxes } from '../../fixtures/story.js';

const smtp = await startSmtp(t);
const { kinds } = boxes();
const { app, runtime, as } = await startAdmin(t, {
  kinds,
  started: true,
  env: { SMTP_URL: smtp.url, MAIL_FROM: 'Foyer <foyer@example.com>' },
});
const _story = actions(runtime);
const browser = await startBrowser(t);
const origin = await originOf(app);
const ann = await as('desk');

/** Typing of somebody who knows the keyboard: so many milliseconds for a key. */
const KEY_MS = 60;
const MOST_MS = 20_000;
const MOST_STEPS = 6;

t.test('a visit is registered and its PIN on the way within 20 seconds and 6 fields or clicks', async (t) => {
  const context = await contextOf(browser, origin, { cookie: ann.cookie });
  const page = await context.newPage();
  let steps = 0;
  const type = async (text: string): Promise<void> => {
    steps++;
    await page.keyboard.type(text, { delay: KEY_MS });
  };
  const press = (key: string) => page.keyboard.press(key, { delay: KEY_MS });
  const began = performance.now();
  await page.goto('/visits/new');
  await type('Ada Lovelace');
  await press('Tab');
  await type('ada@example.com');
  await press('Tab');
  await type('Charles Babbage');
  steps++;
  await press('Enter');
  await page.waitForSelector('#pin');
  const mail = await smtp.nth(1);
  const took = performance.now() - began;
  const pin = (await page.locator('#pin').textContent())?.trim() ?? '';
  t.match(pin, /^\d{5,10}$/);
  t.match(mail.mail.text?.replace(/[^\d]/g, ''), pin, 'the mail has the PIN');
  t.match(mail.to, ['ada@example.com']);
  t.ok(steps <= MOST_STEPS, `${steps} fields and clicks`);
  t.ok(took < MOST_MS, `${Math.round(took)} ms`);
  t.comment(`${steps} fields and clicks, ${Math.round(took)} ms`);
  await eventually(async () => {
    await page.reload();
    return /accepted by the mail server/.test(await page.content());
  });
  t.same(await findings(page), []);
  await page.locator('button[data-copy]').waitFor();
  await page.screenshot({ path: '.pictures/visit-registered.png', fullPage: true });
  await context.close();
});

t.test('without script the same form, the day and its search work', async (t) => {
  const context = await contextOf(browser, origin, { cookie: ann.cookie, script: false });
  const page = await context.newPage();
  await page.goto('/');
  await page.keyboard.type('lovel');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/visits\?find=/);
  t.notMatch(page.url(), /lovel/i, 'nobody is named by the address');
  t.match(await page.locator('tbody tr').allTextContents(), [/Ada Lovelace/]);
  await page.getByRole('link', { name: 'Ada Lovelace' }).click();
  await page.waitForURL(/\/visits\/[\w-]+$/);
  await page.goBack();
  t.match(await page.locator('tbody tr').allTextContents(), [/Ada Lovelace/], 'the way back leads to it');
  t.equal(await page.locator('#q').inputValue(), 'lovel');
  await page.getByRole('link', { name: 'Register a visit' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Grace Hopper');
  await page.getByLabel('How long').selectOption({ label: 'Day pass' });
  await page.getByRole('button', { name: 'Register and check in' }).click();
  await page.waitForSelector('#pin');
  t.match(await page.locator('main').textContent(), /09:00 to 18:00, 9 hours left/);
  t.match(await page.locator('.page-head').first().textContent(), /Here/);
  await context.close();
});

t.test('with script the list follows what is typed, and so does the address', async (t) => {
  const context = await contextOf(browser, origin, { cookie: ann.cookie });
  const page = await context.newPage();
  await page.goto('/visits');
  t.equal(await page.evaluate('document.activeElement.id'), 'q', 'the search has the focus');
  await page.keyboard.type('hopp');
  await eventually(async () => (await page.locator('tbody tr').count()) === 1);
  await page.waitForURL(/find=/);
  t.notMatch(page.url(), /hopp/);
  await page.reload();
  t.equal(await page.locator('tbody tr').count(), 1);
  t.equal(await page.locator('#q').inputValue(), 'hopp');
  await page.locator('#q').fill('');
  await page.waitForURL((url) => url.search === '');
  t.ok((await page.locator('tbody tr').count()) > 1, 'an empty search is none');
  await page.locator('#q').blur();
  await page.keyboard.press('/');
  t.equal(await page.evaluate('document.activeElement.id'), 'q', 'a key leads back to it');
  await context.close();
});
