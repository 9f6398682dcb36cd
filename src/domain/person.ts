import { emailProblem } from './email.js';
import type { ClientMac } from './id.js';
import { parseMac } from './mac.js';
import type { FieldProblem } from './problem.js';
import { queryWords } from './visit.js';

/** Whom somebody asks about. Each field alone may be enough; more of them find more. */
export interface PersonQuery {
  name?: string;
  email?: string;
  mac?: ClientMac;
}

export const PERSON_FIELDS = ['name', 'email', 'mac'] as const;
export type PersonField = (typeof PERSON_FIELDS)[number];

/** Longest name or address that is searched for. */
export const PERSON_TEXT_MOST = 254;

/** An address as two are compared. */
export const foldEmail = (email: string): string => email.trim().normalize('NFC').toLowerCase();

/** Are all of these words whole words of the text, in whichever order? */
export function hasWholeWords(text: string, words: readonly string[]): boolean {
  const own = new Set(queryWords(text));
  return words.length > 0 && words.every((word) => own.has(word));
}

/** By which fields of a query a visitor is meant. */
export function meantBy(
  query: PersonQuery,
  visitor: { name: string; email?: string | undefined },
): PersonField[] {
  const by: PersonField[] = [];
  if (query.name !== undefined && hasWholeWords(visitor.name, queryWords(query.name))) by.push('name');
  if (query.email !== undefined && visitor.email && foldEmail(visitor.email) === foldEmail(query.email))
    by.push('email');
  return by;
}

/** Is whom the query means the host of this visit, by name or address? */
export function hostsIt(query: PersonQuery, visit: { host?: string; hostEmail?: string }): boolean {
  const { host = '', hostEmail = '' } = visit;
  const named = query.name !== undefined && hasWholeWords(host, queryWords(query.name));
  const address = query.email === undefined ? '' : foldEmail(query.email);
  return named || (address !== '' && [host, hostEmail].some((one) => foldEmail(one) === address));
}

export const MAC_PROBLEM = 'That is no hardware address. Right would be 02:00:00:00:00:10.';

/** Whom an input means, or every field of it that is wrong. */
export function parsePersonQuery(
  input: unknown,
): { ok: true; query: PersonQuery } | { ok: false; problems: FieldProblem[] } {
  const fields = (input ?? {}) as Record<string, unknown>;
  const problems: FieldProblem[] = [];
  const text = (field: PersonField): string | undefined => {
    const value = fields[field];
    if (typeof value !== 'string' || value.trim() === '') return undefined;
    if (value.length <= PERSON_TEXT_MOST) return value.trim();
    problems.push({ field, message: `That is longer than ${PERSON_TEXT_MOST} characters.` });
    return undefined;
  };
  const [name, email, typedMac] = [text('name'), text('email'), text('mac')];
  const mac = typedMac === undefined ? undefined : parseMac(typedMac);
  if (name !== undefined && queryWords(name).length === 0)
    problems.push({ field: 'name', message: 'A name has letters. Right would be Ada Lovelace.' });
  const wrongEmail = email === undefined ? undefined : emailProblem(email);
  if (wrongEmail) problems.push({ field: 'email', message: wrongEmail });
  if (typedMac !== undefined && !mac) problems.push({ field: 'mac', message: MAC_PROBLEM });
  if (problems.length === 0 && name === undefined && email === undefined && !mac)
    problems.push({
      field: 'email',
      message: 'Say whom you mean: an e-mail address, a name, or the hardware address of a device.',
    });
  if (problems.length > 0) return { ok: false, problems };
  const query = {
    ...(name === undefined ? {} : { name }),
    ...(email === undefined ? {} : { email }),
    ...(mac ? { mac } : {}),
  };
  return { ok: true, query };
}
