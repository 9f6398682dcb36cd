import { roleAllows, type TeamRole } from './team.js';

/** Where a mail is on its way. `held`: there is no mail server, people read it in the outbox. */
export const MAIL_STATES = ['queued', 'sending', 'sent', 'refused', 'held'] as const;
export type MailState = (typeof MAIL_STATES)[number];

export const parseMailState = (text: string): MailState | undefined =>
  MAIL_STATES.find((state) => state === text);

/** What may stand between braces in a template, and what comes in its place. A line whose tags all have nothing to say is left out. */
export const MERGE_TAGS = {
  visitorcode: 'The visitor’s PIN, in groups.',
  fullname: 'The visitor’s name.',
  host: 'Who invited the visitor.',
  sitename: 'Name of the site.',
  arrival: 'Expected arrival: day and time on the site’s clock.',
  when: 'When the PIN works, in words, with the time zone.',
  from: 'When the PIN begins to work.',
  until: 'When it ends.',
  duration: 'How long the access lasts.',
  timezone: 'The site’s time zone.',
  use: 'What the PIN is for: check-in and Wi-Fi, or check-in only.',
  devices: 'How many devices the visitor may bring.',
  network: 'Name of the Wi-Fi (setting portal.ssid).',
  desk: 'Where the desk is (setting portal.deskHint).',
  claimlink: 'Address of the page that has the PIN filled in.',
  qrcode: 'A picture of that address for the camera; nothing in the text part.',
  purpose: 'Why the visitor comes, as the visitor wrote it.',
  answer: 'What the host answered, in words.',
  task: 'What the link is for, in words.',
  link: 'Address of the page that this mail is about.',
  expires: 'Until when the link works.',
} as const;

export type MergeTag = keyof typeof MERGE_TAGS;

export const isMergeTag = (text: string): text is MergeTag => Object.hasOwn(MERGE_TAGS, text);

export interface MailKind {
  /** For lists. */
  title: string;
  /** Who gets it. */
  to: 'visitor' | 'host' | 'team';
  /** Is it about a visit? Else it brings its data along. */
  ofVisit: boolean;
  /** Who may read it in the outbox: it may hold what lets somebody in. */
  readBy: TeamRole;
  tags: readonly MergeTag[];
  /** A mail without one of these misses its purpose. */
  needs?: MergeTag;
}

const VISIT = ['fullname', 'host', 'sitename', 'arrival', 'duration', 'timezone', 'desk'] as const;
const PIN = [
  'visitorcode',
  ...VISIT,
  'when',
  'from',
  'until',
  'use',
  'devices',
  'network',
  'claimlink',
  'qrcode',
] as const;

const toVisitor = (title: string): MailKind => ({
  title,
  to: 'visitor',
  ofVisit: true,
  readBy: 'desk',
  tags: PIN,
  needs: 'visitorcode',
});

export const MAIL_KINDS = {
  registered: toVisitor('The PIN, at registration'),
  reissued: toVisitor('A new PIN'),
  changed: toVisitor('The visit was changed'),
  cancelled: {
    title: 'The visit was cancelled',
    to: 'visitor',
    ofVisit: true,
    readBy: 'desk',
    tags: VISIT,
  },
  arrived: {
    title: 'To the host: the visitor is here',
    to: 'host',
    ofVisit: true,
    readBy: 'desk',
    tags: VISIT,
  },
  'host-approval': {
    title: 'To the host: may this visitor come?',
    to: 'host',
    ofVisit: false,
    readBy: 'admin',
    tags: ['fullname', 'sitename', 'purpose', 'link', 'expires'],
    needs: 'link',
  },
  'walk-in-answer': {
    title: 'To the visitor: the host declined',
    to: 'visitor',
    ofVisit: false,
    readBy: 'desk',
    tags: ['fullname', 'host', 'sitename', 'answer', 'desk'],
    needs: 'answer',
  },
  'host-link': {
    title: 'To the host: sign in',
    to: 'host',
    ofVisit: false,
    readBy: 'admin',
    tags: ['sitename', 'link', 'expires'],
    needs: 'link',
  },
  'team-link': {
    title: 'To the team: invitation, new password',
    to: 'team',
    ofVisit: false,
    readBy: 'owner',
    tags: ['sitename', 'task', 'link', 'expires'],
    needs: 'link',
  },
  test: {
    title: 'Test of the mail server',
    to: 'team',
    ofVisit: false,
    readBy: 'admin',
    tags: ['sitename'],
  },
} as const satisfies Record<string, MailKind>;

export type MailKindName = keyof typeof MAIL_KINDS;
export type VisitorMailKind = 'registered' | 'reissued' | 'changed' | 'cancelled';
export type FreeMailKind = 'host-approval' | 'walk-in-answer' | 'host-link' | 'team-link' | 'test';

export const MAIL_KIND_NAMES = Object.keys(MAIL_KINDS) as MailKindName[];

export const mailKind = (name: MailKindName): MailKind => MAIL_KINDS[name];

/** May this role say what such a mail says? Words around a link can carry it elsewhere, hence who may read the mail. */
export const mayWord = (role: TeamRole, kind: MailKindName): boolean =>
  roleAllows(role, mailKind(kind).readBy);

export const parseMailKind = (text: string): MailKindName | undefined =>
  MAIL_KIND_NAMES.find((name) => name === text);

/** One mail as it is kept. Instants are epoch milliseconds. */
export interface Mail {
  id: string;
  kind: MailKindName;
  /** `''` for one that belongs to no visit. */
  visit: string;
  /** The visit that came of what it asks. */
  about?: string;
  state: MailState;
  /** When it was made, and when it came into its state. */
  at: number;
  stateAt: number;
  tries: number;
  /** When it is looked at again. */
  nextAt?: number;
  /** What the mail server answered last; never an address. */
  words: string;
  expiresAt?: number;
  /** Since when it is tried: its making, or when somebody had it tried again. */
  since: number;
}

const MINUTE = 60_000;
const FIRST_WAIT = MINUTE;
const LONGEST_WAIT = 120 * MINUTE;
/** How long a mail is tried. */
export const TRIED_FOR_MS = 3 * 24 * 60 * MINUTE;
/** Held mails that are older are not sent by themselves once there is a mail server. */
export const HELD_FOR_MS = 24 * 60 * MINUTE;

/** The wait after so many tries: twice as long each time, with a fifth of chance, so that not all come back at once. */
export function retryWait(tries: number, chance: number): number {
  const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** Math.min(20, Math.max(0, tries - 1)));
  return Math.round(wait * (0.9 + chance * 0.2));
}

const WORDS_MOST = 300;

/** What a mail server said, fit to be shown: one line, bounded, without the address that it was about. */
export function serverWords(said: string, address: string): string {
  const plain = said.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  const lower = plain.toLowerCase();
  const needle = address.trim().toLowerCase();
  let clean = '';
  for (let from = 0; from <= plain.length; ) {
    const at = needle === '' || lower.length !== plain.length ? -1 : lower.indexOf(needle, from);
    clean += plain.slice(from, at < 0 ? undefined : at);
    if (at < 0) break;
    clean += '…';
    from = at + needle.length;
  }
  return clean.length > WORDS_MOST ? `${clean.slice(0, WORDS_MOST - 1)}…` : clean;
}
