import t from 'tap';
import type { ClientMac } from '../../src/domain/id.js';
import type { DriverKind } from '../../src/drivers/driver.js';
import { unifi } from '../../src/drivers/unifi/index.js';
import { startUnifi } from '../emulators/unifi.js';
import { connectUnifi } from '../emulators/unifi-connected.js';
import { startUnifiIntegration } from '../emulators/unifi-integration.js';
import { testClock } from '../fixtures/runtime.js';
import { driverContract, MAC, OTHER } from './contract.js';

const LATER = /by UniFi itself up to a minute later/;
const kind = unifi as DriverKind;

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
        driver: connectUnifi(t, { url, ...account, ...(fingerprint ? { fingerprint } : {}) }, now).driver,
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
      driver: connectUnifi(t, { url, apiKey: 'key', ...(fingerprint ? { fingerprint } : {}) }, now).driver,
      now,
      gateway: misbehaviour,
      admitElsewhere: async (mac) => admit(mac, 'VOUCHER', 60),
    };
  },
});
