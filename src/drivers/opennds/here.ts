import type { ClientMac } from '../../domain/id.js';
import { type AuthorizeOrder, type Driver, type DriverContext, DriverError, type Health } from '../driver.js';
import { createFlows } from '../nftables/flows.js';
import type { Run } from '../nftables/run.js';
import { linkOf, networkOf } from '../nftables/surroundings.js';
import type { OpenNdsFields } from './fields.js';
import { createNdsctl, type NdsClient } from './ndsctl.js';

const MINUTE_MS = 60_000;
/** The daemon counts from the second that has begun. */
const SECOND_MS = 1000;
/** What tells our sessions from others, with the end that was decided: a session lasts whole minutes. */
const MARK = 'foyer';

const markOf = (until: number): string => `${MARK}${Math.round(until)}`;

function markedEnd({ custom }: NdsClient): number | undefined {
  const digits = new RegExp(`^${MARK}(\\d{10,16})$`).exec(custom)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

const ours = (client: NdsClient): boolean => client.passes && markedEnd(client) !== undefined;

/**
 * Foyer on the router itself: everything by the daemon's control program. A session gets the minutes that reach beyond its
 * end; the order to end it comes from Foyer, to the second.
 */
export function connectHere(run: Run, { fields, now, log }: DriverContext<OpenNdsFields>): Driver {
  const ctl = createNdsctl(run, fields.ndsctl ?? '');
  const flows = createFlows(run, log);
  /** Ends that were moved within the minutes that a session has anyway. */
  const moved = new Map<ClientMac, number>();
  let deaths = 0;
  let device: string | undefined;

  const endOf = (client: NdsClient): number | undefined => moved.get(client.mac) ?? markedEnd(client);

  async function deauthorize({ mac }: { mac: ClientMac }): Promise<void> {
    moved.delete(mac);
    const client = await ctl.client(mac);
    // One that does not pass keeps its place in the list: it would have to be redirected again.
    if (!client?.passes) return;
    if (!(await ctl.deauth(mac)) && (await ctl.client(mac))?.passes)
      throw new DriverError('bad-answer', 'ndsctl deauth did not end this client: it still passes.');
    // openNDS lets answers of a tracked flow through: whoever sends UDP to a device that is off could go on.
    flows.note(client.ip, mac);
    await flows.cut(new Set([mac]));
  }

  async function authorize({ mac, until, limits }: AuthorizeOrder): Promise<void> {
    if (until <= now()) return deauthorize({ mac });
    const client = await ctl.client(mac);
    if (client?.passes) {
      if (endOf(client) === until) return;
      if (ours(client) && client.end !== undefined && until <= client.end * 1000) {
        moved.set(mac, until);
        return;
      }
      // A running session takes no other end: it is ended, and the client let in when it comes again.
      await deauthorize({ mac });
      throw absent();
    }
    moved.delete(mac);
    if (!client) throw absent();
    const minutes = Math.ceil((until - now() + SECOND_MS) / MINUTE_MS);
    const { upKbps = 0, downKbps = 0 } = limits;
    if (!(await ctl.auth(mac, minutes, upKbps, downKbps, 0, 0, markOf(until)))) {
      const seen = await ctl.client(mac);
      if (!seen?.passes) throw absent();
    }
    // A connection that a browser opened before still leads to the daemon.
    flows.note(client.ip, mac);
    await flows.forgetHijacked(new Set([mac]));
  }

  /** Whoever takes an address that another one has is listed too: by such an address nobody can be told. */
  async function clients() {
    const list = await ctl.clients();
    const owners = new Map<string, number>();
    for (const { ip } of list) owners.set(ip, (owners.get(ip) ?? 0) + 1);
    return list.filter(({ ip }) => owners.get(ip) === 1).map(({ mac, ip }) => ({ mac, ip }));
  }

  async function guestNetworks(device: string): Promise<string[]> {
    const link = await linkOf(run, device).catch(() => undefined);
    return (link?.addresses ?? []).map(({ local, prefixlen }) => networkOf(local, prefixlen));
  }

  return {
    authorize,
    deauthorize,

    async sessions() {
      const list = await ctl.clients();
      const there = new Set(list.map(({ mac }) => mac));
      for (const mac of moved.keys()) if (!there.has(mac)) moved.delete(mac);
      return list.filter(ours).map((client) => ({ mac: client.mac, until: endOf(client) as number }));
    },

    clients,

    findClient: async (ip) => (await clients()).find((client) => client.ip === ip),

    async check(): Promise<Health> {
      try {
        const list = await ctl.clients();
        device = list[0]?.device ?? device ?? (await ctl.device());
      } catch (error) {
        // What it was told is gone with it: the worker compares again once it is back.
        if (error instanceof DriverError && error.code === 'unreachable') deaths += 1;
        throw error;
      }
      const networks = await guestNetworks(device);
      const problems =
        networks.length > 0
          ? []
          : [
              `Interface ${device}, which openNDS says it manages, has no address here: does Foyer run on the router?`,
            ];
      return { ok: true, epoch: `openNDS ${deaths}`, problems, guestNetworks: networks };
    },

    close: async () => undefined,
  };
}

const absent = (): DriverError =>
  new DriverError('absent', 'openNDS does not list this client: it is let in when it is redirected again.');
