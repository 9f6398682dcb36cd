import type { ClientMac } from '../../domain/id.js';
import type { Order } from './ruleset.js';
import type { Table } from './table.js';

interface Waiting {
  /** Epoch milliseconds; undefined: must not pass. */
  until: number | undefined;
  resolve: (() => void)[];
  reject: ((error: unknown) => void)[];
}

/** What a transaction did: who passes now, who does not. */
export interface Applied {
  passing: ReadonlySet<ClientMac>;
  cut: ReadonlySet<ClientMac>;
}

/**
 * Gathers the orders that arrive together, or while nft is busy, into one transaction. Of two for one client the later
 * holds. `after` runs before the callers hear of it, and the next transaction does not wait for it.
 */
export function createBatch(
  table: Pick<Table, 'apply'>,
  now: () => number,
  after: (applied: Applied) => Promise<void>,
) {
  let waiting = new Map<ClientMac, Waiting>();
  let running: Promise<void> | undefined;
  const finishing = new Set<Promise<void>>();

  const orderOf = ([mac, { until }]: [ClientMac, Waiting]): Order => {
    const left = until === undefined ? 0 : until - now();
    return { mac, seconds: left > 0 ? Math.ceil(left / 1000) : undefined };
  };

  async function finish(batch: ReadonlyMap<ClientMac, Waiting>, done: readonly Order[]): Promise<void> {
    const macs = (passing: boolean) =>
      new Set(done.filter(({ seconds }) => (seconds !== undefined) === passing).map(({ mac }) => mac));
    await after({ passing: macs(true), cut: macs(false) });
    for (const { mac } of done) for (const resolve of batch.get(mac)?.resolve ?? []) resolve();
  }

  async function send(batch: ReadonlyMap<ClientMac, Waiting>): Promise<void> {
    const rejectAll = (error: unknown) => {
      for (const { reject } of batch.values()) for (const fail of reject) fail(error);
    };
    try {
      const { done, refused } = await table.apply(() => [...batch].map(orderOf));
      for (const [mac, fault] of refused) for (const fail of batch.get(mac)?.reject ?? []) fail(fault);
      const finished = finish(batch, done)
        .catch(rejectAll)
        .finally(() => finishing.delete(finished));
      finishing.add(finished);
    } catch (error) {
      rejectAll(error);
    }
  }

  async function run(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    while (waiting.size > 0) {
      const batch = waiting;
      waiting = new Map();
      await send(batch);
    }
    running = undefined;
  }

  return {
    /** Settles when the transaction with this order, or with a later one for the same client, is through. */
    add(mac: ClientMac, until: number | undefined): Promise<void> {
      return new Promise((resolve, reject) => {
        const entry = waiting.get(mac) ?? { until, resolve: [], reject: [] };
        entry.until = until;
        entry.resolve.push(resolve);
        entry.reject.push(reject);
        waiting.set(mac, entry);
        running ??= run();
      });
    },

    /** After everything under way. */
    async settled(): Promise<void> {
      await running;
      await Promise.all(finishing);
    },
  };
}
