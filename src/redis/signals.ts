import { Cluster } from 'ioredis';
import type { ClientMac, GatewayId } from '../domain/id.js';
import { globalKeys } from './keys.js';
import type { RedisClient } from './scripts.js';

/** What one process tells the others. Lost ones cost time, never truth: everybody looks again on its own. */
export type Signal =
  | { type: 'changed' }
  | { type: 'mail' }
  | { type: 'command'; gateway: GatewayId; mac?: ClientMac }
  | { type: 'test'; gateway: GatewayId; order: string; mac?: ClientMac }
  | { type: 'find'; gateway: GatewayId; ip: string }
  | { type: 'resolve'; gateway: GatewayId; order: string; via: string };

export type Signals = ReturnType<typeof createSignals>;

export function createSignals(redis: RedisClient) {
  let listening: RedisClient | undefined;
  return {
    /** Never rejects: what was decided stands, whether or not anybody hears of it. */
    async send(signal: Signal): Promise<void> {
      await redis.publish(globalKeys.signals, JSON.stringify(signal)).catch(() => undefined);
    },
    async listen(hear: (signal: Signal) => void): Promise<void> {
      // ioredis would subscribe again by itself, and end the process where that is not answered in time.
      const ears: RedisClient =
        redis instanceof Cluster ? redis.duplicate() : redis.duplicate({ autoResubscribe: false });
      listening = ears;
      ears.on('error', () => undefined);
      ears.on('message', (_: string, text: string) => hear(JSON.parse(text) as Signal));
      await new Promise<unknown>((resolve) => {
        const subscribe = (): void => {
          ears.subscribe(globalKeys.signals).then(resolve, () => {
            if (listening === ears) ears.disconnect(true);
          });
        };
        ears.on('ready', subscribe).once('end', resolve);
        if (ears.status === 'ready') subscribe();
      });
    },
    close(): void {
      const ears = listening;
      listening = undefined;
      ears?.disconnect();
    },
  };
}
