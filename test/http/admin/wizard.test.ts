import t from 'tap';
import { buildGuestServer } from '../../../src/http/guest-server.js';
import { startAdmin } from '../../fixtures/admin.js';
import { contextOf, originOf, startBrowser } from '../../fixtures/browser.js';
import { listen } from '../../fixtures/guest.js';
import { DEMO, eventually, SITE, silent } from '../../fixtures/runtime.js';

t.test('from the set-up link to a visitor online, with script and without', async (t) => {
  const browser = await startBrowser(t);
  for (const script of [true, false]) {
    const { app, runtime } = await startAdmin(t);
    const guests = await buildGuestServer(runtime, silent);
    t.teardown(() => guests.close());
    const port = await listen(guests);
    await runtime.start(port);
    await eventually(() => runtime.worker?.holds(DEMO));
    const code = await runtime.services.team.issueSetupCode();
    const origin = await originOf(app);
    const context = await contextOf(browser, origin, { script });
    const page = await context.newPage();
    const begun = performance.now();
    let clicks = 0;
    const click = async (name: string): Promise<void> => {
      clicks++;
      await page.getByRole('button', { name }).or(page.getByRole('link', { name })).click();
    };
    await page.goto(`/setup?code=${code}`);
    await page.getByLabel('E-mail address').fill('olga@example.com');
    await page.getByLabel('Password').fill('correct horse battery');
    await click('Make the owner account');
    await page.waitForURL('**/wizard/site');
    t.equal(await page.getByLabel('Name').inputValue(), '', 'only the time zone is guessed');
    await page.getByLabel('Name').fill('Harbour House');
    await click('Save and go on');
    await click('Try with the demo gateway first');
    await click('Go on');
    await page.getByLabel('Name of the visitor').fill('Ada Lovelace');
    await click('Register the visit');
    const pin = (await page.locator('#pin').textContent()) ?? '';
    t.equal(await page.locator('#pin span').count(), 2, 'in groups');
    t.match(pin, /^\d{5,10}$/);
    const popup = context.waitForEvent('page');
    await click('Open the PIN page');
    const guest = await popup;
    await guest.locator('input[name="pin"]').fill(pin);
    clicks++;
    await guest.getByRole('button', { name: 'Go online' }).click();
    await guest.locator('main[data-state="connected"]').waitFor({ timeout: 10_000 });
    const took = performance.now() - begun;
    t.comment(`script ${script}: ${clicks} clicks, ${Math.round(took)} ms without the typing`);
    t.equal(clicks, 7);
    t.ok(took < 60_000);
    if (!script) await page.reload();
    await page.getByText(/Ada Lovelace is online until/).waitFor({ timeout: 5000 });
    t.same(await runtime.services.firstSteps.of(SITE), {
      site: 'done',
      gateway: 'open',
      mail: 'open',
      visit: 'done',
    });
    await context.close();
  }
});

t.test('each step says what is wrong, can wait, and is come back to', async (t) => {
  const { as, runtime } = await startAdmin(t);
  const owner = await as('owner');
  t.equal((await (await as('desk')).get('/wizard')).status, 403);
  const wrong = await owner.post('/wizard/site', { name: '', zone: '"><script>x</script>' });
  t.equal(wrong.status, 422);
  t.match(wrong.html, /needs a name/);
  const zone = await owner.post('/wizard/site', { name: 'A <b>', zone: 'Mars/Base' });
  t.equal(zone.status, 422);
  t.match(zone.html, /is no time zone/);
  t.match(zone.html, /A &lt;b&gt;/);
  t.equal(
    (await owner.post('/wizard/site', { name: 'House', zone: 'Europe/Paris' })).location,
    '/wizard/gateway',
  );
  t.match((await runtime.services.settings.read(SITE)).values, { 'site.timeZone': 'Europe/Paris' });
  t.equal((await owner.post('/wizard/later', { step: 'gateway' })).location, '/wizard/mail');
  t.equal((await owner.post('/wizard/later', { step: 'nothing' })).status, 404);
  t.match((await owner.get('/wizard/mail')).html, /No mail server is set yet/);
  t.match((await owner.get('/wizard')).html, /2 steps are open/);
  const visit = await owner.post('/wizard/visit', { name: '' });
  t.equal(visit.status, 422);
  t.match(visit.html, /The name is missing/);
  const made = await owner.follow('/wizard/visit', { name: '"><img src=x>' });
  t.notMatch(made.html, /<img/);
  const [shown] = (await runtime.stores.events.list(SITE, '', 1000)).items.filter(
    ({ type }) => type === 'pin.shown',
  );
  t.match(shown?.fields.by, /^person:/, 'who sees a PIN leaves a trace');
});

t.test('a gateway of the set-up is tested as soon as it is saved', async (t) => {
  const { as, runtime } = await startAdmin(t, { started: true });
  const owner = await as('owner');
  const choice = await owner.get('/wizard/gateway');
  t.match(choice.html, /href="\/wizard\/gateway\?kind=mikrotik"/);
  const form = await owner.get('/wizard/gateway?kind=mikrotik');
  t.match(form.html, /name="field\.url"/);
  const saved = await owner.follow('/wizard/gateway', {
    kind: 'mikrotik',
    id: 'lobby',
    'field.url': 'http://127.0.0.1:9',
    'field.username': 'foyer',
    'field.password': 'a secret of the router',
    trust: 'verify',
  });
  t.match(saved.html, /Test of “lobby”/);
  const over = await eventually(async () => {
    const { html } = await owner.get('/wizard/gateway?gateway=lobby');
    return html.includes('is not ready yet') && html;
  }, 10_000);
  t.match(over, /failed/);
  t.match(over, /waits|left out/);
  t.notMatch(over, /a secret of the router/);
  t.ok(runtime.services.registry.get(DEMO), 'the demo stays until a gateway passes');
});
