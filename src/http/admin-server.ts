import type { FastifyInstance } from 'fastify';
import type { Log, Runtime } from '../runtime.js';
import { adminPages } from './admin/pages.js';
import { apiRoutes } from './api/index.js';
import type { Secured } from './certificate.js';
import { createListener } from './listener.js';
import { opsRoutes } from './ops.js';
import { registerPages } from './pages/page.js';

/** The admin listener: the team's pages, `/setup`, `/healthz`, `/readyz`, `/metrics`, `/api/v1`. */
export async function buildAdminServer(
  runtime: Runtime,
  log: Log,
  secured?: Secured,
): Promise<FastifyInstance> {
  const app = createListener(runtime, log, runtime.config.adminUrl, secured);
  await app.register(opsRoutes, { health: runtime.services.health });
  await registerPages(app);
  await app.register(adminPages, { runtime, log });
  await app.register(apiRoutes, { prefix: '/api/v1', runtime });
  return app;
}
