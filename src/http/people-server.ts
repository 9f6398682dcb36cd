import type { FastifyInstance } from 'fastify';
import type { Log, Runtime } from '../runtime.js';
import type { Secured } from './certificate.js';
import { createListener } from './listener.js';
import { messagePage, registerPages, sendPage } from './pages/page.js';

/** The listener for hosts and check-in desks: `/` and `/healthz`. */
export async function buildPeopleServer(
  runtime: Runtime,
  log: Log,
  secured?: Secured,
): Promise<FastifyInstance> {
  const app = createListener(runtime.config, log, runtime.config.peopleUrl, secured);
  app.get('/healthz', async (_, reply) => reply.type('text/plain; charset=utf-8').send('ok'));
  await registerPages(app);
  app.get('/', async (_, reply) =>
    sendPage(
      reply,
      messagePage({
        title: 'Check-in',
        lines: [
          'The pages for hosts and check-in desks come with a later version.',
          'Until then the desk checks visitors in by the API or the command line.',
        ],
      }),
    ),
  );
  return app;
}
