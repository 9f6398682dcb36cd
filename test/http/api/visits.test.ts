import t from 'tap';
import { root } from '../../../src/redis/keys.js';
import { startApi } from '../../fixtures/api.js';
import { DEMO, HOUR, MINUTE, NINE, SITE } from '../../fixtures/runtime.js';

const ADA = {
  name: 'Ada Lovelace',
  email: 'ada@analytical.example',
  host: 'Charles Babbage',
  expectedArrival: '2026-11-23T09:00',
};
const PHONE = '02:00:00:00:00:10';
const iso = (at: number) => new Date(at).toISOString();

t.test('a visit is registered with defaults of the site and answers with its PIN once', async (t) => {
  const api = await startApi(t);
  const desk = await api.as('desk');
  const made = await desk.post('/visits', ADA);
  t.equal(made.status, 201);
  t.match(made.body, {
    ...ADA,
    timeZone: 'UTC',
    durationMinutes: 60,
    maxDevices: 2,
    state: 'expected',
    token: { state: 'active', from: iso(NINE), until: iso(NINE + HOUR), startBy: null },
    devices: [],
    createdAt: iso(NINE),
  });
  t.match(made.body.pin, /^\d{5,10}$/);
  t.match(made.body.claimUrl, /\/claim\/[A-Za-z0-9_-]{22}$/);
  t.notOk(String(made.body.claimUrl).includes(made.body.pin), 'no PIN in a URL');
  const read = await desk.get(`/visits/${made.body.id}`);
  t.equal(read.status, 200);
  t.notOk('pin' in read.body);
  t.notOk('claimUrl' in read.body);
  const list = await desk.get('/visits');
  t.same(list.body.items, [read.body]);
  t.notOk(list.text.includes(made.body.pin));
});

t.test('what is absent is null, and a visit without a token says so', async (t) => {
  const api = await startApi(t);
  const desk = await api.as('desk');
  await api.runtime.services.settings.change(SITE, { 'tokens.enabled': false }, undefined, 'test');
  const { body } = await desk.post('/visits', { name: 'Grace', expectedArrival: '2026-11-23T10:00' });
  t.equal(body.email, null);
  t.equal(body.host, null);
  t.equal(body.token, null);
  await api.runtime.services.settings.change(SITE, { 'tokens.enabled': true }, undefined, 'test');
  t.equal((await desk.get(`/visits/${body.id}`)).body.token, null, 'turning it on later gives nothing');
  const device = await desk.post(`/visits/${body.id}/devices`, { mac: PHONE, gateway: DEMO });
  t.match(device.problem, { status: 409, type: 'urn:foyer:error:no-token' });
  const issued = await desk.post(`/visits/${body.id}/pin`);
  t.equal(issued.body.token.state, 'upcoming', 'a new PIN gives it a token');
});

t.test('include=pin gives the PIN again and leaves a trace that names nobody', async (t) => {
  const api = await startApi(t);
  const desk = await api.as('desk');
  const admin = await api.as('admin');
  const { body: made } = await desk.post('/visits', ADA);
  const shown = await desk.get(`/visits/${made.id}?include=pin`);
  t.equal(shown.body.pin, made.pin);
  t.equal(shown.body.claimUrl, made.claimUrl);
  const events = await admin.get('/events');
  const last = events.body.items.at(-1);
  t.match(last, { type: 'pin.shown', data: { visit: made.id, by: `key:${desk.id}` } });
  await desk.delete(`/visits/${made.id}`);
  t.equal((await desk.get(`/visits/${made.id}?include=pin`)).body.pin, null, 'erased with the visit');
});

