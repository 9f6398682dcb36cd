import { en, type Texts } from './en.js';

export type { Texts } from './en.js';

const LANGUAGES: readonly Texts[] = [en];

/** The texts in the best language that the visitor's browser asks for; the first language where it asks for none of ours. */
export function textsFor(acceptLanguage: string | undefined): Texts {
  const wanted = (acceptLanguage ?? '')
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
      const quality = parameters.find((parameter) => parameter.startsWith('q='));
      return { tag, quality: quality === undefined ? 1 : Number(quality.slice(2)) || 0 };
    })
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality);
  for (const { tag } of wanted) {
    const found = LANGUAGES.find(({ lang }) => tag === lang || tag.startsWith(`${lang}-`));
    if (found) return found;
  }
  return en;
}
