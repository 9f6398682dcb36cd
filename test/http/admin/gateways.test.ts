import t from 'tap';
import { drivers } from '../../../src/drivers/index.js';
import { formFields, hintOf, labelOf, textsOf } from '../../../src/http/admin/gateway-form.js';
import { startAdmin } from '../../fixtures/admin.js';
import { DEMO, eventually, SITE } from '../../fixtures/runtime.js';

const SECRET = 'a secret of the router';
const ROUTER = {
  kind: 'mikrotik',
  id: 'lobby',
  'field.url': 'http://127.0.0.1:9',
  'field.username': 'foyer',
  'field.password': SECRET,
  guestNetworks: '10.20.0.0/16',
  trust: 'verify',
};

t.test('every kind has a form that draws each of its fields', async (t) => {
  for (const kind of drivers.values()) {
    const fields = formFields(kind, { texts: textsOf(kind, {}), secretsSet: [] });
    t.equal(fields.length, Object.keys(kind.fields.properties).length, kind.kind);
    for (const { label, hint, input, options } of fields) {
      t.match(label, /^\S/, `${kind.kind} ${label}`);
      t.notMatch(hint, /`/);
      t.ok(input !== 'select' || (options?.length ?? 0) > 0);
    }
  }
  t.equal(labelOf('disconnectPort'), 'Disconnect port');
  t.equal(labelOf('apiKey'), 'API key');
  t.equal(hintOf('Its `password`, by `openssl`.', ['password']), 'Its “Password”, by “openssl”.');
});

t.test('a gateway is added, shown, edited and removed; its secrets are never shown', async (t) => {
  const { as, runtime } = await startAdmin(t);
  const admin = await as('admin');
  const desk = await as('desk');
  t.match((await admin.get('/gateways/new')).html, /href="\/gateways\/new\?kind=nftables"/);
  const wrong = await admin.post('/gateways/new', {
    ...ROUTER,
    id: 'Lobby 1',
    'field.hotspot': '"><img src=x> <%= 1 %>',
  });
  t.equal(wrong.status, 422);
  t.match(wrong.html, /has 1 to 32 of a-z/);
  t.match(wrong.html, /&lt;img src=x/, 'what was typed comes back');
  t.notOk(wrong.html.includes(SECRET), 'but no secret');
  const field = await admin.post('/gateways/new', { ...ROUTER, 'field.url': 'nowhere', guestNetworks: 'x' });
  t.equal(field.status, 422);
  t.match(field.html, /id="field-url-problem">“nowhere” is not what this field takes/);
  t.match(field.html, /id="guestNetworks-problem"/);

  t.equal((await admin.post('/gateways/new', ROUTER)).location, '/gateways/lobby/test');
  t.match((await admin.post('/gateways/new', ROUTER)).html, /There is a gateway “lobby” already/);
  const { html } = await admin.get('/gateways/lobby');
  t.match(html, /MikroTik/);
  t.match(html, /set, not shown/);
  t.match(html, /A device can be sent off before its time/);
  const list = await desk.get('/gateways');
  t.match(list.html, /lobby/);
  t.notMatch(list.html, /href="\/gateways\/lobby|10\.20\.0\.0/, 'the desk sees how it is, no more');
  for (const path of ['/gateways/lobby', '/gateways/lobby/edit', '/gateways/new', '/gateways/lobby/rules'])
    t.equal((await desk.get(path)).status, 403, path);
  t.match((await admin.get('/gateways/lobby/rules')).html, /PASSWORD/);

  const { 'field.password': _, ...kept } = ROUTER;
  t.equal((await admin.post('/gateways/lobby/edit', { ...kept, 'field.username': 'other' })).status, 303);
  t.match(runtime.services.registry.ofSite(SITE).find(({ id }) => id === 'lobby')?.fields, {
    username: 'other',
    password: SECRET,
  });
  for (const path of [
    '/gateways/lobby',
    '/gateways/lobby/edit',
    '/gateways/lobby/test',
    '/gateways/lobby/rules',
  ])
    t.notOk((await admin.get(path)).html.includes(SECRET), path);

  const question = await admin.get('/gateways/lobby/remove');
  t.match(question.html, /Nobody is online through it/);
  t.match((await admin.follow('/gateways/lobby/remove')).html, /is removed/);
  t.equal((await admin.get('/gateways/lobby')).status, 404);
  t.equal((await admin.get('/gateways/no%2fwhere')).status, 404);
});

t.test('a test runs by itself; every process shows its steps, and a device may be named', async (t) => {
  const { as, runtime } = await startAdmin(t, { started: true });
  await eventually(() => runtime.worker?.holds(DEMO));
  const admin = await as('admin');
  t.match((await admin.get('/gateways/demo/test')).html, /No test in the last minutes/);
  const wrong = await admin.post('/gateways/demo/test', { mac: '"><b>' });
  t.equal(wrong.status, 422);
  t.match(wrong.html, /is no hardware address/);
  const first = await admin.follow('/gateways/demo/test', { mac: '02-00-00-00-00-10' });
  t.match(first.html, /data-running|is ready/);
  const over = await eventually(async () => {
    const { html } = await admin.get('/gateways/demo/test');
    return html.includes('is ready') && html;
  });
  t.match(over, /Let a device in for a minute/);
  t.equal(over.match(/<span class="state good">works/g)?.length, 4);
  t.match(over, /02:00:00:00:00:10 for a minute/);
  const other = await runtime.another();
  const gateway = other.services.registry.get(DEMO);
  if (!gateway) throw new Error('no gateway');
  t.match(await other.services.gatewayTests.find(gateway), { result: { ok: true } });
  const begun = await Promise.all([1, 2, 3].map(() => other.services.gatewayTests.begin(gateway)));
  t.same(begun.sort(), ['begun', 'running', 'running'], 'one at a time');
  await eventually(async () => (await other.services.gatewayTests.find(gateway))?.result?.ok);
  t.equal((await other.services.gatewayTests.find(gateway))?.steps.length, 5, 'the steps came from afar');
});
