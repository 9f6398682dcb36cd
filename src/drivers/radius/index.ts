import type { Capabilities, DriverKind } from '../driver.js';
import { acceptAttributes } from './attributes.js';
import { connect } from './connect.js';
import { fields, type RadiusFields } from './fields.js';
import { parseRedirect } from './redirect.js';
import { rules } from './rules.js';
import { vendorOf } from './vendors.js';

const BOTH =
  'The router asks by MAC (MAC authentication) and is answered with the seconds that are left; at their end it asks again, and a longer visit goes on. A later end is told then, not before. For the first PIN nothing proves the MAC of a redirect: a visitor can spend a device slot of the own visit on a foreign MAC, and get on with that only by copying it. Whether limits are held, and a volume, is the router’s business. Untested on hardware: written after the RFCs and vendors’ documents, tested with FreeRADIUS 3.2.1.';

const CAN: Capabilities = {
  mode: '',
  orders: 'asks',
  forgeable: true,
  end: 'to the second, by the router (Session-Timeout)',
  lagSeconds: 5,
  extend: false,
  revoke: true,
  list: true,
  identity: false,
  limits: true,
  remarks: '',
};

export const radius: DriverKind<RadiusFields> = {
  kind: 'radius',
  label: 'Any router that asks by RADIUS',
  fields,
  capabilities: [
    {
      ...CAN,
      mode: 'with Disconnect',
      remarks: `${BOTH} An early end is told by a Disconnect-Request, as is a router that is to ask anew after a PIN: it has to account for its sessions for both. A refused device has no session, and is let in when it tries again by itself.`,
    },
    {
      ...CAN,
      mode: '`disconnectPort=0`',
      revoke: false,
      list: false,
      remarks: `${BOTH} Cannot be told of an early end: a device stays on until the end it was let in for, or until the router asks again (pfSense: every minute). A device is let in when it tries again by itself.`,
    },
  ],
  modeOf: ({ disconnectPort }) => (disconnectPort === 0 ? 1 : 0),
  defaults: { trust: 'verify', guestNetworks: [] },
  toleranceMs: 3000,
  checkEveryMs: 30_000,
  parseRedirect,
  connect,
  radius: {
    nas: ({ nas, secret, requireMessageAuthenticator }) => ({
      networks: nas,
      secret,
      requireMessageAuthenticator,
    }),
    bypass: () => true,
    reasks: () => true,
    accept: (limits, { vendor }) => [
      ...acceptAttributes({ again: true }),
      ...vendorOf(vendor).limits(limits),
    ],
  },
  rules,
};
