import t from 'tap';
import { buildAdminServer } from '../../../src/http/admin-server.js';
import { siteKeys } from '../../../src/redis/keys.js';
import { startApi } from '../../fixtures/api.js';
import { eventually, SITE, silent } from '../../fixtures/runtime.js';

const recorder = () => {
  const lines: { level: string; text: string }[] = [];
  const at = (level: string) => (data: object, message: string) => {
    const { err } = data as { err?: unknown };
    const text = JSON.stringify({ ...data, ...(err instanceof Error ? { err: err.message } : {}), message });
    lines.push({ level, text });
  };
  return { lines, info: at('info'), warn: at('warn'), error: at('error') };
};

t.test('a fault is a problem document with the id of the request', async (t) => {
  const api = await startApi(t);
  const desk = await api.as('desk');
  const answer = await desk.get('/visits/unknown');
  t.equal(answer.status, 404);
  t.match(answer.headers['content-type'], /^application\/problem\+json/);
  t.match(answer.problem, {
    type: 'urn:foyer:error:not-found',
    title: String,
    status: 404,
    detail: String,
    instance: /^urn:foyer:request:\S{16}$/,
    problems: [],
  });
});

t.test(
  'what is not there is 404, a method that is not there 405, and ids are no way to other keys',
  async (t) => {
    const api = await startApi(t);
    const desk = await api.as('desk');
    const { body } = await desk.post('/visits', { name: 'Ada', expectedArrival: '2026-11-23T09:00' });
    await desk.post(`/visits/${body.id}/devices`, { mac: '02:00:00:00:00:10', gateway: 'demo' });
    for (const path of [
      '/nothing',
      '/visits/a/b/c',
      `/visits/${body.id}:grants`,
      '/visits/%7Bmain%7D',
      `/visits/${'x'.repeat(99)}`,
    ]) {
      t.match((await desk.get(path)).problem, { status: 404 }, path);
    }
    const put = await desk.put('/visits', {});
    t.match(put.problem, { status: 405, type: 'urn:foyer:error:method-not-allowed' });
    t.equal(put.headers.allow, 'GET, HEAD, POST');
    t.equal((await desk.get(`/visits/${body.id}/check-in`)).status, 405);
  },
);

t.test('a body that is no JSON, too large or of another type is refused as a problem', async (t) => {
  const api = await startApi(t);
  const desk = await api.as('desk');
  const post = (payload: string, type: string) =>
    api.app.inject({
      method: 'POST',
      url: '/api/v1/visits',
      headers: { host: 'localhost', authorization: `Bearer ${desk.secret}`, 'content-type': type },
      payload,
    });
  for (const [payload, type, status] of [
    ['{"name":', 'application/json', 400],
    ['[]', 'application/json', 400],
    ['', 'application/json', 400],
    ['{"__proto__":{"a":1}}', 'application/json', 400],
    ['name=Ada', 'application/x-www-form-urlencoded', 415],
    ['{"name":"Ada"}', 'text/plain', 415],
    [JSON.stringify({ name: 'x'.repeat(100_000) }), 'application/json', 413],
  ] as const) {
    const answer = await post(payload, type);
    t.equal(answer.statusCode, status, payload.slice(0, 20));
    t.match(answer.headers['content-type'], /problem\+json/);
    t.match(answer.json(), { status, instance: String });
  }
  const empty = await api.app.inject({
    method: 'POST',
    url: '/api/v1/visits/unknown/check-in',
    headers: {
      host: 'localhost',
      authorization: `Bearer ${desk.secret}`,
      'content-type': 'application/json',
    },
  });
  t.equal(empty.statusCode, 404, 'an action needs no body, whatever type is announced');
});