t.test('times are taken with an offset, and every impossible field is named', async (t) => {
  const api = await startApi(t);
  const desk = await api.as('desk');
  const { body } = await desk.post('/visits', {
    ...ADA,
    expectedArrival: '2026-11-23T10:00:00+01:00',
    until: '2026-11-23T12:30',
  });
  t.match(body, { expectedArrival: '2026-11-23T09:00', durationMinutes: 210 });
  t.equal(body.token.until, '2026-11-23T12:30:00.000Z');
  const bad = await desk.post('/visits', {
    name: ' ',
    expectedArrival: 'tomorrow',
    maxDevices: 0,
    durationMinutes: -1,
  });
  t.equal(bad.status, 422);
  t.same(bad.problem.problems.map(({ field }) => field).sort(), [
    'durationMinutes',
    'expectedArrival',
    'maxDevices',
    'name',
  ]);
  for (const { message } of bad.problem.problems) t.ok(message.length > 5, message);
});

t.test('a local time that does not exist, or exists twice, is refused with both readings', async (t) => {
  const api = await startApi(t);
  const desk = await api.as('desk');
  await api.runtime.services.settings.change(SITE, { 'site.timeZone': 'Europe/Berlin' }, undefined, 'test');
  for (const [local, readings] of [
    ['2027-03-28T02:30', ['2027-03-28T00:30:00Z', '2027-03-28T01:30:00Z']],
    ['2027-10-31T02:30', ['2027-10-31T00:30:00Z', '2027-10-31T01:30:00Z']],
  ] as const) {
    const refused = await desk.post('/visits', { ...ADA, expectedArrival: local });
    t.equal(refused.status, 422, local);
    const [problem] = refused.problem.problems;
    t.equal(problem?.field, 'expectedArrival');
    for (const reading of readings) {
      const said = JSON.stringify(problem).replaceAll('.000Z', 'Z');
      t.ok(said.includes(reading), `${reading} in ${said}`);
    }
    t.equal((await desk.post('/visits', { ...ADA, expectedArrival: readings[0] })).status, 201);
  }
});

t.test('a field that nobody knows is a problem, and so is a wrong type', async (t) => {
  const api = await startApi(t);
  const desk = await api.as('desk');
  const refused = await desk.post('/visits', { ...ADA, emial: 'x', maxDevices: '2' });
  t.equal(refused.status, 400);
  t.same(refused.problem.problems.map(({ field }) => field).sort(), ['emial', 'maxDevices']);
  t.equal((await desk.get('/visits')).body.items.length, 0, 'nothing was registered');
});

t.test('250 visits come page by page, each once, in the order of arrival', async (t) => {
  const api = await startApi(t);
  const desk = await api.as('desk');
  const { visits } = api.runtime.services;
  for (let i = 0; i < 250; i++) {
    // Groups of ten arrive at the same minute.
    const expectedArrival = iso(NINE + Math.floor(i / 10) * MINUTE);
    await visits.register(SITE, { name: `Visitor ${i}`, expectedArrival, durationMinutes: 30 }, 'test');
  }
  const seen: string[] = [];
  let arrivals: string[] = [];
  let pages = 0;
  for (let next: string | null = ''; next !== null; pages++) {
    const answer = await desk.get(`/visits?limit=37&cursor=${next}`);
    seen.push(...answer.body.items.map(({ id }) => id));
    arrivals = arrivals.concat(answer.body.items.map((item) => String(item.expectedArrival)));
    next = answer.body.next;
  }
  t.equal(seen.length, 250);
  t.equal(new Set(seen).size, 250);
  t.same(arrivals, [...arrivals].sort());
  t.equal(pages, 7);
  const usual = await desk.get('/visits');
  t.equal(usual.body.items.length, 50);
  for (const limit of ['0', '201', 'x'])
    t.equal((await desk.get(`/visits?limit=${limit}`)).status, 400, limit);
  t.equal((await desk.get('/visits?cursor=nonsense')).status, 400);
});

