import t from 'tap';
import type { ClientMac } from '../../src/domain/id.js';
import type { DriverKind } from '../../src/drivers/driver.js';
import { unifi } from '../../src/drivers/unifi/index.js';
import { startUnifi } from '../emulators/unifi.js';
import { startUnifiIntegration } from '../emulators/unifi-integration.js';
import { silent, testClock } from '../fixtures/runtime.js';
import { driverContract, MAC, OTHER, PATIENCE_MS } from './contract.js';

const LATER = /by UniFi itself up to a minute later/;
const kind = unifi as DriverKind;

function connect(
  t: { teardown(run: () => unknown): void },
  fields: Record<string, unknown>,
  now: () => number,
) {
  const context = { gateway: 'unifi' as never, now, guestPort: 8080, timeoutMs: PATIENCE_MS, log: silent };
  const driver = kind.connect({ ...context, fields: { unifiSite: 'default', ...fields } });
  t.teardown(driver.close);
  return driver;
}

for (const flavour of ['classic', 'os'] as const) {
  driverContract(t, {
    name: `unifi ${flavour}`,
    kind,
    fields: {},
    endsLater: LATER,
    async make({ pinned = false } = {}) {
      const now = testClock();
      const { router, misbehaviour, addRow } = await startUnifi(t, { flavour, now, tls: pinned });
      const { url, fingerprint } = router;
      const account = { username: 'foyer', password: 'secret' };
      return {
        driver: connect(t, { url, ...account, ...(fingerprint ? { fingerprint } : {}) }, now),
        now,
        gateway: misbehaviour,
        admitElsewhere: async (mac) => addRow({ mac, authorized_by: 'voucher' }),
      };
    },
  });
}

const STRANGERS = Array.from(
  { length: 200 },
  (_, n) => `02:00:00:00:bb:${n.toString(16).padStart(2, '0')}` as ClientMac,
);

driverContract(t, {
  name: 'unifi integration',
  kind,
  fields: { apiKey: 'key' },
  endsLater: LATER,
  async make({ pinned = false } = {}) {
    const now = testClock();
    const emulator = await startUnifiIntegration(t, { flavour: 'os', now, tls: pinned });
    const { router, misbehaviour, join, admit } = emulator;
    for (const mac of [MAC, OTHER, ...STRANGERS]) join(mac);
    const { url, fingerprint } = router;
    return {
      driver: connect(t, { url, apiKey: 'key', ...(fingerprint ? { fingerprint } : {}) }, now),
      now,
      gateway: misbehaviour,
      admitElsewhere: async (mac) => admit(mac, 'VOUCHER', 60),
    };
  },
});
