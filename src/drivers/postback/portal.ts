import { isIP } from 'node:net';
import type { RulesContext } from '../driver.js';

/** Where routers and guests find the portal. */
export function portalAt({
  portalUrl,
  guestPort,
  gateway,
}: Pick<RulesContext<unknown>, 'portalUrl' | 'guestPort' | 'gateway'>) {
  const origin = portalUrl ?? `http://ADDRESS:${guestPort}`;
  const { hostname, port, protocol } = new URL(portalUrl ?? `http://192.0.2.1:${guestPort}`);
  return {
    /** For RADIUS and for what needs an address. */
    address: portalUrl !== undefined && isIP(hostname) === 4 ? hostname : 'ADDRESS',
    host: portalUrl === undefined ? 'ADDRESS' : hostname,
    port: port || (protocol === 'https:' ? '443' : '80'),
    origin,
    enter: `${origin}/enter/${gateway}`,
  };
}
