import type { Config } from './config.js';
import type { Gateway } from './domain/gateway.js';
import type { GatewayId } from './domain/id.js';
import type { AccountedSession } from './drivers/driver.js';
import type { Signals } from './redis/signals.js';
import type { Stores } from './redis/stores.js';
import type { Demo } from './services/demo.js';
import { createFirstSteps } from './services/first-steps.js';
import { createGatewayTest, type GatewayTestDeps } from './services/gateway-test.js';
import type { GatewayRegistry } from './services/gateways.js';
import { createOnline } from './services/online.js';
import { createQueue } from './services/queue.js';
import type { SettingsService } from './services/settings.js';
import { createStream } from './services/stream.js';
import type { Worker } from './services/worker.js';

export interface NetworkDeps {
  config: Config;
  stores: Stores;
  registry: GatewayRegistry;
  worker: Worker | undefined;
  settings: SettingsService;
  signals: Signals;
  demo: Demo;
  accounted: (gateway: Gateway) => Promise<AccountedSession[]>;
  guestPort: () => number;
  portalUrl: () => string | undefined;
  now: () => number;
  log: GatewayTestDeps['log'];
}

/** What people look at of the network: who is online, what waits, how gateways do, and how far the set-up is. */
export function createNetwork(deps: NetworkDeps) {
  const { config, stores, registry, worker, settings, signals, demo, now, log } = deps;
  const { accounted, guestPort, portalUrl } = deps;
  const nudge = async (gateway: GatewayId): Promise<void> => {
    if (worker?.holds(gateway)) worker.nudge(gateway);
    else await signals.send({ type: 'command', gateway });
  };
  const gatewayTests = createGatewayTest({
    ...stores,
    tests: stores.gatewayTests,
    registry,
    worker,
    accounted,
    signals,
    now,
    guestPort,
    portalUrl,
    log,
    onPassed: async (gateway) => {
      if (gateway.kind !== 'demo') await demo.retire();
    },
  });
  return {
    testGateway: gatewayTests.test,
    gatewayTests,
    online: createOnline({ ...stores, registry, now }),
    queue: createQueue({ ...stores, registry, nudge, now }),
    stream: createStream({ events: stores.events, log }),
    firstSteps: createFirstSteps({ ...stores, registry, settings, mails: config.smtpUrl !== undefined }),
  };
}
