import t from 'tap';
import type { GatewayId } from '../../../src/domain/id.js';
import { startAdmin } from '../../fixtures/admin.js';
import { eventually, HOUR, MINUTE, NINE, SITE } from '../../fixtures/runtime.js';
import { actions, boxes, iso, mac } from '../../fixtures/story.js';

const { of, kinds } = boxes();
const DEMO = 'demo' as GatewayId;
const { runtime, as } = await startAdmin(t, { kinds, started: true });
const story = actions(runtime);
const box = of(DEMO);
await eventually(() => box.lists > 0 && runtime.worker?.holds(DEMO));
const ann = await as('desk');
t.beforeEach(() => runtime.time.set(NINE));

/** The lines of the timeline, oldest first. */
const lines = (html: string): string[] =>
  [...(/<ol class="timeline">(.*?)<\/ol>/s.exec(html)?.[1] ?? '').matchAll(/<span>(.*?)<\/span>/gs)].map(
    ([, text = '']) => text.replaceAll('&quot;', '"').replaceAll('&#39;', "'"),
  );
const flash = (html: string): string => /<div class="flash[^>]*>\s*<p>(.*?)<\/p>/s.exec(html)?.[1] ?? '';
const page = async (id: string): Promise<string> => (await ann.get(`/visits/${id}`)).html;

t.test(
  'a visit from its registration to its end: the desk does it all, and reads what happened',
  async (t) => {
    const form = await ann.get('/visits/new');
    t.match(form.html, /name="date" type="date" value="2026-11-23"/);
    t.match(form.html, /name="time" type="time" value="09:00"/);
    const made = await ann.post('/visits/new', {
      name: 'Ada Lovelace',
      host: 'Charles',
      date: '2026-11-23',
      time: '09:00',
      length: '',
      notify: 'true',
    });
    t.equal(made.status, 303);
    const [, id = ''] = /^\/visits\/([\w-]+)\?shown=/.exec(made.location) ?? [];
    const shown = await ann.get(made.location);
    const pin = /id="pin">(.*?)<\/p>/s.exec(shown.html)?.[1]?.replace(/<[^>]+>/g, '') ?? '';
    t.match(pin, /^\d{5,10}$/, 'the PIN stands in groups and is read as digits only');
    t.match(shown.html, /Mon 23 Nov, 09:00 to 10:00, 1 hour left\./);
    t.match(shown.html, /Register another/);
    t.equal((await story.events('pin.shown')).length, 0);

    const box = of(DEMO);
    await story.redeem(1, pin);
    const online = await page(id);
    t.match(online, /02:00:00:00:00:01/);
    t.match(online, /Online/);
    t.match(online, /private address/);

    const longer = await ann.follow(`/visits/${id}/extend`, { minutes: '30' });
    t.match(flash(longer.html), /The Wi-Fi is open until Mon 23 Nov, 10:30 now\./);
    await eventually(() => box.sessions.get(mac(1)) === NINE + 90 * MINUTE);
    const undo = /action="(\/visits\/[\w-]+\/extend)">.*?name="durationMinutes" value="(\d+)"/s.exec(
      longer.html,
    );
    t.equal(undo?.[2], '60');
    await ann.follow(undo?.[1] ?? '', { durationMinutes: undo?.[2] ?? '' });
    await eventually(() => box.sessions.get(mac(1)) === NINE + HOUR);

    const closing = await ann.follow(`/visits/${id}/extend`, { until: iso(NINE + 9 * HOUR) });
    t.match(flash(closing.html), /18:00 now/);
    await eventually(() => box.sessions.get(mac(1)) === NINE + 9 * HOUR);

    const here = await ann.follow(`/visits/${id}/check-in`);
    t.match(flash(here.html), /Ada Lovelace is checked in/);
    const again = await ann.follow(`/visits/${id}/check-in`);
    t.match(flash(again.html), /checked in already/);

    const asked = await ann.get(`/visits/${id}/check-out`);
    t.match(asked.html, /1 device goes offline now\./);
    const left = await ann.follow(`/visits/${id}/check-out`);
    t.match(flash(left.html), /checked out/);
    await eventually(() => !box.sessions.has(mac(1)));
    await eventually(async () => lines(await page(id)).some((line) => line.startsWith('Cut')));

    const by = ` by ${ann.email}`;
    t.same(lines(await page(id)), [
      `Registered${by}`,
      'Typed the PIN at gateway "demo"',
      'Online at gateway "demo" until 10:00',
      `Changed${by}`,
      'Online at gateway "demo" until 10:30',
      `Changed${by}`,
      'Online at gateway "demo" until 10:00',
      `Changed${by}`,
      'Online at gateway "demo" until 18:00',
      `Checked in${by}`,
      `Checked out${by}`,
      `Access at gateway "demo" ended${by}: the visitor checked out`,
      'Cut at gateway "demo"',
    ]);
  },
);

