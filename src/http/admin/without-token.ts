import type { FastifyInstance } from 'fastify';
import type { Page } from '../pages/page.js';
import type { Words } from '../pages/times.js';
import type { AdminDeps } from './deps.js';
import { rowsOf, type VisitRow } from './visit-rows.js';
import { wordsFor } from './visit-words.js';

const SHOWN = 100;

export interface WithoutTokenPage {
  many: number;
  rows: VisitRow[];
  words: Words;
}

/** Visits from before access tokens were turned on, and the button that gives all of them one. */
export const withoutTokenPage = (data: WithoutTokenPage): Page => ({
  template: 'admin/without-token',
  data,
});

/** `/visits/without-token` */
export async function withoutTokenRoutes(app: FastifyInstance, { runtime, shell }: AdminDeps): Promise<void> {
  const { services, now } = runtime;

  app.get('/visits/without-token', async (request, reply) => {
    const { site } = request.caller;
    const { values } = await services.settings.read(site);
    const words = wordsFor(request, values['site.timeZone'], now());
    const [many, visits] = await Promise.all([
      services.withoutToken.count(site),
      services.withoutToken.list(site, SHOWN),
    ]);
    const rows = await rowsOf(runtime, site, visits, words);
    return shell.show(request, reply, withoutTokenPage({ many, rows, words }));
  });

  app.post('/visits/without-token', async (request, reply) => {
    const { site, by } = request.caller;
    const { done, failed, left } = await services.withoutToken.reissue(site, by);
    const said = [`${done === 1 ? '1 visit has' : `${done} visits have`} a new PIN that opens the Wi-Fi.`];
    if (failed.length > 0)
      said.push(
        `${failed.length} could not be re-issued: ${failed
          .slice(0, 5)
          .map(({ visit }) => visit.name)
          .join(', ')}. Open them to see why.`,
      );
    if (left > 0) said.push(`${left} are left; press the button again.`);
    return shell.goOn(request, reply, left > 0 ? '/visits/without-token' : '/visits', {
      text: said.join(' '),
      tone: failed.length > 0 ? 'warn' : 'good',
    });
  });
}
