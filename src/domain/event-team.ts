import { type EventKind, FIELD } from './event-kind.js';

const { by } = FIELD;
const person = 'Id of the person';

/** Who runs this Foyer, and how they come in. */
export const teamEvents = {
  'person.added': {
    says: 'Somebody joined the team.',
    data: { person, role: 'Their role', by },
    actor: 'foyer',
    words: (e) => `added ${e.name('person')} to the team as ${e.of('role')}`,
  },
  'person.changed': {
    says: 'Somebody has another role, or works at another site.',
    data: { person, role: 'Their role now', by },
    actor: 'foyer',
    words: (e) => `made ${e.name('person')} ${e.of('role')}`,
  },
  'person.removed': {
    says: 'Somebody left the team.',
    data: { person, by },
    actor: 'foyer',
    words: () => 'removed a person from the team',
  },
  'person.deactivated': {
    says: 'Somebody may not sign in any more.',
    data: { person, by },
    actor: 'foyer',
    words: (e) => `turned off the access of ${e.name('person')}`,
  },
  'person.activated': {
    says: 'Somebody may sign in again.',
    data: { person, by },
    actor: 'foyer',
    words: (e) => `turned on the access of ${e.name('person')}`,
  },
  'person.signed-in': {
    says: 'Somebody of the team signed in.',
    data: { person },
    actor: 'person',
    words: () => 'signed in',
  },
  'person.link-made': {
    says: 'A one-use link was made with which somebody of the team sets a password.',
    data: { person, kind: '`invitation`; `reset`: it takes the second factor off too', by },
    actor: 'foyer',
    words: (e) => `made a link for ${e.name('person')} to set a password`,
  },
  'person.password-set': {
    says: 'Somebody of the team set a new password.',
    data: { person },
    actor: 'person',
    words: () => 'set a new password',
  },
  'person.factor-on': {
    says: 'Somebody of the team turned their second factor on.',
    data: { person },
    actor: 'person',
    words: () => 'turned on their second factor',
  },
  'person.factor-off': {
    says: 'Somebody of the team turned their second factor off.',
    data: { person },
    actor: 'person',
    words: () => 'turned off their second factor',
  },
  'provider.changed': {
    says: 'The provider that the team signs in with was set up or changed.',
    data: { by },
    actor: 'foyer',
    words: () => 'changed the provider that the team signs in with',
  },
  'provider.removed': {
    says: 'The provider that the team signed in with was removed.',
    data: { by },
    actor: 'foyer',
    words: () => 'removed the provider that the team signed in with',
  },
} as const satisfies Record<string, EventKind>;
