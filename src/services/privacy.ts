import { type Block, means } from '../domain/block.js';
import type { Access, Grant } from '../domain/grant.js';
import type { ClientMac, SiteId } from '../domain/id.js';
import { hostsIt, meantBy, type PersonField, type PersonQuery } from '../domain/person.js';
import type { Visit } from '../domain/visit.js';
import type { Event, EventStore } from '../redis/events.js';
import type { GrantStore } from '../redis/grants.js';
import type { PersonStore, SeenAt } from '../redis/persons.js';
import type { SessionStore, StoredSession } from '../redis/sessions.js';
import type { VisitStore } from '../redis/visits.js';
import type { BlockService } from './blocks.js';
import type { GatewayRegistry } from './gateways.js';
import type { VisitService } from './visits.js';

/** Who is looked for in the stores of a holder, and what is known of them already. */
export interface Person {
  /** Empty where only some visits of the person are erased. */
  query: PersonQuery;
  /** Ids of the visits that are meant. */
  visits: ReadonlySet<string>;
  macs: ReadonlySet<ClientMac>;
}

/** A store that holds something about persons beside visits: mails, requests of walk-ins, hosts. */
export interface Holder {
  /** Names it in what is found, exported and erased: `mails`. */
  name: string;
  /** What it holds about the person, as it is shown and exported: plain objects without secrets. */
  find(site: SiteId, person: Person): Promise<object[]>;
  /** Erases it; returns how much. Called after the person's visits are gone. */
  erase(site: SiteId, person: Person): Promise<number>;
  /** Hourly: what is older than the retention goes. Not needed where a TTL does it. */
  sweep?(site: SiteId, before: number): Promise<unknown>;
}

export interface FoundVisit {
  visit: Visit;
  /** By which fields of the query it was found. */
  by: PersonField[];
  grants: { grant: Grant; access: Access | undefined }[];
  events: Event[];
}

/** Everything that is held about a person. Oldest first. */
export interface Dossier {
  query: PersonQuery;
  visits: FoundVisit[];
  /** Visits of others that name the person as the host. */
  hosting: Visit[];
  blocks: Block[];
  /** What gateways' books and redirects say of the person's devices. */
  sessions: (Pick<StoredSession, 'mac' | 'seenAt'> & { gateway: string })[];
  seenAt: SeenAt[];
  /** By the names of the holders. */
  held: Record<string, object[]>;
}

export interface Erased {
  visits: number;
  /** Visits of others that name no host any more. */
  hosting: number;
  blocks: number;
  held: Record<string, number>;
  /** Clients whose hardware address stays until their gateway has confirmed that they are off, or their time is over. */
  waiting: number;
}

export interface EraseOrder {
  /** Of the visits that are found only these; absent: all. */
  visits?: readonly string[];
  /** The lines of the block list that mean the person stay. */
  keepBlocks?: boolean;
}

/** How long an erasure waits for gateways to say that a device is off. */
const WAIT_MS = 3000;
const LOOK_EVERY_MS = 50;
const TRIES = 20;

export type PrivacyService = ReturnType<typeof createPrivacy>;

export interface PrivacyDeps {
  persons: PersonStore;
  stored: Pick<VisitStore, 'find'>;
  visits: Pick<VisitService, 'erase'>;
  grants: Pick<GrantStore, 'ofVisit' | 'access'>;
  sessions: Pick<SessionStore, 'list' | 'remove'>;
  events: Pick<EventStore, 'append' | 'ofVisit'>;
  blocks: Pick<BlockService, 'list' | 'remove'>;
  registry: Pick<GatewayRegistry, 'ofSite'>;
  holders: readonly Holder[];
  /** What was erased is written out of the files of a Redis that is ours. */
  compact: () => Promise<void>;
  now: () => number;
}

