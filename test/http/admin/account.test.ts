import { Secret, TOTP } from 'otpauth';
import t from 'tap';
import { type Member, PASSWORD, startAdmin } from '../../fixtures/admin.js';
import { lookAt, originOf, startBrowser } from '../../fixtures/browser.js';
import { MINUTE } from '../../fixtures/runtime.js';

const { app, runtime, as } = await startAdmin(t);
const FORM = 'application/x-www-form-urlencoded';

const cookieIn = (headers: Record<string, unknown>, name: string): string => {
  const all = [headers['set-cookie']].flat().map(String);
  return all.find((one) => one.startsWith(`${name}=`))?.split(';')[0] ?? '';
};

/** A form of somebody with this cookie, with the token of the page that they see. */
async function send(cookie: string, url: string, fields: Record<string, string> = {}) {
  const page = await app.inject({ url: '/account', headers: { host: 'localhost', cookie } });
  const token = /name="_csrf" value="([^"]+)"/.exec(page.payload)?.[1] ?? '';
  return app.inject({
    method: 'POST',
    url,
    headers: { host: 'localhost', cookie, 'content-type': FORM },
    payload: new URLSearchParams({ _csrf: token, ...fields }).toString(),
  });
}

const get = (cookie: string, url: string) => app.inject({ url, headers: { host: 'localhost', cookie } });

const login = (
  email: string,
  password: string,
  cookie = '',
  agent = 'Mozilla/5.0 (X11; Linux) Firefox/140.0',
) =>
  app.inject({
    method: 'POST',
    url: '/login',
    headers: { host: 'localhost', cookie, 'content-type': FORM, 'user-agent': agent },
    payload: new URLSearchParams({ email, password, next: '/account' }).toString(),
  });

const codeOf = (secret: string): string =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: runtime.now() });

/** Turns the second factor on, as the page asks for it. */
async function turnOn(who: Member) {
  const page = await get(who.cookie, '/account/second-factor');
  const secret = [...page.payload.matchAll(/<code>([A-Z2-7]{1,4})<\/code>/g)]
    .map(([, part]) => part)
    .join('');
  const sealed = /name="secret" value="([^"]+)"/.exec(page.payload)?.[1] ?? '';
  const on = (code: string, password = PASSWORD) =>
    send(who.cookie, '/account/second-factor', { secret: sealed, code, password });
  const wrong = await on('000000');
  const without = await on(codeOf(secret), '');
  const done = await on(codeOf(secret));
  const codes = [...done.payload.matchAll(/^(?:<pre id="codes">)?([a-z0-9]{5}-[a-z0-9]{5})$/gm)].map(
    ([, one]) => one ?? '',
  );
  runtime.time.advance(MINUTE);
  return { page, secret, wrong, without, done, codes, cookie: cookieIn(done.headers, 'foyer') };
}

