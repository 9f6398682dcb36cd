import t from 'tap';
import { ABSOLUTE_MS, IDLE_MS } from '../../../src/services/sign-in.js';
import { PASSWORD, startAdmin } from '../../fixtures/admin.js';
import { HOUR } from '../../fixtures/runtime.js';

const HOST = { host: 'localhost' };

t.test('who is not signed in is led to the login, and back to where they wanted to go', async (t) => {
  const { app, runtime } = await startAdmin(t);
  const asked = await app.inject({ url: '/?day=2026-11-23', headers: HOST });
  t.equal(asked.statusCode, 303);
  t.equal(asked.headers.location, `/login?next=${encodeURIComponent('/?day=2026-11-23')}`);
  await runtime.services.team.addPerson('ann@example.com', 'desk', PASSWORD, 'test');
  const form = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
    app.inject({
      method: 'POST',
      url: '/login',
      headers: { ...HOST, 'content-type': 'application/x-www-form-urlencoded', ...headers },
      payload: new URLSearchParams(fields).toString(),
    });
  for (const wrong of [
    { email: 'ann@example.com', password: 'not the right one' },
    { email: 'bob@example.com', password: PASSWORD },
  ]) {
    const refused = await form({ ...wrong, next: '/' });
    t.equal(refused.statusCode, 422);
    t.match(refused.payload, /do not belong together/);
    t.notOk(refused.headers['set-cookie']);
    t.notMatch(refused.payload, wrong.password);
  }
  const right = { email: 'Ann@example.com', password: PASSWORD, next: '/?day=2026-11-23' };
  const foreign = await form(right, { origin: 'https://evil.example' });
  t.equal(foreign.statusCode, 403);
  const done = await form(right);
  t.equal(done.statusCode, 303);
  t.equal(done.headers.location, '/?day=2026-11-23');
  t.match(
    String(done.headers['set-cookie']),
    /^foyer=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax,foyer-browser=/,
  );
  const away = await form({ ...right, next: '//evil.example/' });
  t.equal(away.headers.location, '/', 'and nowhere else');
});

t.test('over https the cookie is bound to this host', async (t) => {
  const { app, runtime } = await startAdmin(t, { env: { ADMIN_URL: 'https://admin.example.com' } });
  await runtime.services.team.addPerson('ann@example.com', 'desk', PASSWORD, 'test');
  const done = await app.inject({
    method: 'POST',
    url: '/login',
    headers: { host: 'admin.example.com', 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams({ email: 'ann@example.com', password: PASSWORD }).toString(),
  });
  t.match(
    String(done.headers['set-cookie']),
    /^__Host-foyer=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Lax,__Host-foyer-browser=/,
  );
});

t.test('a login ends by signing out, by not being used, and after a week in any case', async (t) => {
  const { runtime, as } = await startAdmin(t);
  const ann = await as('admin');
  t.equal((await ann.get('/')).status, 200);
  t.equal((await ann.post('/logout')).location, '/login');
  t.equal((await ann.get('/')).location, '/login');

  const idle = await as('admin');
  runtime.time.advance(IDLE_MS - 1);
  t.equal((await idle.get('/')).status, 200);
  runtime.time.advance(IDLE_MS);
  t.equal((await idle.get('/')).status, 303);

  const busy = await as('admin');
  for (let at = 0; at + HOUR < ABSOLUTE_MS; at += HOUR) {
    runtime.time.advance(HOUR);
    if ((await busy.get('/')).status !== 200) t.fail(`after ${at / HOUR} hours`);
  }
  t.equal((await busy.get('/')).status, 200);
  runtime.time.advance(2 * HOUR);
  t.equal((await busy.get('/')).status, 303);
});

t.test('a form without the token of the login, or from another origin, changes nothing', async (t) => {
  const { app, as } = await startAdmin(t);
  const ann = await as('admin');
  const other = await as('admin');
  const token = /name="_csrf" value="([^"]+)"/.exec((await other.get('/')).html)?.[1] ?? '';
  const send = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
    app.inject({
      method: 'POST',
      url: '/logout',
      headers: {
        ...HOST,
        cookie: ann.cookie,
        'content-type': 'application/x-www-form-urlencoded',
        ...headers,
      },
      payload: new URLSearchParams(fields).toString(),
    });
  t.equal((await send({})).statusCode, 403);
  t.equal((await send({ _csrf: token })).statusCode, 403, "another login's token is none");
  const own = /name="_csrf" value="([^"]+)"/.exec((await ann.get('/')).html)?.[1] ?? '';
  t.equal((await send({ _csrf: own }, { origin: 'https://evil.example' })).statusCode, 403);
  t.equal((await send({ _csrf: own }, { 'sec-fetch-site': 'cross-site' })).statusCode, 403);
  t.equal((await ann.get('/')).status, 200);
});
