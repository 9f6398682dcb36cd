import t from 'tap';
import type { SiteId } from '../../src/domain/id.js';
import { LINK_MS, type Person, personState } from '../../src/domain/team.js';
import { createPeople, type LinkMail } from '../../src/services/people.js';
import { PASSWORD } from '../fixtures/admin.js';
import { SITE, startRuntime } from '../fixtures/runtime.js';

const ORIGIN = 'https://admin.example.com';
const runtime = await startRuntime(t);
const { people, signIn, sites, team } = runtime.services;
const { stores } = runtime;

const codeOf = (link: string): string => new URL(link).searchParams.get('code') ?? '';
const emails = async () => (await people.list()).map(({ email }) => email);

let count = 0;
async function invited(role: 'desk' | 'admin' | 'owner' = 'desk') {
  const result = await people.invite({ email: `p${++count}@example.com`, role, site: SITE }, 'test', ORIGIN);
  if (result.status !== 'added') throw new Error(result.status);
  return result;
}

async function joined(role: 'desk' | 'admin' | 'owner' = 'desk'): Promise<Person> {
  const { link } = await invited(role);
  const result = await people.join(codeOf(link), PASSWORD);
  if (result.status !== 'done') throw new Error(result.status);
  return result.person;
}

const isOpen = async (token: string) => (await signIn.session(token)) !== undefined;

t.test('an invitation sets a password, once, within 48 hours', async (t) => {
  const { link, person, until, mailed } = await invited();
  t.match(link, /^https:\/\/admin\.example\.com\/join\?code=[\w-]{43}$/);
  t.equal(until, runtime.now() + 48 * 3_600_000);
  t.equal(mailed, false);
  t.equal(personState(person), 'invited');
  t.notOk(JSON.stringify(await runtime.server.redis.hgetall('foyer:team')).includes(codeOf(link)));
  t.match(await people.join(codeOf(link), 'short'), { status: 'invalid' });
  const results = await Promise.all([1, 2, 3].map(() => people.join(codeOf(link), PASSWORD)));
  t.same(results.map(({ status }) => status).sort(), ['done', 'gone', 'gone'], 'of three at once one');
  t.equal((await people.join(codeOf(link), PASSWORD)).status, 'gone');
  for (const code of ['', 'x', '__proto__', 'a'.repeat(43)])
    t.equal((await people.join(code, PASSWORD)).status, 'gone');
  const late = await invited();
  runtime.time.advance(LINK_MS.invitation);
  t.equal(await people.byCode(codeOf(late.link)), undefined);
  t.equal((await people.join(codeOf(late.link), PASSWORD)).status, 'gone');
});

t.test('what is wrong with an invitation is said', async (t) => {
  const { person } = await invited();
  const again = { email: person.email.toUpperCase(), role: 'desk', site: SITE } as const;
  t.equal((await people.invite(again, 'test', ORIGIN)).status, 'taken');
  const wrong = await people.invite({ email: 'x', role: 'desk', site: 'moon' }, 'test', ORIGIN);
  if (wrong.status !== 'invalid') throw new Error(wrong.status);
  t.same(
    wrong.problems.map(({ field }) => field),
    ['email', 'site'],
  );
});

t.test('the last owner who can sign in can neither be removed, demoted nor kept out', async (t) => {
  const [ann, bob] = [await joined('owner'), await joined('owner')];
  await invited('owner');
  const steps = [
    () => people.remove(ann.id, 'test'),
    () => people.change(bob.id, { role: 'admin', site: SITE }, 'test'),
  ];
  const raced = await Promise.all(steps.map((step) => step()));
  t.same(raced.map(({ status }) => status).sort(), ['changed', 'last-owner'], 'of two at once one');
  const left = (await people.list()).filter((one) => one.role === 'owner' && one.passwordHash);
  t.equal(left.length, 1);
  const { id } = left[0] as Person;
  t.equal((await people.remove(id, 'test')).status, 'last-owner', 'who is only invited does not count');
  t.equal((await people.deactivate(id, 'test')).status, 'last-owner');
  t.equal((await people.reset(id, 'test', ORIGIN, 'now')).status, 'last-owner');
  t.equal((await people.reset(id, 'test', ORIGIN, 'when used')).status, 'done', 'the machine may');
  const cho = await joined('owner');
  t.equal((await people.remove(id, 'test')).status, 'changed', 'now there is another');
  t.equal((await people.remove(cho.id, 'test')).status, 'last-owner');
  t.equal((await people.remove('nobody', 'test')).status, 'unknown');
});

