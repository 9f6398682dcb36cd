import { because, type EventKind, type EventWords, FIELD } from './event-kind.js';

const { visit, by, gateway, grant } = FIELD;

const OUTCOMES: Readonly<Record<string, string>> = {
  early: 'too early',
  expired: 'after its end',
  cancelled: 'of a cancelled visit',
  'checked-out': 'after checking out',
  'check-in-only': 'on the network, where it is for check-in only',
};

/** Where a PIN was typed. */
function placeOf(e: EventWords): string {
  if (e.of('desk').startsWith('key:')) return 'through the API';
  return `at ${e.of('desk') === '' ? e.gateway : 'a check-in desk'}`;
}

/** Visits, their PINs and devices. */
export const visitEvents = {
  'visit.registered': {
    says: 'A visit was registered.',
    data: { visit, by },
    actor: 'foyer',
    words: (e) => `registered a visit of ${e.visitor}`,
  },
  'visit.changed': {
    says: 'A visit was moved, extended, shortened or corrected.',
    data: { visit, by },
    actor: 'foyer',
    words: (e) => `changed the visit of ${e.visitor}`,
  },
  'visit.cancelled': {
    says: 'A visit was cancelled.',
    data: { visit, by },
    actor: 'foyer',
    words: (e) => `cancelled the visit of ${e.visitor}`,
  },
  'visit.checked-in': {
    says: 'The visitor arrived.',
    data: { visit, by },
    actor: 'visitor',
    words: (e) => `checked in ${e.visitor}`,
  },
  'visit.checked-out': {
    says: 'The visitor left.',
    data: { visit, by },
    actor: 'visitor',
    words: (e) => `checked out ${e.visitor}`,
  },
  'visit.erased': {
    says: 'A visit was erased with everything that names its visitor.',
    data: { visit, by },
    actor: 'foyer',
    words: () => 'erased a visit',
  },
  'pin.reissued': {
    says: 'A visit got a new PIN; the old one is dead.',
    data: { visit, by },
    actor: 'foyer',
    words: (e) => `gave a new PIN to ${e.visitor}`,
  },
  'pin.shown': {
    says: 'Somebody asked for the PIN of a visit and saw it.',
    data: { visit, by },
    actor: 'foyer',
    words: (e) => `looked at the PIN of ${e.visitor}`,
  },
  'visit.printed': {
    says: 'A badge or a sheet of a visit was printed, with the code that stands for its PIN.',
    data: { visit, what: '`badge` or `sheet`', by },
    actor: 'foyer',
    words: (e) => `printed a ${e.of('what')} of ${e.visitor}`,
  },
  'pin.redeemed': {
    says: 'A PIN was typed and let a device in; or a walk-in’s device was let in, whose PIN nobody had to type.',
    data: { visit, gateway, grant, 'how?': '`walk-in` where nothing was typed' },
    actor: 'visitor',
    words: (e) =>
      e.of('how') === 'walk-in'
        ? `was let in at ${e.gateway} as the walk-in ${e.visitor}`
        : `typed the PIN of ${e.visitor} at ${e.gateway} and was let in`,
  },
  'pin.failed': {
    says: 'A PIN was typed that lets nobody in now.',
    data: {
      gateway: `${gateway}; empty at a check-in desk, and in the API`,
      desk: `${FIELD.typedAt}; empty at a gateway`,
      outcome: '`refused`, `early`, `expired` or `check-in-only`; at a desk also `cancelled`, `checked-out`',
      visit: 'Id of the visit that the PIN belongs to; empty with `refused`',
      count: 'How many failures this event stands for',
    },
    actor: 'visitor',
    words: (e) => {
      const times = Number(e.of('count')) > 1 ? ` ${e.of('count')} times` : '';
      if (e.of('visit') === '') return `typed a PIN that nobody has ${placeOf(e)}${times}`;
      return `typed the PIN of ${e.visitor} ${OUTCOMES[e.of('outcome')] ?? 'in vain'} ${placeOf(e)}${times}`;
    },
  },
  'guessing.budget-spent': {
    says: 'So many PINs failed that the e-mail address is asked for as well.',
    data: {
      gateway: `${gateway}; empty at a check-in desk, and in the API`,
      desk: `${FIELD.typedAt}; empty at a gateway`,
    },
    actor: 'foyer',
    words: (e) => `asks for e-mail addresses beside PINs: too many wrong PINs, the last ${placeOf(e)}`,
  },
  'device.admitted': {
    says: 'The desk let in a device that cannot type.',
    data: { visit, gateway, grant, by },
    actor: 'foyer',
    words: (e) => `let in a device of ${e.visitor} at ${e.gateway}`,
  },
  'device.removed': {
    says: 'A device was taken off a visit; its slot is free.',
    data: { visit, reason: 'Why: `removed`', by },
    actor: 'foyer',
    words: (e) => `removed a device of ${e.visitor}`,
  },
  'device.replaced': {
    says: 'A device took the place of another one, by the choice of the visitor.',
    data: { visit, gateway },
    actor: 'visitor',
    words: (e) => `put a new device of ${e.visitor} in the place of another one at ${e.gateway}`,
  },
  'grant.revoked': {
    says: 'A grant ended before its time.',
    data: {
      grant,
      visit,
      gateway,
      reason: '`cancelled`, `checked-out`, `reissued`, `moved`, `erased`, `removed`, `replaced` or `revoked`',
      'by?': by,
    },
    actor: 'foyer',
    words: (e) => `ended the access of a device of ${e.visitor} at ${e.gateway}${because(e.of('reason'))}`,
  },
} as const satisfies Record<string, EventKind>;
