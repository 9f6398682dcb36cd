import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { duration } from '../../domain/local-time.js';
import { sameOrigin, text } from '../pages/form.js';
import { type Page, sendPage } from '../pages/page.js';
import type { PeopleDeps } from './deps.js';
import { type PeopleLook, peopleLook } from './look.js';

const MINUTE_MS = 60_000;

export interface ApprovePage {
  heading: string;
  lines: string[];
  tone: 'good' | 'warn' | 'calm';
  /** Who asks: what the host decides by. */
  person?: { email: string; host: string };
  /** The two buttons; none where there is nothing to decide any more. */
  action?: string;
}

/** Somebody asks for a host. */
const approvePage = (look: PeopleLook, data: ApprovePage): Page => ({
  template: 'people/approve',
  data: {
    title: data.heading,
    look,
    t: look.texts,
    g: look.guest,
    person: undefined,
    action: undefined,
    ...data,
  },
});

/**
 * `/approve/:code`, the link in the mail to a host. Whatever opens it changes nothing: scanners of mail do. What the form sends
 * decides, once; whoever comes later is told what was decided.
 */
export async function approveRoutes(app: FastifyInstance, { runtime }: PeopleDeps): Promise<void> {
  const { walkIns } = runtime.services;

  async function show(request: FastifyRequest, reply: FastifyReply, status = 200): Promise<FastifyReply> {
    const { code } = request.params as { code: string };
    const found = await walkIns.byLink(code);
    const [main] = await runtime.stores.sites.list();
    const site = found?.site ?? main;
    if (!site) return reply.redirect('/', 303);
    const look = await peopleLook(runtime, request, site);
    const { approve, confirm } = look.texts;
    if (!found) {
      const { title, text: line } = approve.unknown;
      return sendPage(reply, approvePage(look, { heading: title, lines: [line], tone: 'warn' }), 404);
    }
    const { request: asked, state } = found;
    const heading = approve.title(asked.name);
    const person = { email: asked.email ?? '', host: confirm.visiting(asked.host) };
    if (state === 'expired') {
      const { title, text: line } = approve.expired;
      return sendPage(reply, approvePage(look, { heading: title, lines: [line], tone: 'warn' }), status);
    }
    if (asked.answer) {
      const { outcome, at } = asked.answer;
      const said = outcome === 'approved' ? approve.approved : approve.declined;
      const tone = outcome === 'approved' ? 'good' : 'calm';
      const answered: ApprovePage = {
        heading: said(look.times.when(at)),
        lines: [asked.name, approve.stands],
        tone,
      };
      return sendPage(reply, approvePage(look, answered), status);
    }
    const minutes = look.values['walkIns.minutes'] ?? look.values['tokens.durationMinutes'];
    const lines = [
      'desk' in asked.from ? approve.atDesk : approve.onWifi,
      approve.asked(look.times.when(asked.createdAt)),
      ...(look.values['tokens.enabled']
        ? [approve.lasts(duration(minutes * MINUTE_MS, look.guest.locale))]
        : []),
      approve.stranger,
    ];
    const action = `/approve/${code}`;
    return sendPage(reply, approvePage(look, { heading, lines, tone: 'calm', person, action }), status);
  }

  app.get('/approve/:code', (request, reply) => show(request, reply));

  app.post('/approve/:code', async (request, reply) => {
    const { code } = request.params as { code: string };
    const decision = text(request.body, 'decision');
    if (!sameOrigin(request)) return show(request, reply, 403);
    if (decision !== 'approve' && decision !== 'decline') return show(request, reply, 422);
    const answered = await walkIns.answerByLink(code, decision === 'approve' ? 'approved' : 'declined');
    return answered.status === 'unknown'
      ? show(request, reply, 404)
      : reply.redirect(`/approve/${code}`, 303);
  });
}
