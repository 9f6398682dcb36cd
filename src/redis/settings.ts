import type { SiteId } from '../domain/id.js';
import { siteKeys } from './keys.js';
import { defineScript, type RedisClient } from './scripts.js';

const saveSettings = defineScript({
  file: 'save-settings',
  args: ['now', 'version', 'values', 'by'],
  reply: ([status, version]) => ({ saved: status === 'saved', version: Number(version) }),
  durable: true,
});

export type SettingsStore = ReturnType<typeof createSettingsStore>;

export function createSettingsStore(redis: RedisClient) {
  return {
    /** What was saved, as it was written; an empty object and version 0 before the first save. */
    async read(site: SiteId): Promise<{ version: number; values: Record<string, unknown> }> {
      const [version, values] = await redis.hmget(siteKeys.settings(site), 'version', 'values');
      return {
        version: Number(version ?? 0),
        values: values ? (JSON.parse(values) as Record<string, unknown>) : {},
      };
    },
    /** Saves unless somebody else did since `version` was read. */
    save: (site: SiteId, values: Record<string, unknown>, version: number, by: string, now: number) =>
      saveSettings(redis, site, { now, version, values: JSON.stringify(values), by }),
  };
}
