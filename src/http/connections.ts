import type { Socket } from 'node:net';
import { networksHold, plainAddress } from '../domain/gateway.js';

export interface ConnectionBounds {
  /** All together. */
  total: number;
  /** Of one remote address. Whole sites may stand behind a translated one. */
  perAddress: number;
  /** Proxies, addresses or networks, which stand for all their guests: only the total counts for them. */
  trusted: readonly string[];
}

const MOST = 10_000;

/** The descriptors that this process may have open. */
function descriptorLimit(): number | 'unlimited' {
  const report: NodeJS.ProcessReport & { excludeNetwork?: boolean | undefined } = process.report;
  const { excludeNetwork } = report;
  // Otherwise the report looks up a name for every peer, and the process waits for it.
  report.excludeNetwork = true;
  const { userLimits } = report.getReport() as {
    userLimits?: { open_files?: { soft?: number | 'unlimited' } };
  };
  report.excludeNetwork = excludeNetwork;
  return userLimits?.open_files?.soft ?? 'unlimited';
}

/** How many guests may be connected: the other half of the descriptors is for Redis, files, and programs such as nft. */
export const connectionsAtMost = (descriptors = descriptorLimit()): number =>
  descriptors === 'unlimited' ? MOST : Math.min(MOST, Math.floor(descriptors / 2));

/** For `connection` of every server of a listener, which share the bounds: a new socket over them is closed at once. */
export function boundConnections({ total, perAddress, trusted }: ConnectionBounds) {
  const isTrusted = networksHold(trusted);
  const held = new Map<string, number>();
  let all = 0;

  return (socket: Socket): void => {
    const address = plainAddress(socket.remoteAddress ?? '');
    const before = held.get(address) ?? 0;
    if (all >= total || (before >= perAddress && !isTrusted(address))) {
      socket.destroy();
      return;
    }
    all++;
    held.set(address, before + 1);
    socket.once('close', () => {
      all--;
      const left = (held.get(address) ?? 1) - 1;
      if (left > 0) held.set(address, left);
      else held.delete(address);
    });
  };
}
