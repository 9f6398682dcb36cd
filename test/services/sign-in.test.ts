import { hash } from '@node-rs/argon2';
import { Secret, TOTP } from 'otpauth';
import t from 'tap';
import type { Person } from '../../src/domain/team.js';
import { createPasswordCheck, hashPassword, isOutdated } from '../../src/services/sign-in-passwords.js';
import { PASSWORD } from '../fixtures/admin.js';
import { HOUR, MINUTE, SITE, startRuntime } from '../fixtures/runtime.js';

const FROM = { ip: '192.0.2.1', agent: 'Test' };
const passwordHash = await hashPassword(PASSWORD);

const runtime = await startRuntime(t);
const { signIn, account, people } = runtime.services;
let count = 0;

/** A new person with the password, without the work of hashing it again. */
async function person(more: Partial<Person> = {}): Promise<Person> {
  const id = `person${++count}`;
  const made: Person = {
    id,
    email: `${id}@example.com`,
    role: 'admin',
    site: SITE,
    passwordHash,
    createdAt: runtime.now(),
    ...more,
  };
  if (!(await runtime.stores.team.add(made))) throw new Error('taken');
  return made;
}

const login = (email: string, password = PASSWORD, from: Partial<typeof FROM & { browser: string }> = {}) =>
  signIn.withPassword({ email, password, ...FROM, ip: `10.0.0.${count % 250}`, ...from });

async function sessionOf(who: Person) {
  const begun = await signIn.begin(who, 'Test');
  const session = await signIn.session(begun.token);
  if (!session) throw new Error('no session');
  return { session, begun };
}

const codeOf = (secret: string, steps = 0): string =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: runtime.now() + steps * 30_000 });

/** With the second factor on. */
async function withFactor() {
  const who = await person();
  const { session } = await sessionOf(who);
  const { secret, sealed } = account.offer(session);
  const done = await account.turnOn(session, { sealed, code: codeOf(secret), password: PASSWORD });
  if (done.status !== 'done') throw new Error(done.status);
  runtime.time.advance(MINUTE);
  return { who, secret, codes: done.codes };
}

async function stepOf(email: string): Promise<string> {
  const result = await login(email);
  if (result.status !== 'code-needed') throw new Error(result.status);
  return result.step;
}

