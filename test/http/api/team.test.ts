import t from 'tap';
import { PASSWORD } from '../../fixtures/admin.js';
import { startApi } from '../../fixtures/api.js';
import { SITE } from '../../fixtures/runtime.js';

const api = await startApi(t);
const { people, settings } = api.runtime.services;
const owner = await api.as('owner');

t.test('an owner invites, changes, keeps out and removes people', async (t) => {
  const made = await owner.post('/team', { email: 'nina@example.com', role: 'desk' });
  t.equal(made.status, 201);
  t.match(made.body, { email: 'nina@example.com', role: 'desk', state: 'invited', mailed: false });
  const code = new URL(String(made.body.link)).searchParams.get('code') ?? '';
  t.equal((await people.join(code, PASSWORD)).status, 'done');
  const { id } = made.body;
  t.match((await owner.get('/team')).body.items[0], {
    id,
    state: 'active',
    link: undefined,
    linkUntil: null,
  });
  t.equal((await owner.post('/team', { email: 'Nina@example.com', role: 'desk' })).status, 409);
  t.equal((await owner.post('/team', { email: 'nina', role: 'desk' })).problem.problems[0]?.field, 'email');
  t.match((await owner.patch(`/team/${id}`, { role: 'owner' })).body, { role: 'owner' });
  for (const answer of [
    await owner.patch(`/team/${id}`, { role: 'desk' }),
    await owner.patch(`/team/${id}`, { active: false }),
    await owner.delete(`/team/${id}`),
  ]) {
    t.equal(answer.status, 409);
    t.match(answer.problem.type, /last-owner$/);
  }
  const other = await owner.post('/team', { email: 'otto@example.com', role: 'admin' });
  t.match((await owner.patch(`/team/${other.body.id}`, { active: false })).body, { state: 'deactivated' });
  t.match((await owner.patch(`/team/${other.body.id}`, { active: true })).body, { state: 'invited' });
  t.equal((await owner.delete(`/team/${other.body.id}`)).status, 204);
  t.equal((await owner.delete(`/team/${other.body.id}`)).status, 404);
  t.equal((await owner.patch('/team/nobody', { role: 'desk' })).status, 404);
});

t.test('a key of the desk gives no more than the site allows; admins are not limited', async (t) => {
  const limits = { 'desk.maxMinutes': 120, 'desk.maxDevices': 2, 'desk.daysAhead': 7 };
  await settings.change(SITE, limits, undefined, 'test');
  const [desk, admin] = [await api.as('desk'), await api.as('admin')];
  const visit = { name: 'Ada', expectedArrival: '2026-11-23T09:00', durationMinutes: 120 };
  const made = await desk.post('/visits', visit);
  t.equal(made.status, 201);
  const long = {
    ...visit,
    durationMinutes: 121,
    maxDevices: 3,
    expectedArrival: '2026-12-02T09:00',
  };
  const refused = await desk.post('/visits', long);
  t.equal(refused.status, 422);
  t.same(
    refused.problem.problems.map(({ field }) => field),
    ['durationMinutes', 'maxDevices', 'expectedArrival'],
  );
  t.match(refused.problem.problems[0]?.message, /2 hours at most/);
  const extended = await desk.patch(`/visits/${made.body.id}`, { durationMinutes: 180 });
  t.equal(extended.status, 422);
  t.equal((await admin.patch(`/visits/${made.body.id}`, { durationMinutes: 180 })).status, 200);
  t.equal(
    (await desk.patch(`/visits/${made.body.id}`, { name: 'Ada Lovelace' })).status,
    200,
    'as an admin left it',
  );
  t.equal((await admin.post('/visits', long)).status, 201);
  const csv = 'Name,Arrival,Duration\nAda,2026-11-24 09:00,240\n';
  const imported = await desk.post('/visits/import', { csv });
  t.equal(imported.status, 422, 'nor by a file');
  t.match(imported.text, /2 hours at most/);
  t.equal((await admin.post('/visits/import', { csv })).status, 201);
});
