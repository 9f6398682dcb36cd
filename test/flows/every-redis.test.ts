import t, { type Test } from 'tap';
import type { ClientMac } from '../../src/domain/id.js';
import { buildAdminServer } from '../../src/http/admin-server.js';
import { signIn } from '../fixtures/admin.js';
import { startGuest, type TestGuest } from '../fixtures/guest.js';
import { startReceiver } from '../fixtures/receiver.js';
import { startRedis } from '../fixtures/redis.js';
import { startCluster, startSentinel } from '../fixtures/redis-groups.js';
import { eventually, HOUR, NINE, SITE, silent } from '../fixtures/runtime.js';
import { startSmtp } from '../fixtures/smtp.js';

const smtp = await startSmtp(t);
const receiver = await startReceiver(t);

/** A visitor types the PIN, is online, and goes off the network with the visit. */
async function oneVisitor(t: Test, guest: TestGuest): Promise<void> {
  const { id, pin } = await guest.visit();
  const phone = guest.device();
  await phone.enter();
  const wrong = `${pin.slice(0, -1)}${(Number(pin.at(-1)) + 1) % 10}`;
  t.equal((await phone.type(wrong)).state, 'refused');
  t.equal((await phone.type(pin)).status, 303);
  const online = await phone.follow();
  t.equal(online.state, 'connected');
  t.equal(online.until, new Date(NINE + HOUR).toISOString());
  await guest.runtime.services.visits.cancel(SITE, id, 'test');
  await eventually(async () => (await phone.get('/status')).state !== 'connected');
}

/** The text of the next mail to this address since so many had come. */
const mailTo = async (address: string, since: number): Promise<string> =>
  (await eventually(() => smtp.received.slice(since).find(({ to }) => to.includes(address)), 10_000)).mail
    .text ?? '';

