import type { FastifyInstance } from 'fastify';
import { dateIn } from '../../domain/calendar-days.js';
import { parseGatewayId } from '../../domain/id.js';
import { readRange } from '../../domain/local-time.js';
import { roleAllows } from '../../domain/team.js';
import type { Visit } from '../../domain/visit.js';
import type { Concern } from '../../services/attention.js';
import { busyHours, type Today } from '../../services/today.js';
import { text } from '../pages/form.js';
import type { Page } from '../pages/page.js';
import type { Words } from '../pages/times.js';
import type { AdminDeps } from './deps.js';
import { type Chart, chartOf } from './home-chart.js';
import { type Label, lengthWords, standingLabel, tokenOf, wordsFor } from './visit-words.js';

/** So many of each list: the day fits one screen. */
const MOST = 6;

export interface HomePage {
  today: Today;
  at: number;
  next: {
    id: string;
    name: string;
    host: string;
    at: number;
    late: string | undefined;
    canCheckIn: boolean;
  }[];
  here: { id: string; name: string; host: string; until: number | undefined; left: string; soon: boolean }[];
  concerns: (Concern & { allowed: boolean })[];
  gateways: { id: string; label: Label; problem: string }[];
  chart: Chart;
  /** How many steps of the set-up are open, for who may take them. */
  stepsLeft: number;
  words: Words;
  /** Where changes are told. */
  stream: string;
}

/** Today at a glance. */
export const homePage = (data: HomePage): Page => ({ template: 'admin/home', data });

/** `/`: who comes next, who is here, and what needs a person. */
export async function homeRoutes(app: FastifyInstance, { runtime, shell }: AdminDeps): Promise<void> {
  const { services, now } = runtime;

  app.get('/', async (request, reply) => {
    const { site, role } = request.caller;
    // The mark before anything is read: what changes meanwhile is told again.
    const [mark, { values }] = await Promise.all([services.stream.mark(site), services.settings.read(site)]);
    const zone = values['site.timeZone'];
    const date = dateIn(now(), zone);
    const read = readRange({ from: date, to: date }, zone);
    const day = { from: 0, until: 0, ...(read.ok ? read.range : {}) };
    const [today, concerns, steps] = await Promise.all([
      services.today(site, day, MOST),
      services.attention.of(site),
      roleAllows(role, 'admin') ? services.firstSteps.of(site) : undefined,
    ]);
    const at = now();
    const words = wordsFor(request, zone, at);
    return shell.show(
      request,
      reply,
      homePage({
        today,
        at,
        next: today.next.map((visit) => nextRow(visit, at)),
        here: today.here.map((visit) => hereRow(visit, at)),
        concerns: concerns.map((concern) => ({ ...concern, allowed: roleAllows(role, concern.role) })),
        gateways: services.registry.ofSite(site).map(({ id }) => {
          const health = services.registry.healthOf(id);
          return { id, label: healthLabel(health?.ok), problem: health?.problems[0] ?? '' };
        }),
        stepsLeft: Object.values(steps ?? {}).filter((state) => state === 'open').length,
        chart: chartOf(busyHours(today.hours), words),
        words,
        stream: `/sessions/stream?since=${mark}`,
      }),
    );
  });

  app.post('/attention/retry', { config: { role: 'admin' } }, async (request, reply) => {
    const { site } = request.caller;
    const id = parseGatewayId(text(request.body, 'gateway'));
    const gateway = services.registry.ofSite(site).find((one) => one.id === id);
    if (!gateway)
      return shell.goOn(request, reply, '/', { text: 'There is no such gateway any more.', tone: 'warn' });
    const tried = await services.queue.retryDead(site, gateway.id, request.caller.by);
    return shell.goOn(request, reply, '/', {
      text: `${tried === 1 ? '1 device is' : `${tried} devices are`} tried again at gateway "${gateway.id}". Look again in a moment.`,
    });
  });
}

const healthLabel = (ok: boolean | undefined): Label => {
  if (ok === undefined) return { text: 'Not looked at yet', tone: '' };
  return ok ? { text: 'Ready', tone: 'good' } : { text: 'Not ready', tone: 'bad' };
};

function nextRow(visit: Visit, at: number): HomePage['next'][number] {
  const behind = at - visit.terms.arrivalAt;
  return {
    id: visit.id,
    name: visit.name,
    host: visit.host ?? '',
    at: visit.terms.arrivalAt,
    late: behind >= 60_000 ? lengthWords(behind) : undefined,
    canCheckIn: visit.checkedInAt === undefined,
  };
}

function hereRow(visit: Visit, at: number): HomePage['here'][number] {
  const until = visit.hasToken ? tokenOf(visit, at).until : undefined;
  const left =
    until === undefined
      ? standingLabel(visit, at).text
      : until > at
        ? `${lengthWords(until - at)} left`
        : 'Wi-Fi over';
  return {
    id: visit.id,
    name: visit.name,
    host: visit.host ?? '',
    until,
    left,
    soon: until !== undefined && until > at && until - at <= 30 * 60_000,
  };
}
