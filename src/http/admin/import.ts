import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { decodeText } from '../../domain/csv.js';
import { parseRecordId } from '../../domain/id.js';
import { readHeaders } from '../../domain/import.js';
import { IMPORT_FIELDS } from '../../domain/import-columns.js';
import { DATE_ORDERS } from '../../domain/import-time.js';
import type { ImportOrder } from '../../services/import.js';
import { text } from '../pages/form.js';
import type { AdminDeps } from './deps.js';
import { type ImportForm, importCheckPage, importPage } from './import-views.js';

/** `/visits/import`: choose a file, see what would become of it, register it. */
export async function importRoutes(app: FastifyInstance, { runtime, shell }: AdminDeps): Promise<void> {
  const { imports, importDrafts } = runtime.services;

  app.get('/visits/import', async (request, reply) => shell.show(request, reply, importPage({})));
  app.post('/visits/import', take);
  app.post('/visits/import/check', check);

  /** A file, or what was pasted. */
  async function take(request: FastifyRequest, reply: FastifyReply) {
    const { caller, body } = request;
    const { file } = body as { file?: unknown };
    const pasted = text(body, 'csv');
    const sent =
      Buffer.isBuffer(file) && file.length > 0 ? decodeText(file) : { ok: true as const, text: pasted };
    if (!sent.ok) return shell.show(request, reply, importPage({ fault: sent.message }), 422);
    if (sent.text.trim() === '') {
      const problem = 'Nothing was sent. Choose a file, or paste its lines into the field.';
      return shell.show(request, reply, importPage({ fault: problem }), 422);
    }
    if (readHeaders(sent.text).length === 0) {
      const found = await imports.run(caller.site, { ...DRY, file: sent.text, role: caller.role }, caller.by);
      const problem = found.status === 'unreadable' ? found.problems[0]?.message : undefined;
      return shell.show(request, reply, importPage({ fault: problem, csv: pasted }), 422);
    }
    const draft = await importDrafts.keep(caller.site, sent.text, caller.by);
    const form = { draft, mapping: {}, dateOrder: '', allowDuplicates: false, notify: true };
    return show(request, reply, sent.text, form, DRY);
  }

  async function check(request: FastifyRequest, reply: FastifyReply) {
    const { caller, body } = request;
    const draft = parseRecordId(text(body, 'draft')) ?? '';
    const kept = draft === '' ? undefined : await importDrafts.find(caller.site, draft, caller.by);
    if (kept === undefined) {
      const problem =
        'The file is not kept any more: it was open for half an hour, or newer files took its place. Choose it again.';
      return shell.show(request, reply, importPage({ fault: problem }), 422);
    }
    const form = formOf(body, draft);
    const order = DATE_ORDERS.find((one) => one === form.dateOrder);
    return show(request, reply, kept, form, {
      dryRun: text(body, 'step') !== 'register',
      allowDuplicates: form.allowDuplicates,
      notify: form.notify,
      mapping: form.mapping,
      ...(order ? { dateOrder: order } : {}),
    });
  }

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    file: string,
    form: ImportForm,
    order: Omit<ImportOrder, 'file'>,
  ) {
    const { caller } = request;
    const result = await imports.run(caller.site, { ...order, file, role: caller.role }, caller.by);
    const headers = readHeaders(file);
    if (result.status === 'unreadable') {
      const page = importCheckPage({ form, headers, report: undefined, problems: result.problems });
      return shell.show(request, reply, page, 422);
    }
    const { report, status } = result;
    if (status !== 'registered') {
      const page = importCheckPage({ form, headers, report, problems: [] });
      return shell.show(request, reply, page, status === 'refused' ? 422 : 200);
    }
    await importDrafts.remove(caller.site, form.draft);
    const { registered } = report.totals;
    const said = registered === 1 ? '1 visit is registered.' : `${registered} visits are registered.`;
    return shell.goOn(request, reply, '/visits', { text: said });
  }
}

const DRY = { dryRun: true, allowDuplicates: false } as const;

function formOf(body: unknown, draft: string): ImportForm {
  // A field that the form does not have is found by its header; an empty one has no column.
  const sent = IMPORT_FIELDS.filter((field) => Object.hasOwn(body as object, `map.${field}`));
  return {
    draft,
    mapping: Object.fromEntries(sent.map((field) => [field, text(body, `map.${field}`)])),
    dateOrder: text(body, 'dateOrder'),
    allowDuplicates: text(body, 'allowDuplicates') === 'true',
    notify: text(body, 'notify') === 'true',
  };
}
