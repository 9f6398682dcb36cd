import cookie from '@fastify/cookie';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { roleAllows } from '../../domain/team.js';
import { AppError } from '../../errors.js';
import type { Runtime } from '../../runtime.js';
import { PROVIDER_MS } from '../../services/oidc.js';
import { type Begun, type From, type Session, STEP_MS } from '../../services/sign-in.js';
import { asksByItself, sameOrigin, sameText, text } from '../pages/form.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Browsers ask for it without anybody there: it keeps no login alive. */
    byItself?: true;
    /** A form that asks and changes nothing: it is answered while nothing is decided, too. */
    asks?: true;
  }
  interface FastifyRequest {
    session: Session;
  }
}

/** Over https the name binds the cookie to this host and to https; a browser takes it on no other terms. */
const secure = (request: FastifyRequest, adminUrl: string | undefined): boolean =>
  adminUrl?.startsWith('https:') ?? request.protocol === 'https';

/** One cookie of a browser. `lastsS`: how long it keeps it; else until it is closed. */
function cookieOf(adminUrl: string | undefined, name: string, lastsS?: number) {
  const nameFor = (request: FastifyRequest): string => (secure(request, adminUrl) ? `__Host-${name}` : name);
  const options = (request: FastifyRequest) =>
    ({ path: '/', httpOnly: true, sameSite: 'lax', secure: secure(request, adminUrl) }) as const;
  return {
    read: (request: FastifyRequest): string | undefined => request.cookies[nameFor(request)],
    set: (request: FastifyRequest, reply: FastifyReply, value: string): FastifyReply =>
      reply.setCookie(nameFor(request), value, {
        ...options(request),
        ...(lastsS === undefined ? {} : { maxAge: lastsS }),
      }),
    drop: (request: FastifyRequest, reply: FastifyReply): FastifyReply =>
      reply.clearCookie(nameFor(request), options(request)),
  };
}

/** A message waits for the next page, which follows at once. */
const FLASH_S = 60;

/** As long as browsers keep any. */
const KNOWN_S = 400 * 86_400;

/** The cookie of a signed-in browser, and those around signing in: read, set and dropped here only. */
export function loginCookie(adminUrl: string | undefined) {
  const login = cookieOf(adminUrl, 'foyer');
  const browser = cookieOf(adminUrl, 'foyer-browser', KNOWN_S);
  return {
    ...login,
    /** That somebody signed in with this browser before: strangers' attempts do not keep it out. */
    browser,
    /** Between the password and the code. */
    step: cookieOf(adminUrl, 'foyer-step', STEP_MS / 1000),
    /** Between a form and the page that follows. */
    flash: cookieOf(adminUrl, 'foyer-flash', FLASH_S),
    /** While somebody is at the provider. */
    provider: cookieOf(adminUrl, 'foyer-provider', PROVIDER_MS / 1000),
    /** Somebody is signed in with this browser. */
    begin(
      request: FastifyRequest,
      reply: FastifyReply,
      begun: Pick<Begun, 'token' | 'browser'>,
    ): FastifyReply {
      login.set(request, reply, begun.token);
      return browser.set(request, reply, begun.browser);
    },
    /** Where an attempt to sign in comes from. */
    from: (request: FastifyRequest): From => ({
      ip: request.ip,
      agent: request.headers['user-agent'] ?? '',
      browser: browser.read(request),
    }),
  };
}

export type LoginCookie = ReturnType<typeof loginCookie>;

/** Where these pages are, for links that go elsewhere. */
export const adminOrigin = (runtime: Runtime, request: FastifyRequest): string =>
  runtime.config.adminUrl ?? `${request.protocol}://${request.host}`;

/**
 * The same for a link that a stranger has mailed to somebody. Without `ADMIN_URL` the port that they named is not taken:
 * another program of that machine may listen there.
 */
export function mailedOrigin(runtime: Runtime, request: FastifyRequest): string {
  const { adminUrl, trustProxy } = runtime.config;
  const url = new URL(adminOrigin(runtime, request));
  const { localPort } = request.socket;
  if (adminUrl === undefined && trustProxy.length === 0 && localPort) url.port = String(localPort);
  return url.origin;
}

export const registerCookies = async (app: FastifyInstance): Promise<void> => {
  await app.register(cookie);
};

/**
 * Every page of this scope is for people of the team who signed in and whose role (`config.role`, `desk` where a route
 * names none) allows it. A form carries the session's token in `_csrf`.
 */
export function guard(app: FastifyInstance, runtime: Runtime, loginCookieOf: LoginCookie): void {
  const { signIn } = runtime.services;
  app.decorateRequest('caller');
  app.decorateRequest('session');

  app.addHook('onRequest', async (request, reply) => {
    const used =
      !request.routeOptions.config.byItself && !(request.method === 'GET' && asksByItself(request));
    const session = await signIn.session(loginCookieOf.read(request), used);
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
    if (!sameOrigin(request) || !sameText(text(request.body, '_csrf'), request.session.csrf))
      throw new AppError(
        'forbidden',
        'This form is from another page or an earlier login. Go back, load the page again, and send it once more.',
      );
    if (!request.routeOptions.config.asks && !runtime.decisions())
      throw new AppError('unavailable', runtime.clock.status().reason);
  });
}
