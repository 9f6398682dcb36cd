import type { AuthorizeOrder, Driver, DriverContext } from '../../src/drivers/driver.js';
import { type UnifiFields, unifi } from '../../src/drivers/unifi/index.js';
import { MAC, PATIENCE_MS } from '../drivers/contract.js';
import type { Teardown } from '../fixtures/redis.js';
import { testClock } from '../fixtures/runtime.js';
import { startUnifi } from './unifi.js';
import { type IntegrationOptions, startUnifiIntegration } from './unifi-integration.js';
import type { UnifiOptions } from './unifi-login.js';

/** A driver that is connected to an emulator, and what a test asks of it. */
export function connectUnifi(t: Teardown, given: Partial<UnifiFields>, now: () => number) {
  const warnings: string[] = [];
  const context: DriverContext<UnifiFields> = {
    gateway: 'unifi' as never,
    fields: { url: '', unifiSite: 'default', ...given },
    now,
    guestPort: 8080,
    timeoutMs: PATIENCE_MS,
    log: { info: () => undefined, warn: (_, message) => warnings.push(message) },
  };
  const driver: Driver = unifi.connect(context);
  t.teardown(driver.close);
  return {
    driver,
    warnings,
    order: (ms: number, more: Partial<AuthorizeOrder> = {}): AuthorizeOrder => ({
      mac: MAC,
      ips: [],
      until: now() + ms,
      limits: {},
      ...more,
    }),
    problems: async (): Promise<string> => (await driver.check()).problems.join(' '),
  };
}

export async function startAccount(
  t: Teardown,
  options: Partial<UnifiOptions> = {},
  fields: Partial<UnifiFields> = {},
) {
  const now = testClock();
  const emulator = await startUnifi(t, { flavour: 'os', now, ...options });
  const { url } = emulator.router;
  const connected = connectUnifi(t, { url, username: 'foyer', password: 'secret', ...fields }, now);
  /** What the controller was told of clients. */
  const told = () =>
    emulator.asked.filter(({ path }) => path.endsWith('/cmd/stamgr')).map(({ json }) => json);
  return { ...emulator, ...connected, now, told };
}

export async function startKey(
  t: Teardown,
  options: Partial<IntegrationOptions> = {},
  fields: Partial<UnifiFields> = {},
) {
  const now = testClock();
  const emulator = await startUnifiIntegration(t, { flavour: 'os', now, ...options });
  const connected = connectUnifi(t, { url: emulator.router.url, apiKey: 'key', ...fields }, now);
  const calls = (pattern: RegExp) =>
    emulator.exchanges.filter(({ method, path }) => pattern.test(`${method} ${path}`));
  return { ...emulator, ...connected, now, calls };
}
