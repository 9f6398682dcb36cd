import type { FastifyInstance } from 'fastify';
import { parseSiteId } from '../../domain/id.js';
import { AppError } from '../../errors.js';
import { localPath, text } from '../pages/form.js';
import type { AdminDeps } from './deps.js';
import type { LoginCookie } from './gate.js';

/** What the frame of every page offers: signing out, and another site. */
export async function signedInRoutes(
  app: FastifyInstance,
  { runtime, shell }: AdminDeps,
  cookie: LoginCookie,
): Promise<void> {
  const { signIn } = runtime.services;

  app.post('/logout', async (request, reply) => {
    await signIn.signOut(request.session);
    return cookie.drop(request, reply).redirect('/login', 303);
  });

  app.post('/site', { config: { role: 'owner' } }, async (request, reply) => {
    const site = parseSiteId(text(request.body, 'site'));
    if (!site || !(await signIn.show(request.session, site)))
      throw new AppError('not-found', 'There is no such site.');
    return shell.goOn(request, reply, localPath(text(request.body, 'next') || '/'));
  });
}
