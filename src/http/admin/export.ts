import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { VISIT_STATES } from '../../domain/visit.js';
import { readFilters } from '../api/visits.js';
import { text } from '../pages/form.js';
import type { AdminDeps } from './deps.js';
import { createSearchAddress, OTHER_SEARCH } from './search-address.js';

/** `/visits/export.csv`: the visits of a list, with the filters of its address. */
export async function exportRoutes(app: FastifyInstance, { runtime, shell }: AdminDeps): Promise<void> {
  const search = createSearchAddress(runtime);

  app.get('/visits/export.csv', { config: { role: 'admin' } }, async (request, reply) => {
    const { caller, query } = request;
    const found = search.read(request);
    if (!found) return shell.goOn(request, reply, '/visits', OTHER_SEARCH);
    const { q } = found;
    const [from, to] = ['from', 'to'].map((name) => text(query, name).slice(0, 200));
    const state = VISIT_STATES.find((one) => one === text(query, 'state'));
    const filters = await readFilters(runtime, caller.site, {
      ...(q ? { q } : {}),
      ...(from ? { from } : {}),
      ...(to ? { to } : {}),
      ...(state ? { state } : {}),
    });
    return reply
      .type('text/csv; charset=utf-8')
      .header('Content-Disposition', 'attachment; filename="visits.csv"')
      .header('Cache-Control', 'no-store')
      .send(Readable.from(runtime.services.exports.csv(caller.site, filters, caller.by)));
  });
}
