import { emailProblem } from './email.js';

/** Somebody whom visitors may ask for. */
export interface ListedHost {
  name: string;
  email: string;
}

/** Characters of a name, of a visitor or a host. */
export const NAME_MOST = 200;
export const HOSTS_MOST = 500;
const LINE_MOST = 320;
const NAME = /^[^<>@]+$/;
const LISTED = /^(?:(.*?)\s*<\s*([^<>]+?)\s*>|(.*?)\s*[,;\t]\s*(\S+))$/u;

/** As a visit can have it. */
const nameOfVisits = (name: string): string =>
  name
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .slice(0, NAME_MOST)
    .trim();

/** The hosts of a list with one per line, `Bob Miller <bob@example.com>`, or what is wrong with its first wrong line. */
export function parseHosts(
  text: string,
): { ok: true; hosts: ListedHost[] } | { ok: false; line: number; message: string } {
  const hosts: ListedHost[] = [];
  for (const [i, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim().normalize('NFC');
    if (line === '') continue;
    const [, first, firstMail, second, secondMail] = LISTED.exec(line) ?? [];
    const name = (first ?? second ?? '').trim();
    const email = (firstMail ?? secondMail ?? '').trim();
    if (!NAME.test(name) || line.length > LINE_MOST || emailProblem(email) !== undefined)
      return { ok: false, line: i + 1, message: 'Write a name and an e-mail address.' };
    hosts.push({ name: nameOfVisits(name), email });
  }
  return hosts.length > HOSTS_MOST
    ? { ok: false, line: HOSTS_MOST + 1, message: `There may be ${HOSTS_MOST} hosts at most.` }
    : { ok: true, hosts };
}

export const listedHosts = (text: string): ListedHost[] => {
  const parsed = parseHosts(text);
  return parsed.ok ? parsed.hosts : [];
};
