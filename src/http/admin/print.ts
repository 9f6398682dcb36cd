import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { dateIn } from '../../domain/calendar-days.js';
import { parseRecordId } from '../../domain/id.js';
import { readRange } from '../../domain/local-time.js';
import type { Visit } from '../../domain/visit.js';
import { AppError } from '../../errors.js';
import { PRINTS, PRINTS_MOST, type Print } from '../../services/print.js';
import { text, texts } from '../pages/form.js';
import { sendPage } from '../pages/page.js';
import type { AdminDeps } from './deps.js';
import { PAPERS, type Paper, printedPage, printPage } from './print-views.js';

/**
 * `/visits/:id/badge`, `/visits/:id/sheet`; `/visits/print` asks what to print of a day, and prints with `what`: a day
 * (`day`), or chosen visits (`visit`, several). `pin=true` prints PINs in digits too.
 */
export async function printRoutes(app: FastifyInstance, { runtime, shell }: AdminDeps): Promise<void> {
  const { print, settings } = runtime.services;

  for (const what of PRINTS)
    app.get(`/visits/:id/${what}`, async (request, reply) => {
      const id = parseRecordId((request.params as { id: string }).id);
      const chosen = id === undefined ? [] : await print.byIds(request.caller.site, [id]);
      if (chosen.length === 0)
        throw new AppError('not-found', 'There is no such visit, or it is cancelled: nothing to print.');
      return printed(request, reply, chosen, what);
    });

  app.get('/visits/print', async (request, reply) => {
    const { caller, query } = request;
    const zone = (await settings.read(caller.site)).values['site.timeZone'];
    const chosen = texts(query, 'visit');
    const day = text(query, 'day') || dateIn(runtime.now(), zone);
    const what = PRINTS.find((one) => one === text(query, 'what'));
    const ask = (fault?: string) =>
      shell.show(
        request,
        reply,
        printPage({ day, what: what ?? 'badge', paper: paperOf(request), fault }),
        fault === undefined ? 200 : 422,
      );
    if (!what) return ask();
    const range = readRange({ from: day, to: day }, zone);
    const { from, until } = range.ok && /^\d{4}-\d\d-\d\d$/.test(day) ? range.range : {};
    if (chosen.length === 0 && (from === undefined || until === undefined))
      return ask(`"${day.slice(0, 40)}" is no day. Right would be 2026-11-23.`);
    const ids = chosen.flatMap((one) => parseRecordId(one) ?? []).slice(0, PRINTS_MOST);
    const visits =
      chosen.length > 0
        ? await print.byIds(caller.site, ids)
        : await print.byDay(caller.site, { from: from as number, until: until as number });
    if (visits.length === 0) return ask('Nobody is expected then: there is nothing to print.');
    if (visits.length > PRINTS_MOST)
      return ask(`${visits.length} visits are too many for one printing, ${PRINTS_MOST} are the most.`);
    return printed(request, reply, visits, what);
  });

  async function printed(
    request: FastifyRequest,
    reply: FastifyReply,
    chosen: readonly Visit[],
    what: Print,
  ) {
    const { caller, query } = request;
    const withPin = text(query, 'pin') === 'true';
    const printing = await print.prepare(caller.site, chosen, { what, withPin }, caller.by);
    return sendPage(reply, printedPage(printing, what, paperOf(request)));
  }
}

const paperOf = ({ query }: FastifyRequest): Paper =>
  PAPERS.find((one) => one === text(query, 'paper')) ?? 'card';
