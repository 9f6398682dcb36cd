import type { FastifyRequest } from 'fastify';
import type { GrantState } from '../../domain/grant.js';
import { duration } from '../../domain/local-time.js';
import type { MailState } from '../../domain/mail.js';
import { type Standing, standingOf } from '../../domain/standing.js';
import type { Visit } from '../../domain/visit.js';
import { opensAt, type TokenView, viewToken } from '../../domain/window.js';
import { localeOf, type Words, wordsIn } from '../pages/times.js';

export interface Label {
  text: string;
  tone: '' | 'good' | 'warn' | 'bad';
}

/** Times as this reader writes them, on the clock of a zone. */
export const wordsFor = (request: FastifyRequest, zone: string, now: number): Words =>
  wordsIn(localeOf(request.headers['accept-language']), zone, now);

const STANDING: Readonly<Record<Standing, Label>> = {
  expected: { text: 'Expected', tone: '' },
  late: { text: 'Not come yet', tone: 'warn' },
  here: { text: 'Here', tone: 'good' },
  left: { text: 'Left', tone: '' },
  missed: { text: 'Did not come', tone: '' },
  cancelled: { text: 'Cancelled', tone: '' },
};

export const standingLabel = (visit: Visit, now: number): Label => STANDING[standingOf(visit, now)];

/** `38 minutes`, `less than a minute` */
export const lengthWords = (ms: number): string => (ms < 60_000 ? 'less than a minute' : duration(ms, 'en'));

export const tokenOf = (visit: Visit, now: number): TokenView =>
  viewToken(
    visit.terms,
    {
      ...(visit.startedAt === undefined ? {} : { startedAt: visit.startedAt }),
      ...(visit.tokenEndedAt === undefined ? {} : { endedAt: visit.tokenEndedAt }),
    },
    now,
  );

/** What the PIN does on the network now, in a word or two. */
export function tokenLabel(visit: Visit, now: number): Label {
  if (!visit.hasToken) return { text: 'Check-in only', tone: '' };
  switch (tokenOf(visit, now).state) {
    case 'waiting':
      return {
        text: visit.terms.validFrom === 'check-in' ? 'Starts at check-in' : 'Starts with the PIN',
        tone: '',
      };
    case 'upcoming':
      return { text: 'Not open yet', tone: '' };
    case 'active':
      return { text: 'Open', tone: 'good' };
    case 'expired':
      return { text: 'Over', tone: '' };
    case 'ended':
      return { text: 'Ended', tone: '' };
  }
}

/** `Mon, 23 Nov, 09:00 to 10:00`; the day again where the end is on another one. */
export function spanWords(from: number, until: number, words: Words): string {
  const end = words.day(from) === words.day(until) ? words.clock(until) : words.moment(until);
  return `${words.moment(from)} to ${end}`;
}

/** When the Wi-Fi is open for the visit, as a sentence for the desk. */
export function windowWords(visit: Visit, words: Words): string {
  const { now } = words;
  if (!visit.hasToken)
    return 'The PIN is for check-in only: the visit was registered while access tokens were off. A new PIN gives it access.';
  const { state, from, until, startBy } = tokenOf(visit, now);
  if (from === undefined || until === undefined) {
    const length = lengthWords(visit.terms.durationMs);
    const goes =
      visit.terms.endAt === undefined ? `for ${length}` : `until ${words.moment(visit.terms.endAt)}`;
    const how = visit.terms.validFrom === 'check-in' ? 'at check-in' : 'when the PIN is typed first';
    if (state === 'ended') return 'Ended before it began.';
    if (state === 'expired')
      return `Over: it had to start by ${words.moment(startBy ?? now)}, and nobody came.`;
    return `Starts ${how}, between ${spanWords(opensAt(visit.terms), startBy ?? now, words)}, and goes on ${goes}.`;
  }
  const span = spanWords(from, until, words);
  switch (state) {
    case 'upcoming':
      return `${span}, opens in ${lengthWords(from - now)}.`;
    case 'active':
      return `${span}, ${lengthWords(until - now)} left.`;
    case 'ended':
      return `${span}; ended ${visit.tokenEndedAt === undefined ? 'early' : words.moment(visit.tokenEndedAt)}.`;
    default:
      return `${span}, over since ${words.moment(until)}.`;
  }
}

const MAIL: Readonly<Record<MailState, Label>> = {
  queued: { text: 'Waits to be sent', tone: '' },
  sending: { text: 'Being sent', tone: '' },
  sent: { text: 'Sent', tone: 'good' },
  refused: { text: 'Refused', tone: 'bad' },
  held: { text: 'In the outbox', tone: 'warn' },
};

export const mailLabel = (state: MailState): Label => MAIL[state];

const GRANT: Readonly<Record<GrantState, Label>> = {
  pending: { text: 'Being let in', tone: 'warn' },
  active: { text: 'Online', tone: 'good' },
  ending: { text: 'Going offline', tone: 'warn' },
  ended: { text: 'Offline', tone: '' },
  failed: { text: 'Gateway refused', tone: 'bad' },
};

export const grantLabel = (state: GrantState | undefined): Label =>
  state === undefined ? { text: 'Offline', tone: '' } : GRANT[state];
