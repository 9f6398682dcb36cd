import type { GatewayId, SiteId } from '../domain/id.js';
import { parseMac } from '../domain/mac.js';
import { type StoryWords, type Told, VISIT_STORY } from '../domain/visit-story.js';
import type { Event, EventStore } from '../redis/events.js';
import type { GrantAndAccess } from '../redis/grants.js';

/** One line of what happened to a visit. */
export interface StoryLine extends Told {
  id: string;
  at: number;
  type: string;
}

export interface StoryNames {
  /** Who an event is by, as people are called: `ann@example.com`, `the key "reception"`; empty for the rules themselves. */
  who(by: string): string;
  /** What the mail server said of a mail. */
  mailWords(mail: string): string;
  /** An instant on the visit's own clock. */
  time(at: number): string;
  /** Access points that a gateway names, so that the way of a client can be told. */
  accessPoints(gateway: string): readonly string[];
}

/** The access point by which a client came, where the way that its gateway gave names one that the gateway has. */
export function accessPointOf(via: string | undefined, known: readonly string[]): string | undefined {
  const [first = ''] = (via ?? '').split(' ');
  const mac = parseMac(first) ?? parseMac(/"apMac":"([^"]+)"/.exec(via ?? '')?.[1] ?? '');
  return mac !== undefined && known.includes(mac) ? mac : undefined;
}

/** What happened, oldest first, in words; events that say nothing to the desk are left out. */
export function storyOf(
  events: readonly Event[],
  held: readonly GrantAndAccess[],
  names: StoryNames,
): StoryLine[] {
  const ways = new Map(held.map(({ grant }) => [grant.id, grant.via]));
  const own = new Set(ways.keys());

  return events.flatMap(({ id, type, at, fields }) => {
    const story = VISIT_STORY[type];
    if (!story) return [];
    const gateway = fields.gateway ?? '';
    const ids = (fields.grants ?? fields.grant ?? '').split(' ').filter((one) => own.has(one));
    const point = accessPointOf(
      ids.map((one) => ways.get(one)).find((via) => via !== undefined),
      names.accessPoints(gateway),
    );
    const who = names.who(fields.by ?? '');
    const words: StoryWords = {
      of: (field) => fields[field] ?? '',
      by: who === '' ? '' : ` by ${who}`,
      place: gateway === '' ? '' : ` at gateway "${gateway}"${point ? `, access point ${point}` : ''}`,
      time: (field) => names.time(Number(fields[field] ?? '0')),
      mailWords: names.mailWords(fields.mail ?? ''),
    };
    return [{ id, at, type, ...story(words) }];
  });
}

export type VisitEvents = (site: SiteId, visit: string) => Promise<Event[]>;
export type AccessPoints = (gateway: GatewayId) => readonly string[];
export type { EventStore };
