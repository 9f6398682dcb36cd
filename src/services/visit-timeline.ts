import type { AccessPoint } from '../domain/gateway.js';
import type { SiteId } from '../domain/id.js';
import { localOf } from '../domain/local-time.js';
import { parseMac } from '../domain/mac.js';
import type { Visit } from '../domain/visit.js';
import { faultWords, type StoryWords, storyOf, type Told } from '../domain/visit-story.js';
import type { GrantStore } from '../redis/grants.js';
import type { MailStore } from '../redis/mails.js';
import type { AuditService } from './audit.js';
import type { AuditEntry } from './audit-words.js';
import type { GatewayRegistry } from './gateways.js';

/** One line of what happened to a visit. */
export interface StoryLine extends Told {
  id: string;
  at: number;
  type: string;
}

/**
 * The access point by which a client came, where the way that its gateway gave names one that the gateway has: as people
 * call it, else its MAC.
 */
export function accessPointOf(via: string | undefined, known: readonly AccessPoint[]): string | undefined {
  const [first = ''] = (via ?? '').split(' ');
  const mac = parseMac(first) ?? parseMac(/"apMac":"([^"]+)"/.exec(via ?? '')?.[1] ?? '');
  const point = known.find((one) => one.mac === mac);
  return point && (point.name ?? point.mac);
}

/** Whom the desk does not have to be told: the visitor is whom the page is about, and Foyer does what it is there for. */
const UNSAID = new Set(['visitor', 'foyer']);

/** What one line is made from, besides its event. */
export interface StoryNames {
  /** The access point of a grant. */
  point(gateway: string, grants: readonly string[]): string | undefined;
  /** What the mail server said of a mail. */
  mailWords(mail: string): string;
  /** An instant on the visit's own clock. */
  time(at: number): string;
}

/** An entry of the log as a line under the visit's name. */
export function storyLine(entry: AuditEntry, names: StoryNames): StoryLine {
  const { id, at, type, fields, by, who } = entry;
  const story = storyOf(type);
  if (!story) return { id, at, type, text: `${who} ${entry.says}` };
  const gateway = fields.gateway ?? '';
  const point = names.point(gateway, (fields.grants ?? fields.grant ?? '').split(' '));
  const words: StoryWords = {
    of: (field) => fields[field] ?? '',
    by: UNSAID.has(by) ? '' : ` by ${who.replace(/^The |^A /, (article) => article.toLowerCase())}`,
    place: gateway === '' ? '' : ` at gateway "${gateway}"${point ? `, access point ${point}` : ''}`,
    time: (field) => names.time(Number(fields[field] ?? '0')),
    mailWords: names.mailWords(fields.mail ?? ''),
  };
  return { id, at, type, ...story(words) };
}

export interface TimelineDeps {
  audit: Pick<AuditService, 'ofVisit'>;
  grants: Pick<GrantStore, 'ofVisits'>;
  registry: Pick<GatewayRegistry, 'healthOf' | 'ofSite'>;
  mails: Pick<MailStore, 'ofVisit'>;
}

export type VisitTimeline = ReturnType<typeof createVisitTimeline>;

/** What happened to a visit, oldest first, in plain words. */
export function createVisitTimeline({ audit, grants, registry, mails }: TimelineDeps) {
  async function timeline(
    site: SiteId,
    { id, timeZone }: Visit,
    time?: StoryNames['time'],
  ): Promise<StoryLine[]> {
    const [entries, held, sent] = await Promise.all([
      audit.ofVisit(site, id),
      grants.ofVisits(site, [id]),
      mails.ofVisit(site, id),
    ]);
    const said = new Map(sent.map((mail) => [mail.id, mail.words]));
    const ways = new Map((held.get(id) ?? []).map(({ grant }) => [grant.id, grant.via]));
    const points = new Map<string, readonly AccessPoint[]>(
      registry.ofSite(site).map((gateway) => [gateway.id, registry.healthOf(gateway.id)?.accessPoints ?? []]),
    );
    const names: StoryNames = {
      point: (gateway, ids) => {
        const via = ids.map((one) => ways.get(one)).find((way) => way !== undefined);
        return accessPointOf(via, points.get(gateway) ?? []);
      },
      mailWords: (mail) => said.get(mail) ?? '',
      time: time ?? ((at) => localOf(at, timeZone).slice(11, 16)),
    };
    return entries.map((entry) => storyLine(entry, names));
  }
  return Object.assign(timeline, { faultWords });
}
