import type { Capabilities, DriverKind } from '../driver.js';
import { acceptAttributes } from '../radius/attributes.js';
import { connectByRadius } from './connect.js';
import { fields, hostsOf, type Mode, modeOf, type PostbackFields, profileOf } from './fields.js';
import { handoff } from './handoff.js';
import { nasOf } from './radius-fields.js';
import { parseRedirect } from './redirect.js';
import { rules } from './rules.js';

export type { PostbackFields };

const BOUND =
  'The MAC of the redirect can be forged (`trust=redirect`); the login cannot: it is good once, for a minute, and for the device that the router itself names when it asks. Who forges sees, and can end, another device’s visit, and lets in nobody but that device.';

const UNTESTED = 'Untested on hardware: written after what others quote of the vendors’ documents.';

const COMMON = {
  orders: 'browser',
  forgeable: true,
  end: 'to the second, by the router (RADIUS Session-Timeout)',
  extend: false,
  identity: false,
} as const;

const LATER = 'A longer visit is let in again, without typing, on the next redirect after its first end.';

/** A row for each mode, in the order in which they are shown. */
const CAPABILITIES: Record<Mode, Capabilities> = {
  disconnects: {
    ...COMMON,
    mode: 'with Disconnect',
    lagSeconds: 5,
    revoke: true,
    list: true,
    limits: false,
    remarks: `The visitor’s browser logs in at the router, which asks Foyer by RADIUS. ${BOUND} ${LATER} Sessions are known from accounting. MikroTik, Cisco and Cambium take rates, MikroTik a volume. ${UNTESTED}`,
  },
  reasks: {
    ...COMMON,
    mode: '`profile=pfsense`',
    lagSeconds: 60,
    revoke: false,
    list: false,
    limits: true,
    remarks: `pfSense cannot be told of an end: it asks again every minute, and whoever was sent off is off by then. ${BOUND} ${LATER} A volume is held up to 4.2 GB. ${UNTESTED}`,
  },
  untold: {
    ...COMMON,
    mode: '`disconnectPort=0`',
    lagSeconds: 5,
    revoke: false,
    list: false,
    limits: false,
    remarks: `Cannot be told: a device that is sent off early stays on until the end it was let in for. ${BOUND} ${LATER} ${UNTESTED}`,
  },
};

const ORDER = Object.keys(CAPABILITIES) as Mode[];

const notesOf = (given: PostbackFields): string[] => [
  ...(hostsOf(given).length > 0
    ? []
    : ['`hosts` is empty: no browser is sent anywhere. Set the host of the router’s login page.']),
];

export const postback: DriverKind<PostbackFields> = {
  kind: 'postback',
  label: 'Login form of a router that asks RADIUS',
  fields,
  capabilities: [CAPABILITIES.disconnects, CAPABILITIES.reasks, CAPABILITIES.untold],
  modeOf: (given) => ORDER.indexOf(modeOf(given)),
  defaults: { trust: 'verify', guestNetworks: [] },
  toleranceMs: 3000,
  checkEveryMs: 30_000,
  parseRedirect,
  connect(context) {
    const { label } = profileOf(context.fields);
    const { disconnectHost } = context.fields;
    return connectByRadius(context, {
      name: label,
      notes: notesOf(context.fields),
      disconnectHost,
      deaf: modeOf(context.fields) === 'reasks',
    });
  },
  handoff,
  radius: {
    nas: nasOf,
    bypass: () => false,
    reasks: (given) => profileOf(given).reasks === true,
    accept: (limits, given) => [
      ...acceptAttributes({ again: false }),
      ...(profileOf(given).limits?.(limits) ?? []),
    ],
  },
  rules,
};
