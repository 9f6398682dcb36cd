import { meantBy } from '../domain/person.js';
import type { WalkInRequest } from '../domain/walk-in.js';
import type { WalkInStore } from '../redis/walk-ins.js';
import type { Holder, Person } from './privacy.js';

/** Requests of walk-ins that are about somebody: by visit, by device, by name or address. Their TTL is a day. */
export function walkInHolder(store: WalkInStore): Holder {
  const means = ({ query, visits, macs }: Person, request: WalkInRequest): boolean =>
    (request.answer?.visit !== undefined && visits.has(request.answer.visit)) ||
    ('mac' in request.from && (macs.has(request.from.mac) || request.from.mac === query.mac)) ||
    meantBy(query, request).length > 0 ||
    meantBy(query, { name: request.host, email: request.hostEmail }).length > 0;

  return {
    name: 'walk-ins',
    find: async (site, person) => (await store.kept(site)).filter((request) => means(person, request)),
    async erase(site, person) {
      const meant = (await store.kept(site)).filter((request) => means(person, request));
      for (const request of meant) await store.erase(site, request);
      return meant.length;
    },
  };
}
