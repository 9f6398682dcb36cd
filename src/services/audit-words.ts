import { actorOf, eventKind, groupOf } from '../domain/event.js';
import type { EventWords } from '../domain/event-kind.js';
import type { GatewayId, SiteId } from '../domain/id.js';
import { dayAndTime } from '../domain/local-time.js';
import { webhookName } from '../domain/webhook.js';
import type { ApiKeyStore } from '../redis/api-keys.js';
import type { DeskStore } from '../redis/desks.js';
import type { Event } from '../redis/events.js';
import type { GrantStore } from '../redis/grants.js';
import type { TeamStore } from '../redis/team.js';
import type { VisitStore } from '../redis/visits.js';
import type { SettingsService } from './settings.js';
import type { WebhookService } from './webhooks.js';

/** One event in words: `who says` is a sentence. */
export interface AuditEntry {
  id: string;
  type: string;
  group: string;
  /** Epoch milliseconds. */
  at: number;
  /** As the event has it: `person:<id>`, `key:<id>`, `command-line`; `visitor` or `foyer` where it names nobody. */
  by: string;
  who: string;
  says: string;
  /** The visits that it is about, as far as they are kept. */
  visits: string[];
  gateway: GatewayId | null;
  fields: Record<string, string>;
}

export interface AuditWordsDeps {
  visits: VisitStore;
  grants: GrantStore;
  team: TeamStore;
  apiKeys: ApiKeyStore;
  webhooks: WebhookService;
  desks: DeskStore;
  settings: SettingsService;
}

const LANGUAGE = 'en-GB';
const ERASED = 'an erased visitor';

/** Who an event is by where it names a kind of actor and no record. */
const ACTORS: Readonly<Record<string, string>> = {
  visitor: 'The visitor',
  foyer: 'Foyer',
  'command-line': 'The command line',
  setup: 'The set-up page',
  'first-run': 'Foyer, at its first start',
  host: 'A host',
  portal: 'The visitor',
  mail: 'Foyer, by mail',
  provider: 'The sign-in provider',
};

/** Puts events into words. */
export function createAuditWords(deps: AuditWordsDeps) {
  const { visits, grants, team, apiKeys, webhooks, desks, settings } = deps;

  /** The words of one reading: each record is looked up once. */
  return async (site: SiteId, names: { visitor?: string } = {}) => {
    const [{ values }, people, keys, hooks, tablets] = await Promise.all([
      settings.read(site),
      team.list(),
      apiKeys.list(),
      webhooks.list(site),
      desks.list(site),
    ]);
    const zone = values['site.timeZone'];
    const person = new Map(people.map(({ id, email }) => [id, email]));
    const key = new Map(keys.map(({ id, name }) => [id, `the key "${name}"`]));
    const hook = new Map(hooks.map((webhook) => [webhook.id, `the webhook "${webhookName(webhook)}"`]));
    const desk = new Map(tablets.map(({ id, name }) => [id, `the check-in desk "${name}"`]));
    const visitors = new Map<string, Promise<string>>();
    const visitOfGrant = new Map<string, Promise<string | undefined>>();
    const once = <T>(map: Map<string, Promise<T>>, id: string, read: () => Promise<T>): Promise<T> => {
      const known = map.get(id) ?? read();
      map.set(id, known);
      return known;
    };
    const visitor = (id: string): Promise<string> =>
      once(visitors, id, async () => (await visits.find(site, id))?.visit.name ?? ERASED);
    const ofGrant = (id: string): Promise<string | undefined> =>
      once(visitOfGrant, id, async () => (await grants.find(site, id))?.visitId);

    async function visitsOf({ fields }: Event): Promise<string[]> {
      if (fields.visit) return [fields.visit];
      const ids = (fields.grants ?? '').split(' ').filter(Boolean);
      return [...new Set((await Promise.all(ids.map(ofGrant))).filter((id) => id !== undefined))];
    }

    function who(by: string): string {
      const [kind = '', id = ''] = by.split(':');
      if (kind === 'person') return person.get(id) ?? 'A removed person';
      if (kind === 'key') return capital(key.get(id) ?? 'a removed key');
      if (kind === 'desk') return capital(desk.get(id) ?? 'a removed check-in desk');
      return ACTORS[kind] ?? by;
    }

    return async (event: Event): Promise<AuditEntry> => {
      const { id, type, at, fields } = event;
      const kind = eventKind(type);
      const about = await visitsOf(event);
      const called = await Promise.all(about.map(visitor));
      const named: Record<string, () => string> = {
        person: () => person.get(fields.person ?? '') ?? 'a removed person',
        key: () => key.get(fields.key ?? '') ?? 'a removed key',
        desk: () => desk.get(fields.desk ?? '') ?? 'a removed check-in desk',
        webhook: () => hook.get(fields.webhook ?? '') ?? 'a removed webhook',
      };
      const words: EventWords = {
        of: (field) => fields[field] ?? '',
        visitor: names.visitor ?? (called.length > 0 ? [...new Set(called)].join(' and ') : ERASED),
        gateway: `gateway "${fields.gateway ?? ''}"`,
        time: (field) => dayAndTime(Number(fields[field] ?? '0'), zone, LANGUAGE),
        name: (field) => named[field]?.() ?? fields[field] ?? '',
      };
      const by = actorOf(event);
      return {
        id,
        type,
        group: groupOf(type),
        at,
        by,
        who: who(by),
        says: kind ? kind.words(words) : type,
        visits: about.filter((_, i) => called[i] !== ERASED),
        gateway: (fields.gateway as GatewayId | undefined) ?? null,
        fields,
      };
    };
  };
}

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);
