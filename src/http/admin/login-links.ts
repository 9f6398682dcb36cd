import type { FastifyInstance, FastifyReply } from 'fastify';
import { PASSWORD_LEAST } from '../../domain/team.js';
import type { Log, Runtime } from '../../runtime.js';
import { byField, sameOrigin, text } from '../pages/form.js';
import { messagePage, type Page, sendPage } from '../pages/page.js';
import { loggable } from '../problem.js';
import { mailedOrigin } from './gate.js';
import { sendForeign } from './login.js';

export interface JoinPage {
  code: string;
  email: string;
  invited: boolean;
  problem: string | undefined;
}

/** Sets a password, by a one-use link. */
export const joinPage = (data: JoinPage): Page => ({
  template: 'admin/join',
  data: { ...data, least: PASSWORD_LEAST },
});

export const forgotPage = (): Page => ({ template: 'admin/forgot', data: {} });

/** `/join?code=`, and `/login/forgot` where mail can be sent. The code is the credential, so there is no session. */
export async function linkRoutes(
  app: FastifyInstance,
  { runtime, log }: { runtime: Runtime; log: Log },
): Promise<void> {
  const { people } = runtime.services;

  app.get('/join', async (request, reply) => {
    const code = text(request.query, 'code');
    const found = await people.byCode(code);
    if (!found) return sendGone(reply);
    const invited = found.link.kind === 'invitation';
    return sendPage(reply, joinPage({ code, email: found.person.email, invited, problem: undefined }));
  });

  app.post('/join', async (request, reply) => {
    if (!sameOrigin(request)) return sendForeign(reply);
    const code = text(request.body, 'code');
    const found = await people.byCode(code);
    const result = await people.join(code, text(request.body, 'password'));
    if (!found || result.status === 'gone') return sendGone(reply);
    if (result.status === 'invalid') {
      const invited = found.link.kind === 'invitation';
      const { password: problem } = byField(result.problems);
      return sendPage(reply, joinPage({ code, email: found.person.email, invited, problem }), 422);
    }
    const page = messagePage({
      title: 'Your password is set',
      lines: [`Sign in as ${result.person.email} with it now. The link is used up.`],
      link: { href: '/login', text: 'Sign in' },
    });
    return sendPage(reply, page);
  });

  app.get('/login/forgot', async (_, reply) =>
    people.canMail() ? sendPage(reply, forgotPage()) : sendNoMail(reply),
  );

  app.post('/login/forgot', async (request, reply) => {
    if (!sameOrigin(request)) return sendForeign(reply);
    if (!people.canMail()) return sendNoMail(reply);
    const email = text(request.body, 'email').trim().slice(0, 254);
    // Not waited for: how long the answer takes must not tell whether there is such a person.
    people
      .forgotten(email, request.ip, mailedOrigin(runtime, request))
      .catch((error: unknown) => log.warn({ error: loggable(error) }, 'no link was mailed'));
    const page = messagePage({
      title: 'Look into your mail',
      lines: [
        'If somebody in the team has that address and a password, a mail with a link is on its way to it. The link works for one hour, once.',
        'Nothing came? Look into the spam folder, or ask an owner for a link.',
      ],
      link: { href: '/login', text: 'Back to sign in' },
    });
    return sendPage(reply, page);
  });
}

const sendGone = (reply: FastifyReply): FastifyReply =>
  sendPage(
    reply,
    messagePage({
      title: 'This link does not work any more',
      lines: [
        'It was used already, is too old, or a newer one has taken its place. An owner of the team can give you a new one.',
      ],
      link: { href: '/login', text: 'Sign in' },
    }),
    410,
  );

const sendNoMail = (reply: FastifyReply): FastifyReply =>
  sendPage(
    reply,
    messagePage({
      title: 'Ask an owner for a link',
      lines: [
        'No mail server is configured here, so no link can be sent. An owner of the team can make one under Team.',
        'With access to the machine you can also make one on the command line:',
      ],
      code: ['npx --no-install foyer admin reset <email>'],
      link: { href: '/login', text: 'Back to sign in' },
    }),
  );
