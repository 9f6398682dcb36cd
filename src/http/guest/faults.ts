import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../errors.js';
import { isRedisFault } from '../../redis/faults.js';
import { loggable } from '../problem.js';
import { CAPTIVE_API_ROUTE, captiveApiFault } from './captive-api.js';
import type { GuestContext } from './context.js';
import { brokenPage, notFoundPage, unavailablePage } from './pages.js';
import { notTheForm, PIN_ROUTE } from './pin.js';
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
    const away = isRedisFault(error) || (error instanceof AppError && error.code === 'unavailable');
    const theirs =
      !away && error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500;
    if (theirs && route === PIN_ROUTE)
      return notTheForm(context, request, reply, pinStatus(error.statusCode ?? 422));
    if (theirs) return show(reply, error.statusCode ?? 400, notFoundPage(context.rememberedLook(request)));

    if (away) log.warn({ route, err: error.message }, 'guest page unavailable');
    else log.error({ route, reqId: request.id, error: loggable(error) }, 'guest page failed');
    if (route === CAPTIVE_API_ROUTE) return captiveApiFault(reply);
    const look = context.rememberedLook(request);
    if (!away) return show(reply, 500, brokenPage(look, request.id));
    reply.header('retry-after', RETRY_AFTER_S);
    return show(reply, 503, unavailablePage(look, wayBack(request)));
  }

  /** Nothing is sent twice by itself: after a form the page goes on where the visitor began. */
  function wayBack(request: FastifyRequest): string | undefined {
    if (request.method === 'GET' || request.method === 'HEAD') return undefined;
    const from = context.source(request);
    const { state, s } = (request.body ?? {}) as { state?: string; s?: string };
    const ref = context.seal.openRedirect(from, state) ?? context.seal.openStatus(from, s);
    return ref
      ? context.againUrl(from, {
          gateway: ref.gateway,
          mac: ref.mac,
          keyed: ref.keyed,
          ...(ref.handle === undefined ? {} : { handle: ref.handle }),
        })
      : '/';
  }
}

/** A form that does not validate is refused like a PIN that is none. */
const pinStatus = (status: number): number => (status === 413 || status === 415 ? status : 422);
