import { staysUntil } from '../domain/grant.js';
import type { SiteId } from '../domain/id.js';
import type { GrantStore } from '../redis/grants.js';
import type { GatewayRegistry } from './gateways.js';
import { iso } from './objects.js';

/** What whoever ends a visit or a grant has to know: devices that stay on, since their router cannot be told. */
export function createStaying(
  grants: Pick<GrantStore, 'ofVisit' | 'access'>,
  registry: Pick<GatewayRegistry, 'get' | 'capabilitiesOf'>,
  now: () => number,
) {
  return async (site: SiteId, visit: string): Promise<string[]> => {
    const held = await grants.ofVisit(site, visit);
    const places = new Map(held.map(({ gateway, mac }) => [`${gateway} ${mac}`, { gateway, mac }]));
    const said: string[] = [];
    for (const { gateway: id, mac } of places.values()) {
      const gateway = registry.get(id);
      if (!gateway || registry.capabilitiesOf(gateway)?.revoke !== false) continue;
      const access = await grants.access(site, id, mac);
      // Another visit's grant may let it pass for as long.
      const end = staysUntil(access, now());
      if (end === undefined) continue;
      said.push(
        `The device ${mac} stays on until ${iso(end)}: the router of gateway "${id}" cannot be told from afar.`,
      );
    }
    return said;
  };
}
