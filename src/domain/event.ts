import { deskEvents } from './event-desks.js';
import { houseEvents } from './event-house.js';
import type { EventKind } from './event-kind.js';
import { mailEvents } from './event-mail.js';
import { networkEvents } from './event-network.js';
import { recordEvents } from './event-records.js';
import { teamEvents } from './event-team.js';
import { visitEvents } from './event-visits.js';

/**
 * Every type of event that Foyer writes, once: the API's description, the words of the audit log and the topics of
 * webhooks come from here. An event that is not listed cannot be written.
 */
export const EVENTS = {
  ...visitEvents,
  ...networkEvents,
  ...houseEvents,
  ...mailEvents,
  ...recordEvents,
  ...deskEvents,
  ...teamEvents,
};

export type EventType = keyof typeof EVENTS;
export const EVENT_TYPES = Object.keys(EVENTS) as EventType[];

type Names<T extends EventType> = keyof (typeof EVENTS)[T]['data'] & string;

/** The fields of an event of this type. */
export type EventFields<T extends EventType> = {
  [N in Names<T> as N extends `${string}?` ? never : N]: string;
} & { [N in Names<T> as N extends `${infer Bare}?` ? Bare : never]?: string };

/** What an event of this type is; undefined for one that this version does not write. */
export const eventKind = (type: string): EventKind | undefined =>
  Object.hasOwn(EVENTS, type) ? EVENTS[type as EventType] : undefined;

/** Who an event is by: as it says, else who does such a thing. */
export function actorOf({ type, fields }: { type: string; fields: Record<string, string> }): string {
  if (fields.by) return fields.by;
  const actor = eventKind(type)?.actor ?? 'foyer';
  return actor === 'person' ? `person:${fields.person ?? ''}` : actor;
}

/** The part of a type before its dot, as filters name it. */
export const EVENT_GROUPS = {
  visit: 'Visits',
  visits: 'Imports and exports',
  pin: 'PINs',
  guessing: 'Guessing',
  device: 'Devices',
  grant: 'Grants',
  client: 'Online and offline',
  command: 'Commands',
  gateway: 'Gateways',
  settings: 'Settings',
  site: 'Sites',
  key: 'Keys',
  person: 'Team and persons',
  provider: 'Sign-in provider',
  mail: 'Mails',
  template: 'Mail templates',
  webhook: 'Webhooks',
  block: 'Block list',
  terms: 'Terms of use',
  retention: 'Retention',
  desk: 'Check-in desks',
  'walk-in': 'Walk-ins',
} as const;

export const groupOf = (type: string): string => type.split('.', 1)[0] ?? '';

/** Ids of events are those of the log: `1764061200000-0`. */
const EVENT_ID = /^(\d{1,16})(?:-(\d{1,16}))?$/;

export const isEventId = (text: string): boolean => EVENT_ID.test(text);

/** Below zero where `a` was written before `b`. */
export function compareEventIds(a: string, b: string): number {
  const [, aMs = '0', aSeq = '0'] = EVENT_ID.exec(a) ?? [];
  const [, bMs = '0', bSeq = '0'] = EVENT_ID.exec(b) ?? [];
  return Number(aMs) - Number(bMs) || Number(aSeq) - Number(bSeq);
}
