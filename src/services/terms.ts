import type { SiteId } from '../domain/id.js';
import { hasTerms, type TermsVersion } from '../domain/terms.js';
import type { TermsStore } from '../redis/terms.js';
import type { SettingsService } from './settings.js';

export type TermsService = ReturnType<typeof createTerms>;

export interface TermsDeps {
  store: TermsStore;
  settings: Pick<SettingsService, 'read'>;
  now: () => number;
}

/** The terms of use, by versions: what a visitor accepted can be read as it was. */
export function createTerms({ store, settings, now }: TermsDeps) {
  async function currentNumber(site: SiteId): Promise<{ version: number; text: string } | undefined> {
    const { values, version: saved, terms } = await settings.read(site);
    const text = values['portal.terms'];
    if (!hasTerms(text)) return undefined;
    const version = terms || (await store.note(site, text, saved, now()));
    // Somebody has just saved others.
    return version === undefined ? currentNumber(site) : { version, text };
  }

  return {
    /** What visitors are shown now; undefined where the site has no terms. */
    current: currentNumber,

    find: (site: SiteId, version: number): Promise<TermsVersion | undefined> => store.find(site, version),

    /** Every text that visitors were shown, newest first. */
    list: (site: SiteId): Promise<TermsVersion[]> => store.list(site),

    /**
     * Records that the visitor of this visit accepted these terms: the version that was shown, which need not be the newest.
     * `by`: where, or who says so. False where there is no such visit or version.
     */
    accept: async (site: SiteId, visit: string, version: number, by: string): Promise<boolean> =>
      (await store.accept(site, visit, version, by, now())) === 'accepted',
  };
}
