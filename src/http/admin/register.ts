import type { FastifyInstance, FastifyRequest } from 'fastify';
import { parseRecordId } from '../../domain/id.js';
import { localOf } from '../../domain/local-time.js';
import type { FieldProblem } from '../../domain/problem.js';
import type { Settings } from '../../domain/settings.js';
import { parseRegistration } from '../../domain/visit.js';
import { LANGUAGES } from '../guest/texts/catalogue.js';
import { text } from '../pages/form.js';
import type { Page } from '../pages/page.js';
import type { AdminDeps } from './deps.js';
import { createPinPass } from './pin-pass.js';
import { createSearchAddress } from './search-address.js';
import { emptyForm, inputOf, lengthOptions, readForm, shownProblems, type VisitForm } from './visit-form.js';
import { lengthWords } from './visit-words.js';

export interface RegisterPage {
  title: string;
  action: string;
  button: string;
  /** Where "go back" leads. */
  back: string;
  form: VisitForm;
  problems: Record<string, string | undefined>;
  lengths: { value: string; text: string }[];
  languages: { value: string; text: string }[];
  usualDevices: number;
  zone: string;
  /** A new visit: it may begin at once. */
  isNew: boolean;
}

/** The form of a visit, new or known. */
export const registerPage = (data: RegisterPage): Page => ({ template: 'admin/register', data });

export const LANGUAGE_OPTIONS = [
  { value: '', text: "The site's language" },
  ...LANGUAGES.map(({ lang, language }) => ({ value: lang, text: language })),
];

const usualLength = (values: Settings): string =>
  `As usual: ${lengthWords(values['tokens.durationMinutes'] * 60_000)}`;

export const problemsOf = (parsed: { ok: true } | { ok: false; problems: FieldProblem[] }): FieldProblem[] =>
  parsed.ok ? [] : parsed.problems;

/** `/visits/new`: a visit is registered. */
export async function registerRoutes(app: FastifyInstance, { runtime, shell }: AdminDeps): Promise<void> {
  const { services, now } = runtime;
  const pass = createPinPass(runtime);
  const search = createSearchAddress(runtime);

  async function pageOf(request: FastifyRequest, form: VisitForm, problems: RegisterPage['problems']) {
    const { values } = await services.settings.read(request.caller.site);
    return registerPage({
      title: 'Register a visit',
      action: '/visits/new',
      button: 'Register',
      back: '/visits',
      form,
      problems,
      lengths: lengthOptions(values['tokens.presets'], usualLength(values)),
      languages: LANGUAGE_OPTIONS,
      usualDevices: values['tokens.maxDevices'],
      zone: values['site.timeZone'],
      isNew: true,
    });
  }

  app.get('/visits/new', async (request, reply) => {
    const { values } = await services.settings.read(request.caller.site);
    const before = parseRecordId(text(request.query, 'again'));
    const visit = before === undefined ? undefined : await services.visits.find(request.caller.site, before);
    const form = {
      ...emptyForm(now(), values['site.timeZone']),
      notify: values['mail.onRegistration'],
      name: visit?.name ?? search.read(request)?.q ?? '',
      ...(visit && {
        email: visit.email ?? '',
        host: visit.host ?? '',
        hostEmail: visit.hostEmail ?? '',
        language: visit.language ?? '',
      }),
    };
    return shell.show(request, reply, await pageOf(request, form, {}));
  });

  app.post('/visits/new', async (request, reply) => {
    const { site, by, role } = request.caller;
    const { values } = await services.settings.read(site);
    const zone = values['site.timeZone'];
    const form = readForm(request.body);
    const isHere = text(request.body, 'here') === 'now';
    const arrival = isHere ? localOf(Math.floor(now() / 60_000) * 60_000, zone) : undefined;
    const typed = arrival ? { ...form, date: arrival.slice(0, 10), time: arrival.slice(11, 16) } : form;
    const { input, problems } = inputOf(typed, values['tokens.presets'], zone);
    const notify = form.notify && input.email !== null;
    const result =
      problems.length > 0
        ? // What the rules find wrong besides stands there too: all is told at once.
          {
            status: 'invalid' as const,
            problems: [...problems, ...problemsOf(parseRegistration(input, values))],
          }
        : await services.visits.register(site, { ...input, notify }, by, undefined, role);
    if (result.status === 'invalid')
      return shell.show(request, reply, await pageOf(request, form, shownProblems(result.problems)), 422);
    const { id } = result.visit;
    if (isHere) await services.visits.checkIn(site, id, by);
    const shown = pass.issue(request.session.login.digest, id);
    return reply.redirect(`/visits/${id}?shown=${shown}`, 303);
  });
}
