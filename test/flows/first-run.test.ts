import { once } from 'node:events';
import { statSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import { readOwner } from '../../src/redis/owner-lock.js';
import { startPortal } from '../fixtures/portal.js';
import { redisFolder } from '../fixtures/redis.js';
import { eventually } from '../fixtures/runtime.js';

/** A browser without cookies: follows redirects by hand. */
const open = (url: string, init: RequestInit = {}) => fetch(url, { redirect: 'manual', ...init });
const stateOf = (page: string): string | undefined => /data-state="([^"]*)"/.exec(page)?.[1];
const fieldOf = (page: string, name: string): string =>
  new RegExp(`name="${name}"[^>]* value="([^"]*)"`).exec(page)?.[1] ?? '';

/** Types a PIN on the page that a link leads to. */
async function typePin(link: string, pin: string): Promise<Response> {
  const page = await (await fetch(link)).text();
  return open(new URL('/pin', link).href, {
    method: 'POST',
    body: new URLSearchParams({ pin, state: fieldOf(page, 'state') }),
  });
}

t.test('the first run says four lines, and their link and PIN bring a visitor online', async (t) => {
  const dataDir = join(redisFolder(t), 'data');
  const portal = startPortal(t, dataDir);
  await portal.up;
  t.strictSame(
    portal
      .out()
      .trimEnd()
      .split('\n')
      .map((line) => line.split(':')[0]),
    ['Portal', 'Admin', 'Set-up link', 'Demo PIN'],
  );
  t.match(portal.line('Portal'), /^http:\/\/localhost:\d+\/enter\/demo\?mac=/);
  t.match(portal.line('Demo PIN'), /^\d{5,10}$/);
  t.notMatch(portal.err(), portal.line('Demo PIN'), 'the log does not have the PIN');
  t.notMatch(portal.err(), /code=/, 'nor the set-up link');

  const link = portal.line('Portal');
  const accepted = await typePin(link, portal.line('Demo PIN'));
  t.equal(accepted.status, 303);
  const status = new URL(accepted.headers.get('location') ?? '', link).href;
  const page = await eventually(async () => {
    const text = await (await open(status)).text();
    return stateOf(text) === 'connected' && text;
  });
  t.match(page, /data-until="\d{4}-/);
  t.equal((await open(portal.line('Set-up link'))).status, 200);
  for (const path of ['/setup', '/api/v1/visits', '/readyz', '/metrics', '/login']) {
    t.equal((await open(new URL(path, link).href)).status, 404, `guests find no ${path}`);
  }
  t.equal(await (await open(new URL('/healthz', link).href)).text(), 'ok');

  const second = startPortal(t, dataDir);
  t.equal(await second.ended, 1);
  t.match(second.err(), /REDIS_URL/, 'a second portal on the same data is told what it needs');

  const before = performance.now();
  portal.child.kill('SIGINT');
  t.equal(await portal.ended, 0);
  t.ok(performance.now() - before < 5000, 'Ctrl-C stops it within five seconds');
  t.equal(statSync(join(dataDir, 'secret')).mode & 0o777, 0o600);
});

t.test('killed and started again it knows the same PIN, and who is online', async (t) => {
  const dataDir = join(redisFolder(t), 'data');
  const killed = startPortal(t, dataDir);
  await killed.up;
  t.equal((await typePin(killed.line('Portal'), killed.line('Demo PIN'))).status, 303);
  killed.child.kill('SIGKILL');
  t.equal(await killed.ended, null);

  const next = startPortal(t, dataDir);
  await next.up;
  t.equal(next.line('Demo PIN'), killed.line('Demo PIN'));
  t.not(next.line('Set-up link'), killed.line('Set-up link'), 'a set-up link is good until the next');
  const back = await open(next.line('Portal'));
  t.equal(stateOf(await back.text()), 'connecting', 'the device that has a grant is let in without typing');
});

t.test('another SECRET than the data were written under stops the start and says why', async (t) => {
  const dataDir = join(redisFolder(t), 'data');
  const first = startPortal(t, dataDir, { SECRET: 'a'.repeat(32) });
  await first.up;
  first.child.kill('SIGTERM');
  t.equal(await first.ended, 0);
  const other = startPortal(t, dataDir, { SECRET: 'b'.repeat(32) });
  t.equal(await other.ended, 1);
  t.match(other.err(), /Foyer does not start: SECRET is not the one that the data were written under/);
  t.equal(other.out(), '');
});

t.test('a wrong configuration stops the start with every problem at once', async (t) => {
  const dataDir = join(redisFolder(t), 'data');
  const portal = startPortal(t, dataDir, { PORT: 'eighty', LOG_LEVEL: 'loud', PORTAL_URL: 'wifi' });
  t.equal(await portal.ended, 1);
  for (const name of ['PORT', 'LOG_LEVEL', 'PORTAL_URL'])
    t.match(portal.err(), new RegExp(`^ *${name}: `, 'm'));
});

t.test('a Redis that dies again and again takes neither the portal nor what was acknowledged', async (t) => {
  const dataDir = join(redisFolder(t), 'data');
  const portal = startPortal(t, dataDir);
  await portal.up;
  const link = portal.line('Portal');
  let knocking = true;
  const knock = async (): Promise<void> => {
    while (knocking) await open(link).then((answer) => answer.text());
  };
  const visitors = [knock(), knock(), knock()];
  for (let i = 0; i < 4; i++) {
    const pid = readOwner(join(dataDir, 'owner.json'))?.redis?.pid;
    if (!pid) throw new Error('no Redis of its own');
    process.kill(pid, 'SIGKILL');
    await eventually(async () => {
      const owner = readOwner(join(dataDir, 'owner.json'))?.redis;
      return owner !== undefined && owner.pid !== pid && (await open(link)).status < 500;
    }, 10_000);
  }
  knocking = false;
  await Promise.all(visitors);
  t.equal(portal.child.exitCode, null, 'the portal is there');
  t.equal((await typePin(link, portal.line('Demo PIN'))).status, 303);
});

t.test('a port that is taken is named, and no Redis is left behind', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  t.teardown(() => taken.close());
  const dataDir = join(redisFolder(t), 'data');
  const port = String((taken.address() as AddressInfo).port);
  const portal = startPortal(t, dataDir, { HOST: '127.0.0.1', PORT: port });
  t.equal(await portal.ended, 1);
  t.match(
    portal.err(),
    new RegExp(`Foyer does not start: HOST=127.0.0.1 with PORT=${port} cannot be listened on`),
  );
  t.equal(readOwner(join(dataDir, 'owner.json')), undefined);
});