t.test('a PIN that was typed too early, and a gateway that refuses, are told with the reason', async (t) => {
  const { id, pin } = await story.visit({ expectedArrival: iso(NINE + HOUR) });
  await story.redeem(2, pin);
  box.fault = 'login-refused';
  t.teardown(() => {
    box.fault = undefined;
  });
  runtime.time.set(NINE + HOUR);
  await story.redeem(2, pin);
  const told = await eventually(async () => {
    const seen = lines(await page(id));
    return seen.length >= 4 && seen;
  });
  t.same(told.slice(1), [
    'Typed the PIN too early at gateway "demo"',
    'Typed the PIN at gateway "demo"',
    'The gateway does not accept the credentials that Foyer has for it; what was decided is not in force at gateway "demo"',
  ]);
  t.match(await page(id), /Gateway refused/);
  const home = await (await as('admin')).get('/');
  t.match(home.html, /1 device is not as decided at gateway &quot;demo&quot;/);
  box.fault = undefined;
  const admin = await as('admin');
  await admin.follow('/attention/retry', { gateway: 'demo' });
  await eventually(() => box.sessions.has(mac(2)));
  t.notMatch((await admin.get('/')).html, /not as decided/);
  t.equal((await ann.post('/attention/retry', { gateway: 'demo' })).status, 403, 'which is not for the desk');
});

t.test('cancelling asks first, names what goes offline, and is final', async (t) => {
  const { id, pin } = await story.visit();
  await story.redeem(3, pin);
  const asked = await ann.get(`/visits/${id}/cancel`);
  t.match(asked.html, /1 device goes offline now\./);
  t.match(asked.html, /Go back/);
  t.ok(await story.live(id), 'asking changes nothing');
  const done = await ann.follow(`/visits/${id}/cancel`);
  t.match(flash(done.html), /The visit is cancelled\./);
  t.notMatch(done.html, /Undo/);
  t.notMatch(done.html, /action="\/visits\/[\w-]+\/(?:extend|check-in|pin|reissue)"/);
  await eventually(() => !box.sessions.has(mac(3)));
  for (const [path, fields] of [
    ['extend', { minutes: '30' }],
    ['check-in', {}],
    ['reissue', {}],
    ['notify', {}],
  ] as const)
    t.match(
      flash((await ann.follow(`/visits/${id}/${path}`, fields)).html),
      /cancelled|nothing to send/i,
      path,
    );
});

t.test('the PIN is shown to who asks for it, which the log knows, and to that login only', async (t) => {
  const { id, pin } = await story.visit();
  t.notMatch(await page(id), new RegExp(pin));
  const asked = await ann.post(`/visits/${id}/pin`);
  const groups = (html: string) => /id="pin">(.*?)<\/p>/s.exec(html)?.[1]?.replace(/<[^>]+>/g, '');
  t.notMatch(asked.location, new RegExp(pin));
  t.equal(groups((await ann.get(asked.location)).html), pin);
  t.match(
    (await story.events('pin.shown')).map(({ fields }) => fields),
    [{ visit: id, by: `person:${ann.person}` }],
  );
  const bob = await as('desk');
  t.equal(groups((await bob.get(asked.location)).html), undefined, "another login's address shows nothing");
  const other = await story.visit();
  const [, pass = ''] = asked.location.split('?');
  t.equal(groups((await ann.get(`/visits/${other.id}?${pass}`)).html), undefined, 'nor another visit');
  runtime.time.advance(5 * MINUTE + 1);
  t.equal(groups((await ann.get(asked.location)).html), undefined, 'nor later');

  const fresh = await ann.post(`/visits/${id}/reissue`, { dropDevices: 'true' });
  const anew = groups((await ann.get(fresh.location)).html);
  t.not(anew, pin);
  t.match(await story.redeem(4, pin), { status: 'refused' });
  t.match(await story.redeem(4, anew ?? ''), { status: 'granted' });
});

