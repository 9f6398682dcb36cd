import t from 'tap';
import type { SiteId } from '../../src/domain/id.js';
import { siteKeys } from '../../src/redis/keys.js';
import { PAIRING_MS } from '../../src/services/desks.js';
import { HOUR, MINUTE, SITE } from '../fixtures/runtime.js';
import { iso, startStory } from '../fixtures/story.js';

t.test('check-in desks', async (t) => {
  const story = await startStory(t, { started: false });
  const { runtime, visit, set, events } = story;
  const { desks, kiosk, visits } = runtime.services;
  const { time, server } = runtime;

  async function code(name = 'Front door', site: SiteId = SITE): Promise<string> {
    const begun = await desks.begin(site, name, 'test');
    if (begun.status !== 'code') throw new Error(begun.status);
    return begun.code;
  }
  async function paired(name?: string) {
    const result = await desks.pair(await code(name), 'Tablet');
    if (result.status !== 'paired') throw new Error(result.status);
    const session = await desks.session(result.token);
    if (!session) throw new Error('no session');
    return { token: result.token, session };
  }

  await t.test('a code pairs one tablet, within ten minutes', async (t) => {
    t.same(await desks.begin(SITE, '  ', 'test'), { status: 'invalid' });
    t.same(await desks.begin(SITE, 'a\nb', 'test'), { status: 'invalid' });
    const first = await code();
    t.match(first, /^\d{8}$/);
    t.match(await desks.pairings(SITE), [{ name: 'Front door' }]);
    const both = await Promise.all([desks.pair(first, 'A'), desks.pair(first, 'B')]);
    t.same(both.map(({ status }) => status).sort(), ['paired', 'refused'], 'two at once: one');
    t.same(await desks.pairings(SITE), []);
    const late = await code();
    time.advance(PAIRING_MS);
    t.match(await desks.pair(late, 'A'), { status: 'refused' });
    const all = JSON.stringify([
      await server.redis.keys('*'),
      await server.redis.hgetall(siteKeys.desk(SITE, (await desks.list(SITE))[0]?.id ?? '')),
    ]);
    t.notMatch(all, first, 'no code is kept');
    const done = both.find((one) => one.status === 'paired');
    t.notMatch(all, (done as { token: string }).token.split('.')[2], 'and no cookie');
  });

  await t.test('a code of another site pairs with that site', async (t) => {
    const other = 'other' as SiteId;
    await runtime.services.sites.add(other, 'test');
    const result = await desks.pair(await code('There', other), 'A');
    if (result.status !== 'paired') throw new Error(result.status);
    t.equal((await desks.session(result.token))?.site, other);
    t.equal(await desks.session(result.token.replace(/^other/, 'main')), undefined);
  });

  await t.test('wrong codes are bounded while there is one to be guessed', async (t) => {
    time.advance(HOUR);
    for (let i = 0; i < 30; i++) t.match(await desks.pair('00000000', 'A'), { status: 'refused' });
    const right = await code();
    const wrong = right === '11111111' ? '22222222' : '11111111';
    const tried = await Promise.all(Array.from({ length: 40 }, () => desks.pair(wrong, 'A')));
    t.equal(tried.filter(({ status }) => status === 'refused').length, 20);
    t.match(await desks.pair(right, 'A'), { status: 'throttled' }, 'the right one waits too');
    time.advance(PAIRING_MS);
    t.match(await desks.pair(await code(), 'A'), { status: 'paired' });
  });

  await t.test('a paired tablet is known by its cookie until it is unpaired', async (t) => {
    const { token, session } = await paired('Side door');
    t.match(session, { site: SITE, desk: { name: 'Side door' } });
    t.equal(await desks.session(`${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`), undefined);
    for (const none of [undefined, '', 'main', 'main.x.y', `main.${session.desk.id}.`, 'a'.repeat(5000)])
      t.equal(await desks.session(none), undefined);
    t.equal(await desks.rename(SITE, session.desk.id, 'Back door', 'test'), 'changed');
    t.equal((await desks.session(token))?.desk.name, 'Back door');
    await Promise.all([
      desks.unpair(SITE, session.desk.id, 'test'),
      desks.rename(SITE, session.desk.id, 'Ghost', 'test'),
      desks.session(token),
    ]);
    t.equal(await desks.session(token), undefined);
    t.equal(await server.redis.exists(siteKeys.desk(SITE, session.desk.id)), 0, 'nothing is left of it');
    t.equal(await desks.unpair(SITE, session.desk.id, 'test'), 'unknown');
    t.match((await events('desk.unpaired')).at(-1)?.fields, { desk: session.desk.id, by: 'test' });
  });

  await t.test('a PIN checks in and, typed again, out; with check-in the token starts here', async (t) => {
    const { session } = await paired();
    const now = runtime.now();
    await set({ 'tokens.validFrom': 'check-in' });
    const ada = await visit({ expectedArrival: iso(now), host: 'Bob' });
    await set({ 'tokens.validFrom': 'expected-arrival' });
    const known = await kiosk.byPin(session, { pin: ada.pin });
    if (known.status !== 'visit') throw new Error(known.status);
    t.match(known, { step: 'check-in', visit: { name: 'Ada Visitor', host: 'Bob' } });
    time.advance(MINUTE);
    const other = await paired();
    t.same(await kiosk.confirm(other.session, known.ticket), { status: 'stale' }, 'at this desk only');
    const twice = await Promise.all([
      kiosk.confirm(session, known.ticket),
      kiosk.confirm(session, known.ticket),
    ]);
    t.same(twice.map(({ status }) => status).sort(), ['checked-in', 'done']);
    t.equal((await visits.find(SITE, ada.id))?.startedAt, runtime.now());
    const out = await kiosk.byPin(session, { pin: ada.pin });
    if (out.status !== 'visit') throw new Error(out.status);
    t.equal(out.step, 'check-out');
    time.advance(2 * MINUTE);
    t.same(await kiosk.confirm(session, out.ticket), { status: 'stale' });
    const again = await kiosk.byPin(session, { pin: ada.pin });
    if (again.status !== 'visit') throw new Error(again.status);
    t.match(await kiosk.confirm(session, again.ticket), { status: 'done', step: 'check-out' });
    t.match(await kiosk.byPin(session, { pin: ada.pin }), { status: 'checked-out' });
    t.match((await events('visit.checked-in')).at(-1)?.fields, { by: `desk:${session.desk.id}` });
  });

  await t.test(
    'visits without a token check in too; the cancelled and the others are told in words',
    async (t) => {
      const { session } = await paired();
      const now = runtime.now();
      await set({ 'tokens.enabled': false });
      const badge = await visit({ expectedArrival: iso(now) });
      await set({ 'tokens.enabled': true });
      t.match(await kiosk.byPin(session, { pin: badge.pin }), { status: 'visit', step: 'check-in' });
      const off = await visit({ expectedArrival: iso(now) });
      await visits.cancel(SITE, off.id, 'test');
      t.match(await kiosk.byPin(session, { pin: off.pin }), { status: 'cancelled' });
      const later = await visit({ expectedArrival: iso(now + 14 * HOUR) });
      t.match(await kiosk.byPin(session, { pin: later.pin }), { status: 'early' });
      const gone = await visit({ expectedArrival: iso(now - 90 * MINUTE) });
      t.match(
        await kiosk.byPin(session, { pin: gone.pin }),
        { status: 'visit' },
        'who leaves late checks out',
      );
      t.match(await kiosk.byPin(session, { pin: 'abc' }), { status: 'malformed' });
    },
  );

  await t.test('a QR code is the claim link or its code, and nothing else', async (t) => {
    const { session } = await paired();
    const now = iso(runtime.now());
    const made = await visits.register(SITE, { name: 'Eve', expectedArrival: now }, 'test');
    if (made.status !== 'registered') throw new Error(made.status);
    for (const scanned of [made.claim, `http://localhost:8080/claim/${made.claim}`, ` ${made.claim} `])
      t.match(await kiosk.byCode(session, scanned), { status: 'visit', visit: { name: 'Eve' } });
    for (const scanned of [
      '',
      made.pin,
      `${made.claim}x`,
      `/other/${made.claim}`,
      'x'.repeat(9000),
      '\u0000',
    ])
      t.match(await kiosk.byCode(session, scanned), { status: 'refused' }, scanned.slice(0, 40));
  });

  await t.test('wrong PINs at the desk and on the Wi-Fi spend one budget', async (t) => {
    const { session } = await paired();
    const { pin } = await visit({ expectedArrival: iso(runtime.now()), email: 'ada@example.com' });
    const level = async () => Number(await server.redis.hget(siteKeys.attempts(SITE), 'level'));
    const wrong = (n: number) =>
      String(Number(pin) + n)
        .padStart(pin.length, '0')
        .slice(-pin.length);
    await kiosk.byPin(session, { pin: wrong(1) });
    const once = await level();
    await kiosk.byPin(session, { pin: wrong(1) });
    t.equal(await level(), once, 'the same again is charged once');
    await story.redeem(77, wrong(2));
    t.ok((await level()) < once, 'a redeem charges the same bucket');
    await kiosk.byPin(session, { pin });
    const before = await level();
    t.equal(await level(), before, 'a right one costs nothing');
    for (let n = 3; n < 5000; n++)
      if ((await kiosk.byPin(session, { pin: wrong(n) })).status === 'email') break;
    t.match(await kiosk.byPin(session, { pin }), { status: 'email' }, 'a right PIN alone is not judged then');
    t.match(await story.redeem(78, pin), { status: 'email' });
    t.match(await kiosk.byPin(session, { pin, email: 'eve@example.com' }), { status: 'refused' });
    t.match(await kiosk.byPin(session, { pin, email: 'ada@example.com' }), { status: 'visit' });
    t.ok((await events('pin.failed')).some(({ fields }) => fields.desk === session.desk.id));
  });
});
