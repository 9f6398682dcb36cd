import { Compile } from 'typebox/compile';
import {
  type Gateway,
  type GatewayHealth,
  networksHold,
  parseNetwork,
  type Trust,
} from '../domain/gateway.js';
import type { ClientMac, GatewayId, SiteId } from '../domain/id.js';
import type { FieldProblem } from '../domain/problem.js';
import type { Sealing } from '../domain/sealing.js';
import { type Capabilities, capabilitiesOf, type DriverKind } from '../drivers/driver.js';
import type { EventStore } from '../redis/events.js';
import type { GatewayStore, StoredGateway } from '../redis/gateways.js';
import type { SiteStore } from '../redis/sites.js';
import { fieldsFromText } from './gateway-fields.js';

export type PutGateway =
  | { status: 'saved'; gateway: Gateway }
  | { status: 'invalid'; problems: FieldProblem[] }
  | { status: 'taken' };

/** As it is described, before the store gives it its version. */
type Described = Omit<Gateway, 'version'>;

export type GatewayRegistry = ReturnType<typeof createGatewayRegistry>;

export interface GatewayRegistryDeps {
  sites: SiteStore;
  store: GatewayStore;
  events: EventStore;
  kinds: ReadonlyMap<string, DriverKind>;
  sealing: Sealing;
  now: () => number;
  /** Tells the other processes, and this one's worker. */
  announce: () => Promise<void>;
}

/** What a schema says in a programmer's words only, said by the field's own description that follows. */
const UNSPOKEN = ['const', 'anyOf', 'enum', 'pattern', 'type'];
const inWords = ({ keyword, message }: { keyword: string; message: string }): string =>
  UNSPOKEN.includes(keyword) ? 'is not what it takes' : message;

/**
 * The configured gateways of all sites, kept in memory, read again when something changed and every few seconds.
 */
