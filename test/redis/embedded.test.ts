import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { connectRedis } from '../../src/redis/connect.js';
import { type PrivateRedis, type PrivateRedisOptions, startPrivateRedis } from '../../src/redis/embedded.js';
import { lives, type Owner, ownerOf, readOwner, startOf, takeLock } from '../../src/redis/owner-lock.js';
import type { RedisClient } from '../../src/redis/scripts.js';
import { redisFolder } from '../fixtures/redis.js';

const quiet = { info: () => {}, warn: () => {} };
type Running = Extract<PrivateRedis, { ok: true }>;

const ownerIn = (dataDir: string): Owner => JSON.parse(readFileSync(join(dataDir, 'owner.json'), 'utf8'));

async function start(t: Test, dataDir: string, options: Partial<PrivateRedisOptions> = {}): Promise<Running> {
  const redis = await startPrivateRedis({ dataDir, log: quiet, purpose: 'portal', ...options });
  if (!redis.ok) throw new Error(redis.message);
  t.teardown(() => redis.close());
  return redis;
}

async function client(t: Test, url: string): Promise<RedisClient> {
  const connection = connectRedis(url);
  t.teardown(() => connection.close());
  if (!(await connection.ready(10_000))) throw new Error(`nothing answers at ${url}`);
  return connection.client;
}

async function until(check: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (const end = Date.now() + 10_000; !(await check()); await sleep(10))
    if (Date.now() > end) throw new Error(`not within 10 s: ${what}`);
}

