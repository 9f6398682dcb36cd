import { isIP } from 'node:net';
import type { GatewayId } from '../../domain/id.js';
import type { Target } from '../driver.js';
import { type Api, isGone, type Row } from './api.js';
import { readMark, userName, wireMac } from './marks.js';
import { idOf, type Menus } from './menus.js';

const FLOWS = '/ip/firewall/connection';
/** Of one command. */
const FLOWS_MOST = 50;

/** Sends a device off: first what could let it in again, then what lets it pass, then what passes already. */
export function createEnding(gateway: GatewayId, api: Api, menus: Menus) {
  const flows = createFlows(api);
  const isOurs = (row: Row): boolean => readMark(gateway, row.comment) !== undefined;

  const removeAll = (menu: string, rows: readonly Row[]): Promise<unknown> =>
    Promise.all(rows.map((row) => api.remove(menu, idOf(row))));

  return async function end({ mac, ips }: Target): Promise<void> {
    const { users, active, hosts, bindings, cookies } = menus;
    const name = userName(gateway, mac);
    const wire = wireMac(mac);
    const found = await Promise.all([
      users.find(name),
      cookies.find(wire),
      active.find(wire),
      bindings.find(wire),
      hosts.find(wire),
    ]);
    const [ourUsers, ourCookies, ourLogins, ourBindings] = [
      found[0].filter(isOurs),
      found[1].filter((row) => row.user === name),
      found[2].filter((row) => row.user === name),
      found[3].filter(isOurs),
    ];
    await removeAll(users.menu, ourUsers);
    await removeAll(cookies.menu, ourCookies);
    await removeAll(active.menu, ourLogins);
    await removeAll(bindings.menu, ourBindings);
    // Who is in by somebody else's doing stays.
    if (ourLogins.length === 0 && ourBindings.length === 0) return;
    const rows = found[4];
    await removeAll(hosts.menu, rows);
    const addresses = [...ourLogins, ...rows].flatMap((row) => [row.address, row['to-address']]);
    await flows.cut([...ips, ...addresses.filter((ip) => ip !== undefined)]);
  };
}

/** Flows that are tracked outlive what let them begin, above all where the router has them on its fast path. */
function createFlows(api: Api) {
  let gathered: { ips: Set<string>; done: Promise<void> } | undefined;

  const sourceOf = (row: Row): string => (row['src-address'] ?? '').replace(/:\d+$/, '');

  async function sweep(ips: ReadonlySet<string>): Promise<boolean> {
    const rows = await api.rows(FLOWS, ['src-address']);
    const ids = rows.filter((row) => ips.has(sourceOf(row))).map(idOf);
    try {
      for (let n = 0; n < ids.length; n += FLOWS_MOST) {
        await api.command(`${FLOWS}/remove`, { '.id': ids.slice(n, n + FLOWS_MOST).join(',') });
      }
      return true;
    } catch (error) {
      if (isGone(error)) return false;
      throw error;
    }
  }

  async function run(ips: ReadonlySet<string>): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    gathered = undefined;
    // One that had ended by itself stops the command: the rest is in the next list.
    for (let tries = 0; tries < 3; tries++) if (await sweep(ips)) return;
  }

  return {
    /** Whoever asks in the same moment shares the reading. */
    cut(addresses: readonly string[]): Promise<void> {
      const ips = addresses.filter((ip) => isIP(ip) === 4);
      if (ips.length === 0) return Promise.resolve();
      const joined = gathered?.ips ?? new Set<string>();
      for (const ip of ips) joined.add(ip);
      gathered ??= { ips: joined, done: run(joined) };
      return gathered.done;
    },
  };
}
