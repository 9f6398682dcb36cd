import type { GatewayHealth } from '../../domain/gateway.js';
import type { GrantState } from '../../domain/grant.js';
import type { LaneState } from '../../services/health.js';

/** A word for a state, and how good it is. */
export interface StateWord {
  text: string;
  tone: '' | 'good' | 'warn' | 'bad';
}

/** What becomes of a device, said of its grant. `passes`: by what is decided it should be online. */
export function grantWord(state: GrantState, passes: boolean): StateWord {
  switch (state) {
    case 'active':
      return { text: 'Online', tone: 'good' };
    case 'pending':
      return { text: 'Being let in', tone: 'warn' };
    case 'ending':
      return { text: 'Being sent off', tone: 'warn' };
    case 'ended':
      return { text: 'Ended', tone: '' };
    case 'failed':
      return { text: passes ? 'Could not be let in' : 'Could not be sent off', tone: 'bad' };
  }
}

/** How a gateway is. `lane`: who drives it, where that is known. */
export function healthWord(health: GatewayHealth | null | undefined, lane?: LaneState): StateWord {
  if (lane === 'nobody') return { text: 'Nobody looks after it', tone: 'bad' };
  if (!health) return { text: 'Not looked at yet', tone: '' };
  if (!health.ok) return { text: 'Not ready', tone: 'bad' };
  return health.problems.length > 0
    ? { text: 'Ready, with a remark', tone: 'warn' }
    : { text: 'Ready', tone: 'good' };
}
