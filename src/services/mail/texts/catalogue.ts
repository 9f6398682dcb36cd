import { readdirSync } from 'node:fs';
import { texts as en, type MailTexts } from './en.js';

export type { MailTexts } from './en.js';

const files = readdirSync(import.meta.dirname).flatMap(
  (file) => /^([a-z]{2,3})\.[jt]s$/.exec(file)?.[1] ?? [],
);
const modules = await Promise.all(files.map((tag) => import(`./${tag}.js`) as Promise<{ texts: MailTexts }>));

const byTag = new Map(modules.map(({ texts }) => [texts.lang, texts]));

/** Tags of the languages in which mails can be written. */
export const MAIL_LANGUAGES: readonly string[] = [...byTag.keys()].sort();

/** The words of a language; English where there are none in it. */
export const mailTexts = (lang: string): MailTexts => byTag.get(lang) ?? en;
