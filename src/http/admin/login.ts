import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Runtime } from '../../runtime.js';
import type { Held } from '../../services/sign-in.js';
import { localPath, sameOrigin, text } from '../pages/form.js';
import { messagePage, type Page, sendPage } from '../pages/page.js';
import type { LoginCookie } from './gate.js';

export interface LoginPage {
  email: string;
  /** Where to go on to. */
  next: string;
  /** What was wrong, in a sentence. */
  wrong?: string;
  /** Text of the button that leads to the organisation's provider. */
  provider: string | undefined;
  /** Only owners sign in with a password. */
  ownersOnly: boolean;
}

/** E-mail and password, and the provider where there is one. */
export const loginPage = (data: LoginPage): Page => ({
  template: 'admin/login',
  data: { wrong: undefined, ...data },
});

/** The six digits. */
export const codePage = (data: { next: string; wrong?: string }): Page => ({
  template: 'admin/login-code',
  data: { wrong: undefined, ...data },
});

const seconds = (ms: number): number => Math.max(1, Math.ceil(ms / 1000));

/** Why an attempt has to wait, for the page; sets status and `Retry-After`. */
export function heldWords(reply: FastifyReply, held: Held): string {
  if (held.status === 'busy') {
    reply.header('Retry-After', 2);
    return 'Many people sign in at this moment. Try again in a few seconds.';
  }
  const wait = seconds(held.waitMs);
  reply.header('Retry-After', wait);
  const words =
    wait < 120 ? `${wait} ${wait === 1 ? 'second' : 'seconds'}` : `${Math.ceil(wait / 60)} minutes`;
  return `There were too many attempts. Try again in ${words}.`;
}

export const heldStatus = (held: Held): number => (held.status === 'busy' ? 503 : 429);

/** `/login` and `/login/code`: for people of the team. */
export async function loginRoutes(
  app: FastifyInstance,
  { runtime, cookie }: { runtime: Runtime; cookie: LoginCookie },
): Promise<void> {
  const { signIn, oidc } = runtime.services;

  app.get('/login', async (request, reply) => {
    const next = localPath(text(request.query, 'next') || '/');
    if (await signIn.session(cookie.read(request))) return reply.redirect(next, 303);
    return show(reply, { email: '', next });
  });

  async function show(
    reply: FastifyReply,
    data: Pick<LoginPage, 'email' | 'next' | 'wrong'>,
    status = 200,
  ): Promise<FastifyReply> {
    const offered = await oidc.offered();
    const page = loginPage({
      ...data,
      provider: offered?.button,
      ownersOnly: offered?.passwords === 'owners',
    });
    return sendPage(reply, page, status);
  }

  app.post('/login', async (request, reply) => {
    if (!sameOrigin(request)) return sendForeign(reply);
    const email = text(request.body, 'email').trim();
    const next = localPath(text(request.body, 'next') || '/');
    const password = text(request.body, 'password');
    const result = await signIn.withPassword({ email, password, ...cookie.from(request) });
    switch (result.status) {
      case 'signed-in':
        return cookie.begin(request, reply, result).redirect(next, 303);
      case 'code-needed':
        return cookie.step
          .set(request, reply, result.step)
          .redirect(`/login/code?next=${encodeURIComponent(next)}`, 303);
      case 'provider-only': {
        const wrong = 'Only owners sign in with a password here. Use the button of your organisation.';
        return show(reply, { email, next, wrong }, 422);
      }
      case 'refused': {
        const wrong = 'That address and password do not belong together. Check both, and type them again.';
        return show(reply, { email, next, wrong }, 422);
      }
      default: {
        const wrong = heldWords(reply, result);
        return show(reply, { email, next, wrong }, heldStatus(result));
      }
    }
  });

  app.get('/login/code', async (request, reply) => {
    const next = localPath(text(request.query, 'next') || '/');
    if (!(await signIn.waitsForCode(cookie.step.read(request)))) return again(request, reply, next);
    return sendPage(reply, codePage({ next }));
  });

  app.post('/login/code', async (request, reply) => {
    if (!sameOrigin(request)) return sendForeign(reply);
    const next = localPath(text(request.body, 'next') || '/');
    const code = text(request.body, 'code').slice(0, 40);
    const step = cookie.step.read(request);
    const result = await signIn.withCode({ step, code, ...cookie.from(request) });
    switch (result.status) {
      case 'signed-in':
        cookie.begin(request, reply, result);
        return cookie.step.drop(request, reply).redirect(next, 303);
      case 'over':
        return again(request, reply, next);
      case 'refused': {
        const wrong =
          'That code is wrong, or was used before. Wait until the app shows the next one, and type that.';
        return sendPage(reply, codePage({ next, wrong }), 422);
      }
      default: {
        const wrong = heldWords(reply, result);
        return sendPage(reply, codePage({ next, wrong }), heldStatus(result));
      }
    }
  });

  /** The password counts for five minutes; then it is asked for again. */
  const again = (request: FastifyRequest, reply: FastifyReply, next: string): FastifyReply =>
    cookie.step.drop(request, reply).redirect(`/login?next=${encodeURIComponent(next)}`, 303);
}

export const sendForeign = (reply: FastifyReply): FastifyReply =>
  sendPage(
    reply,
    messagePage({
      title: 'Not accepted',
      lines: ['This form was sent from another page.'],
      link: { href: '/login', text: 'Sign in here' },
    }),
    403,
  );
