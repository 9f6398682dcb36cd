import type { Capabilities, DriverKind } from '../driver.js';
import { type Run, runHere } from '../nftables/run.js';
import { connectAfar } from './afar.js';
import { asking } from './asking.js';
import { fields, type Mode, modeOf, type OpenNdsFields } from './fields.js';
import { handoff } from './handoff.js';
import { connectHere } from './here.js';
import { parseRedirect } from './redirect.js';
import { rules } from './rules.js';

export type { OpenNdsFields };

/** A device that Foyer cannot send off. */
const STAYS =
  'Cannot be told from afar: a device that is sent off early stays on until the end it was let in for.';

const AFAR = `${STAYS} A longer visit is let in again, without typing, on the next redirect after that.`;

const NOWHERE = { extend: false, revoke: false, list: false, identity: false } as const;

/** Of a gateway that asks. */
const ASKS =
  'The router asks every few seconds whom to let in, so that a visitor waits for up to 25 s. It gets the whole minutes that fit, and who has less than one left gets one. Limits are rates; a volume is not held.';

/** Where nothing that the router does depends on the MAC that a redirect claims. */
const FORGED =
  'Nothing checks the MAC, which can be forged: nobody is let in again without typing, and one PIN may serve more devices than it should.';

/** A row for each mode, in the order in which they are shown. */
const CAPABILITIES: Record<Mode, Capabilities> = {
  told: {
    mode: 'with `ndsctl`',
    orders: 'told',
    end: 'to the second, by Foyer; by the router itself up to a minute later',
    lagSeconds: 1,
    extend: false,
    revoke: true,
    list: true,
    identity: true,
    limits: true,
    remarks:
      'Foyer runs on the router itself. A running session takes no later end: it is ended, and the device let in again, without typing, on its next redirect. A visit that was shortened ends at its former end while Foyer is not running. Limits are rates; a volume is not held. After the daemon has been started anew devices are let in again as they are redirected.',
  },
  browser: {
    mode: 'levels 1 and 2',
    orders: 'browser',
    end: 'to the second, by the router, as often as it looks',
    lagSeconds: 6,
    ...NOWHERE,
    limits: false,
    remarks: `The visitor’s browser carries the word, and Foyer’s BinAuth script checks it: device, token and end. Ends late by up to \`checkinterval\` (5 s as \`gateway rules\` prints it, 15 s by default). The MAC is a claim until the device is let in. ${AFAR}`,
  },
  claimed: {
    mode: 'levels 1 and 2, `binauth=false`',
    orders: 'browser',
    claimed: true,
    end: 'after the router’s own `sessiontimeout`, whatever was decided',
    lagSeconds: 86_400,
    ...NOWHERE,
    limits: false,
    remarks: `${FORGED} ${STAYS}`,
  },
  asks: {
    mode: 'level 3',
    orders: 'asks',
    end: 'to whole minutes, at least one',
    lagSeconds: 75,
    ...NOWHERE,
    limits: true,
    remarks: `${ASKS} ${AFAR}`,
  },
  asksClaimed: {
    mode: 'level 4',
    orders: 'asks',
    claimed: true,
    end: 'to whole minutes, at least one',
    lagSeconds: 75,
    ...NOWHERE,
    limits: true,
    remarks: `Untested with a router. ${FORGED} ${ASKS} ${STAYS}`,
  },
};

const ORDER = Object.keys(CAPABILITIES) as Mode[];

/** The kind, with its programs run by `run`: tests have them run in another network namespace. */
export function createOpenNds({ run }: { run: Run }): DriverKind<OpenNdsFields> {
  return {
    kind: 'opennds',
    label: 'openNDS',
    fields,
    capabilities: [
      CAPABILITIES.told,
      CAPABILITIES.browser,
      CAPABILITIES.claimed,
      CAPABILITIES.asks,
      CAPABILITIES.asksClaimed,
    ],
    modeOf: (given) => ORDER.indexOf(modeOf(given)),
    defaults: { trust: 'verify', guestNetworks: [] },
    // The end stands in the session itself, to the millisecond.
    toleranceMs: 3000,
    checkEveryMs: 5000,
    takes: ({ ndsctl }) => (ndsctl ? { field: 'ndsctl', thing: 'the openNDS' } : undefined),
    parseRedirect,
    connect: (context) =>
      modeOf(context.fields) === 'told' ? connectHere(run, context) : connectAfar(context),
    handoff,
    asking,
    rules,
  };
}

export const opennds = createOpenNds({ run: runHere });
