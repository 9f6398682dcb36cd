import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t, { type Test } from 'tap';
import { lives, readOwner } from '../../src/redis/owner-lock.js';
import { ask, socketFor } from '../../src/redis/private-server.js';
import { isRefusal, type Json, type Said, SECRET } from '../fixtures/cli.js';
import { redisFolder, startRedis } from '../fixtures/redis.js';

const ROOT = resolve(import.meta.dirname, '../..');
const ADD = ['visit', 'add', '--name', 'Ada', '--arrives', '2099-11-23T09:00'];

interface Process {
  child: ChildProcess;
  said: Promise<Said>;
  /** Resolves with standard output as soon as it matches. */
  says(pattern: RegExp): Promise<string>;
}

/** Runs a script of the checkout with this environment and nothing of the test's own. */
function start(t: Test, script: string, argv: string[], env: Record<string, string>, input = ''): Process {
  // tap would load itself into the child by NODE_OPTIONS: operators have no such thing.
  const child = spawn('env', ['-u', 'NODE_OPTIONS', process.execPath, join(ROOT, script), ...argv], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  t.teardown(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (data) => {
    out += data;
  });
  child.stderr.on('data', (data) => {
    err += data;
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const said = once(child, 'close').then(([code]) => ({ code: Number(code), out, err }));
  return {
    child,
    said,
    says: (pattern) =>
      new Promise((done, fail) => {
        const look = () => {
          if (pattern.test(out)) done(out);
        };
        child.stdout.on('data', look);
        void said.then(() => fail(new Error(`it ended: ${out}${err}`)));
        look();
      }),
  };
}

const foyer = (t: Test, env: Record<string, string>, argv: string[], input = ''): Promise<Said> =>
  start(t, 'scripts/foyer.mjs', argv, env, input).said;

async function json(t: Test, env: Record<string, string>, ...argv: string[]): Promise<Json> {
  const { code, out, err } = await foyer(t, env, [...argv, '--json']);
  if (code !== 0) throw new Error(`foyer ${argv.join(' ')}: ${code}\n${err}`);
  return JSON.parse(out) as Json;
}

// A checkout that was changed is built by the first command: that is not what a test here times.
t.before(async () => {
  await start(t, 'scripts/foyer.mjs', ['help'], {}).said;
});

t.test('without a portal each command has the private Redis for itself, and the data stay', async (t) => {
  const env = { DATA_DIR: join(redisFolder(t), 'my data') };
  const ended = async (when: string) => {
    t.equal(readOwner(join(env.DATA_DIR, 'owner.json')), undefined, `no owner ${when}`);
    t.equal(await ask(socketFor(join(env.DATA_DIR, 'redis')), 'PING'), undefined, `no server ${when}`);
  };
  const made = await json(t, env, ...ADD);
  await ended('after the first command');
  t.equal(statSync(join(env.DATA_DIR, 'secret')).mode & 0o777, 0o600);
  const list = await json(t, env, 'visit', 'list');
  t.same(
    list.items.map(({ id }) => id),
    [made.id],
  );
  t.equal((await json(t, env, 'visit', 'show', made.id, '--pin')).pin, made.pin, 'under the same secret');
  await ended('after the last');
});

t.test('commands at the same time wait for each other, and each is done', async (t) => {
  const env = { DATA_DIR: redisFolder(t) };
  const made = await Promise.all([1, 2, 3].map(() => json(t, env, ...ADD)));
  const { items } = await json(t, env, 'visit', 'list');
  t.same(new Set(items.map(({ id }) => id)), new Set(made.map(({ id }) => id)));
  t.equal(items.length, 3);
});

t.test('beside a portal that runs a command works on the same data at once', async (t) => {
  const data = { DATA_DIR: redisFolder(t), LOG_LEVEL: 'silent' };
  const ports = { PORT: '0', ADMIN_PORT: '0', PEOPLE_PORT: '0', HOST: '127.0.0.1' };
  const portal = start(t, 'dist/main.js', [], { ...data, ...ports });
  const out = await portal.says(/Demo PIN: \d+/);
  const admin = /^Admin: (\S+)$/m.exec(out)?.[1];
  const owner = readOwner(join(data.DATA_DIR, 'owner.json'));

  t.same(
    (await json(t, data, 'gateway', 'list')).items.map(({ id }) => id),
    ['demo'],
  );
  const made = await json(t, data, ...ADD);
  const { key } = await json(t, data, 'key', 'add', 'reception', '--role', 'desk');
  const answer = await fetch(`${admin}api/v1/visits/${made.id}`, {
    headers: { authorization: `Bearer ${key}` },
  });
  t.equal(answer.status, 200);
  t.match(await answer.json(), { id: made.id, name: 'Ada' });

  t.match(readOwner(join(data.DATA_DIR, 'owner.json')), { pid: portal.child.pid, redis: owner?.redis });
  t.ok(owner?.redis && lives(owner.redis), "the portal's Redis still runs");
  portal.child.kill('SIGTERM');
  t.equal((await portal.said).code, 0);
  t.ok(
    (await json(t, data, 'visit', 'list')).items.some(({ id }) => id === made.id),
    'after the portal too',
  );
});

t.test('standard output has the answer only, and the exit code tells how it went', async (t) => {
  const { url } = await startRedis(t);
  const env = { REDIS_URL: url, SECRET };
  const key = await foyer(t, env, ['key', 'add', 'desk', '--role', 'desk']);
  t.match(key, { code: 0, out: /^foyer_[A-Za-z0-9_-]{43}\n$/, err: '' });
  t.ok(isRefusal(await foyer(t, env, ['visit', 'show', 'nobody']), /There is no visit "nobody"/));
  t.match(await foyer(t, env, ['visit', 'dance']), { code: 2, out: '', err: /no command "visit dance"/ });
  t.match(await foyer(t, env, ['help']), { code: 0, out: /foyer visit add/, err: '' });
});

t.test('a password is read from standard input without its line break', async (t) => {
  const { url } = await startRedis(t);
  const env = { REDIS_URL: url, SECRET };
  const add = (email: string) => ['admin', 'add', email, '--role', 'owner', '--password-stdin'];
  t.match(await foyer(t, env, add('olga@example.com'), '12 character\n'), { code: 0, err: '' });
  const short = await foyer(t, env, add('otto@example.com'), '11 charact.\n');
  t.ok(isRefusal(short, /password: .*at least 12/), short.err);
});
