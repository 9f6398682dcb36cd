import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Cluster } from 'ioredis';
import t, { type Test } from 'tap';
import { checkServer, connectRedis, judge, type RedisConnection } from '../../src/redis/connect.js';
import { maskUrl, parseRedisUrl } from '../../src/redis/url.js';
import { startRedis } from '../fixtures/redis.js';
import { startCluster, startSentinel, startTlsRedis } from '../fixtures/redis-groups.js';

const SCRIPT = `redis.call('SET', KEYS[1], ARGV[1]) return { 'stored', redis.call('GET', KEYS[1]) }`;

async function worksWith(t: Test, connection: RedisConnection): Promise<void> {
  t.teardown(() => connection.close());
  t.equal(await connection.ready(10_000), true);
  t.strictSame(await connection.client.eval(SCRIPT, 1, '{main}:visit', 'v'), ['stored', 'v']);
  t.strictSame((await checkServer(connection)).problems, []);
}

t.test('a script runs on a standalone server over its socket', async (t) => {
  const server = await startRedis(t, { args: ['--appendonly', 'no'] });
  const connection = connectRedis(server.url);
  t.equal(connection.kind, 'standalone');
  await worksWith(t, connection);
  t.match((await checkServer(connection)).warnings, [/append-only/]);
});

t.test('user and password of the URL are used, and a wrong one is no crash', async (t) => {
  const acl = ['--user', 'foyer', 'on', '>p@ss word', '~*', '&*', '+@all'];
  const server = await startRedis(t, { args: acl });
  await worksWith(t, connectRedis(server.url.replace('unix:', 'unix://foyer:p%40ss%20word@')));
  const lines: string[] = [];
  const log = { info: () => {}, warn: (data: object) => lines.push(JSON.stringify(data)) };
  const refused = connectRedis(server.url.replace('unix:', 'unix://foyer:wrong-one@'), { log });
  t.teardown(() => refused.close());
  t.equal(await refused.ready(300), false);
  t.match(lines, [/WRONGPASS/]);
  t.notMatch(lines.join(), /wrong-one/);
});

t.test('while the server is away commands fail at once, and it is told once', async (t) => {
  const server = await startRedis(t);
  const lines: string[] = [];
  const write = (_data: object, message: string) => lines.push(message);
  const connection = connectRedis(server.url, { log: { info: write, warn: write } });
  t.teardown(() => connection.close());
  t.equal(await connection.ready(5000), true);
  await server.stop();
  await sleep(100);
  const began = performance.now();
  await t.rejects(connection.client.get('a'));
  t.ok(performance.now() - began < 100, 'at once');
  await sleep(400);
  t.strictSame(lines, ['Redis is away'], 'several tries, one line');
  await server.restart();
  t.equal(await connection.ready(5000), true);
  t.equal(await connection.client.set('a', '1'), 'OK');
  t.strictSame(lines, ['Redis is away', 'Redis is back']);
});

t.test('a server that hangs costs the command timeout and no more', async (t) => {
  const server = await startRedis(t);
  const connection = connectRedis(server.url, { commandTimeoutMs: 300 });
  t.teardown(() => connection.close());
  await connection.ready(5000);
  process.kill(server.pid, 'SIGSTOP');
  const began = performance.now();
  await t.rejects(connection.client.get('a'), /timed out/);
  const took = performance.now() - began;
  process.kill(server.pid, 'SIGCONT');
  t.ok(took > 250 && took < 1500, `${took} ms`);
  t.equal(await connection.client.set('a', '1'), 'OK');
});

t.test('nothing there at the start is no crash either', async (t) => {
  const connection = connectRedis('redis://127.0.0.1:1');
  t.equal(await connection.ready(200), false);
  await t.rejects(connection.client.get('a'));
  await connection.close();
});