t.test('lists narrow by beginnings of words, state and expected arrival', async (t) => {
  const api = await startApi(t);
  const desk = await api.as('desk');
  const register = async (name: string, expectedArrival: string, more = {}) =>
    (await desk.post('/visits', { name, expectedArrival, ...more })).body.id;
  const ada = await register('Ada Lovelace', '2026-11-23T09:00', { host: 'Müller' });
  const alan = await register('Alan Turing', '2026-11-23T14:00', { email: 'alan@bletchley.example' });
  const grace = await register('Grace Hopper', '2026-11-24T09:00');
  const found = async (query: string) => (await desk.get(`/visits?${query}`)).body.items.map(({ id }) => id);

  t.same(await found('q=LOVE'), [ada]);
  t.same(await found('q=a'), [ada, alan]);
  t.same(await found('q=ala+tur'), [alan]);
  t.same(await found('q=bletch'), [alan]);
  t.same(await found(`q=${encodeURIComponent('müll')}`), [ada]);
  t.same(await found('q=ovelace'), [], 'not the middle of a word');
  t.same(await found('q=nobody'), []);
  t.same(await found('q=&state=&from=&to=&cursor=&limit='), [ada, alan, grace], 'empty means absent');

  t.same(await found('from=2026-11-23&to=2026-11-23'), [ada, alan], 'a date counts whole');
  t.same(await found('from=2026-11-24'), [grace]);
  t.same(await found('from=2026-11-23T10:00'), [alan, grace]);
  t.same(await found(`to=${encodeURIComponent('2026-11-23T15:00:00+01:00')}`), [ada], 'exclusive');
  t.equal((await desk.get('/visits?from=yesterday')).status, 422);

  await desk.post(`/visits/${ada}/check-in`);
  await desk.delete(`/visits/${alan}`);
  t.same(await found('state=checked-in'), [ada]);
  t.same(await found('state=cancelled'), [alan]);
  t.same(await found('state=expected'), [grace]);
  t.equal((await desk.get('/visits?state=lost')).status, 400);
});

t.test('a visit is extended and shortened, and its grants follow', async (t) => {
  const api = await startApi(t);
  const desk = await api.as('desk');
  const { body: made } = await desk.post('/visits', ADA);
  const grant = await desk.post(`/visits/${made.id}/devices`, { mac: PHONE, gateway: DEMO });
  t.equal(grant.status, 201);
  t.match(grant.body, {
    visitId: made.id,
    gateway: 'demo',
    mac: PHONE,
    from: iso(NINE),
    until: iso(NINE + HOUR),
  });
  const longer = await desk.patch(`/visits/${made.id}`, { durationMinutes: 120, host: 'Somebody Else' });
  t.equal(longer.status, 200);
  t.match(longer.body, {
    durationMinutes: 120,
    host: 'Somebody Else',
    token: { until: iso(NINE + 2 * HOUR) },
  });
  t.notOk('pin' in longer.body);
  t.match((await desk.get('/grants')).body.items, [{ id: grant.body.id, until: iso(NINE + 2 * HOUR) }]);
  t.same((await desk.get('/visits?q=babbage')).body.items, [], 'the search follows');
  await desk.patch(`/visits/${made.id}`, { durationMinutes: 30 });
  t.match((await desk.get(`/grants?visit=${made.id}`)).body.items, [{ until: iso(NINE + 30 * MINUTE) }]);
  t.match((await desk.patch(`/visits/${made.id}`, { maxDevices: -1 })).problem, {
    status: 422,
    problems: [{ field: 'maxDevices' }],
  });
  t.equal((await desk.patch(`/visits/${made.id}`, { colour: 'red' })).status, 400);
});

t.test(
  'a cancelled visit has a dead PIN and no device on the network, and cancelling again is no error',
  async (t) => {
    const api = await startApi(t);
    const desk = await api.as('desk');
    const { body: made } = await desk.post('/visits', ADA);
    await desk.post(`/visits/${made.id}/devices`, { mac: PHONE, gateway: DEMO });
    const cancelled = await desk.delete(`/visits/${made.id}`);
    t.equal(cancelled.status, 200);
    t.match(cancelled.body, {
      state: 'cancelled',
      token: { state: 'ended' },
      devices: [],
      cancelledAt: iso(NINE),
    });
    const [grant] = (await desk.get('/grants')).body.items;
    t.match(grant, { endedAt: iso(NINE) });
    t.match(grant?.state, /^end(?:ing|ed)$/);
    t.equal((await desk.delete(`/visits/${made.id}`)).status, 200);
    for (const [method, path] of [
      ['post', 'check-in'],
      ['post', 'check-out'],
      ['post', 'pin'],
    ] as const) {
      t.match((await desk[method](`/visits/${made.id}/${path}`)).problem, {
        type: 'urn:foyer:error:visit-cancelled',
      });
    }
  },
);

