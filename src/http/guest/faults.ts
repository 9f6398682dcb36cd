import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../errors.js';
import { isRedisFault } from '../../redis/faults.js';
import { ClientsAwayError } from '../../services/identity.js';
import { loggable } from '../problem.js';
import { CAPTIVE_API_ROUTE, captiveApiFault } from './captive-api.js';
import type { GuestContext } from './context.js';
import { brokenPage, notFoundPage, unavailablePage } from './notices.js';
import { notTheForm, PIN_ROUTE } from './pin.js';
import type { Redirect, StatusRef } from './state.js';
import { show } from './views.js';

const RETRY_AFTER_S = '5';

/** Nobody meets a bare error: each has a page that says what is so and what to do. */
export function registerFaults(app: FastifyInstance, context: GuestContext): void {
  const { log } = context;

  app.setNotFoundHandler(async (request, reply) =>
    show(reply, 404, notFoundPage(context.rememberedLook(request))),
  );

  app.setErrorHandler(async (error: FastifyError, request, reply) => {
    try {
      return await answer(error, request, reply);
    } catch (second) {
      return answer(second as FastifyError, request, reply);
    }
  });

  async function answer(error: FastifyError, request: FastifyRequest, reply: FastifyReply) {
    const route = request.routeOptions.url;
    const away =
      isRedisFault(error) ||
      error instanceof ClientsAwayError ||
      (error instanceof AppError && error.code === 'unavailable');
    const theirs =
      !away && error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500;
    if (theirs && route === PIN_ROUTE)
      return notTheForm(context, request, reply, pinStatus(error.statusCode ?? 422));
    if (theirs) return show(reply, error.statusCode ?? 400, notFoundPage(context.rememberedLook(request)));

    if (away) log.warn({ route, err: error.message }, 'guest page unavailable');
    else log.error({ route, reqId: request.id, error: loggable(error) }, 'guest page failed');
    if (route === CAPTIVE_API_ROUTE) return captiveApiFault(reply);
    const look = context.rememberedLook(request, sentAlong(request)?.lang);
    if (!away) return show(reply, 500, brokenPage(look, request.id));
    reply.header('retry-after', RETRY_AFTER_S);
    return show(reply, 503, unavailablePage(look, wayBack(request)));
  }

  /** Nothing is sent twice by itself: after a form the page goes on where the visitor began. */
  function wayBack(request: FastifyRequest): string | undefined {
    if (request.method === 'GET' || request.method === 'HEAD') return undefined;
    const ref = sentAlong(request);
    if (!ref) return '/';
    const { gateway, mac, keyed, handle, lang } = ref;
    const named = { ...(handle === undefined ? {} : { handle }), ...(lang ? { lang } : {}) };
    return context.againUrl(context.source(request), { gateway, mac, keyed, ...named });
  }

  /** The sealed reference that came with a form or an address. */
  function sentAlong(request: FastifyRequest): Redirect | StatusRef | undefined {
    const from = context.source(request);
    const { state, s } = { ...(request.query as object), ...(request.body as object) } as Record<
      string,
      unknown
    >;
    const open = <T>(how: (from: string, sealed: string) => T, sealed: unknown) =>
      typeof sealed === 'string' ? how(from, sealed) : undefined;
    return open(context.seal.openRedirect, state) ?? open(context.seal.openStatus, s);
  }
}

/** A form that does not validate is refused like a PIN that is none. */
const pinStatus = (status: number): number => (status === 413 || status === 415 ? status : 422);
