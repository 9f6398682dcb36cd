import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../errors.js';
import type { Runtime } from '../../runtime.js';
import type { HostSession } from '../../services/hosts.js';
import { sameOrigin, sameText, text } from '../pages/form.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The host who asks. */
    hostSession: HostSession;
  }
}

/** The cookie of a host. Over https its name binds it to this host; it goes with the browser's session. */
export function hostCookie(peopleUrl: string | undefined) {
  const secure = (request: FastifyRequest): boolean =>
    peopleUrl?.startsWith('https:') ?? request.protocol === 'https';
  const name = (request: FastifyRequest): string => (secure(request) ? '__Host-foyer-host' : 'foyer-host');
  const options = (request: FastifyRequest) =>
    ({ path: '/', httpOnly: true, sameSite: 'lax', secure: secure(request) }) as const;
  return {
    read: (request: FastifyRequest): string | undefined => request.cookies[name(request)],
    set: (request: FastifyRequest, reply: FastifyReply, token: string): FastifyReply =>
      reply.setCookie(name(request), token, options(request)),
    drop: (request: FastifyRequest, reply: FastifyReply): FastifyReply =>
      reply.clearCookie(name(request), options(request)),
  };
}

export type HostCookie = ReturnType<typeof hostCookie>;

/** Everything in this scope is for hosts who signed in. A form carries the login's token in `_csrf`. */
export function guardHost(app: FastifyInstance, runtime: Runtime, cookie: HostCookie): void {
  app.decorateRequest('hostSession');

  app.addHook('onRequest', async (request, reply) => {
    const session = await runtime.services.hosts.session(cookie.read(request));
    if (!session) return reply.redirect('/host', 303);
    request.hostSession = session;
  });

  app.addHook('preHandler', async (request) => {
    if (request.method === 'GET' || request.method === 'HEAD') return;
    if (!sameOrigin(request) || !sameText(text(request.body, '_csrf'), request.hostSession.csrf))
      throw new AppError('forbidden', 'This form is from another page or an earlier login. Load it again.');
    if (!runtime.decisions()) throw new AppError('unavailable', runtime.clock.status().reason);
  });
}
