import { createCipheriv, createHash } from 'node:crypto';
import t from 'tap';
import type { ClientMac, GatewayId } from '../../../src/domain/id.js';
import { customOf, hidOf, rhidOf } from '../../../src/drivers/opennds/tokens.js';
import { createAuthmon } from '../../emulators/opennds-authmon.js';
import { listen, startGuest } from '../../fixtures/guest.js';
import type { Teardown } from '../../fixtures/redis.js';
import { eventually, HOUR, MINUTE, NINE, SITE } from '../../fixtures/runtime.js';

const LOBBY = 'lobby' as GatewayId;
const FASKEY = 'a-key-of-the-router-0123';
const NAME = 'Lobby';

const redirectOf = (mac: string, token: string, origin = 'http://example.com/'): string => {
  const pairs = {
    hid: hidOf(token),
    clientip: '10.9.0.2',
    clientmac: mac,
    gatewayname: NAME,
    gatewayaddress: '10.9.0.1:2050',
    originurl: encodeURIComponent(origin),
  };
  const text = Object.entries(pairs).map(([name, value]) => `${name}=${value}`);
  return `/enter/lobby?fas=${encodeURIComponent(Buffer.from(text.join(', ')).toString('base64'))}`;
};

/** The same at level 3: under the key. */
function crypted(path: string): string {
  const text = Buffer.from(new URLSearchParams(path.split('?')[1]).get('fas') ?? '', 'base64');
  const key = Buffer.alloc(32);
  key.write(FASKEY);
  const iv = '0123456789abcdef';
  const cipher = createCipheriv('aes-256-cbc', key, iv);
  const inner = Buffer.concat([cipher.update(text), cipher.final()]).toString('base64');
  return `/enter/lobby?fas=${encodeURIComponent(Buffer.from(inner).toString('base64'))}&iv=${iv}`;
}

async function start(t: Teardown, fields: object) {
  const guest = await startGuest(t);
  const { registry } = guest.runtime.services;
  const made = await registry.put(
    SITE,
    LOBBY,
    { kind: 'opennds', faskey: FASKEY, gatewayName: NAME, ...fields },
    'test',
  );
  if (made.status !== 'saved') throw new Error(JSON.stringify(made));
  await guest.runtime.worker?.sync();
  const access = (mac: string) => guest.runtime.stores.grants.access(SITE, LOBBY, mac as ClientMac);
  /** The lane has looked at what was decided of this client. */
  const looked = async () => {
    await eventually(async () => (await guest.runtime.stores.commands.counts(SITE, LOBBY)).queued === 0);
  };
  return { ...guest, access, looked };
}

