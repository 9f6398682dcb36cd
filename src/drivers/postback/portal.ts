import { isIP } from 'node:net';
import type { RulesContext } from '../driver.js';

/** Where guests and routers find the portal. ADDRESS stands for what an admin has to fill in. */
export function portalAt(context: Pick<RulesContext<unknown>, 'portalUrl' | 'guestPort' | 'gateway'>) {
  const { portalUrl, guestPort, gateway } = context;
  const host = portalUrl === undefined ? 'ADDRESS' : new URL(portalUrl).hostname;
  return {
    /** For RADIUS, which goes by address. */
    address: isIP(host) === 4 ? host : 'ADDRESS',
    host,
    enter: `${portalUrl ?? `http://ADDRESS:${guestPort}`}/enter/${gateway}`,
  };
}
