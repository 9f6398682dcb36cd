import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { GuestContext } from './context.js';
import { chosenLanguage } from './look.js';
import { pinPage } from './pin-pages.js';
import { timesOf } from './times.js';
import { show } from './views.js';

const CODE = /^[A-Za-z0-9_-]{8,64}$/;

/**
 * A printed or mailed QR code leads here: the PIN is filled in for whoever holds it. A device that has by now what the
 * link stands for is not asked again, and where the link stands for nothing any more it is shown what it has.
 */
export function claimRoutes(app: FastifyInstance, context: GuestContext): void {
  const { visits, redeem, captive, registry } = context.deps.services;
  const { now } = context.deps;

  app.get('/claim/:code', { schema: { params: Type.Object({ code: Type.String() }) } }, claim);

  /** Is there a gateway at which a device without a redirect can be told? Else no code will ever be filled in. */
  const anyTells = (): boolean =>
    registry.all().some((one) => one.trust === 'redirect' || registry.capabilitiesOf(one)?.identity);

  async function claim(request: FastifyRequest, reply: FastifyReply) {
    const { code } = request.params as { code: string };
    const from = context.source(request);
    const known = await context.locate(from);
    if (!known)
      return context.unknown(
        request,
        reply,
        200,
        CODE.test(code) && anyTells() ? `/claim/${code}` : undefined,
      );
    const { gateway, mac } = known.client;
    const claimed = CODE.test(code) ? await visits.claimed(gateway.site, code) : undefined;
    const has = await captive(gateway, mac);
    const enough = claimed ? await redeem.holds(known.client, claimed.visit) : has.state !== 'captive';
    if (enough) return context.greet(request, reply, known);

    const lang = chosenLanguage(request);
    const here = { ...known, ...(lang ? { lang } : {}) };
    const look = await context.lookFor(request, here);
    const form = context.formFor(look, from, here);
    if (!claimed) return show(reply, 404, pinPage(look, form, 'unknownLink'));
    // Online by another visit: this one may last longer, and the later end counts.
    const until = has.state === 'online' ? timesOf(look, now()).until(has.until) : undefined;
    return show(reply, 200, pinPage(look, { ...form, pin: claimed.pin }, 'claimed', until));
  }
}
