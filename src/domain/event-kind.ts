/** What the words about an event are made of: its fields, and the names of what its ids mean. */
export interface EventWords {
  /** A field, empty where the event has none by that name. */
  of(field: string): string;
  /** Whose visit it is, by name: `Ada Lovelace`; where that is erased, `an erased visitor`. */
  visitor: string;
  /** The gateway of the event: `gateway "router"`. */
  gateway: string;
  /** An instant in the site's zone, of a field that holds epoch milliseconds. */
  time(field: string): string;
  /** What an id of this field is called: a person's e-mail address, a key's or a webhook's name. */
  name(field: string): string;
}

/** One type of event: what it means, what it carries, and how it is told to people. */
export interface EventKind {
  /** For developers: when it is written. */
  says: string;
  /** Field to what it holds; a name that ends with `?` may be missing. Every value is text. */
  data: Readonly<Record<string, string>>;
  /** Who did it where no field `by` says so; `person`: whom the field `person` names. */
  actor: 'visitor' | 'foyer' | 'person';
  /** Goes on after who did it: `checked in Ada Lovelace`. */
  words(event: EventWords): string;
}

/** What most events carry, told the same way everywhere. */
export const FIELD = {
  visit: 'Id of the visit',
  by: 'Who did it: `person:<id>`, `key:<id>`, `desk:<id>`, `host`, `portal`, `command-line`, `setup`, `first-run`, `provider` (by signing in with it); empty: the rules themselves',
  gateway: 'Id of the gateway',
  grant: 'Id of the grant',
  desk: 'Id of the check-in desk',
  typedAt: 'Id of the check-in desk, or `key:<id>` of the program that asked',
  request: 'Id of the request of a walk-in',
  grants: 'Ids of the grants that let the device in, with spaces between',
} as const;

/** Reasons for which access ends early, in words that go on after "because". */
export const REASONS: Readonly<Record<string, string>> = {
  cancelled: 'the visit was cancelled',
  'checked-out': 'the visitor checked out',
  reissued: 'the visit got a new PIN',
  moved: 'the visit was moved',
  erased: 'the visit was erased',
  removed: 'the device was removed',
  replaced: 'another device took its place',
  revoked: 'it was ended by hand',
  left: 'the visitor left the network',
};

export const because = (reason: string): string => {
  const words = REASONS[reason] ?? reason;
  return words === '' ? '' : `, because ${words}`;
};
