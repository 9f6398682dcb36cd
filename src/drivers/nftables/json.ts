import type { ClientMac } from '../../domain/id.js';
import { parseMac } from '../../domain/mac.js';
import type { Names } from './ruleset.js';

interface Entry {
  name?: unknown;
  chain?: unknown;
  elem?: unknown;
  type?: unknown;
}

type Item = [kind: string, entry: Entry];

/** The entries of a listing: `["rule", {..}]` and the like. */
function itemsOf(listing: unknown): Item[] {
  const list = (listing as { nftables?: unknown } | undefined)?.nftables;
  if (!Array.isArray(list)) return [];
  return list.flatMap((item) => Object.entries(item as Record<string, Entry>).slice(0, 1));
}

const isOurs = (names: Names, [kind, entry]: Item): boolean => {
  if (kind === 'table') return true;
  if (kind === 'set') return entry.name === names.allowed;
  const chain = kind === 'rule' ? entry.chain : kind === 'chain' ? entry.name : undefined;
  return chain === names.hijack || chain === names.guests;
};

/** What there is of this gateway's part of the table, without handles and elements: equal texts, equal rules. */
export function shapeOf(names: Names, listing: unknown): string {
  const ours = itemsOf(listing).filter((item) => isOurs(names, item));
  const leaveOut = (key: string, value: unknown) => (key === 'handle' || key === 'elem' ? undefined : value);
  const plain = ours.map(([kind, entry]) =>
    JSON.stringify([kind, entry], kind === 'set' ? leaveOut : noHandle),
  );
  return plain.join('\n');
}

const noHandle = (key: string, value: unknown): unknown => (key === 'handle' ? undefined : value);

/** Is there a chain of this gateway's that looks at another interface than this one? */
export function guardsAnother(names: Names, device: string, listing: unknown): boolean {
  const rules = itemsOf(listing).filter(([kind, { chain }]) => kind === 'rule' && chain === names.guests);
  return rules.length > 0 && !rules.some(([, entry]) => looksAt(device, entry));
}

const looksAt = (device: string, entry: Entry): boolean =>
  JSON.stringify(entry).includes(`"right":${JSON.stringify(device)}`);

/** Names of the sets and chains in a listing. */
export const namesIn = (listing: unknown): Set<string> =>
  new Set(
    itemsOf(listing).flatMap(([kind, { name }]) =>
      (kind === 'set' || kind === 'chain') && typeof name === 'string' ? [name] : [],
    ),
  );

/** Elements of our set: seconds left, undefined where someone made the element permanent. */
export function elementsIn(names: Names, listing: unknown): { mac: ClientMac; left: number | undefined }[] {
  const sets = itemsOf(listing).filter(([kind, entry]) => kind === 'set' && entry.name === names.allowed);
  return sets.flatMap(([, { elem }]) => {
    if (!Array.isArray(elem)) return [];
    return elem.flatMap((one: unknown) => {
      const { val, expires } =
        typeof one === 'string'
          ? { val: one, expires: undefined }
          : ((one as { elem?: { val?: unknown; expires?: unknown } }).elem ?? {});
      const mac = typeof val === 'string' ? parseMac(val) : undefined;
      return mac ? [{ mac, left: typeof expires === 'number' ? expires : undefined }] : [];
    });
  });
}

/** Other gateways' chains in the table that look at this interface: left behind when a gateway was removed. */
export function chainsOn(names: Names, device: string, listing: unknown): string[] {
  const chains = itemsOf(listing)
    .filter(
      ([kind, { chain }]) => kind === 'rule' && String(chain).startsWith('guests_') && chain !== names.guests,
    )
    .filter(([, entry]) => looksAt(device, entry))
    .map(([, { chain }]) => String(chain));
  return [...new Set(chains)];
}
