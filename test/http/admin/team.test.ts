import t from 'tap';
import { PASSWORD, startAdmin } from '../../fixtures/admin.js';
import { contextOf, originOf, startBrowser } from '../../fixtures/browser.js';

const { app, runtime, as } = await startAdmin(t);
const owner = await as('owner');
const HOST = { host: 'localhost' };
const FORM = { ...HOST, 'content-type': 'application/x-www-form-urlencoded' };

const idOf = async (email: string): Promise<string> =>
  (await runtime.services.people.list()).find((one) => one.email === email)?.id ?? '';

const linkIn = (html: string): string => /<code id="link">([^<]+)</.exec(html)?.[1] ?? '';

t.test('an owner invites somebody, who sets a password by the link and signs in', async (t) => {
  const wrong = await owner.post('/team', { email: 'nobody', role: 'desk', site: 'main' });
  t.equal(wrong.status, 422);
  t.match(wrong.html, /That is not an e-mail address/);
  const made = await owner.post('/team', { email: 'nina@example.com', role: 'admin', site: 'main' });
  t.equal(made.status, 200);
  const link = linkIn(made.html);
  t.match(link, /^http:\/\/localhost\/join\?code=/);
  t.match(made.html, /Send it to them yourself/);
  const list = await owner.get('/team');
  t.match(list.html, /nina@example\.com/);
  t.match(list.html, /invited/);
  t.notMatch(list.html, /join\?code/, 'the link is shown once');

  const { search } = new URL(link);
  t.match((await app.inject({ url: `/join${search}`, headers: HOST })).payload, /Join the team/);
  const code = new URL(link).searchParams.get('code') ?? '';
  const join = (password: string, headers = {}) =>
    app.inject({
      method: 'POST',
      url: '/join',
      headers: { ...FORM, ...headers },
      payload: new URLSearchParams({ code, password }).toString(),
    });
  t.equal((await join(PASSWORD, { origin: 'https://evil.example' })).statusCode, 403);
  const short = await join('short');
  t.equal(short.statusCode, 422);
  t.match(short.payload, /at least 12 characters/);
  t.match((await join(PASSWORD)).payload, /Your password is set/);
  t.equal((await join(PASSWORD)).statusCode, 410);
  t.equal((await app.inject({ url: `/join${search}`, headers: HOST })).statusCode, 410);
  const again = await owner.post('/team', { email: 'Nina@example.com', role: 'desk', site: 'main' });
  t.match(again.html, /is in the team already/);
});

t.test('a role changes, access goes off and on, a sign-in is reset, a person is removed', async (t) => {
  const bob = await as('desk');
  const id = await idOf(bob.email);
  t.match(
    (await owner.follow(`/team/${id}`, { role: 'admin', site: 'main' })).html,
    /has the role admin now/,
  );
  t.equal((await bob.get('/account')).status, 303, 'signed out at once');
  t.match((await owner.get(`/team/${id}/deactivate`)).html, /Turn off the access of/);
  t.match((await owner.follow(`/team/${id}/deactivate`)).html, /access off/);
  t.match((await owner.follow(`/team/${id}/activate`)).html, /is on again/);
  t.match((await owner.get(`/team/${id}/reset`)).html, /void at once/);
  const reset = await owner.post(`/team/${id}/reset`);
  t.match(linkIn(reset.html), /join\?code=/);
  t.match((await owner.get(`/team/${id}/remove`)).html, /Remove .* from the team\?/);
  t.match((await owner.follow(`/team/${id}/remove`)).html, /is removed from the team/);
  t.equal((await owner.get(`/team/${id}`)).status, 404);
  t.equal((await owner.post(`/team/${id}/remove`)).status, 404);
  t.equal((await owner.post(`/team/${owner.person}`, { role: 'boss', site: 'main' })).status, 422);
});

t.test('the last owner stays, and one does not demote oneself by a slip', async (t) => {
  const alone = await owner.follow(`/team/${owner.person}`, { role: 'desk', site: 'main', sure: 'yes' });
  t.match(alone.html, /only owner who can sign in/);
  t.match((await owner.follow(`/team/${owner.person}/remove`)).html, /only owner who can sign in/);
  t.match((await owner.follow(`/team/${owner.person}/deactivate`)).html, /only owner who can sign in/);
  const second = await as('owner');
  const asked = await second.post(`/team/${second.person}`, { role: 'desk', site: 'main' });
  t.equal(asked.status, 200);
  t.match(asked.html, /Take the role owner from yourself\?/);
  t.equal((await second.get('/team')).status, 200, 'nothing happened yet');
  t.match((await second.get(`/team/${second.person}/remove`)).html, /That is you/);
  t.equal((await second.get(`/team/${second.person}/reset`)).location, '/account');
  t.equal((await second.post(`/team/${second.person}/reset`)).status, 403);
  await second.post(`/team/${second.person}`, { role: 'desk', site: 'main', sure: 'yes' });
  t.equal((await second.get('/team')).status, 303);
});

