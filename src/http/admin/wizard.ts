import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { parseRecordId } from '../../domain/id.js';
import { pinGroups } from '../../domain/pin.js';
import { AppError } from '../../errors.js';
import { demoLink } from '../../services/demo.js';
import {
  FIRST_STEPS,
  type FirstStep,
  type FirstSteps,
  parseFirstStep,
  type StepState,
} from '../../services/first-steps.js';
import { byField, text } from '../pages/form.js';
import type { Page } from '../pages/page.js';
import type { AdminDeps } from './deps.js';
import { createPinPass } from './pin-pass.js';

const TITLES: Readonly<Record<FirstStep, string>> = {
  site: 'This place',
  gateway: 'The gateway',
  mail: 'Mail',
  visit: 'A first visit',
};

const STATES: Readonly<Record<StepState, string>> = { done: 'done', open: 'open', later: 'later' };

/** The steps, for the line on top of each of their pages. */
export const stepsLine = (steps: FirstSteps, current: FirstStep | undefined) =>
  FIRST_STEPS.map((step) => ({
    href: `/wizard/${step}`,
    text: TITLES[step],
    state: STATES[steps[step]],
    current: step === current,
  }));

export type StepsLine = ReturnType<typeof stepsLine>;

/** The step after this one; the overview after the last. */
export const after = (step: FirstStep): string => {
  const next = FIRST_STEPS[FIRST_STEPS.indexOf(step) + 1];
  return next ? `/wizard/${next}` : '/wizard';
};

/** How far the set-up is, and what comes next. */
export const wizardPage = (data: { steps: StepsLine; left: number }): Page => ({
  template: 'admin/wizard',
  data,
});

export interface WizardSite {
  steps: StepsLine;
  name: string;
  zone: string;
  zones: readonly string[];
  /** Nobody has chosen a zone yet: the browser may offer its own. */
  guessZone: boolean;
  problems: Record<string, string | undefined>;
}

export const wizardSitePage = (data: WizardSite): Page => ({ template: 'admin/wizard-site', data });

export interface WizardVisit {
  steps: StepsLine;
  name: string;
  problems: Record<string, string | undefined>;
  /** The visit that was registered here. */
  made: { id: string; name: string; groups: string[] | undefined; until: number | undefined } | undefined;
  /** Where its visitor goes: a link where there is a demo gateway. */
  portal: string | undefined;
  /** Who of it is online. */
  online: { until: number }[];
  stream: string;
}

export const wizardVisitPage = (data: WizardVisit): Page => ({ template: 'admin/wizard-visit', data });

const ZONES = Intl.supportedValuesOf('timeZone');

