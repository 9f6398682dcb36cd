import t from 'tap';
import { siteKeys } from '../../src/redis/keys.js';
import { registrationRow } from '../../src/redis/visits.js';
import type { WaitingClient } from '../../src/redis/walk-ins.js';
import type { WalkedIn } from '../../src/services/walk-ins.js';
import { DEMO, eventually, HOUR, MINUTE, SITE } from '../fixtures/runtime.js';
import { mac, startStory } from '../fixtures/story.js';

const BOB = 'Bob Miller <bob@example.com>\nCarol <carol@example.com>';

t.test('walk-ins', async (t) => {
  const story = await startStory(t);
  const { runtime, set, events, live, captive } = story;
  const { walkIns, visits, terms } = runtime.services;
  const { time, server } = runtime;
  await set({ 'walkIns.kiosk': true, 'walkIns.portal': true, 'walkIns.hosts': BOB, 'walkIns.minutes': 90 });

  const ada = { name: 'Ada Lovelace', email: 'ada@example.com', host: 'bob' };
  let desks = 0;
  const atDesk = (form = ada, more: { desk?: string; terms?: number } = {}) =>
    walkIns.begin(SITE, {
      place: { desk: more.desk ?? `desk${++desks}` },
      form,
      language: 'de',
      ...(more.terms ? { terms: more.terms } : {}),
    });
  const onWifi = (n: number, form = ada, more: Partial<WaitingClient> = {}) =>
    walkIns.begin(SITE, {
      place: { client: { gateway: DEMO, mac: mac(n), ...more } },
      form,
      language: 'en',
    });
  function requestOf(result: WalkedIn): string {
    if (result.status !== 'asked') throw new Error(JSON.stringify(result));
    return result.request;
  }
  /** Everybody who was asked has answered, or the time for it is over. */
  const nextDay = () => time.advance(3 * HOUR);

  await t.test('what is wrong with a form is told by field, and nothing is asked', async (t) => {
    t.same(await atDesk({ name: '', email: 'x', host: '' }), {
      status: 'invalid',
      problems: { name: 'name', email: 'email', host: 'host' },
    });
    t.match(await atDesk({ ...ada, host: 'Nobody' }), { problems: { host: 'host-unknown' } });
    t.match(await atDesk({ ...ada, host: 'eve@example.com' }), { problems: { host: 'host-unknown' } });
    t.same(await walkIns.open(SITE), []);
    await set({ 'walkIns.kiosk': false });
    t.same(await atDesk(), { status: 'closed' });
    await set({ 'walkIns.kiosk': true, 'walkIns.hosts': '' });
    t.same(await atDesk(), { status: 'closed' }, 'nobody is there to be asked');
    await set({ 'walkIns.hosts': BOB });
  });

  await t.test(
    'approved, the visit is there in the same step, checked in, for as long as is set',
    async (t) => {
      const id = requestOf(await atDesk());
      t.match(await walkIns.open(SITE), [{ id, name: 'Ada Lovelace', host: 'Bob Miller', language: 'de' }]);
      time.advance(2 * MINUTE);
      const answered = await walkIns.approve(SITE, id, 'person:x');
      if (answered.status !== 'answered') throw new Error(answered.status);
      const visit = await visits.find(SITE, answered.visit ?? '');
      t.match(visit, { name: 'Ada Lovelace', email: 'ada@example.com', host: 'Bob Miller', hasToken: true });
      t.match(visit, {
        checkedInAt: runtime.now(),
        terms: { arrivalAt: runtime.now(), durationMs: 90 * MINUTE },
      });
      const shown = await visits.showPin(SITE, answered.visit ?? '');
      t.match(await story.redeem(1, shown?.pin ?? ''), {
        status: 'granted',
        until: runtime.now() + 90 * MINUTE,
      });
      t.same(await walkIns.open(SITE), []);
      t.match((await events('walk-in.approved')).at(-1)?.fields, { request: id, by: 'person:x' });
      t.notMatch(JSON.stringify(await runtime.stores.events.list(SITE, '', 1000)), /Lovelace|example\.com/);
    },
  );

  await t.test('however many answer at once, one answer stands', async (t) => {
    for (let i = 0; i < 8; i++) {
      const id = requestOf(await atDesk());
      const before = (await events('visit.registered')).length;
      const answers = await Promise.all([
        walkIns.approve(SITE, id, 'a'),
        walkIns.decline(SITE, id, 'b'),
        walkIns.approve(SITE, id, 'c'),
        walkIns.decline(SITE, id, 'd'),
      ]);
      const first = answers.filter(({ status }) => status === 'answered');
      t.equal(first.length, 1);
      const [winner] = first;
      if (winner?.status !== 'answered') throw new Error('nobody');
      for (const one of answers)
        if (one.status === 'before') t.equal(one.outcome, winner.outcome);
        else t.equal(one, winner);
      const made = (await events('visit.registered')).length - before;
      t.equal(made, winner.outcome === 'approved' ? 1 : 0);
      nextDay();
    }
  });

  await t.test('a PIN that is taken is drawn again, and nothing is written for it', async (t) => {
    const id = requestOf(await atDesk());
    const other = await story.visit({ expectedArrival: new Date(runtime.now()).toISOString() });
    const stored = await runtime.stores.visits.find(SITE, other.id);
    if (!stored) throw new Error('no visit');
    const record = { digest: stored.pinDigest, length: 6, sealed: 'x', claimDigest: 'y' };
    const context = { mailDigest: '', retentionMs: HOUR, by: 'x', now: runtime.now() };
    const row = registrationRow({ ...stored.visit, id: 'vTaken' }, record, context);
    const seeds = { grant: 'g', slot: 's', asks: false };
    const order = { request: id, outcome: 'approved', by: 'x' } as const;
    t.same(await runtime.stores.walkIns.answer(SITE, order, seeds, row, runtime.now()), { status: 'taken' });
    t.equal(await visits.find(SITE, 'vTaken'), undefined);
    t.match(await walkIns.find(SITE, id), { answer: undefined });
    t.match(await walkIns.approve(SITE, id, 'x'), { status: 'answered' });
  });

  await t.test('after two hours nobody can answer any more', async (t) => {
    const id = requestOf(await atDesk());
    time.advance(2 * HOUR - 1);
    t.equal((await walkIns.open(SITE)).length, 1);
    time.advance(1);
    t.same(await walkIns.open(SITE), []);
    t.same(await walkIns.approve(SITE, id, 'x'), { status: 'expired' });
    t.same(await walkIns.decline(SITE, id, 'x'), { status: 'expired' });
    t.same(await walkIns.approve(SITE, 'nothing', 'x'), { status: 'unknown' });
  });

  await t.test('a mailbox is not flooded, and neither is the site', async (t) => {
    nextDay();
    const many = await Promise.all(Array.from({ length: 12 }, (_, n) => onWifi(100 + n)));
    t.equal(many.filter(({ status }) => status === 'asked').length, 3, 'three wait for one host');
    t.equal(many.filter(({ status }) => status === 'busy').length, 9);
    for (const { id } of await walkIns.open(SITE)) await walkIns.decline(SITE, id, 'x');
    t.same(await onWifi(120), { status: 'busy' }, 'who was told no does not ask again at once');
    t.match(await onWifi(121, { ...ada, host: 'carol' }), { status: 'asked' }, 'another host can be asked');
    nextDay();
    const hosts = Array.from({ length: 20 }, (_, n) => `Host ${n} <host${n}@example.com>`).join('\n');
    await set({ 'walkIns.hosts': hosts });
    const all = await Promise.all(
      Array.from({ length: 60 }, (_, n) => onWifi(200 + n, { ...ada, host: `host${n % 20}@example.com` })),
    );
    t.equal(all.filter(({ status }) => status === 'asked').length, 50);
    nextDay();
    const tablet = [];
    for (let n = 0; n < 45; n++) {
      const result = await atDesk({ ...ada, host: `host${n % 20}@example.com` }, { desk: 'one' });
      tablet.push(result.status);
      if (result.status === 'asked') await walkIns.approve(SITE, result.request, 'x');
    }
    t.equal(tablet.filter((status) => status === 'asked').length, 40, 'one tablet takes forty an hour');
    nextDay();
    await set({ 'walkIns.hosts': BOB });
  });

  await t.test('a device that waits is online when the host approves, and asks once', async (t) => {
    const both = await Promise.all([onWifi(1), onWifi(1), onWifi(1)]);
    const ids = new Set(both.map(requestOf));
    t.equal(ids.size, 1, 'one request, however often the button is pressed');
    const [id = ''] = ids;
    t.match(await walkIns.ofClient(SITE, DEMO, mac(1)), { id });
    t.match(await captive(1), { state: 'captive' });
    const answered = await walkIns.approve(SITE, id, 'host');
    if (answered.status !== 'answered') throw new Error(answered.status);
    t.equal(answered.until, runtime.now() + 90 * MINUTE);
    t.equal((await live(answered.visit ?? '')).length, 1);
    await eventually(async () => (await captive(1)).state === 'online');
    t.equal(story.box.sessions.get(mac(1)), answered.until);
    const visit = await visits.find(SITE, answered.visit ?? '');
    const told = visit ? (await runtime.services.visitTimeline(SITE, visit)).map(({ text }) => text) : [];
    t.ok(told.includes('A device was let in at gateway "demo"'), told.join('; '));
    t.notMatch(told, [/Typed the PIN/], 'nothing was typed');
  });

  await t.test(
    'approved while it is declined by time: the device is let in or nothing is there',
    async (t) => {
      nextDay();
      const id = requestOf(await onWifi(2));
      time.advance(2 * HOUR - 1);
      const [approved] = await Promise.all([
        walkIns.approve(SITE, id, 'host'),
        Promise.resolve(time.advance(1)),
      ]);
      const waits = (await captive(2)).state === 'captive';
      t.equal(approved.status === 'expired', waits);
    },
  );

  await t.test('without approval whoever comes registers himself and is here at once', async (t) => {
    nextDay();
    await set({ 'walkIns.hostApproval': false, 'tokens.validFrom': 'check-in' });
    const desk = await atDesk();
    if (desk.status !== 'registered') throw new Error(desk.status);
    t.match(desk.visit, { host: 'Bob Miller', checkedInAt: runtime.now(), startedAt: runtime.now() });
    t.match(await story.redeem(3, desk.pin), { status: 'granted' });
    const wifi = await onWifi(4);
    if (wifi.status !== 'registered') throw new Error(wifi.status);
    await eventually(async () => (await captive(4)).state === 'online');
    t.match(await atDesk({ ...ada, host: 'Nobody' }), { problems: { host: 'host-unknown' } });
    await set({ 'walkIns.hosts': '', 'tokens.validFrom': 'expected-arrival' });
    t.match(await atDesk({ ...ada, host: 'Whoever' }), { status: 'registered', visit: { host: 'Whoever' } });
    await set({ 'tokens.enabled': false });
    t.same(await onWifi(5), { status: 'closed' }, 'nothing on the Wi-Fi while PINs do not open it');
    await set({ 'tokens.enabled': true, 'walkIns.hosts': BOB });
    const places = await Promise.all(Array.from({ length: 120 }, (_, n) => onWifi(300 + n)));
    t.equal(places.filter(({ status }) => status === 'registered').length, 99, 'a hundred within an hour');
    await set({ 'walkIns.hostApproval': true });
  });

  await t.test('the terms have to be accepted where there are any, and the version is kept', async (t) => {
    nextDay();
    await set({ 'portal.terms': 'Be kind.' });
    t.match(await atDesk(), { status: 'invalid', problems: { terms: 'terms' } });
    t.match(await atDesk(ada, { terms: 99 }), { problems: { terms: 'terms' } }, 'not some number');
    const shown = (await terms.current(SITE))?.version ?? 0;
    await set({ 'portal.terms': 'Be very kind.' });
    const id = requestOf(await atDesk(ada, { terms: shown }));
    const answered = await walkIns.approve(SITE, id, 'host');
    if (answered.status !== 'answered') throw new Error(answered.status);
    const fields = await server.redis.hgetall(siteKeys.visit(SITE, answered.visit ?? ''));
    t.equal(fields.termsVersion, String(shown), 'the one that was shown');
    await set({ 'portal.terms': '' });
  });

  await t.test('what is held about a person has the requests too, and erases them', async (t) => {
    nextDay();
    const { privacy } = runtime.services;
    const id = requestOf(await onWifi(8, { ...ada, name: 'Mary Shelley', email: 'mary@example.com' }));
    const found = await privacy.find(SITE, { email: 'MARY@example.com' });
    t.match(found.held['walk-ins'], [{ id, name: 'Mary Shelley' }]);
    t.match((await privacy.find(SITE, { mac: mac(8) })).held['walk-ins'], [{ id }]);
    await privacy.erase(SITE, { email: 'mary@example.com' }, {}, 'test');
    t.equal(await walkIns.find(SITE, id), undefined);
    t.equal(await walkIns.ofClient(SITE, DEMO, mac(8)), undefined);
    t.same(await walkIns.open(SITE), []);
    t.same(await walkIns.approve(SITE, id, 'x'), { status: 'unknown' });
  });

  await t.test('requests go after a day, whatever became of them', async (t) => {
    nextDay();
    const id = requestOf(await onWifi(9));
    for (const key of await server.redis.keys('*request*')) {
      const left = await server.redis.pttl(key);
      t.ok(left > 0 && left <= 24 * HOUR, `${key} ${left}`);
    }
    t.ok((await server.redis.pttl(siteKeys.request(SITE, id))) > 23 * HOUR);
  });
});
