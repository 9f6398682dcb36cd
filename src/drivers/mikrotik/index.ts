import type { DriverKind } from '../driver.js';
import { connect } from './connect.js';
import { fields, type MikrotikFields } from './fields.js';
import { parseRedirect } from './redirect.js';
import { files, rules } from './rules.js';

export const mikrotik: DriverKind<MikrotikFields> = {
  kind: 'mikrotik',
  label: 'MikroTik (RouterOS 7 hotspot)',
  fields,
  capabilities: [
    {
      mode: '',
      orders: 'told',
      end: 'to the second, by the router and by Foyer',
      lagSeconds: 1,
      extend: true,
      revoke: true,
      list: true,
      identity: true,
      limits: true,
      remarks:
        'Untested on hardware: written after MikroTik’s documentation and reports of RouterOS 7.9 to 7.24. Each device is a hotspot user of its own, logged in by Foyer; a phone that slept comes back without typing. A running session takes a new end without a break where the router lets it, else the device is logged in anew at once, and what it has open may break off. Rates by a user profile of Foyer’s for each pair, from the next login; volume by the router. With `binding`, a device that the router would not log in stays on while Foyer is not running. IPv4 only: switch IPv6 off for guests, the hotspot does not hold it.',
    },
  ],
  defaults: { trust: 'verify', guestNetworks: [] },
  // The end stands in the comment, in whole seconds.
  toleranceMs: 1000,
  checkEveryMs: 10_000,
  parseRedirect,
  connect,
  rules,
  files,
};
