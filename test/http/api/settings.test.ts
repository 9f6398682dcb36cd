import t from 'tap';
import { startApi } from '../../fixtures/api.js';
import { SITE } from '../../fixtures/runtime.js';

t.test('settings change by the version that was read, and by no other', async (t) => {
  const api = await startApi(t);
  const admin = await api.as('admin');
  const read = await admin.get('/settings');
  const etag = String(read.headers.etag);
  t.equal(etag, `"${read.body.version}"`);
  t.match(read.body.values, { 'tokens.durationMinutes': 60, 'site.timeZone': 'UTC' });

  t.match((await admin.patch('/settings', { 'tokens.maxDevices': 3 })).problem, {
    status: 428,
    type: 'urn:foyer:error:precondition-required',
  });
  const saved = await admin.patch('/settings', { 'tokens.maxDevices': 3 }, { headers: { 'if-match': etag } });
  t.equal(saved.status, 200);
  t.match(saved.body, { version: read.body.version + 1, values: { 'tokens.maxDevices': 3 } });
  t.equal(saved.headers.etag, `"${read.body.version + 1}"`);

  const stale = await admin.patch('/settings', { 'tokens.maxDevices': 4 }, { headers: { 'if-match': etag } });
  t.match(stale.problem, { status: 412, type: 'urn:foyer:error:precondition-failed' });
  t.equal((await admin.patch('/settings', {}, { headers: { 'if-match': 'x' } })).status, 412);
  t.match((await admin.get('/settings')).body.values, { 'tokens.maxDevices': 3 });
  const any = await admin.patch('/settings', { 'tokens.maxDevices': 5 }, { headers: { 'if-match': '*' } });
  t.equal(any.status, 200);
});

t.test('of five who change the same version at once, one is told that it is saved', async (t) => {
  const api = await startApi(t);
  const admin = await api.as('admin');
  const etag = String((await admin.get('/settings')).headers.etag);
  const answers = await Promise.all(
    [11, 12, 13, 14, 15].map((n) =>
      admin.patch('/settings', { 'tokens.maxDevices': n }, { headers: { 'if-match': etag } }),
    ),
  );
  t.same(answers.map(({ status }) => status).sort(), [200, 412, 412, 412, 412]);
});

t.test('every setting that is wrong is named, and nothing is saved', async (t) => {
  const api = await startApi(t);
  const admin = await api.as('admin');
  const patch = {
    'tokens.durationMinutes': -5,
    'pin.guessOdds': 2,
    'site.timeZone': 'Mars/Olympus',
    'no.such': 1,
    'tokens.maxDevices': 7,
  };
  const refused = await admin.patch('/settings', patch, { headers: { 'if-match': '*' } });
  t.equal(refused.status, 422);
  t.same(refused.problem.problems.map(({ field }) => field).sort(), [
    'no.such',
    'pin.guessOdds',
    'site.timeZone',
    'tokens.durationMinutes',
  ]);
  t.match((await admin.get('/settings')).body.values, { 'tokens.maxDevices': 2 });
});

t.test('the log is read on from where a reader was', async (t) => {
  const api = await startApi(t);
  const admin = await api.as('admin');
  for (let i = 0; i < 5; i++)
    await admin.post('/visits', { name: `V${i}`, expectedArrival: '2026-11-23T09:00' });
  const first = (await admin.get('/events?limit=4')).body;
  t.equal(first.items.length, 4);
  t.equal(first.next, first.items[3]?.id);
  const rest = (await admin.get(`/events?after=${first.next}&limit=100`)).body;
  t.equal(rest.next, null);
  const all = (await admin.get('/events?limit=1000')).body.items;
  t.same([...first.items, ...rest.items], all);
  t.match(all.at(-1), {
    type: 'visit.registered',
    at: '2026-11-23T09:00:00.000Z',
    data: { by: `key:${admin.id}` },
  });
  t.equal((await admin.get('/events?after=yesterday')).status, 400);
});

const valuesIn = (body: unknown) => (body as { values: Record<string, unknown> }).values;

t.test('a secret is taken and not shown, and what was read may be sent back', async (t) => {
  const api = await startApi(t);
  const admin = await api.as('admin');
  const any = { headers: { 'if-match': '*' } };
  t.equal(valuesIn((await admin.get('/settings')).body)['portal.wifiPassword'], '', 'none is set');
  const saved = await admin.patch('/settings', { 'portal.wifiPassword': 'open sesame' }, any);
  t.equal(saved.status, 200);
  for (const body of [saved.body, (await admin.get('/settings')).body]) {
    const values = valuesIn(body);
    t.notOk('portal.wifiPassword' in values);
    t.notMatch(JSON.stringify(values), /sesame/);
  }
  const back = await admin.patch('/settings', (await admin.get('/settings')).body.values, any);
  t.equal(back.status, 200);
  const { values } = await api.runtime.services.settings.read(SITE);
  t.equal(values['portal.wifiPassword'], 'open sesame');
});
