import t from 'tap';
import type { SiteId } from '../../../src/domain/id.js';
import { VISIT_STATES } from '../../../src/domain/visit.js';
import { DEFAULT_LIMIT } from '../../../src/http/api/call.js';
import { type Caller, startApi } from '../../fixtures/api.js';

const NORTH = 'north' as SiteId;
const VISIT = { name: 'Ada', expectedArrival: '2026-11-23T09:00' };
const ROLES = ['desk', 'admin', 'owner'] as const;

/** Every call with the least role that may make it. */
const CALLS = [
  ['desk', 'get', '/visits'],
  ['desk', 'post', '/visits'],
  ['desk', 'post', '/visits/import'],
  ['admin', 'get', '/visits/export.csv'],
  ['desk', 'get', '/visits/unknown'],
  ['desk', 'patch', '/visits/unknown'],
  ['desk', 'delete', '/visits/unknown'],
  ['desk', 'post', '/visits/check-in'],
  ['desk', 'post', '/visits/unknown/check-in'],
  ['desk', 'post', '/visits/unknown/check-out'],
  ['desk', 'post', '/visits/unknown/pin'],
  ['desk', 'post', '/visits/unknown/notify'],
  ['desk', 'get', '/visits/unknown/mails'],
  ['desk', 'post', '/visits/unknown/devices'],
  ['desk', 'delete', '/visits/unknown/devices/02:00:00:00:00:10'],
  ['desk', 'get', '/walk-ins'],
  ['desk', 'post', '/walk-ins/unknown/approve'],
  ['desk', 'post', '/walk-ins/unknown/decline'],
  ['desk', 'get', '/grants'],
  ['desk', 'delete', '/grants/unknown'],
  ['desk', 'get', '/gateways'],
  ['admin', 'get', '/gateways/unknown'],
  ['admin', 'put', '/gateways/unknown'],
  ['admin', 'delete', '/gateways/unknown'],
  ['admin', 'post', '/gateways/unknown/test'],
  ['admin', 'get', '/gateways/unknown/sessions'],
  ['admin', 'get', '/settings'],
  ['admin', 'patch', '/settings'],
  ['admin', 'get', '/templates'],
  ['admin', 'get', '/templates/unknown/en'],
  ['admin', 'put', '/templates/unknown/en'],
  ['admin', 'delete', '/templates/unknown/en'],
  ['admin', 'post', '/templates/unknown/en/preview'],
  ['admin', 'post', '/templates/unknown/en/test'],
  ['admin', 'get', '/events'],
  ['admin', 'get', '/blocks'],
  ['admin', 'post', '/blocks'],
  ['admin', 'delete', '/blocks/unknown'],
  ['admin', 'post', '/privacy/search'],
  ['admin', 'post', '/privacy/export'],
  ['admin', 'post', '/privacy/erase'],
  ['admin', 'get', '/terms'],
  ['admin', 'get', '/webhooks'],
  ['admin', 'post', '/webhooks'],
  ['admin', 'get', '/webhooks/unknown'],
  ['admin', 'patch', '/webhooks/unknown'],
  ['admin', 'delete', '/webhooks/unknown'],
  ['admin', 'post', '/webhooks/unknown/test'],
  ['admin', 'post', '/webhooks/unknown/replay'],
  ['admin', 'post', '/webhooks/unknown/secret'],
  ['admin', 'get', '/webhooks/unknown/deliveries'],
  ['owner', 'get', '/sites'],
  ['owner', 'post', '/sites'],
  ['owner', 'delete', '/sites/unknown'],
  ['owner', 'get', '/team'],
  ['owner', 'post', '/team'],
  ['owner', 'patch', '/team/unknown'],
  ['owner', 'delete', '/team/unknown'],
  ['owner', 'get', '/keys'],
  ['owner', 'post', '/keys'],
  ['owner', 'delete', '/keys/unknown'],
] as const;

const send = (caller: Caller, method: (typeof CALLS)[number][1], path: string) =>
  method === 'get' || method === 'delete' ? caller[method](path) : caller[method](path, {});

