import type { Gateway } from '../domain/gateway.js';
import { DriverError, type DriverKind } from '../drivers/driver.js';
import type { CommandStore } from '../redis/commands.js';
import type { GatewayStore } from '../redis/gateways.js';
import type { Signals } from '../redis/signals.js';
import type { GatewayRegistry } from './gateways.js';
import type { Worker } from './worker.js';

export interface GatewayTestResult {
  ok: boolean;
  /** For a router admin, each with what to do; some are no reason not to be ready. */
  problems: string[];
}

export interface GatewayTestDeps {
  registry: Pick<GatewayRegistry, 'kindOf'>;
  worker: Pick<Worker, 'holds' | 'check'> | undefined;
  commands: Pick<CommandStore, 'laneHeld'>;
  gateways: Pick<GatewayStore, 'health' | 'askedAt'>;
  signals: Pick<Signals, 'send'>;
  now: () => number;
  guestPort: () => number;
  portalUrl: () => string | undefined;
  log: { info(data: object, message: string): void; warn(data: object, message: string): void };
  /** A gateway passed. */
  onPassed?: (gateway: Gateway) => Promise<void>;
}

const TIMEOUT_MS = 15_000;
/** A process that has just heard of a gateway takes its lane within this time. */
const LANE_TAKEN_MS = 2000;
const LOOK_EVERY_MS = 50;

const LATE: GatewayTestResult = {
  ok: false,
  problems: [`The gateway did not answer within ${TIMEOUT_MS / 1000} s.`],
};

/** Asks a gateway how it is, through the process that holds its lane; where none does, by a connection of its own. */
export function createGatewayTest(deps: GatewayTestDeps) {
  const { registry, worker, commands, gateways, signals, now, guestPort, portalUrl, log, onPassed } = deps;

  async function within<T>(ms: number, look: () => Promise<T | undefined>): Promise<T | undefined> {
    for (const end = performance.now() + ms; ; ) {
      const found = await look();
      if (found !== undefined || performance.now() >= end) return found;
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  const checkedAt = async ({ site, id }: Gateway) => (await gateways.health(site)).get(id)?.checkedAt;

  async function byHolder(gateway: Gateway): Promise<GatewayTestResult> {
    const { site, id } = gateway;
    const before = await checkedAt(gateway);
    await signals.send({ type: 'check', gateway: id });
    const health = await within(TIMEOUT_MS, async () => {
      // It was this process that was just taking the lane.
      if (worker?.holds(id)) return worker.check(id);
      const seen = (await gateways.health(site)).get(id);
      return seen && seen.checkedAt !== before ? seen : undefined;
    });
    return health ?? LATE;
  }

  async function byItself({ site, id, fields }: Gateway, kind: DriverKind): Promise<GatewayTestResult> {
    const askedAt = () => gateways.askedAt(site, id);
    const url = portalUrl();
    const portal = { guestPort: guestPort(), ...(url === undefined ? {} : { portalUrl: url }) };
    const driver = kind.connect({ gateway: id, fields, askedAt, now, ...portal, log });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<GatewayTestResult>((resolve) => {
      timer = setTimeout(() => resolve(LATE), TIMEOUT_MS);
    });
    const asked = driver.check().catch((error: unknown) => {
      if (!(error instanceof DriverError)) throw error;
      return { ok: false, problems: [error.message] };
    });
    try {
      return await Promise.race([asked, late]);
    } finally {
      clearTimeout(timer);
      await driver.close();
    }
  }

  async function ask(gateway: Gateway, kind: DriverKind): Promise<GatewayTestResult> {
    const { site, id } = gateway;
    const held = async () => worker?.holds(id) || (await commands.laneHeld(site, id)) || undefined;
    const someone = await within(LANE_TAKEN_MS, held);
    const here = worker?.holds(id) ? await worker.check(id) : undefined;
    return here ?? (someone ? byHolder(gateway) : byItself(gateway, kind));
  }

  return async function testGateway(gateway: Gateway): Promise<GatewayTestResult> {
    const kind = registry.kindOf(gateway);
    if (!kind) return { ok: false, problems: [`This Foyer knows no kind of gateway "${gateway.kind}".`] };
    const { ok, problems } = await ask(gateway, kind);
    if (ok) await onPassed?.(gateway);
    return { ok, problems };
  };
}