export function createGatewayRegistry(deps: GatewayRegistryDeps) {
  const { sites, store, events, kinds, sealing, now } = deps;
  let known = new Map<GatewayId, Gateway>();
  let health = new Map<GatewayId, GatewayHealth>();
  const nets = new Map<GatewayId, { made: string; holds: (address: string) => boolean }>();

  const secretNames = (kind: DriverKind): string[] =>
    Object.entries(kind.fields.properties)
      .filter(([, schema]) => (schema as { secret?: boolean }).secret === true)
      .map(([name]) => name);

  const open = (site: SiteId, id: GatewayId, stored: StoredGateway): Gateway => {
    const kind = kinds.get(stored.kind);
    const fields = { ...stored.fields };
    for (const name of kind ? secretNames(kind) : []) {
      const sealed = fields[name];
      if (typeof sealed === 'string') fields[name] = sealing.unseal('gateway', `${id} ${name}`, sealed) ?? '';
    }
    return { ...stored, id, site, fields };
  };

  const close = (gateway: Described, kind: DriverKind): Omit<StoredGateway, 'version'> => {
    const fields = { ...gateway.fields };
    for (const name of secretNames(kind)) {
      const value = fields[name];
      if (typeof value === 'string') fields[name] = sealing.seal('gateway', `${gateway.id} ${name}`, value);
    }
    const { guestNetworks, trust } = gateway;
    return { kind: gateway.kind, fields, guestNetworks, trust };
  };

  function can(gateway: Gateway): Capabilities | undefined {
    const kind = kinds.get(gateway.kind);
    return kind && capabilitiesOf(kind, gateway.fields);
  }

  async function refresh(): Promise<void> {
    const gateways = new Map<GatewayId, Gateway>();
    const states = new Map<GatewayId, GatewayHealth>();
    for (const site of await sites.list()) {
      const kept = [...(await store.list(site))].sort(([a], [b]) => (a < b ? -1 : 1));
      for (const [id, stored] of kept) gateways.set(id, open(site, id, stored));
      for (const [id, state] of await store.health(site)) states.set(id, state);
    }
    known = gateways;
    health = states;
  }

  const networksOf = (gateway: Gateway): string[] =>
    gateway.guestNetworks.length > 0 ? gateway.guestNetworks : (health.get(gateway.id)?.guestNetworks ?? []);

  /** Why no client is known by its address at a gateway that could tell; undefined where it is, or that is not known yet. */
  function blind(gateway: Gateway): string | undefined {
    const sees = gateway.trust === 'verify' && can(gateway)?.identity && health.get(gateway.id)?.ok;
    return sees && networksOf(gateway).length === 0
      ? 'guestNetworks is empty: no device is known by its address, and nobody is let in whose redirect the router did not sign. Set it to the networks in which guests have their addresses.'
      : undefined;
  }

  /** Does the address lie in the gateway's guest networks? */
  function holds(gateway: Gateway, address: string): boolean {
    const networks = networksOf(gateway);
    const made = networks.join(' ');
    let entry = nets.get(gateway.id);
    if (entry?.made !== made) {
      entry = { made, holds: networksHold(networks) };
      nets.set(gateway.id, entry);
    }
    return entry.holds(address);
  }

  /** The configuration that an input describes; a secret that is left out keeps its value, and loses it by null. */
  function parse(site: SiteId, id: GatewayId, input: Record<string, unknown>): Described | FieldProblem[] {
    const { kind: kindName, guestNetworks, trust, ...given } = input;
    const kind = typeof kindName === 'string' ? kinds.get(kindName) : undefined;
    const choices = [...kinds.keys()].join(', ');
    if (!kind)
      return [
        {
          field: 'kind',
          message: `There is no kind of gateway "${String(kindName)}". Choose one of: ${choices}.`,
        },
      ];
    const old = known.get(id);
    const fields: Record<string, unknown> = {};
    const problems: FieldProblem[] = [];
    for (const [name, schema] of Object.entries(kind.fields.properties)) {
      const { default: preset, secret } = schema as { default?: unknown; secret?: boolean };
      const typed = secret && given[name] === null ? undefined : given[name];
      const keeps = secret && given[name] !== null && old?.kind === kind.kind;
      const kept = keeps ? old.fields[name] : undefined;
      const value = typed === undefined || typed === '' ? (kept ?? preset) : typed;
      if (value !== undefined) fields[name] = value;
    }
    for (const name of Object.keys(given)) {
      if (!Object.hasOwn(kind.fields.properties, name)) {
        const names = [...Object.keys(kind.fields.properties), 'guestNetworks', 'trust'].join(', ');
        problems.push({
          field: name,
          message: `A gateway of kind ${kind.kind} has no field "${name}". It has: ${names}.`,
        });
      }
    }
    for (const error of Compile(kind.fields).Errors(fields)) {
      const missing = 'requiredProperties' in error.params ? error.params.requiredProperties : [];
      const [, name = '', index] = error.instancePath.split('/');
      for (const field of name === '' ? missing : [name]) {
        const schema = kind.fields.properties[field] as
          | { description?: string; secret?: boolean }
          | undefined;
        const list = schema?.secret ? undefined : fields[field];
        const item =
          index !== undefined && Array.isArray(list) ? `: ${JSON.stringify(list[Number(index)])}` : '';
        const what = name === '' ? `${field} is missing` : `${field}${item} ${inWords(error)}`;
        const message = `Field ${what}. ${schema?.description ?? ''}`.trim();
        // A field that may be of several kinds is wrong once for each of them.
        if (!problems.some((known) => known.message === message)) problems.push({ field, message });
      }
    }
    const networks =
      guestNetworks === undefined
        ? []
        : Array.isArray(guestNetworks)
          ? guestNetworks.map(String)
          : String(guestNetworks)
              .split(/[\s,]+/)
              .filter(Boolean);
    for (const text of networks) {
      if (!parseNetwork(text))
        problems.push({
          field: 'guestNetworks',
          message: `"${text}" is not a network. Right would be 10.20.0.0/16 or 2001:db8::/64.`,
        });
    }
    if (trust !== undefined && trust !== 'verify' && trust !== 'redirect') {
      problems.push({
        field: 'trust',
        message: `"${String(trust)}" is not known. Choose verify, or redirect where address translation hides the clients (a MAC can be forged then).`,
      });
    }
    const trusted = (trust as Trust | undefined) ?? kind.defaults.trust;
    if (problems.length === 0 && trusted !== 'redirect' && capabilitiesOf(kind, fields).forgeable) {
      problems.push({
        field: 'trust',
        message:
          'Nothing here confirms whose the MAC of a redirect is. Set trust=redirect to take such a router at its word: then a MAC can be forged.',
      });
    }
    if (problems.length > 0) return problems;
    return {
      id,
      site,
      kind: kind.kind,
      fields,
      guestNetworks: guestNetworks === undefined ? kind.defaults.guestNetworks : networks,
      trust: trusted,
    };
  }

  /** What another gateway, of this site or another, has of this machine already. */
  function takenBy(gateway: Described, kind: DriverKind): FieldProblem | undefined {
    const wanted = kind.takes?.(gateway.fields);
    if (wanted === undefined) return undefined;
    for (const other of known.values()) {
      if (other.id === gateway.id) continue;
      const thing = kinds.get(other.kind)?.takes?.(other.fields)?.thing;
      if (thing !== wanted.thing) continue;
      const where = other.site === gateway.site ? '' : ` of the site "${other.site}"`;
      const message = `Gateway "${other.id}"${where} has ${thing} of this machine already, and two cannot share it. Choose another, or remove that gateway first.`;
      return { field: wanted.field, message };
    }
    return undefined;
  }

  /** Routers are told apart by where they ask from and by their secret: two gateways cannot have both in common. */
  function sharesSecret(gateway: Described, kind: DriverKind): FieldProblem | undefined {
    const wanted = kind.radius?.nas(gateway.fields);
    if (!wanted) return undefined;
    const first = (network: string): string => network.split('/')[0] ?? '';
    const overlap = (some: readonly string[], others: readonly string[]): boolean =>
      others.some((network) => networksHold(some)(first(network)));
    for (const other of known.values()) {
      const its = other.id === gateway.id ? undefined : kinds.get(other.kind)?.radius?.nas(other.fields);
      if (its?.secret !== wanted.secret) continue;
      if (!overlap(wanted.networks, its.networks) && !overlap(its.networks, wanted.networks)) continue;
      const message =
        'Another gateway has this secret for a router at the same address: which of the two asks could not be told. Give each its own.';
      return { field: 'secret', message };
    }
    return undefined;
  }

  return {
    refresh,
    holds,
    networksOf,
    blind,
    all: (): Gateway[] => [...known.values()],
    ofSite: (site: SiteId): Gateway[] => [...known.values()].filter((gateway) => gateway.site === site),
    get: (id: GatewayId): Gateway | undefined => known.get(id),
    /** The gateway that sends guests to this path: by its field `unifiSite`, and where several have that, by the access point. */
    ofUnifiSite(unifiSite: string, accessPoint: ClientMac | undefined): Gateway | undefined {
      const found = [...known.values()].filter(({ fields }) => fields.unifiSite === unifiSite);
      if (found.length < 2) return found[0];
      return found.find(
        ({ id }) => accessPoint && health.get(id)?.accessPoints?.some(({ mac }) => mac === accessPoint),
      );
    },
    healthOf: (id: GatewayId): GatewayHealth | undefined => health.get(id),
    /** Every kind that a gateway may be of. */
    kinds: (): DriverKind[] => [...kinds.values()],
    kindNamed: (name: string): DriverKind | undefined => kinds.get(name),
    kindOf: (gateway: Gateway): DriverKind | undefined => kinds.get(gateway.kind),
    /** What this gateway can do; undefined where its kind is not known here. */
    capabilitiesOf: (gateway: Gateway): Capabilities | undefined => can(gateway),

    /** Fields as typed, in the types that fields of this kind have. */
    fieldsFromText: (kind: string, texts: Readonly<Record<string, string>>): Record<string, unknown> => {
      const named = kinds.get(kind);
      return named ? fieldsFromText(named.fields, texts) : { ...texts };
    },

    /** What may be shown: secrets left out, their names told. */
    describe(gateway: Gateway) {
      const kind = kinds.get(gateway.kind);
      const secrets = kind ? secretNames(kind) : [];
      const shown = Object.entries(gateway.fields).filter(([name]) => !secrets.includes(name));
      return {
        id: gateway.id,
        kind: gateway.kind,
        fields: Object.fromEntries(shown),
        secretsSet: secrets.filter(
          (name) => gateway.fields[name] !== undefined && gateway.fields[name] !== '',
        ),
        guestNetworks: gateway.guestNetworks,
        trust: gateway.trust,
        health: health.get(gateway.id) ?? null,
        remarks: [
          can(gateway)?.remarks ?? '',
          ...(gateway.trust === 'redirect' ? ['trust is redirect: a MAC can be forged.'] : []),
        ].filter(Boolean),
      };
    },

    async put(site: SiteId, id: GatewayId, input: Record<string, unknown>, by: string): Promise<PutGateway> {
      await refresh();
      const described = parse(site, id, input);
      if (Array.isArray(described)) return { status: 'invalid', problems: described };
      const kind = kinds.get(described.kind) as DriverKind;
      const clash = takenBy(described, kind) ?? sharesSecret(described, kind);
      if (clash) return { status: 'invalid', problems: [clash] };
      if ((await store.take(id, site)) !== site) return { status: 'taken' };
      const version = await store.put(site, id, close(described, kind));
      await events.append(site, 'gateway.changed', { gateway: id, by }, now());
      await refresh();
      await deps.announce();
      return { status: 'saved', gateway: { ...described, version } };
    },

    async remove(site: SiteId, id: GatewayId, by: string): Promise<boolean> {
      const removed = await store.remove(site, id);
      if (removed) await events.append(site, 'gateway.removed', { gateway: id, by }, now());
      await refresh();
      await deps.announce();
      return removed;
    },
  };
}
