import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { wayOf } from '../../drivers/driver.js';
import type { GuestContext } from './context.js';
import { chosenLanguage } from './look.js';
import { connectedPage, connectingPage, endedPage, handoffFailedPage, handoffPage } from './notices.js';
import type { ClientRef } from './state.js';
import { timesOf } from './times.js';
import { show } from './views.js';

const Query = Type.Object({ s: Type.Optional(Type.String()) }, { additionalProperties: true });
const Fields = Type.Object({ s: Type.Optional(Type.String()) });

/** A gateway that takes longer is said to be slow. */
const SLOW_MS = 30_000;
/** A page that says that one is online is looked at again at the end, or after this. */
const LOOK_AGAIN_MS = 3_600_000;
/** A browser that was sent on so often and came back is not sent again by itself. */
export const TRIES_MOST = 2;

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
    const lang = chosenLanguage(request) ?? who.lang;
    const { gateway: id, mac, keyed, handle } = who;
    const named = { ...wayOf(who), ...(lang ? { lang } : {}) };
    const ref = { gateway: id, mac, keyed, ...named };
    const can = services.registry.capabilitiesOf(gateway);
    const { handedUntil, tries = 0, waitingSince = now() } = sealed ?? {};
    if (handle !== undefined && handedUntil !== undefined)
      await services.untold.returned(gateway, { mac, handle, until: handedUntil });

    const state = await services.captive(gateway, ref.mac);
    if (state.state === 'captive') {
      // Only who had a status page before has anything that ended.
      if (!sealed) return reply.redirect('/', 303);
      const look = await context.look(request, gateway.site, lang);
      return show(reply, 200, endedPage(look, context.seal.status(from, ref)));
    }
    // By another name it is another session: whoever comes by it has itself let in, and where a MAC is only claimed types.
    const sameSession = state.handle === (handle ?? '');
    const handsOff = state.state === 'pending' && can?.orders === 'browser' && handle !== undefined;
    if (!sameSession && (can?.claimed || handsOff)) return reply.redirect(context.againUrl(from, ref), 303);
    const look = await context.look(request, gateway.site, lang);
    const { until } = state;
    const times = timesOf(look, now());
    const sealWith = (more: Partial<ClientRef>): string => context.seal.status(from, { ...ref, ...more });
    if (state.state === 'pending' && can?.orders === 'browser') {
      const back = `${originOf(request)}/status?s=${sealWith({ tries: tries + 1, handedUntil: until })}`;
      const way =
        tries < TRIES_MOST && handle !== undefined
          ? await services.untold.handoff(gateway, { mac, handle, until, back })
          : undefined;
      const page = way
        ? handoffPage(look, way, sealWith({ tries }))
        : handoffFailedPage(look, sealWith({ tries: 0 }));
      return show(reply, 200, page);
    }
    if (state.state === 'pending') {
      const slow = state.stuck || now() - waitingSince >= SLOW_MS;
      return show(reply, 200, connectingPage(look, times.until(until), sealWith({ waitingSince }), slow));
    }
    const left = until - now();
    const lookAgainMs = Math.min(left + 1000, LOOK_AGAIN_MS);
    const words = { untilWords: times.until(until), left: times.left(left) };
    const canLeave = can?.revoke !== false;
    return show(reply, 200, connectedPage(look, { until, ...words, lookAgainMs, canLeave, s: sealWith({}) }));
  }

  async function leave(request: FastifyRequest, reply: FastifyReply) {
    const from = context.source(request);
    const ref = context.seal.openStatus(from, (request.body as { s?: string }).s);
    const known = ref && (await context.proveSealed(from, ref));
    if (!known) return context.unknown(request, reply, 422);
    // Where it cannot be told, the gateway would not let go of the device.
    if (services.registry.capabilitiesOf(known.client.gateway)?.revoke !== false)
      await services.redeem.leave(known.client);
    return reply.redirect(context.statusUrl(from, context.refOf(known)), 303);
  }
}
