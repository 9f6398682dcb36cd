import type { FastifyInstance } from 'fastify';
import { parseRecordId } from '../../domain/id.js';
import { walkInOptions } from '../../domain/walk-in.js';
import type { AnswerResult, WaitingRequest } from '../../services/walk-ins.js';
import { text } from '../pages/form.js';
import type { Page } from '../pages/page.js';
import type { AdminDeps } from './deps.js';
import type { Flash } from './shell.js';

export interface WalkInsPage {
  requests: WaitingRequest[];
  /** Names of the desks at which they stand, by id. */
  desks: Record<string, string>;
  /** Walk-ins are taken somewhere. */
  on: boolean;
  /** The settings want them taken somewhere. */
  wanted: boolean;
  /** Minutes that their access would last. */
  minutes: number;
  mayChange: boolean;
  /** Where the page hears of changes. */
  stream: string;
}

/** Visitors without a PIN who wait for their host's answer. */
export const walkInsPage = (data: WalkInsPage): Page => ({ template: 'admin/walk-ins', data });

/** `name`: of whom was answered. `seen`: the visit's page, where this listener has one. */
function flashOf(answered: AnswerResult, name: string, seen: string | undefined): Flash {
  switch (answered.status) {
    case 'answered':
      return answered.outcome === 'approved'
        ? {
            text: `Let in. ${name} is checked in and has a PIN.`,
            ...(seen ? { link: { href: seen, text: 'See the visit' } } : {}),
          }
        : { text: 'Declined. The visitor is told kindly to ask at the desk.', tone: 'warn' };
    case 'before': {
      const words = answered.outcome === 'approved' ? 'let in' : 'declined';
      return { text: `Somebody was quicker: the visitor was ${words} already.`, tone: 'warn' };
    }
    case 'blocked':
      return { text: answered.problems.map(({ message }) => message).join(' '), tone: 'bad' };
    default:
      return { text: 'That request is over: nobody answered in time.', tone: 'warn' };
  }
}

/** `/walk-ins`: the desk answers in a host's place. */
export async function walkInRoutes(app: FastifyInstance, { runtime, shell }: AdminDeps): Promise<void> {
  const { walkIns, desks, settings, stream } = runtime.services;

  app.get('/walk-ins', async (request, reply) => {
    const { site, role } = request.caller;
    // Before it is read: what changes meanwhile is told again.
    const mark = await stream.mark(site);
    const [requests, list, { values }] = await Promise.all([
      walkIns.open(site),
      desks.list(site),
      settings.read(site),
    ]);
    const page = walkInsPage({
      requests,
      desks: Object.fromEntries(list.map(({ id, name }) => [id, name])),
      on: (['kiosk', 'portal'] as const).some((where) => walkInOptions(values, where) !== undefined),
      wanted: values['walkIns.kiosk'] || (values['walkIns.portal'] && values['tokens.enabled']),
      minutes: values['walkIns.minutes'] ?? values['tokens.durationMinutes'],
      mayChange: role !== 'desk',
      stream: `/sessions/stream?since=${mark}`,
    });
    return shell.show(request, reply, page);
  });

  app.post('/walk-ins/:id', async (request, reply) => {
    const { site, by } = request.caller;
    const id = parseRecordId((request.params as { id: string }).id);
    const decision = text(request.body, 'decision');
    if (!id || (decision !== 'approve' && decision !== 'decline')) return reply.callNotFound();
    const asked = await walkIns.find(site, id);
    const answered = await (decision === 'approve' ? walkIns.approve : walkIns.decline)(site, id, by);
    const visit = answered.status === 'answered' ? answered.visit : undefined;
    const seen =
      visit && app.hasRoute({ method: 'GET', url: '/visits/:id' }) ? `/visits/${visit}` : undefined;
    // Back to those who still wait.
    return shell.goOn(request, reply, '/walk-ins', flashOf(answered, asked?.name ?? 'The visitor', seen));
  });
}
