import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { GuestContext } from './context.js';
import { pinPage } from './pages.js';
import { siteTimes } from './times.js';
import { show } from './views.js';

const CODE = /^[A-Za-z0-9_-]{8,64}$/;

/**
 * A printed or mailed QR code leads here: the PIN is filled in for whoever holds it. A device that has by now what the
 * link stands for is not asked again, and where the link stands for nothing any more it is shown what it has.
 */
export function claimRoutes(app: FastifyInstance, context: GuestContext): void {
  const { visits, redeem, captive, settings } = context.deps.services;
  const { now } = context.deps;

  app.get('/claim/:code', { schema: { params: Type.Object({ code: Type.String() }) } }, claim);

  async function claim(request: FastifyRequest, reply: FastifyReply) {
    const { code } = request.params as { code: string };
    const from = context.source(request);
    const known = await context.locate(from);
    if (!known) return context.unknown(request, reply, 200, CODE.test(code) ? `/claim/${code}` : '/');
    const { gateway, mac } = known.client;
    const { site } = gateway;
    const claimed = CODE.test(code) ? await visits.claimed(site, code) : undefined;
    const has = await captive(gateway, mac);
    const enough = claimed ? await redeem.holds(known.client, claimed.visit) : has.state !== 'captive';
    if (enough) return context.greet(request, reply, known);

    const look = await context.look(request, site);
    const state = context.stateFor(from, known);
    const { texts } = look;
    if (!claimed) return show(reply, 404, pinPage(look, { state }, texts.pin.unknownLink));
    // Online by another visit: this one may last longer, and the later end counts.
    const times = await siteTimes(settings, site, now());
    const until = has.state === 'online' ? `${texts.connected.title(times.plain(has.until))}. ` : '';
    return show(reply, 200, pinPage(look, { state, pin: claimed.pin }, `${until}${texts.pin.claimed}`));
  }
}
