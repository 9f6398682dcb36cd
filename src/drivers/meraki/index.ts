import type { DriverKind } from '../driver.js';
import { connect } from './connect.js';
import { fields, type MerakiFields } from './fields.js';
import { handoff, parseRedirect } from './redirect.js';
import { rules } from './rules.js';

/** Of the 10 calls a second that an organisation has for all its programs. */
const CALLS_A_SECOND = 8;

export function createMeraki({ perSecond }: { perSecond: number }): DriverKind<MerakiFields> {
  return {
    kind: 'meraki',
    label: 'Meraki (click-through)',
    fields,
    capabilities: [
      {
        mode: '',
        orders: 'browser',
        forgeable: true,
        end: 'to the second, by Meraki; an early end within about a minute, by Foyer',
        lagSeconds: 60,
        extend: false,
        revoke: true,
        list: true,
        // The Dashboard lists a device minutes after it came: too late for the page that asks for its PIN.
        identity: false,
        limits: false,
        remarks:
          'Does not enforce the PIN: a device can let itself in at Meraki, and Foyer revokes it when the Dashboard lists it, some minutes later, and Foyer has looked at it. A look is one call of 10 a second: every device is looked at every 30 s where up to 50 are around, every 5 minutes where 500 are. The MAC is taken from the redirect and can be forged. A running session takes no later end: for a longer visit the device is let in again, without typing, on its next redirect. How soon an access point hears of a revocation is not documented. Untested on hardware: written after Meraki’s captive portal pages and the Dashboard API v1 of April 2026.',
      },
    ],
    defaults: { trust: 'verify', guestNetworks: [] },
    // The time that the visitor’s browser takes to follow its link, and the difference of two clocks.
    toleranceMs: 30_000,
    checkEveryMs: 30_000,
    parseRedirect,
    connect: (context) => connect(context, perSecond),
    handoff,
    rules,
  };
}

export const meraki = createMeraki({ perSecond: CALLS_A_SECOND });
