import t from 'tap';
import { CSV_BYTES_MOST } from '../../../src/domain/csv.js';
import type { SiteId } from '../../../src/domain/id.js';
import type { ImportReport } from '../../../src/services/import.js';
import { type Caller, startApi, type TestApi } from '../../fixtures/api.js';
import { SITE } from '../../fixtures/runtime.js';

const NORTH = 'north' as SiteId;
const CSV =
  'Name,E-mail,Arrival,Until\nAda,ada@example.com,2026-11-23 09:00,18:00\nBob,,2026-11-24 09:00,18:00\n';

async function send(
  { app }: TestApi,
  { secret }: Caller,
  payload: string | Buffer,
  query = '',
  type = 'text/csv; charset=utf-8',
) {
  const answer = await app.inject({
    method: 'POST',
    url: `/api/v1/visits/import${query}`,
    headers: { host: 'localhost', authorization: `Bearer ${secret}`, 'content-type': type },
    payload,
  });
  return { status: answer.statusCode, text: answer.payload, body: answer.json() as Record<string, never> };
}

/** Saved by an admin: a list that leaves the house is not the desk's. */
const download = async (api: TestApi, query = '') => {
  const { secret, id } = await api.as('admin');
  const { app } = api;
  const answer = await app.inject({
    url: `/api/v1/visits/export.csv${query}`,
    headers: { host: 'localhost', authorization: `Bearer ${secret}` },
  });
  return { status: answer.statusCode, text: answer.payload, headers: answer.headers, by: `key:${id}` };
};

t.test('a file goes over the API and back, dry at first, whole or not at all', async (t) => {
  const api = await startApi(t);
  const desk = await api.as('desk');
  const { runtime } = api;
  const kept = () => runtime.stores.visits.count(SITE);

  const dry = await send(api, desk, CSV, '?dryRun=true');
  t.match(dry, { status: 200, body: { dryRun: true, totals: { ok: 2, registered: 0 } } }, dry.text);
  t.match(dry.body, { rows: [{ line: 2, status: 'ok', visit: { name: 'Ada', durationMinutes: 540 } }] });
  t.equal(await kept(), 0);

  const wrong = await send(api, desk, `${CSV}Eve,nonsense,2026-11-24 09:00,\n`);
  t.match(wrong, {
    status: 422,
    body: {
      type: 'urn:foyer:error:invalid-input',
      detail: 'Nothing was registered: of 3 visits 1 cannot be used.',
      problems: [{ field: 'email', message: /^Line 4: / }],
      rows: [
        { status: 'ok' },
        { status: 'ok' },
        { line: 4, status: 'invalid', problems: [{ field: 'email' }] },
      ],
    },
  });
  t.equal(await kept(), 0);

  const done = await send(api, desk, Buffer.from(`\u{feff}${CSV}`, 'utf16le'));
  t.match(done, { status: 201, body: { totals: { registered: 2 } } }, done.text);
  t.notMatch(done.text, /"pin"|claim/, 'lists have no PINs');
  const again = await desk.post('/visits/import', { csv: CSV, notify: false });
  t.match(again.problem, { status: 422, detail: /2 are there already/ });
  const forced = await desk.post('/visits/import', { csv: CSV, allowDuplicates: true });
  t.equal(forced.status, 201);
  t.equal(await kept(), 4);
});

t.test('a mapping comes in the query or in the body', async (t) => {
  const api = await startApi(t);
  const desk = await api.as('desk');
  const csv = 'Who;When\nAda;11/12/2026 9:00\n';
  t.match((await send(api, desk, csv)).body, {
    status: 422,
    problems: [{ field: 'name' }, { field: 'expectedArrival' }],
  });
  const query = '?dryRun=true&map.name=Who&map.expectedArrival=When';
  t.match((await send(api, desk, csv, query)).body, {
    rows: [{ status: 'invalid', problems: [{ message: /2026-12-11 or 2026-11-12/ }] }],
  });
  t.match((await send(api, desk, csv, `${query}&map.dateOrder=dmy&delimiter=semicolon`)).body, {
    rows: [{ status: 'ok', visit: { expectedArrival: '2026-12-11T09:00' } }],
  });
  const mapping = { name: 'Who', expectedArrival: 'When', dateOrder: 'mdy' };
  t.match((await desk.post('/visits/import', { csv, mapping, dryRun: true })).body, {
    rows: [{ status: 'ok', visit: { expectedArrival: '2026-11-12T09:00' } }],
  });
});

