import type { FastifyInstance } from 'fastify';
import type { Log, Runtime } from '../runtime.js';
import type { Secured } from './certificate.js';
import { createListener } from './listener.js';
import { registerPages } from './pages/page.js';
import { peoplePages } from './people/pages.js';

/**
 * The listener for hosts and check-in desks.
 *
 * - people/kiosk.ts: `/kiosk`, for paired tablets; people/kiosk-walk-in.ts: `/kiosk/walk-in`, `/kiosk/waiting`
 * - people/approve.ts: `/approve/:code`
 * - people/host.ts: `/host`
 * - people/pages.ts: `/`, `/theme.css`, `/assets/jsqr.js`
 * - here: `/healthz`
 */
export async function buildPeopleServer(
  runtime: Runtime,
  log: Log,
  secured?: Secured,
): Promise<FastifyInstance> {
  const app = createListener(runtime, log, runtime.config.peopleUrl, secured);
  app.get('/healthz', async (_, reply) => reply.type('text/plain; charset=utf-8').send('ok'));
  await registerPages(app);
  await app.register(peoplePages, { runtime, log });
  return app;
}
