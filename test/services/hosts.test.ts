import t from 'tap';
import { DAY, HOUR, SITE, startRuntime } from '../fixtures/runtime.js';
import { keysHolding } from '../fixtures/scan.js';

const runtime = await startRuntime(t);
const { hosts, privacy, mail, settings, retention } = runtime.services;
const { redis } = runtime.server;
await settings.change(SITE, { 'hosts.register': true, 'hosts.domains': ['example.org'] }, undefined, 'test');

/** The links that were mailed to this address, the newest first. */
async function links(to: string): Promise<string[]> {
  const { items } = await mail.outbox(SITE, { limit: 100 });
  const shown = await Promise.all(items.map(({ id }) => mail.show(SITE, id, 'test')));
  return shown.flatMap((one) =>
    one?.to.address === to ? (/\/host\/enter\/(\S+)/.exec(one.text)?.[1] ?? []) : [],
  );
}

async function signIn(email: string, ip = '192.0.2.200') {
  await hosts.sendLink(SITE, email, ip);
  const [code = ''] = await links(email);
  const token = await hosts.enter(code);
  const session = await hosts.session(token);
  if (!session) throw new Error(`${email} is not signed in`);
  return { token, session };
}

const mails = async () => (await mail.counts(SITE)).queued + (await mail.counts(SITE)).held;

/** A quarter of an hour goes by in Redis, whose time to live is real time. */
async function quarter(): Promise<void> {
  for (const key of await redis.keys('*host*links*')) await redis.del(key);
}

t.test('what one address asks for leaves links for everybody else', async (t) => {
  const before = await mails();
  for (let i = 0; i < 40; i++) await hosts.sendLink(SITE, `guess-${i}@example.org`, '203.0.113.66');
  t.equal((await mails()) - before, 15);
  for (let i = 0; i < 40; i++) await hosts.sendLink(SITE, `more-${i}@example.org`, `2001:db8::${i + 1}`);
  t.equal((await mails()) - before, 30, 'a network of IPv6 is one address');
  t.ok(await signIn('olga@example.org'), 'who sits elsewhere gets one');
  await quarter();
});

t.test('any number of addresses have only so many sent, and hosts who are known get theirs', async (t) => {
  const { session } = await signIn('known@example.org');
  const visit = { name: 'Ada', email: 'ada@example.com', expectedArrival: '2026-11-23T12:00' };
  t.equal((await hosts.register(session, visit)).status, 'registered');
  await quarter();
  const before = await mails();
  await Promise.all(
    Array.from({ length: 120 }, (_, i) =>
      hosts.sendLink(SITE, `guess-${i}@example.org`, `203.0.113.${i % 12}`),
    ),
  );
  t.equal((await mails()) - before, 60);
  const told = await hosts.sendLink(SITE, 'new@example.org', '198.51.100.1');
  t.equal((await links('new@example.org')).length, 0);
  t.equal(
    await hosts.sendLink(SITE, 'known@example.org', '203.0.113.1'),
    told,
    'nobody is told who is known',
  );
  t.equal((await links('known@example.org')).length, 2);
  for (let i = 0; i < 9; i++) await hosts.sendLink(SITE, 'known@example.org', `198.51.100.${i}`);
  t.equal((await links('known@example.org')).length, 4, 'and its mailbox is not flooded');
  await quarter();
});

t.test('erasing a host ends links and logins, and nothing names the address any more', async (t) => {
  const email = 'Grace.Hopper@example.org';
  const { token } = await signIn(email);
  const visit = { name: 'Ada', email: 'ada@example.com', expectedArrival: '2026-11-23T12:00' };
  const other = await signIn('other@example.org');
  await hosts.register(other.session, visit);
  await hosts.sendLink(SITE, email, '192.0.2.7');
  t.ok((await keysHolding(redis, 'grace.hopper')).some((key) => key.includes(':host-login:')));
  const found = await privacy.find(SITE, { email: email.toLowerCase() });
  t.match(found.held['host-logins']?.map((one) => (one as { way: string }).way).sort(), ['link', 'login']);
  const erased = await privacy.erase(SITE, { email: email.toLowerCase() }, {}, 'test');
  t.equal(erased.held['host-logins'], 2);
  t.equal(await hosts.session(token), undefined);
  t.same(await keysHolding(redis, 'grace.hopper'), []);
  t.ok(await hosts.session(other.token), 'other hosts stay');
  t.ok((await keysHolding(redis, 'other@example.org')).length > 0);
});

t.test('a host is found by the name of the list too', async (t) => {
  await settings.change(SITE, { 'walkIns.hosts': 'Bob Miller <bob@example.com>' }, undefined, 'test');
  const { token } = await signIn('bob@example.com');
  t.equal((await privacy.find(SITE, { name: 'Bob Jones' })).held['host-logins']?.length, 0);
  await privacy.erase(SITE, { name: 'miller bob' }, {}, 'test');
  t.equal(await hosts.session(token), undefined);
});

t.test('a link that is used while its address is erased leaves no login', async (t) => {
  for (let i = 0; i < 5; i++) {
    const email = `race-${i}@example.org`;
    await hosts.sendLink(SITE, email, `192.0.2.${i}`);
    const [code = ''] = await links(email);
    await Promise.all([hosts.enter(code), privacy.erase(SITE, { email }, {}, 'test')]);
    t.same(await keysHolding(redis, email), []);
  }
});

t.test(
  'a link that was mailed before links named their host is over, and its host asks for another',
  async (t) => {
    await hosts.sendLink(SITE, 'before@example.org', '192.0.2.77');
    const [code = ''] = await links('before@example.org');
    const key = `foyer:{${SITE}}:host-link:${runtime.sealing.digest('host', code)}`;
    t.equal(await redis.exists(key), 1);
    await redis.set(
      key,
      JSON.stringify({ email: 'before@example.org', createdAt: runtime.now() }),
      'KEEPTTL',
    );
    t.equal(await hosts.enter(code), undefined);
    // The newest mail comes first.
    runtime.time.advance(1);
    t.ok(await signIn('before@example.org'));
  },
);

t.test('without that they go by themselves', async (t) => {
  const { token } = await signIn('late@example.org');
  const logins = (await redis.keys('*:host-*')).filter((key) => key !== `foyer:{${SITE}}:host-links`);
  t.ok(logins.length > 0);
  for (const key of logins) t.ok((await redis.pttl(key)) > 0 && (await redis.pttl(key)) <= 12 * HOUR, key);
  runtime.time.advance(12 * HOUR);
  t.equal(await hosts.session(token), undefined);
  runtime.time.advance(31 * DAY);
  for (const key of await redis.keys('*')) if ((await redis.pttl(key)) >= 0) await redis.del(key);
  await retention.sweep(SITE);
  t.same(await keysHolding(redis, 'late@example.org'), []);
});
