import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import type { Provider } from '../../../src/domain/provider.js';
import { type Member, startAdmin } from '../../fixtures/admin.js';
import { CLIENT, startProvider } from '../../fixtures/oidc.js';
import { MINUTE } from '../../fixtures/runtime.js';

const ORIGIN = 'http://localhost:8081';
const HOST = { host: 'localhost:8081' };

const { app, runtime, as } = await startAdmin(t);
const provider = await startProvider(t, `${ORIGIN}/login/oidc/callback`);
const owner = await as('owner');

const FORM = {
  issuer: provider.issuer,
  clientId: CLIENT.id,
  clientSecret: CLIENT.secret,
  button: 'Sign in with <Example>',
  scopes: 'openid email groups',
  claim: 'groups',
  rules: 'reception = desk\nit = admin\nbosses = owner',
  otherwise: 'refuse',
  passwords: 'everybody',
};
const save = (more: Record<string, string> = {}, who: Member = owner) =>
  who.post('/team/sign-in', { ...FORM, clientSecret: '', ...more });

const cookieIn = (answer: { headers: Record<string, unknown> }, name: string): string => {
  const all = [answer.headers['set-cookie']].flat().map(String);
  return (
    all
      .find((one) => one.startsWith(`${name}=`))
      ?.split(';')[0]
      ?.slice(name.length + 1) ?? ''
  );
};

/** From the button to the provider. */
async function begin(next = '/account') {
  const answer = await app.inject({ url: `/login/oidc?next=${encodeURIComponent(next)}`, headers: HOST });
  return { answer, url: String(answer.headers.location), cookie: cookieIn(answer, 'foyer-provider') };
}

/** Back from it. */
async function end(back: string, cookie: string) {
  const { pathname, search } = new URL(back);
  const headers = { ...HOST, cookie: `foyer-provider=${cookie}` };
  const answer = await app.inject({ url: pathname + search, headers });
  return { answer, status: answer.statusCode, html: answer.payload, login: cookieIn(answer, 'foyer') };
}

async function go(name: string) {
  const { url, cookie } = await begin();
  return end(await provider.signIn(url, name), cookie);
}

const personBy = async (email: string) =>
  (await runtime.services.people.list()).find((one) => one.email === email);
const isOpen = async (login: string) => (await runtime.services.signIn.session(login)) !== undefined;

t.test('without a provider there is no button, and its address leads nowhere', async (t) => {
  t.notMatch((await app.inject({ url: '/login', headers: HOST })).payload, /login\/oidc/);
  t.equal((await begin()).answer.statusCode, 404);
});

t.test('an owner configures it; what is wrong is said, and the secret is never shown', async (t) => {
  const wrong = await save({ issuer: 'http://login.example.com', rules: 'x' });
  t.equal(wrong.status, 422);
  t.match(wrong.html, /has to begin with https/);
  t.match(wrong.html, /Line 1 is not understood/);
  t.match(wrong.html, /The client secret is missing/);
  const saved = await owner.follow('/team/sign-in', FORM);
  t.match(saved.html, /Saved\. The provider answers/);
  t.notOk(saved.html.includes(CLIENT.secret));
  t.match(saved.html, /Sign in with &lt;Example&gt;/);
  t.notOk((await runtime.server.redis.get('foyer:provider'))?.includes(CLIENT.secret), 'kept sealed');
  const other = await save({ issuer: 'https://login.example.com' });
  t.match(other.html, /Another provider needs its own client secret/);
  const login = await app.inject({ url: '/login?next=/account', headers: HOST });
  t.match(login.payload, /href="\/login\/oidc\?next=%2Faccount"[^>]*>Sign in with &lt;Example&gt;/);
});

t.test('somebody whose group has a role is made on the first sign-in and known on the next', async (t) => {
  provider.accounts.set('ann', {
    email: 'ann@example.com',
    email_verified: true,
    groups: ['reception', 'it'],
  });
  const first = await go('ann');
  t.equal(first.status, 303, first.html);
  t.equal(first.answer.headers.location, '/account');
  const made = await personBy('ann@example.com');
  t.match(made, { role: 'admin', site: 'main', identity: { issuer: provider.issuer, subject: 'ann' } });
  t.equal(made?.passwordHash, undefined);
  provider.accounts.set('ann', { email: 'renamed@example.com', email_verified: false, groups: ['it'] });
  t.equal((await go('ann')).status, 303, 'by issuer and subject, whatever the address is now');
  t.equal((await runtime.services.people.list()).filter(({ identity }) => identity).length, 1);
});

