import t from 'tap';
import { DriverError } from '../../src/drivers/driver.js';
import { createLogin, EXPIRED, TryLaterError } from '../../src/drivers/login.js';
import { testClock } from '../fixtures/runtime.js';

/** A gateway that counts its logins, and forgets them when it is told to. */
function gateway() {
  const now = testClock();
  let session = 0;
  let refusal: DriverError | undefined;
  const tries: number[] = [];
  const login = createLogin<number>({
    name: 'Router',
    now,
    login: async () => {
      tries.push(now());
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (refusal) throw refusal;
      return ++session;
    },
  });
  return {
    now,
    tries,
    login,
    call: () => login.use(async (mine) => (mine === session ? mine : EXPIRED)),
    forget: () => {
      session += 100;
    },
    refuse: (error?: DriverError) => {
      refusal = error;
    },
  };
}

t.test('a hundred calls at once log in once, and once more when the session is gone', async (t) => {
  const { call, forget, tries } = gateway();
  await Promise.all(Array.from({ length: 100 }, call));
  t.equal(tries.length, 1);
  forget();
  await Promise.all(Array.from({ length: 100 }, call));
  t.equal(tries.length, 2);
});

t.test('a session that is never known is said, not tried for ever', async (t) => {
  const { login, tries } = gateway();
  await t.rejects(
    login.use(async () => EXPIRED),
    { code: 'login-refused' },
  );
  t.equal(tries.length, 2);
});

t.test('a refused login is not tried again at once, by whoever comes', async (t) => {
  const { call, now, refuse, tries } = gateway();
  refuse(new DriverError('login-refused', 'wrong password'));
  for (let i = 0; i < 10; i++) await t.rejects(call(), { code: 'login-refused' });
  t.equal(tries.length, 1);
  now.advance(61_000);
  refuse();
  await t.resolves(call());
  t.equal(tries.length, 2);
});

t.test(
  'a gateway that has had too many logins is left alone for as long as it says, and ever longer',
  async (t) => {
    const { call, now, refuse, tries } = gateway();
    refuse(new TryLaterError('too many logins', now() + 600_000));
    await t.rejects(call(), { code: 'busy' });
    now.advance(599_000);
    await t.rejects(call(), { code: 'busy' });
    t.equal(tries.length, 1);
    now.advance(2000);
    refuse(new DriverError('busy', 'still too many'));
    await t.rejects(call(), { code: 'busy' });
    now.advance(59_000);
    await t.rejects(call(), { code: 'busy' });
    t.equal(tries.length, 2, 'the second time it waits twice as long');
    now.advance(2000);
    refuse();
    await t.resolves(call());
  },
);

t.test('a session is renewed before it ends', async (t) => {
  const now = testClock();
  let logins = 0;
  const login = createLogin<{ end: number }>({
    name: 'Router',
    now,
    login: async () => {
      logins++;
      return { end: now() + 60_000 };
    },
    goodUntil: ({ end }) => end,
  });
  const call = () => login.use(async ({ end }) => end);
  await call();
  now.advance(59_000);
  await call();
  t.equal(logins, 1);
  now.advance(2000);
  await Promise.all([call(), call()]);
  t.equal(logins, 2);
});

t.test('a session that is over when it comes is used once, not renewed for ever', async (t) => {
  let logins = 0;
  const now = testClock();
  const login = createLogin<number>({
    name: 'Router',
    now,
    goodUntil: () => now() - 1,
    login: async () => {
      if (++logins > 20) throw new DriverError('bad-answer', 'no end to it');
      return logins;
    },
  });
  t.equal(await login.use(async (session) => session), 1);
  t.equal(await login.use(async (session) => session), 2);
  t.strictSame(await Promise.all([1, 2, 3].map(() => login.use(async (session) => session))), [3, 3, 3]);
});
