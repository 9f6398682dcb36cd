import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { claimOf, type GuestContext } from './context.js';
import { connectedPage, connectingPage, endedPage, handoffFailedPage, handoffPage } from './pages.js';
import { siteTimes } from './times.js';
import { show } from './views.js';

const Query = Type.Object({ s: Type.Optional(Type.String()) }, { additionalProperties: true });
const Fields = Type.Object({ s: Type.Optional(Type.String()) });

/** A gateway that takes longer is said to be slow. */
const SLOW_MS = 30_000;
/** A browser that was sent on so often and came back is not sent again by itself. */
const TRIES_MOST = 2;

export function statusRoutes(app: FastifyInstance, context: GuestContext): void {
  const { services, config, now } = context.deps;

  /** Of this very request where none is set: its Host is one of ours. */
  const originOf = (request: FastifyRequest): string =>
    config.portalUrl ?? `${request.protocol}://${request.host}`;

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
    const { gateway: id, mac, keyed, handle } = who;
    const ref = { gateway: id, mac, keyed, ...(handle === undefined ? {} : { handle }) };
    const can = services.registry.capabilitiesOf(gateway);
    const { handedUntil } = sealed ?? {};
    if (handle !== undefined && handedUntil !== undefined)
      await services.untold.confirm(gateway, { mac, handle, until: handedUntil });

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
    if (state.state === 'pending' && can?.orders === 'browser') {
      const tries = sealed?.tries ?? 0;
      const self = (more: object): string => context.statusUrl(from, { ...ref, ...more });
      const back = originOf(request) + self({ tries: tries + 1, handedUntil: state.until });
      const url =
        tries < TRIES_MOST && handle !== undefined
          ? services.untold.handoff(gateway, { mac, handle, until: state.until, back })
          : undefined;
      return show(reply, 200, url ? handoffPage(look, { url }) : handoffFailedPage(look, self({ tries: 0 })));
    }
    if (state.state === 'pending') {
      const waitingSince = sealed?.waitingSince ?? now();
      const slow = state.stuck || now() - waitingSince >= SLOW_MS;
      const self = context.statusUrl(from, { ...ref, waitingSince });
      return show(reply, 200, connectingPage(look, clock, self, slow));
    }
    const fresh = context.seal.status(from, ref);
    const { until } = state;
    const online = { until, clock, leftMs: until - now(), self: `/status?s=${fresh}` };
    return show(
      reply,
      200,
      connectedPage(look, { ...online, ...(can?.revoke === false ? {} : { status: fresh }) }),
    );
  }

  async function leave(request: FastifyRequest, reply: FastifyReply) {
    const from = context.source(request);
    const ref = context.seal.openStatus(from, (request.body as { s?: string }).s);
    const known = ref && (await context.prove(ref.gateway, claimOf(ref), from));
    if (!known) return context.unknown(request, reply, 422);
    // Where it cannot be told, the gateway would not let go of the device.
    if (services.registry.capabilitiesOf(known.client.gateway)?.revoke !== false)
      await services.redeem.leave(known.client);
    return reply.redirect(context.statusUrl(from, context.refOf(known)), 303);
  }
}