t.test(
  'the second factor is set up by picture or text, confirmed by a code, and asked for from then on',
  async (t) => {
    const ann = await as('desk');
    const { page, secret, wrong, without, done, codes, cookie } = await turnOn(ann);
    t.match(page.payload, /<img src="data:image\/svg\+xml;base64,/);
    t.equal(secret.length, 32);
    t.equal(wrong.statusCode, 422);
    t.match(wrong.payload, /not the code that the app shows/);
    t.match(wrong.payload, new RegExp(`<code>${secret.slice(0, 4)}</code>`), 'the same secret again');
    t.equal(without.statusCode, 422);
    t.match(without.payload, /That is not your password/, 'a browser left open turns nothing on');
    t.match(without.payload, new RegExp(`<code>${secret.slice(0, 4)}</code>`));
    t.equal(done.statusCode, 200);
    t.equal(codes.length, 10);
    t.equal((await get(ann.cookie, '/account')).statusCode, 303, 'the old cookie is void');
    t.match((await get(cookie, '/account')).payload, /Recovery codes left: <strong>10/);

    const first = await login(ann.email, PASSWORD);
    t.equal(first.headers.location, '/login/code?next=%2Faccount');
    t.equal(cookieIn(first.headers, 'foyer'), '', 'nobody is signed in yet');
    const step = cookieIn(first.headers, 'foyer-step');
    t.match(
      String(first.headers['set-cookie']),
      /foyer-step=[^;]+; Max-Age=300; Path=\/; HttpOnly; SameSite=Lax/,
    );
    t.equal((await get(step, '/login/code')).statusCode, 200);
    t.equal((await get('', '/login/code')).headers.location, '/login?next=%2F');
    t.equal((await get(step, '/account')).statusCode, 303, 'the step opens nothing');
    const type = (code: string, headers: Record<string, string> = {}) =>
      app.inject({
        method: 'POST',
        url: '/login/code',
        headers: { host: 'localhost', cookie: step, 'content-type': FORM, ...headers },
        payload: new URLSearchParams({ code, next: '/account' }).toString(),
      });
    const refused = await type('123 456');
    t.equal(refused.statusCode, 422);
    t.match(refused.payload, /That code is wrong/);
    t.equal((await type(codeOf(secret), { origin: 'https://evil.example' })).statusCode, 403);
    const right = await type(codeOf(secret));
    t.equal(right.headers.location, '/account');
    t.match(cookieIn(right.headers, 'foyer'), /=./);
    t.equal((await type(codeOf(secret))).statusCode, 422, 'a code counts once');
    t.equal((await type(codes[3] ?? '')).headers.location, '/account', 'a recovery code does too');
  },
);

t.test('turning the second factor off takes the password, not a code', async (t) => {
  const ann = await as('desk');
  const { secret, cookie } = await turnOn(ann);
  for (const off of ['', 'wrong password', codeOf(secret)]) {
    const refused = await send(cookie, '/account/second-factor/off', { off, proof: PASSWORD });
    t.equal(refused.statusCode, 422);
    t.match(refused.payload, /id="off-problem">That is not your password/);
  }
  const done = await send(cookie, '/account/second-factor/off', { off: PASSWORD });
  t.equal(done.headers.location, '/account');
  t.equal((await login(ann.email, PASSWORD)).headers.location, '/account', 'no code is asked for');
});

t.test('who signs in by the provider alone has no second factor here', async (t) => {
  const eve = await as('desk');
  await runtime.stores.team.change(eve.person, ({ passwordHash: _, ...person }) => person);
  t.equal((await get(eve.cookie, '/account/second-factor')).headers.location, '/account');
  t.match((await get(eve.cookie, '/account')).payload, /Your provider asks for its own/);
  const session = { person: { id: eve.person } } as Parameters<typeof runtime.services.account.offer>[0];
  const { sealed, secret } = runtime.services.account.offer(session);
  const fields = { secret: sealed, code: codeOf(secret), password: '' };
  const refused = await send(eve.cookie, '/account/second-factor', fields);
  t.equal(refused.statusCode, 422);
  t.match(refused.payload, /You have no password here/);
});

t.test('the password changes by the present one; what is wrong stands at its field', async (t) => {
  const ann = await as('desk');
  const wrong = await send(ann.cookie, '/account/password', { current: 'x', password: 'a new pass phrase' });
  t.equal(wrong.statusCode, 422);
  t.match(wrong.payload, /That is not your present password/);
  t.notMatch(wrong.payload, /a new pass phrase/);
  const short = await send(ann.cookie, '/account/password', { current: PASSWORD, password: 'short' });
  t.match(short.payload, /at least 12 characters/);
  const done = await send(ann.cookie, '/account/password', {
    current: PASSWORD,
    password: 'a new pass phrase',
  });
  t.equal(done.headers.location, '/account');
  const cookies = `${cookieIn(done.headers, 'foyer')}; ${cookieIn(done.headers, 'foyer-flash')}`;
  t.match((await get(cookies, '/account')).payload, /Your password is changed/);
  t.equal((await get(ann.cookie, '/account')).statusCode, 303);
});

t.test('wrong present passwords are delayed for this login', async (t) => {
  const ann = await as('desk');
  const guess = () => send(ann.cookie, '/account/password', { current: 'x', password: 'a new pass phrase' });
  for (let i = 0; i < 5; i++) t.equal((await guess()).statusCode, 422);
  const held = await guess();
  t.equal(held.statusCode, 429);
  t.equal(held.headers['retry-after'], '1');
  t.match(held.payload, /too many attempts\. Try again in 1 second\./);
});

t.test('every signed-in browser is listed and can be signed out, one or all', async (t) => {
  const ann = await as('desk');
  const phone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1';
  const second = cookieIn((await login(ann.email, PASSWORD)).headers, 'foyer');
  const odd = cookieIn(
    (await login(ann.email, PASSWORD, '', '"><img src=x onerror=alert(1)>')).headers,
    'foyer',
  );
  const third = cookieIn((await login(ann.email, PASSWORD, '', phone)).headers, 'foyer');
  const page = (await get(second, '/account')).payload;
  t.match(page, /Firefox on Linux/);
  t.match(page, /Safari on iPhone/);
  t.notMatch(page, /<img src=x/);
  t.equal(page.match(/this one/g)?.length, 1);
  const handle = /logins\/([\w-]+)\/end"[\s\S]*?Sign out Safari on iPhone/.exec(
    page.slice(page.indexOf('Safari on iPhone')),
  )?.[1];
  const ended = await send(second, `/account/logins/${handle}/end`);
  t.equal(ended.headers.location, '/account');
  t.equal((await get(third, '/account')).statusCode, 303);
  t.equal((await get(odd, '/account')).statusCode, 200);
  const bob = await as('desk');
  await send(bob.cookie, `/account/logins/${handle}/end`);
  t.equal((await get(odd, '/account')).statusCode, 200);
  const all = await send(second, '/account/logins/end');
  t.equal(all.headers.location, '/login');
  for (const cookie of [ann.cookie, second, odd]) t.equal((await get(cookie, '/account')).statusCode, 303);
  t.equal((await get(bob.cookie, '/account')).statusCode, 200, 'of this person only');
});

