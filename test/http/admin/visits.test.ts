import t from 'tap';
import { BATCH } from '../../../src/services/without-token.js';
import { startAdmin } from '../../fixtures/admin.js';
import { DAY, DEMO, eventually, HOUR, MINUTE, NINE, SITE } from '../../fixtures/runtime.js';
import { actions, boxes, iso } from '../../fixtures/story.js';

const { of, kinds } = boxes();
const setUp = async (t: Parameters<typeof startAdmin>[0]) => {
  const admin = await startAdmin(t, { kinds, started: true });
  return { ...admin, story: actions(admin.runtime) };
};

/** Names in the rows of a list, in order; of the second table with 1. */
const names = (html: string, table = 0): string[] =>
  [
    ...([...html.matchAll(/<table class="table">(.*?)<\/table>/gs)][table]?.[1] ?? '').matchAll(
      /<th scope="row"><a [^>]*>(.*?)<\/a>/g,
    ),
  ].map(([, name = '']) => name);
const filters = (html: string): Record<string, number> =>
  Object.fromEntries(
    [
      ...html.matchAll(/<a href="[^"]*"(?: aria-current="true")?>([A-Z][a-z ]+) <span class="count">(\d+)/g),
    ].map(([, text = '', count]) => [text, Number(count)]),
  );
const stats = (html: string): Record<string, number> =>
  Object.fromEntries(
    [...html.matchAll(/<strong>(\d+)<\/strong>([A-Za-z ]+)/g)].map(([, count, text = '']) => [
      text,
      Number(count),
    ]),
  );
const flash = (html: string): string => /<div class="flash[^>]*>\s*<p>(.*?)<\/p>/s.exec(html)?.[1] ?? '';

t.test('a day: who comes, who is here, who did not come; its counts are the filters', async (t) => {
  const { story, runtime, as } = await setUp(t);
  const desk = await as('desk');
  t.match((await desk.get('/visits')).html, /No visits yet/);
  t.match((await desk.get('/')).html, /Nobody is registered for today/);

  await story.visit({ name: 'Missed', expectedArrival: iso(NINE - 3 * HOUR) });
  await story.visit({ name: 'Late', expectedArrival: iso(NINE - 30 * MINUTE) });
  await story.visit({ name: 'Next', host: 'Charles', expectedArrival: iso(NINE + HOUR) });
  const here = await story.visit({ name: 'Here' });
  await runtime.services.visits.checkIn(SITE, here.id, 'test');
  const leaving = await story.visit({ name: 'Leaving', durationMinutes: 20 });
  await story.redeem(1, leaving.pin);
  const left = await story.visit({ name: 'Left' });
  await runtime.services.visits.checkOut(SITE, left.id, 'test');
  const gone = await story.visit({ name: 'Gone' });
  await runtime.services.visits.cancel(SITE, gone.id, 'test');
  await story.visit({ name: 'Tomorrow', expectedArrival: iso(NINE + DAY) });
  await story.visit({
    name: 'Long',
    expectedArrival: iso(NINE - DAY),
    until: iso(NINE + 2 * DAY),
    durationMinutes: undefined,
  });

  const all = await desk.get('/visits');
  t.same(filters(all.html), {
    All: 8,
    Expected: 1,
    'Not come': 3,
    Here: 2,
    'Leaving soon': 1,
    Left: 1,
    Cancelled: 1,
  });
  t.equal(names(all.html)[0], 'Long', 'who is there from before comes first');
  t.same(names((await desk.get('/visits?state=missing')).html), ['Long', 'Missed', 'Late']);
  t.same(names((await desk.get('/visits?state=here')).html).sort(), ['Here', 'Leaving']);
  t.same(names((await desk.get('/visits?state=leaving')).html), ['Leaving']);
  t.same(names((await desk.get('/visits?day=2026-11-24')).html).sort(), ['Long', 'Tomorrow']);
  t.same(names((await desk.get('/visits?day=2026-11-26')).html), []);
  t.match(all.html, /href="\/visits\?day=2026-11-22">Day before/);

  await eventually(async () => stats((await desk.get('/')).html)['Device online'] === 1);
  const home = (await desk.get('/')).html;
  t.match(stats(home), { Expected: 1, 'Not come': 3, Here: 2, 'Leaving soon': 1, Left: 1 });
  t.match(home, /autofocus/);
  t.match(home, /Next<\/a>/);
  t.match(home, /30 minutes late/);
  t.match(home, /arrivals expected today, .*at most 1 visitor was online/);
  t.match(
    home,
    /<tr><th scope="row">09:00<\/th><td data-label="Expected">3<\/td><td data-label="Came">3<\/td><td data-label="Online">1<\/td>/,
  );
  const late = /action="(\/visits\/[\w-]+\/check-in)"/.exec(home.slice(home.lastIndexOf('Late</a>')));
  const checked = await desk.follow(late?.[1] ?? '', { back: 'home' });
  t.match(flash(checked.html), /Late is checked in/);
  t.match(stats(checked.html), { Here: 3 }, 'and it goes on at home');

  t.match((await desk.get(`/visits/${gone.id}`)).html, `href="/visits/new?again=${gone.id}"`);
  t.match((await desk.get(`/visits/new?again=${gone.id}`)).html, /name="name"[^>]* value="Gone"/);
  t.notMatch(home, /for an answer/);
  await story.set({ 'walkIns.kiosk': true, 'walkIns.hosts': 'Bob Miller <bob@example.com>' });
  const form = { name: 'Walter', email: 'walter@example.com', host: 'Bob Miller' };
  await runtime.services.walkIns.begin(SITE, { place: { desk: 'door' }, form, language: 'en' });
  t.match((await desk.get('/')).html, /1 walk-in waits for an answer[\s\S]*href="\/walk-ins">See who waits/);
});

