import { fileURLToPath } from 'node:url';
import fastifyView from '@fastify/view';
import { Eta } from 'eta';
import type { FastifyInstance } from 'fastify';

const folder = fileURLToPath(new URL('../../views/', import.meta.url));

const eta = new Eta({
  views: folder,
  // Eta's own `include` gives what it includes all data of the page as well, which a part then takes for its own.
  functionHeader: 'const part = (path, data) => this.render(path, data, options);',
});

/** The one way in which text becomes HTML. */
export const escapeHtml = eta.config.escapeFunction;

/** The templates of every listener, by their path in `views/`: `app.view` and `reply.view` render them. `everywhere`: what all of them get. */
export async function registerTemplates(app: FastifyInstance, everywhere: object = {}): Promise<void> {
  await app.register(fastifyView, {
    engine: { eta },
    root: folder,
    production: true,
    defaultContext: everywhere,
  });
}
