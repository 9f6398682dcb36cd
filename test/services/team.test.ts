import { verify } from '@node-rs/argon2';
import t from 'tap';
import type { SiteId } from '../../src/domain/id.js';
import { createSealing } from '../../src/domain/sealing.js';
import { createApiKeyStore } from '../../src/redis/api-keys.js';
import { createEventStore } from '../../src/redis/events.js';
import { globalKeys } from '../../src/redis/keys.js';
import { createSiteStore } from '../../src/redis/sites.js';
import { createTeamStore } from '../../src/redis/team.js';
import { createTeam } from '../../src/services/team.js';
import { startRedis, type Teardown } from '../fixtures/redis.js';

const MAIN = 'main' as SiteId;
const PASSWORD = 'correct horse battery';
const EMAIL = 'olga@example.com';

async function make(t: Teardown) {
  const { redis } = await startRedis(t);
  let at = 1_800_000_000_000;
  const sites = createSiteStore(redis);
  await sites.add(MAIN, at);
  const deps = {
    apiKeys: createApiKeyStore(redis),
    team: createTeamStore(redis),
    sites,
    events: createEventStore(redis),
    sealing: createSealing('a secret of at least thirty-two bytes'),
    now: () => at,
  };
  const pass = (ms: number) => {
    at += ms;
  };
  return { ...deps, redis, pass, team: createTeam(deps), store: deps.team, another: () => createTeam(deps) };
}

const dump = async (redis: Awaited<ReturnType<typeof startRedis>>['redis']): Promise<string> => {
  const parts: string[] = [];
  for (const key of await redis.keys('*')) {
    const type = await redis.type(key);
    if (type === 'hash') parts.push(JSON.stringify(await redis.hgetall(key)));
    if (type === 'stream') parts.push(JSON.stringify(await redis.xrange(key, '-', '+')));
  }
  return parts.join('\n');
};

t.test('a key is shown once and is kept as a digest only', async (t) => {
  const { team, redis } = await make(t);
  const made = await team.addKey({ name: ' reception ', role: 'desk', site: MAIN }, 'cli');
  if (made.status !== 'added') throw new Error(made.status);
  t.match(made.secret, /^foyer_[A-Za-z0-9_-]{43}$/);
  t.match(made.key, { name: 'reception', role: 'desk', site: 'main' });
  const kept = await dump(redis);
  t.notOk(kept.includes(made.secret.slice('foyer_'.length)), 'nowhere in Redis');
  t.match(await team.authenticate(made.secret), { id: made.key.id, role: 'desk' });
});

t.test('what is no key of ours, or was removed, opens nothing', async (t) => {
  const { team } = await make(t);
  const made = await team.addKey({ name: 'a', role: 'admin', site: MAIN }, 'cli');
  if (made.status !== 'added') throw new Error(made.status);
  for (const text of ['', 'foyer_', made.secret.slice(0, -1), `${made.secret}x`, `foyer_${'A'.repeat(43)}`]) {
    t.equal(await team.authenticate(text), undefined, JSON.stringify(text));
  }
  t.equal(await team.removeKey(made.key.id, 'cli'), true);
  t.equal(await team.removeKey(made.key.id, 'cli'), false);
  t.equal(await team.authenticate(made.secret), undefined);
  t.same(await team.listKeys(), []);
});

t.test('the use of a key is noted, and at most once a minute', async (t) => {
  const { team, redis, pass } = await make(t);
  const made = await team.addKey({ name: 'a', role: 'admin', site: MAIN }, 'cli');
  if (made.status !== 'added') throw new Error(made.status);
  t.equal((await team.listKeys())[0]?.lastUsedAt, undefined);
  await team.authenticate(made.secret);
  const first = (await team.listKeys())[0]?.lastUsedAt;
  t.equal(first, 1_800_000_000_000);
  await redis.config('RESETSTAT');
  pass(59_000);
  await team.authenticate(made.secret);
  t.equal((await team.listKeys())[0]?.lastUsedAt, first, 'within a minute nothing is written');
  t.notMatch(await redis.info('commandstats'), /cmdstat_hset/);
  pass(1000);
  await team.authenticate(made.secret);
  t.equal((await team.listKeys())[0]?.lastUsedAt, 1_800_000_060_000);
});

t.test('a key needs a name and a site that exists; the keys of a site that went open nothing', async (t) => {
  const { team, sites } = await make(t);
  const north = 'north' as SiteId;
  t.match(await team.addKey({ name: ' ', role: 'desk', site: MAIN }, 'cli'), {
    status: 'invalid',
    problems: [{ field: 'name' }],
  });
  t.same(await team.addKey({ name: 'n', role: 'desk', site: north }, 'cli'), { status: 'no-site' });
  await sites.add(north, 1);
  const made = await team.addKey({ name: 'n', role: 'desk', site: north }, 'cli');
  if (made.status !== 'added') throw new Error(made.status);
  t.ok(await team.authenticate(made.secret));
  await sites.remove(north);
  t.equal(await team.authenticate(made.secret), undefined);
});

