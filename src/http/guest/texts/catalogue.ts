import { readdirSync } from 'node:fs';
import Negotiator from 'negotiator';
import { texts as en, type Texts } from './en.js';

export type { Texts } from './en.js';

const files = readdirSync(import.meta.dirname).flatMap(
  (file) => /^([a-z]{2,3})\.[jt]s$/.exec(file)?.[1] ?? [],
);
const modules = await Promise.all(files.map((tag) => import(`./${tag}.js`) as Promise<{ texts: Texts }>));

/** Every language that has a file here, by the names that they give themselves. */
export const LANGUAGES: readonly Texts[] = modules
  .map(({ texts }) => texts)
  .sort((a, b) => a.language.localeCompare(b.language, 'en'));

/** The languages that a site offers, its first choice first; all of them, English first, where it names none. */
export function offered(tags: readonly string[]): readonly [Texts, ...Texts[]] {
  const named = tags.flatMap((tag) => LANGUAGES.find(({ lang }) => lang === tag) ?? []);
  const [first = en, ...others] = named.length > 0 ? named : [en, ...LANGUAGES.filter((one) => one !== en)];
  return [first, ...others];
}

/** Android up to 2021 names Hebrew by the tag that it had before 1989. */
const modern = (acceptLanguage: string): string => acceptLanguage.replace(/\biw\b/gi, 'he');

/** The best of these languages: the one that was chosen, else what the browser asks for (RFC 9110, 12.5.4), else the first. */
export function textsFor(
  languages: readonly [Texts, ...Texts[]],
  chosen: string | undefined,
  acceptLanguage: string | undefined,
): Texts {
  const by = (tag: string | undefined) => languages.find(({ lang }) => lang === tag);
  const headers = { 'accept-language': acceptLanguage && modern(acceptLanguage) };
  const wanted = new Negotiator({ headers }).language(languages.map(({ lang }) => lang));
  return by(chosen) ?? by(wanted) ?? languages[0];
}
