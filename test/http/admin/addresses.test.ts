import t from 'tap';
import { startAdmin } from '../../fixtures/admin.js';
import { SITE } from '../../fixtures/runtime.js';
import { actions } from '../../fixtures/story.js';

const PERSON = /lovelace|counting|babbage|02:00:00:00:00:0/i;
const LOGIN_PAGES = 120;

const plain = (html: string): string => html.replaceAll('&amp;', '&').replaceAll('&#39;', "'");

/** Addresses that a page leads to, as they would stand in a log, and decoded. */
const addressesIn = (html: string): string[] =>
  [...html.matchAll(/\s(?:href|action|formaction|src|data-stream)="([^"]*)"/g)].map(([, url = '']) =>
    plain(url),
  );

const decoded = (url: string): string => {
  try {
    return decodeURIComponent(url.replaceAll('+', ' '));
  } catch {
    return url;
  }
};

/** Fields of forms that go into an address, which are typed and not chosen. */
const typedIntoAddresses = (html: string): string[] =>
  [...html.matchAll(/<form[^>]*method="get"[\s\S]*?<\/form>/g)].flatMap(([form]) => [
    ...[...form.matchAll(/<input[^>]*>/g)]
      .map(([input]) => input)
      .filter((input) => !/type="(?:date|hidden|checkbox|radio|submit)"/.test(input)),
    ...(form.includes('<textarea') ? ['textarea'] : []),
  ]);

t.test('no page leads to an address that names somebody, however one came there', async (t) => {
  const { as, runtime } = await startAdmin(t, { started: true });
  const { visit, redeem } = actions(runtime);
  const owner = await as('owner');
  const input = { name: 'Ada Lovelace', email: 'ada@counting.example', host: 'Babbage' };
  const made = await visit(input);
  await redeem(1, made.pin);
  const gone = await visit(input);
  await runtime.services.visits.cancel(SITE, gone.id, 'test');
  await runtime.services.blocks.add(SITE, { kind: 'email', value: 'eve@counting.example', note: '' }, 'test');

  const searches = [
    await owner.post('/visits/search', { q: 'Lovelace' }),
    await owner.post('/visits/search', { q: 'ada@counting.example', day: 'all' }),
    await owner.post('/visits/search', { q: 'Babbage Nobody', state: 'expected' }),
  ].map(({ location }) => location);
  const others = [
    await owner.post(`/visits/${made.id}/check-in`),
    await owner.post('/blocks', { kind: 'name', value: 'Ada Lovelace' }),
    await owner.post('/visits/new', { name: 'Countess Lovelace', date: '2026-11-23', time: '10:00' }),
  ].map(({ location }) => location);

  const waiting = ['/', '/visits', ...searches, ...others, '/privacy', '/account'];
  const seen = new Set<string>();
  const named: string[] = [];
  const typed: string[] = [];
  for (let path = waiting.shift(); path !== undefined && seen.size < LOGIN_PAGES; path = waiting.shift()) {
    if (seen.has(path) || !path.startsWith('/')) continue;
    seen.add(path);
    if (PERSON.test(path) || PERSON.test(decoded(path))) named.push(path);
    if (/\.(?:css|js|svg|csv|ndjson)\b|stream|logout/.test(path)) continue;
    const { html, headers, location } = await owner.get(path);
    if (location) waiting.push(location);
    if (!String(headers['content-type']).startsWith('text/html')) continue;
    typed.push(...typedIntoAddresses(html).map((field) => `${path}: ${field}`));
    waiting.push(...addressesIn(html));
  }
  t.ok(seen.size > 60, `${seen.size} addresses`);
  t.same(named, []);
  t.same(typed, []);
  t.ok(searches.every((path) => /^\/visits\?find=[\w-]+/.test(path)));
});

t.test('a search is opened by the login that typed it, and by no other', async (t) => {
  const { as, runtime } = await startAdmin(t);
  const { visit } = actions(runtime);
  await visit({ name: 'Ada Lovelace' });
  await visit({ name: 'Grace Hopper' });
  const [ann, bob] = [await as('admin'), await as('admin')];
  const { location } = await ann.post('/visits/search', { q: 'lovelace' });
  t.notMatch((await ann.get(location)).html, /Grace Hopper/);
  const foreign = await bob.get(location);
  t.equal(foreign.location, '/visits?day=2026-11-23');
  t.match((await bob.get(foreign.location)).html, /made in another login/);
  const [, find = ''] = location.split('?');
  t.equal((await bob.get(`/visits/export.csv?${find}`)).location, '/visits', 'nor is everything exported');
  t.match((await bob.get(`/visits/new?${find}`)).html, /name="name" type="text" value=""/);

  const byQuery = await ann.get('/visits?q=lovelace');
  t.match(byQuery.html, /Grace Hopper/, 'what an address says in the clear is not looked at');
  t.match((await ann.get('/visits/new?name=Ada')).html, /name="name" type="text" value=""/);
  const again = await ann.post('/visits/search', { q: 'lovelace' });
  t.not(again.location, location, 'two searches for one name do not look the same');
});

t.test('a search takes the token of the login, and is answered while nothing is decided', async (t) => {
  const { as, app, runtime } = await startAdmin(t);
  const ann = await as('desk');
  const send = (payload: string, headers: Record<string, string> = {}) =>
    app.inject({
      method: 'POST',
      url: '/visits/search',
      headers: {
        host: 'localhost',
        cookie: ann.cookie,
        'content-type': 'application/x-www-form-urlencoded',
        ...headers,
      },
      payload,
    });
  t.equal((await send('q=ada')).statusCode, 403);
  const token = /name="_csrf" value="([^"]+)"/.exec((await ann.get('/')).html)?.[1] ?? '';
  t.equal((await send(`q=ada&_csrf=${token}`, { origin: 'https://evil.example' })).statusCode, 403);
  runtime.decisions = () => false;
  t.equal((await send(`q=ada&_csrf=${token}`)).statusCode, 303);
  t.equal((await ann.post('/visits/new', { name: 'Ada' })).status, 503);
});
