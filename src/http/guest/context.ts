import type { FastifyReply, FastifyRequest } from 'fastify';
import { plainAddress } from '../../domain/gateway.js';
import type { GatewayId, SiteId } from '../../domain/id.js';
import { normalisePin } from '../../domain/pin.js';
import { DEFAULTS } from '../../domain/settings.js';
import { requestState } from '../../domain/walk-in.js';
import { type RedirectClaim, wayOf } from '../../drivers/driver.js';
import type { ProvenClient } from '../../services/identity.js';
import type { GuestDeps, GuestLog } from './deps.js';
import { chosenLanguage, createLooks, type Look, type SiteLooks } from './look.js';
import { connectingPage, unknownClientPage } from './notices.js';
import { type PinForm, pinPage } from './pin-pages.js';
import { type ClientRef, createStateSeal, type Redirect, type Refusal, type StatusRef } from './state.js';
import { timesOf } from './times.js';
import { show } from './views.js';

/** A client that proved who it is, the claim that it did so by, and the language that it chose. */
export interface Known {
  client: ProvenClient;
  claim: RedirectClaim;
  lang?: string;
}

/** A form that could not be judged, and what was typed into it. */
interface Again {
  status: number;
  typed: string;
}

interface Greeting {
  again?: Again;
  /** How often its browser went already to have itself let in, and came back. */
  tries?: number;
  /** It came by itself, not by a link of ours: who waits for a host is led back to that. */
  arrives?: boolean;
}

/** Where no site can be told. */
const UNNAMED = { ...DEFAULTS, 'site.timeZone': Intl.DateTimeFormat().resolvedOptions().timeZone };

/** The claim that was sealed with a page. */
const claimOf = (ref: Redirect | StatusRef): RedirectClaim => ({
  mac: ref.mac,
  keyed: ref.keyed,
  ...wayOf(ref),
});

export type GuestContext = ReturnType<typeof createGuestContext>;

