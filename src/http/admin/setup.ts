import type { FastifyInstance, FastifyReply } from 'fastify';
import { PASSWORD_LEAST } from '../../domain/team.js';
import type { Log } from '../../runtime.js';
import type { SignInService } from '../../services/sign-in.js';
import type { TeamService } from '../../services/team.js';
import { sameOrigin, text } from '../pages/form.js';
import { messagePage, type Page, sendPage } from '../pages/page.js';
import { faultOf, logFault } from '../problem.js';
import type { LoginCookie } from './gate.js';

export interface SetupDeps {
  team: TeamService;
  signIn: Pick<SignInService, 'begin'>;
  cookie: LoginCookie;
  log: Log;
}

export interface SetupPage {
  code: string;
  email: string;
  /** What is wrong with what was sent, by field. */
  problems: Record<string, string | undefined>;
}

/** The form that makes the owner. */
export const setupPage = (data: SetupPage): Page => ({
  template: 'admin/setup',
  data: { ...data, passwordLeast: PASSWORD_LEAST },
});

/** `/setup?code=`: makes the owner, once, and signs the owner in. The code is the credential, so nothing is asked for before it. */
export async function setupRoutes(app: FastifyInstance, deps: SetupDeps): Promise<void> {
  const { team, signIn, cookie, log } = deps;
  app.setErrorHandler((error: unknown, request, reply) => {
    const fault = faultOf(error);
    logFault(log, request, fault, error);
    const lines = [
      fault.status === 503 ? 'Foyer cannot decide anything at the moment. Try again shortly.' : fault.message,
    ];
    return sendPage(reply, messagePage({ title: 'That did not work', lines }), fault.status);
  });

  app.get('/setup', async (request, reply) => {
    const code = text(request.query, 'code');
    if (!(await team.setupOpen(code))) return sendGone(reply);
    return sendPage(reply, setupPage({ code, email: '', problems: {} }));
  });

  app.post('/setup', async (request, reply) => {
    if (!sameOrigin(request)) {
      const lines = ['This form was sent from another page. Open the set-up link again.'];
      return sendPage(reply, messagePage({ title: 'Not accepted', lines }), 403);
    }
    const code = text(request.body, 'code');
    const email = text(request.body, 'email');
    const result = await team.setUp({ code, email, password: text(request.body, 'password') });
    switch (result.status) {
      case 'gone':
        return sendGone(reply);
      case 'invalid': {
        const problems = Object.fromEntries(result.problems.map(({ field, message }) => [field, message]));
        return sendPage(reply, setupPage({ code, email, problems }), 422);
      }
      case 'done': {
        const begun = await signIn.begin(result.person, request.headers['user-agent'] ?? '');
        if (begun.status !== 'signed-in') return reply.redirect('/login?next=/wizard/site', 303);
        return cookie.set(request, reply, begun.token).redirect('/wizard/site', 303);
      }
    }
  });
}

function sendGone(reply: FastifyReply): FastifyReply {
  return sendPage(
    reply,
    messagePage({
      title: 'This set-up link does not work',
      lines: [
        'It was used already, or a newer one has taken its place. While there is no owner, Foyer prints a new link each time it starts.',
        'If you are the owner already, sign in. With access to the machine you can also make an owner, or a key, on the command line:',
      ],
      code: [
        'npx --no-install foyer admin add <email> --role owner',
        'npx --no-install foyer key add <name> --role owner',
      ],
      link: { href: '/login', text: 'Sign in' },
    }),
    410,
  );
}
