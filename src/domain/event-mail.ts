import { type EventKind, FIELD } from './event-kind.js';

const { by } = FIELD;
const mail = 'Id of the mail';
const kind = 'What it tells: `registered`, `changed`, `cancelled`, ...';
const visit = 'Id of the visit that it is about; empty where there is none';
const KINDS: Readonly<Record<string, string>> = {
  registered: 'the mail with the PIN',
  reissued: 'the mail with the new PIN',
  changed: 'the mail about new times',
  cancelled: 'the mail about the cancellation',
  arrived: "the host's mail about the arrival",
};
const named = (of: string): string => KINDS[of] ?? 'a mail';

/** Mails, and the texts that they are made of. */
export const mailEvents = {
  'visit.notified': {
    says: 'Somebody asked for the PIN to be sent once more.',
    data: { visit, mail, by },
    actor: 'foyer',
    words: (e) => `had the PIN sent to ${e.visitor} once more`,
  },
  'mail.sent': {
    says: 'The mail server took a mail.',
    data: { mail, kind, visit },
    actor: 'foyer',
    words: (e) => `handed ${named(e.of('kind'))} to the mail server, which accepted it`,
  },
  'mail.refused': {
    says: 'The mail server refused a mail for good, or could not be reached for days.',
    data: { mail, kind, visit },
    actor: 'foyer',
    words: (e) => `could not send ${named(e.of('kind'))}: the mail server refused it`,
  },
  'mail.retried': {
    says: 'Somebody had a mail sent again.',
    data: { mail, kind, visit, by },
    actor: 'foyer',
    words: (e) => `had ${named(e.of('kind'))} sent again`,
  },
  'mail.discarded': {
    says: 'Somebody took a mail out of the queue.',
    data: { mail, kind, visit, by },
    actor: 'foyer',
    words: (e) => `discarded ${named(e.of('kind'))}`,
  },
  'template.changed': {
    says: 'The text of a kind of mail changed.',
    data: { template: 'Kind and language', by },
    actor: 'foyer',
    words: (e) => `changed the mail template ${e.of('template')}`,
  },
  'template.reset': {
    says: 'The text of a kind of mail is the one that it came with.',
    data: { template: 'Kind and language', by },
    actor: 'foyer',
    words: (e) => `reset the mail template ${e.of('template')}`,
  },
} as const satisfies Record<string, EventKind>;
