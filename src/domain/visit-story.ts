import type { EventType } from './event.js';
import { REASONS } from './event-kind.js';

/** What an event of a visit is told from. */
export interface StoryWords {
  /** A field, empty where the event has none by that name. */
  of(field: string): string;
  /** ` by ann@example.com`, where somebody of the house did it; else empty. */
  by: string;
  /** ` at gateway "lobby"`, with the access point where it is known; empty where the event has no gateway. */
  place: string;
  /** An instant of a field on the visit's own clock. */
  time(field: string): string;
  /** What the mail server said of the mail that the event is about; empty where it said nothing. */
  mailWords: string;
}

export interface Told {
  text: string;
  tone?: 'good' | 'warn' | 'bad';
}

/** Codes of gateways' faults, as they go on after "the gateway". */
const FAULTS: Readonly<Record<string, string>> = {
  unreachable: 'cannot be reached',
  timeout: 'does not answer in time',
  'bad-answer': 'answers with something unexpected',
  busy: 'is busy',
  absent: 'does not see the device now; it is let in when it comes again',
  'login-refused': 'does not accept the credentials that Foyer has for it',
  'not-permitted': 'does not permit it to the account that Foyer has there',
  'not-supported': 'cannot be told that from afar',
  misconfigured: 'is not set up for it',
  untrusted: 'shows a certificate that is not trusted',
};

export const faultWords = (code: string): string => (code === '' ? '' : (FAULTS[code] ?? `says "${code}"`));

const MAILS: Readonly<Record<string, string>> = {
  registered: 'Mail with the PIN',
  reissued: 'Mail with the new PIN',
  changed: 'Mail about the change',
  cancelled: 'Mail about the cancellation',
  arrived: 'Mail to the host',
};

const mail = (e: StoryWords): string => MAILS[e.of('kind')] ?? 'Mail';
const quoted = (said: string): string => (said === '' ? '' : `: "${said}"`);
const times = (e: StoryWords): string => (Number(e.of('count')) > 1 ? `, ${e.of('count')} times` : '');

const FAILED: Readonly<Record<string, string>> = {
  early: 'Typed the PIN too early',
  expired: 'Typed the PIN after its end',
  'check-in-only': 'Typed the PIN for the Wi-Fi, where it is for check-in only',
};

/** What happened to a visit, by type of event, as the desk reads it under the visit's name. */
export const VISIT_STORY: Readonly<Partial<Record<EventType, (e: StoryWords) => Told>>> = {
  'visit.registered': (e) => ({ text: `Registered${e.by}` }),
  'visit.changed': (e) => ({ text: `Changed${e.by}` }),
  'visit.cancelled': (e) => ({ text: `Cancelled${e.by}`, tone: 'warn' }),
  'visit.checked-in': (e) => ({ text: `Checked in${e.by}`, tone: 'good' }),
  'visit.checked-out': (e) => ({ text: `Checked out${e.by}` }),
  'visit.notified': (e) => ({ text: `PIN sent by mail again${e.by}` }),
  'terms.accepted': (e) => ({ text: `Accepted the terms of use, version ${e.of('version')}` }),
  'visit.printed': (e) => ({ text: `Printed${e.by}` }),
  'walk-in.approved': (e) => ({ text: `Let in as a walk-in${e.by}`, tone: 'good' }),
  'pin.reissued': (e) => ({ text: `New PIN${e.by}; the old one is dead` }),
  'pin.shown': (e) => ({ text: `PIN looked at${e.by}` }),
  'pin.redeemed': (e) => ({
    text: `${e.of('how') === 'walk-in' ? 'A device was let in' : 'Typed the PIN'}${e.place}`,
    tone: 'good',
  }),
  'pin.failed': (e) => ({
    text: `${FAILED[e.of('outcome')] ?? 'Typed the PIN in vain'}${e.place}${times(e)}`,
    tone: 'warn',
  }),
  'device.admitted': (e) => ({ text: `A device was let in${e.by}${e.place}`, tone: 'good' }),
  'device.removed': (e) => ({ text: `A device was removed${e.by}` }),
  'device.replaced': (e) => ({ text: `A new device took the place of another one${e.place}` }),
  'grant.revoked': (e) => ({
    text: `Access${e.place} ended${e.by}: ${REASONS[e.of('reason')] ?? e.of('reason')}`,
  }),
  'client.online': (e) => ({ text: `Online${e.place} until ${e.time('until')}`, tone: 'good' }),
  'client.offline': (e) => ({ text: `Cut${e.place}` }),
  'command.dead': (e) => ({
    text: `The gateway ${faultWords(e.of('error'))}; what was decided is not in force${e.place}`,
    tone: 'bad',
  }),
  'command.discarded': (e) => ({ text: `What the gateway was to be told was given up${e.by}${e.place}` }),
  'mail.sent': (e) => ({ text: `${mail(e)} accepted by the mail server` }),
  'mail.refused': (e) => ({
    text: `${mail(e)} refused by the mail server${quoted(e.mailWords)}`,
    tone: 'bad',
  }),
  'mail.retried': (e) => ({ text: `${mail(e)} tried again${e.by}` }),
  'mail.discarded': (e) => ({ text: `${mail(e)} discarded${e.by}` }),
};

/** The story of a type of event; undefined where it is told of no visit. */
export const storyOf = (type: string): ((e: StoryWords) => Told) | undefined =>
  Object.hasOwn(VISIT_STORY, type) ? VISIT_STORY[type as EventType] : undefined;
