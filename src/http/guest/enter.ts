import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Gateway } from '../../domain/gateway.js';
import { parseGatewayId } from '../../domain/id.js';
import type { GuestContext } from './context.js';
import { chosenLanguage } from './look.js';
import { notFoundPage, termsPage } from './notices.js';
import { show } from './views.js';

const Query = Type.Object({}, { additionalProperties: true });
const Sealed = Type.Object({ s: Type.Optional(Type.String()) }, { additionalProperties: true });

/** Where routers send clients, and where clients come by themselves. */
export function enterRoutes(app: FastifyInstance, context: GuestContext): void {
  const { registry, identity } = context.deps.services;

  app.get('/enter/:gateway', { schema: { querystring: Query } }, enter);
  app.get('/guest/s/:unifiSite', { schema: { querystring: Query } }, enterByAlias);
  app.get('/', { schema: { querystring: Sealed } }, start);
  app.get('/terms', { schema: { querystring: Sealed } }, terms);

  async function enter(request: FastifyRequest, reply: FastifyReply) {
    const { gateway: text } = request.params as { gateway: string };
    const id = parseGatewayId(text);
    const gateway = id && registry.get(id);
    if (!gateway) return context.unknown(request, reply, 404);
    return receive(gateway, request, reply);
  }

  async function enterByAlias(request: FastifyRequest, reply: FastifyReply) {
    const { unifiSite } = request.params as { unifiSite: string };
    const gateway = registry.all().find(({ fields }) => fields.unifiSite === unifiSite);
    if (!gateway) return context.unknown(request, reply, 404);
    return receive(gateway, request, reply);
  }

  async function receive(gateway: Gateway, request: FastifyRequest, reply: FastifyReply) {
    const claim = registry.kindOf(gateway)?.parseRedirect(firstOfEach(request.query), gateway.fields);
    const from = context.source(request);
    const known = claim && (await context.prove(gateway.id, claim, from));
    if (!known) return context.unknown(request, reply, 200);
    await identity.noteRedirect(known.client, from);
    return context.greet(request, reply, known);
  }

  async function start(request: FastifyRequest, reply: FastifyReply) {
    const from = context.source(request);
    const { s } = request.query as { s?: string };
    const known = await context.knownBy(from, context.seal.openStatus(from, s));
    return known ? context.greet(request, reply, known) : context.unknown(request, reply, 200);
  }

  /** For a sealed reference the terms of its site, nothing more: whose it is need not be proven for that. */
  async function terms(request: FastifyRequest, reply: FastifyReply) {
    const from = context.source(request);
    const { s } = request.query as { s?: string };
    const ref = context.seal.openStatus(from, s);
    const look = await context.look(request, ref && registry.get(ref.gateway)?.site, ref?.lang);
    if (look.terms.length === 0) return show(reply, 404, notFoundPage(look));
    const lang = chosenLanguage(request) ?? ref?.lang;
    const again = ref && context.seal.status(from, { ...ref, ...(lang ? { lang } : {}) });
    return show(reply, 200, termsPage(look, again));
  }
}

/** The first value of each name: routers that do not encode the visitor's URL make it spill into the query. */
function firstOfEach(query: unknown): Record<string, string> {
  const entries = Object.entries(query as Record<string, unknown>).map(([name, value]) => [
    name,
    Array.isArray(value) ? value[0] : value,
  ]);
  return Object.fromEntries(entries.filter(([, value]) => typeof value === 'string'));
}
