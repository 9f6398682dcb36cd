import { type Gateway, plainAddress } from '../domain/gateway.js';
import { type ClientMac, newId } from '../domain/id.js';
import { type RedirectClaim, type Way, wayOf } from '../drivers/driver.js';
import type { ClientStore } from '../redis/clients.js';
import type { GatewayStore } from '../redis/gateways.js';
import type { Signals } from '../redis/signals.js';
import { ends } from './chore.js';
import type { GatewayRegistry } from './gateways.js';
import type { Worker } from './worker.js';

/** A client that is who it says, at a gateway. */
export interface ProvenClient extends Way {
  gateway: Gateway;
  mac: ClientMac;
  /** The source address stands for this one client (the gateway's own table says so). */
  addressProven: boolean;
}

/** Who is behind a source address. */
export type Located =
  | { status: 'found'; client: ProvenClient }
  /** Inside a gateway's guest networks, but no client table knows it. */
  | { status: 'unknown' }
  /** In no gateway's guest networks. */
  | { status: 'outside' }
  /** More than one client behind the address. */
  | { status: 'ambiguous' };

/** The gateway that knows who has an address says nothing now: no client can be told from a stranger. */
export class ClientsAwayError extends Error {
  constructor(gateway: Gateway) {
    super(`gateway ${gateway.id} does not say who its clients are`);
    this.name = 'ClientsAwayError';
  }
}

const ASK_FOR_MS = 1000;
const ASK_EVERY_MS = 50;

export type Identity = ReturnType<typeof createIdentity>;

export interface IdentityDeps {
  registry: GatewayRegistry;
  clients: ClientStore;
  signals: Signals;
  gateways: Pick<GatewayStore, 'takeAnswer'>;
  worker: Pick<Worker, 'holds' | 'find' | 'resolve'> | undefined;
  now: () => number;
}

/** Proof of a client's identity: a redirect's MAC and IP are a claim, never more. */
export function createIdentity(deps: IdentityDeps) {
  const { registry, clients, gateways, signals, worker, now } = deps;
  /** A gateway that is slow must not keep a visitor, who may be another gateway's. */
  async function soon<T>(asked: Promise<T | undefined>): Promise<T | undefined> {
    const settled = asked.catch(() => undefined);
    return (await ends(settled, ASK_FOR_MS)) ? settled : undefined;
  }

  /** The gateway is asked once, by whichever process holds its lane. */
  async function ask(gateway: Gateway, ip: string): Promise<ClientMac | undefined> {
    if (worker?.holds(gateway.id)) return (await soon(worker.find(gateway.id, ip)))?.mac;
    await signals.send({ type: 'find', gateway: gateway.id, ip });
    for (let waited = 0; waited < ASK_FOR_MS; waited += ASK_EVERY_MS) {
      await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
      const { mac } = await clients.lookUp(gateway.site, gateway.id, ip);
      if (mac) return mac;
    }
    return undefined;
  }

  /** The MAC of a claim that only its gateway can read. */
  async function resolve(gateway: Gateway, claim: RedirectClaim): Promise<ClientMac | undefined> {
    const { site, id } = gateway;
    if (claim.mac || claim.via === undefined) return claim.mac;
    if (worker?.holds(id)) return (await soon(worker.resolve(id, claim)))?.mac;
    const order = newId();
    await signals.send({ type: 'resolve', gateway: id, order, via: claim.via });
    for (let waited = 0; waited < ASK_FOR_MS; waited += ASK_EVERY_MS) {
      await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
      const answer = await gateways.takeAnswer<{ mac: ClientMac | null }>(site, order);
      if (answer) return answer.mac ?? undefined;
    }
    return undefined;
  }

  /** The client with this address in the gateway's own table. Throws where nobody keeps that table now. */
  async function inTable(gateway: Gateway, address: string): Promise<ClientMac | undefined> {
    const { mac, kept } = await clients.lookUp(gateway.site, gateway.id, address);
    const found = mac ?? (await ask(gateway, address));
    if (!found && !kept && registry.capabilitiesOf(gateway)?.identity) throw new ClientsAwayError(gateway);
    return found;
  }

  async function candidates(gateway: Gateway, address: string): Promise<ProvenClient[]> {
    if (gateway.trust === 'redirect') {
      const seen = await clients.seen(gateway.site, gateway.id, address);
      return seen.map((mac) => ({ gateway, mac, addressProven: false }));
    }
    const mac = await inTable(gateway, address);
    return mac ? [{ gateway, mac, addressProven: true }] : [];
  }

  return {
    /** Undefined where the claim does not hold; nobody's limit is charged for it. */
    async prove(gateway: Gateway, claim: RedirectClaim, source: string): Promise<ProvenClient | undefined> {
      const way = wayOf(claim);
      if (claim.mac && (claim.keyed || gateway.trust === 'redirect'))
        return { gateway, mac: claim.mac, addressProven: false, ...way };
      if (gateway.trust === 'redirect') {
        const mac = await resolve(gateway, claim);
        return mac && { gateway, mac, addressProven: false, ...way };
      }
      const address = plainAddress(source);
      if (!registry.holds(gateway, address)) return undefined;
      const mac = await inTable(gateway, address);
      if (!mac || (claim.mac && claim.mac !== mac)) return undefined;
      return { gateway, mac, addressProven: true, ...way };
    },

    /** Who this source address is, without any redirect. */
    async locate(source: string): Promise<Located> {
      const address = plainAddress(source);
      const inside = registry.all().filter((gateway) => registry.holds(gateway, address));
      if (inside.length === 0) return { status: 'outside' };
      const asked = await Promise.allSettled(inside.map((gateway) => candidates(gateway, address)));
      const found = asked.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
      const [client] = found;
      // Where one of them knows the client, another one's silence says nothing.
      const silent = client ? undefined : asked.find((one) => one.status === 'rejected');
      if (silent) throw silent.reason;
      if (!client) return { status: 'unknown' };
      return found.length === 1 ? { status: 'found', client } : { status: 'ambiguous' };
    },

    /** Remembers a redirect whose word is taken: the only client table that such a gateway has. */
    async noteRedirect(client: ProvenClient, source: string): Promise<void> {
      if (client.gateway.trust !== 'redirect') return;
      await clients.note(client.gateway.site, client.gateway.id, plainAddress(source), client.mac, now());
    },
  };
}