t.test('who tries too often is told how long to wait', async (t) => {
  for (let i = 0; i < 6; i++) await login('zoe@example.com', 'wrong password');
  const held = await login('zoe@example.com', 'wrong password');
  t.equal(held.statusCode, 429);
  t.equal(held.headers['retry-after'], '1');
  t.match(held.payload, /There were too many attempts\. Try again in 1 second\./);
});

t.test(
  'a browser that signed in before carries a cookie for long, and strangers do not keep it out',
  async (t) => {
    const ann = await as('desk');
    const first = await login(ann.email, PASSWORD);
    t.match(
      String(first.headers['set-cookie']),
      /foyer-browser=[\w-]+\.[\w-]+; Max-Age=34560000; Path=\/; HttpOnly/,
    );
    for (let i = 0; i < 6; i++) await login(ann.email, 'wrong password');
    t.equal((await login(ann.email, PASSWORD)).statusCode, 429);
    t.equal((await login(ann.email, PASSWORD, cookieIn(first.headers, 'foyer-browser'))).statusCode, 303);
  },
);

t.test('without a mail server a forgotten password says whom to ask; no form is answered', async (t) => {
  const page = await app.inject({ url: '/login/forgot', headers: { host: 'localhost' } });
  t.match(page.payload, /foyer admin reset/);
  t.match(page.payload, /Ask an owner for a link/);
});

t.test('the pages can be read in both schemes, on a phone and at a desk', async (t) => {
  const browser = await startBrowser(t);
  const origin = await originOf(app);
  const bob = await as('admin');
  await turnOn(bob);
  const step = cookieIn((await login(bob.email, PASSWORD)).headers, 'foyer-step');
  t.same(await lookAt(browser, origin, '/login/code', 'login-code', { cookie: step }), []);
});
