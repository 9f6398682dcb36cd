import t from 'tap';
import { startAdmin } from '../../fixtures/admin.js';
import { contextOf, lookAt, originOf, startBrowser } from '../../fixtures/browser.js';
import { says, startReceiver } from '../../fixtures/receiver.js';
import { HOUR, NINE, SITE } from '../../fixtures/runtime.js';
import { iso } from '../../fixtures/story.js';

t.test('webhooks in the admin pages', async (t) => {
  const { app, runtime, as } = await startAdmin(t);
  const [owner, admin, desk] = [await as('owner'), await as('admin'), await as('desk')];
  const { webhooks, webhookDelivery, visits } = runtime.services;
  const receiver = await startReceiver(t);
  const register = async () => {
    const input = { name: 'Ada', expectedArrival: iso(runtime.now()), durationMinutes: 60 };
    const made = await visits.register(SITE, input, 'test');
    if (made.status !== 'registered') throw new Error(made.status);
    return made.visit.id;
  };
  const only = async () => (await webhooks.list(SITE))[0] ?? Promise.reject(new Error('none'));

  t.test('an empty list says what a webhook is for, and the desk sees none of it', async (t) => {
    t.match((await admin.get('/webhooks')).html, /No other program is told/);
    for (const path of ['/webhooks', '/webhooks/new', '/webhooks/vx'])
      t.equal((await desk.get(path)).status, 403, path);
    t.equal((await desk.post('/webhooks/new', { url: 'https://example.com' })).status, 403);
    t.equal((await admin.get('/webhooks/vx')).status, 404);
  });

  t.test('a form that cannot be used comes back with what was typed', async (t) => {
    const url = 'ftp://example.com/"><b>';
    const answer = await admin.post('/webhooks/new', {
      url,
      name: 'Door',
      group: 'pin',
      types: 'visit.nothing',
    });
    t.equal(answer.status, 422);
    t.match(answer.html, /begins with https/);
    t.match(answer.html, /no type of event/);
    t.match(answer.html, /value="Door"/);
    t.match(answer.html, /value="pin" checked/);
    t.notMatch(answer.html, /"><b>/);
    const hidden = await admin.post('/webhooks/new', { url: receiver.url, allowPrivate: 'true' });
    t.equal(hidden.status, 422, "an admin's tick counts for nothing");
    t.match(hidden.html, /An owner can allow/);
    t.notMatch(hidden.html, /name="allowPrivate"/);
    t.match((await owner.get('/webhooks/new')).html, /name="allowPrivate"/);
  });

  t.test('it is added, shows its secret once, and is tested', async (t) => {
    const made = await owner.post('/webhooks/new', {
      url: receiver.url,
      name: '=Door <1>',
      group: ['visit', 'pin'],
      types: 'settings.changed, gateway.changed',
      allowPrivate: 'true',
    });
    t.equal(made.status, 200);
    t.match(made.html, /whsec_/);
    const { id, topics } = await only();
    t.strictSame(topics, ['visit.*', 'pin.*', 'settings.changed', 'gateway.changed']);
    const page = await admin.get(`/webhooks/${id}`);
    t.notMatch(page.html, /whsec_/);
    t.match(page.html, /=Door &lt;1&gt;/);
    t.match(page.html, /Visits, PINs, settings\.changed/);
    t.match(
      (await admin.follow(`/webhooks/${id}/test`)).html,
      /The test arrived\. The receiver answered 204/,
    );
    receiver.answer = says(500, '<script>alert(1)</script>');
    const failed = await admin.follow(`/webhooks/${id}/test`);
    t.match(failed.html, /did not arrive\. It answered 500: &lt;script&gt;/);
    t.notMatch(failed.html, /<script>alert/);
    receiver.answer = says(204);
    t.match((await admin.post(`/webhooks/${id}/secret`)).html, /signed with the former secret as well/);
  });

  t.test('it is changed; where it is sent stays the word of an owner', async (t) => {
    const { id, url } = await only();
    const same = { url, name: 'Door', group: 'visit' };
    t.match((await admin.follow(`/webhooks/${id}/edit`, same)).html, /The webhook is saved/);
    t.match(await only(), { name: 'Door', topics: ['visit.*'], allowPrivate: true });
    const moved = await admin.post(`/webhooks/${id}/edit`, { ...same, url: 'http://10.0.0.1/' });
    t.equal(moved.status, 422);
    t.match(moved.html, /Only an owner may/);
    t.equal((await only()).url, url);
    t.match((await admin.get(`/webhooks/${id}/edit`)).html, /value="visit" checked/);
  });

  t.test('it is switched off and on, sent again, and removed after a question', async (t) => {
    const { id } = await only();
    await webhookDelivery.round();
    t.match((await admin.follow(`/webhooks/${id}/switch`, { to: 'off' })).html, /Switch it on again/);
    const visit = await register();
    await webhookDelivery.round();
    t.match(
      (await admin.follow(`/webhooks/${id}/switch`, { to: 'on', resume: 'where-it-stood' })).html,
      /is on/,
    );
    await webhookDelivery.round();
    t.equal(receiver.got.at(-1)?.body.data.visit, visit);
    const before = receiver.got.length;
    const wrong = await admin.post(`/webhooks/${id}/replay`, { from: 'yesterday' });
    t.equal(wrong.status, 422);
    t.match(wrong.html, /is no time/);
    t.equal(
      (await admin.post(`/webhooks/${id}/replay`, { from: '2026-11-24T09:00' })).status,
      422,
      'not yet',
    );
    t.match((await admin.follow(`/webhooks/${id}/replay`, { from: '2026-11-23T09:00' })).html, /sent again/);
    await webhookDelivery.round();
    t.ok(receiver.got.length > before);
    t.match((await admin.get(`/webhooks/${id}/remove`)).html, /its secret is gone for good/);
  });

  t.test('the pages are whole in both schemes, wide and narrow', async (t) => {
    const { id } = await only();
    receiver.answer = says(503, 'Down for maintenance, back at ten');
    await register();
    await webhookDelivery.round();
    runtime.time.advance(2 * HOUR);
    const made = await webhooks.add(
      SITE,
      { url: `https://example.com/${'long'.repeat(40)}` },
      { by: 'test', role: 'owner' },
    );
    t.equal(made.status, 'changed');
    const [browser, origin] = [await startBrowser(t), await originOf(app)];
    const { cookie } = owner;
    t.strictSame(
      await lookAt(browser, origin, `/webhooks/${id}`, 'webhook-failing', { cookie }),
      [],
      'one that fails',
    );
    const context = await contextOf(browser, origin, { cookie, script: false });
    const page = await context.newPage();
    await page.goto(`/webhooks/${id}`);
    await page.getByRole('button', { name: 'Make a new secret' }).click();
    t.match(await page.locator('#secret').textContent(), /^whsec_/, 'without script as well');
    await context.close();
  });

  t.test('removing', async (t) => {
    const { id } = await only();
    t.match((await admin.follow(`/webhooks/${id}/remove`)).html, /Door is removed/);
    t.equal((await admin.get(`/webhooks/${id}`)).status, 404);
    t.ok(runtime.now() > NINE);
  });
});