t.test('a key is shown once, listed without itself, and removed after a question', async (t) => {
  const wrong = await owner.post('/keys', { name: ' ', role: 'desk', site: 'main' });
  t.equal(wrong.status, 422);
  t.match(wrong.html, /A key needs a name/);
  const name = `"><script>alert(1)</script> <%= 1 %>`;
  const made = await owner.post('/keys', { name, role: 'desk', site: 'main' });
  const secret = /<code id="key">(foyer_[\w-]{43})</.exec(made.html)?.[1] ?? '';
  t.match(await runtime.services.team.authenticate(secret), { name, role: 'desk' });
  const list = (await owner.get('/keys')).html;
  t.notOk(list.includes(secret));
  t.notMatch(list, /<script>alert/);
  t.match(list, /&lt;script&gt;alert\(1\)/);
  const [key] = await runtime.services.team.listKeys();
  t.match((await owner.get(`/keys/${key?.id}/remove`)).html, /is refused from then on/);
  t.match((await owner.follow(`/keys/${key?.id}/remove`)).html, /is removed/);
  t.equal(await runtime.services.team.authenticate(secret), undefined);
  t.equal((await owner.post(`/keys/${key?.id}/remove`)).status, 404);
});

t.test('a site is added, shown, and removed with all that is named before', async (t) => {
  const wrong = await owner.post('/sites', { id: 'North Wing', name: '', timeZone: 'Mars/Base' });
  t.equal(wrong.status, 422);
  t.match(wrong.html, /site\.timeZone takes a zone/);
  t.equal((await owner.post('/sites', { id: 'North Wing' })).status, 422);
  const added = await owner.follow('/sites', { id: 'annex', name: 'Annex <b>', timeZone: 'Asia/Tokyo' });
  t.match(added.html, /The site &quot;annex&quot; is there/);
  t.match(added.html, /Annex &lt;b&gt;/);
  t.match((await owner.post('/sites', { id: 'annex' })).html, /There is a site &quot;annex&quot; already/);
  await runtime.services.team.addKey({ name: 'x', role: 'desk', site: 'annex' as never }, 'test');
  const asked = (await owner.get('/sites/annex/remove')).html;
  t.match(asked, /0 visits with their PINs, its settings, its log and 1 API key\./);
  t.match((await owner.follow('/sites/annex/remove')).html, /The site &quot;annex&quot; is removed/);
  t.equal((await owner.get('/sites/main/remove')).status, 409);
  t.equal((await owner.post('/sites/main/remove')).status, 409);
  t.equal((await owner.get('/sites/annex/remove')).status, 404);
});

t.test('with script off an owner invites, copies the link, and the person comes in', async (t) => {
  const browser = await startBrowser(t);
  const origin = await originOf(app);
  const mine = await contextOf(browser, origin, { cookie: owner.cookie, script: false });
  const page = await mine.newPage();
  await page.goto('/team');
  await page.getByRole('link', { name: 'Invite somebody' }).click();
  await page.getByLabel('E-mail address').fill('rosa@example.com');
  await page.getByRole('button', { name: 'Invite' }).click();
  const link = (await page.locator('#link').textContent()) ?? '';
  const theirs = await contextOf(browser, origin, { script: false });
  const other = await theirs.newPage();
  await other.goto(link);
  await other.getByLabel('New password').fill(PASSWORD);
  await other.getByRole('button', { name: 'Set this password' }).click();
  await other.getByRole('link', { name: 'Sign in' }).click();
  await other.getByLabel('E-mail address').fill('rosa@example.com');
  await other.getByLabel('Password').fill(PASSWORD);
  await other.getByRole('button', { name: 'Sign in' }).click();
  await other.goto('/account');
  t.match(await other.locator('main').textContent(), /rosa@example\.com/);
  await mine.close();
  await theirs.close();
});
