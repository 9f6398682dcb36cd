import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { GuestContext } from './context.js';
import { connectedPage, connectingPage, endedPage } from './pages.js';
import { siteTimes } from './times.js';
import { show } from './views.js';

const Query = Type.Object({ s: Type.Optional(Type.String()) }, { additionalProperties: true });
const Fields = Type.Object({ s: Type.Optional(Type.String()) });

/** A gateway that takes longer is said to be slow. */
const SLOW_MS = 30_000;

export function statusRoutes(app: FastifyInstance, context: GuestContext): void {
  const { services, now } = context.deps;

  app.get('/status', { schema: { querystring: Query } }, status);
  app.post('/leave', { schema: { body: Fields } }, leave);

  async function status(request: FastifyRequest, reply: FastifyReply) {
    const from = context.source(request);
    const { s } = request.query as { s?: string };
    const sealed = context.seal.openStatus(from, s);
    const located = sealed ? undefined : await context.locate(from);
    const who = sealed ?? (located && context.refOf(located));
    const gateway = who && services.registry.get(who.gateway);
    if (!gateway) return context.unknown(request, reply, 200);
    const ref = { gateway: who.gateway, mac: who.mac, keyed: who.keyed };

    const state = await services.captive(gateway, ref.mac);
    if (state.state === 'captive') {
      // Only who had a status page before has anything that ended.
      if (!sealed) return reply.redirect('/', 303);
      return show(
        reply,
        200,
        endedPage(await context.look(request, gateway.site), context.againUrl(from, ref)),
      );
    }
    const look = await context.look(request, gateway.site);
    const times = await siteTimes(services.settings, gateway.site, now());
    const clock = times.plain(state.until);
    if (state.state === 'pending') {
      const waitingSince = sealed?.waitingSince ?? now();
      const slow = state.stuck || now() - waitingSince >= SLOW_MS;
      const self = context.statusUrl(from, { ...ref, waitingSince });
      return show(reply, 200, connectingPage(look, clock, self, slow));
    }
    const fresh = context.seal.status(from, ref);
    const { until } = state;
    const online = { until, clock, leftMs: until - now(), self: `/status?s=${fresh}`, status: fresh };
    return show(reply, 200, connectedPage(look, online));
  }

  async function leave(request: FastifyRequest, reply: FastifyReply) {
    const from = context.source(request);
    const ref = context.seal.openStatus(from, (request.body as { s?: string }).s);
    const known = ref && (await context.prove(ref.gateway, { mac: ref.mac, keyed: ref.keyed }, from));
    if (!known) return context.unknown(request, reply, 422);
    await services.redeem.leave(known.client);
    return reply.redirect(context.statusUrl(from, context.refOf(known)), 303);
  }
}
