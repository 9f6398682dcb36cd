import t, { type Test } from 'tap';
import { createHttp, type HttpCall } from '../../src/drivers/http.js';
import { LAPTOP, startGateway } from '../emulators/mikrotik-gateway.js';
import type { Quirks } from '../emulators/mikrotik-quirks.js';

const USER = '/rest/ip/hotspot/user';

/** The API as any client of it would call it. */
async function start(t: Test, quirks: Partial<Quirks> = {}) {
  const made = await startGateway(t, { quirks });
  const http = createHttp({ name: 'Router', baseUrl: made.router.url });
  t.teardown(http.close);
  const { username, password } = made.router.credential;
  const credential = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const ask = async (method: HttpCall['method'], path: string, json?: object, authorization = credential) => {
    const answer = await http.call({ method, path, headers: { authorization }, ...(json ? { json } : {}) });
    return { status: answer.status, body: answer.json() };
  };
  return { ...made, ask };
}

const bad = (detail: string) => ({ status: 400, body: { error: 400, message: 'Bad Request', detail } });

t.test('rows are text, what is empty is absent, and both ways to ask find the same', async (t) => {
  const { ask, router } = await start(t);
  t.strictSame(await ask('GET', USER), { status: 200, body: [] });
  const added = await ask('PUT', USER, { name: 'a', password: 'x', 'limit-uptime': '3600', comment: '' });
  t.match(added, { status: 201, body: { '.id': /^\*[0-9A-F]+$/, name: 'a', comment: undefined } });
  await ask('POST', `${USER}/add`, { name: 'b', server: 'hotspot1' });
  const [row] = (await ask('GET', `${USER}?name=a&.proplist=name`)).body as object[];
  t.strictSame(Object.keys(row ?? {}).sort(), ['.id', 'name']);
  t.strictSame((await ask('POST', `${USER}/print`, { '.query': ['name=a'], '.proplist': ['name'] })).body, [
    row,
  ]);
  t.match((await ask('GET', `${USER}/a`)).body, { name: 'a', uptime: '0s' });
  router.join(LAPTOP);
  const hosts = (await ask('GET', '/rest/ip/hotspot/host?mac-address=02:00:00:00:00:0A')).body;
  t.match(hosts, [{ '.id': '*0A050002', address: '10.5.0.2', authorized: 'false' }]);
});

t.test('its errors are those of RouterOS', async (t) => {
  const { ask } = await start(t);
  t.strictSame(await ask('GET', USER, undefined, 'Basic eDp5'), {
    status: 401,
    body: { error: 401, message: 'Unauthorized' },
  });
  const gone = { status: 404, body: { error: 404, message: 'Not Found' } };
  t.strictSame(await ask('GET', `${USER}/*FF`), gone);
  t.strictSame(await ask('POST', `${USER}/remove`, { '.id': '*FF' }), gone);
  t.strictSame(await ask('GET', '/rest/ip/nothing/at'), bad('no such command or directory (nothing)'));
  t.strictSame(await ask('PUT', USER, { name: 'a', timeout: '1h' }), bad('unknown parameter timeout'));
  t.strictSame(
    await ask('PUT', '/rest/ip/hotspot/ip-binding', { timeout: '1h' }),
    bad('unknown parameter timeout'),
  );
  t.strictSame(await ask('POST', `${USER}/set`, { comment: 'x' }), bad('missing =.id='));
  t.strictSame(
    await ask('PUT', USER, { name: 'a', profile: 'x' }),
    bad('input does not match any value of profile'),
  );
  await ask('PUT', USER, { name: 'a' });
  t.strictSame(
    await ask('PUT', USER, { name: 'a' }),
    bad('failure: already have user with this name for this server'),
  );
  t.strictSame(
    await ask('POST', '/rest/ip/hotspot/active/login', { user: 'a', ip: '10.9.9.9' }),
    bad('unknown host IP 10.9.9.9'),
  );
});

t.test('ids in paths work where the firmware has them', async (t) => {
  const { ask, router } = await start(t);
  await ask('PUT', USER, { name: 'a' });
  const id = router.users[0]?.['.id'];
  t.strictSame(await ask('DELETE', `${USER}/${id}`), bad('missing or invalid resource identifier'));
  router.quirks.pathIds = false;
  t.match(await ask('PATCH', `${USER}/${id}`, { comment: 'x' }), { status: 200, body: { comment: 'x' } });
  t.equal((await ask('DELETE', `${USER}/${id}`)).status, 204);
  t.strictSame(router.users, []);
});

t.test('a login runs on when its user is removed, and a limit of 0s is none', async (t) => {
  const { ask, router, time } = await start(t);
  const ip = router.join(LAPTOP);
  const mac = '02:00:00:00:00:0A';
  await ask('PUT', USER, { name: 'a', password: 'x', 'limit-uptime': '0s' });
  const login = (more: object) =>
    ask('POST', '/rest/ip/hotspot/active/login', {
      user: 'a',
      password: 'x',
      ip,
      'mac-address': mac,
      ...more,
    });
  t.strictSame(await login({ password: 'y' }), bad('failure: invalid username or password'));
  t.strictSame(await login({ 'mac-address': '02:00:00:00:00:0B' }), bad('wrong MAC provided'));
  t.strictSame(await login({}), { status: 200, body: [] });
  time.advance(1000 * 24 * 3600 * 1000);
  const [row] = (await ask('GET', '/rest/ip/hotspot/active')).body as Record<string, string>[];
  t.match(row, { user: 'a', uptime: '142w6d', 'session-time-left': undefined });
  await ask('POST', `${USER}/remove`, { '.id': router.users[0]?.['.id'] });
  t.equal(router.gateway.inForce(LAPTOP), 1);
});

t.test('a limit of uptime counts over all logins', async (t) => {
  const { ask, router, time } = await start(t);
  const ip = router.join(LAPTOP);
  await ask('PUT', USER, { name: 'a', password: 'x', 'limit-uptime': '1h' });
  const login = () =>
    ask('POST', '/rest/ip/hotspot/active/login', {
      user: 'a',
      password: 'x',
      ip,
      'mac-address': '02:00:00:00:00:0A',
    });
  await login();
  time.advance(40 * 60_000);
  await ask('POST', '/rest/ip/hotspot/active/remove', { '.id': router.active()[0]?.['.id'] });
  t.match((await ask('GET', `${USER}/a`)).body, { uptime: '40m' });
  time.advance(60 * 60_000);
  await login();
  t.match((await ask('GET', '/rest/ip/hotspot/active')).body, [{ 'session-time-left': '20m' }]);
  time.advance(20 * 60_000);
  t.strictSame((await ask('GET', '/rest/ip/hotspot/active')).body, []);
  t.strictSame(await login(), bad('failure: user a has reached uptime limit'));
});