t.test('each call is open to its role and the roles above it, and to nobody without a key', async (t) => {
  const api = await startApi(t);
  const callers = { desk: await api.as('desk'), admin: await api.as('admin'), owner: await api.as('owner') };
  for (const [least, method, path] of CALLS) {
    for (const role of ROLES) {
      const { status } = await send(callers[role], method, path);
      const may = ROLES.indexOf(role) >= ROLES.indexOf(least);
      t.equal(status === 403, !may, `${method} ${path} as ${role}: ${status}`);
      t.not(status, 500, `${method} ${path}`);
      t.not(status, 401, `${method} ${path}`);
    }
    const nobody = await send(api.using(undefined), method, path);
    t.equal(nobody.status, 401, `${method} ${path} without a key`);
    t.match(nobody.headers['www-authenticate'], /^Bearer/);
  }
});

t.test('the matrix has every call that the description has', async (t) => {
  const api = await startApi(t);
  const response = await api.app.inject({ url: '/api/v1/openapi.json', headers: { host: 'localhost' } });
  t.equal(response.statusCode, 200, 'the description needs no key');
  const document = response.json() as {
    openapi: string;
    paths: Record<string, Record<string, { summary?: string; responses?: object }>>;
  };
  t.equal(document.openapi, '3.1.0');
  const described = Object.entries(document.paths).flatMap(([path, calls]) =>
    Object.keys(calls)
      .filter((method) => method !== 'parameters')
      .map(
        (method) =>
          `${method} ${path.replace('/api/v1', '').replace('{id}', 'unknown').replace('{kind}', 'unknown').replace('{lang}', 'en').replace('{mac}', '02:00:00:00:00:10')}`,
      ),
  );
  t.same(described.sort(), CALLS.map(([, method, path]) => `${method} ${path}`).sort());
  for (const calls of Object.values(document.paths)) {
    for (const [method, one] of Object.entries(calls)) {
      if (method !== 'parameters') t.ok(one.summary && one.responses, `${method}: ${one.summary}`);
    }
  }
});

t.test(
  'the description says when a mail is sent, names each state of a visit, and has one limit of a page',
  async (t) => {
    const api = await startApi(t);
    const response = await api.app.inject({ url: '/api/v1/openapi.json', headers: { host: 'localhost' } });
    const { get, post } = response.json().paths['/api/v1/visits'];
    const { notify } = post.requestBody.content['application/json'].schema.properties;
    t.match(notify.description, /mail\.onRegistration/);
    const query = new Map<string, { schema: { enum?: string[]; default?: number } }>(
      get.parameters
        .filter((one: { name?: string }) => one.name !== undefined)
        .map((one: { name: string }) => [one.name, one]),
    );
    t.same(query.get('state')?.schema.enum, VISIT_STATES);
    t.equal(query.get('limit')?.schema.default, DEFAULT_LIMIT);
  },
);

t.test('a key that is wrong, malformed or removed is refused', async (t) => {
  const api = await startApi(t);
  const owner = await api.as('owner');
  const desk = await api.as('desk');
  for (const authorization of [
    '',
    'Bearer',
    'Basic Zm9vOmJhcg==',
    `Bearer ${desk.secret}x`,
    `Bearer ${desk.secret} x`,
    desk.secret,
  ]) {
    const answer = await api.using(undefined).get('/visits', { headers: { authorization } });
    t.match(
      answer.problem,
      { status: 401, type: 'urn:foyer:error:unauthorized' },
      authorization.slice(0, 12),
    );
  }
  t.equal((await desk.get('/visits', { headers: { authorization: `bearer ${desk.secret}` } })).status, 200);
  t.equal((await owner.delete(`/keys/${desk.id}`)).status, 204);
  t.equal((await desk.get('/visits')).status, 401);
  t.equal((await owner.delete(`/keys/${desk.id}`)).status, 404);
});

