import type { ClientMac, GatewayId } from './id.js';

export type GrantState = 'pending' | 'active' | 'ending' | 'ended' | 'failed';

/** Our decision: this client may pass this gateway until `until` (exclusive), for this visit. Epoch milliseconds. */
export interface Grant {
  id: string;
  visitId: string;
  gateway: GatewayId;
  mac: ClientMac;
  from: number;
  until: number;
  /** Set when it ended before `until`. */
  endedAt?: number;
  /** Which way the client came to the gateway when it was let in. */
  via?: string;
}

/** What is known of one client at one gateway: the desired end over all its grants, and what the gateway confirmed. */
export interface Access {
  gateway: GatewayId;
  mac: ClientMac;
  /** The end that we decided, 0 where the client must not pass. */
  until: number;
  /** Grows with every change of `until`; fences what a worker reports late. */
  version: number;
  /** The end that the gateway last confirmed, 0 where it confirmed that the client does not pass. */
  confirmedUntil: number;
  confirmedVersion: number;
  /** The largest end that the gateway may go by where it cannot be told of an earlier one, else 0. */
  passesUntil: number;
  attempts: number;
  /** Code of the last fault, `''` when the last order went through. */
  error: string;
  /** A permanent fault: it is not tried again before a person asks, or the gateway is well again. */
  dead: boolean;
  /** What the gateway last called the client, `''` where it has no name of its own for it. */
  handle: string;
}

/** Until when the gateway may let the client pass. */
const passes = (access: Access | undefined): number =>
  Math.max(access?.confirmedUntil ?? 0, access?.passesUntil ?? 0);

/** The state of one grant, from the decision and what the gateway confirmed. */
export function grantState(grant: Grant, access: Access | undefined, now: number): GrantState {
  const live = grant.endedAt === undefined && now < grant.until;
  const confirmed = access?.confirmedUntil ?? 0;
  if (live) {
    if (access && access.confirmedVersion === access.version && confirmed >= grant.until) return 'active';
    return access?.dead ? 'failed' : 'pending';
  }
  const settled = !access || access.confirmedVersion === access.version || passes(access) <= now;
  if (settled || access.until > now) return 'ended';
  return access.dead ? 'failed' : 'ending';
}

/** The end that the gateway goes by where that is later than the one decided; undefined where it is not. */
export function staysUntil(access: Access | undefined, now: number): number | undefined {
  const end = passes(access);
  return end > Math.max(now, access?.until ?? 0) ? end : undefined;
}
