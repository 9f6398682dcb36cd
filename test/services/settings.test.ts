import t from 'tap';
import type { SiteId } from '../../src/domain/id.js';
import { DEFAULTS } from '../../src/domain/settings.js';
import { createSettingsStore } from '../../src/redis/settings.js';
import { createSettings } from '../../src/services/settings.js';
import { startRedis } from '../fixtures/redis.js';
import { NINE } from '../fixtures/runtime.js';

const SITE = 'main' as SiteId;

t.test('what nobody has set follows the defaults and the zone of the machine', async (t) => {
  const { redis } = await startRedis(t);
  const store = createSettingsStore(redis);
  const on = (machineZone: string) =>
    createSettings({
      store,
      machineZone,
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
  const deps = { store, machineZone: 'UTC', languages: ['en', 'de'], announce: async () => undefined };
  const settings = createSettings({ ...deps, now: () => NINE });
  t.match(await settings.change(SITE, { 'portal.languages': ['de', 'tlh'] }, undefined, 'test'), {
    status: 'invalid',
    problems: [{ field: 'portal.languages', message: /"tlh".*en, de/ }],
  });
  t.match(await settings.change(SITE, { 'portal.languages': ['de'] }, undefined, 'test'), {
    status: 'saved',
  });
});
