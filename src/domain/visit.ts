import { emailProblem } from './email.js';
import { NAME_MOST } from './hosts-list.js';
import type { ClientMac } from './id.js';
import { localOf, readTime } from './local-time.js';
import type { MailState } from './mail.js';
import type { FieldProblem } from './problem.js';
import { DEVICES_MOST, LIMIT_MOST, MINUTES_MOST, type Settings } from './settings.js';
import { lastPossibleEnd, type TokenTerms, viewToken } from './window.js';

export const VISIT_STATES = ['expected', 'checked-in', 'checked-out', 'cancelled', 'no-show'] as const;
export type VisitState = (typeof VISIT_STATES)[number];

/** What a visit's devices may take. Absent: no limit. */
export interface VisitLimits {
  downKbps?: number;
  upKbps?: number;
  quotaMB?: number;
}

/** One device that holds a slot of a visit. */
export interface Device {
  mac: ClientMac;
  /** Opaque name of its slot, for pages. */
  slot: string;
  addedAt: number;
}

/** One expected stay of one visitor. Instants are epoch milliseconds. */
export interface Visit {
  id: string;
  name: string;
  email?: string;
  /** Who invited the visitor, as given. */
  host?: string;
  /** Where the host is told that the visitor is here. */
  hostEmail?: string;
  /** Tag of the language in which the visitor is written to. */
  language?: string;
  /** Local time in `timeZone`; the instant is `terms.arrivalAt`. */
  expectedArrival: string;
  timeZone: string;
  maxDevices: number;
  limits: VisitLimits;
  terms: TokenTerms;
  /** False: the PIN is for check-in only. */
  hasToken: boolean;
  createdAt: number;
  startedAt?: number;
  tokenEndedAt?: number;
  checkedInAt?: number;
  checkedOutAt?: number;
  cancelledAt?: number;
  firstUseAt?: number;
  /** The terms of use that the visitor accepted last, by their number, and when. */
  termsVersion?: number;
  termsAcceptedAt?: number;
  /** The newest mail to the visitor. */
  mail?: { state: MailState; at: number; words: string };
  devices: Device[];
}

export interface RegistrationProblem extends FieldProblem {
  /** For a local time that does not exist or exists twice. */
  readings?: [string, string];
  /** Whoever was named is on the block list: hosts and visitors are told in neutral words. */
  blocked?: true;
}

/** A visit as it is asked for: no record yet. */
export type Registration = Pick<
  Visit,
  | 'name'
  | 'email'
  | 'host'
  | 'hostEmail'
  | 'language'
  | 'expectedArrival'
  | 'timeZone'
  | 'maxDevices'
  | 'limits'
  | 'terms'
> & { notify?: boolean };

/** By comparing times. Who came online was there, whether or not the desk saw it. */
export function visitState(visit: Visit, now: number): VisitState {
  if (visit.cancelledAt !== undefined) return 'cancelled';
  if (visit.checkedOutAt !== undefined) return 'checked-out';
  if (visit.checkedInAt !== undefined) return 'checked-in';
  const over = now >= lastPossibleEnd(visit.terms, visit.startedAt);
  return over && visit.firstUseAt === undefined ? 'no-show' : 'expected';
}

/** Can its PIN be of no use any more, because its time is over? */
export function isOver({ terms, startedAt }: Visit, now: number): boolean {
  return viewToken(terms, startedAt === undefined ? {} : { startedAt }, now).state === 'expired';
}

const MINUTE_MS = 60_000;
/** In place of an arrival that could not be read: it compares with nothing, so that an end is not blamed for it. */
const UNREAD = Number.NaN;

type Policy = Pick<TokenTerms, 'validFrom' | 'earlyMs' | 'startWithinMs'>;

const policyOf = (settings: Settings): Policy => ({
  validFrom: settings['tokens.validFrom'],
  earlyMs: settings['tokens.earlyMinutes'] * MINUTE_MS,
  startWithinMs: settings['tokens.startWithinMinutes'] * MINUTE_MS,
});

/** The terms of a token that a visit gets only now: arrival and duration stay, the policy is today's. */
export const termsNow = (terms: TokenTerms, settings: Settings): TokenTerms => ({
  ...terms,
  ...policyOf(settings),
});

