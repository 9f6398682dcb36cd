import t from 'tap';
import { startAdmin } from '../../fixtures/admin.js';
import { eventually, SITE } from '../../fixtures/runtime.js';

const ADA = { name: 'Ada <b>Lovelace</b>', email: 'ada@example.com', expectedArrival: '2026-11-24T09:00' };

t.test('an admin changes what a mail says, sees it first, and two editors see both', async (t) => {
  const { runtime, as } = await startAdmin(t);
  const [admin, desk] = [await as('admin'), await as('desk')];
  const made = await runtime.services.visits.register(SITE, ADA, 'test');
  if (made.status !== 'registered') throw new Error(made.status);
  const path = '/templates/registered/en';
  t.equal((await desk.get('/templates')).status, 403);
  t.equal((await desk.get(path)).status, 403);
  t.match((await admin.get('/templates')).html, /href="\/templates\/walk-in-answer\/he"/);
  const page = await admin.get(path);
  t.match(page.html, /\{visitorcode\}<\/code>/);
  t.match(page.html, /Ada &lt;b&gt;Lovelace/);
  t.equal((await admin.get('/templates/registered/xx')).status, 404);
  t.equal((await admin.get('/templates/nothing/en')).status, 404);

  const fields = {
    subject: 'Welcome',
    html: '<p>{visitorcode}</p><script>alert(1)</script>',
    text: 'T {visitorcode}',
  };
  const frame = await admin.post(`${path}/preview`, { ...fields, visit: made.visit.id });
  t.match(
    frame.headers['content-security-policy'],
    /^sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:/,
  );
  t.match(frame.html, /•/);
  t.notOk(frame.html.replace(/<[^>]+>/g, '').includes(made.pin));
  const events = async (type: string) =>
    (await runtime.stores.events.list(SITE, '', 1000)).items.filter((event) => event.type === type);
  t.equal((await events('pin.shown')).length, 0);
  const bare = await admin.post(`${path}/preview`, { ...fields, visit: made.visit.id, showPin: 'true' });
  t.ok(bare.html.replace(/<[^>]+>/g, '').includes(made.pin));
  t.equal((await events('pin.shown')).length, 1);
  t.equal((await admin.get(`${path}/preview?visit=${made.visit.id}`)).status, 200);

  const wrong = await admin.post(path, { ...fields, version: '0', html: '{pin} {visitorcode}' });
  t.equal(wrong.status, 422);
  t.match(wrong.html, /There is no \{pin\} in this mail/);
  t.match(wrong.html, /\{pin\} \{visitorcode\}/, 'what was typed stays');
  const saved = await admin.follow(path, { ...fields, version: '0' });
  t.match(saved.html, /Saved\..*Scripts, frames and forms do not work/);
  const late = await admin.post(path, { ...fields, subject: 'Mine', version: '0' });
  t.equal(late.status, 409);
  t.match(late.html, /value="Mine"/);
  t.match(late.html, /<pre dir="ltr">Welcome<\/pre>/);
  t.match(late.html, /name="version" value="1"/);
  t.match((await admin.get(`${path}/reset`)).html, /is gone then/);
  t.match((await admin.follow(`${path}/reset`, { version: '1' })).html, /comes with is back/);
  t.match((await admin.get(path)).html, /Your code for \{sitename\}/);

  const tested = await admin.post(`${path}/test`, { ...fields, visit: made.visit.id });
  t.match(tested.html, /no mail server, so the test is in the outbox/);
  const test = (await runtime.services.mail.outbox(SITE, { limit: 9 })).items.find(
    ({ kind }) => kind === 'test',
  );
  t.match(test, { kind: 'test', visit: '' });
  const shown = await admin.post(`/outbox/${test?.id}/show`);
  t.match(shown.html, new RegExp(admin.email));
  t.match(shown.html, /T •/);
});

t.test(
  'the outbox shows held mails to whom they may be shown, and lets them be tried and discarded',
  async (t) => {
    const { runtime, as } = await startAdmin(t, { started: true });
    const [owner, admin, desk] = [await as('owner'), await as('admin'), await as('desk')];
    const { mail, visits } = runtime.services;
    t.match((await admin.get('/outbox')).html, /No mails here/);
    const made = await visits.register(SITE, ADA, 'test');
    if (made.status !== 'registered') throw new Error(made.status);
    const link = 'http://localhost:8081/reset/secret-code';
    await mail.queue(SITE, { kind: 'team-link', to: 'olga@example.com', data: { task: 'reset', link } });
    await eventually(async () => (await mail.counts(SITE)).held === 2);
    t.equal((await desk.get('/outbox')).status, 403);
    const list = await admin.get('/outbox?state=held');
    t.match(list.html, /There is no mail server/);
    t.match(list.html, /Ada &lt;b&gt;Lovelace/);
    t.notMatch(list.html, /secret-code/);
    const [team, ada] = (await mail.outbox(SITE, { limit: 2 })).items.sort((a, b) =>
      a.kind > b.kind ? -1 : 1,
    );
    t.match([team?.kind, ada?.kind], ['team-link', 'registered']);

    t.match((await admin.get(`/outbox/${team?.id}`)).html, /not for your role to read/);
    t.equal((await admin.post(`/outbox/${team?.id}/show`)).status, 403, 'an admin cannot take an owner over');
    t.match((await owner.post(`/outbox/${team?.id}/show`)).html, /secret-code/);
    const before = await admin.get(`/outbox/${ada?.id}`);
    t.match(before.html, /Show the mail with its PIN/);
    const text = (await admin.post(`/outbox/${ada?.id}/show`)).html;
    t.ok(text.replaceAll(' ', '').includes(made.pin));
    t.match((await runtime.stores.events.list(SITE, '', 1000)).items.at(-1), {
      type: 'pin.shown',
      fields: { visit: made.visit.id, by: `person:${admin.person}` },
    });

    t.match((await admin.follow(`/outbox/${ada?.id}/retry`)).html, /tried again now/);
    await eventually(async () => (await mail.find(SITE, ada?.id ?? ''))?.state === 'held');
    t.match((await admin.get(`/outbox/${ada?.id}/discard`)).html, /leaves the outbox/);
    t.match((await admin.follow(`/outbox/${ada?.id}/discard`)).html, /The mail is discarded/);
    t.equal((await admin.get(`/outbox/${ada?.id}`)).status, 404);
  },
);
