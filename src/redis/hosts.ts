import type { SiteId } from '../domain/id.js';
import type { Visit } from '../domain/visit.js';
import { siteKeys } from './keys.js';
import { defineScript, type RedisClient, statusOf } from './scripts.js';
import { type PinRecord, type RegistrationContext, registrationRow } from './visits.js';

/** A host's signed-in browser. */
export interface HostLogin {
  email: string;
  /** Epoch milliseconds. */
  createdAt: number;
}

const issueLink = defineScript({
  file: 'issue-host-link',
  args: ['now', 'link', 'mail', 'record', 'keptMs', 'most', 'mostOfSite'],
  reply: statusOf('issued', 'throttled'),
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
    /** At most `most` at a time for one address, and `mostOfSite` in all: nobody's mailbox is flooded. */
    issueLink: (
      site: SiteId,
      link: { digest: string; mail: string; login: HostLogin },
      limits: { keptMs: number; most: number; mostOfSite: number },
      now: number,
    ): Promise<'issued' | 'throttled'> =>
      issueLink(redis, site, {
        now,
        link: link.digest,
        mail: link.mail,
        record: JSON.stringify(link.login),
        ...limits,
      }),

    /** What a link is for, without using it up. */
    findLink: async (site: SiteId, digest: string): Promise<HostLogin | undefined> =>
      readLogin(await redis.get(siteKeys.hostLink(site, digest))),

    /** The same, for exactly one of those who use it. */
    takeLink: async (site: SiteId, digest: string): Promise<HostLogin | undefined> =>
      readLogin(await redis.getdel(siteKeys.hostLink(site, digest))),

    async putLogin(site: SiteId, digest: string, login: HostLogin, keptMs: number): Promise<void> {
      await redis.set(siteKeys.hostLogin(site, digest), JSON.stringify(login), 'PX', keptMs);
    },

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