/** What the routes of the guest listener share: who is asking, how the site looks, where a known client goes. */
export function createGuestContext(deps: GuestDeps, log: GuestLog) {
  const { services, now } = deps;
  const { identity, redeem, captive, registry, settings } = services;
  const seal = createStateSeal(deps.sealing, now);
  const looks = createLooks(settings, UNNAMED);

  const source = (request: FastifyRequest): string => plainAddress(request.ip);

  /** The site of a page on which no client is known: the only one, where there is one. */
  function onlySite(): SiteId | undefined {
    const sites = new Set(registry.all().map((gateway) => gateway.site));
    return sites.size === 1 ? [...sites][0] : undefined;
  }

  const lookOf = (request: FastifyRequest, of: SiteLooks, chosen: string | undefined): Look =>
    of.in(chosenLanguage(request) ?? chosen, request.headers['accept-language']);

  /** From memory only: for pages that are shown while Redis is away. `chosen`: the language that travelled along. */
  const rememberedLook = (request: FastifyRequest, chosen?: string, site = onlySite()): Look =>
    lookOf(request, looks.remembered(site), chosen);

  const look = async (request: FastifyRequest, site = onlySite(), chosen?: string): Promise<Look> =>
    lookOf(request, await looks.read(site), chosen);

  const lookFor = (request: FastifyRequest, { client, lang }: Known): Promise<Look> =>
    look(request, client.gateway.site, lang);

  /** `claim`: undefined where the redirect is none, or not signed as it should be. */
  async function prove(
    id: GatewayId,
    claim: RedirectClaim | undefined,
    from: string,
    lang?: string,
  ): Promise<Known | undefined> {
    const gateway = registry.get(id);
    const client = claim && gateway && (await identity.prove(gateway, claim, from));
    if (client) return { client, claim, ...(lang ? { lang } : {}) };
    if (gateway) await services.unproven.note(gateway);
    return undefined;
  }

  async function locate(from: string): Promise<Known | undefined> {
    const located = await identity.locate(from);
    if (located.status !== 'found') return undefined;
    return { client: located.client, claim: { mac: located.client.mac, keyed: false } };
  }

  /** Who was sealed with a page, where that still holds. */
  const proveSealed = (from: string, ref: Redirect | StatusRef): Promise<Known | undefined> =>
    prove(ref.gateway, claimOf(ref), from, ref.lang);

  /** By a sealed reference where it still holds, else by the source address. */
  async function knownBy(from: string, ref: StatusRef | undefined): Promise<Known | undefined> {
    return (ref && (await proveSealed(from, ref))) ?? locate(from);
  }

  const refOf = ({ client, claim, lang }: Known): ClientRef => ({
    gateway: client.gateway.id,
    mac: client.mac,
    keyed: claim.keyed && claim.mac === client.mac,
    ...wayOf(client),
    ...(lang ? { lang } : {}),
  });

  const statusUrl = (from: string, ref: ClientRef): string => `/status?s=${seal.status(from, ref)}`;
  const waitingUrl = (from: string, ref: ClientRef): string => `/waiting?s=${seal.status(from, ref)}`;
  /** The PIN page for a client that was known before, without anything of it in the clear. */
  const againUrl = (from: string, ref: ClientRef): string => `/?s=${seal.status(from, ref)}`;

  /**
   * What the client's PIN form carries, with the number of the terms that the page shows. The redirect is sealed anew: the
   * visitor has another half hour.
   */
  const formFor = (look: Look, from: string, known: Known, refused?: Refusal): PinForm => {
    const terms = look.termsVersion || undefined;
    return {
      state: seal.redirect(from, known.client, known.claim, known.lang, terms),
      again: seal.status(from, {
        ...refOf(known),
        ...(refused ? { refused } : {}),
        ...(terms ? { terms } : {}),
      }),
    };
  };

  /** Has this client asked for a host who has not answered yet? */
  async function waits({ walkIn }: Look, { gateway, mac }: ProvenClient): Promise<boolean> {
    const asked = walkIn && (await services.walkIns.ofClient(gateway.site, gateway.id, mac));
    return asked !== undefined && requestState(asked, now()) === 'open';
  }

  return {
    deps,
    log,
    seal,
    source,
    look,
    lookFor,
    rememberedLook,
    formFor,
    prove,
    proveSealed,
    locate,
    knownBy,
    refOf,
    statusUrl,
    againUrl,
    waitingUrl,

    /** A client that was redirected, or came by itself: let in where it may pass already, else asked for its PIN. */
    async greet(
      request: FastifyRequest,
      reply: FastifyReply,
      known: Known,
      { again, tries = 0, arrives = false }: Greeting = {},
    ) {
      const { client } = known;
      const from = source(request);
      const lang = chosenLanguage(request) ?? known.lang;
      const here: Known = { ...known, ...(lang ? { lang } : {}) };
      const view = await lookFor(request, here);
      const ask = async () => {
        if (arrives && (await waits(view, client))) return reply.redirect(waitingUrl(from, refOf(here)), 303);
        const form = formFor(view, from, here);
        if (!again) return show(reply, 200, pinPage(view, form));
        const typed = normalisePin(again.typed) ?? '';
        return show(reply, again.status, pinPage(view, { ...form, pin: typed }, 'again'));
      };
      const can = registry.capabilitiesOf(client.gateway);
      if (can?.claimed) return ask();
      // Also where it is confirmed: it would not be here if its gateway still let it pass.
      const until = await redeem.letIn(client);
      if (until !== undefined && can?.orders === 'browser')
        return reply.redirect(statusUrl(from, { ...refOf(here), tries }), 303);
      const has = await captive(client.gateway, client.mac);
      const sameSession = has.state !== 'captive' && has.handle === (client.handle ?? '');
      const online = until !== undefined || sameSession;
      if (online && (again || until === undefined)) return reply.redirect(statusUrl(from, refOf(here)), 303);
      if (until === undefined) return ask();
      const s = seal.status(from, { ...refOf(here), waitingSince: now() });
      return show(reply, 200, connectingPage(view, timesOf(view, now()).until(until), s, false));
    },

    /** `claim`: the path of the claim link by which the visitor came. */
    unknown: async (request: FastifyRequest, reply: FastifyReply, status: number, claim?: string) =>
      show(reply, status, unknownClientPage(await look(request), claim)),
  };
}
