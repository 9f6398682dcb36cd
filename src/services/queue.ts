import type { GatewayId, SiteId } from '../domain/id.js';
import {
  type Command,
  type CommandStore,
  QUEUE_STATES,
  type QueuedCommand,
  type QueueState,
} from '../redis/commands.js';
import type { GrantStore } from '../redis/grants.js';
import type { VisitStore } from '../redis/visits.js';
import { type FaultWords, faultWords } from './fault-words.js';
import type { GatewayRegistry } from './gateways.js';

/** A command with whom it is for, and its fault in words. */
export interface ShownCommand extends QueuedCommand {
  visit: { id: string; name: string } | undefined;
  fault: FaultWords | undefined;
}

export type QueueStates = Record<QueueState, number>;

export type QueueService = ReturnType<typeof createQueue>;

export interface QueueDeps {
  registry: Pick<GatewayRegistry, 'refresh' | 'ofSite'>;
  commands: Pick<CommandStore, 'states' | 'list' | 'retry' | 'discard'>;
  grants: Pick<GrantStore, 'find'>;
  visits: Pick<VisitStore, 'find'>;
  /** Wakes whoever holds the gateway's lane. */
  nudge: (gateway: GatewayId) => Promise<void>;
  now: () => number;
}

/** Redis answers nobody else while it takes such a step. */
const STEP = 500;

const none = (): QueueStates => ({ due: 0, claimed: 0, retrying: 0, dead: 0 });

/** The commands that wait, for people: what is in the way, and what they can do about it. */
export function createQueue({ registry, commands, grants, visits, nudge, now }: QueueDeps) {
  const whose = async (site: SiteId, ids: readonly string[]): Promise<ShownCommand['visit']> => {
    for (const id of ids) {
      const grant = await grants.find(site, id);
      const visit = grant && (await visits.find(site, grant.visitId))?.visit;
      if (visit) return { id: visit.id, name: visit.name };
    }
    return undefined;
  };

  return {
    /** Counts of each gateway of the site, and all together. */
    async states(site: SiteId): Promise<{ all: QueueStates; gateways: Map<GatewayId, QueueStates> }> {
      await registry.refresh();
      const rows = await Promise.all(
        registry.ofSite(site).map(async ({ id }) => [id, await commands.states(site, id, now())] as const),
      );
      const all = none();
      for (const [, counts] of rows) for (const state of QUEUE_STATES) all[state] += counts[state];
      return { all, gateways: new Map(rows) };
    },

    async list(
      site: SiteId,
      gateway: GatewayId,
      page: { state: QueueState; from: number; limit: number },
    ): Promise<{ items: ShownCommand[]; next: number | null }> {
      const { items, next } = await commands.list(site, gateway, { ...page, now: now() });
      const shown = items.map(async (item) => ({
        ...item,
        visit: await whose(site, item.grants),
        fault: item.error === '' ? undefined : faultWords(item.error),
      }));
      return { items: await Promise.all(shown), next };
    },

    /** Tries one again at once; false where it is not there any more. */
    async retry(site: SiteId, gateway: GatewayId, mac: Command['mac'], by: string): Promise<boolean> {
      const tried = await commands.retry(site, gateway, { macs: [mac], most: 1, by, now: now() });
      if (tried > 0) await nudge(gateway);
      return tried > 0;
    },

    /** Tries again whatever was put aside; answers with how many. */
    async retryDead(site: SiteId, gateway: GatewayId, by: string): Promise<number> {
      let all = 0;
      // What fails again meanwhile is not tried twice.
      const most = (await commands.states(site, gateway, now())).dead;
      while (all < most) {
        const order = { macs: [], most: Math.min(STEP, most - all), by, now: now() };
        const tried = await commands.retry(site, gateway, order);
        if (tried === 0) break;
        all += tried;
        await nudge(gateway);
      }
      return all;
    },

    /** Gives one up, as it was seen. */
    async discard(
      site: SiteId,
      gateway: GatewayId,
      command: Pick<Command, 'mac' | 'version'>,
      by: string,
    ): Promise<'discarded' | 'busy' | 'gone'> {
      const done = await commands.discard(site, gateway, { commands: [command], by, now: now() });
      if (done.discarded > 0) return 'discarded';
      return done.busy > 0 ? 'busy' : 'gone';
    },
  };
}
