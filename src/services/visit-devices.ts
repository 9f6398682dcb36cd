import type { Grant } from '../domain/grant.js';
import { type ClientMac, type GatewayId, newId, type SiteId } from '../domain/id.js';
import type { GrantStore } from '../redis/grants.js';
import type { Admitted, TokenStore } from '../redis/tokens.js';

export interface VisitDeviceDeps {
  grants: GrantStore;
  tokens: TokenStore;
  nudge: (gateway: GatewayId, mac: ClientMac) => Promise<void>;
  /** The same for every client of a visit. */
  wake: (site: SiteId, visit: string) => Promise<void>;
  now: () => number;
}

/** The devices of a visit, as the desk lets them in and takes them off. */
export function createVisitDevices({ grants, tokens, nudge, wake, now }: VisitDeviceDeps) {
  return {
    /** The desk lets in a device that cannot type. */
    async admitDevice(
      site: SiteId,
      id: string,
      gateway: GatewayId,
      mac: ClientMac,
      by: string,
    ): Promise<Admitted> {
      const order = {
        visit: id,
        gateway,
        mac,
        newGrantId: newId(),
        newSlot: newId(),
        by,
      };
      const result = await tokens.admit(site, order, now());
      if (result.status === 'granted') await nudge(gateway, mac);
      return result;
    },

    /** Ends one grant before its time; the device keeps its slot. Undefined where there is no such grant; again is no error. */
    async revokeGrant(site: SiteId, id: string, by: string): Promise<Grant | undefined> {
      const grant = await grants.find(site, id);
      if (!grant) return undefined;
      const { cut } = await grants.revoke(site, grant, 'revoked', now(), by);
      if (cut > 0) await nudge(grant.gateway, grant.mac);
      return grants.find(site, id);
    },

    /** Takes a device off the network and frees its slot. False where the visit has no such device. */
    async removeDevice(site: SiteId, id: string, mac: ClientMac, by = ''): Promise<boolean> {
      const { cut, freed } = await grants.removeDevice(site, id, mac, 'removed', now(), by);
      if (cut > 0) await wake(site, id);
      return freed > 0 || cut > 0;
    },
  };
}
