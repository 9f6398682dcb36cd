import { verify } from '@node-rs/argon2';
import t from 'tap';
import { isRefusal, startCli } from '../fixtures/cli.js';

const PASSWORD = 'correct horse battery';

t.test('a key is printed once and opens the API with its role', async (t) => {
  const cli = await startCli(t);
  const { runtime, get } = await cli.api();
  for (const role of ['desk', 'admin', 'owner'] as const) {
    const made = await cli.json('key', 'add', `the ${role}`, '--role', role);
    t.match(made, {
      name: `the ${role}`,
      role,
      site: 'main',
      lastUsedAt: null,
      key: /^foyer_[A-Za-z0-9_-]{43}$/,
    });
    const { key, ...rest } = made;
    t.match(await runtime.services.team.authenticate(key), { id: made.id, role, site: 'main' });
    const known = (await get('/keys')).items.find(({ id }) => id === made.id);
    t.same({ ...known, lastUsedAt: null }, rest, 'as the API lists it, without the key');
  }
  const { code, out, err } = await cli.run('key', 'add', 'plain', '--role', 'desk');
  t.same({ code, err }, { code: 0, err: '' });
  t.match(out, /^foyer_[A-Za-z0-9_-]{43}\n$/, 'nothing else, for scripts');
  t.match(await runtime.services.team.authenticate(out.trim()), { name: 'plain' });
});

t.test('a key belongs to the site that the command names', async (t) => {
  const cli = await startCli(t);
  const { runtime } = await cli.api();
  await cli.json('site', 'add', 'annex');
  const { key } = await cli.json('key', 'add', 'roof', '--role', 'admin', '--site', 'annex');
  t.match(await runtime.services.team.authenticate(key), { site: 'annex', role: 'admin' });
  t.match(await cli.log('annex'), /key\.added/);
});

t.test('a key without a usable name is refused', async (t) => {
  const cli = await startCli(t);
  for (const name of ['', '  ', 'x'.repeat(101)]) {
    t.ok(isRefusal(await cli.run('key', 'add', name, '--role', 'desk'), /^foyer: name: .*1 to 100/), name);
  }
});

t.test('a person is added with the password from standard input', async (t) => {
  const cli = await startCli(t);
  const { runtime } = await cli.api();
  const add = ['admin', 'add', 'olga@example.com', '--role', 'owner', '--password-stdin'];
  const said = await cli.typing(PASSWORD, ...add, '--json');
  t.equal(said.code, 0, said.err);
  const made: unknown = JSON.parse(said.out);
  t.match(made, { id: /./, email: 'olga@example.com', role: 'owner', site: 'main' });
  const [person] = await runtime.services.team.listPeople();
  t.match(person, { email: 'olga@example.com', role: 'owner' });
  t.ok(await verify(person?.passwordHash ?? '', PASSWORD));
  const text = await cli.typing(
    PASSWORD,
    'admin',
    'add',
    'otto@example.com',
    '--role',
    'desk',
    '--password-stdin',
  );
  t.equal(text.out, 'Added otto@example.com as desk.\n');
});

t.test('a person without a password is added and cannot log in yet', async (t) => {
  const cli = await startCli(t);
  const { runtime } = await cli.api();
  const said = await cli.typing(
    'never read by anyone',
    'admin',
    'add',
    'olga@example.com',
    '--role',
    'admin',
  );
  t.match(said, { code: 0, out: /Without a password there is no login yet/ });
  t.equal((await runtime.services.team.listPeople())[0]?.passwordHash, undefined);
});

