import { type EventKind, FIELD } from './event-kind.js';

const { visit, by, gateway } = FIELD;
const block = 'Id of the entry';
const kind = '`name`, `email` or `mac`';

const KINDS: Readonly<Record<string, string>> = {
  name: 'a name',
  email: 'an e-mail address',
  mac: 'a device',
};

const many = (count: string, one: string, more: string): string =>
  count === '1' ? `one ${one}` : `${count} ${more}`;
const visitsOf = (count: string): string => many(count, 'visit', 'visits');

/** Terms, the block list, what leaves the house and what is erased. */
export const privacyEvents = {
  'terms.accepted': {
    says: 'A visitor accepted the terms.',
    data: { visit, version: 'Number of the version', 'gateway?': gateway, 'by?': by },
    actor: 'visitor',
    words: (e) => `accepted version ${e.of('version')} of the terms for the visit of ${e.visitor}`,
  },
  'block.added': {
    says: 'An entry was added to the block list.',
    data: { block, kind, by },
    actor: 'foyer',
    words: (e) => `put ${KINDS[e.of('kind')] ?? 'an entry'} on the block list`,
  },
  'block.removed': {
    says: 'An entry was taken off the block list.',
    data: { block, kind, by },
    actor: 'foyer',
    words: (e) => `took ${KINDS[e.of('kind')] ?? 'an entry'} off the block list`,
  },
  'client.blocked': {
    says: 'A device on the block list was refused.',
    data: { gateway, 'by?': by },
    actor: 'visitor',
    words: (e) => `tried to bring a device online at ${e.gateway} that is on the block list`,
  },
  'visits.imported': {
    says: 'Visits were registered from a file.',
    data: { count: 'How many', by },
    actor: 'foyer',
    words: (e) => `registered ${visitsOf(e.of('count'))} from a file`,
  },
  'visits.exported': {
    says: 'Visits left as a file.',
    data: { count: 'How many', by },
    actor: 'foyer',
    words: (e) => `saved ${visitsOf(e.of('count'))} as a file`,
  },
  'person.exported': {
    says: 'What is held about a person left as a file.',
    data: { visits: 'How many visits it had', by },
    actor: 'foyer',
    words: (e) => `saved what is held about a person with ${visitsOf(e.of('visits'))}`,
  },
  'person.erased': {
    says: 'What was held about a person was erased.',
    data: { visits: 'How many visits', blocks: 'How many entries of the block list', by },
    actor: 'foyer',
    words: (e) => `erased a person with ${visitsOf(e.of('visits'))}`,
  },
  'retention.swept': {
    says: 'Visits were erased since their time of retention is over.',
    data: { visits: 'How many' },
    actor: 'foyer',
    words: (e) => `erased ${visitsOf(e.of('visits'))} whose time of retention is over`,
  },
} as const satisfies Record<string, EventKind>;
