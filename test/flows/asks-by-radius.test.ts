import t from 'tap';
import type { ClientMac, GatewayId } from '../../src/domain/id.js';
import { integerIn, TYPE } from '../../src/drivers/radius/attributes.js';
import { CODE } from '../../src/drivers/radius/codec.js';
import { HALL, RADIUS_SECRET, startAsking } from '../fixtures/radius.js';
import { eventually, HOUR, MINUTE, NINE, SITE } from '../fixtures/runtime.js';

const PHONE = '02:00:00:00:30:01' as ClientMac;
const STRANGER = '02:00:00:00:30:02' as ClientMac;

t.test(
  'by its MAC alone a device is let in for what is left of its visit, and sent off when that is over',
  async (t) => {
    const { nas, runtime, visit, device } = await startAsking(t, { kind: 'radius' });
    t.equal((await nas.ask(PHONE)).code, CODE.accessReject, 'nobody is let in without a PIN');

    runtime.time.advance(10 * MINUTE);
    const { pin, id } = await visit();
    const phone = device(PHONE);
    t.equal((await phone.get(`/enter/hall?client_mac=${PHONE}&ip=127.0.1.1`)).state, 'pin');
    t.equal((await phone.type(pin)).status, 303);
    t.equal((await phone.follow()).state, 'connecting', 'the router has not asked yet');

    const accept = await nas.ask(PHONE);
    t.equal(accept.code, CODE.accessAccept);
    t.equal(integerIn(accept.attributes, TYPE.sessionTimeout), 50 * 60);
    t.equal((await nas.ask(STRANGER)).code, CODE.accessReject);
    await nas.arrive(PHONE);
    await nas.settled();
    t.equal((await phone.follow()).state, 'connected');

    const moved = await runtime.services.visits.change(SITE, id, { durationMinutes: 30 }, 'test');
    t.equal(moved.status, 'changed');
    runtime.time.advance(20 * MINUTE);
    await eventually(() => nas.sessions().length === 0);
    t.equal(nas.orders().filter(({ code }) => code === CODE.disconnectRequest).length >= 1, true);
    t.equal((await nas.ask(PHONE)).code, CODE.accessReject);
    t.equal((await phone.follow()).state, 'ended');
  },
);

t.test(
  'a visit that is cancelled takes the device off, and one that is longer is asked about again',
  async (t) => {
    const { nas, runtime, visit, device } = await startAsking(t, { kind: 'radius' });
    const { pin, id } = await visit();
    const phone = device(PHONE);
    await phone.get(`/enter/hall?client_mac=${PHONE}`);
    await phone.type(pin);
    t.ok(await nas.arrive(PHONE));
    await nas.settled();
    await runtime.services.visits.change(SITE, id, { durationMinutes: 120 }, 'test');
    runtime.time.set(NINE + HOUR);
    await nas.tick();
    t.equal(
      nas.sessions()[0]?.until,
      NINE + 2 * HOUR,
      'the router asked at the former end, and was told the later one',
    );
    await runtime.services.visits.cancel(SITE, id, 'test');
    await eventually(() => nas.sessions().length === 0);
  },
);

t.test('a session of a device without a grant is ended by the reconciler', async (t) => {
  const { nas, runtime, visit, device } = await startAsking(t, { kind: 'radius' });
  const { pin } = await visit();
  const phone = device(PHONE);
  await phone.get(`/enter/hall?client_mac=${PHONE}`);
  await phone.type(pin);
  await nas.arrive(PHONE);
  await nas.settled();
  // Everything that Foyer knew of it is gone, as after the restore of an old backup.
  for (const key of await runtime.server.redis.keys('foyer:{main}:*')) {
    if (/:(access|accesses|client|grant|queue|due)\b/.test(key)) await runtime.server.redis.del(key);
  }
  await runtime.worker?.stop();
  const other = await runtime.another({
    started: true,
    env: { ROLES: 'worker', REDIS_URL: 'redis://127.0.0.1:1' },
  });
  await eventually(() => other.worker?.holds(HALL), 10_000);
  await eventually(() => nas.sessions().length === 0, 10_000);
});

