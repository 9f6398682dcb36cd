import { type EventKind, FIELD } from './event-kind.js';

const { by, visit, gateway } = FIELD;
const block = 'Id of the line of the block list';
const kind = 'What it is about: `name`, `email`, `mac`';
const MEANS: Readonly<Record<string, string>> = {
  name: 'a name',
  email: 'an e-mail address',
  mac: 'a device',
};

const visitsOf = (count: string): string => (count === '1' ? 'one visit' : `${count} visits`);

/** Many visits at once, what is kept about persons, and who is not welcome. */
export const recordEvents = {
  'visits.imported': {
    says: 'Visits were imported, all at once.',
    data: { count: 'How many', by },
    actor: 'foyer',
    words: (e) => `imported ${visitsOf(e.of('count'))}`,
  },
  'visits.exported': {
    says: 'A list of visits left the house.',
    data: { count: 'How many', by },
    actor: 'foyer',
    words: (e) => `exported ${visitsOf(e.of('count'))}`,
  },
  'person.exported': {
    says: 'What is held about a person left the house.',
    data: { visits: 'How many visits it had', by },
    actor: 'foyer',
    words: (e) => `exported what is held about a person (${visitsOf(e.of('visits'))})`,
  },
  'person.erased': {
    says: 'What is held about a person was erased.',
    data: { visits: 'How many visits', blocks: 'How many lines of the block list', by },
    actor: 'foyer',
    words: (e) => `erased what is held about a person (${visitsOf(e.of('visits'))})`,
  },
  'retention.swept': {
    says: 'Visits were erased whose time to be kept is over.',
    data: { visits: 'How many' },
    actor: 'foyer',
    words: (e) => `erased ${visitsOf(e.of('visits'))} whose time to be kept is over`,
  },
  'block.added': {
    says: 'A line was added to the block list.',
    data: { block, kind, by },
    actor: 'foyer',
    words: (e) => `put ${MEANS[e.of('kind')] ?? 'somebody'} on the block list`,
  },
  'block.removed': {
    says: 'A line was taken from the block list.',
    data: { block, kind, by },
    actor: 'foyer',
    words: (e) => `took ${MEANS[e.of('kind')] ?? 'somebody'} from the block list`,
  },
  'client.blocked': {
    says: 'A device on the block list was refused.',
    data: { gateway, 'by?': by },
    actor: 'foyer',
    words: (e) => `refused a device on the block list at ${e.gateway}`,
  },
  'terms.accepted': {
    says: 'The visitor accepted the terms of use.',
    data: {
      visit,
      version: 'Number of the text that was shown',
      gateway: `${gateway}; empty where it was at the desk`,
      by,
    },
    actor: 'visitor',
    words: (e) => `accepted the terms of use (version ${e.of('version')})`,
  },
} as const satisfies Record<string, EventKind>;
