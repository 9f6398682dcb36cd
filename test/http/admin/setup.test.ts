import t from 'tap';
import { buildAdminServer } from '../../../src/http/admin-server.js';
import type { Teardown } from '../../fixtures/redis.js';
import { silent, startRuntime } from '../../fixtures/runtime.js';

const HOST = 'localhost:8081';
const PASSWORD = 'correct horse battery';

async function start(t: Teardown) {
  const runtime = await startRuntime(t);
  const app = await buildAdminServer(runtime, silent);
  t.teardown(() => app.close());
  const code = (await runtime.services.team.issueSetupCode()) ?? '';
  const open = (value: string) =>
    app.inject({ url: `/setup?code=${encodeURIComponent(value)}`, headers: { host: HOST } });
  const send = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
    app.inject({
      method: 'POST',
      url: '/setup',
      headers: { host: HOST, 'content-type': 'application/x-www-form-urlencoded', ...headers },
      payload: new URLSearchParams({
        code,
        email: 'olga@example.com',
        password: PASSWORD,
        ...fields,
      }).toString(),
    });
  return { runtime, app, code, open, send };
}

t.test('the link shows a form, the form makes the owner and signs the owner in, once', async (t) => {
  const { runtime, app, code, open, send } = await start(t);
  const form = await open(code);
  t.equal(form.statusCode, 200);
  t.match(form.payload, /<form method="post" action="\/setup"/);
  t.ok(form.payload.includes(`value="${code}"`));
  const done = await send({});
  t.equal(done.statusCode, 303);
  t.equal(done.headers.location, '/wizard/site');
  const [cookie = ''] = String(done.headers['set-cookie']).split(';');
  const next = await app.inject({ url: '/wizard/site', headers: { host: HOST, cookie } });
  t.equal(next.statusCode, 200);
  t.match(next.payload, /olga@example\.com/);
  t.same(await runtime.services.team.listKeys(), [], 'no API key that nobody asked for');
  t.match(await runtime.services.team.listPeople(), [{ email: 'olga@example.com', role: 'owner' }]);

  t.equal((await open(code)).statusCode, 410);
  const again = await send({});
  t.equal(again.statusCode, 410);
  t.match(again.payload, /does not work/);
  t.equal((await runtime.services.team.listPeople()).length, 1);
});

t.test('two who send the form at once make one owner', async (t) => {
  const { runtime, send } = await start(t);
  const answers = await Promise.all([send({}), send({ email: 'other@example.com' })]);
  t.same(answers.map(({ statusCode }) => statusCode).sort(), [303, 410]);
  t.equal((await runtime.services.team.listPeople()).length, 1);
});

t.test('a wrong code, or none, is answered in plain words', async (t) => {
  const { app, open, send } = await start(t);
  for (const answer of [
    await open('wrong'),
    await open(''),
    await app.inject({ url: '/setup', headers: { host: HOST } }),
    await app.inject({ url: '/setup?code=a&code=b', headers: { host: HOST } }),
    await send({ code: 'wrong' }),
  ]) {
    t.equal(answer.statusCode, 410);
    t.match(answer.payload, /npx --no-install foyer admin add/);
  }
});

t.test(
  'a slip is told beside its field, what was typed stays but the password, and the code still works',
  async (t) => {
    const { code, send, open } = await start(t);
    const refused = await send({ email: '"><script>x</script>', password: 'short' });
    t.equal(refused.statusCode, 422);
    t.match(refused.payload, /id="email-problem"/);
    t.match(refused.payload, /id="password-problem"/);
    t.notMatch(refused.payload, /<script/);
    t.match(refused.payload, /&lt;script&gt;/);
    t.notOk(refused.payload.includes('short"'));
    t.equal((await open(code)).statusCode, 200);
    t.equal((await send({})).statusCode, 303);
  },
);

t.test('a form that another page sent is refused', async (t) => {
  const { send, runtime } = await start(t);
  for (const headers of [
    { origin: 'http://evil.example' },
    { origin: 'null' },
    { origin: 'http://localhost:9999' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ]) {
    t.equal((await send({}, headers)).statusCode, 403, JSON.stringify(headers));
  }
  t.equal((await runtime.services.team.listPeople()).length, 0);
  t.equal((await send({}, { origin: `http://${HOST}`, 'sec-fetch-site': 'same-origin' })).statusCode, 303);
});

t.test('pages are strict: nothing that stands in them is run, no cookie, no cache, no frame', async (t) => {
  const { app, code, open } = await start(t);
  for (const answer of [
    await open(code),
    await open('x'),
    await app.inject({ url: '/login', headers: { host: HOST } }),
  ]) {
    const csp = String(answer.headers['content-security-policy']);
    t.match(csp, /default-src 'none'/);
    t.match(csp, /frame-ancestors 'none'/);
    t.match(csp, /script-src 'self'(;|$)/);
    t.notMatch(csp, /unsafe/);
    t.equal(answer.headers['cache-control'], 'no-store');
    t.equal(answer.headers['set-cookie'], undefined);
    t.equal(answer.headers['x-content-type-options'], 'nosniff');
    t.notMatch(answer.payload, /<script>|style=/);
  }
  t.match(
    (await app.inject({ url: '/assets/style.css', headers: { host: HOST } })).headers['content-type'],
    /text\/css/,
  );
});

t.test('Redis away makes the form say so in words', async (t) => {
  const { runtime, code, open } = await start(t);
  await runtime.server.stop();
  const answer = await open(code);
  t.equal(answer.statusCode, 503);
  t.match(answer.headers['content-type'], /text\/html/);
  t.match(answer.payload, /Try again/);
});
