import type { Capabilities, DriverKind } from '../driver.js';
import { connect } from './connect.js';
import { fields, type RuckusFields } from './fields.js';
import { parseRedirect } from './redirect.js';
import { rules } from './rules.js';

/** What the northbound portal interface has no call for. */
const NOWHERE = { list: false, identity: false, limits: false } as const;

const FORGED =
  'The interface has no table of clients: the MAC is taken from the redirect and can be forged. It names no end and no limits; where Session-Timeout is to hold, `radius` or `postback` serve these controllers.';

const UNTESTED = 'Untested on hardware: written after';

const smartzone: Capabilities = {
  mode: 'SmartZone',
  orders: 'told',
  forgeable: true,
  end: 'to the second, by Foyer; not by the controller itself',
  lagSeconds: 5,
  extend: true,
  revoke: true,
  ...NOWHERE,
  remarks: `While Foyer is not running nobody is sent off before the session timeout of the WLAN. ${FORGED} With Always Accept a guest may log in at the controller’s own ports 9997 and 9998 without a PIN, unless they are blocked; with an account that only Foyer knows it may not. Sessions cannot be listed: one that was left over is not seen. ${UNTESTED} SmartZone’s codes as other projects have them.`,
};

const ruckusOne: Capabilities = {
  mode: 'RUCKUS One',
  orders: 'told',
  forgeable: true,
  end: 'after the session timeout of the network, whatever was decided',
  lagSeconds: 86_400,
  extend: false,
  revoke: false,
  ...NOWHERE,
  remarks: `The cloud documents no call that ends a session: a device that is sent off stays on. ${FORGED} A longer visit is let in again, without typing, on its next redirect. ${UNTESTED} the integration guide of RUCKUS One of August 2023.`,
};

export const ruckus: DriverKind<RuckusFields> = {
  kind: 'ruckus',
  label: 'Ruckus SmartZone, RUCKUS One',
  fields,
  capabilities: [smartzone, ruckusOne],
  modeOf: ({ controller }) => (controller === 'ruckus-one' ? 1 : 0),
  defaults: { trust: 'verify', guestNetworks: [] },
  toleranceMs: 5000,
  checkEveryMs: 10_000,
  parseRedirect,
  connect,
  rules,
};
