import { LANGUAGES } from '../../guest/texts/catalogue.js';
import { texts as en, type PeopleTexts } from './en.js';

export type { PeopleTexts } from './en.js';

const found = await Promise.all(
  LANGUAGES.map(async ({ lang }) => {
    const { texts } = (await import(`./${lang}.js`)) as { texts: PeopleTexts };
    return [lang, texts] as const;
  }),
);
const byTag = new Map(found);

/** The texts for desks, walk-ins and hosts in a language that the guest pages are there in. */
export const peopleTexts = (lang: string): PeopleTexts => byTag.get(lang) ?? en;
