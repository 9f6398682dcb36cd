import type { Access, Grant } from '../domain/grant.js';
import type { ClientMac, GatewayId, SiteId } from '../domain/id.js';
import { siteKeys } from './keys.js';
import { answers, defineScript, type RedisClient, statusOf } from './scripts.js';
import { sweepIndex } from './sweep.js';

const endGrants = defineScript({
  file: 'end-grants',
  args: ['now', 'visit', 'mac', 'grant', 'freeSlot', 'reason', 'by'],
  reply: ([, cut, freed]) => ({ cut: Number(cut), freed: Number(freed) }),
  durable: true,
});

const letIn = defineScript({
  file: 'let-in',
  args: ['now', 'gateway', 'mac', 'grant', 'handle', 'asks', 'via'],
  reply: ([status, until]): number | undefined => (status === 'let-in' ? Number(until) : undefined),
  durable: true,
});

const noteHandoff = defineScript({
  file: 'note-handoff',
  args: ['gateway', 'mac', 'handle', 'until'],
  reply: statusOf('noted', 'other'),
  durable: true,
});

type Fields = Record<string, string>;

const readGrant = (fields: Fields): Grant | undefined =>
  fields.id === undefined
    ? undefined
    : {
        id: fields.id,
        visitId: fields.visitId ?? '',
        gateway: fields.gateway as GatewayId,
        mac: fields.mac as ClientMac,
        from: Number(fields.from),
        until: Number(fields.until),
        ...(fields.endedAt === undefined ? {} : { endedAt: Number(fields.endedAt) }),
        ...(fields.via === undefined ? {} : { via: fields.via }),
      };

const readAccess = (gateway: GatewayId, mac: ClientMac, fields: Fields): Access | undefined =>
  fields.version === undefined
    ? undefined
    : {
        gateway,
        mac,
        until: Number(fields.until),
        version: Number(fields.version),
        confirmedUntil: Number(fields.confirmedUntil ?? 0),
        confirmedVersion: Number(fields.confirmedVersion ?? 0),
        passesUntil: Number(fields.passesUntil ?? 0),
        attempts: Number(fields.attempts ?? 0),
        error: fields.error ?? '',
        dead: fields.dead === '1',
        handle: fields.handle ?? '',
      };

/** What is kept of one client at one gateway, for people to look at. */
export interface AccessRecord extends Access {
  /** The grants that it stands for; those of its last end where none is left. */
  grants: string[];
  /** Which way the client came to its gateway, in the driver's words. */
  via?: string;
  /** When the gateway confirmed last, epoch milliseconds. */
  confirmedAt?: number;
}

export interface GrantAndAccess {
  grant: Grant;
  access: Access | undefined;
}

export type GrantStore = ReturnType<typeof createGrantStore>;