/** The fields of an input, each read once; what is wrong is collected. Null and the empty text stand for none. */
function createReader(input: unknown) {
  const fields = (input ?? {}) as Record<string, unknown>;
  const problems: RegistrationProblem[] = [];
  const fail = (field: string, message: string): undefined => {
    problems.push({ field, message });
    return undefined;
  };
  const has = (field: string): boolean => fields[field] !== undefined;
  const none = (field: string): boolean =>
    fields[field] === undefined || fields[field] === null || fields[field] === '';

  return {
    problems,
    has,
    none,
    fail,
    text(field: string, label: string): string | undefined {
      if (none(field)) return undefined;
      const value = fields[field];
      if (typeof value !== 'string') return fail(field, `${label} is a text.`);
      const text = value.trim().normalize('NFC');
      if (text.length > NAME_MOST) return fail(field, `${label} may have ${NAME_MOST} characters at most.`);
      if (/\p{Cc}/u.test(text)) return fail(field, `${label} is one line of text.`);
      return text === '' ? undefined : text;
    },
    whole(field: string, least: number, most: number): number | undefined {
      if (none(field)) return undefined;
      const value = fields[field];
      if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most)
        return value as number;
      return fail(field, `${field} is a whole number from ${least} to ${most}.`);
    },
    time(field: string, zone: string): number | undefined {
      if (none(field)) return undefined;
      const value = fields[field];
      if (typeof value !== 'string') return fail(field, `${field} is a text such as 2026-11-23T09:00.`);
      const read = readTime(value.trim(), zone);
      if (read.ok) return read.at;
      problems.push({
        field,
        message: read.message,
        ...(read.readings ? { readings: read.readings } : {}),
      });
      return undefined;
    },
    /** Absent where the input is silent; only a true is true. */
    flag<K extends string>(field: K): { [P in K]?: boolean } {
      return (none(field) ? {} : { [field]: fields[field] === true }) as { [P in K]?: boolean };
    },
  };
}

type Reader = ReturnType<typeof createReader>;

function readName(read: Reader): string {
  const name = read.text('name', 'The name');
  if (name === undefined && !read.problems.some(({ field }) => field === 'name'))
    read.fail('name', 'The name is missing.');
  return name ?? '';
}

function readEmail(read: Reader, field: 'email' | 'hostEmail', label: string): string | undefined {
  const email = read.text(field, label);
  const problem = email === undefined ? undefined : emailProblem(email);
  return problem === undefined ? email : read.fail(field, problem);
}

const LANGUAGE = /^[a-z]{2,3}$/;

function readLanguage(read: Reader): string | undefined {
  const language = read.text('language', 'The language');
  if (language === undefined || LANGUAGE.test(language)) return language;
  return read.fail('language', 'The language is a tag such as de or en.');
}

/** Whom the visit concerns, and how they are reached. */
function readPeople(read: Reader, before: Pick<Visit, Person> = {}): Pick<Visit, Person> {
  const email = read.has('email') ? readEmail(read, 'email', 'The e-mail address') : before.email;
  const host = read.has('host') ? read.text('host', 'The host') : before.host;
  const hostEmail = read.has('hostEmail')
    ? readEmail(read, 'hostEmail', "The host's e-mail address")
    : before.hostEmail;
  const language = read.has('language') ? readLanguage(read) : before.language;
  return {
    ...(email === undefined ? {} : { email }),
    ...(host === undefined ? {} : { host }),
    ...(hostEmail === undefined ? {} : { hostEmail }),
    ...(language === undefined ? {} : { language }),
  };
}

type Person = 'email' | 'host' | 'hostEmail' | 'language';

/** The end that an input asks for, in place of what was agreed before. */
function readLength(read: Reader, zone: string, before: TokenTerms): TokenTerms {
  const { endAt: agreedEnd, ...terms } = before;
  if (!read.none('durationMinutes') && !read.none('until'))
    read.fail('until', 'Send durationMinutes or until, not both.');
  const minutes = read.whole('durationMinutes', 1, MINUTES_MOST);
  if (minutes !== undefined) return { ...terms, durationMs: minutes * MINUTE_MS };
  const until = read.time('until', zone);
  const endAt = read.has('until') ? until : agreedEnd;
  if (endAt === undefined) return terms;
  if (endAt <= terms.arrivalAt) read.fail('until', 'until must be later than the expected arrival.');
  else if (endAt - terms.arrivalAt > MINUTES_MOST * MINUTE_MS)
    read.fail('until', 'until is more than a year after the expected arrival.');
  return { ...terms, endAt };
}