t.test('a person that cannot be added is refused with every reason', async (t) => {
  const cli = await startCli(t);
  await cli.typing(PASSWORD, 'admin', 'add', 'olga@example.com', '--role', 'owner', '--password-stdin');
  const cases: [string, string, RegExp[]][] = [
    ['new@example.com', 'short', [/password: .*at least 12/]],
    ['new@example.com', '', [/password: .*at least 12/]],
    ['new@example.com', 'x'.repeat(257), [/password: .*256/]],
    ['nobody', 'short', [/email: /, /password: /]],
    ['Olga@Example.com', PASSWORD, [/Olga@Example\.com is in the team already/]],
  ];
  for (const [email, password, says] of cases) {
    const said = await cli.typing(password, 'admin', 'add', email, '--role', 'desk', '--password-stdin');
    t.ok(isRefusal(said, ...says), said.err);
    t.notOk(password !== '' && said.err.includes(password));
  }
  const { runtime } = await cli.api();
  t.equal((await runtime.services.team.listPeople()).length, 1);
});

t.test('no PIN, password, key or person stands in the log, and no secret in Redis', async (t) => {
  const cli = await startCli(t);
  const person = 'olga@example.com';
  await cli.typing(PASSWORD, 'admin', 'add', person, '--role', 'owner', '--password-stdin');
  const { key } = await cli.json('key', 'add', 'Reception of Olga', '--role', 'admin');
  const visitor = ['--name', 'Ada Lovelace', '--email', 'ada@example.org'];
  const { id, pin } = await cli.json('visit', 'add', ...visitor, '--arrives', '2099-11-23T09:00');
  await cli.json('visit', 'show', id, '--pin');
  const issued = await cli.json('visit', 'reissue', id);
  for (const verb of ['check-in', 'check-out']) await cli.json('visit', verb, id);

  const log = await cli.log();
  const types = [
    'person.added',
    'key.added',
    'visit.registered',
    'pin.shown',
    'pin.reissued',
    'visit.checked-out',
  ];
  for (const type of types) t.ok(log.includes(type), type);
  t.match(log, /command-line/);
  const secrets = [PASSWORD, key, pin, issued.pin];
  const words = JSON.parse(log.replace(/"\d+-\d+"/g, '""')) as unknown;
  const plain = JSON.stringify(words, (_, value) => (/^\d{13}$/.test(String(value)) ? '' : value));
  for (const secret of [...secrets, person, 'Olga', 'Lovelace', 'ada@example.org'])
    t.notOk(plain.includes(secret), `${secret} in the log`);
  const everything = await cli.everything();
  for (const secret of [PASSWORD, key]) t.notOk(everything.includes(secret), `${secret} in Redis`);
  for (const secret of [pin, issued.pin])
    t.notMatch(everything, new RegExp(`"${secret}"`), `${secret} in Redis`);
});

t.test(
  'who lost a password sets a new one by a link of the command line, and nothing changes before',
  async (t) => {
    const cli = await startCli(t, { ADMIN_URL: 'https://admin.example.com' });
    const { runtime } = await cli.api();
    const { people, signIn } = runtime.services;
    await cli.typing(PASSWORD, 'admin', 'add', 'olga@example.com', '--role', 'owner', '--password-stdin');
    const said = await cli.run('admin', 'reset', 'Olga@example.com');
    t.equal(said.code, 0, said.err);
    const link = said.out.trim();
    t.match(link, /^https:\/\/admin\.example\.com\/join\?code=[\w-]{43}$/);
    const login = (password: string) =>
      signIn.withPassword({ email: 'olga@example.com', password, ip: '192.0.2.1', agent: '' });
    t.equal((await login(PASSWORD)).status, 'signed-in');
    const code = new URL(link).searchParams.get('code') ?? '';
    t.equal((await people.join(code, 'another pass phrase')).status, 'done');
    t.equal((await login(PASSWORD)).status, 'refused');
    t.equal((await login('another pass phrase')).status, 'signed-in');
    t.notOk((await cli.everything()).includes(code));
    t.notMatch(await cli.log(), /olga/);
    t.ok(
      isRefusal(await cli.run('admin', 'reset', 'nobody@example.com'), /Nobody in the team has the address/),
    );
  },
);