t.test(
  'a search finds on every day, the day that is shown first, and does not mind what is typed',
  async (t) => {
    const { story, as } = await setUp(t);
    const desk = await as('desk');
    await story.visit({ name: 'Ada Lovelace' });
    await story.visit({ name: 'Adam Smith', expectedArrival: iso(NINE + DAY) });
    await story.visit({ name: 'Adele Goldberg', expectedArrival: iso(NINE - DAY) });
    await story.visit({ name: 'Grace Hopper', host: 'Adams & Sons' });
    const search = async (q: string, more = {}) => (await desk.follow('/visits/search', { q, ...more })).html;
    const found = await search('ad');
    t.same(names(found).sort(), ['Ada Lovelace', 'Grace Hopper']);
    t.same(names(found, 1), ['Adam Smith', 'Adele Goldberg'], 'who comes next, then who came last');
    t.same(names(await search('ad love')), ['Ada Lovelace']);
    t.same(names(await search('ADA', { day: 'all' })).sort(), ['Ada Lovelace', 'Adam Smith', 'Grace Hopper']);
    const none = await search('nobody');
    t.match(none, /Nobody is found here/);
    const [, register = ''] = /href="(\/visits\/new\?find=[^"]+)"/.exec(none) ?? [];
    t.match((await desk.get(register)).html, /name="name" type="text" value="nobody"/);
    for (const odd of ['\0', '<script>', 'a'.repeat(999), '']) {
      const asked = await desk.post('/visits/search', { q: odd, day: 'never', state: 'odd' });
      t.equal(asked.status, 303);
      t.equal((await desk.get(asked.location)).status, 200);
    }
    for (const odd of ['q=ada', 'day=2026-02-30', 'day=never', 'state=odd', 'after=x%20y'])
      t.equal((await desk.get(`/visits?${odd}`)).status, 200, odd);
  },
);

