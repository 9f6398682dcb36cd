import type { ClientMac, GatewayId } from '../../domain/id.js';

/**
 * What is ours on the router. A hotspot user and an IP binding carry `foyer:<gateway>:exp=<s>:at=<s>` as comment (seconds
 * since 1970); `waits` behind it: the device was not at the hotspot, and is logged in when it comes. Logins and cookies,
 * which have no comment, are ours by the user's name.
 */
export interface Mark {
  /** Exclusive end, epoch milliseconds, whole seconds. */
  until: number;
  /** When it was written, epoch milliseconds, whole seconds. */
  at: number;
  waits: boolean;
}

const MARK = /^exp=(\d{1,12}):at=(\d{1,12})(:waits)?$/;

export const markPrefix = (gateway: GatewayId): string => `foyer:${gateway}:`;

export const writeMark = (gateway: GatewayId, { until, at, waits }: Mark): string =>
  `${markPrefix(gateway)}exp=${Math.ceil(until / 1000)}:at=${Math.floor(at / 1000)}${waits ? ':waits' : ''}`;

/** Undefined where the comment is not one of this gateway. */
export function readMark(gateway: GatewayId, comment: string | undefined): Mark | undefined {
  const prefix = markPrefix(gateway);
  const parts = comment?.startsWith(prefix) ? MARK.exec(comment.slice(prefix.length)) : undefined;
  if (!parts) return undefined;
  return { until: Number(parts[1]) * 1000, at: Number(parts[2]) * 1000, waits: parts[3] !== undefined };
}

/** The hotspot user of one device at one gateway. */
export const userName = (gateway: GatewayId, mac: ClientMac): string =>
  `foyer-${gateway}-${mac.replaceAll(':', '')}`;

/** As RouterOS writes it, and compares it in a query. */
export const wireMac = (mac: ClientMac): string => mac.toUpperCase();
