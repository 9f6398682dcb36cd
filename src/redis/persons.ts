import type { ClientMac, GatewayId, SiteId } from '../domain/id.js';
import { wordsOf } from '../domain/visit.js';
import { siteKeys } from './keys.js';
import { defineScript, type RedisClient, statusOf } from './scripts.js';
import type { StoredVisit } from './visit-record.js';

const keepVisit = defineScript({
  file: 'keep-visit',
  args: ['now', 'visit', 'version', 'keptUntil'],
  reply: statusOf('kept', 'erased', 'conflict', 'unknown'),
});

const forgetHost = defineScript({
  file: 'forget-host',
  args: ['now', 'visit', 'version', 'by', 'oldWords'],
  reply: statusOf('forgotten', 'conflict', 'unknown'),
  durable: true,
});

const forgetSeen = defineScript({
  file: 'forget-seen',
  args: ['gateway', 'before', 'mac'],
  reply: ([, count]) => Number(count),
});

const forgetClients = defineScript({
  file: 'forget-clients',
  args: ['now', 'gateway'],
  reply: ([, count]) => Number(count),
});

/** Who a visit is about, and how long it is kept. */
export interface NamedVisit {
  id: string;
  name: string;
  email?: string;
  host?: string;
  hostEmail?: string;
  /** From when retention counts; absent in records of before that was kept. */
  keepFrom?: number;
  keepUntil: number;
}

/** One address from which a client was redirected to us. */
export interface SeenAt {
  gateway: GatewayId;
  address: string;
  mac: ClientMac;
}

const PAGE = 500;
/** Redis answers nobody else while it takes such a step. */
const STEP = 200;

export type PersonStore = ReturnType<typeof createPersonStore>;

/** What of all records is about a person: looks through everything, for those who may ask and for the hourly sweep. */
export function createPersonStore(redis: RedisClient) {
  /** The members of an index, each once, those that are there all the while among them. */
  async function* members(key: string): AsyncGenerator<string[]> {
    const met = new Set<string>();
    let cursor = '0';
    do {
      const [next, rows] = await redis.zscan(key, cursor, 'COUNT', PAGE);
      const fresh = rows.filter((row, i) => i % 2 === 0 && !met.has(row));
      for (const row of fresh) met.add(row);
      if (fresh.length > 0) yield [...new Set(fresh)];
      cursor = next;
    } while (cursor !== '0');
  }

  /** One field each of many hashes. */
  async function fieldsOf(keys: readonly string[], ...fields: string[]): Promise<(string | null)[][]> {
    const step = redis.pipeline();
    for (const key of keys) step.hmget(key, ...fields);
    const rows = (await step.exec()) ?? [];
    return rows.map(([error, row]) => {
      if (error) throw error;
      return row as (string | null)[];
    });
  }

  /** Every client that is named anywhere in a gateway's lane. */
  async function inLane(site: SiteId, gateway: GatewayId): Promise<ClientMac[]> {
    const [accesses, claimed, ...waiting] = await Promise.all([
      redis.smembers(siteKeys.accesses(site, gateway)),
      redis.smembers(siteKeys.claimed(site, gateway)),
      ...[siteKeys.queue, siteKeys.due, siteKeys.dead].map((key) =>
        redis.zrange(key(site, gateway), '0', '-1'),
      ),
    ]);
    return [...new Set([...accesses, ...claimed, ...waiting.flat()])] as ClientMac[];
  }

  return {
    /** Every visit that is kept, with whom it is about. */
    async *visits(site: SiteId): AsyncGenerator<NamedVisit> {
      for await (const ids of members(siteKeys.visits(site))) {
        const keys = ids.map((id) => siteKeys.visit(site, id));
        const rows = await fieldsOf(keys, 'name', 'email', 'host', 'hostEmail', 'keepFrom', 'keepUntil');
        for (const [i, [name, email, host, hostEmail, keepFrom, keepUntil]] of rows.entries()) {
          if (name === null || name === undefined) continue;
          yield {
            id: ids[i] as string,
            name,
            ...(email ? { email } : {}),
            ...(host ? { host } : {}),
            ...(hostEmail ? { hostEmail } : {}),
            ...(keepFrom ? { keepFrom: Number(keepFrom) } : {}),
            keepUntil: Number(keepUntil),
          };
        }
      }
    },

    /** Ids of visits that let one of these devices in. */
    async visitsOfClient(site: SiteId, mac: ClientMac): Promise<Set<string>> {
      const found = new Set<string>();
      for await (const ids of members(siteKeys.grants(site))) {
        const rows = await fieldsOf(
          ids.map((id) => siteKeys.grant(site, id)),
          'mac',
          'visitId',
        );
        for (const [of, visit] of rows) if (of === mac && visit) found.add(visit);
      }
      return found;
    },

    /** The addresses from which these clients were redirected lately. */
    async seenAt(site: SiteId, gateway: GatewayId, macs: ReadonlySet<ClientMac>): Promise<SeenAt[]> {
      if (macs.size === 0) return [];
      const rows = Object.entries(await redis.hgetall(siteKeys.seen(site, gateway)));
      return rows.flatMap(([address, text]) =>
        text
          .split(' ')
          .map((one) => one.slice(0, 17) as ClientMac)
          .filter((mac) => macs.has(mac))
          .map((mac) => ({ gateway, address, mac })),
      );
    },

    /** By the retention of now. `conflict`: it has changed since it was read, and is looked at again another time. */
    keep: (site: SiteId, { visit, version }: StoredVisit, keptUntil: number, now: number) =>
      keepVisit(redis, site, { now, visit: visit.id, version, keptUntil }, wordsOf(visit)),

    /** Takes the host out of a visit that stays. `conflict`: it has changed since it was read. */
    forgetHost(site: SiteId, { visit, version }: StoredVisit, by: string, now: number) {
      const { host: _, hostEmail: __, ...without } = visit;
      const old = wordsOf(visit);
      const args = { now, visit: visit.id, version, by, oldWords: old.length };
      return forgetHost(redis, site, args, [...old, ...wordsOf(without)]);
    },

    /** Redirects of before an instant. */
    forgetRedirects: (site: SiteId, gateway: GatewayId, before: number): Promise<number> =>
      forgetSeen(redis, site, { gateway, before, mac: '' }),

    /**
     * Drops what is known of clients at a gateway that no visit stands for any more, unless the gateway may let them pass.
     * All of them, or these.
     */
    async forgetClients(
      site: SiteId,
      gateway: GatewayId,
      now: number,
      macs?: readonly ClientMac[],
    ): Promise<number> {
      const all = macs ?? (await inLane(site, gateway));
      let forgotten = 0;
      for (let at = 0; at < all.length; at += STEP)
        forgotten += await forgetClients(redis, site, { now, gateway }, all.slice(at, at + STEP));
      return forgotten;
    },

    /** What else a gateway's records name this client by: where it was seen, what it tried, its sessions by the router's books. */
    async forgetTraces(site: SiteId, gateway: GatewayId, mac: ClientMac): Promise<void> {
      await forgetSeen(redis, site, { gateway, before: 0, mac });
      await redis.del(siteKeys.attemptsClient(site, gateway, mac));
      await redis.zrem(siteKeys.waiting(site, gateway), mac);
      const table = siteKeys.clients(site, gateway);
      const rows = Object.entries(await redis.hgetall(table)).filter(([, of]) => of === mac);
      if (rows.length > 0) await redis.hdel(table, ...rows.map(([address]) => address));
    },
  };
}
