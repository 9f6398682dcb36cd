import { createHash } from 'node:crypto';
import t from 'tap';
import { hidOf, rhidOf } from '../../../src/drivers/opennds/tokens.js';
import { createAuthmon } from '../../emulators/opennds-authmon.js';
import { listen } from '../../fixtures/guest.js';
import { crypted, FASKEY, NAME, redirectOf, startOpenNds } from '../../fixtures/opennds.js';
import { eventually, HOUR, MINUTE, NINE, SITE } from '../../fixtures/runtime.js';

t.test('level 4: a device waits until the router has asked, and is acknowledged', async (t) => {
  const { app, runtime, device, visit, access } = await startOpenNds(t, { level: 4 });
  const url = `http://127.0.0.1:${await listen(app)}/enter/lobby`;
  const admitted = new Map<string, number>();
  const here = new Set<string>();
  const authmon = createAuthmon({
    url,
    gatewayName: NAME,
    auth: (rhid, minutes) => here.has(rhid) && !admitted.has(rhid) && !!admitted.set(rhid, minutes),
  });
  t.equal(await authmon.start(), '');
  t.same(await authmon.round(), []);

  const { pin } = await visit({ maxDevices: 9 });
  const devices = Array.from({ length: 6 }, (_, n) => ({ phone: device(), token: `token${n}` }));
  const names = devices.map(({ token }) => rhidOf(hidOf(token), FASKEY));
  for (const name of names.slice(1)) here.add(name);
  for (const { phone, token } of devices) {
    t.equal((await phone.get(redirectOf(phone.mac, token))).state, 'pin');
    await phone.type(pin);
    t.equal((await phone.follow()).state, 'connecting');
    runtime.time.advance(100);
  }
  t.same(await authmon.round(), names.slice(1, 4), 'four a round; who is gone is not acknowledged');
  t.equal(admitted.get(names[1] ?? ''), 59, 'whole minutes');
  t.same(await authmon.round(), names.slice(4), 'and does not keep the others from their turn');
  t.same(await authmon.round(), []);
  for (const { phone } of devices.slice(1)) t.equal((await phone.follow()).state, 'connected');
  t.equal((await devices[0]?.phone.follow())?.state, 'connecting');
  runtime.time.advance(40_000);
  const slow = await devices[0]?.phone.follow();
  t.equal(slow?.state, 'connecting');
  t.match(slow?.refresh, /^10;/, 'it takes longer than it should');
  runtime.time.advance(3 * MINUTE);
  t.equal(await authmon.ask('view', 'none'), '*', 'who did not come is not named for ever');

  t.match(await access(devices[1]?.phone.mac ?? ''), { confirmedUntil: NINE + HOUR });
  const again = devices[1] as (typeof devices)[0];
  t.equal((await again.phone.get(redirectOf(again.phone.mac, 'anotherToken'))).state, 'pin');
  t.match(await access(again.phone.mac), { confirmedUntil: NINE + HOUR }, 'a claim changes nothing');
  await again.phone.type(pin);
  t.match(await access(again.phone.mac), { confirmedUntil: 0 }, 'a new name: the session is over');
  here.add(rhidOf(hidOf('anotherToken'), FASKEY));
  t.equal((await authmon.round()).length, 1);
});

t.test('level 3: a device whose session is over is let in again without typing', async (t) => {
  const { app, device, visit, access } = await startOpenNds(t, { level: 3 });
  const url = `http://127.0.0.1:${await listen(app)}/enter/lobby`;
  const authmon = createAuthmon({ url, gatewayName: NAME, auth: () => true });
  const { pin } = await visit();
  const phone = device();
  await phone.get(crypted(redirectOf(phone.mac, 'one')));
  await phone.type(pin);
  await authmon.round();
  t.equal((await phone.follow()).state, 'connected');
  t.equal((await phone.get(crypted(redirectOf(phone.mac, 'two')))).state, 'connecting');
  t.match(await access(phone.mac), { confirmedUntil: 0 }, 'a new name: the session is over');
  t.ok((await authmon.round()).includes(rhidOf(hidOf('two'), FASKEY)));
  t.equal((await phone.follow()).state, 'connected');
});

t.test('level 4: who claims the MAC of a device that is online is asked for a PIN', async (t) => {
  const { app, device, visit, access } = await startOpenNds(t, { level: 4 });
  const url = `http://127.0.0.1:${await listen(app)}/enter/lobby`;
  const admitted: string[] = [];
  const auth = (rhid: string): boolean => admitted.push(rhid) > 0;
  const authmon = createAuthmon({ url, gatewayName: NAME, auth });
  const { pin } = await visit();
  const phone = device();
  await phone.get(redirectOf(phone.mac, 'one'));
  await phone.type(pin);
  await authmon.round();
  const stranger = device();
  t.equal((await stranger.get(redirectOf(phone.mac, 'other'))).state, 'pin');
  await authmon.round();
  t.notOk(admitted.includes(rhidOf(hidOf('other'), FASKEY)));
  t.match(await access(phone.mac), { confirmedUntil: NINE + HOUR });
});

