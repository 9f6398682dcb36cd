import type { ClientMac } from '../../domain/id.js';
import type { DriverContext, Session } from '../driver.js';
import { TOLERANCE_MS } from './talk.js';

/**
 * Sessions that UniFi made shorter than it was told, as the hotspot's own expiration has it do. Their ends are left out of
 * the list: told anew every time that the list is compared they would drop phones from the Wi-Fi again and again. They are
 * told anew when they are over.
 */
export function createCuts({ now, log }: Pick<DriverContext<unknown>, 'now' | 'log'>) {
  const ends = new Map<ClientMac, number>();

  return {
    /** What was told, and what became of it. */
    note(mac: ClientMac, until: number, end: number): void {
      for (const [other, over] of ends) if (over <= now()) ends.delete(other);
      ends.delete(mac);
      if (end >= until - TOLERANCE_MS) return;
      ends.set(mac, end);
      const shorterByMinutes = Math.round((until - end) / 60_000);
      log.warn(
        { shorterByMinutes },
        'UniFi cut a session shorter than it was told: raise the expiration of the hotspot of this site.',
      );
    },
    shown(session: Session): Session {
      const { mac, until } = session;
      const end = ends.get(mac);
      const cut = end !== undefined && until !== undefined && Math.abs(end - until) <= TOLERANCE_MS;
      return cut ? { mac } : session;
    },
  };
}
