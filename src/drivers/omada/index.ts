import type { Capabilities, DriverKind } from '../driver.js';
import { connect, LATE_MS } from './connect.js';
import { appOf, fields, type OmadaFields } from './fields.js';
import { parseRedirect } from './redirect.js';
import { rules } from './rules.js';

const ALL = {
  orders: 'told',
  end: 'to the second, by Foyer; by the controller itself up to a minute later, and one report has it that it only notes it',
  lagSeconds: 5,
  extend: true,
  revoke: true,
  list: true,
  limits: true,
} as const;

const UNTESTED =
  'Untested on hardware: written after TP-Link’s guides for 5.x and 6.2.10 and after what others measured on 5.15.24 and read from 6.0.0. The list, a later end and an early end are calls of the Hotspot Manager that TP-Link does not document. Every external portal’s session at the site is taken for Foyer’s, and ended where nobody decided it: no other external portal server may serve the same site. Controllers from 6.2.10 on hold limits, older ones hold none; a session that runs keeps those it began with.';

const WITHOUT: Capabilities = {
  ...ALL,
  mode: 'operator account',
  forgeable: true,
  identity: false,
  remarks: `Needs \`trust=redirect\`. The controller lets a device in only while it waits at the access point and Wi-Fi that the redirect names, so a made-up MAC opens nothing; that the device is the one whose browser asks, nothing proves: a forged redirect can let in another device that waits there, with a PIN of the forger’s own. A device that has moved to another access point since is let in on its next redirect. ${UNTESTED}`,
};

const WITH: Capabilities = {
  ...ALL,
  mode: 'operator account and Open API',
  identity: true,
  remarks: `The controller’s list of clients says who has which address, and where a device is now. \`guestNetworks\` has to be set, and Foyer has to see the guests’ own addresses: no address translation between them. The Open API takes ten requests a second from all its apps. ${UNTESTED}`,
};

export const omada: DriverKind<OmadaFields> = {
  kind: 'omada',
  label: 'TP-Link Omada',
  fields,
  capabilities: [WITHOUT, WITH],
  modeOf: (given) => (appOf(given) ? 1 : 0),
  defaults: { trust: 'verify', guestNetworks: [] },
  toleranceMs: LATE_MS,
  checkEveryMs: 10_000,
  parseRedirect,
  connect,
  rules,
};
