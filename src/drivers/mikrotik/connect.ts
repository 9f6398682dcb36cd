import type { ClientMac } from '../../domain/id.js';
import type { Driver, DriverContext } from '../driver.js';
import { createApi } from './api.js';
import { createCheck } from './check.js';
import { createEnding } from './ending.js';
import type { MikrotikFields } from './fields.js';
import { createLettingIn } from './letting-in.js';
import { createMenus } from './menus.js';
import { clientsIn, sessionsOf } from './sessions.js';

export function connect(context: DriverContext<MikrotikFields>): Driver {
  const { gateway, fields, now, timeoutMs } = context;
  const api = createApi({ ...fields, timeoutMs });
  const menus = createMenus(api);
  const letIn = createLettingIn(context, api, menus);
  const end = createEnding(gateway, api, menus);
  const inTurn = createOrder();

  return {
    authorize: (order) => inTurn(order.mac, () => (order.until > now() ? letIn(order) : end(order))),
    deauthorize: (target) => inTurn(target.mac, () => end(target)),
    sessions: () => sessionsOf(gateway, api, menus, now),
    clients: async () => clientsIn(await menus.hosts.all(), fields.hotspot),

    async findClient(ip) {
      const properties = ['mac-address', 'address', 'to-address', 'server'];
      const [translated, own] = await Promise.all([
        api.rows(menus.hosts.menu, properties, `to-address=${ip}`),
        api.rows(menus.hosts.menu, properties, `address=${ip}`),
      ]);
      return clientsIn([...translated, ...own], fields.hotspot).find((client) => client.ip === ip);
    },

    check: createCheck(api, fields, now),
    close: api.close,
  };
}

/** One order of a device after the other: an order is several calls. */
function createOrder() {
  const last = new Map<ClientMac, Promise<void>>();
  return (mac: ClientMac, work: () => Promise<void>): Promise<void> => {
    const mine = (last.get(mac) ?? Promise.resolve()).then(work, work);
    last.set(mac, mine);
    const over = () => {
      if (last.get(mac) === mine) last.delete(mac);
    };
    mine.then(over, over);
    return mine;
  };
}
