import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { GuestContext } from './context.js';
import { chosenLanguage } from './look.js';
import { pinPage } from './pin-pages.js';
import { show } from './views.js';

const CODE = /^[A-Za-z0-9_-]{8,64}$/;

/** A printed or mailed QR code leads here: the PIN is filled in for whoever holds it. */
export function claimRoutes(app: FastifyInstance, context: GuestContext): void {
  const { visits } = context.deps.services;

  app.get('/claim/:code', { schema: { params: Type.Object({ code: Type.String() }) } }, claim);

  async function claim(request: FastifyRequest, reply: FastifyReply) {
    const { code } = request.params as { code: string };
    const from = context.source(request);
    const known = await context.locate(from);
    if (!known) return context.unknown(request, reply, 200, CODE.test(code) ? `/claim/${code}` : undefined);
    const pin = CODE.test(code) ? await visits.claimedPin(known.client.gateway.site, code) : undefined;
    const lang = chosenLanguage(request);
    const here = { ...known, ...(lang ? { lang } : {}) };
    const look = await context.lookFor(request, here);
    const form = context.formFor(from, here);
    if (pin === undefined) return show(reply, 404, pinPage(look, form, 'unknownLink'));
    return show(reply, 200, pinPage(look, { ...form, pin }, 'claimed'));
  }
}