t.test('TLS is verified against the certificates that Node trusts', async (t) => {
  const server = await startTlsRedis(t);
  const code = `
    const { connectRedis } = await import(${JSON.stringify(new URL('../../dist/redis/connect.js', import.meta.url).href)});
    const connection = connectRedis(${JSON.stringify(server.url)}, { log: { info() {}, warn: (data) => console.log(data.reason) } });
    if (await connection.ready(1500)) console.log((await connection.client.eval(${JSON.stringify(SCRIPT)}, 1, 'a', 'v')).join());
    await connection.close();`;
  const run = async (env: NodeJS.ProcessEnv) => {
    const args = ['--input-type=module', '--eval', code];
    return (
      await promisify(execFile)(process.execPath, args, { env: { ...process.env, ...env } })
    ).stdout.trim();
  };
  t.equal(await run({ NODE_EXTRA_CA_CERTS: server.ca }), 'stored,v');
  t.match(await run({ NODE_EXTRA_CA_CERTS: '' }), /SELF_SIGNED/, 'a stranger is refused');
});

t.test('a script runs on the master that a sentinel names', async (t) => {
  const group = await startSentinel(t);
  const connection = connectRedis(group.url);
  t.equal(connection.kind, 'sentinel');
  await worksWith(t, connection);
  t.equal(await group.master.redis.get('{main}:visit'), 'v');
  t.equal(await connection.client.wait(1, 2000), 1, 'a replica has it');
});

t.test('scripts of two sites run on the cluster nodes of their slots', async (t) => {
  const cluster = await startCluster(t);
  const connection = connectRedis(cluster.url);
  t.equal(connection.kind, 'cluster');
  await worksWith(t, connection);
  t.strictSame(await connection.client.eval(SCRIPT, 1, '{other}:visit', 'w'), ['stored', 'w']);
  // WAIT counts for its own connection, so it has to travel to the node that ran the script.
  const pipeline = (connection.client as Cluster).pipeline();
  const replies = await pipeline.eval(SCRIPT, 1, '{main}:visit', 'x').wait(1, 2000).exec();
  t.strictSame(replies, [
    [null, ['stored', 'x']],
    [null, 1],
  ]);
});

t.test('servers that cannot be used are named', async (t) => {
  const judged = (lines: string[], kind: RedisConnection['kind'] = 'standalone') =>
    judge(['# Server', 'aof_enabled:1', ...lines].join('\r\n'), kind);
  t.match(judged(['redis_version:6.2.14']).problems, [/6\.2\.14 is too old/]);
  t.strictSame(judged(['redis_version:7.0.0']), { problems: [], warnings: [] });
  t.strictSame(judged(['redis_version:7.2.4', 'server_name:valkey', 'valkey_version:8.0.1']).problems, []);
  t.strictSame(judged(['redis_version:10.1.0']).problems, []);
  t.match(judged(['redis_version:7.0.0', 'role:slave']).problems, [/replica/]);
  t.match(judged(['redis_version:7.0.0', 'cluster_enabled:1']).problems, [/redis-cluster:/]);
  t.strictSame(judged(['redis_version:7.0.0', 'cluster_enabled:1'], 'cluster').problems, []);
  t.match(judged(['redis_version:7.0.0', 'maxmemory:1', 'maxmemory_policy:allkeys-lru']).warnings, [
    /noeviction/,
  ]);
});

t.test('URLs are taken apart and masked', async (t) => {
  t.strictSame(parseRedisUrl('redis-sentinel://u:p%3A@h1:1,[::1]/main?db=2&tls=true&sentinelPassword=q'), {
    ok: true,
    target: {
      kind: 'sentinel',
      hosts: [
        { host: 'h1', port: 1 },
        { host: '::1', port: 26_379 },
      ],
      name: 'main',
      sentinelPassword: 'q',
      tls: true,
      db: 2,
      username: 'u',
      password: 'p:',
    },
  });
  t.match(parseRedisUrl('unix:/a%20b/s?db=1'), { ok: true, target: { path: '/a b/s', db: 1 } });
  t.match(parseRedisUrl('rediss://:p@h'), {
    ok: true,
    target: { host: 'h', port: 6379, tls: true, password: 'p' },
  });
  t.equal(maskUrl('redis://:geheim@h:1/2'), 'redis://:***@h:1/2');
  t.throws(() => connectRedis('redis:'), /REDIS_URL/);
});
