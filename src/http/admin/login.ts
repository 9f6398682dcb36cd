import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Runtime } from '../../runtime.js';
import { localPath, sameOrigin, text } from '../pages/form.js';
import { messagePage, type Page, sendPage } from '../pages/page.js';
import type { LoginCookie } from './gate.js';

export interface LoginPage {
  email: string;
  /** Where to go on to. */
  next: string;
  /** What was wrong, in a sentence. */
  problem?: string;
}

/** E-mail and password. */
export const loginPage = (data: LoginPage): Page => ({
  template: 'admin/login',
  data: { problem: undefined, ...data },
});

/** `/login`: for people of the team. */
export async function loginRoutes(
  app: FastifyInstance,
  { runtime, cookie }: { runtime: Runtime; cookie: LoginCookie },
): Promise<void> {
  const { signIn } = runtime.services;

  app.get('/login', async (request, reply) => {
    const next = localPath(text(request.query, 'next') || '/');
    if (await signIn.session(cookie.read(request))) return reply.redirect(next, 303);
    return sendPage(reply, loginPage({ email: '', next }));
  });

  app.post('/login', async (request, reply) => {
    if (!sameOrigin(request)) return sendForeign(reply);
    const email = text(request.body, 'email').trim();
    const next = localPath(text(request.body, 'next') || '/');
    const agent = request.headers['user-agent'] ?? '';
    const result = await signIn.withPassword({ email, password: text(request.body, 'password'), agent });
    if (result.status === 'refused') {
      const problem = 'That address and password do not belong together. Check both, and type them again.';
      return sendPage(reply, loginPage({ email, next, problem }), 422);
    }
    return cookie.set(request, reply, result.token).redirect(next, 303);
  });
}

const sendForeign = (reply: FastifyReply): FastifyReply =>
  sendPage(
    reply,
    messagePage({
      title: 'Not accepted',
      lines: ['This form was sent from another page.'],
      link: { href: '/login', text: 'Sign in here' },
    }),
    403,
  );