t.test('check-in and check-out happen once', async (t) => {
  const api = await startApi(t);
  const desk = await api.as('desk');
  const { body: made } = await desk.post('/visits', ADA);
  const arrived = await desk.post(`/visits/${made.id}/check-in`);
  t.match(arrived.body, { state: 'checked-in', checkedInAt: iso(NINE) });
  t.match((await desk.post(`/visits/${made.id}/check-in`)).problem, {
    status: 409,
    type: /visit-checked-in$/,
  });
  await desk.post(`/visits/${made.id}/devices`, { mac: PHONE, gateway: DEMO });
  const left = await desk.post(`/visits/${made.id}/check-out`);
  t.match(left.body, { state: 'checked-out', token: { state: 'ended' }, devices: [] });
  t.match((await desk.post(`/visits/${made.id}/check-out`)).problem, {
    status: 409,
    type: /visit-checked-out$/,
  });
  const device = await desk.post(`/visits/${made.id}/devices`, { mac: PHONE, gateway: DEMO });
  t.match(device.problem, { status: 409, type: 'urn:foyer:error:token-not-open' });
});

t.test('a new PIN kills the old one; devices stay unless asked', async (t) => {
  const api = await startApi(t);
  const desk = await api.as('desk');
  const { body: made } = await desk.post('/visits', ADA);
  await desk.post(`/visits/${made.id}/devices`, { mac: PHONE, gateway: DEMO });
  const issued = await desk.post(`/visits/${made.id}/pin`, {});
  t.equal(issued.status, 200);
  t.not(issued.body.pin, made.pin);
  t.not(issued.body.claimUrl, made.claimUrl);
  t.match(issued.body.devices, [{ mac: PHONE, private: true, addedAt: iso(NINE) }]);
  const { claim } = (await api.runtime.services.visits.showPin(SITE, made.id)) ?? { claim: '' };
  t.ok(String(issued.body.claimUrl).endsWith(`/claim/${claim}`));
  const dropped = await desk.post(`/visits/${made.id}/pin`, { dropDevices: true });
  t.same(dropped.body.devices, []);
  t.match((await desk.get('/grants')).body.items, [{ endedAt: iso(NINE) }]);
});

t.test('the desk lets in and removes a device by the rules of a PIN', async (t) => {
  const api = await startApi(t);
  const desk = await api.as('desk');
  const { body: made } = await desk.post('/visits', { ...ADA, maxDevices: 1 });
  const path = `/visits/${made.id}/devices`;
  const grant = await desk.post(path, { mac: '02-00-00-00-00-10', gateway: DEMO });
  t.equal(grant.body.mac, PHONE);
  t.equal(
    (await desk.post(path, { mac: PHONE, gateway: DEMO })).body.id,
    grant.body.id,
    'again is the same grant',
  );
  const over = await desk.post(path, { mac: '02:00:00:00:00:11', gateway: DEMO });
  t.match(over.problem, { status: 409, type: 'urn:foyer:error:device-limit' });
  const wrong = await desk.post(path, { mac: 'ff:ff:ff:ff:ff:ff', gateway: 'nowhere' });
  t.equal(wrong.status, 422);
  t.same(
    wrong.problem.problems.map(({ field }) => field),
    ['mac', 'gateway'],
  );
  t.equal((await desk.delete(`${path}/${PHONE}`)).status, 204);
  t.equal((await desk.delete(`${path}/${PHONE}`)).status, 404);
  t.same((await desk.get(`/visits/${made.id}`)).body.devices, []);
  t.equal(
    (await desk.post(path, { mac: '02:00:00:00:00:11', gateway: DEMO })).status,
    201,
    'the slot is free',
  );

  const later = await desk.post('/visits', { ...ADA, expectedArrival: '2026-11-23T11:00' });
  const early = await desk.post(`/visits/${later.body.id}/devices`, { mac: PHONE, gateway: DEMO });
  t.match(early.problem, { type: 'urn:foyer:error:token-not-open', detail: /2026-11-23T11:00/ });
  t.equal((await desk.post('/visits/unknown/devices', { mac: PHONE, gateway: DEMO })).status, 404);
});

