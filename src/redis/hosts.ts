import type { SiteId } from '../domain/id.js';
import type { Visit } from '../domain/visit.js';
import { siteKeys } from './keys.js';
import { defineScript, type RedisClient, statusOf } from './scripts.js';
import { type PinRecord, type RegistrationContext, registrationRow } from './visits.js';

/** A host's signed-in browser. */
export interface HostLogin {
  email: string;
  /** Keyed digest of the address. */
  host: string;
  /** Epoch milliseconds. */
  createdAt: number;
}

const issueLink = defineScript({
  file: 'issue-host-link',
  args: ['now', 'link', 'host', 'record', 'keptMs', 'source', 'most', 'mostOfSource', 'mostOfSite'],
  reply: statusOf('issued', 'throttled'),
});

const enterHost = defineScript({
  file: 'enter-host',
  args: ['now', 'link', 'login', 'keptMs'],
  reply: statusOf('entered', 'gone'),
});

const endHostLogins = defineScript({
  file: 'end-host-logins',
  args: ['host'],
  reply: ([, ended]) => Number(ended),
  durable: true,
});

/** How many visits somebody may register. */
export interface Quota {
  /** Keyed digest of the address of the host. */
  host: string;
  /** Undefined: any number. */
  most: number | undefined;
  /** Epoch milliseconds: those before do not count. */
  since: number;
}

const registerHosted = defineScript({
  file: 'register-hosted',
  args: ['host', 'most', 'since'],
  reply: statusOf('registered', 'taken', 'quota'),
  durable: true,
});

export type HostStore = ReturnType<typeof createHostStore>;

/** Hosts who look after their own visitors: links, logins, and whose visits are whose. Addresses stand under keyed digests. */
export function createHostStore(redis: RedisClient) {
  const readLogin = (json: string | null): HostLogin | undefined =>
    json === null ? undefined : (JSON.parse(json) as HostLogin);

  return {
    /**
     * At most `most` at a time for one address: nobody's mailbox is flooded. `mostOfSource` and `mostOfSite` bound what one
     * stranger, and all of them, have sent; those who registered visitors lately have as much again.
     */
    issueLink: (
      site: SiteId,
      link: { digest: string; source: string; login: HostLogin },
      limits: { keptMs: number; most: number; mostOfSource: number; mostOfSite: number },
      now: number,
    ): Promise<'issued' | 'throttled'> =>
      issueLink(redis, site, {
        now,
        link: link.digest,
        host: link.login.host,
        source: link.source,
        record: JSON.stringify(link.login),
        ...limits,
      }),

    /** What a link is for, without using it up. */
    findLink: async (site: SiteId, digest: string): Promise<HostLogin | undefined> =>
      readLogin(await redis.get(siteKeys.hostLink(site, digest))),

    /** Uses a link up and keeps a login in its place, for exactly one of those who use it. */
    enter: async (site: SiteId, link: string, login: string, keptMs: number, now: number): Promise<boolean> =>
      (await enterHost(redis, site, { now, link, login, keptMs })) === 'entered',

    /** The links and logins of an address. */
    async waysOf(site: SiteId, host: string): Promise<{ way: 'link' | 'login'; createdAt: number }[]> {
      const ways = await redis.smembers(siteKeys.hostWays(site, host));
      const found = await Promise.all(
        ways.map(async (text) => {
          const [kind, digest = ''] = text.split(' ');
          const way = kind === 'link' ? ('link' as const) : ('login' as const);
          const key = way === 'link' ? siteKeys.hostLink(site, digest) : siteKeys.hostLogin(site, digest);
          const record = readLogin(await redis.get(key));
          return record ? [{ way, createdAt: record.createdAt }] : [];
        }),
      );
      return found.flat();
    },

    /** Ends all of them, and forgets what the address is counted by. Returns how many there were. */
    endAll: (site: SiteId, host: string): Promise<number> => endHostLogins(redis, site, { host }),

    findLogin: async (site: SiteId, digest: string): Promise<HostLogin | undefined> =>
      readLogin(await redis.get(siteKeys.hostLogin(site, digest))),

    async removeLogin(site: SiteId, digest: string): Promise<void> {
      await redis.del(siteKeys.hostLogin(site, digest));
    },

    /** How many this host has registered since then. */
    registeredSince: (site: SiteId, host: string, since: number): Promise<number> =>
      redis.zcount(siteKeys.hostRegistered(site, host), since, '+inf'),

    /** Registers a visit, unless the host has registered as many as they may. */
    register: (
      site: SiteId,
      visit: Visit,
      pin: PinRecord,
      context: RegistrationContext,
      { host, most, since }: Quota,
    ): Promise<'registered' | 'taken' | 'quota'> =>
      registerHosted(redis, site, { host, most: most ?? '', since }, registrationRow(visit, pin, context)),
  };
}
