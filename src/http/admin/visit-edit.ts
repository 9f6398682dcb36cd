import type { FastifyInstance, FastifyRequest } from 'fastify';
import { parseChange, type Visit } from '../../domain/visit.js';
import { AppError } from '../../errors.js';
import type { AdminDeps } from './deps.js';
import { LANGUAGE_OPTIONS, problemsOf, registerPage } from './register.js';
import { visitId } from './visit.js';
import { formOf, inputOf, lengthOptions, readForm, shownProblems, type VisitForm } from './visit-form.js';
import { windowWords, wordsFor } from './visit-words.js';

/** Fields of the form by the field of the visit that they make; what a form does not name stays as it is. */
const MADE_FROM: Readonly<Record<string, string>> = {
  expectedArrival: 'date',
  durationMinutes: 'length',
  until: 'length',
};

const TIMES = ['date', 'time', 'length', 'minutes', 'untilDate', 'untilTime'] as const;

/** `/visits/:id/edit`: moved, renamed, other devices and limits. */
export async function visitEditRoutes(app: FastifyInstance, { runtime, shell }: AdminDeps): Promise<void> {
  const { services, now } = runtime;

  async function find(request: FastifyRequest<{ Params: { id: string } }>): Promise<Visit> {
    const visit = await services.visits.find(request.caller.site, visitId(request.params.id));
    if (!visit) throw new AppError('not-found', 'There is no such visit; it may have been erased.');
    return visit;
  }

  async function pageOf(
    request: FastifyRequest,
    visit: Visit,
    form: VisitForm,
    problems: Record<string, string | undefined>,
  ) {
    const { values } = await services.settings.read(request.caller.site);
    return registerPage({
      title: 'Edit the visit',
      action: `/visits/${visit.id}/edit`,
      button: 'Save',
      back: `/visits/${visit.id}`,
      form,
      problems,
      lengths: lengthOptions(values['tokens.presets']),
      languages: LANGUAGE_OPTIONS,
      usualDevices: visit.maxDevices,
      zone: visit.timeZone,
      isNew: false,
    });
  }

  app.get<{ Params: { id: string } }>('/visits/:id/edit', async (request, reply) => {
    const visit = await find(request);
    return shell.show(request, reply, await pageOf(request, visit, formOf(visit), {}));
  });

  app.post<{ Params: { id: string } }>('/visits/:id/edit', async (request, reply) => {
    const visit = await find(request);
    const { values } = await services.settings.read(request.caller.site);
    const sent = (request.body ?? {}) as Record<string, unknown>;
    const typed = readForm(request.body);
    const { input, problems } = inputOf(typed, values['tokens.presets'], visit.timeZone);
    const change = Object.fromEntries(
      Object.entries(input).filter(([field]) => sent[MADE_FROM[field] ?? field] !== undefined),
    );
    const result =
      problems.length > 0
        ? {
            status: 'invalid' as const,
            problems: [...problems, ...problemsOf(parseChange(change, visit))],
          }
        : await services.visits.change(
            request.caller.site,
            visit.id,
            typed.notify ? change : { ...change, notify: false },
            request.caller.by,
            request.caller.role,
          );
    if (result.status === 'unknown') throw new AppError('not-found');
    if (result.status === 'refused') throw new AppError(result.why);
    if (result.status === 'invalid')
      return shell.show(
        request,
        reply,
        await pageOf(request, visit, typed, shownProblems(result.problems)),
        422,
      );
    const before = formOf(visit);
    const moved = windowWords(result.visit, wordsFor(request, visit.timeZone, now()));
    const timesChanged =
      visit.terms.arrivalAt !== result.visit.terms.arrivalAt ||
      visit.terms.durationMs !== result.visit.terms.durationMs ||
      visit.terms.endAt !== result.visit.terms.endAt;
    return shell.goOn(request, reply, `/visits/${visit.id}`, {
      text: timesChanged ? `Saved. ${moved}` : 'Saved.',
      ...(timesChanged
        ? {
            undo: {
              action: `/visits/${visit.id}/edit`,
              text: 'Undo the new times',
              fields: Object.fromEntries(TIMES.map((name) => [name, before[name]])),
            },
          }
        : {}),
    });
  });
}
