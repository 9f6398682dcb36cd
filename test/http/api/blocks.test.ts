import t from 'tap';
import type { SiteId } from '../../../src/domain/id.js';
import { startApi } from '../../fixtures/api.js';
import { DEMO } from '../../fixtures/runtime.js';

const NORTH = 'north' as SiteId;

t.test('the block list by the API', async (t) => {
  const api = await startApi(t);
  const [desk, admin] = [await api.as('desk'), await api.as('admin')];
  await api.runtime.services.sites.add(NORTH, 'test');
  const register = (more: object) =>
    desk.post('/visits', { name: 'Ada', expectedArrival: '2026-11-23T09:00', ...more });

  const known = await register({ name: 'Ada Lovelace' });
  const added = await admin.post('/blocks', {
    kind: 'name',
    value: 'Ada Lovelace',
    note: 'took a chair',
    until: '2026-11-24T09:00',
    cancelVisits: true,
  });
  t.equal(added.status, 201);
  t.match(added.body, { kind: 'name', until: '2026-11-24T09:00:00.000Z', cut: 0, cancelled: 1 });
  t.match(added.body.matching, [{ id: known.body.id, state: 'cancelled' }]);
  t.equal(added.body.addedBy, `key:${admin.id}`);

  const refused = await register({ name: 'Lovelace, Ada' });
  t.equal(refused.status, 422);
  t.match(refused.problem, {
    type: 'urn:foyer:error:invalid-input',
    problems: [
      { field: 'name', message: 'Lovelace, Ada is on the block list (took a chair). Ask an admin.' },
    ],
  });
  const file = 'name;arrival\nAda Lovelace;2026-11-23T09:00\nBob;2026-11-23T09:00\n';
  const imported = await desk.post('/visits/import', { csv: file });
  t.not(imported.status, 201);
  t.match(imported.text, /Ada Lovelace is on the block list \(took a chair\)/, 'nor by a file');
  t.equal((await desk.get('/visits?q=bob')).body.items.length, 0);
  const other = await register({ name: 'Ada Love' });
  const renamed = await desk.patch(`/visits/${other.body.id}`, { name: 'Ada Lovelace' });
  t.equal(renamed.status, 422);

  const mac = '02:00:00:00:00:10';
  t.equal((await admin.post('/blocks', { kind: 'mac', value: mac, note: 'loud' })).status, 201);
  const let_in = await desk.post(`/visits/${other.body.id}/devices`, { mac, gateway: DEMO });
  t.equal(let_in.status, 422);
  t.match(let_in.problem.problems, [
    { field: 'mac', message: `${mac} is on the block list (loud). Ask an admin.` },
  ]);

  const list = await admin.get('/blocks');
  t.same(list.body.items.map(({ kind }) => kind).sort(), ['mac', 'name']);
  t.same((await (await api.as('admin', NORTH)).get('/blocks')).body.items ?? [], [], 'each site has its own');
  t.equal((await admin.post('/blocks', { kind: 'name', value: '?' })).status, 422);
  t.equal((await admin.post('/blocks', { kind: 'name', value: 'Ada', more: 1 })).status, 400);
  t.equal((await admin.delete(`/blocks/${added.body.id}`)).status, 204);
  t.equal((await admin.delete(`/blocks/${added.body.id}`)).status, 404);
  t.equal((await register({ name: 'Ada Lovelace' })).status, 201);
});
