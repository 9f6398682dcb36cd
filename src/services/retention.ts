import type { SiteId } from '../domain/id.js';
import { lastPossibleEnd } from '../domain/window.js';
import type { EventStore } from '../redis/events.js';
import type { GrantStore } from '../redis/grants.js';
import type { NamedVisit, PersonStore } from '../redis/persons.js';
import type { VisitStore } from '../redis/visits.js';
import type { BlockService } from './blocks.js';
import type { GatewayRegistry } from './gateways.js';
import type { Holder } from './privacy.js';
import type { SettingsService } from './settings.js';

const DAY_MS = 86_400_000;
/** An index may name what is gone for so long: it is not looked at while its record is being made. */
const INDEX_AFTER_MS = 60 * 60_000;

export interface RetentionDeps {
  persons: PersonStore;
  visits: VisitStore;
  grants: GrantStore;
  events: EventStore;
  blocks: Pick<BlockService, 'sweep'>;
  registry: Pick<GatewayRegistry, 'ofSite'>;
  settings: Pick<SettingsService, 'read'>;
  holders: readonly Holder[];
  /** What was erased is written out of the files of a Redis that is ours. */
  compact: () => Promise<void>;
  now: () => number;
}

export type RetentionService = ReturnType<typeof createRetention>;

/** What has been kept for long enough goes, by the retention of now: records, indexes, and what gateways' lanes name. */
export function createRetention(deps: RetentionDeps) {
  const { persons, visits, grants, events, blocks, registry, settings, holders, now } = deps;

  /** True where the visit went. A longer retention keeps what is still there for longer. */
  async function review(site: SiteId, named: NamedVisit, retentionMs: number): Promise<boolean> {
    const until = (from: number): number => from + retentionMs;
    const stays = named.keepUntil > now();
    if (named.keepFrom !== undefined && until(named.keepFrom) === named.keepUntil && stays) return false;
    const stored = await visits.find(site, named.id);
    if (!stored) return false;
    const { terms, startedAt, createdAt } = stored.visit;
    const from = named.keepFrom ?? Math.max(createdAt, lastPossibleEnd(terms, startedAt));
    return (await persons.keep(site, stored, until(from), now())) === 'erased';
  }

  return {
    /** Returns how many visits went. */
    async sweep(site: SiteId): Promise<number> {
      const { values } = await settings.read(site);
      const retentionMs = values['retention.days'] * DAY_MS;
      let erased = 0;
      for await (const named of persons.visits(site)) if (await review(site, named, retentionMs)) erased++;
      const gone = await visits.sweep(site, now() - INDEX_AFTER_MS);
      await grants.sweep(site, now() - INDEX_AFTER_MS);
      for (const { id } of registry.ofSite(site)) {
        await persons.forgetClients(site, id, now());
        await persons.forgetRedirects(site, id, now() - DAY_MS);
      }
      await blocks.sweep(site);
      for (const holder of holders) await holder.sweep?.(site, now() - retentionMs);
      const went = erased + gone;
      if (went > 0) {
        await events.append(site, 'retention.swept', { visits: String(went) }, now());
        await deps.compact();
      }
      return went;
    },
  };
}
