import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { type Config, describeConfig, loadConfig } from '../src/config.js';
import { CONFIG_TABLE, type Variable } from '../src/config-table.js';
import { loadOrMakeSecret } from '../src/secret.js';

const load = (env: Record<string, string>, files: Record<string, string> = {}) =>
  loadConfig(env, (path) => {
    const text = files[path];
    if (text === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
    return text;
  });

function good(env: Record<string, string>, files?: Record<string, string>): Config {
  const loaded = load(env, files);
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
  return loaded.config;
}

function bad(env: Record<string, string>, files?: Record<string, string>): string[] {
  const loaded = load(env, files);
  return loaded.ok ? [] : loaded.problems;
}

const VARIABLES = Object.values<Variable<unknown>>(CONFIG_TABLE);

t.test('an empty environment gives the defaults of the contract', async (t) => {
  t.strictSame(good({}), {
    port: 8080,
    host: '::',
    adminPort: 8081,
    adminHost: '127.0.0.1',
    peoplePort: 8082,
    peopleHost: '127.0.0.1',
    radiusHost: '::',
    radiusPort: 1812,
    radiusAccountingPort: 1813,
    tlsPort: 8443,
    dataDir: './data',
    trustProxy: [],
    logLevel: 'info',
    roles: ['guest', 'admin', 'people', 'worker'],
  });
  t.strictSame(good({ PORT: '', PORTAL_URL: '' }), good({}), 'an empty variable counts as not set');
});

t.test('right values are read in the form that the program needs', async (t) => {
  const config = good({
    PORT: '0',
    HOST: 'guests.lan',
    PORTAL_URL: 'https://WiFi.example.com:443/',
    TRUST_PROXY: '10.0.0.2, 192.168.0.0/24,::1',
    ROLES: 'worker,guest',
    REDIS_URL: 'redis-sentinel://a:1,b:2/main',
    SMTP_URL: 'smtp://u:p@mail:25',
    MAIL_FROM: 'Desk <desk@example.com>',
  });
  t.match(config, {
    port: 0,
    host: 'guests.lan',
    portalUrl: 'https://wifi.example.com',
    trustProxy: ['10.0.0.2', '192.168.0.0/24', '::1'],
    roles: ['guest', 'worker'],
    mailFrom: 'Desk <desk@example.com>',
  });
});

t.test('every problem is named at once, with what was given and an example', async (t) => {
  const problems = bad({
    PORT: '99999',
    ADMIN_PORT: '80a',
    HOST: '10.0.0.1:80',
    PORTAL_URL: 'https://wifi.example.com/portal',
    ADMIN_URL: 'admin.example.com',
    REDIS_URL: 'http://u:hunter2@10.0.0.5',
    TRUST_PROXY: '10.0.0.0/33',
    SECRET: 'too short to be secret',
    LOG_LEVEL: 'loud',
    ROLES: 'guest,desk',
    SMTP_URL: 'mail.example.com',
    MAIL_FROM: 'nobody',
  });
  t.equal(problems.length, 12);
  t.strictSame(
    problems.map((problem) => problem.split(':')[0]),
    VARIABLES.map(({ name }) => name).filter((name) => problems.some((p) => p.startsWith(`${name}:`))),
    'in the order of the table',
  );
  for (const problem of problems) t.match(problem, /^([A-Z_]+): .* For example: \1=./);
  t.match(problems[0], /"99999"/);
  t.notMatch(problems.join('\n'), /hunter2|too short/);
});

t.test('a value may stand in a file, and only in one place', async (t) => {
  const secret = 's'.repeat(40);
  t.equal(good({ SECRET_FILE: '/run/secret' }, { '/run/secret': `${secret}\n` }).secret, secret);
  t.match(bad({ SECRET_FILE: '/run/secret' }), [/^SECRET_FILE: .*"\/run\/secret" cannot be read \(ENOENT\)/]);
  t.match(bad({ SECRET_FILE: '/run/secret' }, { '/run/secret': '\n' }), [/^SECRET_FILE: .* is empty/]);
  t.match(bad({ SECRET: secret, SECRET_FILE: '/x' }, { '/x': secret }), [
    /^SECRET and SECRET_FILE are both set/,
  ]);
});

t.test('values that do not go together are named', async (t) => {
  t.match(bad({ ROLES: 'guest' }), [/^ROLES .* set REDIS_URL/]);
  t.match(bad({ PORT: '8081', ADMIN_HOST: '::' }), [/^ADMIN_PORT and PORT are both 8081/]);
  t.match(
    bad({ PORT: '8081' }),
    [/^ADMIN_PORT and PORT are both 8081/],
    'every address holds the loopback too',
  );
  t.strictSame(
    bad({ PORT: '80', HOST: '10.0.0.1', ADMIN_PORT: '80' }),
    [],
    'one port on two addresses is fine',
  );
  t.strictSame(bad({ PORT: '0', ADMIN_PORT: '0', PEOPLE_PORT: '0' }), []);
});

t.test(
  'a certificate and its key are read from a path or given as text, and must belong together',
  async (t) => {
    const pair = (name: string) => {
      const request = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -keyout - -out -';
      const text = execFileSync('openssl', [...request.split(' '), '-subj', `/CN=${name}`], {
        encoding: 'utf8',
      });
      const [key = '', cert = ''] = text.split(/(?=-----BEGIN CERT)/);
      return { key, cert };
    };
    const [one, two] = [pair('one'), pair('two')];
    const files = { '/c': one.cert, '/k': one.key, '/other': two.key, '/text': 'hello' };
    t.equal(good({ TLS_CERT: '/c', TLS_KEY: '/k' }, files).tlsCert, one.cert);
    const config = good({ TLS_CERT: one.cert, TLS_KEY_FILE: '/k' }, files);
    t.equal(config.tlsKey, one.key.trimEnd());
    t.match(bad({ TLS_CERT: '/c' }, files), [/^TLS_CERT is set and TLS_KEY is not/]);
    t.match(bad({ TLS_CERT: '/c', TLS_KEY: '/other' }, files), [/^TLS_KEY does not belong/]);
    t.match(bad({ TLS_CERT: '/text', TLS_KEY: '/none' }, files), [
      /^TLS_CERT: .* no certificate/,
      /^TLS_KEY: .*ENOENT/,
    ]);
    t.match(bad({ TLS_CERT: '/c', TLS_KEY: '/k', TLS_PORT: '8080' }, files), [/^TLS_PORT and PORT/]);
    const rows = describeConfig(config, { TLS_CERT: one.cert, TLS_KEY_FILE: '/k' });
    t.equal(rows.find((row) => row.name === 'TLS_KEY')?.value, '/k');
    t.equal(rows.find((row) => row.name === 'TLS_CERT')?.value, '(PEM text)');
  },
);

t.test('every form of REDIS_URL is understood, and what is wrong is said without its password', async (t) => {
  for (const url of [
    'redis://localhost',
    'redis://user:p%40ss@[::1]:6380/2',
    'rediss://:secret@redis.example.com',
    'unix:/run/redis.sock',
    'unix:///run/redis.sock?db=1',
    'redis-sentinel://:pw@h1:26379,h2/main?sentinelPassword=x&db=3',
    'redis-cluster://h1:7000,h2:7001',
  ])
    t.strictSame(bad({ REDIS_URL: url }), [], url);
  for (const url of [
    'localhost:6379',
    'mysql://:hidden@h',
    'redis://',
    'redis://h1,h2',
    'redis://h:70000',
    'redis://h/x',
    'redis://:hidden@h/?stray=1',
    'redis://h/%zz',
    'unix:relative.sock',
    'redis-sentinel://h1:26379',
    'redis-cluster://h1/3',
  ]) {
    const problems = bad({ REDIS_URL: url });
    t.match(problems, [/^REDIS_URL: ".*" is wrong: .+ For example:/], url);
    t.notMatch(problems.join(), /hidden/);
  }
});

t.test('the description shows what is in force and where it comes from, without secrets', async (t) => {
  const env = {
    PORT: '80',
    SECRET: 'k'.repeat(32),
    REDIS_URL: 'redis-sentinel://u:hidden1@h:1/main?sentinelPassword=hidden2',
    SMTP_URL_FILE: '/smtp',
  };
  const rows = describeConfig(good(env, { '/smtp': 'smtp://u:hidden3@mail' }), env);
  t.strictSame(
    rows.map((row) => row.name),
    VARIABLES.map((row) => row.name),
  );
  const row = (name: string) => rows.find((one) => one.name === name);
  t.match(row('PORT'), { value: '80', source: 'environment' });
  t.match(row('ADMIN_PORT'), { value: '8081', source: 'default' });
  t.match(row('SMTP_URL'), { value: 'smtp://u:***@mail', source: 'file' });
  t.match(row('SECRET'), { value: '********', source: 'environment' });
  t.match(row('REDIS_URL'), { value: 'redis-sentinel://u:***@h:1/main?sentinelPassword=***' });
  t.notMatch(JSON.stringify(rows), /hidden|kkkk/);
});

t.test('every variable has one sentence and an example that is right', async (t) => {
  for (const { name, help, example } of VARIABLES) {
    t.match(help, /^[A-Z].*[^.]\.$/, name);
    if (name.startsWith('TLS_') && name !== 'TLS_PORT') continue;
    t.strictSame(bad({ REDIS_URL: 'redis://localhost', [name]: example }), [], `${name}=${example}`);
  }
});

t.test('the secret of a data folder is made once, for its owner only', async (t) => {
  const parent = await mkdtemp(join(tmpdir(), 'foyer-secret-'));
  t.teardown(() => rm(parent, { recursive: true }));
  const dataDir = join(parent, 'data');
  const made = await Promise.all(Array.from({ length: 8 }, () => loadOrMakeSecret(dataDir)));
  t.equal(new Set(made).size, 1, 'eight at once agree on one');
  t.match(made[0], /^[0-9a-f]{64}$/);
  const path = join(dataDir, 'secret');
  t.equal((await stat(path)).mode & 0o777, 0o600);
  t.equal((await stat(dataDir)).mode & 0o777, 0o700);
  t.equal((await readFile(path, 'utf8')).trim(), made[0]);
  await chmod(path, 0o644);
  t.equal(await loadOrMakeSecret(dataDir), made[0]);
  t.equal((await stat(path)).mode & 0o777, 0o600, 'too wide a mode is narrowed');
  await writeFile(path, 'short');
  await t.rejects(loadOrMakeSecret(dataDir), /holds no secret/);
});
