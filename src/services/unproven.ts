import type { Gateway } from '../domain/gateway.js';
import type { GatewayId, SiteId } from '../domain/id.js';
import type { GatewayStore } from '../redis/gateways.js';

/** How often the claims of one gateway that did not hold are written down. */
const EVERY_MS = 60_000;

export type Unproven = ReturnType<typeof createUnproven>;

export interface UnprovenDeps {
  gateways: Pick<GatewayStore, 'addUnproven' | 'unproven'>;
  now: () => number;
  log: { info(data: object, message: string): void };
}

/** Counts the claims that did not hold. Any guest can bring that about as often as it likes: a line for each would fill the disk. */
export function createUnproven({ gateways, now, log }: UnprovenDeps) {
  const seen = new Map<GatewayId, { saidAt: number; unsaid: number }>();

  return {
    async note({ site, id }: Gateway): Promise<void> {
      const entry = seen.get(id) ?? { saidAt: Number.NEGATIVE_INFINITY, unsaid: 0 };
      seen.set(id, entry);
      entry.unsaid += 1;
      if (now() - entry.saidAt < EVERY_MS) return;
      const { unsaid } = entry;
      Object.assign(entry, { saidAt: now(), unsaid: 0 });
      log.info({ gateway: id, count: unsaid }, 'a client could not be proven');
      // The page does not depend on the count.
      await gateways.addUnproven(site, id, unsaid).catch(() => undefined);
    },

    /** By gateway, since it was configured; what other processes have not yet written down is not among them. */
    async counts(site: SiteId): Promise<Map<GatewayId, number>> {
      const stored = await gateways.unproven(site);
      for (const [id, { unsaid }] of seen) {
        const known = stored.get(id);
        if (known !== undefined) stored.set(id, known + unsaid);
      }
      return stored;
    },
  };
}
