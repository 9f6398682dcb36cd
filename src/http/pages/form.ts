import { timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';

/** One field of a query or form; a field that came twice, or not at all, is empty. */
export function text(from: unknown, name: string): string {
  const value = (from as Record<string, unknown> | null | undefined)?.[name];
  return typeof value === 'string' ? value : '';
}

/** A field that may come several times, such as the boxes of a list. */
export function texts(from: unknown, name: string): string[] {
  const value = (from as Record<string, unknown> | null | undefined)?.[name];
  return [value].flat().filter((one) => typeof one === 'string');
}

/** What is wrong with what was sent, by field. */
export const byField = (
  problems: readonly { field: string; message: string }[],
): Record<string, string | undefined> =>
  Object.fromEntries(problems.map(({ field, message }) => [field, message]));

/** Are they the same? How long it takes does not tell where they differ. */
export function sameText(a: string, b: string): boolean {
  const [one, other] = [Buffer.from(a), Buffer.from(b)];
  return one.length === other.length && timingSafeEqual(one, other);
}

/** A page that is open asks for itself again: nobody has used it. Whoever says so of themselves only gains less. */
export const asksByItself = ({ headers }: FastifyRequest): boolean => headers['x-foyer-live'] !== undefined;

/** Browsers say where a form comes from; who says nothing is no browser and carries no one's rights. */
export function sameOrigin(request: FastifyRequest): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
  const { origin } = request.headers;
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === request.host.toLowerCase();
}

/** A place on this listener to go on to; anything else leads home. */
export const localPath = (path: string): string => (/^\/(?![/\\])[\x21-\x7e]*$/.test(path) ? path : '/');
