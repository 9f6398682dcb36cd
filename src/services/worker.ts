import type { Gateway } from '../domain/gateway.js';
import type { ClientMac, GatewayId } from '../domain/id.js';
import type { RedirectClaim } from '../drivers/driver.js';
import type { GatewayTestStore } from '../redis/gateway-tests.js';
import type { GatewayRegistry } from './gateways.js';
import { createLane, type Lane, type LaneDeps } from './lane.js';
import type { TestStep } from './round-trip.js';

export interface WorkerDeps extends LaneDeps {
  tests: Pick<GatewayTestStore, 'tellStep'>;
}

export type Worker = ReturnType<typeof createWorker>;

/** One lane for each configured gateway, made anew when its configuration changes. */
export function createWorker(registry: GatewayRegistry, deps: WorkerDeps) {
  const lanes = new Map<GatewayId, { gateway: Gateway; lane: Lane }>();
  let turn: Promise<void> = Promise.resolve();
  let stopped = false;

  async function follow(): Promise<void> {
    const wanted = new Map<GatewayId, Gateway>(
      stopped ? [] : registry.all().map((gateway) => [gateway.id, gateway]),
    );
    const same = (a: Gateway, b: Gateway | undefined): boolean =>
      a.site === b?.site && a.version === b.version;
    const old = [...lanes].filter(([id, { gateway }]) => !same(gateway, wanted.get(id)));
    for (const [id] of old) lanes.delete(id);
    await Promise.all(old.map(([, { lane }]) => lane.stop()));
    for (const gateway of wanted.values()) {
      const kind = registry.kindOf(gateway);
      if (lanes.has(gateway.id) || !kind) continue;
      lanes.set(gateway.id, { gateway, lane: createLane(gateway, kind, deps) });
    }
  }

  const sync = (): Promise<void> => {
    // One that failed keeps none of the next from its turn.
    turn = turn.catch(() => undefined).then(follow);
    return turn;
  };

  return {
    /** Brings the lanes in line with the registry. */
    sync,
    /** Does this process hold the gateway's lane? */
    holds: (gateway: GatewayId): boolean => lanes.get(gateway)?.lane.held() ?? false,
    nudge: (gateway: GatewayId): void => lanes.get(gateway)?.lane.nudge(),
    runNow: async (gateway: GatewayId, mac: ClientMac): Promise<void> => lanes.get(gateway)?.lane.runNow(mac),
    roundTrip: async (gateway: GatewayId, mac?: ClientMac, onStep?: (step: TestStep) => void) =>
      lanes.get(gateway)?.lane.roundTrip(mac, onStep),
    /** For another process that ordered it. */
    async test(id: GatewayId, order: string, mac?: ClientMac): Promise<void> {
      const { gateway, lane } = lanes.get(id) ?? {};
      // One step after the other, and the result after all of them.
      let told: Promise<void> = Promise.resolve();
      const tell = (step: TestStep): void => {
        if (!gateway) return;
        told = told.then(() => deps.tests.tellStep(gateway.site, order, step)).catch(() => undefined);
      };
      const result = await lane?.roundTrip(mac, tell);
      await told;
      if (gateway && result) await deps.gateways.putAnswer(gateway.site, order, result);
    },
    /** For another process that has the claim. */
    async resolveFor(id: GatewayId, order: string, via: string): Promise<void> {
      const { gateway, lane } = lanes.get(id) ?? {};
      if (!gateway || !lane?.held()) return;
      const claim = await lane.resolve({ via, keyed: false });
      await deps.gateways.putAnswer(gateway.site, order, { mac: claim?.mac ?? null });
    },
    find: async (gateway: GatewayId, ip: string) => lanes.get(gateway)?.lane.find(ip),
    resolve: async (gateway: GatewayId, claim: RedirectClaim) => lanes.get(gateway)?.lane.resolve(claim),
    sessions: async (gateway: GatewayId) => lanes.get(gateway)?.lane.sessions(),
    async stop(): Promise<void> {
      stopped = true;
      await sync();
    },
  };
}