t.test('the role is that of today, and a change of it ends other logins', async (t) => {
  const before = await go('ann');
  t.ok(await isOpen(before.login));
  provider.accounts.set('ann', { groups: ['reception'] });
  const after = await go('ann');
  t.equal((await personBy('ann@example.com'))?.role, 'desk');
  t.notOk(await isOpen(before.login));
  t.ok(await isOpen(after.login));
  provider.accounts.set('ann', { groups: [] });
  const refused = await go('ann');
  t.equal(refused.status, 403);
  t.match(refused.html, /not among those who may sign in/);
  t.notOk(await isOpen(after.login), 'who may no longer is signed out');
});

t.test(
  'an address that is not verified makes and takes over nobody, unless an owner trusts it',
  async (t) => {
    for (const email_verified of [false, undefined]) {
      const account = { email: owner.email, groups: ['bosses'] };
      provider.accounts.set('eve', email_verified === undefined ? account : { ...account, email_verified });
      const refused = await go('eve');
      t.equal(refused.status, 403);
      t.match(refused.html, /does not say that your e-mail address is verified/);
      t.equal(refused.login, '');
    }
    t.equal((await personBy(owner.email))?.identity, undefined);
    provider.accounts.set('nomail', { groups: ['it'] });
    t.match((await go('nomail')).html, /does not tell your e-mail address/);
    await save({ trustsMail: 'true' });
    provider.accounts.set('bob', { email: 'bob@example.com', groups: ['it'] });
    t.equal((await go('bob')).status, 303);
    provider.accounts.set('bob2', { email: 'bob@example.com', groups: ['it'] });
    t.match((await go('bob2')).html, /Somebody else in the team has your e-mail address/);
    await save();
  },
);

t.test(
  'who was invited before is connected by the verified address, and a last owner stays one',
  async (t) => {
    provider.accounts.set('olga', {
      email: owner.email.toUpperCase(),
      email_verified: true,
      groups: ['reception'],
    });
    const done = await go('olga');
    t.equal(done.status, 303);
    t.match(await personBy(owner.email), { role: 'owner', identity: { subject: 'olga' } });
  },
);

t.test('an answer of the provider counts once, in the browser that asked, and for ten minutes', async (t) => {
  provider.accounts.set('ann', { groups: ['it'] });
  const { url, cookie } = await begin();
  const back = await provider.signIn(url, 'ann');
  const other = await begin();
  t.match((await end(back, other.cookie)).html, /This sign-in is over/, 'the state of another browser');
  t.equal((await end(back, '')).status, 403, 'without a cookie');
  t.equal((await end(back, `${cookie}x`)).status, 403, 'a cookie that was altered');
  t.equal((await end(back.replace(/state=[^&]+/, 'state=wrong'), cookie)).status, 403);
  const done = await end(back, cookie);
  t.equal(done.status, 303);
  t.equal(cookieIn(done.answer, 'foyer-provider'), '', 'the cookie goes');
  const replayed = await end(back, cookie);
  t.equal(replayed.status, 403);
  t.match(replayed.html, /This sign-in is over/, 'the cookie is spent, whatever the provider would say');
  t.equal(replayed.login, '');
  const late = await begin();
  const lateBack = await provider.signIn(late.url, 'ann');
  runtime.time.advance(10 * MINUTE);
  t.match((await end(lateBack, late.cookie)).html, /This sign-in is over/);
  const denied = await begin();
  const state = new URL(denied.url).searchParams.get('state');
  t.match(
    (await end(`${ORIGIN}/login/oidc/callback?error=access_denied&state=${state}`, denied.cookie)).html,
    /did not let you go on/,
  );
  const again = `${ORIGIN}/login/oidc/callback?code=x&state=${state}`;
  t.match((await end(again, denied.cookie)).html, /This sign-in is over/, 'a refusal spends it too');
  t.equal((await begin('//evil.example/')).answer.statusCode, 303);
});