/** What is held about a person: found, exported, erased. */
export function createPrivacy(deps: PrivacyDeps) {
  const { persons, grants, sessions, events, blocks, registry, holders, now } = deps;

  /** Visits of the person, by which fields each, and those of others that the person is the host of. */
  async function meant(site: SiteId, query: PersonQuery) {
    const found = new Map<string, PersonField[]>();
    const hosted: string[] = [];
    for await (const named of persons.visits(site)) {
      const by = meantBy(query, named);
      if (by.length > 0) found.set(named.id, by);
      if (hostsIt(query, named)) hosted.push(named.id);
    }
    const byMac = query.mac === undefined ? [] : await persons.visitsOfClient(site, query.mac);
    for (const id of byMac) found.set(id, [...(found.get(id) ?? []), 'mac']);
    return { found, hosted: hosted.filter((id) => !found.has(id)) };
  }

  async function read(site: SiteId, found: Map<string, PersonField[]>, withEvents: boolean) {
    const visits: FoundVisit[] = [];
    for (const [id, by] of found) {
      const stored = await deps.stored.find(site, id);
      if (!stored) continue;
      const own = await grants.ofVisit(site, id);
      visits.push({
        visit: stored.visit,
        by,
        grants: await Promise.all(
          own.map(async (grant) => ({
            grant,
            access: await grants.access(site, grant.gateway, grant.mac),
          })),
        ),
        events: withEvents ? await events.ofVisit(site, id) : [],
      });
    }
    return visits.sort((a, b) => a.visit.terms.arrivalAt - b.visit.terms.arrivalAt);
  }

  const macsOf = (query: PersonQuery, visits: readonly FoundVisit[]): Set<ClientMac> =>
    new Set([
      ...(query.mac ? [query.mac] : []),
      ...visits.flatMap(({ visit, grants: own }) => [
        ...visit.devices.map(({ mac }) => mac),
        ...own.map(({ grant }) => grant.mac),
      ]),
    ]);

  /** Lines that mean whom the query means, by the name or address of the query itself. */
  const blocksOf = async (site: SiteId, query: PersonQuery): Promise<Block[]> =>
    (await blocks.list(site)).filter((block) => means(block, query) && !block.value.startsWith('@'));

  async function accounted(site: SiteId, macs: ReadonlySet<ClientMac>) {
    const all = registry.ofSite(site).map(async ({ id }) => {
      const rows = await sessions.list<StoredSession>(site, id, now());
      return rows.filter(({ mac }) => macs.has(mac)).map((session) => ({ gateway: id, session }));
    });
    return (await Promise.all(all)).flat();
  }

  async function find(site: SiteId, query: PersonQuery, withEvents = true): Promise<Dossier> {
    const { found, hosted } = await meant(site, query);
    const visits = await read(site, found, withEvents);
    const hosting = await Promise.all(hosted.map((id) => deps.stored.find(site, id)));
    const macs = macsOf(query, visits);
    const person = { query, macs, visits: new Set(visits.map(({ visit }) => visit.id)) };
    const held: Record<string, object[]> = {};
    for (const holder of holders) held[holder.name] = await holder.find(site, person);
    const seen = registry.ofSite(site).map(({ id }) => persons.seenAt(site, id, macs));
    return {
      query,
      visits,
      hosting: hosting.flatMap((stored) => stored?.visit ?? []),
      blocks: await blocksOf(site, query),
      sessions: (await accounted(site, macs)).map(({ gateway, session: { mac, seenAt } }) => ({
        gateway,
        mac,
        seenAt,
      })),
      seenAt: (await Promise.all(seen)).flat(),
      held,
    };
  }

  /** Forgets devices at every gateway. How many a gateway may still let pass, so that their names are needed yet. */
  async function forget(site: SiteId, macs: readonly ClientMac[]): Promise<number> {
    const gateways = registry.ofSite(site).map(({ id }) => id);
    const known = async (): Promise<number> => {
      let left = 0;
      for (const gateway of gateways) {
        await persons.forgetClients(site, gateway, now(), macs);
        for (const mac of macs) {
          const access = await grants.access(site, gateway, mac);
          // Where it is to pass it does so by somebody else's visit.
          if (access && access.until <= now()) left++;
        }
      }
      return left;
    };
    const deadline = performance.now() + WAIT_MS;
    let waiting = await known();
    while (waiting > 0 && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
      waiting = await known();
    }
    const named = new Set(macs);
    for (const { gateway, session } of await accounted(site, named)) {
      // The order to end names the session.
      if (!(await grants.access(site, gateway, session.mac))) await sessions.remove(site, gateway, session);
    }
    for (const gateway of gateways) for (const mac of macs) await persons.forgetTraces(site, gateway, mac);
    return waiting;
  }

  /** Takes the host out, until nobody came between. */
  async function unhost(site: SiteId, id: string, by: string): Promise<boolean> {
    for (let i = 0; i < TRIES; i++) {
      const stored = await deps.stored.find(site, id);
      const done = stored && (await persons.forgetHost(site, stored, by, now()));
      if (done !== 'conflict') return done === 'forgotten';
    }
    return false;
  }

  return {
    find,

    /** The same for a file that leaves the house: the log says that, and how much, not whom. */
    async export(site: SiteId, query: PersonQuery, by: string): Promise<Dossier> {
      const dossier = await find(site, query);
      const counts = { visits: String(dossier.visits.length), by };
      await events.append(site, 'person.exported', counts, now());
      return dossier;
    },

    /**
     * The visits that are meant are erased as if they had never been, their devices go offline, and so does everything else
     * that names the person. Whoever has another visit beside keeps it, and its devices.
     */
    async erase(site: SiteId, query: PersonQuery, order: EraseOrder, by: string): Promise<Erased> {
      const wanted = order.visits && new Set(order.visits);
      const { found, hosted } = await meant(site, query);
      const all = await read(site, found, false);
      const chosen = all.filter(({ visit }) => !wanted || wanted.has(visit.id));
      const spared = all.filter((one) => !chosen.includes(one));
      const kept = macsOf({}, spared);
      const macs = [...macsOf(query, chosen)].filter((mac) => !kept.has(mac));
      const person = {
        // What else the query means may belong to a visit that stays.
        query: spared.length > 0 ? {} : query,
        visits: new Set(chosen.map(({ visit }) => visit.id)),
        macs: new Set(macs),
      };

      let visits = 0;
      for (const id of person.visits) if (await deps.visits.erase(site, id, by)) visits++;
      let hosting = 0;
      for (const id of spared.length > 0 ? [] : hosted) if (await unhost(site, id, by)) hosting++;
      const held: Record<string, number> = {};
      for (const holder of holders) held[holder.name] = await holder.erase(site, person);
      let lines = 0;
      for (const { id } of order.keepBlocks ? [] : await blocksOf(site, query))
        if (await blocks.remove(site, id, by)) lines++;
      const waiting = await forget(site, macs);
      const counts = { visits: String(visits), blocks: String(lines), by };
      await events.append(site, 'person.erased', counts, now());
      await deps.compact();
      return { visits, hosting, blocks: lines, held, waiting };
    },
  };
}
