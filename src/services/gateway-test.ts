import type { Gateway } from '../domain/gateway.js';
import { type ClientMac, newId } from '../domain/id.js';
import { type AccountedSession, capabilitiesOf, type DriverKind } from '../drivers/driver.js';
import type { CommandStore } from '../redis/commands.js';
import type { GatewayStore } from '../redis/gateways.js';
import type { GrantStore } from '../redis/grants.js';
import type { Signals } from '../redis/signals.js';
import { ends } from './chore.js';
import type { GatewayRegistry } from './gateways.js';
import { type RoundTrip, roundTrip } from './round-trip.js';
import type { Worker } from './worker.js';

export interface GatewayTestDeps {
  registry: Pick<GatewayRegistry, 'kindOf' | 'refresh' | 'blind'>;
  worker: Pick<Worker, 'holds' | 'roundTrip'> | undefined;
  commands: Pick<CommandStore, 'laneHeld'>;
  gateways: Pick<GatewayStore, 'takeAnswer' | 'askedAt'>;
  grants: Pick<GrantStore, 'access'>;
  accounted: (gateway: Gateway) => Promise<AccountedSession[]>;
  signals: Pick<Signals, 'send'>;
  now: () => number;
  guestPort: () => number;
  portalUrl: () => string | undefined;
  log: { info(data: object, message: string): void; warn(data: object, message: string): void };
  /** A gateway passed. */
  onPassed?: (gateway: Gateway) => Promise<void>;
}

/** Longer than five calls that all come in just in time would hardly ever take. */
const TIMEOUT_MS = 40_000;
/** A process that has just heard of a gateway takes its lane within this time. */
const LANE_TAKEN_MS = 2000;
const LOOK_EVERY_MS = 50;

const failed = (problem: string): RoundTrip => ({ ok: false, problems: [problem], steps: [] });
const LATE = failed(`The gateway did not answer within ${TIMEOUT_MS / 1000} s.`);

/** Lets a device in and sends it off again, through the process that holds the gateway's lane; where none does, by a connection of its own. */
export function createGatewayTest(deps: GatewayTestDeps) {
  const { registry, worker, commands, gateways, grants, signals, now, guestPort, portalUrl, log, onPassed } =
    deps;

  async function within<T>(ms: number, look: () => Promise<T | undefined>): Promise<T | undefined> {
    for (const end = performance.now() + ms; ; ) {
      const found = await look();
      if (found !== undefined || performance.now() >= end) return found;
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  async function byHolder({ site, id }: Gateway, mac: ClientMac | undefined): Promise<RoundTrip> {
    const order = newId();
    await signals.send({ type: 'test', gateway: id, order, ...(mac ? { mac } : {}) });
    const result = await within(TIMEOUT_MS, async () =>
      // It was this process that was just taking the lane.
      worker?.holds(id) ? worker.roundTrip(id, mac) : gateways.takeAnswer<RoundTrip>(site, order),
    );
    return result ?? LATE;
  }

  async function byItself(
    gateway: Gateway,
    kind: DriverKind,
    mac: ClientMac | undefined,
  ): Promise<RoundTrip> {
    const { site, id, fields } = gateway;
    const askedAt = () => gateways.askedAt(site, id);
    const accounted = () => deps.accounted(gateway);
    const url = portalUrl();
    const portal = { guestPort: guestPort(), ...(url === undefined ? {} : { portalUrl: url }) };
    const driver = kind.connect({ gateway: id, fields, askedAt, accounted, now, ...portal, log });
    const can = capabilitiesOf(kind, fields);
    const trip = roundTrip({ driver, can, check: () => driver.check(), now, ...(mac ? { mac } : {}) });
    try {
      const settled = trip.then(
        () => undefined,
        () => undefined,
      );
      return (await ends(settled, TIMEOUT_MS)) ? await trip : LATE;
    } finally {
      await driver.close();
    }
  }

  async function ask(gateway: Gateway, kind: DriverKind, mac: ClientMac | undefined): Promise<RoundTrip> {
    const { site, id } = gateway;
    const held = async () => worker?.holds(id) || (await commands.laneHeld(site, id)) || undefined;
    const someone = await within(LANE_TAKEN_MS, held);
    const here = worker?.holds(id) ? await worker.roundTrip(id, mac) : undefined;
    return here ?? (someone ? byHolder(gateway, mac) : byItself(gateway, kind, mac));
  }

  /** `mac`: a device that has joined, for gateways that let in no others. */
  return async function testGateway(gateway: Gateway, mac?: ClientMac): Promise<RoundTrip> {
    const kind = registry.kindOf(gateway);
    if (!kind) return failed(`This Foyer knows no kind of gateway "${gateway.kind}".`);
    if (mac && (await grants.access(gateway.site, gateway.id, mac)))
      return failed(`${mac} has access by a visit at this gateway: test with a device that has none.`);
    const result = await ask(gateway, kind, mac);
    if (!result.ok) return result;
    await onPassed?.(gateway);
    await registry.refresh();
    const blind = registry.blind(gateway);
    return blind ? { ...result, problems: [...result.problems, blind] } : result;
  };
}
