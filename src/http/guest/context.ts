import type { FastifyReply, FastifyRequest } from 'fastify';
import { plainAddress } from '../../domain/gateway.js';
import type { GatewayId, SiteId } from '../../domain/id.js';
import type { RedirectClaim } from '../../drivers/driver.js';
import type { ProvenClient } from '../../services/identity.js';
import type { GuestDeps, GuestLog } from './deps.js';
import { connectingPage, type Look, pinPage, unknownClientPage } from './pages.js';
import { createStateSeal, type StatusRef } from './state.js';
import { textsFor } from './texts/catalogue.js';
import { siteTimes } from './times.js';
import { show } from './views.js';

/** A client that proved who it is, and the claim that it did so by. */
export interface Known {
  client: ProvenClient;
  claim: RedirectClaim;
}

interface Brand {
  name: string;
  welcome: string;
  desk: string;
}

/** How often one gateway's clients that could not be proven are logged. */
const UNPROVEN_EVERY_MS = 60_000;

/** The claim that was sealed with a page. */
export const claimOf = ({
  mac,
  keyed,
  handle,
}: Pick<StatusRef, 'mac' | 'keyed' | 'handle'>): RedirectClaim => ({
  mac,
  keyed,
  ...(handle === undefined ? {} : { handle }),
});

export type GuestContext = ReturnType<typeof createGuestContext>;

/** What the routes of the guest listener share: who is asking, how the site looks, where a known client goes. */
export function createGuestContext(deps: GuestDeps, log: GuestLog) {
  const { services, now } = deps;
  const { identity, redeem, captive, registry, settings } = services;
  const seal = createStateSeal(deps.sealing, now);
  const brands = new Map<SiteId, Brand>();
  const unprovenSaidAt = new Map<GatewayId, number>();

  const source = (request: FastifyRequest): string => plainAddress(request.ip);

  /** The site of a page on which no client is known: the only one, where there is one. */
  function onlySite(): SiteId | undefined {
    const sites = new Set(registry.all().map((gateway) => gateway.site));
    return sites.size === 1 ? [...sites][0] : undefined;
  }

  async function brandOf(site: SiteId): Promise<Brand> {
    const { values } = await settings.read(site);
    const brand = {
      name: values['site.name'],
      welcome: values['portal.welcome'],
      desk: values['portal.deskHint'],
    };
    brands.set(site, brand);
    return brand;
  }

  /** From memory only: for pages that are shown while Redis is away. */
  function rememberedLook(request: FastifyRequest, site = onlySite()): Look {
    const texts = textsFor(request.headers['accept-language']);
    const brand = site === undefined ? undefined : brands.get(site);
    return {
      texts,
      welcome: brand?.welcome ?? '',
      desk: brand?.desk ?? '',
      name: brand?.name || texts.noName,
    };
  }

  async function look(request: FastifyRequest, site = onlySite()): Promise<Look> {
    if (site !== undefined) await brandOf(site);
    return rememberedLook(request, site);
  }

  /** Any guest can bring this about as often as it likes, so that a line for each would fill the disk. */
  function sayUnproven(id: GatewayId): void {
    const last = unprovenSaidAt.get(id);
    if (last !== undefined && now() - last < UNPROVEN_EVERY_MS) return;
    unprovenSaidAt.set(id, now());
    log.info({ gateway: id }, 'a client could not be proven');
  }

  async function prove(id: GatewayId, claim: RedirectClaim, from: string): Promise<Known | undefined> {
    const gateway = registry.get(id);
    const client = gateway && (await identity.prove(gateway, claim, from));
    if (client) return { client, claim };
    sayUnproven(id);
    return undefined;
  }

  async function locate(from: string): Promise<Known | undefined> {
    const located = await identity.locate(from);
    if (located.status !== 'found') return undefined;
    return { client: located.client, claim: { mac: located.client.mac, keyed: false } };
  }

  /** By a sealed reference where it still holds, else by the source address. */
  async function knownBy(from: string, ref: StatusRef | undefined): Promise<Known | undefined> {
    const claim = ref && claimOf(ref);
    return (ref && claim && (await prove(ref.gateway, claim, from))) ?? locate(from);
  }

  const refOf = ({ client, claim }: Known) => ({
    gateway: client.gateway.id,
    mac: client.mac,
    keyed: claim.keyed && claim.mac === client.mac,
    ...(client.handle === undefined ? {} : { handle: client.handle }),
  });

  const statusUrl = (from: string, ref: Omit<StatusRef, 'at'>): string =>
    `/status?s=${seal.status(from, ref)}`;
  /** The PIN page for a client that was known before, without anything of it in the clear. */
  const againUrl = (from: string, ref: Omit<StatusRef, 'at'>): string => `/?s=${seal.status(from, ref)}`;

  /** The PIN page; with a status, since what the client had was not good any more. */
  async function ask(request: FastifyRequest, reply: FastifyReply, known: Known, status?: number) {
    const { client, claim } = known;
    const view = await look(request, client.gateway.site);
    const note = status === undefined ? '' : view.texts.pin.again;
    const form = { state: seal.redirect(source(request), client, claim) };
    return show(reply, status ?? 200, pinPage(view, form, note));
  }

  return {
    deps,
    log,
    seal,
    source,
    look,
    rememberedLook,
    prove,
    locate,
    knownBy,
    refOf,
    statusUrl,
    againUrl,

    /** The hidden field that goes with this client's form. */
    stateFor: (from: string, { client, claim }: Known): string => seal.redirect(from, client, claim),

    /** A client that was redirected, or came by itself: let in where it may pass already, else asked for its PIN. */
    async greet(
      request: FastifyRequest,
      reply: FastifyReply,
      known: Known,
      again?: { status?: number; tries?: number },
    ) {
      const { client } = known;
      const from = source(request);
      const can = registry.capabilitiesOf(client.gateway);
      if (can?.claimed) return ask(request, reply, known, again?.status);
      // Also where it is confirmed: it would not be here if its gateway still let it pass.
      const until = await redeem.letIn(client);
      if (until !== undefined && can?.orders === 'browser') {
        const { tries = 0 } = again ?? {};
        return reply.redirect(statusUrl(from, { ...refOf(known), tries }), 303);
      }
      const online = until !== undefined || (await captive(client.gateway, client.mac)).state !== 'captive';
      if (online && (again?.status !== undefined || until === undefined))
        return reply.redirect(statusUrl(from, refOf(known)), 303);
      if (until !== undefined) {
        const [view, times] = [
          await look(request, client.gateway.site),
          await siteTimes(settings, client.gateway.site, now()),
        ];
        const self = statusUrl(from, { ...refOf(known), waitingSince: now() });
        return show(reply, 200, connectingPage(view, times.plain(until), self, false));
      }
      return ask(request, reply, known, again?.status);
    },

    async unknown(request: FastifyRequest, reply: FastifyReply, status: number, claimLink?: string) {
      const page = unknownClientPage(await look(request), claimLink ?? '/', claimLink !== undefined);
      return show(reply, status, page);
    },
  };
}