t.test('a bug is masked for the caller and logged with the id of the request', async (t) => {
  const log = recorder();
  const api = await startApi(t, { log });
  const desk = await api.as('desk');
  await api.runtime.server.redis.set(siteKeys.visit(SITE, 'broken'), 'not a hash');
  const answer = await desk.get('/visits/broken');
  t.match(answer.problem, { status: 500, type: 'urn:foyer:error:internal' });
  t.notMatch(answer.text, /WRONGTYPE/);
  const id = answer.problem.instance.split(':').at(-1) ?? '-';
  const said = log.lines.filter(({ level }) => level === 'error').map(({ text }) => text);
  t.equal(said.length, 1);
  t.ok(said[0]?.includes(id) && said[0].includes('WRONGTYPE'), 'told whole');
});

t.test('the log has the pattern of a route, never what was asked, sent or answered', async (t) => {
  const log = recorder();
  const api = await startApi(t, { log });
  const desk = await api.as('desk');
  const { body } = await desk.post('/visits', { name: 'Zebediah', expectedArrival: '2026-11-23T09:00' });
  await desk.get(`/visits/${body.id}?include=pin`);
  await desk.get('/visits?q=Zebediah');
  await desk.post('/visits', { name: 7, Zebediah: 1 });
  await desk.get(`/nothing/${body.pin}`);
  const all = log.lines.map(({ text }) => text).join('\n');
  t.match(all, /"route":"\/api\/v1\/visits\/:id"/);
  for (const secret of ['Zebediah', body.pin, desk.secret, 'include']) t.notOk(all.includes(secret), secret);
});

t.test('Redis away is 503 for everybody, with or without a key, and passes', async (t) => {
  const api = await startApi(t);
  const desk = await api.as('desk');
  await api.runtime.server.stop();
  for (const answer of [await desk.get('/visits'), await desk.post('/visits', {})]) {
    t.match(answer.problem, { status: 503, type: 'urn:foyer:error:unavailable' });
    t.ok(answer.headers['retry-after']);
  }
  const ready = await api.app.inject({ url: '/readyz', headers: { host: 'localhost' } });
  t.equal(ready.statusCode, 503);
  t.match(ready.json(), { ready: false, redis: { ok: false } });
  const metrics = await api.app.inject({ url: '/metrics', headers: { host: 'localhost' } });
  t.match(metrics.payload, /^foyer_redis_up 0$/m);
  const alive = await api.app.inject({ url: '/healthz', headers: { host: 'localhost' } });
  t.equal(alive.statusCode, 200, 'the process lives');
  await api.runtime.server.restart();
  await eventually(async () => (await desk.get('/visits')).status === 200);
});

t.test('while the clock gives no decisions, reading works and deciding is 503', async (t) => {
  const api = await startApi(t);
  const desk = await api.as('desk');
  const app = await buildAdminServer({ ...api.runtime, decisions: () => false }, silent);
  t.teardown(() => app.close());
  const headers = { host: 'localhost', authorization: `Bearer ${desk.secret}` };
  t.equal((await app.inject({ url: '/api/v1/visits', headers })).statusCode, 200);
  const payload = { name: 'Ada', expectedArrival: '2026-11-23T09:00' };
  const refused = await app.inject({ method: 'POST', url: '/api/v1/visits', headers, payload });
  t.equal(refused.statusCode, 503);
  t.match(refused.json(), { type: 'urn:foyer:error:unavailable' });
  t.same((await desk.get('/visits')).body.items, []);
});

t.test('what an unknown error carries beside its message stays out of the log', async (t) => {
  const log = recorder();
  const api = await startApi(t, { log });
  const desk = await api.as('desk');
  const carried = Object.assign(new TypeError('of no kind that is known'), {
    command: { name: 'evalsha', args: ['Zebediah', 'zebediah@example.com'] },
  });
  Object.assign(api.runtime.services.visits, { find: async () => Promise.reject(carried) });
  t.equal((await desk.get('/visits/x')).status, 500);
  const [line] = log.lines.filter(({ level }) => level === 'error');
  const { error } = JSON.parse(line?.text ?? '{}');
  t.same(error, { type: 'TypeError', message: carried.message, stack: carried.stack });
  t.notMatch(JSON.stringify(line), /zebediah/i);
});
