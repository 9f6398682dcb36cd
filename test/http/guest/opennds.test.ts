import t from 'tap';
import type { ClientMac } from '../../../src/domain/id.js';
import { customOf, hidOf, rhidOf } from '../../../src/drivers/opennds/tokens.js';
import { FASKEY, LOBBY, redirectOf, startOpenNds } from '../../fixtures/opennds.js';
import { eventually, HOUR, MINUTE, NINE, SITE } from '../../fixtures/runtime.js';

t.test('levels 1 and 2: the browser carries the word, and its way back is the confirmation', async (t) => {
  const { runtime, device, visit, access, looked } = await startOpenNds(t, { level: 1 });
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
  const { runtime, device, visit, access, looked } = await startOpenNds(t, { level: 1 });
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
  const { device, visit } = await startOpenNds(t, { level: 1 });
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
  const { device, visit } = await startOpenNds(t, { level: 1, binauth: false });
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
      const { device, visit } = await startOpenNds(t, fields);
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
  const { device, visit } = await startOpenNds(t, { level: 1 });
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

t.test('a device that is handed off again stays on to the end that it was let in for first', async (t) => {
  const { runtime, device, visit, access } = await startOpenNds(t, { level: 1 });
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
  const { runtime, device, visit, access } = await startOpenNds(t, { level: 1 });
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
