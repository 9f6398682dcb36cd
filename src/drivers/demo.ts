import { randomUUID } from 'node:crypto';
import { isIP } from 'node:net';
import { Type } from 'typebox';
import type { ClientMac } from '../domain/id.js';
import { parseMac } from '../domain/mac.js';
import type { DriverKind } from './driver.js';

/** The gateway of a first run: it admits nobody anywhere, it only records what it was told. */
export const demo: DriverKind = {
  kind: 'demo',
  label: 'Demo (records only)',
  fields: Type.Object({}),
  capabilities: [
    {
      mode: '',
      orders: 'told',
      end: 'to the millisecond, on paper',
      lagSeconds: 0,
      extend: true,
      revoke: true,
      list: true,
      identity: false,
      limits: false,
      remarks: 'Admits nobody anywhere, it only records. Takes the word of a redirect: a MAC can be forged.',
    },
  ],
  defaults: { trust: 'redirect', guestNetworks: ['127.0.0.0/8', '::1/128'] },
  toleranceMs: 1000,
  checkEveryMs: 10_000,

  parseRedirect({ mac: macText = '', ip, url }) {
    const mac = parseMac(macText);
    if (!mac || (ip !== undefined && isIP(ip) === 0)) return undefined;
    return { mac, ...(ip === undefined ? {} : { ip }), ...(url === undefined ? {} : { url }), keyed: false };
  },

  connect({ now }) {
    const ends = new Map<ClientMac, number>();
    // What was recorded is gone with the process, and a new epoch has it told again.
    const epoch = randomUUID();
    return {
      authorize: async ({ mac, until }) => {
        ends.set(mac, until);
      },
      deauthorize: async ({ mac }) => {
        ends.delete(mac);
      },
      sessions: async () => {
        for (const [mac, until] of ends) if (until <= now()) ends.delete(mac);
        return [...ends].map(([mac, until]) => ({ mac, until }));
      },
      check: async () => ({ ok: true, epoch, problems: [] }),
      close: async () => undefined,
    };
  },
};