t.test('of two that come back with one answer at once exactly one is signed in', async (t) => {
  for (let i = 0; i < 3; i++) {
    const { url, cookie } = await begin();
    const back = await provider.signIn(url, 'ann');
    const both = await Promise.all([end(back, cookie), end(back, cookie)]);
    t.same(both.map(({ status }) => status).sort(), [303, 403]);
    t.match(both.find(({ status }) => status === 403)?.html, /This sign-in is over/);
    t.equal(both.filter(({ login }) => login !== '').length, 1);
  }
});

t.test('the request has PKCE, state and nonce, and the cookie hides what it keeps', async (t) => {
  const { url, cookie, answer } = await begin();
  const query = new URL(url).searchParams;
  t.equal(query.get('code_challenge_method'), 'S256');
  t.equal(query.get('redirect_uri'), `${ORIGIN}/login/oidc/callback`);
  for (const name of ['state', 'nonce', 'code_challenge']) t.ok((query.get(name) ?? '').length >= 20, name);
  t.notOk(
    Buffer.from(cookie, 'base64url')
      .toString()
      .includes(query.get('state') ?? ''),
  );
  t.match(String(answer.headers['set-cookie']), /Max-Age=600; Path=\/; HttpOnly; SameSite=Lax/);
});

t.test('somebody whose access is off cannot come in by the provider either', async (t) => {
  const ann = await personBy('ann@example.com');
  await runtime.services.people.deactivate(ann?.id ?? '', 'test');
  const refused = await go('ann');
  t.equal(refused.status, 403);
  t.match(refused.html, /access to these pages is turned off/);
  t.equal(refused.login, '');
});

t.test(
  'where only owners have passwords, others are led to the provider and owners still come in',
  async (t) => {
    await save({ passwords: 'owners' });
    const [desk] = (await runtime.services.people.list()).filter(({ email }) => email === 'bob@example.com');
    const made = await runtime.services.people.reset(desk?.id ?? '', 'test', ORIGIN, 'now');
    if (made.status !== 'done') throw new Error(made.status);
    await runtime.services.people.join(
      new URL(made.link).searchParams.get('code') ?? '',
      'correct horse battery',
    );
    const login = (email: string) =>
      app.inject({
        method: 'POST',
        url: '/login',
        headers: { ...HOST, 'content-type': 'application/x-www-form-urlencoded' },
        payload: new URLSearchParams({ email, password: 'correct horse battery' }).toString(),
      });
    const refused = await login('bob@example.com');
    t.equal(refused.statusCode, 422);
    t.match(refused.payload, /Only owners sign in with a password/);
    t.equal((await login(owner.email)).statusCode, 303);
  },
);

t.test('a provider that never answers is waited for five seconds, and nobody else with it', async (t) => {
  const silent = createServer(() => undefined);
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  t.teardown(() => silent.closeAllConnections() ?? silent.close());
  const { port } = silent.address() as AddressInfo;
  const kept = (await runtime.stores.provider.read()) as Provider;
  await runtime.stores.provider.put({ ...kept, issuer: `http://127.0.0.1:${port}` });
  t.teardown(() => runtime.stores.provider.put(kept));
  const started = performance.now();
  const waiting = begin();
  t.equal((await app.inject({ url: '/login', headers: HOST })).statusCode, 200);
  t.ok(performance.now() - started < 2000, 'the login page is there');
  t.equal((await waiting).answer.statusCode, 503);
  t.ok(performance.now() - started < 8000);
  t.equal((await begin()).answer.statusCode, 503, 'and is not asked again at once');
  t.ok(performance.now() - started < 9000);
});

t.test('a provider that is down keeps nobody from the password, and is said', async (t) => {
  await provider.stop();
  runtime.time.advance(11 * MINUTE);
  const started = performance.now();
  const gone = await begin();
  t.equal(gone.answer.statusCode, 503);
  t.match(gone.answer.payload, /does not answer at the moment/);
  t.ok(gone.answer.headers['retry-after']);
  t.equal((await app.inject({ url: '/login', headers: HOST })).statusCode, 200);
  t.ok(performance.now() - started < 7000);
  const again = await as('owner');
  t.match(
    (await again.follow('/team/sign-in', { ...FORM, clientSecret: '' })).html,
    /does not answer as one/,
  );
  t.match((await again.follow('/team/sign-in/remove')).html, /The provider is removed/);
  t.equal((await begin()).answer.statusCode, 404);
});
