import type { SiteId } from '../domain/id.js';
import { type TermsVersion, termsDigest } from '../domain/terms.js';
import { siteKeys } from './keys.js';
import { defineScript, type RedisClient, statusOf } from './scripts.js';

const noteTerms = defineScript({
  file: 'note-terms',
  args: ['now', 'version', 'text', 'digest'],
  reply: ([status, number]): number | undefined => (status === 'noted' ? Number(number) : undefined),
  durable: true,
});

const acceptTerms = defineScript({
  file: 'accept-terms',
  args: ['now', 'visit', 'number', 'by'],
  reply: statusOf('accepted', 'unknown'),
  durable: true,
});

export type TermsStore = ReturnType<typeof createTermsStore>;

const read = (version: number, json: string): TermsVersion => {
  const { text, digest, since } = JSON.parse(json) as { text: string; digest: string; since: string };
  return { version, text, digest, since: Number(since) };
};

/** Every text of the terms of use that visitors were shown. Saving the settings is what adds to them. */
export function createTermsStore(redis: RedisClient) {
  return {
    async find(site: SiteId, version: number): Promise<TermsVersion | undefined> {
      const json = await redis.hget(siteKeys.terms(site), String(version));
      return json === null ? undefined : read(version, json);
    },

    /** Newest first. */
    async list(site: SiteId): Promise<TermsVersion[]> {
      const rows = Object.entries(await redis.hgetall(siteKeys.terms(site)));
      return rows.map(([number, json]) => read(Number(number), json)).sort((a, b) => b.version - a.version);
    },

    /** The number of a text that stands in the settings of this version without one; undefined where they changed since. */
    note: (site: SiteId, text: string, settings: number, now: number): Promise<number | undefined> =>
      noteTerms(redis, site, { now, version: settings, text, digest: termsDigest(text) }),

    /** `unknown`: there is no such visit, or no such text. */
    accept: (site: SiteId, visit: string, version: number, by: string, now: number) =>
      acceptTerms(redis, site, { now, visit, number: version, by }),
  };
}
