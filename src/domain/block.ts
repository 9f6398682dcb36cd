import { emailProblem } from './email.js';
import type { ClientMac } from './id.js';
import { readTime } from './local-time.js';
import { parseMac } from './mac.js';
import { foldEmail, hasWholeWords, MAC_PROBLEM } from './person.js';
import type { FieldProblem } from './problem.js';
import { queryWords, type RegistrationProblem } from './visit.js';

export const BLOCK_KINDS = ['name', 'email', 'mac'] as const;
export type BlockKind = (typeof BLOCK_KINDS)[number];

/** One line of a site's block list: who is not welcome, and until when. */
export interface Block {
  id: string;
  kind: BlockKind;
  /** A name as typed; an address in small letters, or a whole domain as `@example.com`; a hardware address. */
  value: string;
  /** Why, for the team; `''` for none. */
  note: string;
  addedBy: string;
  addedAt: number;
  /** Epoch milliseconds; absent: for good. */
  until?: number;
}

/** Who is looked for on the list. */
export interface Subject {
  name?: string | undefined;
  email?: string | undefined;
  mac?: ClientMac | undefined;
}

export type NewBlock = Pick<Block, 'kind' | 'value' | 'note' | 'until'>;

export const BLOCK_NOTE_MOST = 200;
const VALUE_MOST = 254;
const DOMAIN = /^@[^\s@<>"',;:\\.]+(?:\.[^\s@<>"',;:\\.]+)+$/;

export const isOver = (block: Block, now: number): boolean => block.until !== undefined && block.until <= now;

/** Does this line mean them? Over or not is not asked. */
export function means(
  { kind, value }: Pick<Block, 'kind' | 'value'>,
  { name, email, mac }: Subject,
): boolean {
  switch (kind) {
    case 'name':
      return name !== undefined && hasWholeWords(name, queryWords(value));
    case 'email': {
      const folded = email === undefined ? '' : foldEmail(email);
      return value.startsWith('@') ? folded.endsWith(value) : folded === value;
    }
    case 'mac':
      return mac === value;
  }
}

export const findBlock = (blocks: readonly Block[], subject: Subject, now: number): Block | undefined =>
  blocks.find((block) => !isOver(block, now) && means(block, subject));

/** Whom a change names anew: a visit that is there may be moved and shortened, whoever is on the list by now. */
export const subjectOf = (before: Subject, after: Subject): Subject => ({
  ...(after.name === before.name ? {} : { name: after.name }),
  ...(after.email === before.email ? {} : { email: after.email }),
});

/** What the team is told of it. */
export function blockedProblem(block: Block, subject: Subject): RegistrationProblem {
  const who = (block.kind === 'email' ? subject.email : subject.name) ?? block.value;
  const note = block.note === '' ? '' : ` (${block.note})`;
  const field = block.kind === 'email' ? 'email' : block.kind;
  return { field, message: `${who} is on the block list${note}. Ask an admin.`, blocked: true };
}

/** What hosts and visitors are told: that there is a list, and why, is the team's business. */
export const neutral = (problems: readonly RegistrationProblem[]): RegistrationProblem[] =>
  problems.map((problem) =>
    problem.blocked ? { field: problem.field, message: 'Please ask at the desk.' } : problem,
  );

const oneLine = (value: unknown, most: number): string | undefined => {
  const text = typeof value === 'string' ? value.trim().normalize('NFC') : '';
  return text.length <= most && !/\p{Cc}/u.test(text) ? text : undefined;
};

function readValue(kind: BlockKind, text: string): { value: string } | { message: string } {
  switch (kind) {
    case 'name':
      return queryWords(text).length > 0
        ? { value: text }
        : { message: 'A name has letters. Right would be Ada Lovelace.' };
    case 'email': {
      const value = foldEmail(text);
      if (DOMAIN.test(value) || emailProblem(value) === undefined) return { value };
      return {
        message: 'That is no e-mail address and no domain. Right would be anna@example.com, or @example.com.',
      };
    }
    case 'mac': {
      const value = parseMac(text);
      return value ? { value } : { message: MAC_PROBLEM };
    }
  }
}

/** A line as an admin types it, or every field that is wrong. `until`: local in the site's zone, or an instant. */
export function parseBlock(
  input: unknown,
  zone: string,
  now: number,
): { ok: true; block: NewBlock } | { ok: false; problems: FieldProblem[] } {
  const fields = (input ?? {}) as Record<string, unknown>;
  const problems: FieldProblem[] = [];
  const kind = BLOCK_KINDS.find((one) => one === fields.kind);
  if (!kind) problems.push({ field: 'kind', message: 'Choose one of: name, email, mac.' });
  const text = oneLine(fields.value, VALUE_MOST) ?? '';
  const read = kind && readValue(kind, text);
  if (read && 'message' in read) problems.push({ field: 'value', message: read.message });
  const note = oneLine(fields.note, BLOCK_NOTE_MOST);
  if (note === undefined)
    problems.push({ field: 'note', message: `A note is one line of at most ${BLOCK_NOTE_MOST} characters.` });
  const untilText = typeof fields.until === 'string' ? fields.until.trim() : '';
  const until = untilText === '' ? undefined : readTime(untilText, zone);
  if (until && !until.ok) problems.push({ field: 'until', message: until.message });
  if (until?.ok && until.at <= now)
    problems.push({ field: 'until', message: 'That is over already. Leave it empty to block for good.' });
  if (problems.length > 0 || !kind || !read || 'message' in read) return { ok: false, problems };
  return {
    ok: true,
    block: { kind, value: read.value, note: note ?? '', ...(until?.ok ? { until: until.at } : {}) },
  };
}
