import type { ClientMac, GatewayId, SiteId } from '../domain/id.js';
import { siteKeys } from './keys.js';
import { defineScript, type RedisClient } from './scripts.js';

const noteClient = defineScript({
  file: 'note-client',
  args: ['now', 'gateway', 'address', 'mac', 'atMost'],
  reply: () => undefined,
});

const MAC_LENGTH = 17;

/** Redirect records kept per gateway. */
const SEEN_AT_MOST = 10_000;

export type ClientStore = ReturnType<typeof createClientStore>;

/** Who is behind which address: each gateway's own client table, and the redirects that it sent. */
export function createClientStore(redis: RedisClient) {
  return {
    /** Replaces the gateway's client table. It is forgotten when the worker stops keeping it. */
    async putTable(
      site: SiteId,
      gateway: GatewayId,
      rows: readonly { ip: string; mac: ClientMac }[],
      keepMs: number,
    ) {
      const key = siteKeys.clients(site, gateway);
      const step = redis.multi().del(key).hset(key, 'kept', '1');
      if (rows.length > 0) step.hset(key, ...rows.flatMap((row) => [row.ip, row.mac]));
      await step.pexpire(key, keepMs).exec();
    },

    /** The table is unchanged: it stays good for as long again. */
    keepTable: (site: SiteId, gateway: GatewayId, keepMs: number) =>
      redis.pexpire(siteKeys.clients(site, gateway), keepMs),

    /** One row more, learnt from a question in between. */
    async addRow(site: SiteId, gateway: GatewayId, row: { ip: string; mac: ClientMac }) {
      const key = siteKeys.clients(site, gateway);
      if ((await redis.exists(key)) === 1) await redis.hset(key, row.ip, row.mac);
    },

    /** Is a table kept at all, and which client has this address in it? */
    async lookUp(site: SiteId, gateway: GatewayId, ip: string): Promise<{ kept: boolean; mac?: ClientMac }> {
      const [kept, mac] = await redis.hmget(siteKeys.clients(site, gateway), 'kept', ip);
      return { kept: kept === '1', ...(mac ? { mac: mac as ClientMac } : {}) };
    },

    /** Notes a redirect from this source address (RFC 8908 needs to know the client later). */
    note: (site: SiteId, gateway: GatewayId, address: string, mac: ClientMac, now: number) =>
      noteClient(redis, site, { now, gateway, address, mac, atMost: SEEN_AT_MOST }),

    /** The clients redirected from this address; more than one where it stands for several. */
    async seen(site: SiteId, gateway: GatewayId, address: string): Promise<ClientMac[]> {
      const macs = await redis.hget(siteKeys.seen(site, gateway), address);
      return macs ? (macs.split(' ').map((one) => one.slice(0, MAC_LENGTH)) as ClientMac[]) : [];
    },
  };
}