t.test('a grant is revoked, its device keeps the slot, and the log says who did it', async (t) => {
  const api = await startApi(t, { started: true });
  const desk = await api.as('desk');
  const admin = await api.as('admin');
  const { body: made } = await desk.post('/visits', ADA);
  const { body: grant } = await desk.post(`/visits/${made.id}/devices`, { mac: PHONE, gateway: DEMO });
  const revoked = await desk.delete(`/grants/${grant.id}`);
  t.equal(revoked.status, 200);
  t.match(revoked.body, { id: grant.id, endedAt: iso(NINE) });
  t.equal((await desk.delete(`/grants/${grant.id}`)).status, 200, 'again is no error');
  t.equal((await desk.delete('/grants/unknown')).status, 404);
  t.equal((await desk.get(`/visits/${made.id}`)).body.devices.length, 1);
  const { items } = (await admin.get('/events?limit=1000')).body;
  const event = items.filter(({ type }) => type === 'grant.revoked');
  t.match(event, [{ data: { grant: grant.id, reason: 'revoked', by: `key:${desk.id}` } }]);
});

t.test('grants come newest first, page by page', async (t) => {
  const api = await startApi(t);
  const desk = await api.as('desk');
  const { body: made } = await desk.post('/visits', { ...ADA, maxDevices: 10 });
  for (let i = 0; i < 9; i++) {
    await desk.post(`/visits/${made.id}/devices`, { mac: `02:00:00:00:00:1${i}`, gateway: DEMO });
    api.runtime.time.advance(1000);
  }
  const macs: unknown[] = [];
  for (let next: string | null = ''; next !== null; ) {
    const { body } = await desk.get(`/grants?limit=4&cursor=${next}`);
    macs.push(...body.items.map(({ mac }) => mac));
    next = body.next;
  }
  t.same(
    macs,
    [8, 7, 6, 5, 4, 3, 2, 1, 0].map((i) => `02:00:00:00:00:1${i}`),
  );
});

t.test('the log holds no name, mail, host, MAC or PIN', async (t) => {
  const api = await startApi(t, { started: true });
  const desk = await api.as('desk');
  const { body: made } = await desk.post('/visits', ADA);
  await desk.post(`/visits/${made.id}/devices`, { mac: PHONE, gateway: DEMO });
  await desk.patch(`/visits/${made.id}`, { name: 'Augusta King', durationMinutes: 90 });
  const { body: issued } = await desk.post(`/visits/${made.id}/pin`, { dropDevices: true });
  await desk.get(`/visits/${made.id}?include=pin`);
  await desk.post(`/visits/${made.id}/check-in`);
  await desk.post(`/visits/${made.id}/check-out`);
  await desk.delete(`/visits/${made.id}`);
  const raw = JSON.stringify(await api.runtime.server.redis.xrange(`${root(SITE)}:events`, '-', '+'));
  t.match(raw, /visit\.registered.*pin\.reissued.*pin\.shown.*visit\.checked-out/);
  t.notMatch(raw, /Ada|Lovelace|Augusta|analytical|Babbage|02:00:00/i);
  for (const pin of [made.pin, issued.pin]) t.notOk(raw.includes(`"${pin}"`));
});
