import { demo } from './demo.js';
import type { DriverKind } from './driver.js';
import { nftables } from './nftables/index.js';

/** Every kind of gateway, by its name. */
export const drivers: ReadonlyMap<string, DriverKind> = new Map<string, DriverKind>(
  [demo, nftables].map((kind) => [kind.kind, kind]),
);

const yes = (can: boolean): string => (can ? 'yes' : 'no');

/** The table of capabilities for README and command line: the heading, then one row for each kind. */
export function capabilityRows(): string[][] {
  const heading = ['Kind', 'Ends', 'Lag', 'Extend', 'Revoke', 'List', 'Finds clients', 'Limits', 'To know'];
  const rows = [...drivers.values()].map(({ kind, capabilities: can }) => [
    `\`${kind}\``,
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
