import t from 'tap';
import { connectRedis } from '../../src/redis/connect.js';
import { markReplicated } from '../../src/redis/scripts.js';
import { DEMO, SITE } from '../fixtures/runtime.js';
import { mac, startStory } from '../fixtures/story.js';

t.test('what a person is told is done is answered only after a replica has it', async (t) => {
  const story = await startStory(t, { started: false });
  const { services, redis, stores } = story.runtime;
  const { visits, settings } = services;
  const { id, pin } = await story.visit();
  t.match(await story.redeem(1, pin), { status: 'granted' });
  const [grant] = await stores.grants.ofVisit(SITE, id);

  // From here on it counts as one that fails over, and has no replica.
  const durable = connectRedis(story.runtime.server.url, { commandTimeoutMs: 10_000 });
  t.teardown(() => durable.close());
  markReplicated(redis.client, durable.client);
  const acts: [string, () => Promise<unknown>][] = [
    ['register', () => story.visit({ name: 'Bob' })],
    ['change', () => visits.change(SITE, id, { durationMinutes: 90 }, 'test')],
    ['check in', () => visits.checkIn(SITE, id, 'test')],
    ['redeem', () => story.redeem(2, pin)],
    ['let in again', () => stores.grants.letIn(SITE, DEMO, mac(1), 'g1', story.runtime.now())],
    ['hand off', () => stores.grants.noteHandoff(SITE, DEMO, { mac: mac(1), handle: 'x', until: 1 })],
    ['admit a device', () => visits.admitDevice(SITE, id, DEMO, mac(2), 'test')],
    ['revoke', () => visits.revokeGrant(SITE, grant?.id ?? '', 'test')],
    ['remove a device', () => visits.removeDevice(SITE, id, mac(1), 'test')],
    ['erase', () => visits.erase(SITE, id, 'test')],
    ['settings', () => settings.change(SITE, { 'site.name': 'North' }, undefined, 'test')],
  ];
  for (const [what, act] of acts) await t.rejects(act(), /no replica has it/, what);
});
