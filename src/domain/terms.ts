import { createHash } from 'node:crypto';

/** One text of the terms of use, as it was shown. Numbers count from 1 and are never given again. */
export interface TermsVersion {
  version: number;
  text: string;
  /** The same for the same text. */
  digest: string;
  /** Since when it is this text that visitors are shown, epoch milliseconds. */
  since: number;
}

/** A text of which nothing would be seen is none. */
export const hasTerms = (text: string): boolean => text.trim() !== '';

export const paragraphsOf = (text: string): string[] =>
  text.split(/\r?\n\s*\n/).flatMap((paragraph) => paragraph.trim() || []);

export const termsDigest = (text: string): string =>
  createHash('sha256').update(text.replace(/\r\n?/g, '\n').trim()).digest('hex').slice(0, 16);
