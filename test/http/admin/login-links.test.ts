import t from 'tap';
import { PASSWORD, startAdmin } from '../../fixtures/admin.js';
import { eventually, SITE } from '../../fixtures/runtime.js';

const env = { SMTP_URL: 'smtp://127.0.0.1:9', ADMIN_URL: 'https://admin.example.com' };
const { app, runtime } = await startAdmin(t, { env });
const { mail, people, team } = runtime.services;
const headers = { host: 'admin.example.com', 'content-type': 'application/x-www-form-urlencoded' };

const mails = async () =>
  (await mail.outbox(SITE, { limit: 50 })).items.filter(({ kind }) => kind === 'team-link');
const forgot = (email: string, more: Record<string, string> = {}) =>
  app.inject({
    method: 'POST',
    url: '/login/forgot',
    headers: { ...headers, ...more },
    payload: new URLSearchParams({ email }).toString(),
  });

t.test('with a mail server the link of an invitation is queued for its person', async (t) => {
  t.equal(people.canMail(), true);
  const made = await people.invite(
    { email: 'nina@example.com', role: 'admin', site: SITE },
    'test',
    'https://admin.example.com',
  );
  t.match(made, { status: 'added', mailed: true });
  const [queued] = await mails();
  t.match(queued, { kind: 'team-link' });
  const kept = JSON.stringify(await Promise.all((await runtime.server.redis.keys('*mail*')).map(dump)));
  t.notMatch(kept, /nina@|join\?code/, 'sealed while it waits');
});

/** What a key holds, whatever its type. */
async function dump(key: string): Promise<unknown> {
  const { redis } = runtime.server;
  const type = await redis.type(key);
  if (type === 'hash') return redis.hgetall(key);
  return type === 'zset' ? redis.zrange(key, '0', '-1') : redis.type(key);
}

t.test('whoever forgot a password reads the same, whether or not there is such a person', async (t) => {
  await team.addPerson('olga@example.com', 'admin', PASSWORD, 'test');
  const page = await app.inject({ url: '/login/forgot', headers: { host: 'admin.example.com' } });
  t.match(page.payload, /Mail me a link/);
  const before = (await mails()).length;
  const [known, unknown] = [await forgot('Olga@example.com'), await forgot('"><b>@example.com')];
  t.equal(known.statusCode, 200);
  t.equal(known.payload, unknown.payload);
  await eventually(async () => (await mails()).length === before + 1);
  t.equal((await forgot('olga@example.com', { origin: 'https://evil.example' })).statusCode, 403);
});
