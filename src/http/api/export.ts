import { Readable } from 'node:stream';
import { Type } from 'typebox';
import type { Runtime } from '../../runtime.js';
import { type Api, call } from './call.js';
import { readFilters, visitFilters } from './visits.js';

const exporting = call(
  {
    summary: 'Visits as a CSV file',
    description:
      'The same visits as the list, by expected arrival, without PINs. In UTF-8 with its mark, for spreadsheets; cells that a spreadsheet would run begin with an apostrophe. The import reads it back.',
    querystring: Type.Object(visitFilters, { additionalProperties: false }),
  },
  {},
);

const file = { description: 'The file', content: { 'text/csv': { schema: Type.String() } } };

export async function exportRoutes(app: Api, { runtime }: { runtime: Runtime }): Promise<void> {
  const schema = { ...exporting, response: { 200: file, ...exporting.response } as Record<string, unknown> };
  app.get('/visits/export.csv', { schema, config: { role: 'admin' } }, async ({ caller, query }, reply) => {
    const filters = await readFilters(runtime, caller.site, query);
    const rows = runtime.services.exports.csv(caller.site, filters, caller.by);
    return reply
      .type('text/csv; charset=utf-8')
      .header('Content-Disposition', 'attachment; filename="visits.csv"')
      .header('Cache-Control', 'no-store')
      .send(Readable.from(rows));
  });
}