t.test('an owner makes keys; a key stands in the answer once and nowhere after', async (t) => {
  const api = await startApi(t);
  const owner = await api.as('owner');
  const made = await owner.post('/keys', { name: 'reception', role: 'desk' });
  t.equal(made.status, 201);
  t.match(made.body, { name: 'reception', role: 'desk', site: 'main', lastUsedAt: null });
  t.equal((await api.using(made.body.key).get('/visits')).status, 200);
  const list = await owner.get('/keys');
  t.notOk(list.text.includes(made.body.key));
  t.match(
    list.body.items.find(({ id }) => id === made.body.id),
    { lastUsedAt: '2026-11-23T09:00:00.000Z' },
  );
  t.match((await owner.post('/keys', { name: '', role: 'desk' })).problem, {
    status: 422,
    problems: [{ field: 'name' }],
  });
  t.match((await owner.post('/keys', { name: 'a', role: 'king' })).problem, {
    status: 400,
    problems: [{ field: 'role' }],
  });
});

t.test('two sites know nothing of each other, and only an owner goes from one to the other', async (t) => {
  const api = await startApi(t);
  const owner = await api.as('owner');
  t.match((await owner.post('/sites', { id: 'north' })).body, { id: 'north', gateways: [] });
  const north = await api.as('admin', NORTH);
  const main = await api.as('admin');
  const { body: visit } = await north.post('/visits', VISIT);
  t.equal((await main.get(`/visits/${visit.id}`)).status, 404);
  t.same((await main.get('/visits')).body.items, []);
  t.same((await main.get('/grants')).body.items, []);
  t.equal((await main.delete(`/visits/${visit.id}`)).status, 404);
  t.equal((await north.get('/gateways/demo')).status, 404, "another site's gateway");
  const taken = await north.put('/gateways/demo', { kind: 'demo' });
  t.match(taken.problem, { status: 409, type: 'urn:foyer:error:gateway-taken' });
  const foreign = await north.post(`/visits/${visit.id}/devices`, {
    mac: '02:00:00:00:00:10',
    gateway: 'demo',
  });
  t.match(foreign.problem, { status: 422, problems: [{ field: 'gateway' }] });

  const there = { headers: { 'foyer-site': 'north' } };
  t.equal((await owner.get(`/visits/${visit.id}`, there)).status, 200);
  t.equal((await owner.get(`/visits/${visit.id}`)).status, 404);
  t.equal((await north.get('/visits', there)).status, 200, 'its own site may be named');
  t.match((await main.get('/visits', there)).problem, { status: 403, type: 'urn:foyer:error:forbidden' });
  t.equal((await owner.get('/visits', { headers: { 'foyer-site': 'nowhere' } })).status, 404);
  t.equal((await owner.get('/visits', { headers: { 'foyer-site': '../main' } })).status, 404);
  t.equal((await owner.post('/keys', { name: 'n', role: 'desk' }, there)).body.site, 'north');
});

t.test('a site goes when it is empty of gateways, with all its keys; main stays', async (t) => {
  const api = await startApi(t);
  const owner = await api.as('owner');
  t.equal((await owner.post('/sites', { id: 'north' })).status, 201);
  t.match((await owner.post('/sites', { id: 'north' })).problem, {
    status: 409,
    type: 'urn:foyer:error:site-exists',
  });
  t.match((await owner.post('/sites', { id: 'North Wing' })).problem, {
    status: 422,
    problems: [{ field: 'id' }],
  });
  t.match((await owner.get('/sites')).body.items, [{ id: 'main', gateways: ['demo'] }, { id: 'north' }]);
  const north = await api.as('admin', NORTH);
  await north.post('/visits', VISIT);
  t.equal((await north.put('/gateways/n1', { kind: 'demo' })).status, 201);
  const refused = await owner.delete('/sites/north');
  t.match(refused.problem, { status: 409, type: 'urn:foyer:error:site-in-use', detail: /n1/ });
  t.equal((await north.delete('/gateways/n1')).status, 204);
  t.equal((await owner.delete('/sites/north')).status, 204);
  t.equal((await north.get('/visits')).status, 401);
  t.same(await api.runtime.server.redis.keys('foyer:{north}*'), []);
  t.equal((await owner.delete('/sites/north')).status, 404);
  t.match((await owner.delete('/sites/main')).problem, { status: 409, detail: /main/ });
});
