import { listedHosts } from '../domain/hosts-list.js';
import type { SiteId } from '../domain/id.js';
import { hasWholeWords, type PersonQuery } from '../domain/person.js';
import type { Sealing } from '../domain/sealing.js';
import { queryWords } from '../domain/visit.js';
import type { HostStore } from '../redis/hosts.js';
import { iso } from './objects.js';
import type { Holder } from './privacy.js';
import type { SettingsService } from './settings.js';

/** Links and logins of a host, by the address or the name that the site's list has for it. Their TTL is half a day. */
export function hostHolder({
  store,
  settings,
  sealing,
}: {
  store: HostStore;
  settings: Pick<SettingsService, 'read'>;
  sealing: Sealing;
}): Holder {
  async function hostsOf(site: SiteId, { email, name }: PersonQuery): Promise<string[]> {
    const { values } = await settings.read(site);
    const words = name === undefined ? [] : queryWords(name);
    const listed = listedHosts(values['walkIns.hosts']).filter((one) => hasWholeWords(one.name, words));
    const emails = [...(email === undefined ? [] : [email]), ...listed.map((one) => one.email)];
    return [...new Set(emails.map((one) => sealing.digest('mail', one)))];
  }

  return {
    name: 'host-logins',
    async find(site, { query }) {
      const ways = await Promise.all((await hostsOf(site, query)).map((host) => store.waysOf(site, host)));
      return ways.flat().map(({ way, createdAt }) => ({ way, createdAt: iso(createdAt) }));
    },
    async erase(site, { query }) {
      const ended = await Promise.all((await hostsOf(site, query)).map((host) => store.endAll(site, host)));
      return ended.reduce((all, one) => all + one, 0);
    },
  };
}
