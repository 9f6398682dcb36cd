import type { WalkInField, WalkInProblem } from '../../domain/walk-in.js';
import type { PeopleTexts } from './texts/catalogue.js';

/** What is wrong with the fields of a walk-in's form, in the reader's words. */
export function problemWords(
  texts: PeopleTexts,
  problems: Partial<Record<WalkInField, WalkInProblem>>,
): Partial<Record<WalkInField, string>> {
  const words = texts.walkIn.problems;
  const said: Record<WalkInProblem, string> = {
    name: words.name,
    email: words.email,
    host: words.host,
    'host-unknown': words.hostUnknown,
    'host-several': words.hostSeveral,
    terms: words.terms,
  };
  return Object.fromEntries(Object.entries(problems).map(([field, problem]) => [field, said[problem]]));
}