/** A day of everybody else: the team, the desk, hosts, walk-ins, and a program that is told. */
async function theOthers(t: Test, guest: TestGuest): Promise<void> {
  const { runtime } = guest;
  const { services } = runtime;
  const saved = await services.settings.change(
    SITE,
    {
      'walkIns.kiosk': true,
      'walkIns.hosts': 'Bob Miller <bob@example.com>',
      'hosts.register': true,
      'portal.terms': 'Be kind.\n\nClose the door.',
    },
    undefined,
    'test',
  );
  t.equal(saved.status, 'saved');
  const since = smtp.received.length;
  const told = receiver.got.length;
  const owner = { by: 'person:o', role: 'owner' } as const;
  const hook = await services.webhooks.add(SITE, { url: receiver.url, allowPrivate: true }, owner);
  t.equal(hook.status, 'changed');

  const admin = await buildAdminServer(runtime, silent);
  t.teardown(() => admin.close());
  const { cookie, person } = await signIn(admin, runtime, 'admin');
  const home = await admin.inject({ url: '/', headers: { host: 'localhost', cookie } });
  t.match(home.payload, /Who comes next/, 'somebody of the team signs in');
  t.match(await services.signIn.signOutEverywhere(person), 1);

  // By mail, and by a file.
  const { id, pin } = await guest.visit({ name: 'Ada Lovelace', email: 'ada@example.com', notify: true });
  t.match((await mailTo('ada@example.com', since)).replace(/[^\d]/g, ''), pin);
  const file =
    'Name;E-Mail;Ankunft;Dauer\nGrace;grace@example.com;23.11.2026 9:00;90\nAlan;;23.11.2026 10:00;60';
  const order = { file, dryRun: false, allowDuplicates: false };
  t.match(await services.imports.run(SITE, order, 'test'), { report: { totals: { registered: 2 } } });
  t.match(await services.imports.run(SITE, order, 'test'), { report: { totals: { duplicate: 2 } } });
  const terms = await services.terms.current(SITE);
  t.ok(await services.terms.accept(SITE, id, terms?.version ?? 0, 'test'));

  // At the tablet.
  const begun = await services.desks.begin(SITE, 'Front door', 'test');
  if (begun.status !== 'code') throw new Error(begun.status);
  t.match(await services.desks.pair('12345678', 'test'), { status: 'refused' });
  const paired = await services.desks.pair(begun.code, 'test');
  t.match(await services.desks.pair(begun.code, 'test'), { status: 'refused' }, 'a code is good once');
  const session = paired.status === 'paired' && (await services.desks.session(paired.token));
  if (!session) throw new Error(paired.status);
  t.match(await services.kiosk.byPin(session, { pin: '00000' }), { status: 'refused' });
  const known = await services.kiosk.byPin(session, { pin });
  if (known.status !== 'visit') throw new Error(known.status);
  t.match(await services.kiosk.confirm(session, known.ticket), { status: 'done', step: 'check-in' });

  // Somebody without a PIN, whose host answers the mail; and the host's own visitor.
  const asked = await services.walkIns.begin(SITE, {
    place: { desk: session.desk.id },
    form: { name: 'Carl Gauss', email: 'carl@example.com', host: 'bob' },
    language: 'en',
    ...(terms ? { terms: terms.version } : {}),
  });
  t.equal(asked.status, 'asked');
  const [, code = ''] = /\/approve\/(\S+)/.exec(await mailTo('bob@example.com', since)) ?? [];
  const answered = await services.walkIns.answerByLink(code, 'approved');
  if (answered.status !== 'answered') throw new Error(answered.status);
  t.match(await services.walkIns.answerByLink(code, 'declined'), { outcome: 'approved' }, 'the first stands');
  const later = smtp.received.length;
  await services.hosts.sendLink(SITE, 'bob@example.com', '192.0.2.1');
  const [, link = ''] = /\/host\/enter\/(\S+)/.exec(await mailTo('bob@example.com', later)) ?? [];
  const host = await services.hosts.session(await services.hosts.enter(link));
  if (!host) throw new Error('no login');
  t.equal(await services.hosts.enter(link), undefined, 'a link is good once');
  const form = { name: 'Emmy Noether', email: 'emmy@example.com', expectedArrival: '2026-11-23T14:00' };
  t.match(await services.hosts.register(host, form), { status: 'registered' });
  t.match(
    (await services.hosts.list(host)).map(({ name }) => name),
    ['Emmy Noether'],
  );
  await mailTo('emmy@example.com', later);

  // Somebody is not welcome any more, by name and by device.
  const phone = guest.device();
  await phone.enter();
  t.equal((await phone.type(pin, { terms: String(terms?.version) })).status, 303);
  t.equal((await phone.follow()).state, 'connected');
  const block = { kind: 'mac', value: phone.mac as ClientMac };
  t.match(await services.blocks.add(SITE, block, 'test', false), { status: 'added' });
  await eventually(async () => (await phone.get('/status')).state !== 'connected');
  t.match(await services.blocks.add(SITE, { kind: 'name', value: 'Grace' }, 'test', true), { cancelled: 1 });

  // What the desk sees, what is told, and what is forgotten.
  const day = { from: NINE - 9 * HOUR, until: NINE + 15 * HOUR };
  const { counts } = await services.today(SITE, day, 6);
  t.match(counts, { here: 2, expected: 2, cancelled: 2 });
  const ada = await services.visits.find(SITE, id);
  if (!ada) throw new Error('no visit');
  t.match(await services.visitTimeline(SITE, ada), [{}]);
  const audit = await services.audit.ofVisit(SITE, id);
  t.ok(audit.length >= 4, `${audit.length} entries of what happened to the visit`);
  t.equal(await services.retention.sweep(SITE), 0, 'nothing is old yet');
  t.match(await services.privacy.export(SITE, { email: 'ada@example.com' }, 'test'), {
    visits: [{ visit: { id } }],
    held: { mails: [{}] },
  });
  const gone = await services.privacy.erase(SITE, { email: 'ada@example.com' }, {}, 'test');
  t.match(gone, { visits: 1 });
  t.equal(await services.visits.find(SITE, id), undefined);
  const types = [
    'visit.registered',
    'visits.imported',
    'desk.paired',
    'visit.checked-in',
    'walk-in.approved',
  ];
  await eventually(() => {
    const heard = receiver.types().slice(told);
    return [...types, 'visit.erased'].every((type) => heard.includes(type));
  });
  const ids = receiver.got.slice(told).map(({ body }) => body.id);
  t.equal(new Set(ids).size, ids.length, 'nothing is told twice');
}

async function story(t: Test, redisUrl: string): Promise<void> {
  const guest = await startGuest(t, {
    redisUrl,
    env: { SMTP_URL: smtp.url, MAIL_FROM: 'foyer@example.com', PEOPLE_URL: 'http://localhost:8082' },
  });
  await oneVisitor(t, guest);
  await theOthers(t, guest);
}

t.test('a day on a server behind a Unix socket', async (t) => {
  const server = await startRedis(t);
  t.match(server.url, /^unix:/);
  await story(t, server.url);
});

t.test('a day on the master that a sentinel names', async (t) => {
  await story(t, (await startSentinel(t)).url);
});

t.test('a day on the cluster node that holds the site', async (t) => {
  await story(t, (await startCluster(t)).url);
});