export function createGrantStore(redis: RedisClient) {
  const find = async (site: SiteId, id: string) => readGrant(await redis.hgetall(siteKeys.grant(site, id)));
  const access = async (site: SiteId, gateway: GatewayId, mac: ClientMac) =>
    readAccess(gateway, mac, await redis.hgetall(siteKeys.access(site, gateway, mac)));
  const all = async (site: SiteId, ids: readonly string[]): Promise<Grant[]> =>
    (await Promise.all(ids.map((id) => find(site, id)))).filter((grant) => grant !== undefined);

  return {
    find,
    access,

    ofVisit: async (site: SiteId, visit: string) =>
      all(site, await redis.smembers(siteKeys.visitGrants(site, visit))),

    /** The grants of several visits and what their gateways confirmed, by visit: three exchanges, however many they are. */
    async ofVisits(site: SiteId, visits: readonly string[]): Promise<Map<string, GrantAndAccess[]>> {
      const members = redis.pipeline();
      for (const id of visits) members.smembers(siteKeys.visitGrants(site, id));
      const ids = (await answers<string[]>(members)).flat();
      const records = redis.pipeline();
      for (const id of ids) records.hgetall(siteKeys.grant(site, id));
      const found = (await answers<Fields>(records)).flatMap((fields) => readGrant(fields) ?? []);
      const confirmed = redis.pipeline();
      for (const { gateway, mac } of found) confirmed.hgetall(siteKeys.access(site, gateway, mac));
      const accesses = await answers<Fields>(confirmed);
      const byVisit = new Map<string, GrantAndAccess[]>();
      for (const [i, grant] of found.entries()) {
        const access = readAccess(grant.gateway, grant.mac, accesses[i] ?? {});
        const held = byVisit.get(grant.visitId) ?? [];
        held.push({ grant, access });
        byVisit.set(grant.visitId, held);
      }
      return byVisit;
    },

    /** Live or lately ended grants of a client anywhere in the site. */
    ofClient: async (site: SiteId, mac: ClientMac) =>
      all(site, await redis.smembers(siteKeys.client(site, mac))),

    /** Newest first; `next` is the cursor of the page after this one. */
    async list(
      site: SiteId,
      page: { cursor?: string; limit: number },
    ): Promise<{ items: Grant[]; next: string | null }> {
      const start = page.cursor === undefined ? '+inf' : `(${page.cursor}`;
      const key = siteKeys.grants(site);
      const rows = await redis.zrevrangebyscore(key, start, '-inf', 'WITHSCORES', 'LIMIT', 0, page.limit);
      // Rows of one millisecond stay on one page, since the cursor is that millisecond.
      const last = rows.at(-1);
      const full = rows.length / 2 === page.limit && last !== undefined;
      const ids = rows.filter((_, i) => i % 2 === 0);
      if (full) {
        const same = await redis.zrevrangebyscore(key, last, last);
        for (const id of same) if (!ids.includes(id)) ids.push(id);
      }
      return { items: await all(site, ids), next: full ? last : null };
    },

    /** Every access record of a gateway: what we decided and what it confirmed, one read per client. */
    async accesses(site: SiteId, gateway: GatewayId): Promise<Access[]> {
      const macs = (await redis.smembers(siteKeys.accesses(site, gateway))) as ClientMac[];
      const found: Access[] = [];
      for (let i = 0; i < macs.length; i += 500) {
        const part = await Promise.all(macs.slice(i, i + 500).map((mac) => access(site, gateway, mac)));
        for (const one of part) if (one) found.push(one);
      }
      return found;
    },

    /** The records of these clients; who has none is left out. */
    async records(site: SiteId, gateway: GatewayId, macs: readonly ClientMac[]): Promise<AccessRecord[]> {
      const read = async (mac: ClientMac): Promise<AccessRecord | undefined> => {
        const fields = await redis.hgetall(siteKeys.access(site, gateway, mac));
        const found = readAccess(gateway, mac, fields);
        return (
          found && {
            ...found,
            grants: fields.grants ? fields.grants.split(' ') : [],
            ...(fields.via ? { via: fields.via } : {}),
            ...(fields.confirmedAt ? { confirmedAt: Number(fields.confirmedAt) } : {}),
          }
        );
      };
      return (await Promise.all(macs.map(read))).filter((record) => record !== undefined);
    },

    /** Those of these clients of which nothing is decided at this gateway. */
    async unknown(site: SiteId, gateway: GatewayId, macs: readonly ClientMac[]): Promise<ClientMac[]> {
      if (macs.length === 0) return [];
      const known = await redis.smismember(siteKeys.accesses(site, gateway), ...macs);
      return macs.filter((_, i) => known[i] === 0);
    },

    /** Ends one grant; the device keeps its slot. */
    revoke: (site: SiteId, grant: Grant, reason: string, now: number, by = '') =>
      endGrants(redis, site, {
        now,
        visit: grant.visitId,
        mac: grant.mac,
        grant: grant.id,
        freeSlot: '',
        reason,
        by,
      }),

    /** Takes a client off the network for this visit and frees its slot. */
    removeDevice: (site: SiteId, visit: string, mac: ClientMac, reason: string, now: number, by = '') =>
      endGrants(redis, site, { now, visit, mac, grant: '', freeSlot: '1', reason, by }),

    /** The end of the client's access at this gateway if it holds a live grant anywhere in the site. */
    letIn: (
      site: SiteId,
      gateway: GatewayId,
      mac: ClientMac,
      newGrantId: string,
      now: number,
      {
        handle = '',
        asks = false,
        via = '',
      }: { handle?: string | undefined; asks?: boolean; via?: string | undefined } = {},
    ) => letIn(redis, site, { now, gateway, mac, grant: newGrantId, handle, asks: asks ? '1' : '', via }),

    /** Notes that a browser carries this end to the gateway. False where it is decided otherwise by now. */
    noteHandoff: async (
      site: SiteId,
      gateway: GatewayId,
      { mac, handle, until }: { mac: ClientMac; handle: string; until: number },
    ): Promise<boolean> => (await noteHandoff(redis, site, { gateway, mac, handle, until })) === 'noted',

    /** Drops ids of grants whose records are gone. Returns how many. */
    async sweep(site: SiteId, before: number): Promise<number> {
      const key = siteKeys.grants(site);
      const record = (id: string) => siteKeys.grant(site, id);
      return sweepIndex(redis, key, before, record, (ids) => redis.zrem(key, ids));
    },
  };
}
