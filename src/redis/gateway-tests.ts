import type { ClientMac, GatewayId, SiteId } from '../domain/id.js';
import { siteKeys } from './keys.js';
import { defineScript, type RedisClient, statusOf } from './scripts.js';

/** The last test of a gateway. `S`: a step, `R`: what came of all of them. */
export interface StoredTest<S, R> {
  order: string;
  /** Epoch milliseconds. */
  startedAt: number;
  mac?: ClientMac;
  steps: S[];
  /** Absent while it runs. */
  result?: R;
}

/** Nothing was heard of it for so long: its process is gone. */
export const TEST_RUNS_MS = 60_000;
const KEPT_MS = 15 * 60_000;
const STEPS_KEPT_MS = 60_000;

const beginTest = defineScript({
  file: 'begin-test',
  args: ['now', 'gateway', 'order', 'mac', 'runsMs', 'keptMs'],
  reply: statusOf('begun', 'running'),
});

export type GatewayTestStore = ReturnType<typeof createGatewayTestStore>;

/** Tests of gateways, so that any process can show how one goes. */
export function createGatewayTestStore(redis: RedisClient) {
  /** What belongs to another test by now is not written. */
  async function put(site: SiteId, gateway: GatewayId, order: string, fields: Record<string, string>) {
    const key = siteKeys.test(site, gateway);
    if ((await redis.hget(key, 'order')) === order) await redis.hset(key, fields);
  }

  return {
    begin: (
      site: SiteId,
      gateway: GatewayId,
      { order, mac, now }: { order: string; mac: ClientMac | undefined; now: number },
    ) =>
      beginTest(redis, site, {
        now,
        gateway,
        order,
        mac: mac ?? '',
        runsMs: TEST_RUNS_MS,
        keptMs: KEPT_MS,
      }),

    putSteps: (site: SiteId, gateway: GatewayId, order: string, steps: readonly object[]) =>
      put(site, gateway, order, { steps: JSON.stringify(steps) }),

    finish: (site: SiteId, gateway: GatewayId, order: string, result: object) =>
      put(site, gateway, order, { result: JSON.stringify(result) }),

    async find<S, R>(site: SiteId, gateway: GatewayId): Promise<StoredTest<S, R> | undefined> {
      const { order, startedAt, mac, steps, result } = await redis.hgetall(siteKeys.test(site, gateway));
      if (order === undefined) return undefined;
      return {
        order,
        startedAt: Number(startedAt),
        ...(mac ? { mac: mac as ClientMac } : {}),
        steps: JSON.parse(steps ?? '[]') as S[],
        ...(result === undefined ? {} : { result: JSON.parse(result) as R }),
      };
    },

    /** A step of a test that runs in this process for another one. */
    async tellStep(site: SiteId, order: string, step: object): Promise<void> {
      const key = siteKeys.testSteps(site, order);
      await redis.multi().rpush(key, JSON.stringify(step)).pexpire(key, STEPS_KEPT_MS).exec();
    },

    /** The steps of such a test from that one on. */
    async toldSteps<S>(site: SiteId, order: string, from: number): Promise<S[]> {
      const rows = await redis.lrange(siteKeys.testSteps(site, order), from, -1);
      return rows.map((row) => JSON.parse(row) as S);
    },
  };
}