t.test('a device that cannot type is let in, removed, and let in again by the undo', async (t) => {
  const { id } = await story.visit({ maxDevices: 1 });
  const put = (fields: Record<string, string>) => ann.follow(`/visits/${id}/devices`, fields);
  t.match(flash((await put({ mac: 'nonsense', gateway: 'demo' })).html), /right would be 02:00:00:00:00:10/);
  t.match(flash((await put({ mac: mac(20), gateway: 'nowhere' })).html), /Choose the gateway/);
  t.match(
    flash((await put({ mac: '02-00-00-00-00-14', gateway: 'demo' })).html),
    /let in until Mon 23 Nov, 10:00/,
  );
  await eventually(() => box.sessions.has(mac(20)));
  t.match(flash((await put({ mac: mac(21), gateway: 'demo' })).html), /has its 1 device already/);
  const removed = await ann.follow(`/visits/${id}/devices/remove`, { mac: mac(20) });
  t.match(flash(removed.html), /is removed; its place is free/);
  await eventually(() => !box.sessions.has(mac(20)));
  t.match(removed.html, /Undo: let it in again/);
  await put({ mac: mac(20), gateway: 'demo' });
  await eventually(() => box.sessions.has(mac(20)));
  t.match(flash((await ann.follow(`/visits/${id}/devices/remove`, { mac: mac(99) })).html), /no such device/);
  const early = await story.visit({ expectedArrival: iso(NINE + 2 * HOUR) });
  const refused = await ann.follow(`/visits/${early.id}/devices`, { mac: mac(22), gateway: 'demo' });
  t.match(flash(refused.html), /begins Mon 23 Nov, 11:00/);
});

t.test('a visit is edited; what is wrong stands at its field, and the new times can be undone', async (t) => {
  const { id, pin } = await story.visit({ name: 'Grace Hopper', email: 'grace@example.com' });
  await story.redeem(5, pin);
  const form = await ann.get(`/visits/${id}/edit`);
  t.match(form.html, /name="minutes" type="text" value="60"/);
  const typed = {
    name: '',
    email: 'grace@example',
    host: '',
    date: '2026-11-23',
    time: '08:30',
    length: 'minutes',
    minutes: 'ninety',
    maxDevices: '3',
  };
  const wrong = await ann.post(`/visits/${id}/edit`, typed);
  t.equal(wrong.status, 422);
  t.match(wrong.html, /id="name-problem">The name is missing/);
  t.match(wrong.html, /id="minutes-problem">durationMinutes is a whole number/);
  t.match(wrong.html, /value="ninety"/);
  const right = { ...typed, name: 'Rear Admiral Hopper', email: 'grace@example.com', minutes: '120' };
  const saved = await ann.follow(`/visits/${id}/edit`, right);
  t.match(flash(saved.html), /Saved\. Mon 23 Nov, 08:30 to 10:30/);
  await eventually(() => box.sessions.get(mac(5)) === NINE + 90 * MINUTE);
  const undo = /<form method="post" action="(\/visits\/[\w-]+\/edit)">(.*?)<\/form>/s.exec(saved.html);
  const fields = Object.fromEntries(
    [...(undo?.[2] ?? '').matchAll(/name="(\w+)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [
      name,
      value,
    ]),
  );
  delete fields._csrf;
  await ann.follow(undo?.[1] ?? '', fields);
  t.match(await runtime.services.visits.find(SITE, id), {
    name: 'Rear Admiral Hopper',
    email: 'grace@example.com',
    expectedArrival: '2026-11-23T09:00',
    maxDevices: 3,
    terms: { durationMs: HOUR },
  });
});

t.test('what a person typed comes back as text, and an id that is none names nothing', async (t) => {
  const nasty = '<script>alert(1)</script>"><img src=x> {visitorcode} <%= 1 %> 🦀 עדה';
  const { id } = await story.visit({ name: nasty, host: nasty });
  for (const path of [
    `/visits/${id}`,
    `/visits/${id}/edit`,
    `/visits/${id}/cancel`,
    '/',
    '/visits',
    (await ann.post('/visits/search', { q: 'visitorcode' })).location,
  ]) {
    const { html, status } = await ann.get(path);
    t.equal(status, 200, path);
    t.match(html, '&lt;script&gt;alert(1)', path);
    t.notMatch(html, /<script>alert|<img src=x/, path);
    t.match(html, '&lt;%= 1 %&gt;', path);
  }
  const bad = await ann.post('/visits/new', {
    name: 'x'.repeat(201),
    email: nasty,
    date: nasty,
    time: '25:00',
    maxDevices: '1e3',
  });
  t.equal(bad.status, 422);
  t.match(bad.html, /200 characters at most/);
  t.notMatch(bad.html, /<script>alert/);
  for (const path of ['/visits/nobody', `/visits/${'x'.repeat(80)}`, '/visits/%00', '/visits/..%2f..'])
    t.equal((await ann.get(path)).status, 404, path);
});
