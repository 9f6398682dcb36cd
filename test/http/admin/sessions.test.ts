import { once } from 'node:events';
import { request } from 'node:http';
import t from 'tap';
import { startAdmin } from '../../fixtures/admin.js';
import { contextOf, originOf, startBrowser } from '../../fixtures/browser.js';
import type { Teardown } from '../../fixtures/redis.js';
import { DEMO, eventually, HOUR, MINUTE, NINE, SITE } from '../../fixtures/runtime.js';
import { actions, boxes, mac } from '../../fixtures/story.js';

const HOSTILE = `"><img src=x onerror=alert(1)> {visitorcode} <%= 1 %> ${'x'.repeat(120)}`;

async function start(t: Teardown) {
  const { of, kinds } = boxes();
  const admin = await startAdmin(t, { started: true, kinds });
  const box = of(DEMO);
  await eventually(() => box.lists > 0 && admin.runtime.worker?.holds(DEMO));
  return { ...admin, ...actions(admin.runtime), box };
}

/** Has the gateway's list read now, and waits until it is. */
async function readAgain({ runtime, box }: Awaited<ReturnType<typeof start>>): Promise<void> {
  box.epoch++;
  const at = box.lists;
  await eventually(() => box.lists > at);
  await eventually(async () => {
    const reading = await runtime.stores.gateways.reading(SITE, DEMO);
    return reading && reading.total === (box.listed?.() ?? [...box.sessions]).length;
  });
}

/** What a stream says, as a browser's EventSource would have it: without its signs of life. */
async function listen(origin: string, cookie: string, path = '/sessions/stream') {
  const asked = request(`${origin}${path}`, { headers: { cookie, accept: 'text/event-stream' } }).end();
  const [answer] = await once(asked, 'response');
  let heard = '';
  answer.setEncoding('utf8').on('data', (text: string) => {
    heard += text;
  });
  answer.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => answer.on('close', resolve));
  return {
    status: answer.statusCode as number,
    type: String(answer.headers['content-type']),
    heard: () => heard,
    events: () => heard.match(/^event: changed$/gm)?.length ?? 0,
    closed,
    leave: () => asked.destroy(),
  };
}

t.test('the desk sees who is online, with device, end and state, and what is wrong in words', async (t) => {
  const house = await start(t);
  const { runtime, visit, redeem, as, box } = house;
  const desk = await as('desk');
  t.match((await desk.get('/sessions')).html, /Nobody is online here/);
  const { pin, id } = await visit({ name: HOSTILE });
  t.match(await redeem(1, pin), { status: 'granted' });
  runtime.time.advance(22 * MINUTE);
  const { html } = await desk.get('/sessions');
  t.match(html, `href="/visits/${id}"`);
  t.match(html, /&lt;img src=x/);
  t.notMatch(html, /<img/);
  t.match(html, mac(1));
  t.match(html, /private address/);
  t.match(html, /38 minutes left/);
  t.match(html, /<span class="state good">Online<\/span>/);
  t.equal(html.match(/Private address: phones/g)?.length, 1, 'explained once');

  box.fault = 'login-refused';
  const stuck = await visit({ name: 'Bob Stuck' });
  await redeem(2, stuck.pin);
  await eventually(async () => (await house.access(2))?.dead);
  const bad = (await desk.get('/sessions')).html;
  t.match(bad, /Could not be let in/);
  t.match(bad, /The gateway refused the login/);
});

t.test('a device is taken off after a question, and stays longer with one button', async (t) => {
  const house = await start(t);
  const { visit, redeem, as, box, live } = house;
  const desk = await as('desk');
  const { pin, id } = await visit();
  await redeem(1, pin);
  const [grant] = await live(id);
  if (!grant) throw new Error('no grant');
  const longer = await desk.follow(`/sessions/${grant.id}/extend`);
  t.match(longer.html, /stays online until 10:30/);
  await eventually(() => box.sessions.get(mac(1)) === NINE + HOUR + 30 * MINUTE);

  const question = await desk.get(`/sessions/${grant.id}/revoke`);
  t.match(question.html, /goes off the network/);
  t.match(question.html, /PIN goes on to work/);
  t.ok(box.sessions.has(mac(1)), 'asking changes nothing');
  const done = await desk.follow(`/sessions/${grant.id}/revoke`);
  t.match(done.html, /goes off the network now/);
  await eventually(() => !box.sessions.has(mac(1)));
  t.equal((await desk.get('/sessions/nobody/revoke')).status, 404);
  const fixed = await visit({ durationMinutes: undefined, until: '2026-11-23T11:00' });
  await redeem(3, fixed.pin);
  const [second] = await live(fixed.id);
  t.match((await desk.follow(`/sessions/${second?.id}/extend`)).html, /until 11:30/);
});

