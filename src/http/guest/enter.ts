import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Gateway } from '../../domain/gateway.js';
import { parseGatewayId } from '../../domain/id.js';
import { parseMac } from '../../domain/mac.js';
import { paragraphsOf } from '../../domain/terms.js';
import type { Question } from '../../drivers/driver.js';
import type { GuestContext } from './context.js';
import { chosenLanguage, type Look } from './look.js';
import { notFoundPage, type ShownTerms, termsPage } from './notices.js';
import { refusalPage } from './pin.js';
import type { StatusRef } from './state.js';
import { TRIES_MOST } from './status.js';
import { timesOf } from './times.js';
import { show } from './views.js';

const Query = Type.Object({}, { additionalProperties: true });
const Sealed = Type.Object({ s: Type.Optional(Type.String()) }, { additionalProperties: true });

/** Where routers send clients, and where clients come by themselves. */
export function enterRoutes(app: FastifyInstance, context: GuestContext): void {
  const { registry, identity, untold, terms } = context.deps.services;
  const { now } = context.deps;

  app.get('/enter/:gateway', { schema: { querystring: Query } }, enter);
  app.post('/enter/:gateway', { schema: { body: Query } }, asked);
  app.get('/guest/s/:unifiSite', { schema: { querystring: Query } }, enterByAlias);
  app.get('/', { schema: { querystring: Sealed } }, start);
  app.get('/terms', { schema: { querystring: Sealed } }, showTerms);

  async function enter(request: FastifyRequest, reply: FastifyReply) {
    const { gateway: text } = request.params as { gateway: string };
    const id = parseGatewayId(text);
    const gateway = id && registry.get(id);
    if (!gateway) return context.unknown(request, reply, 404);
    return receive(gateway, request, reply);
  }

  /** A gateway that asks. */
  async function asked(request: FastifyRequest, reply: FastifyReply) {
    const { gateway: text } = request.params as { gateway: string };
    const id = parseGatewayId(text);
    const gateway = id && registry.get(id);
    const question = gateway && untold.question(gateway, firstOfEach(request.body));
    return question ? tell(gateway, question, reply) : context.unknown(request, reply, 404);
  }

  const tell = async (gateway: Gateway, question: Question, reply: FastifyReply) =>
    reply.type('text/plain; charset=utf-8').send(await untold.answer(gateway, question));

  async function enterByAlias(request: FastifyRequest, reply: FastifyReply) {
    const { unifiSite } = request.params as { unifiSite: string };
    const { ap = '' } = firstOfEach(request.query);
    const gateway = registry.ofUnifiSite(unifiSite, parseMac(ap));
    if (!gateway) return context.unknown(request, reply, 404);
    return receive(gateway, request, reply);
  }

  async function receive(gateway: Gateway, request: FastifyRequest, reply: FastifyReply) {
    const query = firstOfEach(request.query);
    const question = untold.question(gateway, query);
    if (question) return tell(gateway, question, reply);
    const claim = registry.kindOf(gateway)?.parseRedirect(query, gateway.fields, rawQuery(request));
    const from = context.source(request);
    const before = context.seal.openStatus(from, sealedIn(claim?.url));
    // The gateway names nobody, but the address that it had sent the client on to is one of ours.
    if (claim?.passes && before?.gateway === gateway.id) {
      return reply.redirect(context.statusUrl(from, before), 303);
    }
    const known = await context.prove(gateway.id, claim, from);
    if (!known) return context.unknown(request, reply, 200);
    await identity.noteRedirect(known.client, from);
    // Sent back from there, it was not let in. Where the gateway says so itself, it is not sent there again by itself.
    const { tries = claim?.refused ? TRIES_MOST : 0 } = before?.gateway === gateway.id ? before : {};
    return context.greet(request, reply, known, { tries, arrives: true });
  }

  async function start(request: FastifyRequest, reply: FastifyReply) {
    const from = context.source(request);
    const { s } = request.query as { s?: string };
    const ref = context.seal.openStatus(from, s);
    const known = await context.knownBy(from, ref);
    if (!known) return context.unknown(request, reply, 200);
    const lang = chosenLanguage(request);
    if (!lang || !ref?.refused) return context.greet(request, reply, known, { arrives: s === undefined });
    // Who could not read what was said is told the same in the other language.
    const here = { ...known, lang };
    const look = await context.lookFor(request, here);
    const form = context.formFor(look, from, here, ref.refused);
    return show(reply, 200, refusalPage(ref.refused, look, form, timesOf(look, now())));
  }

  /** For a sealed reference the terms of its site, nothing more: whose it is need not be proven for that. */
  async function showTerms(request: FastifyRequest, reply: FastifyReply) {
    const from = context.source(request);
    const { s } = request.query as { s?: string };
    const ref = context.seal.openStatus(from, s);
    const look = await context.look(request, ref && registry.get(ref.gateway)?.site, ref?.lang);
    const shown = await shownTerms(look, ref);
    if (!shown) return show(reply, 404, notFoundPage(look));
    const lang = chosenLanguage(request) ?? ref?.lang;
    const again = ref && context.seal.status(from, { ...ref, ...(lang ? { lang } : {}) });
    return show(reply, 200, termsPage(look, again, shown));
  }

  /** The terms that the page showed from which the visitor comes, also where there are others by now. */
  async function shownTerms(look: Look, ref: StatusRef | undefined): Promise<ShownTerms | undefined> {
    const site = ref && registry.get(ref.gateway)?.site;
    const older = site && ref.terms && ref.terms !== look.termsVersion && (await terms.find(site, ref.terms));
    if (older) return { version: older.version, paragraphs: paragraphsOf(older.text) };
    return look.terms.length > 0 ? { version: look.termsVersion, paragraphs: look.terms } : undefined;
  }
}

/** The query as it came: some routers sign it. */
const rawQuery = ({ raw }: FastifyRequest): string => /\?(.*)/.exec(raw.url ?? '')?.[1] ?? '';

/** The sealed reference in an address of ours; the rest of that address is not looked at. */
function sealedIn(url: string | undefined): string | undefined {
  return /[?&]s=([\w-]{1,4000})/.exec(url ?? '')?.[1];
}

/** The first value of each name: routers that do not encode the visitor's URL make it spill into the query. */
function firstOfEach(query: unknown): Record<string, string> {
  const entries = Object.entries(query as Record<string, unknown>).map(([name, value]) => [
    name,
    Array.isArray(value) ? value[0] : value,
  ]);
  return Object.fromEntries(entries.filter(([, value]) => typeof value === 'string'));
}
