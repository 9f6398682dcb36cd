import { emailProblem } from './email.js';
import { type ListedHost, listedHosts } from './hosts-list.js';
import type { ClientMac, GatewayId } from './id.js';
import type { Settings } from './settings.js';
import { queryWords } from './visit.js';

/** Who is asked: of the list, or by an address of an allowed domain. */
export type HostFound =
  | { status: 'found'; host: ListedHost }
  /** Several of that name. */
  | { status: 'several' }
  | { status: 'unknown' };

/** Does the address belong to one of these domains, or to one below them? */
export function domainAllows(email: string, domains: readonly string[]): boolean {
  const domain = email.slice(email.lastIndexOf('@') + 1).toLowerCase();
  return domains.some((one) => domain === one.toLowerCase());
}

/** Whom a visitor means who typed this: a name of the list or the beginnings of its words, or an address. */
export function findHost(typed: string, hosts: readonly ListedHost[], domains: readonly string[]): HostFound {
  const text = typed.trim().normalize('NFC');
  if (text.includes('@')) {
    const listed = hosts.find(({ email }) => email.toLowerCase() === text.toLowerCase());
    if (listed) return { status: 'found', host: listed };
    const allowed = emailProblem(text) === undefined && domainAllows(text, domains);
    return allowed ? { status: 'found', host: { name: text, email: text } } : { status: 'unknown' };
  }
  const words = queryWords(text);
  if (words.join('').length < 2) return { status: 'unknown' };
  const named = hosts.map((host) => ({ host, own: queryWords(host.name) }));
  // The whole name, else whole words of it, else their beginnings: Bob is not Bobby where there is a Bob.
  const ways = [
    (own: readonly string[]) => own.join(' ') === words.join(' '),
    (own: readonly string[]) => words.every((word) => own.includes(word)),
    (own: readonly string[]) => words.every((word) => own.some((one) => one.startsWith(word))),
  ];
  const meant = ways
    .map((fits) => named.flatMap(({ host, own }) => (fits(own) ? host : [])))
    .find((found) => found.length > 0);
  const [host, ...others] = meant ?? [];
  if (!host) return { status: 'unknown' };
  return others.some(({ email }) => email.toLowerCase() !== host.email.toLowerCase())
    ? { status: 'several' }
    : { status: 'found', host };
}

/** A host may answer for so long. */
export const ANSWER_MS = 2 * 3_600_000;
/** A request is kept for so long, so that the visitor can read what became of it. */
export const REQUEST_KEPT_MS = 24 * 3_600_000;
/** Requests that wait for an answer, and those of the last two hours that were declined: of one host, of a site. */
export const OPEN_MOST = { host: 3, site: 50 } as const;
/** How many walk-ins one place takes within an hour: a tablet, all phones of a site together. */
export const WITHIN_HOUR_MOST = { desk: 40, portal: 100 } as const;

export const REQUEST_STATES = ['open', 'approved', 'declined', 'expired'] as const;
export type RequestState = (typeof REQUEST_STATES)[number];

/** Somebody stands at the door and asks for a host. Instants are epoch milliseconds. */
export interface WalkInRequest {
  id: string;
  /** Where: a check-in desk, or a device on the Wi-Fi. */
  from: { desk: string } | { gateway: GatewayId; mac: ClientMac };
  name: string;
  email?: string;
  host: string;
  hostEmail: string;
  /** Tag of the visitor's language. */
  language: string;
  createdAt: number;
  answerBy: number;
  answer?: { outcome: 'approved' | 'declined'; at: number; by: string; visit?: string };
}

export function requestState(request: WalkInRequest, now: number): RequestState {
  if (request.answer) return request.answer.outcome;
  return now < request.answerBy ? 'open' : 'expired';
}

/** What a visitor typed into the form, by field. */
export interface WalkInForm {
  name: string;
  email: string;
  host: string;
}

export type WalkInField = keyof WalkInForm | 'terms';
/** What is wrong with a field; the words are the page's. */
export type WalkInProblem = 'name' | 'email' | 'host' | 'host-unknown' | 'host-several' | 'terms';

const TEXT_MOST = 200;
const line = (text: string): string => text.trim().normalize('NFC');
const isLine = (text: string): boolean =>
  text !== '' && text.length <= TEXT_MOST && !/[\p{Cc}\u2028\u2029]/u.test(text);

/** What was typed as it is kept, or what is wrong with it. The host is looked at by whoever knows the hosts. */
export function parseWalkIn(form: WalkInForm): {
  person: WalkInForm;
  problems: Partial<Record<WalkInField, WalkInProblem>>;
} {
  const person = { name: line(form.name), email: line(form.email), host: line(form.host) };
  const problems: Partial<Record<WalkInField, WalkInProblem>> = {};
  // A word at least: who types dots only has no name by which the host could know him.
  if (!isLine(person.name) || !/\p{L}/u.test(person.name)) problems.name = 'name';
  if (emailProblem(person.email) !== undefined) problems.email = 'email';
  if (!isLine(person.host) || !/\p{L}/u.test(person.host)) problems.host = 'host';
  return { person, problems };
}

export type WalkInSettings = Pick<
  Settings,
  | 'tokens.enabled'
  | 'walkIns.kiosk'
  | 'walkIns.portal'
  | 'walkIns.hostApproval'
  | 'walkIns.hosts'
  | 'walkIns.showHosts'
  | 'hosts.domains'
>;

/** What a form for walk-ins offers. */
export interface WalkInOptions {
  /** The host is asked before anything happens. */
  approval: boolean;
  /** Names to choose from; none where they are not shown. */
  hosts: readonly string[];
}

/** Undefined where walk-ins are not taken: also where nobody is there to be asked, or PINs do not open the Wi-Fi. */
export function walkInOptions(values: WalkInSettings, where: 'kiosk' | 'portal'): WalkInOptions | undefined {
  if (!values[`walkIns.${where}`] || (where === 'portal' && !values['tokens.enabled'])) return undefined;
  const approval = values['walkIns.hostApproval'];
  const somebody = values['walkIns.hosts'].trim() !== '' || values['hosts.domains'].length > 0;
  if (approval && !somebody) return undefined;
  const hosts = values['walkIns.showHosts'] ? listedHosts(values['walkIns.hosts']) : [];
  return { approval, hosts: hosts.map(({ name }) => name) };
}