/** Another process that starts the private Redis, says the outcome on a line, and waits to be ended. */
function other(t: Test, dataDir: string, purpose: 'portal' | 'command', holdMs = 60_000) {
  const module = new URL('../../dist/redis/embedded.js', import.meta.url).href;
  const code = `
    const { startPrivateRedis } = await import(${JSON.stringify(module)});
    const log = { info() {}, warn() {} };
    const redis = await startPrivateRedis({ dataDir: ${JSON.stringify(dataDir)}, log, purpose: '${purpose}' });
    console.log(JSON.stringify(redis));
    if (redis.ok) { await new Promise((done) => setTimeout(done, ${holdMs})); await redis.close(); }`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(async () => {
    await kill(child);
    // A killed owner leaves its server to the next one; here nobody comes.
    const left = readOwner(join(dataDir, 'owner.json'))?.redis;
    if (left && lives(left)) process.kill(left.pid, 'SIGKILL');
  });
  const said = new Promise<{ ok: boolean; url: string; owner: boolean; message: string }>(
    (resolve, reject) => {
      let text = '';
      child.stdout.on('data', (data) => {
        text += data;
        if (text.includes('\n')) resolve(JSON.parse(text));
      });
      child.on('exit', () => reject(new Error(`it ended: ${text}`)));
    },
  );
  return { child, said };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

t.test('it keeps what was acknowledged, answers on a socket only, and ends with its owner', async (t) => {
  const dataDir = join(redisFolder(t), 'my data', 'foyer');
  const first = await start(t, dataDir);
  t.equal(first.owner, true);
  const redis = await client(t, first.url);
  const settings = await redis.config('GET', 'port', 'appendfsync', 'appendonly', 'maxmemory-policy');
  const wanted = [
    'port',
    '0',
    'appendfsync',
    'always',
    'appendonly',
    'yes',
    'maxmemory-policy',
    'noeviction',
  ];
  t.strictSame([...(settings as string[])].sort(), wanted.sort());
  await redis.set('visit', 'kept');
  const owner = ownerIn(dataDir);
  t.equal(owner.pid, process.pid);
  t.equal(startOf(owner.redis?.pid ?? 0), owner.redis?.started);
  t.equal(statSync(join(dataDir, 'owner.json')).mode & 0o777, 0o600);
  await Promise.all([first.close(), first.close()]);
  t.notOk(lives(owner.redis ?? { pid: 0, started: '' }));
  t.strictSame(readdirSync(dataDir), ['redis'], 'no lock is left');
  const second = await start(t, dataDir);
  t.equal(await (await client(t, second.url)).get('visit'), 'kept');
});

t.test('when it dies it is started again, with what it held, and its owner is told', async (t) => {
  const dataDir = redisFolder(t);
  const warnings: string[] = [];
  const log = { info: () => {}, warn: (_data: object, message: string) => warnings.push(message) };
  const redis = await start(t, dataDir, { log });
  let restarts = 0;
  redis.onRestart(() => {
    restarts += 1;
  });
  const connected = await client(t, redis.url);
  await connected.set('visit', 'kept');
  for (let round = 1; round <= 2; round += 1) {
    process.kill(ownerIn(dataDir).redis?.pid ?? 0, 'SIGKILL');
    await until(() => restarts === round, 'a restart');
    await until(
      async () => (await connected.get('visit').catch(() => '')) === 'kept',
      'the same client works again',
    );
  }
  t.strictSame(warnings, [
    'The private Redis died; it is started again',
    'The private Redis died; it is started again',
  ]);
  await redis.close();
  await sleep(200);
  t.equal(restarts, 2, 'its ordered end is no death');
});

t.test('a living one whose owner is dead is adopted', async (t) => {
  const dataDir = redisFolder(t);
  const { child, said } = other(t, dataDir, 'portal');
  const theirs = await said;
  await (await client(t, theirs.url)).set('visit', 'kept');
  const before = ownerIn(dataDir);
  await kill(child);
  t.ok(before.redis && lives(before.redis), 'it outlives its owner');
  const mine = await start(t, dataDir);
  const after = ownerIn(dataDir);
  t.equal(after.pid, process.pid);
  t.strictSame(after.redis, before.redis);
  t.equal(await (await client(t, mine.url)).get('visit'), 'kept');
  process.kill(after.redis?.pid ?? 0, 'SIGKILL');
  await until(() => ownerIn(dataDir).redis?.pid !== after.redis?.pid, 'an adopted one is watched too');
  const replaced = ownerIn(dataDir).redis;
  await mine.close();
  t.notOk(replaced && lives(replaced), 'and ended with its new owner');
});

t.test('one that lost its lock is found by its socket', async (t) => {
  const dataDir = redisFolder(t);
  const { child, said } = other(t, dataDir, 'portal');
  await said;
  const before = ownerIn(dataDir);
  await kill(child);
  rmSync(join(dataDir, 'owner.json'));
  await start(t, dataDir);
  t.strictSame(ownerIn(dataDir).redis, before.redis);
});

t.test('a second portal on the same data is told what to do', async (t) => {
  const dataDir = redisFolder(t);
  await start(t, dataDir);
  const refused = await other(t, dataDir, 'portal').said;
  t.equal(refused.ok, false);
  t.match(refused.message, new RegExp(`process ${process.pid}\\).*${dataDir}.*REDIS_URL`));
});

t.test('a command borrows the Redis of a running portal and leaves it running', async (t) => {
  const dataDir = redisFolder(t);
  const portal = await start(t, dataDir);
  const { said, child } = other(t, dataDir, 'command', 0);
  t.match(await said, { ok: true, owner: false, url: portal.url });
  await once(child, 'exit');
  t.equal(await (await client(t, portal.url)).ping(), 'PONG');
});

t.test(
  'a command without a portal has one for its own duration; the next command and a portal wait for it',
  async (t) => {
    const dataDir = redisFolder(t);
    const first = other(t, dataDir, 'command', 700);
    t.match(await first.said, { ok: true, owner: true });
    const [second, portal] = await Promise.all([
      other(t, dataDir, 'command', 100).said,
      start(t, dataDir, { purpose: 'portal' }),
    ]);
    t.equal(second.ok, true);
    t.equal(portal.owner, true);
    const impatient = await startPrivateRedis({ dataDir, log: quiet, purpose: 'portal', waitMs: 100 });
    t.equal(impatient.ok, false);
  },
);

t.test('waiting for a command is bounded', async (t) => {
  const dataDir = redisFolder(t);
  await other(t, dataDir, 'command').said;
  const refused = await startPrivateRedis({ dataDir, log: quiet, purpose: 'command', waitMs: 200 });
  t.match(refused, { ok: false, message: /A foyer command \(process \d+\) is still at work/ });
});

t.test('of many that take a dead owner’s lock at once exactly one gets it', async (t) => {
  const folder = redisFolder(t);
  const code = `
    const { takeLock, ownerOf, lives } = await import(${JSON.stringify(new URL('../../dist/redis/owner-lock.js', import.meta.url).href)});
    const paths = JSON.parse(process.argv[1]);
    process.stdout.write('ready\\n');
    process.stdin.once('data', () => {
      const results = paths.map((path) => takeLock(path, ownerOf('portal'), (owner) => !lives(owner)).taken);
      process.stdout.write(JSON.stringify(results) + '\\n');
      process.stdin.once('data', () => process.exit());
    });`;
  const dead: Owner = { ...ownerOf('portal'), pid: 1, started: 'long ago' };
  const paths = Array.from({ length: 200 }, (_, index) => join(folder, `lock-${index}`));
  for (const path of paths) writeFileSync(path, JSON.stringify(dead));
  const workers = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const args = ['--input-type=module', '--eval', code, JSON.stringify(paths)];
      const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
      t.teardown(() => child.kill('SIGKILL'));
      await once(child.stdout, 'data');
      return child;
    }),
  );
  const answers = workers.map(async (child) => {
    let text = '';
    for await (const data of child.stdout) {
      text += data;
      if (text.includes('\n')) break;
    }
    return JSON.parse(text) as boolean[];
  });
  for (const child of workers) child.stdin.write('go\n');
  const results = await Promise.all(answers);
  const winners = paths.map((_, index) => results.filter((taken) => taken[index]).length);
  t.strictSame([...new Set(winners)], [1]);
  t.equal(readdirSync(folder).length, paths.length, 'no second lock is left');
});