t.test(
  'what is logged in with at a router’s form is good once, for a minute, and for the one device',
  async (t) => {
    const { nas, runtime, visit, device } = await startAsking(t, { kind: 'postback', profile: 'cisco' });
    const { pin } = await visit();
    const phone = device(PHONE);
    const redirect = `/enter/hall?switch_url=${encodeURIComponent('https://192.0.2.1/login.html')}&client_mac=${PHONE}&wlan=Guests&redirect=http://example.com/`;
    t.equal((await phone.get(redirect)).state, 'pin');
    await phone.type(pin);
    const loginOn = async () => {
      const page = await phone.follow();
      t.equal(page.state, 'handoff');
      t.match(page.body, '<form method="post" action="https://192.0.2.1/login.html">');
      t.notMatch(String(page.headers['content-security-policy']), /form-action/);
      t.notMatch(page.body, pin);
      return { username: page.field('username') ?? '', password: page.field('password') ?? '' };
    };
    const first = await loginOn();
    t.ok(first.password.length <= 15);
    t.equal(await nas.arrive(STRANGER, first), undefined, 'another device cannot use it');
    t.equal(await nas.arrive(PHONE, { ...first, password: 'guessed' }), undefined);
    const second = await loginOn();
    t.equal(await nas.arrive(PHONE, first), undefined, 'the one before is void');
    const session = await nas.arrive(PHONE, second);
    t.equal(session?.until, NINE + HOUR);
    await nas.settled();
    t.equal((await nas.ask(PHONE, second)).code, CODE.accessReject, 'it is good once');
    t.equal((await phone.follow()).state, 'connected');

    const late = await visit();
    const other = device(STRANGER);
    await other.get(redirect.replace(PHONE, STRANGER));
    await other.type(late.pin);
    const page = await other.follow();
    const spoiled = { username: page.field('username') ?? '', password: page.field('password') ?? '' };
    const [key = ''] = await runtime.server.redis.keys(`*:credential:${spoiled.username}`);
    const left = await runtime.server.redis.pttl(key);
    t.ok(left > 0 && left <= 60_000, `${left} ms`);
    await runtime.server.redis.pexpire(key, 1);
    await eventually(async () => (await runtime.server.redis.exists(key)) === 0);
    t.equal(await nas.arrive(STRANGER, spoiled), undefined, 'it is good for a minute');
  },
);

t.test('whom the router refused is not sent there again by itself, and may try again by hand', async (t) => {
  const { visit, device } = await startAsking(t, { kind: 'postback', profile: 'cisco' });
  const { pin } = await visit();
  const phone = device(PHONE);
  const redirect = `/enter/hall?switch_url=https://192.0.2.1/login.html&client_mac=${PHONE}`;
  await phone.get(redirect);
  await phone.type(pin);
  t.equal((await phone.follow()).state, 'handoff');
  await phone.get(`${redirect}&statusCode=5`);
  const failed = await phone.follow();
  t.equal(failed.state, 'unavailable');
  t.equal(failed.field('password'), undefined, 'nothing to send');
  t.ok((await phone.get(failed.link ?? '')).field('password'), 'by hand it begins anew');
});

t.test('a router that asks again every minute hears that the visit is over', async (t) => {
  const { nas, runtime, visit, device } = await startAsking(t, {
    kind: 'postback',
    profile: 'pfsense',
    hosts: ['10.0.0.1'],
  });
  const { pin, id } = await visit();
  const phone = device(PHONE);
  const action = encodeURIComponent('http://10.0.0.1:8002/index.php?zone=guests');
  t.equal(
    (await phone.get(`/enter/hall?mac=${PHONE}&ip=127.0.1.1&zone=guests&action=${action}`)).state,
    'pin',
  );
  await phone.type(pin);
  const page = await phone.follow();
  t.equal(page.state, 'handoff');
  const login = { username: page.field('auth_user') ?? '', password: page.field('auth_pass') ?? '' };
  t.ok(await nas.arrive(PHONE, login));
  runtime.time.advance(MINUTE);
  t.equal((await nas.ask(PHONE, login)).code, CODE.accessAccept, 'asked about the session that runs');
  t.equal((await nas.ask(STRANGER, login)).code, CODE.accessReject);
  await runtime.services.visits.cancel(SITE, id, 'test');
  t.equal((await nas.ask(PHONE, login)).code, CODE.accessReject);
});