t.test('what a stranger says to a gateway that asks confirms nobody and ends nothing', async (t) => {
  const { app, device, visit, access, looked } = await startOpenNds(t, { level: 4 });
  const say = async (fields: Record<string, string>) => {
    const payload = new URLSearchParams(fields).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return app.inject({ method: 'POST', url: '/enter/lobby', headers, payload });
  };
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const gatewayhash = createHash('sha256').update(NAME).digest('hex');
  const ask = (auth_get: string, text: string) => say({ auth_get, gatewayhash, payload: base64(text) });
  const { pin } = await visit({ maxDevices: 2 });
  const [phone, other] = [device(), device()];
  for (const [one, token] of [
    [phone, 'one'],
    [other, 'two'],
  ] as const) {
    await one.get(redirectOf(one.mac, token));
    await one.type(pin);
  }
  await ask('view', `* ${rhidOf(hidOf('one'), FASKEY)}`);
  t.match(await access(phone.mac), { confirmedUntil: NINE + HOUR }, 'by the names that the answer had');

  await ask('view', `* ${hidOf('two')} ${rhidOf(hidOf('two'), 'another-key')} ${'0'.repeat(64)}`);
  t.match(await access(other.mac), { confirmedUntil: 0 });
  t.equal((await ask('clear', 'none')).body, '');
  for (const what of ['deauthed', 'custom', 'anything']) t.equal((await ask(what, 'method=x')).body, 'ack');
  await looked();
  t.match(await access(phone.mac), { confirmedUntil: NINE + HOUR, until: NINE + HOUR });
  t.match((await ask('list', 'none')).body, /^\* \w+/, 'who waits goes on waiting');
  t.match((await ask('view', 'none')).body, /^\* \w+/);

  t.equal(
    (await say({ auth_get: 'view', gatewayhash: '0'.repeat(64), payload: base64('none') })).statusCode,
    404,
  );
  t.equal((await say({ some: 'form' })).statusCode, 404);
  const elsewhere = { method: 'POST', url: '/enter/nowhere', payload: { auth_get: 'view' } } as const;
  t.equal((await app.inject(elsewhere)).statusCode, 415);
});

t.test('what a device was let in for stays known, however often its redirect comes again', async (t) => {
  const { app, runtime, device, visit, access } = await startOpenNds(t, { level: 3 });
  const url = `http://127.0.0.1:${await listen(app)}/enter/lobby`;
  const authmon = createAuthmon({ url, gatewayName: NAME, auth: () => true });
  const { pin, id } = await visit();
  const phone = device();
  const redirect = crypted(redirectOf(phone.mac, 'one'));
  await phone.get(redirect);
  await phone.type(pin);
  await authmon.round();
  runtime.time.advance(MINUTE);
  await phone.get(redirect);
  t.equal((await phone.follow()).state, 'connected', 'it is online all the while');
  t.match(await access(phone.mac), { confirmedUntil: NINE + HOUR });
  await runtime.services.visits.cancel(SITE, id, 'test');
  await eventually(async () => (await access(phone.mac))?.dead);
  t.match(await runtime.services.staying(SITE, id), [/stays on until 2026-11-23T10:00:00.000Z/]);
});

t.test('who was acknowledged by a stranger is let in all the same, after those who still wait', async (t) => {
  const { app, runtime, device, visit } = await startOpenNds(t, { level: 4 });
  const url = `http://127.0.0.1:${await listen(app)}/enter/lobby`;
  const letIn: string[] = [];
  const auth = (rhid: string): boolean => !letIn.includes(rhid) && letIn.push(rhid) > 0;
  const router = createAuthmon({ url, gatewayName: NAME, auth });
  const stranger = createAuthmon({ url, gatewayName: NAME, auth: () => true });
  const { pin } = await visit({ maxDevices: 9 });
  const [phone, other] = [device(), device()];
  await phone.get(redirectOf(phone.mac, 'one'));
  await phone.type(pin);
  await stranger.round();
  t.equal((await phone.follow()).state, 'connected');
  await other.get(redirectOf(other.mac, 'two'));
  await other.type(pin);
  const [one, two] = [rhidOf(hidOf('one'), FASKEY), rhidOf(hidOf('two'), FASKEY)];
  t.same(await router.round(), [two, one]);
  t.same(await router.round(), [], 'the router refuses whom it has');
  runtime.time.advance(29_000);
  t.not(await router.ask('view', 'none'), '*');
  runtime.time.advance(2000);
  t.equal(await router.ask('view', 'none'), '*');

  // A redirect of its own, also one that it sends again, makes it named again.
  await phone.get(redirectOf(phone.mac, 'one'));
  await phone.type(pin);
  t.match(await router.ask('view', 'none'), one);
});