t.test('what is no import is refused with words, and other calls take no CSV', async (t) => {
  const api = await startApi(t);
  const desk = await api.as('desk');
  t.match((await send(api, desk, Buffer.from('Name\nZoë', 'latin1'))).body, {
    status: 422,
    problems: [{ field: 'csv' }],
  });
  t.match((await send(api, desk, '')).body, { status: 422, problems: [{ message: /empty/ }] });
  t.equal((await send(api, desk, CSV, '?delimiter=x')).status, 400);
  t.equal((await send(api, desk, CSV, '?nonsense=x')).status, 400);
  t.equal((await send(api, desk, '{}', '', 'application/json')).status, 400);
  t.equal((await send(api, desk, CSV, '', 'text/plain')).status, 415);
  t.match((await send(api, desk, `${CSV}${'x'.repeat(CSV_BYTES_MOST)}`)).body, {
    status: 422,
    problems: [{ message: /5 MB/ }],
  });
  t.equal((await send(api, desk, 'x'.repeat(2 * CSV_BYTES_MOST + 1))).status, 413);
  const other = await api.app.inject({
    method: 'POST',
    url: '/api/v1/visits',
    headers: { host: 'localhost', authorization: `Bearer ${desk.secret}`, 'content-type': 'text/csv' },
    payload: CSV,
  });
  t.equal(other.statusCode, 415);
});

t.test('an export is read back by another site as the same visits', async (t) => {
  const api = await startApi(t);
  const { runtime } = api;
  await runtime.stores.sites.add(NORTH, runtime.now());
  await runtime.services.settings.change(SITE, { 'site.timeZone': 'Europe/Berlin' }, undefined, 'test');
  await runtime.services.settings.change(NORTH, { 'site.timeZone': 'America/New_York' }, undefined, 'test');
  const desk = await api.as('desk');
  const north = await api.as('desk', NORTH);
  const inputs: Record<string, unknown>[] = [
    { name: '=HYPERLINK("x")', email: 'ada@example.com', host: '+49 30, "Grace"', durationMinutes: 45 },
    {
      name: "'-Müller; 王",
      hostEmail: 'grace@example.com',
      language: 'de',
      until: '2026-11-25T18:00',
      maxDevices: 7,
      downKbps: 500,
    },
    { name: 'In the hour twice', expectedArrival: '2026-10-25T00:30:00Z', quotaMB: 9 },
    { name: 'Gone', email: 'gone@example.com' },
  ];
  const ids: string[] = [];
  for (const input of inputs) {
    const made = await desk.post('/visits', { expectedArrival: '2026-11-23T09:00', ...input });
    t.equal(made.status, 201, made.text);
    ids.push(made.body.id);
  }
  await desk.delete(`/visits/${ids[3]}`);

  const file = await download(api);
  t.match(file.headers, {
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': 'attachment; filename="visits.csv"',
    'cache-control': 'no-store',
  });
  t.ok(file.text.startsWith('\u{feff}Name,E-mail,'));
  for (const line of file.text.split('\r\n')) t.notMatch(line, /^"?[=+\-@]|,"?[=+\-@]/, line);
  t.notMatch(file.text, /claim|pin/i);
  const shown = await runtime.services.visits.showPin(SITE, ids[0] ?? '');
  t.notOk(file.text.includes(shown?.pin ?? 'none'));
  t.match((await runtime.stores.events.list(SITE, '', 1000)).items.at(-1), {
    type: 'visits.exported',
    fields: { count: '4', by: file.by },
  });

  const back = await send(api, north, file.text);
  t.match(back, { status: 201, body: { totals: { ok: 3, skipped: 1, registered: 3 } } }, back.text);
  const comparable = async (site: SiteId) =>
    (await runtime.services.visits.list(site, { words: [], limit: 50 })).items
      .filter(({ cancelledAt }) => cancelledAt === undefined)
      .map(({ name, email, host, hostEmail, language, maxDevices, limits, terms }) => ({
        name,
        email,
        host,
        hostEmail,
        language,
        maxDevices,
        limits,
        terms,
      }))
      .sort((a, b) => a.name.localeCompare(b.name));
  t.same(await comparable(NORTH), await comparable(SITE));
});

t.test('an export is narrowed as the list is, and comes page by page', async (t) => {
  const api = await startApi(t);
  const { imports } = api.runtime.services;
  const lines = Array.from({ length: 450 }, (_, i) => `Visitor${i},2026-11-${23 + (i % 2)} 09:00`);
  const order = { file: `Name,Arrival\n${lines.join('\n')}`, dryRun: false, allowDuplicates: false };
  const made = await imports.run(SITE, order, 'test');
  t.match(made, { status: 'registered', report: { totals: { registered: 450 } } as ImportReport });
  const rows = async (query: string) => (await download(api, query)).text.trim().split('\r\n').length - 1;
  t.equal(await rows(''), 450);
  t.equal(await rows('?from=2026-11-24&to=2026-11-24'), 225);
  t.equal(await rows('?q=visitor44'), 11);
  t.equal(await rows('?state=cancelled'), 0);
  t.equal((await download(api, '?from=soon')).status, 422);
  t.equal((await download(api, '?limit=5')).status, 400);

  const pages = api.runtime.services.exports.csv(SITE, { words: [] }, 'test');
  await pages.next();
  await pages.next();
  await pages.return(undefined);
  const last = (await api.runtime.stores.events.list(SITE, '', 10_000)).items.at(-1);
  t.match(last, { type: 'visits.exported', fields: { count: '200' } }, 'who goes away has what was sent');
});
