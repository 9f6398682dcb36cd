import t, { type Test } from 'tap';
import { startGuest } from '../fixtures/guest.js';
import { startRedis } from '../fixtures/redis.js';
import { startCluster, startSentinel } from '../fixtures/redis-groups.js';
import { eventually, HOUR, NINE, SITE } from '../fixtures/runtime.js';

/** A visitor types the PIN, is online, and goes off the network with the visit. */
async function story(t: Test, redisUrl: string): Promise<void> {
  const guest = await startGuest(t, { redisUrl });
  const { id, pin } = await guest.visit();
  const phone = guest.device();
  await phone.enter();
  const wrong = `${pin.slice(0, -1)}${(Number(pin.at(-1)) + 1) % 10}`;
  t.equal((await phone.type(wrong)).state, 'refused');
  t.equal((await phone.type(pin)).status, 303);
  const online = await phone.follow();
  t.equal(online.state, 'connected');
  t.equal(online.until, new Date(NINE + HOUR).toISOString());
  await guest.runtime.services.visits.cancel(SITE, id, 'test');
  await eventually(async () => (await phone.get('/status')).state !== 'connected');
}

t.test('a PIN is redeemed on a server behind a Unix socket', async (t) => {
  const server = await startRedis(t);
  t.match(server.url, /^unix:/);
  await story(t, server.url);
});

t.test('a PIN is redeemed on the master that a sentinel names', async (t) => {
  await story(t, (await startSentinel(t)).url);
});

t.test('a PIN is redeemed on the cluster node that holds the site', async (t) => {
  await story(t, (await startCluster(t)).url);
});
