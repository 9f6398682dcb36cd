import t from 'tap';
import { Type } from 'typebox';
import { demo } from '../../../src/drivers/demo.js';
import { DriverError, type DriverKind } from '../../../src/drivers/driver.js';
import { buildAdminServer } from '../../../src/http/admin-server.js';
import { siteKeys } from '../../../src/redis/keys.js';
import { startApi } from '../../fixtures/api.js';
import type { Teardown } from '../../fixtures/redis.js';
import { eventually, HOUR, NINE, SITE, silent, type TestRuntime } from '../../fixtures/runtime.js';

t.test('the desk sees how gateways are, an admin how they are configured', async (t) => {
  const api = await startApi(t, { started: true });
  const desk = await api.as('desk');
  const admin = await api.as('admin');
  const seen = await eventually(async () => {
    const { body } = await desk.get('/gateways');
    return body.items[0]?.health ? body.items : undefined;
  });
  t.match(seen, [{ id: 'demo', kind: 'demo', health: { ok: true, problems: [] } }]);
  t.same(Object.keys(seen[0] ?? {}).sort(), ['health', 'id', 'kind']);
  t.match((await admin.get('/gateways')).body.items, [
    { id: 'demo', fields: {}, trust: 'redirect', secretsSet: [] },
  ]);
});

t.test('a gateway is configured, changed, tested and removed', async (t) => {
  const api = await startApi(t, { started: true });
  const admin = await api.as('admin');
  const made = await admin.put('/gateways/lobby', { kind: 'demo', guestNetworks: ['10.1.0.0/16'] });
  t.equal(made.status, 201);
  t.match(made.body, { id: 'lobby', kind: 'demo', guestNetworks: ['10.1.0.0/16'] });
  const changed = await admin.put('/gateways/lobby', { kind: 'demo', guestNetworks: ['10.2.0.0/16'] });
  t.equal(changed.status, 200);
  t.match((await admin.get('/gateways/lobby')).body, { guestNetworks: ['10.2.0.0/16'] });
  t.match((await admin.post('/gateways/lobby/test')).body, {
    ok: true,
    problems: [],
    steps: [{}, {}, {}, {}, {}],
  });
  t.match((await admin.post('/gateways/lobby/test?mac=phone')).problem, {
    status: 422,
    problems: [{ field: 'mac' }],
  });
  t.equal((await admin.delete('/gateways/lobby')).status, 204);
  t.equal((await admin.get('/gateways/lobby')).status, 404);
  const { items } = (await admin.get('/events?limit=1000')).body;
  const mine = items.filter(({ data }) => (data as { by?: string }).by === `key:${admin.id}`);
  t.same(
    mine.map(({ type }) => type),
    ['gateway.changed', 'gateway.changed', 'gateway.removed'],
  );
});

t.test('everything wrong with a gateway is named at once', async (t) => {
  const api = await startApi(t);
  const admin = await api.as('admin');
  const bad = await admin.put('/gateways/lobby', {
    kind: 'demo',
    colour: 'red',
    guestNetworks: ['10.1.0.0/99'],
  });
  t.equal(bad.status, 422);
  t.same(bad.problem.problems.map(({ field }) => field).sort(), ['colour', 'guestNetworks']);
  t.match((await admin.put('/gateways/lobby', { kind: 'fridge' })).problem, {
    status: 422,
    problems: [{ field: 'kind' }],
  });
  t.match((await admin.put('/gateways/lobby', {})).problem, { status: 400, problems: [{ field: 'kind' }] });
  t.match((await admin.put('/gateways/Lob_by', { kind: 'demo' })).problem, {
    status: 422,
    problems: [{ field: 'id' }],
  });
  t.equal((await admin.get('/gateways')).body.items.length, 1, 'nothing was saved');
});

t.test('the sessions of a gateway stand beside what was decided', async (t) => {
  const api = await startApi(t, { started: true });
  const admin = await api.as('admin');
  const { body: visit } = await admin.post('/visits', { name: 'Ada', expectedArrival: '2026-11-23T09:00' });
  await admin.post(`/visits/${visit.id}/devices`, { mac: '02:00:00:00:00:10', gateway: 'demo' });
  const until = new Date(NINE + HOUR).toISOString();
  const { body } = await eventually(async () => {
    const answer = await admin.get('/gateways/demo/sessions');
    return answer.body.items.length > 0 ? answer : undefined;
  });
  t.equal(body.source, 'gateway');
  t.same(body.items, [{ mac: '02:00:00:00:00:10', until, grantedUntil: until }]);
  t.match((await admin.get('/grants')).body.items, [{ state: 'active', error: null }]);

  t.same(await fromElsewhere(t, api.runtime), { source: 'confirmed', items: body.items, next: null });
});

