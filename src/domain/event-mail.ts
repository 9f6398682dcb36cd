import { type EventKind, FIELD } from './event-kind.js';
import { mailKind, parseMailKind } from './mail.js';

const { by } = FIELD;
const mail = 'Id of the mail';
const kind = 'Kind of the mail: `registered`, `reissued`, `changed`, `cancelled`, `arrived`, ...';
const visit = 'Id of the visit; empty where the mail is about none';
const data = { mail, kind, visit };

const called = (name: string): string => {
  const known = parseMailKind(name);
  return `the mail "${known ? mailKind(known).title : name}"`;
};

/** Mails, and what they say. */
export const mailEvents = {
  'mail.sent': {
    says: 'The mail server accepted a mail.',
    data,
    actor: 'foyer',
    words: (e) => `sent ${called(e.of('kind'))}; the mail server accepted it`,
  },
  'mail.refused': {
    says: 'A mail was refused for good; the outbox has the words of the mail server.',
    data,
    actor: 'foyer',
    words: (e) => `could not send ${called(e.of('kind'))}: it was refused`,
  },
  'mail.retried': {
    says: 'Somebody had a mail tried again at once.',
    data: { ...data, by },
    actor: 'foyer',
    words: (e) => `had ${called(e.of('kind'))} tried again`,
  },
  'mail.discarded': {
    says: 'Somebody discarded a mail.',
    data: { ...data, by },
    actor: 'foyer',
    words: (e) => `discarded ${called(e.of('kind'))}`,
  },
  'template.changed': {
    says: 'A mail template was changed.',
    data: { template: 'Kind and language: `registered:de`', by },
    actor: 'foyer',
    words: (e) => `changed the mail template ${e.of('template')}`,
  },
  'template.reset': {
    says: 'A mail template went back to the text that Foyer comes with.',
    data: { template: 'Kind and language: `registered:de`', by },
    actor: 'foyer',
    words: (e) => `reset the mail template ${e.of('template')}`,
  },
} as const satisfies Record<string, EventKind>;
