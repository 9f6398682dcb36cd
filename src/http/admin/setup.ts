import formbody from '@fastify/formbody';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { PASSWORD_LEAST } from '../../domain/team.js';
import type { Log } from '../../runtime.js';
import type { TeamService } from '../../services/team.js';
import { sameOrigin, text } from '../pages/form.js';
import { messagePage, sendPage } from '../pages/page.js';
import { faultOf, logFault } from '../problem.js';
import { setupDonePage, setupPage } from './views.js';

export interface SetupDeps {
  team: TeamService;
  log: Log;
}

/** `/setup?code=`: makes the owner, once. The code is the credential, so there is no session and no cookie. */
export async function setupRoutes(app: FastifyInstance, { team, log }: SetupDeps): Promise<void> {
  await app.register(formbody, { bodyLimit: 8 * 1024 });
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
    return sendPage(reply, setupPage({ code, email: '', problems: {}, passwordLeast: PASSWORD_LEAST }));
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
        return sendPage(reply, setupPage({ code, email, problems, passwordLeast: PASSWORD_LEAST }), 422);
      }
      case 'done':
        return sendPage(reply, setupDonePage({ email: result.person.email, key: result.secret }));
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
        'With access to the machine you can also make an owner, or a key, on the command line:',
      ],
      code: [
        'npx --no-install foyer admin add <email> --role owner',
        'npx --no-install foyer key add <name> --role owner',
      ],
    }),
    410,
  );
}
