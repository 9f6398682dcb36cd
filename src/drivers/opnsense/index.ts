import type { DriverKind } from '../driver.js';
import { connect } from './connect.js';
import { fields, type OpnsenseFields } from './fields.js';
import { parseRedirect } from './redirect.js';
import { rules } from './rules.js';
import { files } from './template.js';

export type { OpnsenseFields };

export const opnsense: DriverKind<OpnsenseFields> = {
  kind: 'opnsense',
  label: 'OPNsense',
  fields,
  capabilities: [
    {
      mode: '',
      orders: 'told',
      end: 'to the second, by Foyer; not by the router itself',
      // A session's second address goes with the next round of the router's own loop.
      lagSeconds: 6,
      extend: true,
      revoke: true,
      list: true,
      identity: true,
      limits: false,
      remarks:
        'The router itself does not end a session: while Foyer is not running nobody is sent off, so set the zone’s hard timeout as a net. A device with several addresses (IPv6 beside IPv4) is let in, and sent off, with its others up to 6 s later. Guests reach Foyer over IPv4 and without address translation, since the router’s ARP table says who they are; static ARP entries name nobody. Untested on hardware: written after OPNsense’s source of August 2026 (after 26.7).',
    },
  ],
  defaults: { trust: 'verify', guestNetworks: [] },
  // It lists no end.
  toleranceMs: 3000,
  checkEveryMs: 10_000,
  parseRedirect,
  connect,
  rules,
  files,
};
