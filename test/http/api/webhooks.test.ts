import t from 'tap';
import { EVENT_TYPES } from '../../../src/domain/event.js';
import { startApi } from '../../fixtures/api.js';
import { startReceiver } from '../../fixtures/receiver.js';

t.test('webhooks by the API', async (t) => {
  const api = await startApi(t);
  const [owner, admin, desk] = [await api.as('owner'), await api.as('admin'), await api.as('desk')];
  const receiver = await startReceiver(t);

  const made = await owner.post('/webhooks', {
    url: receiver.url,
    name: 'Door',
    topics: ['visit.*'],
    allowPrivate: true,
  });
  t.equal(made.status, 201);
  t.match(made.body.secret, /^whsec_[A-Za-z0-9+/]{43}=$/);
  const path = `/webhooks/${made.body.id}`;

  t.test('the secret is answered once', async (t) => {
    t.notOk('secret' in (await admin.get(path)).body);
    t.notOk((await admin.get('/webhooks')).text.includes('whsec_'));
    const rotated = await admin.post(`${path}/secret`);
    t.not(rotated.body.secret, made.body.secret);
    t.match(rotated.body.formerSecretUntil, /^2026-11-24T09/);
  });

  t.test('what is sent is what is described', async (t) => {
    await desk.post('/visits', { name: 'Ada', expectedArrival: '2026-11-23T09:00' });
    await api.runtime.services.webhookDelivery.round();
    t.match(receiver.got[0]?.body, { type: 'visit.registered', site: 'main' });
    const { body } = await admin.get(`${path}/deliveries`);
    t.match(body.items, [{ type: 'visit.registered', ok: true, status: 204 }]);
    const test = await admin.post(`${path}/test`);
    t.match(test.body, { ok: true, status: 204, type: 'webhook.test' });
    const last = receiver.got[0]?.body.id ?? '';
    t.equal((await admin.get(path)).body.cursor, await api.runtime.stores.events.newestId('main' as never));
    t.equal((await admin.post(`${path}/replay`, { from: '2026-11-23T09:00:00Z' })).status, 200);
    await api.runtime.services.webhookDelivery.round();
    t.equal(receiver.got.at(-1)?.body.id, last);
  });

  t.test('faults name the field and what would be right', async (t) => {
    const url = 'https://example.com/foyer';
    const wrong: [body: object, field: string, message: RegExp][] = [
      [{ url: 'example.com' }, 'url', /Right would be https/],
      [{ url: 'http://127.0.0.1/' }, 'url', /An owner can allow/],
      [{ url, topics: ['visits'] }, 'topics', /Right would be visit\.registered/],
    ];
    for (const [body, field, message] of wrong) {
      const { status, problem } = await admin.post('/webhooks', body);
      t.equal(status, 422);
      t.match(problem.problems, [{ field, message }]);
    }
    t.equal((await admin.post('/webhooks', { url, allowPrivate: true })).status, 403);
    t.equal((await admin.post('/webhooks', { url, secret: 'x' })).status, 400);
    for (const body of [
      {},
      { after: '1-0', from: '2026-11-23T09:00:00Z' },
      { after: '+' },
      { from: 'monday' },
    ])
      t.match((await admin.post(`${path}/replay`, body)).status, /^4(00|22)$/, JSON.stringify(body));
    t.equal((await admin.get('/webhooks/v..')).status, 404);
    t.equal((await admin.patch('/webhooks/vnone', { name: 'x' })).status, 404);
  });

  t.test('it is switched off and on, and removed', async (t) => {
    t.match((await admin.patch(path, { enabled: false })).body, { enabled: false, disabledReason: 'asked' });
    t.match((await admin.patch(path, { enabled: true, resume: 'now' })).body, {
      enabled: true,
      disabledReason: null,
    });
    t.match((await admin.patch(path, { name: 'Gate', topics: [] })).body, { name: 'Gate', topics: [] });
    t.equal((await admin.delete(path)).status, 204);
    t.equal((await admin.delete(path)).status, 404);
    const types = (await admin.get('/events?limit=1000')).body.items.map(({ type }) => type);
    for (const type of ['added', 'secret-rotated', 'replayed', 'disabled', 'enabled', 'changed', 'removed'])
      t.ok(types.includes(`webhook.${type}`), type);
  });

  t.test('each site has its own', async (t) => {
    await api.runtime.services.sites.add('north', 'test');
    const north = await api.as('admin', 'north' as never);
    const other = await owner.post('/webhooks', { url: 'https://example.com/' });
    t.equal((await north.get(`/webhooks/${other.body.id}`)).status, 404);
    t.strictSame((await north.get('/webhooks')).body.items, []);
  });
});

t.test('the description has the shape of every event, and of what receivers are sent', async (t) => {
  const api = await startApi(t);
  const document = (
    await api.app.inject({ url: '/api/v1/openapi.json', headers: { host: 'localhost' } })
  ).json();
  t.strictSame(Object.keys(document.webhooks).sort(), [...EVENT_TYPES].sort());
  const { Event, ...schemas } = document.components.schemas;
  t.equal(Event.discriminator.propertyName, 'type');
  for (const [type, ref] of Object.entries<string>(Event.discriminator.mapping)) {
    const schema = schemas[ref.replace('#/components/schemas/', '')];
    t.equal(schema.properties.type.const, type);
    t.equal(schema.properties.data.additionalProperties, false, type);
    const sent = document.webhooks[type].post.requestBody.content['application/json'].schema;
    t.ok(sent.properties.site && sent.properties.visit && sent.required.includes('site'), type);
    t.strictSame(sent.properties.data, schema.properties.data);
  }
  t.equal(Event.oneOf.length, EVENT_TYPES.length - 1);
  const listed = document.paths['/api/v1/events'].get.responses['200'].content['application/json'].schema;
  t.equal(listed.properties.items.items.$ref, '#/components/schemas/Event');
  for (const [ref] of JSON.stringify(document).matchAll(/#\/components\/[^"]+/g)) {
    const [, , kind = '', name = ''] = ref.split('/');
    t.ok(document.components[kind]?.[name], ref);
  }
});