/** A router that wants a password, and falls over when its name is asked for. */
const locked: DriverKind = {
  ...demo,
  kind: 'locked',
  fields: Type.Object({
    password: Type.String({ secret: true, minLength: 4 }),
    name: Type.Optional(Type.String()),
  }),
  connect(context) {
    const { password, name } = context.fields;
    const refuse = () => {
      throw new DriverError('login-refused', 'The router refuses the login. Check user and password.');
    };
    const driver = demo.connect({ ...context, fields: {} });
    return {
      ...driver,
      check: async () => (password === 'open sesame' ? driver.check() : refuse()),
      sessions: async () => (name === 'silent' ? refuse() : (driver.sessions?.() ?? [])),
    };
  },
};

t.test('the secret of a gateway is written and never read, and stays when it is left out', async (t) => {
  const api = await startApi(t, { kinds: new Map([demo, locked].map((kind) => [kind.kind, kind])) });
  const admin = await api.as('admin');
  const password = 'open sesame';
  const made = await admin.put('/gateways/lobby', { kind: 'locked', password });
  t.match(made.body, { fields: {}, secretsSet: ['password'] });
  const changed = await admin.put('/gateways/lobby', { kind: 'locked', name: 'Lobby' });
  t.match(changed.body, { fields: { name: 'Lobby' }, secretsSet: ['password'] });
  t.match((await admin.post('/gateways/lobby/test')).body, { ok: true, problems: [] }, 'it is still there');
  for (const path of ['/gateways', '/gateways/lobby', '/events?limit=1000']) {
    t.notOk((await admin.get(path)).text.includes(password), path);
  }
  const kept = await api.runtime.server.redis.hgetall(siteKeys.gateways(SITE));
  t.notOk(JSON.stringify(kept).includes(password), 'sealed in Redis');
  const bad = await admin.put('/gateways/other', { kind: 'locked', password: 'abc' });
  t.match(bad.problem, { status: 422, problems: [{ field: 'password' }] });
  t.notOk(bad.text.includes('abc'));
});

t.test('a secret that need not be is taken away by null, and one that has to be is not', async (t) => {
  const fields = Type.Object({
    password: Type.String({ secret: true }),
    apiKey: Type.Optional(Type.String({ secret: true })),
  });
  const kinds = [demo, { ...demo, kind: 'two', fields }];
  const api = await startApi(t, { kinds: new Map(kinds.map((kind) => [kind.kind, kind])) });
  const admin = await api.as('admin');
  const put = (body: object) => admin.put('/gateways/lobby', { kind: 'two', ...body });
  t.match((await put({ password: 'a', apiKey: 'b' })).body, { secretsSet: ['password', 'apiKey'] });
  t.match((await put({ apiKey: '' })).body, { secretsSet: ['password', 'apiKey'] }, 'an empty box of a form');
  t.same((await put({ apiKey: null })).body.secretsSet, ['password']);
  t.match((await put({ password: null })).problem, { status: 422, problems: [{ field: 'password' }] });
});

t.test('a test that fails says why; the first that passes on a real kind retires the demo', async (t) => {
  const api = await startApi(t, { kinds: new Map([demo, locked].map((kind) => [kind.kind, kind])) });
  const admin = await api.as('admin');
  await admin.put('/gateways/lobby', { kind: 'locked', password: 'wrong' });
  t.match((await admin.post('/gateways/lobby/test')).body, {
    ok: false,
    problems: [/Check user and password/],
  });
  t.equal((await admin.get('/gateways/demo')).status, 200);
  await admin.put('/gateways/lobby', { kind: 'locked', password: 'open sesame' });
  t.match((await admin.post('/gateways/lobby/test')).body, { ok: true });
  t.equal((await admin.get('/gateways/demo')).status, 404);
});

t.test('a gateway that does not tell its sessions is 502 with the reason', async (t) => {
  const api = await startApi(t, {
    kinds: new Map([demo, locked].map((kind) => [kind.kind, kind])),
    started: true,
  });
  const admin = await api.as('admin');
  await admin.put('/gateways/lobby', { kind: 'locked', password: 'open sesame', name: 'silent' });
  const refused = await eventually(async () => {
    const answer = await admin.get('/gateways/lobby/sessions');
    return answer.status === 502 ? answer : undefined;
  });
  t.match(refused.problem, { type: 'urn:foyer:error:gateway-failed', detail: /refuses the login/ });
});

/** What a process that drives no gateway answers. */
async function fromElsewhere(t: Teardown, runtime: TestRuntime): Promise<unknown> {
  const second = await runtime.another({
    env: { ROLES: 'admin', REDIS_URL: runtime.server.url },
    started: false,
  });
  const made = await second.services.team.addKey({ name: 'other', role: 'admin', site: SITE }, 'test');
  if (made.status !== 'added') throw new Error(made.status);
  const app = await buildAdminServer(second, silent);
  t.teardown(() => app.close());
  const headers = { host: 'localhost', authorization: `Bearer ${made.secret}` };
  return (await app.inject({ url: '/api/v1/gateways/demo/sessions', headers })).json();
}