t.test('a change of role, an access that is off and a removal end every login at once', async (t) => {
  const ann = await joined('admin');
  const login = async () => (await signIn.begin((await people.find(ann.id)) as Person, 'Test')).token;
  let token = await login();
  await people.change(ann.id, { role: 'admin', site: SITE }, 'test');
  t.ok(await isOpen(token), 'the same role again changes nothing');
  await people.change(ann.id, { role: 'desk', site: SITE }, 'test');
  t.notOk(await isOpen(token));
  token = await login();
  await people.deactivate(ann.id, 'test');
  t.notOk(await isOpen(token));
  t.notOk(await isOpen(await login()), 'nor does a new one begin');
  t.equal(
    (await signIn.withPassword({ email: ann.email, password: PASSWORD, ip: '::1', agent: '' })).status,
    'refused',
  );
  await people.activate(ann.id, 'test');
  token = await login();
  t.ok(await isOpen(token));
  await people.remove(ann.id, 'test');
  t.notOk(await isOpen(token));
  t.notOk((await emails()).includes(ann.email));
});

t.test(
  'a reset voids password, second factor and logins at once; by the machine only when it is used',
  async (t) => {
    const ann = await joined();
    await stores.team.change(ann.id, (before) => ({
      ...before,
      secondFactor: { secret: 'x', step: 0, recovery: [] },
    }));
    const begun = await signIn.begin((await people.find(ann.id)) as Person, 'Test');
    const soft = await people.reset(ann.id, 'test', ORIGIN, 'when used');
    if (soft.status !== 'done') throw new Error(soft.status);
    t.ok(await isOpen(begun.token));
    t.ok((await people.find(ann.id))?.passwordHash);
    const hard = await people.reset(ann.id, 'test', ORIGIN, 'now');
    if (hard.status !== 'done') throw new Error(hard.status);
    t.notOk(await isOpen(begun.token));
    t.match(await people.find(ann.id), { passwordHash: undefined, secondFactor: undefined });
    t.equal((await people.join(codeOf(soft.link), PASSWORD)).status, 'gone', 'a newer link took its place');
    t.equal((await people.join(codeOf(hard.link), PASSWORD)).status, 'done');
  },
);

t.test(
  'who forgot the password is mailed a link, whoever asks learns nothing, and the second factor stays',
  async (t) => {
    const sent: { to: string; data: { task: string; link: string } }[] = [];
    const mail: LinkMail = { configured: () => true, queue: async (_, one) => sent.push(one) };
    const mailing = createPeople({ ...stores, sealing: runtime.sealing, mail, now: runtime.now });
    const ann = await joined();
    await stores.team.change(ann.id, (before) => ({
      ...before,
      secondFactor: { secret: 'x', step: 0, recovery: [] },
    }));
    const bob = await invited();
    for (const email of ['nobody@example.com', bob.person.email, ann.email.toUpperCase()])
      t.equal(await mailing.forgotten(email, '192.0.2.1', ORIGIN), undefined);
    t.same(
      sent.map(({ to, data }) => [to, data.task]),
      [[ann.email, 'reset']],
      'not who has no password yet: the invitation stays as it is',
    );
    await mailing.forgotten(ann.email, '192.0.2.2', ORIGIN);
    await mailing.forgotten(ann.email, '192.0.2.3', ORIGIN);
    t.equal(sent.length, 2, 'nobody can have a mailbox filled');
    t.equal((await mailing.join(codeOf(sent[1]?.data.link ?? ''), PASSWORD)).status, 'done');
    t.ok((await people.find(ann.id))?.secondFactor);
    const cho = await mailing.invite({ email: 'cho@example.com', role: 'desk', site: SITE }, 'test', ORIGIN);
    t.match(cho, { status: 'added', mailed: true });
    t.equal(sent.at(-1)?.data.task, 'invitation');
  },
);

t.test('with a site go its keys and the people who work nowhere else', async (t) => {
  await sites.add('annex', 'test');
  const annex = 'annex' as SiteId;
  const result = await people.invite(
    { email: 'annex@example.com', role: 'admin', site: annex },
    'test',
    ORIGIN,
  );
  if (result.status !== 'added') throw new Error(result.status);
  const done = await people.join(codeOf(result.link), PASSWORD);
  if (done.status !== 'done') throw new Error(done.status);
  await team.addKey({ name: 'door', role: 'desk', site: annex }, 'test');
  t.same(await sites.counts(annex), { visits: 0, people: 1, keys: 1 });
  const { token } = await signIn.begin(done.person, 'Test');
  await sites.remove(annex, 'test');
  t.notOk(await isOpen(token));
  t.notOk((await emails()).includes('annex@example.com'));
});

t.test('the log has ids and no address, and every link stays out of it', async (t) => {
  const { items } = await stores.events.list(SITE, '', 1000);
  const types = new Set(items.map(({ type }) => type));
  for (const type of [
    'person.added',
    'person.changed',
    'person.deactivated',
    'person.activated',
    'person.removed',
    'person.link-made',
    'person.password-set',
  ])
    t.ok(types.has(type), type);
  t.notMatch(JSON.stringify(items), /@example|join\?code/);
});
