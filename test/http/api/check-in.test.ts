import t from 'tap';
import { siteKeys } from '../../../src/redis/keys.js';
import { startApi } from '../../fixtures/api.js';
import { DAY, MINUTE, SITE } from '../../fixtures/runtime.js';

const ADA = { name: 'Ada Lovelace', email: 'ada@example.com', expectedArrival: '2026-11-23T09:00' };

t.test('a visitor checks in by the PIN that a program was given', async (t) => {
  const lines: string[] = [];
  const at = (data: object, message: string) => {
    lines.push(JSON.stringify(data), message);
  };
  const api = await startApi(t, { log: { info: at, warn: at, error: at } });
  const { runtime } = api;
  const desk = await api.as('desk');
  const checkIn = (pin: unknown, more: object = {}) => desk.post('/visits/check-in', { pin, ...more });
  const register = async (more: object = {}) => (await desk.post('/visits', { ...ADA, ...more })).body;
  const secrets: string[] = [];

  await t.test('it is answered as a check-in by id is, once', async (t) => {
    const ada = await register();
    secrets.push(ada.pin);
    const spaced = ada.pin.replace(/^(..)/, '$1 ');
    const [one, two] = await Promise.all([checkIn(spaced), checkIn(ada.pin)]);
    const [done, late] = one.status === 200 ? [one, two] : [two, one];
    t.equal(done.status, 200);
    t.match(done.body, { id: ada.id, state: 'checked-in', checkedInAt: '2026-11-23T09:00:00.000Z' });
    t.same(done.body, (await desk.get(`/visits/${ada.id}`)).body);
    t.notOk('pin' in done.body);
    t.match(late.problem, { status: 409, type: 'urn:foyer:error:visit-checked-in' });
    const [event] = (await runtime.stores.events.list(SITE, '', 1000)).items.filter(
      ({ type }) => type === 'visit.checked-in',
    );
    t.match(event?.fields, { visit: ada.id, by: `key:${desk.id}` });
    await desk.post(`/visits/${ada.id}/check-out`);
    t.match((await checkIn(ada.pin)).problem, { status: 409, type: 'urn:foyer:error:visit-checked-out' });
  });

  await t.test('whoever is expected another day, or not any more, is told so', async (t) => {
    const early = await register({ expectedArrival: '2026-11-24T08:00' });
    t.match((await checkIn(early.pin)).problem, {
      status: 409,
      type: 'urn:foyer:error:visit-early',
      detail: /2026-11-24T08:00 \(UTC\)/,
    });
    t.equal((await desk.get(`/visits/${early.id}`)).body.checkedInAt, null);
    const off = await register();
    await desk.delete(`/visits/${off.id}`);
    t.match((await checkIn(off.pin)).problem, { status: 409, type: 'urn:foyer:error:visit-cancelled' });
    secrets.push(early.pin, off.pin);
  });

  await t.test('what is no PIN costs nothing; a PIN of another site is a wrong one', async (t) => {
    const level = () => runtime.server.redis.hget(siteKeys.attempts(SITE), 'level');
    const before = await level();
    t.match((await checkIn('12ab')).problem, {
      status: 422,
      problems: [{ field: 'pin', message: /4827193/ }],
    });
    t.match((await checkIn(48271930)).problem, { status: 400, problems: [{ field: 'pin' }] });
    t.match((await checkIn('9'.repeat(200))).problem, { status: 400, problems: [{ field: 'pin' }] });
    t.equal((await desk.post('/visits/check-in')).status, 400);
    t.equal((await desk.get('/visits/check-in')).status, 405);
    t.equal(await level(), before);
    const owner = await api.as('owner');
    await owner.post('/sites', { id: 'north' });
    const there = await owner.post('/visits', ADA, { headers: { 'foyer-site': 'north' } });
    const wrong = await checkIn(there.body.pin);
    t.match(wrong.problem, { status: 422, type: 'urn:foyer:error:pin-refused' });
    t.notOk(wrong.text.includes(there.body.pin));
    t.not(await level(), before);
  });

  await t.test('guesses spend the budget of desks and Wi-Fi, then they wait', async (t) => {
    runtime.time.advance(DAY);
    const { pin, id } = await register({ expectedArrival: '2026-11-24T09:00' });
    secrets.push(pin);
    const wrong = (n: number) =>
      String(Number(pin) + n)
        .padStart(pin.length, '0')
        .slice(-pin.length);
    let n = 0;
    let answer = await checkIn(wrong(++n));
    secrets.push(wrong(n));
    const level = () => runtime.server.redis.hget(siteKeys.attempts(SITE), 'level');
    const once = await level();
    await checkIn(wrong(n));
    t.equal(await level(), once, 'the same again is charged once');
    await runtime.server.redis.hset(siteKeys.attempts(SITE), 'level', '0.0000001');
    answer = await checkIn(wrong(++n));
    t.match(answer.problem, { status: 422, problems: [{ field: 'email', message: /too many/i }] });
    t.equal((await checkIn(pin)).status, 422, 'a right PIN alone is not judged then');
    for (let tries = 0; tries < 20 && answer.status !== 429; tries++)
      answer = await checkIn(wrong(++n), { email: ADA.email });
    t.match(answer.problem, { status: 429, type: 'urn:foyer:error:throttled' });
    t.ok(Number(answer.headers['retry-after']) > 0);
    t.match((await checkIn(pin, { email: ADA.email })).status, 429, 'the right one waits too');
    runtime.time.advance(Number(answer.headers['retry-after']) * 1000 + MINUTE);
    const done = await checkIn(pin, { email: ` ${ADA.email.toUpperCase()} ` });
    t.match(done.body, { id, state: 'checked-in' });
  });

  await t.test('no PIN is in the log of the site or of the process, wrong or right', async (t) => {
    const { items } = await runtime.stores.events.list(SITE, '', 1000);
    const failed = items.filter(({ type }) => type === 'pin.failed');
    t.ok(failed.length > 3);
    for (const { fields } of failed) t.match(fields, { desk: `key:${desk.id}`, gateway: '' });
    const all = JSON.stringify(items) + lines.join('\n');
    for (const pin of secrets) t.notOk(all.includes(pin));
    const { items: told } = await runtime.services.audit.list(SITE, {}, { limit: 50 });
    t.ok(told.some(({ says }) => /typed a PIN that nobody has through the API/.test(says)));
  });
});
