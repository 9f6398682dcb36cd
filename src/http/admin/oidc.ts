import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Runtime } from '../../runtime.js';
import { CALLBACK, type ProviderRefusal } from '../../services/oidc.js';
import { localPath, text } from '../pages/form.js';
import { messagePage, sendPage } from '../pages/page.js';
import { adminOrigin, type LoginCookie } from './gate.js';

const AGAIN = 'Go back to the login and begin again.';
const OWNER = 'An owner of the team can tell why, or change it.';

/** What each refusal says, and with which status. */
const WORDS: Readonly<Record<ProviderRefusal, [status: number, ...lines: string[]]>> = {
  off: [404, 'Nobody can sign in that way here.'],
  over: [
    403,
    'This sign-in is over: it was finished before, took too long, or began in another browser.',
    AGAIN,
  ],
  denied: [403, 'Your provider did not let you go on.', AGAIN],
  unreachable: [
    503,
    'Your provider does not answer at the moment.',
    'Try again shortly, or sign in with a password.',
  ],
  'not-accepted': [403, 'Your provider did not confirm this sign-in.', AGAIN],
  'no-mail': [
    403,
    'Your provider does not tell your e-mail address, so it is not known who you are here.',
    OWNER,
  ],
  'mail-unverified': [403, 'Your provider does not say that your e-mail address is verified.', OWNER],
  'other-person': [403, 'Somebody else in the team has your e-mail address.', OWNER],
  'no-role': [403, 'You are not among those who may sign in here.', OWNER],
  deactivated: [403, 'Your access to these pages is turned off.', OWNER],
};

/** Signing in with the organisation's provider: there, and back. */
export async function oidcRoutes(
  app: FastifyInstance,
  { runtime, cookie }: { runtime: Runtime; cookie: LoginCookie },
): Promise<void> {
  const { oidc } = runtime.services;

  app.get('/login/oidc', async (request, reply) => {
    const next = localPath(text(request.query, 'next') || '/');
    const result = await oidc.start(adminOrigin(runtime, request), next);
    if (result.status !== 'go') return refuse(reply, result.status);
    return cookie.provider.set(request, reply, result.pending).redirect(result.url, 303);
  });

  app.get(CALLBACK, async (request, reply) => {
    const pending = cookie.provider.read(request);
    const [, query = ''] = request.url.split('?');
    const agent = request.headers['user-agent'] ?? '';
    // Whatever comes of it, this answer of the provider is not looked at twice.
    cookie.provider.drop(request, reply);
    const result = await oidc.finish({ pending, search: `?${query}`, agent });
    if (result.status !== 'signed-in') return refuse(reply, result.status);
    return cookie.begin(request, reply, result.begun).redirect(result.next, 303);
  });
}

function refuse(reply: FastifyReply, why: ProviderRefusal): FastifyReply {
  const [status, ...lines] = WORDS[why];
  if (status === 503) reply.header('Retry-After', 10);
  const link = { href: '/login', text: 'Back to sign in' };
  return sendPage(reply, messagePage({ title: 'You are not signed in', lines, link }), status);
}
