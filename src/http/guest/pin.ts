import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { normalisePin } from '../../domain/pin.js';
import type { RedeemInput } from '../../services/redeem.js';
import type { GuestContext, Known } from './context.js';
import type { Look } from './look.js';
import type { Page } from './page.js';
import {
  checkInOnlyPage,
  deviceLimitPage,
  earlyPage,
  emailPage,
  expiredPage,
  malformedPage,
  notFormPage,
  type PinForm,
  refusedPage,
  throttledPage,
} from './pin-pages.js';
import type { Refusal } from './state.js';
import { type Times, timesOf } from './times.js';
import { show } from './views.js';

/** Ten thousand characters of PIN are still answered by the page. */
export const FORM_BYTES = 16 * 1024;

export const PIN_ROUTE = '/pin';

const Fields = Type.Object({
  pin: Type.Optional(Type.String()),
  state: Type.Optional(Type.String()),
  email: Type.Optional(Type.String()),
  replace: Type.Optional(Type.String()),
});

export function pinRoutes(app: FastifyInstance, context: GuestContext): void {
  const { services, now } = context.deps;

  app.post(PIN_ROUTE, { schema: { body: Fields }, bodyLimit: FORM_BYTES }, redeem);

  async function redeem(request: FastifyRequest, reply: FastifyReply) {
    const fields = request.body as Static<typeof Fields>;
    const from = context.source(request);
    const redirect = context.seal.openRedirect(from, fields.state);
    if (!redirect) {
      const known = await context.locate(from);
      if (!known) return context.unknown(request, reply, 422);
      // What was typed into a page that was open for too long is not lost, it only has to be sent once more.
      return context.greet(request, reply, known, { again: { status: 422, typed: fields.pin ?? '' } });
    }
    const known = await context.proveSealed(from, redirect);
    if (!known) return context.unknown(request, reply, 422);

    const email = fields.email?.trim();
    const input: RedeemInput = {
      client: known.client,
      source: from,
      pin: fields.pin ?? '',
      ...(email ? { email } : {}),
      ...(fields.replace ? { replace: fields.replace } : {}),
      ...(redirect.terms ? { terms: redirect.terms } : {}),
    };
    const result = await services.redeem.redeem(input);
    if (result.status === 'granted')
      return reply.redirect(context.statusUrl(from, context.refOf(known)), 303);

    const look = await context.lookFor(request, known);
    // The list of devices would be too long for an address.
    const again = result.status === 'device-limit' ? undefined : result;
    const form = {
      ...context.formFor(look, from, known, again),
      ...(fields.email === undefined ? {} : { email: email ?? '' }),
      // It was right, and only the choice is missing.
      ...(result.status === 'device-limit' ? { pin: normalisePin(input.pin) ?? '' } : {}),
    };
    if (result.status === 'throttled')
      reply.header('retry-after', Math.max(1, Math.ceil(result.retryAfterMs / 1000)));
    return show(
      reply,
      result.status === 'throttled' ? 429 : 422,
      refusalPage(result, look, form, timesOf(look, now())),
    );
  }
}

/** What a refusal says, in the words and times of a look. */
export function refusalPage(result: Refusal, look: Look, form: PinForm, times: Times): Page {
  switch (result.status) {
    case 'malformed':
      return malformedPage(look, form);
    case 'refused':
      return refusedPage(look, form);
    case 'early':
      return earlyPage(look, form, result.opensAt === undefined ? undefined : times.when(result.opensAt));
    case 'expired':
      return expiredPage(look, form, times.when(result.endedAt));
    case 'check-in-only':
      return checkInOnlyPage(look, form);
    case 'email':
      return emailPage(look, form);
    case 'throttled':
      return throttledPage(look, form, times.wait(result.retryAfterMs));
    case 'device-limit': {
      const devices = result.devices
        .toSorted((a, b) => a.addedAt - b.addedAt)
        .map(({ slot, mac, addedAt }) => ({
          slot,
          tail: mac.slice(-5).toUpperCase(),
          since: times.since(addedAt),
        }));
      return deviceLimitPage(look, form, devices);
    }
  }
}

/** What came to `/pin` is not what the form sends: too long, another type, a field twice. Nothing is judged or charged. */
export async function notTheForm(
  context: GuestContext,
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
) {
  const from = context.source(request);
  const known: Known | undefined = await context.locate(from);
  const look = await context.look(request, known?.client.gateway.site);
  const form = known ? context.formFor(look, from, known) : { state: '', again: '' };
  return show(reply, status, status === 413 ? malformedPage(look, form) : notFormPage(look, form));
}
