import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import type { RedeemInput, RedeemResult } from '../../services/redeem.js';
import { claimOf, type GuestContext, type Known } from './context.js';
import {
  checkInOnlyPage,
  deviceLimitPage,
  earlyPage,
  emailPage,
  expiredPage,
  type Look,
  malformedPage,
  notFormPage,
  type Page,
  type PinForm,
  refusedPage,
  throttledPage,
} from './pages.js';
import { type SiteTimes, siteTimes } from './times.js';
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

type Refusal = Exclude<RedeemResult, { status: 'granted' }>;

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
      return context.greet(request, reply, known, { status: 422 });
    }
    const known = await context.prove(redirect.gateway, claimOf(redirect), from);
    if (!known) return context.unknown(request, reply, 422);

    const email = fields.email?.trim();
    const input: RedeemInput = {
      client: known.client,
      source: from,
      pin: fields.pin ?? '',
      ...(email ? { email } : {}),
      ...(fields.replace ? { replace: fields.replace } : {}),
    };
    const result = await services.redeem.redeem(input);
    if (result.status === 'granted')
      return reply.redirect(context.statusUrl(from, context.refOf(known)), 303);

    const { site } = known.client.gateway;
    const [look, times] = [
      await context.look(request, site),
      await siteTimes(services.settings, site, now()),
    ];
    // The redirect is sealed anew: the visitor has another half hour.
    const form = {
      state: context.stateFor(from, known),
      ...(fields.email === undefined ? {} : { email: email ?? '' }),
    };
    if (result.status === 'throttled')
      reply.header('retry-after', Math.max(1, Math.ceil(result.retryAfterMs / 1000)));
    return show(reply, result.status === 'throttled' ? 429 : 422, refusalPage(result, look, form, times));
  }
}

function refusalPage(result: Refusal, look: Look, form: PinForm, times: SiteTimes): Page {
  const { texts } = look;
  switch (result.status) {
    case 'malformed':
      return malformedPage(look, form);
    case 'refused':
      return refusedPage(look, form);
    case 'early':
      return earlyPage(
        look,
        form,
        result.opensAt === undefined ? undefined : times.when(result.opensAt, texts),
      );
    case 'expired':
      return expiredPage(look, form, times.when(result.endedAt, texts));
    case 'check-in-only':
      return checkInOnlyPage(look, form);
    case 'email':
      return emailPage(look, form);
    case 'throttled':
      return throttledPage(look, form, Math.ceil(result.retryAfterMs / 60_000));
    case 'device-limit': {
      const devices = result.devices
        .toSorted((a, b) => a.addedAt - b.addedAt)
        .map(({ slot, mac, addedAt }) => ({
          slot,
          tail: mac.slice(-5).toUpperCase(),
          since: times.plain(addedAt),
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
  const form = { state: known ? context.stateFor(from, known) : '' };
  return show(reply, status, status === 413 ? malformedPage(look, form) : notFormPage(look, form));
}