t.test('a lock that a crash left in pieces, or a reused pid, is no owner', async (t) => {
  const dataDir = redisFolder(t);
  writeFileSync(join(dataDir, 'owner.json'), '{"pid":');
  await (await start(t, dataDir)).close();
  writeFileSync(join(dataDir, 'owner.json'), JSON.stringify({ ...ownerOf('portal'), started: '1' }));
  t.equal((await start(t, dataDir)).owner, true);
  const taking = takeLock(join(dataDir, 'owner.json'), ownerOf('command'), (owner) => !lives(owner));
  t.match(taking, { taken: false, owner: { pid: process.pid } });
});

t.test('an owner in another container counts by its Redis, not by its pid', async (t) => {
  const dataDir = redisFolder(t);
  const running = await start(t, dataDir);
  const lock = join(dataDir, 'owner.json');
  const mine = readFileSync(lock, 'utf8');
  writeFileSync(
    lock,
    JSON.stringify({ ...JSON.parse(mine), space: 'elsewhere', pid: 1, started: '1', nonce: 'n' }),
  );
  const refused = await startPrivateRedis({ dataDir, log: quiet, purpose: 'portal' });
  t.match(refused, { ok: false, message: /already runs/ });
  writeFileSync(lock, mine);
  await running.close();
  writeFileSync(lock, JSON.stringify({ ...JSON.parse(mine), space: 'elsewhere', nonce: 'm' }));
  t.equal((await start(t, dataDir)).owner, true, 'nothing answers there any more');
});

t.test('a path that is too long for a socket gets a private folder elsewhere', async (t) => {
  const dataDir = join(redisFolder(t), 'a'.repeat(90), 'data');
  const redis = await start(t, dataDir);
  const folder = dirname(redis.url.slice('unix:'.length));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  t.match(folder, /^\/\w+\/foyer-[0-9a-f]{16}$/);
  t.equal(statSync(folder).mode & 0o777, 0o700);
  await (await client(t, redis.url)).set('visit', 'kept');
  await redis.close();
  t.ok(existsSync(join(dataDir, 'redis', 'appendonlydir')), 'its data is under DATA_DIR all the same');
});

t.test('data that cannot be read, or a folder that cannot be made, is said in words', async (t) => {
  const dataDir = redisFolder(t);
  mkdirSync(join(dataDir, 'redis', 'appendonlydir'), { recursive: true });
  writeFileSync(join(dataDir, 'redis', 'appendonlydir', 'appendonly.aof.manifest'), 'nonsense\n');
  const broken = await startPrivateRedis({ dataDir, log: quiet, purpose: 'portal' });
  t.match(broken, { ok: false, message: /cannot be started: .*manifest/i });
  t.notOk(existsSync(join(dataDir, 'owner.json')), 'the lock is given back');
  const nowhere = await startPrivateRedis({ dataDir: '/dev/null/data', log: quiet, purpose: 'command' });
  t.match(nowhere, { ok: false, message: /\/dev\/null\/data cannot be started/ });
});