/** `/wizard`: the steps of a first set-up. Each can be skipped, and come back to. */
export async function wizardRoutes(app: FastifyInstance, { runtime, shell }: AdminDeps): Promise<void> {
  const { services, stores, now } = runtime;
  const pass = createPinPass(runtime);
  const { settings, firstSteps, visits, registry, stream } = services;
  const config = { role: 'admin' } as const;

  const lineFor = async (request: FastifyRequest, current?: FirstStep): Promise<StepsLine> =>
    stepsLine(await firstSteps.of(request.caller.site), current);

  app.get('/wizard', { config }, async (request, reply) => {
    const steps = await lineFor(request);
    const left = steps.filter(({ state }) => state === 'open').length;
    return shell.show(request, reply, wizardPage({ steps, left }));
  });

  app.post('/wizard/later', { config }, async (request, reply) => {
    const step = parseFirstStep(text(request.body, 'step'));
    if (!step) throw new AppError('not-found', 'There is no such step.');
    await firstSteps.putOff(request.caller.site, step);
    return shell.goOn(request, reply, after(step));
  });

  const showSite = async (
    request: FastifyRequest,
    reply: FastifyReply,
    typed?: Pick<WizardSite, 'name' | 'zone' | 'problems'>,
  ) => {
    const { site } = request.caller;
    const { values } = await settings.read(site);
    const page = wizardSitePage({
      steps: await lineFor(request, 'site'),
      name: values['site.name'],
      zone: values['site.timeZone'],
      problems: {},
      ...typed,
      zones: ZONES,
      guessZone: values['site.name'] === '' && typed === undefined,
    });
    return shell.show(request, reply, page, typed ? 422 : 200);
  };

  app.get('/wizard/site', { config }, async (request, reply) => showSite(request, reply));

  app.post('/wizard/site', { config }, async (request, reply) => {
    const { site, by } = request.caller;
    const name = text(request.body, 'name').trim();
    const zone = text(request.body, 'zone').trim();
    const needed =
      name === '' ? { name: 'This place needs a name, as visitors know it: Harbour House.' } : undefined;
    const patch = { 'site.name': name, 'site.timeZone': zone };
    const saved = needed ? undefined : await settings.change(site, patch, undefined, by);
    if (saved?.status === 'saved') return shell.goOn(request, reply, after('site'));
    const wrong = saved?.status === 'invalid' ? byField(saved.problems) : {};
    const problems = {
      name: needed?.name ?? wrong['site.name'],
      zone: wrong['site.timeZone'] && `“${zone.slice(0, 60)}” is no time zone. Right would be Europe/Berlin.`,
    };
    return showSite(request, reply, { name: name.slice(0, 200), zone: zone.slice(0, 100), problems });
  });

  /** The guests' origin for a browser that has this page: where none is set, the machine by the name that it was asked by. */
  const portalFor = (request: FastifyRequest): string =>
    runtime.portalKnown()
      ? runtime.portalOrigin()
      : `http://${new URL(`http://${request.host}`).hostname}:${runtime.guestPort()}`;

  const showVisit = async (
    request: FastifyRequest,
    reply: FastifyReply,
    typed?: Pick<WizardVisit, 'name' | 'problems'>,
  ) => {
    const { site } = request.caller;
    const id = parseRecordId(text(request.query, 'visit'));
    const mark = await stream.mark(site);
    const visit = id === undefined ? undefined : await visits.find(site, id);
    const given = visit && pass.holds(text(request.query, 'shown'), request.session.login.digest, visit.id);
    const shown = given ? await visits.showPin(site, visit.id) : undefined;
    const held = visit ? await stores.grants.ofVisit(site, visit.id) : [];
    const live = held.filter(({ endedAt, until }) => endedAt === undefined && until > now());
    const page = wizardVisitPage({
      steps: await lineFor(request, 'visit'),
      name: '',
      problems: {},
      ...typed,
      made: visit && {
        id: visit.id,
        name: visit.name,
        groups: shown?.pin ? pinGroups(shown.pin) : undefined,
        until: visit.terms.endAt ?? visit.terms.arrivalAt + visit.terms.durationMs,
      },
      portal: registry.ofSite(site).some(({ kind }) => kind === 'demo')
        ? demoLink(portalFor(request))
        : undefined,
      online: live.map(({ until }) => ({ until })),
      stream: `/sessions/stream?since=${mark}`,
    });
    return shell.show(request, reply, page, typed ? 422 : 200);
  };

  app.get('/wizard/visit', { config }, async (request, reply) => showVisit(request, reply));

  app.post('/wizard/visit', { config }, async (request, reply) => {
    const { site, by } = request.caller;
    const name = text(request.body, 'name');
    const input = { name, expectedArrival: new Date(now()).toISOString() };
    const made = await visits.register(site, input, by);
    if (made.status === 'registered') {
      await stores.events.append(site, 'pin.shown', { visit: made.visit.id, by }, now());
      return reply.redirect(
        `/wizard/visit?visit=${made.visit.id}&shown=${pass.issue(request.session.login.digest, made.visit.id)}`,
        303,
      );
    }
    return showVisit(request, reply, { name: name.slice(0, 200), problems: byField(made.problems) });
  });
}
