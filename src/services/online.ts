import type { GatewayHealth } from '../domain/gateway.js';
import { type Grant, type GrantState, grantState, staysUntil } from '../domain/grant.js';
import type { ClientMac, GatewayId, SiteId } from '../domain/id.js';
import { isPrivateMac } from '../domain/mac.js';
import type { CommandStore } from '../redis/commands.js';
import type { GatewayStore, Reading } from '../redis/gateways.js';
import type { AccessRecord, GrantStore } from '../redis/grants.js';
import type { VisitStore } from '../redis/visits.js';
import type { GatewayRegistry } from './gateways.js';

/** What the gateway's own list says against what is decided. */
export type Drift =
  /** It is not in the list. */
  | { is: 'missing' }
  /** It is in the list with another end. */
  | { is: 'other-end'; until: number };

/** A device that may pass, or about which the gateway is still to be told. */
export interface OnlineClient {
  mac: ClientMac;
  isPrivate: boolean;
  /** The grant that its end comes from; undefined where the records are gone. */
  grant: Grant | undefined;
  visit: { id: string; name: string } | undefined;
  state: GrantState;
  /** Code of the gateway's last fault, `''` where there is none. */
  error: string;
  /** The end that the gateway goes by where that is later than the one decided. */
  staysUntil: number | undefined;
  via: string | undefined;
  drift: Drift | undefined;
}

/** A session of the gateway about which nothing is decided. */
export interface Stranger {
  mac: ClientMac;
  isPrivate: boolean;
  until: number | undefined;
  /** The gateway was told to end it after this list was read. */
  told: boolean;
}

export interface OnlineGateway {
  id: GatewayId;
  health: GatewayHealth | undefined;
  /** How many may pass by what is decided. */
  total: number;
  clients: OnlineClient[];
  strangers: Stranger[];
  /** How many strangers the list has. */
  strangersTotal: number;
  /** Can this gateway be asked for its list? */
  lists: boolean;
  /** When its list was read last, and how many it has; undefined where it was not, lately. */
  reading: { at: number; total: number } | undefined;
  /** Where the next page begins; null at the end. */
  next: number | null;
}

export type OnlineService = ReturnType<typeof createOnline>;

export interface OnlineDeps {
  registry: Pick<GatewayRegistry, 'refresh' | 'ofSite' | 'healthOf' | 'kindOf' | 'capabilitiesOf'>;
  commands: Pick<CommandStore, 'passing' | 'unsettled' | 'online'>;
  grants: Pick<GrantStore, 'find' | 'records' | 'unknown'>;
  gateways: Pick<GatewayStore, 'reading'>;
  visits: Pick<VisitStore, 'find'>;
  now: () => number;
}

const UNSETTLED_MOST = 200;
const STRANGERS_MOST = 50;

/** Compares one client with the list. What was confirmed after the list was read is newer than it. */
export function driftOf(
  record: AccessRecord,
  state: GrantState,
  reading: Reading,
  toleranceMs: number,
): Drift | undefined {
  if (state !== 'active' || (record.confirmedAt ?? 0) > reading.at) return undefined;
  const listed = reading.sessions.find(({ mac }) => mac === record.mac);
  // More were listed than are kept: nothing can be said of who is not among these.
  if (!listed) return reading.total > reading.sessions.length ? undefined : { is: 'missing' };
  const off = listed.until === undefined ? 0 : Math.abs(listed.until - record.until);
  return off > toleranceMs && listed.until !== undefined
    ? { is: 'other-end', until: listed.until }
    : undefined;
}

/** Who is online, by gateway: what is decided, what the gateway confirmed, and what it said when its list was read last. */
export function createOnline({ registry, commands, grants, gateways, visits, now }: OnlineDeps) {
  async function client(
    site: SiteId,
    record: AccessRecord,
    reading: Reading | undefined,
    toleranceMs: number,
  ): Promise<OnlineClient | undefined> {
    const held = await Promise.all(record.grants.map((id) => grants.find(site, id)));
    const found = held.filter((grant) => grant !== undefined).sort((a, b) => b.until - a.until);
    const grant = found.find(({ until }) => until === record.until) ?? found[0];
    const stays = staysUntil(record, now());
    const state: GrantState = grant ? grantState(grant, record, now()) : record.dead ? 'failed' : 'ending';
    if (state === 'ended' && stays === undefined) return undefined;
    const visit = grant && (await visits.find(site, grant.visitId))?.visit;
    return {
      mac: record.mac,
      isPrivate: isPrivateMac(record.mac),
      grant,
      visit: visit && { id: visit.id, name: visit.name },
      state,
      error: state === 'active' ? '' : record.error,
      staysUntil: stays,
      via: record.via,
      drift: reading && driftOf(record, state, reading, toleranceMs),
    };
  }

  async function strangersIn(site: SiteId, id: GatewayId, reading: Reading): Promise<Stranger[]> {
    const unknown = new Set(
      await grants.unknown(
        site,
        id,
        reading.sessions.map(({ mac }) => mac),
      ),
    );
    // Whose command was queued because of the list is being sent off, or was since.
    const told = new Set(reading.mended);
    return reading.sessions
      .filter(({ mac, until }) => unknown.has(mac) && (until ?? Number.POSITIVE_INFINITY) > now())
      .map(({ mac, until }) => ({ mac, isPrivate: isPrivateMac(mac), until, told: told.has(mac) }));
  }

  return {
    /** `from`: how many who end sooner are left out; it counts with `gateway` only. */
    async ofSite(
      site: SiteId,
      page: { gateway?: GatewayId; from?: number; limit: number },
    ): Promise<OnlineGateway[]> {
      await registry.refresh();
      const wanted = registry
        .ofSite(site)
        .filter(({ id }) => page.gateway === undefined || id === page.gateway);
      return Promise.all(
        wanted.map(async (gateway): Promise<OnlineGateway> => {
          const { id } = gateway;
          const from = page.gateway === undefined ? 0 : (page.from ?? 0);
          const at = now();
          const [total, passing, unsettled, reading] = await Promise.all([
            commands.online(site, id, at),
            commands.passing(site, id, { from, limit: page.limit, now: at }),
            from === 0 ? commands.unsettled(site, id, UNSETTLED_MOST) : [],
            gateways.reading(site, id),
          ]);
          const macs = [...new Set([...passing, ...unsettled])];
          const tolerance = registry.kindOf(gateway)?.toleranceMs ?? 0;
          const records = await grants.records(site, id, macs);
          const found = await Promise.all(records.map((one) => client(site, one, reading, tolerance)));
          const strangers = reading && from === 0 ? await strangersIn(site, id, reading) : [];
          return {
            id,
            health: registry.healthOf(id),
            total,
            clients: found.filter((one) => one !== undefined),
            strangers: strangers.slice(0, STRANGERS_MOST),
            strangersTotal: strangers.length,
            lists: registry.capabilitiesOf(gateway)?.list ?? false,
            reading: reading && { at: reading.at, total: reading.total },
            next: passing.length === page.limit && from + page.limit < total ? from + page.limit : null,
          };
        }),
      );
    },
  };
}