t.test('what the gateway says stands beside what is decided', async (t) => {
  const house = await start(t);
  const { visit, redeem, as, box, runtime } = house;
  const desk = await as('desk');
  const { pin } = await visit();
  await redeem(1, pin);
  await redeem(2, pin);
  runtime.time.advance(1000);
  await readAgain(house);
  t.match((await desk.get('/sessions')).html, /list was read at 09:00:01: 2 devices/);
  t.notMatch((await desk.get('/sessions')).html, /state bad|Strangers/);

  // One is gone, one has another end, and one is nobody's.
  box.before = () => new Promise(() => undefined);
  box.listed = () => [
    { mac: mac(2), until: NINE + 20 * MINUTE },
    { mac: mac(9), until: NINE + 50 * MINUTE },
  ];
  runtime.time.advance(1000);
  const kept = await runtime.stores.gateways.reading(SITE, DEMO);
  t.equal(kept?.total, 2);
  // As the reading is, before anything is mended.
  await runtime.stores.gateways.putReading(SITE, DEMO, {
    at: runtime.now(),
    sessions: box.listed(),
    mended: [],
  });
  const { html } = await desk.get('/sessions');
  t.match(html, /not there/);
  t.match(html, /until 09:20/);
  t.match(html, /Strangers/);
  t.match(html, mac(9));
  await runtime.stores.gateways.putReading(SITE, DEMO, {
    at: runtime.now(),
    sessions: box.listed(),
    mended: [mac(9)],
  });
  t.match((await desk.get('/sessions')).html, /was told to end it/);
});

t.test('the stream says when something changed, to whoever may hear it, and for so long', async (t) => {
  const { app, as, visit, redeem, runtime } = await start(t);
  const origin = await originOf(app);
  const desk = await as('desk');
  const { pin } = await visit();
  const mark = await runtime.services.stream.mark(SITE);
  const stream = await listen(origin, desk.cookie, `/sessions/stream?since=${mark}`);
  t.equal(stream.status, 200);
  t.match(stream.type, /^text\/event-stream/);
  await eventually(() => stream.heard().startsWith('retry: 3000'));
  t.equal(stream.events(), 0, 'nothing happened since the page was made');
  await redeem(1, pin);
  await eventually(() => stream.events() > 0);
  t.notMatch(stream.heard(), mac(1), 'and it says no more than that');
  const late = await listen(origin, desk.cookie, `/sessions/stream?since=${mark}`);
  await eventually(() => late.events() > 0, 3000);
  t.pass('who comes back with an old page is told at once');

  const more = await Promise.all([1, 2, 3].map(() => listen(origin, desk.cookie)));
  t.same(
    more.map(({ status }) => status),
    [200, 200, 200],
  );
  t.equal((await listen(origin, desk.cookie)).status, 429, 'five for one login');
  more[0]?.leave();
  await eventually(() => runtime.services.stream.count() === 4);
  const again = await listen(origin, desk.cookie);
  t.equal(again.status, 200);
  const nobody = await listen(origin, 'foyer=nobody');
  t.equal(nobody.status, 303);

  await desk.post('/logout');
  await Promise.all([stream.closed, late.closed, again.closed]);
  t.equal(runtime.services.stream.count(), 0, 'with the login the stream ends');

  const other = await as('admin');
  const last = await listen(origin, other.cookie);
  t.equal(last.status, 200);
  const begun = performance.now();
  await app.close();
  await last.closed;
  t.ok(performance.now() - begun < 4000, 'it holds up no stop');
});

t.test(
  'a device that comes online appears without loading the page again, and a break is told',
  async (t) => {
    const house = await start(t);
    const { app, as, visit, redeem, runtime } = house;
    const desk = await as('desk');
    const origin = await originOf(app);
    const browser = await startBrowser(t);
    const context = await contextOf(browser, origin, { cookie: desk.cookie });
    const page = await context.newPage();
    await page.goto('/sessions');
    await page.locator('[data-stream-state]', { hasText: 'Live' }).waitFor();
    const { pin } = await visit({ name: 'Ada Lovelace', exact: true });
    await redeem(1, pin);
    await page.getByRole('link', { name: 'Ada Lovelace', exact: true }).waitFor({ timeout: 5000 });
    await page.getByText('Online', { exact: true }).waitFor();
    const button = page.getByRole('button', { name: /30 min for Ada/ });
    await button.focus();
    const bob = await visit({ name: 'Bob Brown', exact: true });
    await redeem(2, bob.pin);
    await page.getByRole('link', { name: 'Bob Brown', exact: true }).waitFor({ timeout: 5000 });
    t.match(await page.evaluate('document.activeElement.id'), /^extend-/, 'the focus stays');
    runtime.services.stream.stop();
    await page.locator('[data-stream-state].broken').waitFor({ timeout: 5000 });
    t.match(await page.locator('[data-stream-state]').textContent(), /broke\. .*every 10 seconds/);
    await context.close();

    const stuck = await visit({ name: 'A name without any end '.repeat(6).trim() });
    house.box.fault = 'login-refused';
    await redeem(3, stuck.pin);
    await eventually(async () => (await house.access(3))?.dead);
    await runtime.stores.gateways.putReading(SITE, DEMO, {
      at: runtime.now(),
      sessions: [{ mac: mac(77) }, { mac: mac(1), until: NINE + 5 * MINUTE }],
      mended: [],
    });
  },
);

t.test('pages keep to bounds, whoever is online', async (t) => {
  const house = await start(t);
  const { as, visit, redeem } = house;
  const admin = await as('admin');
  const { pin } = await visit({ maxDevices: 60 });
  for (let n = 1; n <= 55; n++) await redeem(n, pin);
  const { html } = await admin.get('/sessions');
  t.equal(html.match(/<tr>\n<th scope="row">/g)?.length, 50);
  t.match(html, /Show all 55/);
  const all = (await admin.get('/sessions?gateway=demo&from=0')).html;
  t.equal(all.match(/<tr>\n<th scope="row">/g)?.length, 55);
  t.equal((await admin.get('/sessions?gateway=%00&from=-1')).status, 200);
});