t.test('a person has one address, in whatever case, and an argon2id hash', async (t) => {
  const { team, redis, store } = await make(t);
  const added = await team.addPerson(EMAIL, 'admin', PASSWORD, 'cli');
  if (added.status !== 'added') throw new Error(added.status);
  t.match(added.person.passwordHash, /^\$argon2id\$/);
  t.equal(await verify(added.person.passwordHash ?? '', PASSWORD), true);
  t.same(await team.addPerson(EMAIL.toUpperCase(), 'desk', undefined, 'cli'), { status: 'taken' });
  t.notOk((await dump(redis)).includes(PASSWORD));
  t.equal((await store.findByEmail(EMAIL))?.id, added.person.id);
  const without = await team.addPerson('nora@example.com', 'desk', undefined, 'cli');
  t.match(without, { status: 'added' });
  t.equal((await team.listPeople()).length, 2);
});

t.test('every field of a person that is wrong is named', async (t) => {
  const { team } = await make(t);
  const result = await team.addPerson('nobody', 'admin', 'short', 'cli');
  if (result.status !== 'invalid') throw new Error(result.status);
  t.same(
    result.problems.map(({ field }) => field),
    ['email', 'password'],
  );
});

t.test('the log names people and keys by id only', async (t) => {
  const { team, events } = await make(t);
  await team.addPerson(EMAIL, 'admin', PASSWORD, 'cli');
  await team.addKey({ name: 'Kasimir', role: 'desk', site: MAIN }, 'cli');
  const { items } = await events.list(MAIN, '', 10);
  t.same(
    items.map(({ type }) => type),
    ['person.added', 'key.added'],
  );
  t.notMatch(JSON.stringify(items), /olga|Kasimir|argon/i);
  t.match(items[0]?.fields, { role: 'admin', by: 'cli' });
});

t.test('a set-up code works once, and a newer one takes its place', async (t) => {
  const { team, redis } = await make(t);
  const old = (await team.issueSetupCode()) ?? '';
  const code = (await team.issueSetupCode()) ?? '';
  t.match(code, /^[A-Za-z0-9_-]{32}$/);
  t.notOk((await dump(redis)).includes(code), 'kept as a digest');
  t.equal(await team.setupOpen(old), false);
  t.equal(await team.setupOpen(code), true);
  t.match(await team.setUp({ code: old, email: EMAIL, password: PASSWORD }), { status: 'gone' });
  t.match(await team.setUp({ code, email: 'x', password: 'y' }), { status: 'invalid' });
  t.equal(await team.setupOpen(code), true, 'a slip of the pen costs nothing');
  const done = await team.setUp({ code, email: EMAIL, password: PASSWORD });
  if (done.status !== 'done') throw new Error(done.status);
  t.match(done.person, { email: EMAIL, role: 'owner' });
  t.same(await team.listKeys(), [], 'no key that nobody asked for');
  t.match(await team.setUp({ code, email: EMAIL, password: PASSWORD }), { status: 'gone' });
  t.equal(await team.issueSetupCode(), undefined, 'there is an owner');
  t.equal(await redis.exists(globalKeys.setup), 0);
});

t.test('of five who set up at once with the same code, one becomes the owner', async (t) => {
  const { team, another } = await make(t);
  const code = (await team.issueSetupCode()) ?? '';
  const results = await Promise.all(
    [1, 2, 3, 4, 5].map((n) => another().setUp({ code, email: `owner${n}@example.com`, password: PASSWORD })),
  );
  t.equal(results.filter(({ status }) => status === 'done').length, 1);
  t.equal(results.filter(({ status }) => status === 'gone').length, 4);
  t.equal((await team.listPeople()).length, 1);
  t.equal((await team.listKeys()).length, 0);
});

t.test('an owner made on the command line voids the set-up code', async (t) => {
  const { team } = await make(t);
  const code = (await team.issueSetupCode()) ?? '';
  await team.addPerson(EMAIL, 'owner', undefined, 'cli');
  t.equal(await team.setupOpen(code), false);
  t.match(await team.setUp({ code, email: 'x@example.com', password: PASSWORD }), { status: 'gone' });
});

t.test(
  'an address that the command line added becomes the owner by set-up and stays one person',
  async (t) => {
    const { team } = await make(t);
    const before = await team.addPerson(EMAIL, 'desk', undefined, 'cli');
    const code = (await team.issueSetupCode()) ?? '';
    const done = await team.setUp({ code, email: EMAIL.toUpperCase(), password: PASSWORD });
    if (done.status !== 'done' || before.status !== 'added') throw new Error(done.status);
    t.equal(done.person.id, before.person.id);
    t.equal((await team.listPeople()).length, 1);
    t.equal((await team.listPeople())[0]?.role, 'owner');
  },
);
