import type { ClientMac, GatewayId } from '../../src/domain/id.js';
import type { AuthorizeOrder, Driver, Limits } from '../../src/drivers/driver.js';
import type { MikrotikFields } from '../../src/drivers/mikrotik/fields.js';
import { mikrotik } from '../../src/drivers/mikrotik/index.js';
import type { Teardown } from '../fixtures/redis.js';
import { MINUTE, testClock } from '../fixtures/runtime.js';
import { type MikrotikOptions, startMikrotik } from './mikrotik.js';

export interface GatewayOptions extends Omit<MikrotikOptions, 'now'> {
  fields?: Partial<MikrotikFields>;
}

/** A router with a clock that the test moves, and gateways of it. */
export async function startGateway(t: Teardown, { fields = {}, ...options }: GatewayOptions = {}) {
  const time = testClock();
  const router = await startMikrotik(t, { ...options, now: time });
  const logged: string[] = [];
  const note = (data: object, message: string) => void logged.push(`${message} ${JSON.stringify(data)}`);

  function connect(gateway: string, more: Partial<MikrotikFields> = {}, timeoutMs = 2000): Driver {
    const driver = mikrotik.connect({
      gateway: gateway as GatewayId,
      fields: { url: router.url, ...router.credential, binding: false, ...fields, ...more },
      now: time,
      guestPort: 8080,
      timeoutMs,
      log: { info: note, warn: note },
    });
    t.teardown(() => driver.close());
    return driver;
  }

  return {
    time,
    router,
    logged,
    connect,
    driver: connect('main'),
    /** For so many minutes from now. */
    order: (mac: ClientMac, minutes: number, limits: Limits = {}): AuthorizeOrder => ({
      mac,
      ips: [],
      until: time() + minutes * MINUTE,
      limits,
    }),
    /** The commands since the last look, without what only reads. */
    commands(): string[] {
      const paths = router.asked
        .splice(0)
        .filter(({ method, path }) => method !== 'GET' && !path.endsWith('/print'))
        .map(({ method, path }) => `${method} ${path.replace('/rest', '')}`);
      return paths;
    },
  };
}

export const LAPTOP = '02:00:00:00:00:0a' as ClientMac;
export const PHONE = '02:00:00:00:00:0b' as ClientMac;
