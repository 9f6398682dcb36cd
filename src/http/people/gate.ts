import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../errors.js';
import type { Runtime } from '../../runtime.js';
import type { DeskSession } from '../../services/desks.js';
import { sameOrigin, sameText, text } from '../pages/form.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The check-in desk that asks. */
    deskSession: DeskSession;
  }
}

/** As long as browsers keep one. Seconds. */
const KEPT_S = 400 * 86_400;

/** The cookie of a paired tablet. Over https its name binds it to this host. */
export function deskCookie(peopleUrl: string | undefined) {
  const secure = (request: FastifyRequest): boolean =>
    peopleUrl?.startsWith('https:') ?? request.protocol === 'https';
  const name = (request: FastifyRequest): string => (secure(request) ? '__Host-foyer-desk' : 'foyer-desk');
  const options = (request: FastifyRequest) =>
    ({ path: '/', httpOnly: true, sameSite: 'strict', secure: secure(request), maxAge: KEPT_S }) as const;
  return {
    /** Where the browser gives pages the camera: over https, or on the machine itself. */
    secureContext: (request: FastifyRequest): boolean =>
      secure(request) || ['localhost', '127.0.0.1', '[::1]'].includes(request.hostname),
    read: (request: FastifyRequest): string | undefined => request.cookies[name(request)],
    set: (request: FastifyRequest, reply: FastifyReply, token: string): FastifyReply =>
      reply.setCookie(name(request), token, options(request)),
    drop: (request: FastifyRequest, reply: FastifyReply): FastifyReply =>
      reply.clearCookie(name(request), { path: '/', secure: secure(request) }),
  };
}

export type DeskCookie = ReturnType<typeof deskCookie>;

/** Everything in this scope is for paired tablets. A form carries the tablet's token in `_csrf`. */
export function guardDesk(app: FastifyInstance, runtime: Runtime, cookie: DeskCookie): void {
  app.decorateRequest('deskSession');

  app.addHook('onRequest', async (request, reply) => {
    const session = await runtime.services.desks.session(cookie.read(request));
    if (!session) return reply.redirect('/kiosk', 303);
    request.deskSession = session;
  });

  app.addHook('preHandler', async (request) => {
    if (request.method === 'GET' || request.method === 'HEAD') return;
    if (!sameOrigin(request) || !sameText(text(request.body, '_csrf'), request.deskSession.csrf))
      throw new AppError('forbidden', 'This form is from another page. Go back to the start.');
    if (!runtime.decisions()) throw new AppError('unavailable', runtime.clock.status().reason);
  });
}
