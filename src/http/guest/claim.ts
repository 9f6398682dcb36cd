import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { GuestContext } from './context.js';
import { pinPage } from './pages.js';
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
    if (!known) return context.unknown(request, reply, 200, CODE.test(code) ? `/claim/${code}` : '/');
    const { site } = known.client.gateway;
    const pin = CODE.test(code) ? await visits.claimedPin(site, code) : undefined;
    const look = await context.look(request, site);
    const { claimed, unknownLink } = look.texts.pin;
    const form = { state: context.stateFor(from, known), ...(pin === undefined ? {} : { pin }) };
    return show(
      reply,
      pin === undefined ? 404 : 200,
      pinPage(look, form, pin === undefined ? unknownLink : claimed),
    );
  }
}
