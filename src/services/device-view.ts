import { type GrantState, grantState } from '../domain/grant.js';
import type { ClientMac, GatewayId } from '../domain/id.js';
import { isPrivateMac } from '../domain/mac.js';
import type { Visit } from '../domain/visit.js';
import type { GrantAndAccess } from '../redis/grants.js';

/** A device of a visit, as the desk sees it. */
export interface VisitDevice {
  mac: ClientMac;
  /** It made up its address; many phones do, for each network another one. */
  private: boolean;
  addedAt: number;
  /** Where it was let in last, what became of that, and until when it may stay. */
  gateway?: GatewayId;
  state?: GrantState;
  until?: number;
  online: boolean;
  /** Code of the gateway's fault, while there is one. */
  fault: string;
}

/** The devices of a visit with the grant that goes furthest of each. */
export function devicesOf(visit: Visit, held: readonly GrantAndAccess[], now: number): VisitDevice[] {
  const end = ({ grant }: GrantAndAccess): number => Math.min(grant.endedAt ?? grant.until, grant.until);
  return visit.devices.map(({ mac, addedAt }) => {
    const own = held.filter(({ grant }) => grant.mac === mac).sort((a, b) => end(b) - end(a));
    const [best] = own;
    const state = best && grantState(best.grant, best.access, now);
    return {
      mac,
      private: isPrivateMac(mac),
      addedAt,
      ...(best ? { gateway: best.grant.gateway, until: end(best) } : {}),
      ...(state === undefined ? {} : { state }),
      online: state === 'active',
      fault:
        state === 'pending' || state === 'failed' || state === 'ending' ? (best?.access?.error ?? '') : '',
    };
  });
}
