import type { Gateway } from '../domain/gateway.js';
import { type ClientMac, newId } from '../domain/id.js';
import { type AccountedSession, capabilitiesOf, type DriverKind } from '../drivers/driver.js';
import type { CommandStore } from '../redis/commands.js';
import type { GatewayTestStore, StoredTest } from '../redis/gateway-tests.js';
import type { GatewayStore } from '../redis/gateways.js';
import type { GrantStore } from '../redis/grants.js';
import type { Signals } from '../redis/signals.js';
import { ends } from './chore.js';
import type { GatewayRegistry } from './gateways.js';
import { type RoundTrip, roundTrip, type TestStep } from './round-trip.js';
import type { Worker } from './worker.js';

export interface GatewayTestDeps {
  registry: Pick<GatewayRegistry, 'kindOf' | 'refresh' | 'blind'>;
  worker: Pick<Worker, 'holds' | 'roundTrip'> | undefined;
  commands: Pick<CommandStore, 'laneHeld'>;
  gateways: Pick<GatewayStore, 'takeAnswer' | 'askedAt'>;
  tests: Pick<GatewayTestStore, 'begin' | 'find' | 'putSteps' | 'finish' | 'toldSteps'>;
  grants: Pick<GrantStore, 'access'>;
  accounted: (gateway: Gateway) => Promise<AccountedSession[]>;
  signals: Pick<Signals, 'send'>;
  now: () => number;
  guestPort: () => number;
  portalUrl: () => string | undefined;
  log: {
    info(data: object, message: string): void;
    warn(data: object, message: string): void;
    error(data: object, message: string): void;
  };
  /** A gateway passed. */
  onPassed?: (gateway: Gateway) => Promise<void>;
}

/** Longer than five calls that all come in just in time would hardly ever take. */
const TIMEOUT_MS = 40_000;
/** A process that has just heard of a gateway takes its lane within this time. */
const LANE_TAKEN_MS = 2000;
const LOOK_EVERY_MS = 50;

export type ShownTest = StoredTest<TestStep, RoundTrip>;

type OnStep = (step: TestStep) => void;

const failed = (problem: string): RoundTrip => ({ ok: false, problems: [problem], steps: [] });
const LATE = failed(`The gateway did not answer within ${TIMEOUT_MS / 1000} s.`);

/** Lets a device in and sends it off again, through the process that holds the gateway's lane; where none does, by a connection of its own. */
export function createGatewayTest(deps: GatewayTestDeps) {
  const { registry, worker, commands, gateways, tests, grants, signals, now, log, onPassed } = deps;
  const { guestPort, portalUrl } = deps;

  async function within<T>(ms: number, look: () => Promise<T | undefined>): Promise<T | undefined> {
    for (const end = performance.now() + ms; ; ) {
      const found = await look();
      if (found !== undefined || performance.now() >= end) return found;
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  async function byHolder({ site, id }: Gateway, mac: ClientMac | undefined, on: OnStep): Promise<RoundTrip> {
    const order = newId();
    let told = 0;
    await signals.send({ type: 'test', gateway: id, order, ...(mac ? { mac } : {}) });
    const result = await within(TIMEOUT_MS, async () => {
      // It was this process that was just taking the lane.
      if (worker?.holds(id)) return worker.roundTrip(id, mac, on);
      const answer = await gateways.takeAnswer<RoundTrip>(site, order);
      for (const step of await tests.toldSteps<TestStep>(site, order, told)) {
        told++;
        on(step);
      }
      return answer;
    });
    return result ?? LATE;
  }

  async function byItself(
    gateway: Gateway,
    kind: DriverKind,
    mac: ClientMac | undefined,
    onStep: OnStep,
  ): Promise<RoundTrip> {
    const { site, id, fields } = gateway;
    const askedAt = () => gateways.askedAt(site, id);
    const accounted = () => deps.accounted(gateway);
    const url = portalUrl();
    const portal = { guestPort: guestPort(), ...(url === undefined ? {} : { portalUrl: url }) };
    const driver = kind.connect({ gateway: id, fields, askedAt, accounted, now, ...portal, log });
    const can = capabilitiesOf(kind, fields);
    const trip = roundTrip({
      driver,
      can,
      check: () => driver.check(),
      now,
      onStep,
      ...(mac ? { mac } : {}),
    });
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

  async function ask(
    gateway: Gateway,
    kind: DriverKind,
    mac: ClientMac | undefined,
    on: OnStep,
  ): Promise<RoundTrip> {
    const { site, id } = gateway;
    const held = async () => worker?.holds(id) || (await commands.laneHeld(site, id)) || undefined;
    const someone = await within(LANE_TAKEN_MS, held);
    const here = worker?.holds(id) ? await worker.roundTrip(id, mac, on) : undefined;
    return here ?? (someone ? byHolder(gateway, mac, on) : byItself(gateway, kind, mac, on));
  }

  /** `mac`: a device that has joined, for gateways that let in no others. */
  async function test(gateway: Gateway, mac?: ClientMac, on: OnStep = () => undefined): Promise<RoundTrip> {
    const kind = registry.kindOf(gateway);
    if (!kind) return failed(`This Foyer knows no kind of gateway "${gateway.kind}".`);
    if (mac && (await grants.access(gateway.site, gateway.id, mac)))
      return failed(`${mac} has access by a visit at this gateway: test with a device that has none.`);
    const result = await ask(gateway, kind, mac, on);
    if (!result.ok) return result;
    await onPassed?.(gateway);
    await registry.refresh();
    const blind = registry.blind(gateway);
    return blind ? { ...result, problems: [...result.problems, blind] } : result;
  }

  return {
    test,

    /** Begins a test that nobody waits for; `find` says how it goes. One at a time for each gateway. */
    async begin(gateway: Gateway, mac?: ClientMac): Promise<'begun' | 'running'> {
      const { site, id } = gateway;
      const order = newId();
      if ((await tests.begin(site, id, { order, mac, now: now() })) === 'running') return 'running';
      const steps: TestStep[] = [];
      let kept: Promise<void> = Promise.resolve();
      const keep = (write: () => Promise<void>): void => {
        kept = kept.then(write).catch((err: unknown) => log.warn({ gateway: id, err }, 'test not noted'));
      };
      const on: OnStep = (step) => {
        steps.push(step);
        const sofar = [...steps];
        keep(() => tests.putSteps(site, id, order, sofar));
      };
      test(gateway, mac, on)
        .catch((err: unknown) => {
          log.error({ gateway: id, err }, 'test failed');
          return failed('Something went wrong on our side; the log says what.');
        })
        .then((result) => keep(() => tests.finish(site, id, order, result)));
      return 'begun';
    },

    /** The last test of a gateway, of some minutes ago at most. */
    find: (gateway: Gateway): Promise<ShownTest | undefined> => tests.find(gateway.site, gateway.id),
  };
}
