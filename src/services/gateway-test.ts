import type { Gateway } from '../domain/gateway.js';
import { DriverError } from '../drivers/driver.js';
import type { GatewayRegistry } from './gateways.js';

export interface GatewayTestResult {
  ok: boolean;
  /** For a router admin, each with what to do. */
  problems: string[];
}

export interface GatewayTestDeps {
  registry: Pick<GatewayRegistry, 'kindOf'>;
  now: () => number;
  guestPort: () => number;
  log: { info(data: object, message: string): void; warn(data: object, message: string): void };
  /** A gateway passed. */
  onPassed?: (gateway: Gateway) => Promise<void>;
}

const TIMEOUT_MS = 15_000;

export type GatewayTest = ReturnType<typeof createGatewayTest>;

/** Connects to a gateway as it is configured, asks it how it is, and lets go of it again. */
export function createGatewayTest(deps: GatewayTestDeps) {
  const { registry, now, guestPort, log, onPassed } = deps;

  return async function testGateway(gateway: Gateway): Promise<GatewayTestResult> {
    const kind = registry.kindOf(gateway);
    if (!kind) return { ok: false, problems: [`This Foyer knows no kind of gateway "${gateway.kind}".`] };
    const { id, fields } = gateway;
    const driver = kind.connect({ gateway: id, fields, now, guestPort: guestPort(), log });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<GatewayTestResult>((resolve) => {
      const problems = [`The gateway did not answer within ${TIMEOUT_MS / 1000} s.`];
      timer = setTimeout(() => resolve({ ok: false, problems }), TIMEOUT_MS);
    });
    const asked = driver.check().then(
      ({ ok, problems }) => ({ ok, problems }),
      (error: unknown) => {
        if (!(error instanceof DriverError)) throw error;
        return { ok: false, problems: [error.message] };
      },
    );
    try {
      const result = await Promise.race([asked, late]);
      if (result.ok) await onPassed?.(gateway);
      return result;
    } finally {
      clearTimeout(timer);
      await driver.close();
    }
  };
}
