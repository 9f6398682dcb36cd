import { escapeHtml } from '../views.js';

/**
 * Guest pages are rendered once per site, language and version of the settings; what differs between visitors is left open
 * then and put in for each. The marks are control characters, which no text of ours and no setting can hold.
 */

const OPEN = '\u0001';
const CLOSE = '\u0002';

/** Stands in a template's data for what is put in later. */
export const slot = (name: string): string => `${OPEN}${name}${CLOSE}`;

/** A rendered page: text, name of a slot, text, name of a slot, ... text. */
export type Chunks = readonly string[];

export const chunksOf = (html: string): Chunks => html.split(OPEN).flatMap((part) => part.split(CLOSE));

/** The page for one visitor, everything that is put in escaped. */
export function fill(chunks: Chunks, inserts: Readonly<Record<string, string>>): string {
  let html = '';
  for (const [i, chunk] of chunks.entries()) {
    if (i % 2 === 0) {
      html += chunk;
      continue;
    }
    const insert = inserts[chunk];
    if (insert === undefined) throw new Error(`nothing to put into the slot "${chunk}"`);
    html += escapeHtml(insert);
  }
  return html;
}
