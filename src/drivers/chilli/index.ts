import type { Capabilities, DriverKind } from '../driver.js';
import { type Run, runHere } from '../nftables/run.js';
import { nasOf } from '../postback/radius-fields.js';
import { acceptAttributes, chilliLimits } from '../radius/attributes.js';
import { connectAfar } from './afar.js';
import { type ChilliFields, fields, type Mode, modeOf } from './fields.js';
import { handoff } from './handoff.js';
import { connectHere } from './here.js';
import { parseRedirect } from './redirect.js';
import { rules } from './rules.js';

export type { ChilliFields };

const UNTESTED = 'Untested with a router: written after the source of CoovaChilli 1.9.';

const LIMITS = 'Limits are rates and a volume, which begins anew with each session.';

const ASKS = `${UNTESTED} The redirect is signed. The visitor’s browser logs in at chilli with a credential that is good once, and chilli asks Foyer by RADIUS. ${LIMITS}`;

/** A row for each mode, in the order in which they are shown. */
const CAPABILITIES: Record<Mode, Capabilities> = {
  told: {
    mode: 'with `chilli_query`',
    orders: 'told',
    end: 'to the second, by chilli itself',
    lagSeconds: 2,
    extend: true,
    revoke: true,
    list: true,
    identity: true,
    limits: true,
    remarks: `Foyer runs on the router itself, and RADIUS is not needed. ${UNTESTED} The redirect is signed. ${LIMITS}`,
  },
  disconnects: {
    mode: 'with `coaport`',
    orders: 'browser',
    end: 'to the second, by chilli itself',
    lagSeconds: 2,
    extend: false,
    revoke: true,
    list: true,
    identity: true,
    limits: true,
    remarks: `${ASKS} A running session takes no later end: at its end the device is let in again, without typing, on its next redirect. Sessions, and who has which address, are known from accounting once a device is online.`,
  },
  browser: {
    mode: '`disconnectPort=0`',
    orders: 'browser',
    end: 'to the second, by chilli itself',
    lagSeconds: 2,
    extend: false,
    revoke: false,
    list: false,
    identity: true,
    limits: true,
    remarks: `${ASKS} Cannot be told: a device that is sent off early stays on until the end it was let in for. A longer visit is let in again, without typing, on the next redirect after that.`,
  },
};

const ORDER = Object.keys(CAPABILITIES) as Mode[];

/** The kind, with its program run by `run`. */
export function createChilli({ run }: { run: Run }): DriverKind<ChilliFields> {
  return {
    kind: 'chilli',
    label: 'CoovaChilli',
    fields,
    capabilities: [CAPABILITIES.told, CAPABILITIES.disconnects, CAPABILITIES.browser],
    modeOf: (given) => ORDER.indexOf(modeOf(given)),
    defaults: { trust: 'verify', guestNetworks: [] },
    // chilli counts whole seconds, rounded up when they are told.
    toleranceMs: 3000,
    checkEveryMs: 10_000,
    takes: ({ chilliQuery }) => (chilliQuery ? { field: 'chilliQuery', thing: 'the chilli' } : undefined),
    parseRedirect,
    connect: (context) =>
      modeOf(context.fields) === 'told' ? connectHere(run, context) : connectAfar(context),
    handoff,
    radius: {
      nas: (given) => (modeOf(given) === 'told' ? undefined : nasOf(given)),
      bypass: () => false,
      reasks: () => false,
      accept: (limits) => [...acceptAttributes({ again: false }), ...chilliLimits(limits)],
    },
    rules,
  };
}

export const chilli = createChilli({ run: runHere });
