import { type EventKind, FIELD } from './event-kind.js';

const { by, gateway, grants } = FIELD;

const FAULTS: Readonly<Record<string, string>> = {
  unreachable: 'it cannot be reached',
  timeout: 'it does not answer in time',
  untrusted: 'its certificate is not trusted',
  'bad-answer': 'it answers with something unexpected',
  misconfigured: 'it is not set up right',
  unauthorized: 'it does not accept the credentials',
};

const devices = (count: string): string => (count === '1' ? 'one device' : `${count} devices`);

/** Gateways, what they were told and what they confirmed. */
export const networkEvents = {
  'client.online': {
    says: 'A gateway confirmed that it lets a device pass.',
    data: { gateway, until: 'Until when, epoch milliseconds', grants },
    actor: 'foyer',
    words: (e) => `brought a device of ${e.visitor} online at ${e.gateway} until ${e.time('until')}`,
  },
  'client.offline': {
    says: 'A gateway confirmed that a device does not pass any more.',
    data: { gateway, grants },
    actor: 'foyer',
    words: (e) => `took a device of ${e.visitor} offline at ${e.gateway}`,
  },
  'command.dead': {
    says: 'A gateway could not be brought to what is decided; the command waits for a person.',
    data: { gateway, error: 'Code of the fault', grants },
    actor: 'foyer',
    words: (e) => {
      const error = e.of('error');
      return `gave up a command for a device of ${e.visitor} at ${e.gateway}: ${FAULTS[error] ?? error}`;
    },
  },
  'command.retried': {
    says: 'Commands that were given up are tried again.',
    data: { gateway, clients: 'How many', 'by?': by },
    actor: 'foyer',
    words: (e) => `tries again the commands for ${devices(e.of('clients'))} at ${e.gateway}`,
  },
  'command.discarded': {
    says: 'A person gave up a command that had failed; the gateway is left as it is for that device.',
    data: { gateway, error: 'Code of the last fault', grants, by },
    actor: 'foyer',
    words: (e) => `discarded a failed command for a device of ${e.visitor} at ${e.gateway}`,
  },
  'gateway.drift-mended': {
    says: 'A gateway differed from what is decided; the difference is being mended.',
    data: { gateway, clients: 'How many devices differed' },
    actor: 'foyer',
    words: (e) => `mends ${e.gateway}, which differed for ${devices(e.of('clients'))}`,
  },
  'gateway.changed': {
    says: 'A gateway was added or its configuration changed.',
    data: { gateway, by },
    actor: 'foyer',
    words: (e) => `set up ${e.gateway}`,
  },
  'gateway.removed': {
    says: 'A gateway was removed.',
    data: { gateway, by },
    actor: 'foyer',
    words: (e) => `removed ${e.gateway}`,
  },
} as const satisfies Record<string, EventKind>;
