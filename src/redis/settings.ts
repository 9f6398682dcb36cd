import type { SiteId } from '../domain/id.js';
import { hasTerms, termsDigest } from '../domain/terms.js';
import { siteKeys } from './keys.js';
import { defineScript, type RedisClient } from './scripts.js';

const saveSettings = defineScript({
  file: 'save-settings',
  args: ['now', 'version', 'values', 'by', 'terms', 'digest'],
  reply: ([status, version, terms]) => ({
    saved: status === 'saved',
    version: Number(version),
    terms: Number(terms ?? 0),
  }),
  durable: true,
});

export type SettingsStore = ReturnType<typeof createSettingsStore>;

export function createSettingsStore(redis: RedisClient) {
  return {
    /**
     * What was saved, as it was written; an empty object and version 0 before the first save. `terms`: the number of the
     * terms of use among them, 0 where there are none.
     */
    async read(site: SiteId): Promise<{ version: number; values: Record<string, unknown>; terms: number }> {
      const [version, values, terms] = await redis.hmget(
        siteKeys.settings(site),
        'version',
        'values',
        'terms',
      );
      return {
        version: Number(version ?? 0),
        values: values ? (JSON.parse(values) as Record<string, unknown>) : {},
        terms: Number(terms ?? 0),
      };
    },
    /** Saves unless somebody else did since `version` was read. */
    save(site: SiteId, values: Record<string, unknown>, version: number, by: string, now: number) {
      const given = values['portal.terms'];
      const terms = typeof given === 'string' && hasTerms(given) ? given : '';
      const digest = terms === '' ? '' : termsDigest(terms);
      return saveSettings(redis, site, { now, version, values: JSON.stringify(values), by, terms, digest });
    },
  };
}
