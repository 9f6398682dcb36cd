import { type GatewayId, MAIN_SITE, parseSiteId, type SiteId } from '../domain/id.js';
import type { FieldProblem } from '../domain/problem.js';
import type { ApiKeyStore } from '../redis/api-keys.js';
import type { EventStore } from '../redis/events.js';
import type { SiteStore } from '../redis/sites.js';
import type { TeamStore } from '../redis/team.js';
import type { VisitStore } from '../redis/visits.js';
import type { GatewayRegistry } from './gateways.js';
import type { SettingsService } from './settings.js';

/** One site as lists show it. */
export interface SiteSummary {
  id: SiteId;
  name: string;
  timeZone: string;
  gateways: GatewayId[];
}

/** How much there is of a site. */
export interface SiteCounts {
  visits: number;
  /** Who works there and nowhere else. */
  people: number;
  keys: number;
}

export type AddedSite =
  | { status: 'added'; site: SiteSummary }
  | { status: 'exists' }
  | { status: 'invalid'; problems: FieldProblem[] };

export type RemovedSite =
  | { status: 'removed' | 'unknown' }
  /** The site that every installation has. */
  | { status: 'main' }
  /** These would go on admitting whom nobody could take off the network any more: remove them first. */
  | { status: 'has-gateways'; gateways: GatewayId[] };

export type SiteService = ReturnType<typeof createSites>;

export interface SiteDeps {
  sites: SiteStore;
  apiKeys: ApiKeyStore;
  team: TeamStore;
  visits: Pick<VisitStore, 'count'>;
  events: EventStore;
  registry: GatewayRegistry;
  settings: SettingsService;
  announce: () => Promise<void>;
  now: () => number;
}

export function createSites(deps: SiteDeps) {
  const { sites, apiKeys, team, visits, events, registry, settings, announce, now } = deps;

  async function summary(id: SiteId): Promise<SiteSummary> {
    const { values } = await settings.read(id);
    return {
      id,
      name: values['site.name'],
      timeZone: values['site.timeZone'],
      gateways: registry.ofSite(id).map((gateway) => gateway.id),
    };
  }

  const worksOnlyAt = async (id: SiteId) =>
    (await team.list()).filter(({ role, site }) => role !== 'owner' && site === id);

  return {
    async counts(id: SiteId): Promise<SiteCounts> {
      const [count, people, keys] = await Promise.all([visits.count(id), worksOnlyAt(id), apiKeys.list()]);
      return { visits: count, people: people.length, keys: keys.filter(({ site }) => site === id).length };
    },

    async list(): Promise<SiteSummary[]> {
      await registry.refresh();
      return Promise.all((await sites.list()).map(summary));
    },

    async add(text: string, by: string): Promise<AddedSite> {
      const id = parseSiteId(text);
      if (!id) {
        const message = `A site's id has 1 to 32 of a-z, 0-9 and -, and no dash at either end. Right would be "north-wing".`;
        return { status: 'invalid', problems: [{ field: 'id', message }] };
      }
      if (!(await sites.add(id, now()))) return { status: 'exists' };
      await events.append(id, 'site.added', { site: id, by }, now());
      await announce();
      return { status: 'added', site: await summary(id) };
    },

    /** The site with its visits, grants, settings, keys and log, and the people who work nowhere else. */
    async remove(id: SiteId, by: string): Promise<RemovedSite> {
      if (id === MAIN_SITE) return { status: 'main' };
      if (!(await sites.exists(id))) return { status: 'unknown' };
      await registry.refresh();
      const gateways = registry.ofSite(id).map((gateway) => gateway.id);
      if (gateways.length > 0) return { status: 'has-gateways', gateways };
      const removed = await sites.remove(id);
      await apiKeys.removeOfSite(id);
      for (const { id: person } of await worksOnlyAt(id)) {
        await team.change(person, () => undefined);
        await events.append(MAIN_SITE, 'person.removed', { person, by }, now());
      }
      // Its own log is gone with it.
      await events.append(MAIN_SITE, 'site.removed', { site: id, by }, now());
      await announce();
      return { status: removed ? 'removed' : 'unknown' };
    },
  };
}