t.test('level 4: a device waits until the router has asked, and is acknowledged', async (t) => {
  const { app, runtime, device, visit, access } = await start(t, { level: 4 });
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
  const { app, device, visit, access } = await start(t, { level: 3 });
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
  const { app, device, visit, access } = await start(t, { level: 4 });
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
  const { app, device, visit, access, looked } = await start(t, { level: 4 });
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

t.test('levels 1 and 2: the browser carries the word, and its way back is the confirmation', async (t) => {
  const { runtime, device, visit, access, looked } = await start(t, { level: 1 });
  const { pin, id } = await visit();
  const phone = device();
  await phone.get(redirectOf(phone.mac, 'one'));
  await phone.type(pin);
  const page = await phone.follow();
  t.equal(page.state, 'handoff');
  t.equal(page.refresh, `1;url=${page.link}`, 'by itself, and by a link');
  const link = new URL(page.link ?? '');
  t.equal(link.host, '10.9.0.1:2050');
  const back = new URL(link.searchParams.get('redir') ?? '');
  const home = back.pathname + back.search;
  t.match(await access(phone.mac), { confirmedUntil: 0, error: '' });
  const done = await phone.get(home);
  t.equal(done.state, 'connected');
  t.equal(done.until, new Date(NINE + HOUR).toISOString());
  t.notMatch(done.body, 'action="/leave"');
  await looked();
  t.match(await access(phone.mac), { confirmedUntil: NINE + HOUR, dead: false });
  t.equal((await device().get(home)).state, 'unknown-client', 'nobody else can use it');

  // The link once more: the router says so, and names nobody.
  const passes = `/enter/lobby?tok=${link.searchParams.get('tok')}&redir=${back.href}&status=authenticated`;
  await phone.get(passes);
  t.equal((await phone.follow()).state, 'connected');
  t.equal(
    (await phone.get('/enter/lobby?redir=http://x/?s=abc&status=authenticated')).state,
    'unknown-client',
  );

  // Longer: the router goes on with the end it has, and the device is online all the while.
  await runtime.services.visits.change(SITE, id, { durationMinutes: 90 }, 'test');
  await looked();
  t.equal((await phone.get(home)).state, 'connected');
  t.match(await access(phone.mac), { until: NINE + 1.5 * HOUR, confirmedUntil: NINE + HOUR });
  runtime.time.set(NINE + HOUR + 1000);
  await phone.get(redirectOf(phone.mac, 'two'));
  const next = await phone.follow();
  t.equal(next.state, 'handoff', 'let in again without typing');

  // Shorter, or off: it cannot be told, and this is said until the end that the router has.
  const second = new URL(new URL(next.link ?? '').searchParams.get('redir') ?? '');
  t.equal((await phone.get(second.pathname + second.search)).state, 'connected');
  await looked();
  await runtime.services.visits.cancel(SITE, id, 'test');
  await eventually(async () => (await access(phone.mac))?.dead);
  t.match(await runtime.services.staying(SITE, id), [/stays on until 2026-11-23T10:30:00.000Z/]);
  t.equal((await phone.get(second.pathname + second.search)).state, 'ended');
  runtime.time.set(NINE + 1.5 * HOUR + 1000);
  await eventually(async () => (await access(phone.mac)) === undefined);
  t.same(await runtime.services.staying(SITE, id), []);
});

t.test('a way back is no confirmation of another session or another end', async (t) => {
  const { runtime, device, visit, access, looked } = await start(t, { level: 1 });
  const { pin, id } = await visit();
  const phone = device();
  const homeOf = (link: string | undefined): string => {
    const { pathname, search } = new URL(new URL(link ?? '').searchParams.get('redir') ?? '');
    return pathname + search;
  };
  await phone.get(redirectOf(phone.mac, 'one'));
  await phone.type(pin);
  const first = homeOf((await phone.follow()).link);
  await phone.get(redirectOf(phone.mac, 'two'));
  t.equal((await phone.follow()).state, 'handoff');
  await phone.get(first);
  t.match(await access(phone.mac), { confirmedUntil: 0 });
  await phone.get(redirectOf(phone.mac, 'two'));
  const second = homeOf((await phone.follow()).link);
  await runtime.services.visits.change(SITE, id, { durationMinutes: 90 }, 'test');
  await looked();
  t.equal((await phone.get(second)).state, 'handoff', 'the word has to be a new one');
});

t.test('a router that sends the browser back is tried twice, then the page says what to do', async (t) => {
  const { device, visit } = await start(t, { level: 1 });
  const { pin } = await visit();
  const phone = device();
  await phone.get(redirectOf(phone.mac, 'one'));
  await phone.type(pin);
  let page = await phone.follow();
  for (let tried = 0; tried < 2; tried += 1) {
    t.equal(page.state, 'handoff');
    const back = new URL(page.link ?? '').searchParams.get('redir') ?? '';
    await phone.get(redirectOf(phone.mac, 'one', back));
    page = await phone.follow();
  }
  t.equal(page.state, 'unavailable');
  t.equal(page.refresh, undefined);
  t.equal((await phone.get(page.link ?? '')).state, 'handoff', 'by hand it begins anew');
});

t.test('where nothing checks the MAC, nobody is let in without typing', async (t) => {
  const { device, visit } = await start(t, { level: 1, binauth: false });
  const { pin } = await visit();
  const phone = device();
  await phone.get(redirectOf(phone.mac, 'one'));
  await phone.type(pin);
  t.equal((await phone.follow()).state, 'handoff');
  const stranger = device();
  t.equal((await stranger.get(redirectOf(phone.mac, 'other'))).state, 'pin');
  await phone.get(redirectOf(phone.mac, 'one'));
  t.equal((await phone.type(pin)).status, 303);
});

t.test(
  'a sealed reference opens nothing by another name than the one that a PIN was typed for',
  async (t) => {
    for (const fields of [{ level: 1, binauth: false }, { level: 4 }]) {
      const { device, visit } = await start(t, fields);
      const { pin } = await visit();
      const phone = device();
      await phone.get(redirectOf(phone.mac, 'one'));
      await phone.type(pin);
      const stranger = device();
      const form = await stranger.get(redirectOf(phone.mac, 'other'));
      const page = await stranger.get(`/status?s=${form.field('s')}`);
      t.equal(page.status, 303);
      t.notOk(page.link);
      t.equal((await stranger.follow()).state, 'pin');
      t.match((await phone.get(redirectOf(phone.mac, 'one'))).state, 'pin');
      await phone.type(pin);
      t.match((await phone.follow()).state, /handoff|connecting/, 'whose name it is goes on');
    }
  },
);

t.test('an older reference of a device is let in by its own name before it is handed off', async (t) => {
  const { device, visit } = await start(t, { level: 1 });
  const { pin } = await visit();
  const phone = device();
  const form = await phone.get(redirectOf(phone.mac, 'one'));
  const older = `/status?s=${form.field('s')}`;
  await phone.type(pin);
  await phone.get(redirectOf(phone.mac, 'two'));
  t.match((await phone.get(older)).location, /^\/\?s=/);
  await phone.follow();
  const page = await phone.follow();
  t.equal(page.state, 'handoff');
  t.match(page.link, rhidOf(hidOf('one'), FASKEY));
});

t.test('what a device was let in for stays known, however often its redirect comes again', async (t) => {
  const { app, runtime, device, visit, access } = await start(t, { level: 3 });
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

t.test('a device that is handed off again stays on to the end that it was let in for first', async (t) => {
  const { runtime, device, visit, access } = await start(t, { level: 1 });
  const { pin, id } = await visit();
  const phone = device();
  await phone.get(redirectOf(phone.mac, 'one'));
  await phone.type(pin);
  const back = new URL(new URL((await phone.follow()).link ?? '').searchParams.get('redir') ?? '');
  t.equal((await phone.get(back.pathname + back.search)).state, 'connected');
  runtime.time.advance(MINUTE);
  await phone.get(redirectOf(phone.mac, 'one'));
  t.match(await access(phone.mac), { confirmedUntil: 0, passesUntil: NINE + HOUR });
  await runtime.services.visits.cancel(SITE, id, 'test');
  await eventually(async () => (await access(phone.mac))?.dead);
  t.match(await runtime.services.staying(SITE, id), [/stays on until 2026-11-23T10:00:00.000Z/]);
  runtime.time.set(NINE + HOUR + 1000);
  await eventually(async () => (await access(phone.mac)) === undefined);
});

t.test('a link that was handed out is good for two minutes, and its end is known from then on', async (t) => {
  const { runtime, device, visit, access } = await start(t, { level: 1 });
  const { pin, id } = await visit();
  const phone = device();
  await phone.get(redirectOf(phone.mac, 'one'));
  await phone.type(pin);
  const link = new URL((await phone.follow()).link ?? '');
  const ends = { until: NINE + HOUR, goodUntil: NINE + 2 * MINUTE };
  const word = customOf(phone.mac as ClientMac, hidOf('one'), ends, FASKEY);
  t.equal(link.searchParams.get('custom'), word);
  await runtime.services.visits.cancel(SITE, id, 'test');
  await eventually(async () => (await access(phone.mac))?.dead);
  t.match(await runtime.services.staying(SITE, id), [/stays on until 2026-11-23T10:00:00.000Z/]);
  const back = new URL(link.searchParams.get('redir') ?? '');
  t.equal((await phone.get(back.pathname + back.search)).state, 'ended');
  t.match(await runtime.services.staying(SITE, id), [/stays on until/]);
  const { noteHandoff } = runtime.stores.grants;
  const { handle = '' } = (await access(phone.mac)) ?? {};
  const order = { mac: phone.mac as ClientMac, handle, until: NINE + HOUR };
  t.notOk(await noteHandoff(SITE, LOBBY, order), 'what was decided otherwise meanwhile is not handed out');
});