function readLimits(read: Reader, before: VisitLimits): VisitLimits {
  const limits: VisitLimits = {};
  for (const name of ['downKbps', 'upKbps', 'quotaMB'] as const) {
    const value = read.has(name) ? read.whole(name, 1, LIMIT_MOST[name]) : before[name];
    if (value !== undefined) limits[name] = value;
  }
  return limits;
}

/** A visit to be registered, with the site's settings where the input is silent; or every field that is wrong. */
export function parseRegistration(
  input: unknown,
  settings: Settings,
): { ok: true; registration: Registration } | { ok: false; problems: RegistrationProblem[] } {
  const read = createReader(input);
  const timeZone = settings['site.timeZone'];
  const name = readName(read);
  const people = readPeople(read);
  const arrivalAt = read.time('expectedArrival', timeZone);
  if (read.none('expectedArrival')) read.fail('expectedArrival', 'The expected arrival is missing.');
  const terms = readLength(read, timeZone, {
    ...policyOf(settings),
    arrivalAt: arrivalAt ?? UNREAD,
    durationMs: settings['tokens.durationMinutes'] * MINUTE_MS,
  });
  const maxDevices = read.whole('maxDevices', 1, DEVICES_MOST) ?? settings['tokens.maxDevices'];
  const limits = readLimits(read, {
    ...limit('downKbps', settings['tokens.downKbps']),
    ...limit('upKbps', settings['tokens.upKbps']),
    ...limit('quotaMB', settings['tokens.quotaMB']),
  });
  if (read.problems.length > 0 || arrivalAt === undefined) return { ok: false, problems: read.problems };
  const registration = {
    name,
    ...people,
    expectedArrival: localOf(arrivalAt, timeZone),
    timeZone,
    maxDevices,
    limits,
    terms,
    ...read.flag('notify'),
  };
  return { ok: true, registration };
}

const limit = (name: keyof VisitLimits, value: number | null): VisitLimits =>
  value === null ? {} : { [name]: value };

/** A visit with the fields of the input changed, or every field that is wrong. Times are read in the visit's own zone. */
export function parseChange(
  input: unknown,
  before: Visit,
): { ok: true; visit: Visit; notify?: boolean } | { ok: false; problems: RegistrationProblem[] } {
  const read = createReader(input);
  const { email: _, host: __, hostEmail: ___, language: ____, ...rest } = before;
  const name = read.has('name') ? readName(read) : before.name;
  const people = readPeople(read, before);
  if (read.has('expectedArrival') && read.none('expectedArrival'))
    read.fail('expectedArrival', 'The expected arrival is missing.');
  const arrivalAt = read.has('expectedArrival')
    ? (read.time('expectedArrival', before.timeZone) ?? UNREAD)
    : before.terms.arrivalAt;
  const terms = readLength(read, before.timeZone, {
    ...before.terms,
    arrivalAt,
  });
  const maxDevices = read.whole('maxDevices', 1, DEVICES_MOST) ?? before.maxDevices;
  const limits = readLimits(read, before.limits);
  if (read.problems.length > 0) return { ok: false, problems: read.problems };
  const visit = {
    ...rest,
    name,
    ...people,
    expectedArrival: localOf(arrivalAt, before.timeZone),
    maxDevices,
    limits,
    terms,
  };
  return { ok: true, visit, ...read.flag('notify') };
}

/** A text as lists are searched: without marks and case, cut into words. Folding a word again changes nothing. */
export function queryWords(text: string): string[] {
  const plain = text.normalize('NFKD').replace(/\p{M}/gu, '');
  // By way of capitals, which some small letters share: ss with sharp s, both Greek sigmas.
  const folded = plain.toLowerCase().toUpperCase().toLowerCase().replaceAll('ς', 'σ');
  return [...new Set(folded.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== ''))];
}

/** By which the visits of a host are found: no word that anybody searches for begins like it. */
export const hostWord = (hostEmail: string): string => `@${hostEmail.toLowerCase()}`;

/** The words by which a visit is found: of name, e-mail, host and the host's e-mail, and the one of the host. */
export const wordsOf = ({ name, email, host, hostEmail }: Visit): string[] => [
  ...queryWords([name, email, host, hostEmail].join(' ')),
  ...(hostEmail === undefined ? [] : [hostWord(hostEmail)]),
];

/** Does every one of these words begin a word by which the visit is found? */
export function hasWords(visit: Visit, words: readonly string[]): boolean {
  const own = words.length === 0 ? [] : wordsOf(visit);
  return words.every((word) => own.some((one) => one.startsWith(word)));
}