t.test(
  'wrong passwords delay the account, longer each time, a minute at most, and never lock it',
  async (t) => {
    const { email } = await person();
    for (let i = 0; i < 5; i++) t.equal((await login(email, 'wrong')).status, 'refused');
    const waits: number[] = [];
    for (let i = 0; i < 8; i++) {
      const held = await login(email, 'wrong');
      if (held.status !== 'throttled') throw new Error(held.status);
      waits.push(held.waitMs);
      t.equal((await login(email)).status, 'throttled', 'the right password waits too');
      runtime.time.advance(held.waitMs);
      t.equal((await login(email, 'wrong')).status, 'refused');
    }
    t.same(waits, [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
    runtime.time.advance(MINUTE);
    t.equal((await login(email)).status, 'signed-in');
    t.equal((await login(email, 'wrong')).status, 'refused', 'then it begins anew');
  },
);

t.test('an address that nobody has is delayed alike', async (t) => {
  count++;
  for (let i = 0; i < 5; i++) t.equal((await login('nobody@example.com', 'wrong')).status, 'refused');
  t.match(await login('Nobody@example.com', 'wrong'), { status: 'throttled', waitMs: 1000 });
  const names = await runtime.server.redis.keys('foyer:sign-in:*');
  t.ok(names.length > 0);
  t.notMatch(names.join(), /example|10\.0\.0/, 'no address stands in a key');
});

t.test('strangers do not keep out a browser that the person signed in with before', async (t) => {
  const { email } = await person();
  const first = await login(email);
  if (first.status !== 'signed-in') throw new Error(first.status);
  for (let i = 0; i < 7; i++) await login(email, 'wrong');
  t.equal((await login(email)).status, 'throttled');
  t.equal((await login(email, PASSWORD, { browser: first.browser })).status, 'signed-in');
  const other = await person();
  for (let i = 0; i < 7; i++) await login(other.email, 'wrong');
  t.equal(
    (await login(other.email, PASSWORD, { browser: first.browser })).status,
    'throttled',
    'it is known for its own account only',
  );
  for (let i = 0; i < 6; i++) await login(email, 'wrong', { browser: first.browser });
  t.equal(
    (await login(email, PASSWORD, { browser: first.browser })).status,
    'throttled',
    'and is counted too',
  );
});

t.test('of twenty wrong passwords at once five are compared', async (t) => {
  const { email } = await person();
  const results = await Promise.all(Array.from({ length: 20 }, () => login(email, 'wrong')));
  t.equal(results.filter(({ status }) => status === 'refused').length, 5);
  t.equal(results.filter(({ status }) => status === 'throttled').length, 15);
});

t.test('one address that tries many accounts is delayed, and its network with it', async (t) => {
  const ip = (i: number) => `2001:db8:7:1::${i.toString(16)}`;
  for (let i = 0; i < 30; i++)
    t.equal((await login(`many${i}@example.com`, 'x', { ip: ip(i) })).status, 'refused');
  t.equal((await login('more@example.com', 'x', { ip: ip(99) })).status, 'throttled');
  t.equal((await login('more@example.com', 'x', { ip: '2001:db8:7:2::1' })).status, 'refused');
  runtime.time.advance(HOUR);
});

t.test('no more than two passwords are compared at once, and a long line is turned away', async (t) => {
  let [now, most] = [0, 0];
  const check = createPasswordCheck((async () => {
    most = Math.max(most, ++now);
    await new Promise((resolve) => setTimeout(resolve, 2));
    now--;
    return true;
  }) as typeof import('@node-rs/argon2').verify);
  const asked = Array.from({ length: 60 }, (_, i) => check('$hash', 'x', i % 2 === 0));
  const results = await Promise.all(asked);
  t.equal(most, 2);
  t.equal(results.filter((one) => one === undefined).length, 60 - 2 * 21);
  t.equal(await check(undefined, 'x', false), false, 'nobody has no right password');
});

t.test('a hash of another cost is made anew when its password is typed', async (t) => {
  const old = await hash(PASSWORD, { memoryCost: 8192, timeCost: 1, parallelism: 1 });
  t.ok(isOutdated(old));
  const { email, id } = await person({ passwordHash: old });
  t.equal((await login(email)).status, 'signed-in');
  const fresh = (await runtime.stores.team.findById(id))?.passwordHash ?? '';
  t.match(fresh, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  t.equal((await login(email)).status, 'signed-in');
});

t.test('with a second factor the password alone signs nobody in', async (t) => {
  const { who, secret } = await withFactor();
  t.equal((await login(who.email, 'wrong')).status, 'refused');
  const step = await stepOf(who.email);
  t.equal(await signIn.waitsForCode(step), true);
  t.equal((await signIn.withCode({ step, code: '000000', ...FROM })).status, 'refused');
  const spaced = codeOf(secret).replace(/^(...)/, '$1 ');
  t.equal((await signIn.withCode({ step, code: spaced, ...FROM })).status, 'signed-in');
  const kept = JSON.stringify(await runtime.server.redis.hgetall('foyer:team'));
  t.notOk(kept.includes(secret), 'the secret is sealed');
});

t.test('a code counts for the steps around it, and once, however many send it at once', async (t) => {
  const { who, secret } = await withFactor();
  const step = await stepOf(who.email);
  const from = (i: number) => ({ ...FROM, ip: `10.9.0.${i}` });
  for (const steps of [-2, 2])
    t.equal(
      (await signIn.withCode({ step, code: codeOf(secret, steps), ...from(steps + 9) })).status,
      'refused',
    );
  const code = codeOf(secret, 1);
  const results = await Promise.all([1, 2, 3].map((i) => signIn.withCode({ step, code, ...from(i) })));
  t.same(results.map(({ status }) => status).sort(), ['refused', 'refused', 'signed-in']);
  t.equal(
    (await signIn.withCode({ step, code: codeOf(secret), ...FROM })).status,
    'refused',
    'nor one from before it',
  );
});

t.test('a recovery code counts once, and is kept as a digest', async (t) => {
  const { who, codes } = await withFactor();
  t.equal(codes.length, 10);
  t.match(codes[0], /^[a-z0-9]{5}-[a-z0-9]{5}$/);
  const kept = JSON.stringify(await runtime.server.redis.hgetall('foyer:team'));
  t.notOk(codes.some((code) => kept.includes(code)));
  const [code = ''] = codes;
  const step = await stepOf(who.email);
  const tries = ['', ' '].map((more) => signIn.withCode({ step, code: code.toUpperCase() + more, ...FROM }));
  const results = await Promise.all(tries);
  t.same(results.map(({ status }) => status).sort(), ['refused', 'signed-in']);
  t.equal((await runtime.stores.team.findById(who.id))?.secondFactor?.recovery.length, 9);
});

t.test('guessing codes is delayed, longer than guessing passwords', async (t) => {
  const { who, secret } = await withFactor();
  const step = await stepOf(who.email);
  const guess = (code = '111111') => signIn.withCode({ step, code, ...FROM, ip: '10.8.0.1' });
  for (let i = 0; i < 5; i++) t.equal((await guess()).status, 'refused');
  t.match(await guess(codeOf(secret)), { status: 'throttled', waitMs: 2000 });
  t.equal((await login(who.email)).status, 'code-needed', 'the right password does not clear it');
  t.equal((await guess(codeOf(secret))).status, 'throttled');
  runtime.time.advance(2000);
  t.equal((await guess(codeOf(secret))).status, 'signed-in');
});

t.test(
  'the step between password and code ends after five minutes, and with what it was made for',
  async (t) => {
    const { who, secret } = await withFactor();
    const step = await stepOf(who.email);
    runtime.time.advance(5 * MINUTE);
    t.equal((await signIn.withCode({ step, code: codeOf(secret), ...FROM })).status, 'over');
    const again = await stepOf(who.email);
    await signIn.signOutEverywhere(who.id);
    t.equal((await signIn.withCode({ step: again, code: codeOf(secret), ...FROM })).status, 'over');
    for (const made of [undefined, '', 'x', `${again}x`])
      t.equal((await signIn.withCode({ step: made, code: codeOf(secret), ...FROM })).status, 'over');
  },
);

t.test('who changes the password signs every other browser out', async (t) => {
  const who = await person();
  const [mine, other] = [await sessionOf(who), await sessionOf(who)];
  const fresh = 'a whole new pass phrase';
  t.match(await account.changePassword(mine.session, { current: 'wrong', password: fresh }), {
    status: 'invalid',
    problems: [{ field: 'current' }],
  });
  t.match(await account.changePassword(mine.session, { current: PASSWORD, password: 'short' }), {
    status: 'invalid',
    problems: [{ field: 'password' }],
  });
  t.equal(
    (await account.changePassword(mine.session, { current: PASSWORD, password: fresh })).status,
    'done',
  );
  const token = await signIn.rotate(mine.session);
  t.equal(await signIn.session(other.begun.token), undefined);
  t.equal(await signIn.session(mine.begun.token), undefined, 'the old cookie is void');
  t.ok(await signIn.session(token));
  t.equal((await login(who.email)).status, 'refused');
  t.equal((await login(who.email, fresh)).status, 'signed-in');
});

t.test('a login that begins while the password changes is none', async (t) => {
  const who = await person();
  const { session } = await sessionOf(who);
  const late = await runtime.stores.team.findById(who.id);
  await account.changePassword(session, { current: PASSWORD, password: 'another pass phrase' });
  const begun = await signIn.begin(late as Person, 'Test');
  t.equal(await signIn.session(begun.token), undefined);
});

t.test('the second factor goes off by the password alone; recovery codes come by a code too', async (t) => {
  const { who, secret } = await withFactor();
  const { session } = await sessionOf((await people.find(who.id)) as Person);
  t.match(await account.turnOff(session, 'wrong'), { status: 'invalid', problems: [{ field: 'off' }] });
  t.equal((await account.renewCodes(session, codeOf(secret))).status, 'done', 'a code proves');
  t.match(await account.renewCodes(session, codeOf(secret)), { status: 'invalid' }, 'but once');
  runtime.time.advance(MINUTE);
  t.match(await account.turnOff(session, codeOf(secret)), { status: 'invalid' }, 'off takes the password');
  t.equal((await account.turnOff(session, PASSWORD)).status, 'done');
  t.equal((await people.find(who.id))?.secondFactor, undefined);
  t.equal((await login(who.email)).status, 'signed-in');
});
