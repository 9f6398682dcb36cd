import { type EventKind, FIELD } from './event-kind.js';

const { by, desk, request, visit } = FIELD;

/** Check-in desks, and visitors without a PIN. */
export const deskEvents = {
  'desk.pairing-begun': {
    says: 'A code was made that pairs a tablet.',
    data: { by },
    actor: 'foyer',
    words: () => 'made a code that pairs a check-in desk',
  },
  'desk.paired': {
    says: 'A tablet became a check-in desk.',
    data: { desk, by: 'Who made the code' },
    actor: 'foyer',
    words: (e) => `paired ${e.name('desk')}`,
  },
  'desk.renamed': {
    says: 'A check-in desk got another name.',
    data: { desk, by },
    actor: 'foyer',
    words: (e) => `renamed ${e.name('desk')}`,
  },
  'desk.unpaired': {
    says: 'A tablet is a check-in desk no longer.',
    data: { desk, by },
    actor: 'foyer',
    words: (e) => `unpaired ${e.name('desk')}`,
  },
  'walk-in.asked': {
    says: 'A visitor without a PIN asked for a host.',
    data: { request, place: 'Id of the check-in desk, or `portal`' },
    actor: 'visitor',
    words: (e) => `asked for a host ${e.of('place') === 'portal' ? 'on the Wi-Fi' : 'at a check-in desk'}`,
  },
  'walk-in.approved': {
    says: 'A walk-in was let in.',
    data: { request, visit, by },
    actor: 'foyer',
    words: (e) => `let in ${e.visitor}, who came without a PIN`,
  },
  'walk-in.declined': {
    says: 'A walk-in was turned away.',
    data: { request, by },
    actor: 'foyer',
    words: () => 'declined a visitor who came without a PIN',
  },
} satisfies Record<string, EventKind>;
