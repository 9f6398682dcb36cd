import type { ClientMac } from '../../domain/id.js';
import { DriverError, type Session } from '../driver.js';
import type { Dashboard, Listed, SplashStatus } from './dashboard.js';

/**
 * Who is let in is asked of the Dashboard device by device: a round looks at some of those that were seen lately, the new
 * ones first, and knows of the others what it saw of them last.
 */

/** In a round, which comes every 30 s: within what the Dashboard takes, with room for other programs and for ends. */
export const LOOKS_A_ROUND = 50;
const AT_ONCE = 4;
/** A round that takes longer stops, so that what it has is told in time. */
const ROUND_MS = 9000;
/** Who passes until an instant that is known can wait: it is who was not let in that may let itself in. */
const PASSES_WAITS = 4;

interface Seen {
  id: string;
  at: number;
  status: SplashStatus;
}

export function createLooks(dashboard: Pick<Dashboard, 'clients' | 'status'>, now: () => number) {
  let seen = new Map<ClientMac, Seen>();
  let running: Promise<Session[]> | undefined;

  /** How long a client has waited to be looked at. */
  function waited(mac: ClientMac): number {
    const last = seen.get(mac);
    if (!last) return Number.POSITIVE_INFINITY;
    return (now() - last.at) / (last.status.authorized ? PASSES_WAITS : 1);
  }

  async function look({ mac, id }: Listed): Promise<void> {
    const at = now();
    const status = await dashboard.status(id);
    // What was done to it meanwhile is newer.
    if ((seen.get(mac)?.at ?? 0) <= at) seen.set(mac, { id, at, status });
  }

  async function round(ssid: string): Promise<Session[]> {
    const begun = performance.now();
    const listed = (await dashboard.clients()).filter((client) => client.ssid === ssid);
    const clients = [...new Map(listed.map((client) => [client.mac, client])).values()];
    seen = new Map([...seen].filter(([mac]) => clients.some((client) => client.mac === mac)));
    const order = new Map(clients.map(({ mac }) => [mac, waited(mac)]));
    const turn = clients
      .sort((a, b) => {
        const [first = 0, second = 0] = [order.get(a.mac), order.get(b.mac)];
        return first === second ? 0 : second - first;
      })
      .slice(0, LOOKS_A_ROUND);
    let full = false;
    const worker = async (): Promise<void> => {
      for (;;) {
        const client = full || performance.now() - begun > ROUND_MS ? undefined : turn.shift();
        if (!client) return;
        try {
          await look(client);
        } catch (error) {
          if (!(error instanceof DriverError) || error.code !== 'busy') throw error;
          full = true;
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    return [...seen].flatMap(([mac, { status }]): Session[] => {
      const { authorized, until } = status;
      if (!authorized || (until !== undefined && until <= now())) return [];
      return [{ mac, ...(until === undefined ? {} : { until }) }];
    });
  }

  return {
    /** Whoever of this SSID passes, as far as it was looked at. */
    sessions(ssid: string): Promise<Session[]> {
      running ??= round(ssid).finally(() => {
        running = undefined;
      });
      return running;
    },
    /** By what the Dashboard knows this client. */
    idOf: (mac: ClientMac): string => seen.get(mac)?.id ?? mac,
    /** It was revoked. */
    ended(mac: ClientMac): void {
      const last = seen.get(mac);
      if (last) seen.set(mac, { ...last, at: now(), status: { authorized: false } });
    },
  };
}
