import t from 'tap';
import { startApi } from '../../fixtures/api.js';

t.test('templates are read, changed with If-Match, tried, sent and reset', async (t) => {
  const api = await startApi(t);
  const [admin, desk] = [await api.as('admin'), await api.as('desk')];
  const path = '/templates/registered/de';
  t.equal((await desk.get('/templates')).status, 403);
  const list = await admin.get('/templates');
  t.equal(list.body.items.length, 10 * 13);
  const read = await admin.get(path);
  t.match(read.body, { kind: 'registered', lang: 'de', version: 0, custom: false });
  t.equal(read.headers.etag, '"0"');
  t.match(read.text, /"tag":"visitorcode","says":"The visitor’s PIN/);
  for (const unknown of ['/templates/registered/xx', '/templates/constructor/de'])
    t.equal((await admin.get(unknown)).status, 404);

  const mine = { subject: 'Hallo {fullname}', html: '<p>{visitorcode}</p>', text: 'Ihr Code' };
  const put = (body: object, match?: string) =>
    admin.put(path, body, match === undefined ? {} : { headers: { 'if-match': match } });
  t.equal((await put(mine)).status, 428);
  t.equal((await put(mine, '"7"')).status, 412);
  t.equal((await put({ ...mine, extra: 1 }, '"0"')).status, 400);
  t.match((await put({ ...mine, text: '{constructor}' }, '"0"')).problem, {
    status: 422,
    problems: [{ field: 'text', message: /no \{constructor\}/ }],
  });
  const saved = await put(mine, '"0"');
  t.match(saved.body, { custom: true, version: 1, warnings: [/text does not say \{visitorcode\}/] });
  t.equal((await put(mine, '"0"')).status, 412, 'two at once: the second one hears of it');

  const arrival = { expectedArrival: '2026-11-24T09:00', email: 'ada@example.com' };
  const visit = await admin.post('/visits', { name: 'Ada <i>', ...arrival });
  t.match(visit.body, { mail: { state: 'queued' }, hostEmail: null, language: null });
  const preview = await admin.post(`${path}/preview`, { visit: visit.body.id });
  t.match(preview.body, { subject: 'Hallo Ada <i>', html: /•/ });
  const shown = await admin.post(`${path}/preview`, { visit: visit.body.id, showPin: true });
  t.ok(
    String(shown.body.html)
      .replace(/<[^>]+>/g, '')
      .includes(visit.body.pin),
  );
  t.match((await admin.post(`${path}/preview`, { html: '<p>{fullname}</p>', visit: visit.body.id })).body, {
    html: /<p style="[^"]+">Ada &lt;i&gt;<\/p>/,
  });
  t.equal((await admin.post(`${path}/preview`, { visit: 'nobody' })).status, 404);
  t.equal((await admin.post(`${path}/test`, { to: 'nobody' })).status, 422);
  t.match((await admin.post(`${path}/test`, { to: 'me@example.com' })).body, { mail: /^v/ });

  t.equal((await admin.delete(path)).status, 428);
  const reset = await admin.delete(path, { headers: { 'if-match': '"1"' } });
  t.match(reset.body, { custom: false, version: 2, subject: /Ihr Code/ });
});

t.test('a visit is sent again, and its mails are told', async (t) => {
  const api = await startApi(t);
  const desk = await api.as('desk');
  const visit = {
    name: 'Ada',
    expectedArrival: '2026-11-24T09:00',
    language: 'de',
    hostEmail: 'g@example.com',
  };
  const silent = await desk.post('/visits', { ...visit, email: 'ada@example.com', notify: false });
  t.match(silent.body, { mail: null, language: 'de', hostEmail: 'g@example.com' });
  const sent = await desk.post(`/visits/${silent.body.id}/notify`);
  t.equal(sent.status, 202);
  t.match(sent.body, { mail: { state: 'queued', words: '' } });
  t.match((await desk.get(`/visits/${silent.body.id}/mails`)).body, {
    items: [{ kind: 'registered', to: 'visitor', state: 'queued', tries: 0 }],
  });
  t.match(
    (await desk.get('/visits?q=g')).body.items,
    [{ id: silent.body.id }],
    'found by the host’s address',
  );
  t.match((await desk.post('/visits', { ...visit, language: 'xx' })).problem, {
    problems: [{ field: 'language', message: /There are: .*\bde\b/ }],
  });
  t.match((await desk.post('/visits', { ...visit, hostEmail: 'nobody' })).problem, {
    problems: [{ field: 'hostEmail' }],
  });
  const nowhere = await desk.post('/visits', visit);
  const refused = await desk.post(`/visits/${nowhere.body.id}/notify`);
  t.match(refused.problem, { status: 409, type: 'urn:foyer:error:not-mailable' });
  t.equal((await desk.post('/visits/unknown/notify')).status, 404);
  t.equal((await desk.delete(`/visits/${silent.body.id}?notify=false`)).status, 200);
  t.match((await desk.post(`/visits/${silent.body.id}/notify`)).problem, { status: 409 });
});
