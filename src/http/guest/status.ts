import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { GuestContext } from './context.js';
import { chosenLanguage } from './look.js';
import { connectedPage, connectingPage, endedPage } from './notices.js';
import { timesOf } from './times.js';
import { show } from './views.js';

const Query = Type.Object({ s: Type.Optional(Type.String()) }, { additionalProperties: true });
const Fields = Type.Object({ s: Type.Optional(Type.String()) });

/** A gateway that takes longer is said to be slow. */
const SLOW_MS = 30_000;
/** A page that says that one is online is looked at again at the end, or after this. */
const LOOK_AGAIN_MS = 3_600_000;

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
    const lang = chosenLanguage(request) ?? who.lang;
    const { mac, keyed } = who;
    const ref = { gateway: who.gateway, mac, keyed, ...(lang ? { lang } : {}) };

    const state = await services.captive(gateway, ref.mac);
    if (state.state === 'captive') {
      // Only who had a status page before has anything that ended.
      if (!sealed) return reply.redirect('/', 303);
      const look = await context.look(request, gateway.site, lang);
      return show(reply, 200, endedPage(look, context.seal.status(from, ref)));
    }
    const look = await context.look(request, gateway.site, lang);
    const times = timesOf(look, now());
    const untilWords = times.until(state.until);
    if (state.state === 'pending') {
      const waitingSince = sealed?.waitingSince ?? now();
      const slow = state.stuck || now() - waitingSince >= SLOW_MS;
      return show(
        reply,
        200,
        connectingPage(look, untilWords, context.seal.status(from, { ...ref, waitingSince }), slow),
      );
    }
    const { until } = state;
    const left = until - now();
    const lookAgainMs = Math.min(left + 1000, LOOK_AGAIN_MS);
    const online = {
      until,
      untilWords,
      left: times.left(left),
      lookAgainMs,
      s: context.seal.status(from, ref),
    };
    return show(reply, 200, connectedPage(look, online));
  }

  async function leave(request: FastifyRequest, reply: FastifyReply) {
    const from = context.source(request);
    const ref = context.seal.openStatus(from, (request.body as { s?: string }).s);
    const known = ref && (await context.prove(ref.gateway, ref, from));
    if (!known) return context.unknown(request, reply, 422);
    await services.redeem.leave(known.client);
    return reply.redirect(context.statusUrl(from, context.refOf(known)), 303);
  }
}
