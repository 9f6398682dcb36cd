import t from 'tap';
import { type Body, startApi } from '../../fixtures/api.js';
import { DEMO, HOUR, MINUTE, NINE, SITE } from '../../fixtures/runtime.js';
import { mac } from '../../fixtures/story.js';

const iso = (at: number) => new Date(at).toISOString();

t.test('walk-ins by the API', async (t) => {
  const api = await startApi(t);
  const { runtime } = api;
  const { walkIns, settings, blocks } = runtime.services;
  const desk = await api.as('desk');
  const hosts = Array.from({ length: 6 }, (_, n) => `Host ${n} <host${n}@example.com>`).join('\n');
  await settings.change(
    SITE,
    { 'walkIns.portal': true, 'walkIns.kiosk': true, 'walkIns.hosts': hosts },
    undefined,
    'test',
  );
  const ask = async (n: number, place: Parameters<typeof walkIns.begin>[1]['place']) => {
    const form = { name: `Visitor ${n}`, email: `v${n}@example.com`, host: `host${n % 6}@example.com` };
    const asked = await walkIns.begin(SITE, { place, form, language: 'de' });
    if (asked.status !== 'asked') throw new Error(asked.status);
    return asked.request;
  };
  const onWifi = (n: number) => ask(n, { client: { gateway: DEMO, mac: mac(n) } });
  const waiting = async (): Promise<Body[]> => (await desk.get('/walk-ins')).body.items;

  await t.test('those who wait are listed, the first one first, page by page', async (t) => {
    t.same((await desk.get('/walk-ins')).body, { items: [], next: null });
    const ids = [await ask(0, { desk: 'd1' })];
    // Several within one millisecond: nobody is left out, and nobody comes twice.
    for (let n = 1; n < 6; n++) ids.push(await onWifi(n));
    runtime.time.advance(MINUTE);
    ids.push(await onWifi(6));
    const all = await waiting();
    t.same(all.map(({ id }) => id).sort(), [...ids].sort());
    t.same(all.at(-1), {
      id: ids.at(-1),
      state: 'open',
      name: 'Visitor 6',
      email: 'v6@example.com',
      host: 'Host 0',
      hostEmail: 'host0@example.com',
      language: 'de',
      desk: null,
      gateway: DEMO,
      mac: mac(6),
      askedAt: iso(NINE + MINUTE),
      answerBy: iso(NINE + MINUTE + 2 * HOUR),
      blocked: null,
      visitId: null,
    });
    t.match(
      all.find(({ id }) => id === ids[0]),
      { desk: 'd1', gateway: null, mac: null },
    );
    const met: Body[] = [];
    for (let next: string | null = ''; next !== null; ) {
      const { body } = await desk.get(`/walk-ins?limit=3${next && `&cursor=${next}`}`);
      t.ok(body.items.length <= 3);
      met.push(...body.items);
      next = body.next;
    }
    t.same(met, all);
    for (const cursor of ['x', '1', '1:', '1:../x'])
      t.match((await desk.get(`/walk-ins?cursor=${encodeURIComponent(cursor)}`)).problem, { status: 400 });
    t.equal((await desk.get('/walk-ins?limit=0')).status, 400);
  });

  await t.test('approved, there is a visit that is checked in; the first answer stands', async (t) => {
    const [first] = await waiting();
    const id = first?.id ?? '';
    const answers = await Promise.all([
      desk.post(`/walk-ins/${id}/approve`),
      desk.post(`/walk-ins/${id}/approve`),
    ]);
    const done = answers.find(({ status }) => status === 200);
    const late = answers.find(({ status }) => status === 409);
    t.match(done?.body, { id, state: 'approved', blocked: null });
    t.notMatch(done?.text, /"pin"/);
    const visit = await desk.get(`/visits/${done?.body.visitId}`);
    t.match(visit.body, { name: first?.name, state: 'checked-in' });
    t.match(late?.problem, { type: 'urn:foyer:error:walk-in-over', detail: /was approved/ });
    t.match((await desk.post(`/walk-ins/${id}/decline`)).problem, { status: 409 });
    t.notOk((await waiting()).some((one) => one.id === id));
    t.match(await walkIns.find(SITE, id), { answer: { by: `key:${desk.id}` } });
  });

  await t.test('declined, there is none', async (t) => {
    const [one] = await waiting();
    const done = await desk.post(`/walk-ins/${one?.id}/decline`);
    t.match(done.body, { id: one?.id, state: 'declined', visitId: null });
    t.match((await desk.post(`/walk-ins/${one?.id}/approve`)).problem, { detail: /was declined/ });
  });

  await t.test('what cannot be approved says why; what is not there, and what is over, too', async (t) => {
    const [one] = await waiting();
    await blocks.add(SITE, { kind: 'email', value: String(one?.email), note: 'took a chair' }, 'test');
    t.match((await waiting())[0], { id: one?.id, blocked: /block list \(took a chair\)/ });
    t.match((await desk.post(`/walk-ins/${one?.id}/approve`)).problem, {
      status: 422,
      problems: [{ field: 'email', message: /took a chair/ }],
    });
    t.equal((await desk.post('/walk-ins/nothing/approve')).status, 404);
    t.equal((await desk.post('/walk-ins/..%2f/decline')).status, 404);
    await runtime.services.sites.add('north' as never, 'test');
    const north = await api.as('admin', 'north' as never);
    t.equal((await north.post(`/walk-ins/${one?.id}/decline`)).status, 404, 'of another site');
    t.same((await north.get('/walk-ins')).body.items, []);
    runtime.time.advance(2 * HOUR);
    t.match((await desk.post(`/walk-ins/${one?.id}/decline`)).problem, {
      status: 409,
      detail: /Nobody answered in time/,
    });
    t.same(await waiting(), []);
  });
});
