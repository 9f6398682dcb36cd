import t from 'tap';
import type { ClientMac } from '../../src/domain/id.js';
import { omada } from '../../src/drivers/omada/index.js';
import { APP } from '../emulators/omada.js';
import { redirected, startSite } from '../emulators/omada-site.js';
import { HOUR } from '../fixtures/runtime.js';
import { driverContract } from './contract.js';

const STRANGERS = Array.from(
  { length: 200 },
  (_, n) => `02:00:00:00:bb:${n.toString(16).padStart(2, '0')}` as ClientMac,
);

for (const app of [false, true]) {
  const fields = app ? APP : {};
  driverContract(t, {
    name: app ? 'omada with the Open API' : 'omada by the operator alone',
    kind: omada,
    fields,
    endsLater: /by Foyer/,
    async make(options = {}) {
      const { driver, controller, now, viaOf } = await startSite(t, { ...options, app });
      for (const mac of STRANGERS) controller.meet(mac);
      return {
        // Without the Open API it is told where a client is by the client's redirect only.
        driver: app ? driver : redirected(driver, viaOf),
        now,
        admitElsewhere: async (mac) => {
          controller.add(mac, HOUR, 3);
        },
        gateway: controller.misbehaviour,
      };
    },
  });
}
