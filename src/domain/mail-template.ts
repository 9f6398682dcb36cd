import { isMergeTag, type MailKindName, type MergeTag, mailKind } from './mail.js';
import { pinGroups } from './pin.js';
import type { FieldProblem } from './problem.js';

/** What a mail says: merge tags between braces, nothing else that is not said as it stands. */
export interface MailTemplate {
  subject: string;
  html: string;
  text: string;
}

export type TagValues = Partial<Record<MergeTag, string>>;

export const SUBJECT_MOST = 200;
export const HTML_MOST = 60_000;
export const TEXT_MOST = 20_000;

const TAG = /\{([a-z][a-z0-9_-]{0,40})\}/gi;

const tagsIn = (text: string): string[] => [...text.matchAll(TAG)].map(([, name = '']) => name.toLowerCase());

/**
 * A template with values in place of its tags. A line whose tags all have nothing to say is left out. What a value brings
 * along is never read as a tag.
 */
export function fill(
  template: string,
  values: TagValues,
  said: (text: string, tag: MergeTag) => string,
): string {
  const valueFor = (name: string): string | undefined => (isMergeTag(name) ? values[name] : undefined);
  return template
    .split('\n')
    .filter((line) => {
      const found = tagsIn(line).flatMap((name) => valueFor(name) ?? []);
      return found.length === 0 || found.some((value) => value !== '');
    })
    .map((line) =>
      line.replace(TAG, (tag, name: string) => {
        const known = name.toLowerCase();
        const value = valueFor(known);
        return value === undefined ? tag : said(value, known as MergeTag);
      }),
    )
    .join('\n');
}

const oneLine = (text: string): string => text.replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();

export const fillSubject = (template: string, values: TagValues): string =>
  oneLine(fill(oneLine(template), values, (text) => oneLine(text)));

export const fillText = (template: string, values: TagValues): string =>
  `${fill(template.replace(/\r\n?/g, '\n'), values, (text, tag) =>
    tag === 'visitorcode' ? pinGroups(text).join(' ') : text,
  )
    .replace(/\n{3,}/g, '\n\n')
    .trim()}\n`;

/** Outside resources tell the sender when a mail is opened, and most readers' programs do not load them. */
const OUTSIDE =
  /\b(?:src|background|poster)\s*=\s*["']?\s*(?:https?:)?\/\/|url\(\s*["']?\s*(?:https?:)?\/\//i;
const SCRIPT = /<\s*(?:script|iframe|object|embed|form)\b/i;

/** What keeps a template from being saved, and what its author should know. */
export function checkTemplate(
  kind: MailKindName,
  { subject, html, text }: MailTemplate,
): { problems: FieldProblem[]; warnings: string[] } {
  const problems: FieldProblem[] = [];
  const { tags, needs } = mailKind(kind);
  for (const [field, value, most] of [
    ['subject', subject, SUBJECT_MOST],
    ['html', html, HTML_MOST],
    ['text', text, TEXT_MOST],
  ] as const) {
    const fail = (message: string) => problems.push({ field, message });
    if (value.trim() === '') fail(`The ${field} is empty. Reset brings the text back that Foyer comes with.`);
    if (value.length > most)
      fail(`The ${field} has ${value.length} characters; ${most} are the most that it may have.`);
    if (/(?![\t\r\n])\p{Cc}/u.test(value))
      fail(`The ${field} has characters that cannot be seen. Type it anew.`);
    const strange = [...new Set(tagsIn(value))].filter((name) => !tags.some((tag) => tag === name));
    if (strange.length > 0)
      fail(`There is no {${strange.join('}, {')}} in this mail. There are: {${tags.join('}, {')}}.`);
  }
  if (/[\r\n]/.test(subject.trim())) problems.push({ field: 'subject', message: 'The subject is one line.' });
  const warnings: string[] = [];
  for (const [part, value] of [
    ['HTML', html],
    ['text', text],
  ] as const) {
    if (needs && !tagsIn(value).includes(needs))
      warnings.push(
        `The ${part} does not say {${needs}}: whoever reads it there misses what the mail is for.`,
      );
  }
  if (OUTSIDE.test(html))
    warnings.push('The HTML loads something from elsewhere. Most mail programs do not show it.');
  if (SCRIPT.test(html)) warnings.push('Scripts, frames and forms do not work in mail.');
  return { problems, warnings };
}
