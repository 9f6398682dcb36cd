import type { Gateway } from '../domain/gateway.js';
import type { Access } from '../domain/grant.js';
import type { ClientMac } from '../domain/id.js';
import type { Orders } from '../drivers/driver.js';
import type { GrantStore } from '../redis/grants.js';
import type { GatewayRegistry } from './gateways.js';

/** What a client has at a gateway now, and by which name of the gateway's. The status page and RFC 8908 both read this, so they cannot disagree. */
export type CaptiveState =
  | { state: 'captive' }
  /** Decided, not yet confirmed by the gateway. */
  | { state: 'pending'; until: number; stuck: boolean; handle: string }
  | { state: 'online'; until: number; handle: string };

export function captiveState(access: Access | undefined, now: number, orders: Orders): CaptiveState {
  if (!access || access.until <= now) return { state: 'captive' };
  const { until, handle } = access;
  // Where it cannot be told, the gateway goes on with what it last confirmed, whatever was decided since.
  if (orders !== 'told' && access.confirmedUntil > now) return { state: 'online', until, handle };
  if (access.confirmedVersion === access.version && access.confirmedUntil > now) {
    return { state: 'online', until, handle };
  }
  return { state: 'pending', until, stuck: access.dead, handle };
}

export type Captive = ReturnType<typeof createCaptive>;

export function createCaptive(
  grants: GrantStore,
  registry: Pick<GatewayRegistry, 'capabilitiesOf'>,
  now: () => number,
) {
  return async (gateway: Gateway, mac: ClientMac): Promise<CaptiveState> => {
    const orders = registry.capabilitiesOf(gateway)?.orders ?? 'told';
    return captiveState(await grants.access(gateway.site, gateway.id, mac), now(), orders);
  };
}