t.test('many visits come page by page, each once', async (t) => {
  const { story, runtime, as } = await setUp(t);
  const desk = await as('desk');
  const made = await Promise.all(
    Array.from({ length: 120 }, (_, i) =>
      story.visit({ name: `Guest ${String(i).padStart(3, '0')}`, expectedArrival: iso(NINE + i * 1000) }),
    ),
  );
  const [day, all] = [{ q: 'guest' }, { q: 'guest', day: 'all' }];
  const searches = [await desk.post('/visits/search', day), await desk.post('/visits/search', all)];
  for (const start of ['/visits', '/visits?day=all', ...searches.map(({ location }) => location)]) {
    const seen: string[] = [];
    for (let at: string | undefined = start; at; ) {
      const { html } = await desk.get(at);
      seen.push(...names(html));
      at = /<a class="[^"]*" href="([^"]*)" rel="next">/.exec(html)?.[1]?.replaceAll('&amp;', '&');
    }
    t.equal(seen.length, made.length, start);
    t.equal(new Set(seen).size, made.length, start);
  }

  const ids = made.slice(0, 3).map(({ id }) => id);
  const asked = await desk.post('/visits/chosen', { do: 'cancel', visit: ids });
  t.match(asked.html, /Cancel these 3 visits/);
  t.match(asked.html, /Guest 000, Guest 001, Guest 002\./);
  const done = await desk.follow('/visits/cancel', { visits: ids.join(' ') });
  t.match(flash(done.html), /3 visits are cancelled/);
  t.equal((await runtime.services.visits.find(SITE, ids[2] ?? ''))?.cancelledAt, NINE);
  t.match(flash((await desk.follow('/visits/chosen', { do: 'cancel', visit: ids })).html), /over already/);
  t.match(flash((await desk.follow('/visits/chosen', { do: 'cancel' })).html), /No visit was chosen/);
  const print = await desk.post('/visits/chosen', { do: 'print badge', visit: ids });
  t.equal(print.location, `/visits/print?what=badge&${ids.map((id) => `visit=${id}`).join('&')}`);
});

t.test('visits from before tokens were turned on are re-issued in one go, batch by batch', async (t) => {
  const { story, runtime, as } = await setUp(t);
  const desk = await as('desk');
  await story.set({ 'tokens.enabled': false });
  const many = BATCH + 3;
  const made = await Promise.all(Array.from({ length: many }, (_, i) => story.visit({ name: `Guest ${i}` })));
  const [first, second] = made;
  await story.visit({ name: 'Over', expectedArrival: iso(NINE - DAY) });
  const cancelled = await story.visit({ name: 'Cancelled' });
  await runtime.services.visits.cancel(SITE, cancelled.id, 'test');
  t.notMatch(
    (await desk.get('/')).html,
    /does not open the Wi-Fi/,
    'while tokens are off there is nothing to give',
  );
  await story.set({ 'tokens.enabled': true });
  t.match((await desk.get('/')).html, new RegExp(`${many} visits have a PIN that does not open the Wi-Fi`));
  const page = await desk.get('/visits/without-token');
  t.match(page.html, `the first 100 of these ${many} visits`);
  t.notMatch(page.html, /Over|Cancelled</);
  const once = await desk.follow('/visits/without-token');
  t.match(flash(once.html), /100 visits have a new PIN that opens the Wi-Fi\. 3 are left/);
  const twice = await desk.follow('/visits/without-token');
  t.match(flash(twice.html), /3 visits have a new PIN that opens the Wi-Fi\.$/);
  t.match((await desk.get('/visits/without-token')).html, /Every visit to come has access/);
  t.notMatch((await desk.get('/')).html, /does not open the Wi-Fi/);
  t.equal((await runtime.services.visits.find(SITE, first?.id ?? ''))?.hasToken, true);
  t.match(await story.redeem(1, second?.pin ?? ''), { status: 'refused' });
  const shown = await runtime.services.visits.showPin(SITE, second?.id ?? '');
  t.match(await story.redeem(2, shown?.pin ?? ''), { status: 'granted' });
});

t.test('home says who guesses PINs and where, and that a gateway is down', async (t) => {
  const { story, as } = await setUp(t);
  const [desk, admin] = [await as('desk'), await as('admin')];
  await story.set({ 'pin.length': 5 });
  await story.visit();
  for (let n = 0; n < 400; n++) {
    const { status } = await story.redeem(1000 + n, String(n).padStart(5, '0'));
    if (status === 'email') break;
  }
  const home = (await admin.get('/')).html;
  t.match(home, /Somebody is guessing PINs/);
  t.match(home, /came from gateway &quot;demo&quot;/);
  t.match(home, /href="\/audit\?kind=pin"/);
  const forDesk = (await desk.get('/')).html;
  t.match(forDesk, /Tell an admin/);
  t.notMatch(forDesk, /href="\/audit/);
  of(DEMO).up = false;
  await eventually(async () => /Gateway &quot;demo&quot; is not ready/.test((await desk.get('/')).html));
  of(DEMO).up = true;
  await eventually(async () => !/is not ready/.test((await desk.get('/')).html));
});
