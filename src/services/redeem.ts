import type { Grant } from '../domain/grant.js';
import { dailyRisk } from '../domain/guessing.js';
import { newId } from '../domain/id.js';
import { normalisePin } from '../domain/pin.js';
import type { Sealing } from '../domain/sealing.js';
import type { GrantStore } from '../redis/grants.js';
import type { Signals } from '../redis/signals.js';
import type { Redeemed, TokenStore } from '../redis/tokens.js';
import type { Captive } from './captive.js';
import type { GatewayRegistry } from './gateways.js';
import type { ProvenClient } from './identity.js';
import type { SettingsService } from './settings.js';
import type { Worker } from './worker.js';

/** How long a visitor's request waits for the gateway before it shows `connecting`. */
const WAIT_MS = 3000;
const LOOK_EVERY_MS = 40;

export type RedeemResult = Redeemed | { status: 'malformed' };

export interface RedeemInput {
  client: ProvenClient;
  /** The source address, for the courtesy limit. */
  source: string;
  pin: string;
  email?: string;
  /** Slot of the device to give up. */
  replace?: string;
  /** The number of the terms of use that the page showed: going on accepts them. */
  terms?: number;
}

export type RedeemService = ReturnType<typeof createRedeem>;

export interface RedeemDeps {
  tokens: TokenStore;
  grants: GrantStore;
  settings: SettingsService;
  sealing: Sealing;
  signals: Signals;
  captive: Captive;
  registry: Pick<GatewayRegistry, 'capabilitiesOf'>;
  worker: Pick<Worker, 'holds' | 'runNow'> | undefined;
  now: () => number;
}

/** A visitor's PIN, or a device that comes back, becomes access at a gateway. */
export function createRedeem(deps: RedeemDeps) {
  const { tokens, grants, settings, sealing, signals, captive, registry, worker, now } = deps;

  /** The decision stands; this brings it to the gateway while the visitor waits, for a bounded time. */
  async function bring({ gateway, mac }: ProvenClient): Promise<void> {
    // A browser carries the word, or the gateway asks for it: there is nothing to wait for here.
    if (registry.capabilitiesOf(gateway)?.orders !== 'told') return;
    const deadline = performance.now() + WAIT_MS;
    if (worker?.holds(gateway.id)) {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, WAIT_MS);
      });
      await Promise.race([worker.runNow(gateway.id, mac), late]).finally(() => clearTimeout(timer));
    } else {
      await signals.send({ type: 'command', gateway: gateway.id, mac });
    }
    for (;;) {
      const seen = await captive(gateway, mac);
      if (seen.state !== 'pending' || seen.stuck || performance.now() >= deadline) return;
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  const asks = ({ gateway }: ProvenClient): boolean => registry.capabilitiesOf(gateway)?.orders === 'asks';

  /** What this client holds in the site now, at whichever gateway. */
  const held = async ({ gateway, mac }: ProvenClient): Promise<Grant[]> =>
    (await grants.ofClient(gateway.site, mac)).filter(
      (grant) => grant.endedAt === undefined && grant.until > now(),
    );

  return {
    async redeem(input: RedeemInput): Promise<RedeemResult> {
      const { client, source } = input;
      const { site, id: gateway } = client.gateway;
      const pin = normalisePin(input.pin);
      if (!pin) return { status: 'malformed' };
      const { values } = await settings.read(site);
      const order = {
        digest: sealing.pinDigest(site, pin),
        mailDigest: input.email ? sealing.digest('mail', input.email) : '',
        gateway,
        mac: client.mac,
        address: client.addressProven ? source : '',
        capacity: dailyRisk(values['pin.guessOdds']),
        newGrantId: newId(),
        newSlot: newId(),
        replace: input.replace ?? '',
        handle: client.handle ?? '',
        via: client.via ?? '',
        asks: asks(client),
        terms: input.terms,
      };
      const redeemed = await tokens.redeem(site, order, now());
      if (redeemed.status === 'granted') await bring(client);
      return redeemed;
    },

    /** Lets a client in that holds a live grant in this site. Undefined where it holds none. */
    async letIn(client: ProvenClient): Promise<number | undefined> {
      const { site, id } = client.gateway;
      const until = await grants.letIn(site, id, client.mac, newId(), now(), {
        handle: client.handle,
        via: client.via,
        asks: asks(client),
      });
      if (until !== undefined) await bring(client);
      return until;
    },

    /** Has this client been let in by this visit, and may still pass? */
    holds: async (client: ProvenClient, visit: string): Promise<boolean> =>
      (await held(client)).some(({ visitId }) => visitId === visit),

    /**
     * The visitor takes this device off the network: every grant it holds in the site, and its slots. Where a MAC is only
     * claimed, nothing that another gateway let in is touched.
     */
    async leave(client: ProvenClient): Promise<void> {
      const { site, id } = client.gateway;
      const grantsHeld = await held(client);
      const claimed = client.gateway.trust === 'redirect';
      for (const visit of new Set(grantsHeld.map((grant) => grant.visitId))) {
        const ofVisit = grantsHeld.filter((grant) => grant.visitId === visit);
        const here = ofVisit.filter((grant) => grant.gateway === id);
        if (!claimed || here.length === ofVisit.length) {
          await grants.removeDevice(site, visit, client.mac, 'left', now());
        } else {
          for (const grant of here) await grants.revoke(site, grant, 'left', now());
        }
      }
      if (worker?.holds(id)) await worker.runNow(id, client.mac);
      else await signals.send({ type: 'command', gateway: id, mac: client.mac });
    },
  };
}
