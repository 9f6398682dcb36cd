import { chilli } from './chilli/index.js';
import { demo } from './demo.js';
import type { DriverKind } from './driver.js';
import { meraki } from './meraki/index.js';
import { mikrotik } from './mikrotik/index.js';
import { nftables } from './nftables/index.js';
import { omada } from './omada/index.js';
import { opennds } from './opennds/index.js';
import { opnsense } from './opnsense/index.js';
import { postback } from './postback/index.js';
import { radius } from './radius/index.js';
import { ruckus } from './ruckus/index.js';
import { unifi } from './unifi/index.js';

/** Every kind of gateway, by its name. */
export const drivers: ReadonlyMap<string, DriverKind> = new Map<string, DriverKind>(
  [
    demo,
    nftables,
    opennds as DriverKind,
    unifi as DriverKind,
    omada as DriverKind,
    mikrotik as DriverKind,
    opnsense as DriverKind,
    chilli as DriverKind,
    radius as DriverKind,
    postback as DriverKind,
    meraki as DriverKind,
    ruckus as DriverKind,
  ].map((kind) => [kind.kind, kind]),
);

const yes = (can: boolean): string => (can ? 'yes' : 'no');

/** The table of capabilities for README and command line: the heading, then a row for each kind, or for each mode of one. */
export function capabilityRows(): string[][] {
  const heading = ['Kind', 'Ends', 'Lag', 'Extend', 'Revoke', 'List', 'Finds clients', 'Limits', 'To know'];
  const all = [...drivers.values()].flatMap(({ kind, capabilities }) =>
    capabilities.map((can) => ({ kind, can })),
  );
  const rows = all.map(({ kind, can }) => [
    can.mode === '' ? `\`${kind}\`` : `\`${kind}\` ${can.mode}`,
    can.end,
    `${can.lagSeconds} s`,
    yes(can.extend),
    yes(can.revoke),
    yes(can.list),
    yes(can.identity),
    yes(can.limits),
    can.remarks,
  ]);
  return [heading, ...rows];
}
