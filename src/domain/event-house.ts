import { type EventKind, FIELD } from './event-kind.js';

const { by } = FIELD;
const webhook = 'Id of the webhook';

/** Settings, sites, keys, and what is told to other programs. */
export const houseEvents = {
  'settings.changed': {
    says: 'Settings of the site changed.',
    data: { version: 'The version that they have now', by },
    actor: 'foyer',
    words: (e) => `changed the settings (version ${e.of('version')})`,
  },
  'site.added': {
    says: 'The site was added.',
    data: { site: 'Id of the site', by },
    actor: 'foyer',
    words: (e) => `added the site "${e.of('site')}"`,
  },
  'site.removed': {
    says: 'A site was removed; told in the log of the site `main`.',
    data: { site: 'Id of the site', by },
    actor: 'foyer',
    words: (e) => `removed the site "${e.of('site')}"`,
  },
  'key.added': {
    says: 'An API key was made.',
    data: { key: 'Id of the key', role: 'Its role', by },
    actor: 'foyer',
    words: (e) => `made ${e.name('key')} with the role ${e.of('role')}`,
  },
  'key.removed': {
    says: 'An API key was removed.',
    data: { key: 'Id of the key', by },
    actor: 'foyer',
    words: () => 'removed an API key',
  },
  'webhook.added': {
    says: 'A webhook was added.',
    data: { webhook, by },
    actor: 'foyer',
    words: (e) => `added ${e.name('webhook')}`,
  },
  'webhook.changed': {
    says: 'The address, topics or another part of a webhook changed.',
    data: { webhook, by },
    actor: 'foyer',
    words: (e) => `changed ${e.name('webhook')}`,
  },
  'webhook.removed': {
    says: 'A webhook was removed.',
    data: { webhook, by },
    actor: 'foyer',
    words: () => 'removed a webhook',
  },
  'webhook.disabled': {
    says: 'A webhook was switched off.',
    data: {
      webhook,
      reason: '`asked`: by hand; `gone`: its receiver answered 410; `failing`: it failed for three days',
      'by?': by,
    },
    actor: 'foyer',
    words: (e) => {
      const why =
        { gone: ', because its receiver says that it is gone', failing: ', which failed for three days' }[
          e.of('reason')
        ] ?? '';
      return `switched off ${e.name('webhook')}${why}`;
    },
  },
  'webhook.enabled': {
    says: 'A webhook was switched on again.',
    data: {
      webhook,
      resume:
        '`where-it-stood`: it gets all that it missed; `now`: it goes on with what happens from then on',
      by,
    },
    actor: 'foyer',
    words: (e) =>
      `switched on ${e.name('webhook')} again, ${e.of('resume') === 'now' ? 'from then on' : 'from where it stood'}`,
  },
  'webhook.replayed': {
    says: 'A webhook is sent again what it was sent before.',
    data: { webhook, after: 'Id of the event after which it begins', by },
    actor: 'foyer',
    words: (e) => `sends older events again to ${e.name('webhook')}`,
  },
  'webhook.secret-rotated': {
    says: 'A webhook signs with a new secret; for a day with the old one as well.',
    data: { webhook, by },
    actor: 'foyer',
    words: (e) => `gave a new secret to ${e.name('webhook')}`,
  },
  'webhook.test': {
    says: 'Sent to a webhook when somebody tests it; never in the log.',
    data: { webhook },
    actor: 'foyer',
    words: (e) => `tested ${e.name('webhook')}`,
  },
} as const satisfies Record<string, EventKind>;
