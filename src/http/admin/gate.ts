import { timingSafeEqual } from 'node:crypto';
import cookie from '@fastify/cookie';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { roleAllows } from '../../domain/team.js';
import { AppError } from '../../errors.js';
import type { Runtime } from '../../runtime.js';
import type { Session } from '../../services/sign-in.js';
import { sameOrigin, text } from '../pages/form.js';

declare module 'fastify' {
  interface FastifyRequest {
    session: Session;
  }
}

/** Over https the name binds the cookie to this host and to https; a browser takes it on no other terms. */
const secure = (request: FastifyRequest, adminUrl: string | undefined): boolean =>
  adminUrl?.startsWith('https:') ?? request.protocol === 'https';

const cookieName = (isSecure: boolean): string => (isSecure ? '__Host-foyer' : 'foyer');

/** The cookie of a signed-in browser: read, set and dropped here only. */
export function loginCookie(adminUrl: string | undefined) {
  const options = (request: FastifyRequest) =>
    ({ path: '/', httpOnly: true, sameSite: 'lax', secure: secure(request, adminUrl) }) as const;
  return {
    read: (request: FastifyRequest): string | undefined =>
      request.cookies[cookieName(secure(request, adminUrl))],
    set: (request: FastifyRequest, reply: FastifyReply, token: string): FastifyReply =>
      reply.setCookie(cookieName(secure(request, adminUrl)), token, options(request)),
    drop: (request: FastifyRequest, reply: FastifyReply): FastifyReply =>
      reply.clearCookie(cookieName(secure(request, adminUrl)), options(request)),
  };
}

export type LoginCookie = ReturnType<typeof loginCookie>;

export const registerCookies = async (app: FastifyInstance): Promise<void> => {
  await app.register(cookie);
};

const equal = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));

/**
 * Every page of this scope is for people of the team who signed in and whose role (`config.role`, `desk` where a route
 * names none) allows it. A form carries the session's token in `_csrf`.
 */
export function guard(app: FastifyInstance, runtime: Runtime, loginCookieOf: LoginCookie): void {
  const { signIn } = runtime.services;
  app.decorateRequest('caller');
  app.decorateRequest('session');

  app.addHook('onRequest', async (request, reply) => {
    const session = await signIn.session(loginCookieOf.read(request));
    if (!session) {
      const asked = request.method === 'GET' && request.url !== '/' ? request.url : '';
      return reply.redirect(`/login${asked ? `?next=${encodeURIComponent(asked)}` : ''}`, 303);
    }
    const { person, login } = session;
    request.session = session;
    request.caller = {
      role: person.role,
      site: person.role === 'owner' ? login.site : person.site,
      by: `person:${person.id}`,
    };
    const needs = request.routeOptions.config.role ?? 'desk';
    if (!roleAllows(person.role, needs))
      throw new AppError('forbidden', `This needs the role ${needs}; yours is ${person.role}.`);
  });

  app.addHook('preHandler', async (request) => {
    if (request.method === 'GET' || request.method === 'HEAD') return;
    if (!sameOrigin(request) || !equal(text(request.body, '_csrf'), request.session.csrf))
      throw new AppError(
        'forbidden',
        'This form is from another page or an earlier login. Go back, load the page again, and send it once more.',
      );
    if (!runtime.decisions()) throw new AppError('unavailable', runtime.clock.status().reason);
  });
}
