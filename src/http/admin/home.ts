import type { FastifyInstance } from 'fastify';
import type { Page } from '../pages/page.js';
import type { AdminDeps } from './deps.js';

/** Today at a glance. */
export const homePage = (): Page => ({ template: 'admin/home', data: {} });

export async function homeRoutes(app: FastifyInstance, { shell }: AdminDeps): Promise<void> {
  app.get('/', async (request, reply) => shell.show(request, reply, homePage()));
}