t.test('a secret that is not ours gets no answer, and none of it is written anywhere', async (t) => {
  const logged: string[] = [];
  const keep = (data: object, message: string) => void logged.push(JSON.stringify({ ...data, message }));
  const { nas, runtime, visit, device } = await startAsking(
    t,
    { kind: 'postback', profile: 'cisco' },
    { log: { info: keep, warn: keep, error: keep } },
  );
  const { pin } = await visit();
  const phone = device(PHONE);
  await phone.get(`/enter/hall?switch_url=https://192.0.2.1/login.html&client_mac=${PHONE}`);
  await phone.type(pin);
  const page = await phone.follow();
  const login = { username: page.field('username') ?? '', password: page.field('password') ?? '' };
  await nas.arrive(PHONE, { ...login, password: 'wrong' });
  await nas.arrive(PHONE, login);
  await nas.settled();
  const kept = JSON.stringify(
    await Promise.all(
      (await runtime.server.redis.keys('*')).map(async (key) => [
        key,
        await runtime.server.redis.dump(key).then((bytes) => String(bytes)),
      ]),
    ),
  );
  for (const text of [...logged, kept]) {
    t.notOk(text.includes(login.password), 'no password');
    t.notOk(text.includes(pin), 'no PIN');
  }
});

t.test('two gateways cannot have routers at one address with one secret', async (t) => {
  const { runtime } = await startAsking(t, { kind: 'radius' });
  const { registry } = runtime.services;
  const fields = { kind: 'postback', profile: 'cisco', trust: 'redirect' };
  const put = (more: object) => registry.put(SITE, 'other' as GatewayId, { ...fields, ...more }, 'test');
  const same = { secret: RADIUS_SECRET };
  t.match(await put({ ...same, nas: ['127.0.0.0/8'] }), {
    status: 'invalid',
    problems: [{ field: 'secret' }],
  });
  t.match(await put({ ...same, nas: ['127.0.0.1'] }), { status: 'invalid', problems: [{ field: 'secret' }] });
  t.match(await put({ ...same, nas: ['192.0.2.1'] }), { status: 'saved' });
  t.match(await put({ secret: 'another-secret-of-length', nas: ['127.0.0.1'] }), { status: 'saved' });
  t.match(
    await put({ secret: 'another-secret-of-length', nas: ['127.0.0.1'] }),
    { status: 'saved' },
    'its own is no other',
  );
});

t.test(
  'a router that starts anew forgets its own sessions, not those of another one behind the same address',
  async (t) => {
    const { runtime } = await startAsking(t, { kind: 'radius' });
    const { radius } = runtime.services;
    const nas = '127.0.0.1';
    const session = (nasId: string, mac: string) => ({
      mac: mac as ClientMac,
      id: '1',
      username: mac,
      nas,
      nasId,
      seenAt: NINE,
    });
    for (const [nasId, mac] of [
      ['east', PHONE],
      ['west', STRANGER],
    ] as const)
      await radius.account({ gateway: HALL, nas, event: 'start', session: session(nasId, mac) });
    const held = async () => (await runtime.stores.sessions.list(SITE, HALL, NINE)).map(({ mac }) => mac);
    t.equal((await held()).length, 2, 'ids of two routers may be the same');
    await radius.account({ gateway: HALL, nas, event: 'on', nasId: 'east' });
    t.strictSame(await held(), [STRANGER]);
    await radius.account({ gateway: HALL, nas, event: 'stop', session: session('west', STRANGER) });
    t.strictSame(await held(), []);
  },
);

t.test('nothing is opened again behind a stop, whatever is configured meanwhile', async (t) => {
  const { runtime } = await startAsking(t, { kind: 'radius' });
  const fields = {
    kind: 'radius',
    trust: 'redirect',
    nas: ['192.0.2.1'],
    secret: 'another-secret-of-length',
  };
  const putting = runtime.services.registry.put(SITE, 'other' as GatewayId, fields, 'test');
  await runtime.stop();
  await putting;
  await runtime.services.registry.put(SITE, 'third' as GatewayId, { ...fields, nas: ['192.0.2.2'] }, 'test');
  t.equal(runtime.radiusPorts(), undefined);
});

t.test('what is left is told to the last second that has begun', async (t) => {
  const { nas, runtime, visit, device } = await startAsking(t, { kind: 'radius' });
  const { pin } = await visit();
  const phone = device(PHONE);
  await phone.get(`/enter/hall?client_mac=${PHONE}`);
  await phone.type(pin);
  for (const [at, seconds] of [
    [NINE + HOUR - 1500, 2],
    [NINE + HOUR - 1, 1],
  ] as const) {
    runtime.time.set(at);
    t.equal(integerIn((await nas.ask(PHONE)).attributes, TYPE.sessionTimeout), seconds);
  }
  runtime.time.set(NINE + HOUR);
  t.equal((await nas.ask(PHONE)).code, CODE.accessReject);
});
