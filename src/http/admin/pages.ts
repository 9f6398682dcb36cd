import type { FastifyInstance } from 'fastify';
import { messagePage, sendPage } from '../pages/page.js';

const home = messagePage({
  title: 'Foyer',
  lines: [
    'Foyer runs. The admin pages come with a later version.',
    'Until then use the API under /api/v1 (its description: /api/v1/openapi.json) or the command line on this machine:',
  ],
  code: ['npx --no-install foyer help'],
});

export async function pageRoutes(app: FastifyInstance): Promise<void> {
  app.get('/', async (_, reply) => sendPage(reply, home));
}
