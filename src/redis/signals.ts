import { Cluster } from 'ioredis';
import type { ClientMac, GatewayId } from '../domain/id.js';
import { globalKeys } from './keys.js';
import type { RedisClient } from './scripts.js';

/** What one process tells the others. Lost ones cost time, never truth: everybody looks again on its own. */
export type Signal =
  | { type: 'changed' }
  | { type: 'command'; gateway: GatewayId; mac: ClientMac }
  | { type: 'find'; gateway: GatewayId; ip: string };

export type Signals = ReturnType<typeof createSignals>;

export function createSignals(redis: RedisClient) {
  let listening: RedisClient | undefined;
  return {
    async send(signal: Signal): Promise<void> {
      await redis.publish(globalKeys.signals, JSON.stringify(signal));
    },
    async listen(hear: (signal: Signal) => void): Promise<void> {
      const ears: RedisClient =
        redis instanceof Cluster ? redis.duplicate() : redis.duplicate({ commandTimeout: 0 });
      listening = ears;
      ears.on('error', () => undefined);
      ears.on('message', (_: string, text: string) => hear(JSON.parse(text) as Signal));
      const subscribe = () => ears.subscribe(globalKeys.signals).catch(() => undefined);
      if (ears.status === 'ready') await subscribe();
      else await new Promise((resolve) => ears.once('ready', () => resolve(subscribe())));
    },
    close(): void {
      listening?.disconnect();
    },
  };
}
