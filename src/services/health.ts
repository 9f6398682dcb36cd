import type { GatewayId, SiteId } from '../domain/id.js';
import type { ClockStatus } from '../redis/clock.js';
import type { CommandStore, QueueCounts } from '../redis/commands.js';
import type { SiteStore } from '../redis/sites.js';
import type { TokenStore } from '../redis/tokens.js';
import type { VisitStore } from '../redis/visits.js';
import type { GatewayRegistry } from './gateways.js';
import { iso } from './objects.js';
import type { Unproven } from './unproven.js';
import type { Worker } from './worker.js';

/** Who drives a gateway: this process, another one, or nobody. */
export type LaneState = 'here' | 'elsewhere' | 'nobody';

export interface Readiness {
  ready: boolean;
  redis: { ok: boolean };
  clock: { ok: boolean; skewMs: number; reason?: string };
  /** `here`: this process has the role. */
  worker: { ok: boolean; here: boolean; lanes: Record<string, LaneState> };
  /** A gateway that is down is listed, and is no reason not to be ready. */
  gateways: {
    id: GatewayId;
    site: SiteId;
    kind: string;
    ok: boolean | null;
    problems: string[];
    checkedAt: string | null;
  }[];
}

export interface Numbers {
  redisUp: boolean;
  clockSkewSeconds: number;
  gateways: {
    id: GatewayId;
    site: SiteId;
    up: boolean;
    queue: QueueCounts;
    online: number;
    unproven: number;
  }[];
  sites: { id: SiteId; visits: number; guessingBudgetSpent: boolean }[];
}

export type HealthService = ReturnType<typeof createHealth>;

export interface HealthDeps {
  unproven: Pick<Unproven, 'counts'>;
  registry: GatewayRegistry;
  worker: Pick<Worker, 'holds'> | undefined;
  commands: CommandStore;
  sites: SiteStore;
  tokens: TokenStore;
  visits: VisitStore;
  /** Rejects where Redis does not answer. */
  ping: () => Promise<unknown>;
  clock: () => ClockStatus;
  now: () => number;
}

/** What monitors ask: can this process do its work, and the numbers. Reads no more than a few counts. */
export function createHealth(deps: HealthDeps) {
  const { registry, worker, commands, sites, tokens, visits, unproven, ping, clock, now } = deps;

  const answers = async (): Promise<boolean> =>
    ping().then(
      () => true,
      () => false,
    );

  async function laneOf(site: SiteId, id: GatewayId): Promise<LaneState> {
    if (worker?.holds(id)) return 'here';
    return (await commands.laneHeld(site, id)) ? 'elsewhere' : 'nobody';
  }

  async function lanes(): Promise<Record<string, LaneState>> {
    const states = await Promise.all(
      registry.all().map(async ({ site, id }) => [id, await laneOf(site, id)] as const),
    );
    return Object.fromEntries(states);
  }

  return {
    /** Who drives this gateway. */
    laneOf,

    async readiness(): Promise<Readiness> {
      const up = await answers();
      const held = up ? await lanes().catch(() => undefined) : undefined;
      const { ok: clockOk, skewMs, reason } = clock();
      const driven = held !== undefined && !Object.values(held).includes('nobody');
      const here = worker !== undefined;
      return {
        ready: held !== undefined && clockOk && driven,
        redis: { ok: held !== undefined },
        clock: { ok: clockOk, skewMs, ...(reason === undefined ? {} : { reason }) },
        worker: { ok: driven, here, lanes: held ?? {} },
        gateways: registry.all().map(({ id, site, kind }) => {
          const health = registry.healthOf(id);
          return {
            id,
            site,
            kind,
            ok: health?.ok ?? null,
            problems: health?.problems ?? [],
            checkedAt: health ? iso(health.checkedAt) : null,
          };
        }),
      };
    },

    async numbers(): Promise<Numbers> {
      const clockSkewSeconds = clock().skewMs / 1000;
      const down: Numbers = { redisUp: false, clockSkewSeconds, gateways: [], sites: [] };
      if (!(await answers())) return down;
      const gateways = registry.all().map(async ({ id, site }) => ({
        id,
        site,
        up: registry.healthOf(id)?.ok ?? false,
        queue: await commands.counts(site, id),
        online: await commands.online(site, id, now()),
        unproven: (await unproven.counts(site)).get(id) ?? 0,
      }));
      const bySite = (await sites.list()).map(async (id) => ({
        id,
        visits: await visits.count(id),
        guessingBudgetSpent: await tokens.budgetSpent(id),
      }));
      return {
        redisUp: true,
        clockSkewSeconds,
        gateways: await Promise.all(gateways),
        sites: await Promise.all(bySite),
      };
    },
  };
}
