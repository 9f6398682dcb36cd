import t from 'tap';
import type { SiteId } from '../../src/domain/id.js';
import { createSealing } from '../../src/domain/sealing.js';
import { DEFAULTS } from '../../src/domain/settings.js';
import { createSettingsStore } from '../../src/redis/settings.js';
import { createSettings } from '../../src/services/settings.js';
import { startRedis } from '../fixtures/redis.js';
import { NINE } from '../fixtures/runtime.js';

const SITE = 'main' as SiteId;
const SECRET = 'a secret of at least thirty-two bytes';

t.test('what nobody has set follows the defaults and the zone of the machine', async (t) => {
  const { redis } = await startRedis(t);
  const store = createSettingsStore(redis);
  const on = (machineZone: string) =>
    createSettings({
      store,
      machineZone,
      sealing: createSealing(SECRET),
      languages: ['en', 'de'],
      announce: async () => undefined,
      now: () => NINE,
    });
  const saved = await on('Europe/Berlin').change(SITE, { 'site.name': 'North' }, undefined, 'test');
  t.match(saved, { status: 'saved', values: { 'site.name': 'North', 'site.timeZone': 'Europe/Berlin' } });
  t.strictSame((await store.read(SITE)).values, { 'site.name': 'North' }, 'only that is kept');
  t.strictSame((await on('Asia/Tokyo').read(SITE)).values, {
    ...DEFAULTS,
    'site.name': 'North',
    'site.timeZone': 'Asia/Tokyo',
  });

  await on('Asia/Tokyo').change(SITE, { 'site.timeZone': 'Asia/Tokyo', 'tokens.maxDevices': 2 }, 1, 'test');
  await on('Europe/Berlin').change(SITE, { 'site.name': '' }, 2, 'test');
  t.strictSame((await store.read(SITE)).values, {
    'site.name': '',
    'site.timeZone': 'Asia/Tokyo',
    'tokens.maxDevices': 2,
  });
  t.equal((await on('Europe/Berlin').read(SITE)).values['site.timeZone'], 'Asia/Tokyo', 'what was set stays');
});

t.test('a language that there is not is named, with those that there are', async (t) => {
  const { redis } = await startRedis(t);
  const store = createSettingsStore(redis);
  const sealing = createSealing(SECRET);
  const deps = {
    store,
    sealing,
    machineZone: 'UTC',
    languages: ['en', 'de'],
    announce: async () => undefined,
  };
  const settings = createSettings({ ...deps, now: () => NINE });
  t.match(await settings.change(SITE, { 'portal.languages': ['de', 'tlh'] }, undefined, 'test'), {
    status: 'invalid',
    problems: [{ field: 'portal.languages', message: /"tlh".*en, de/ }],
  });
  t.match(await settings.change(SITE, { 'portal.languages': ['de'] }, undefined, 'test'), {
    status: 'saved',
  });
});

t.test('the password of the Wi-Fi is kept sealed, for its site and its name', async (t) => {
  const { redis } = await startRedis(t);
  const store = createSettingsStore(redis);
  const on = (secret: string) =>
    createSettings({
      store,
      sealing: createSealing(secret),
      machineZone: 'UTC',
      languages: ['en'],
      announce: async () => undefined,
      now: () => NINE,
    });
  const settings = on(SECRET);
  const key = 'portal.wifiPassword';
  const saved = await settings.change(SITE, { [key]: 'open sesame' }, undefined, 'test');
  t.match(saved, { status: 'saved', values: { [key]: 'open sesame' } });
  const kept = async () => String(await redis.hget(`foyer:{${SITE}}:settings`, 'values'));
  const before = await kept();
  t.notMatch(before, /sesame/);
  t.equal((await settings.read(SITE)).values[key], 'open sesame');

  await settings.change(SITE, { 'site.name': 'North' }, undefined, 'test');
  t.equal((await settings.read(SITE)).values[key], 'open sesame', 'what else is changed leaves it');
  const stale = await settings.change(SITE, { 'site.name': 'South' }, 1, 'test');
  t.match(stale, { status: 'conflict', values: { [key]: 'open sesame' } });
  await redis.hset('foyer:{annex}:settings', { version: 1, values: before });
  t.equal((await settings.read('annex' as SiteId)).values[key], '', 'another site cannot read it');
  t.equal((await on('another secret of thirty-two bytes').read(SITE)).values[key], '');
  t.match(await settings.change(SITE, { [key]: 'short' }, undefined, 'test'), { status: 'invalid' });
  await settings.change(SITE, { [key]: '' }, undefined, 'test');
  t.match(JSON.parse(await kept()), { [key]: '' });
});

t.test(
  'a password of the Wi-Fi that was kept before passwords were sealed goes on to work, and is sealed by the next change',
  async (t) => {
    const { redis } = await startRedis(t);
    const settings = createSettings({
      store: createSettingsStore(redis),
      sealing: createSealing(SECRET),
      machineZone: 'UTC',
      languages: ['en'],
      announce: async () => undefined,
      now: () => NINE,
    });
    const key = 'portal.wifiPassword';
    const values = JSON.stringify({ [key]: 'open sesame' });
    await redis.hset(`foyer:{${SITE}}:settings`, { version: 1, values });
    t.equal((await settings.read(SITE)).values[key], 'open sesame');
    await settings.change(SITE, { 'site.name': 'North' }, undefined, 'test');
    t.equal((await settings.read(SITE)).values[key], 'open sesame', 'what else is changed leaves it');
    t.notMatch(await redis.hget(`foyer:{${SITE}}:settings`, 'values'), /sesame/);
  },
);
