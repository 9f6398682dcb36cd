import t from 'tap';
import type { ClientMac, GatewayId } from '../../src/domain/id.js';
import { mikrotik } from '../../src/drivers/mikrotik/index.js';
import { startMikrotik } from '../emulators/mikrotik.js';
import { type DriverUnderTest, driverContract, MAC, OTHER, PATIENCE_MS } from './contract.js';

const strangers = Array.from(
  { length: 200 },
  (_, n) => `02:00:00:00:bb:${n.toString(16).padStart(2, '0')}` as ClientMac,
);

async function make({ pinned = false } = {}): Promise<DriverUnderTest> {
  const now = () => Date.now();
  const router = await startMikrotik(t, { now, tls: pinned });
  for (const mac of [MAC, OTHER, ...strangers]) router.join(mac);
  const driver = mikrotik.connect({
    gateway: 'main' as GatewayId,
    fields: {
      url: router.url,
      ...router.credential,
      binding: false,
      ...(router.fingerprint === undefined ? {} : { fingerprint: router.fingerprint }),
    },
    now,
    guestPort: 8080,
    timeoutMs: PATIENCE_MS,
    log: { info: () => undefined, warn: () => undefined },
  });
  t.teardown(() => driver.close());
  return {
    driver,
    now,
    gateway: router.gateway,
    admitElsewhere: async (mac) => router.admitElsewhere(mac),
  };
}

driverContract(t, { name: 'mikrotik', kind: mikrotik as never, make });
