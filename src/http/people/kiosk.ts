import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Visit } from '../../domain/visit.js';
import { walkInOptions } from '../../domain/walk-in.js';
import { windowOf } from '../../domain/window.js';
import type { Done, Recognised } from '../../services/kiosk.js';
import { sameOrigin, text } from '../pages/form.js';
import { sendPage } from '../pages/page.js';
import type { PeopleDeps } from './deps.js';
import { type DeskCookie, guardDesk } from './gate.js';
import {
  confirmVisitPage,
  type KioskFrame,
  type NoticePage,
  noticePage,
  pairPage,
  type StartPage,
  startPage,
} from './kiosk-pages.js';
import { kioskWalkInRoutes } from './kiosk-walk-in.js';
import { peopleLook } from './look.js';

const MINUTE_MS = 60_000;

/** `/kiosk`: a paired tablet at the door. It is given no list and no name but that of whoever typed the code. */
export async function kioskRoutes(
  app: FastifyInstance,
  { runtime, cookie }: PeopleDeps & { cookie: DeskCookie },
): Promise<void> {
  const { desks, kiosk } = runtime.services;

  async function frameOf(request: FastifyRequest, here?: string): Promise<KioskFrame> {
    const look = await peopleLook(runtime, request, request.deskSession.site);
    return { look, session: request.deskSession, ...(here === undefined ? {} : { here }) };
  }

  const start = (request: FastifyRequest, around: KioskFrame, more: Partial<StartPage> = {}) =>
    startPage(around, {
      camera: cookie.secureContext(request),
      walkIn: walkInOptions(around.look.values, 'kiosk') !== undefined,
      ...more,
    });

  app.get('/kiosk', async (request, reply) => {
    const token = cookie.read(request);
    const session = await desks.session(token);
    if (!session || token === undefined) {
      if (token !== undefined) cookie.drop(request, reply);
      return sendPage(reply, pairPage());
    }
    request.deskSession = session;
    cookie.set(request, reply, token);
    const lang = text(request.query, 'lang');
    return sendPage(reply, start(request, await frameOf(request, lang === '' ? '/kiosk' : `/kiosk?lang=`)));
  });

  app.post('/kiosk/pair', async (request, reply) => {
    if (!sameOrigin(request)) return sendPage(reply, pairPage('Open this page on the tablet itself.'), 403);
    const agent = request.headers['user-agent'] ?? '';
    const paired = await desks.pair(text(request.body, 'code'), agent);
    if (paired.status === 'paired') return cookie.set(request, reply, paired.token).redirect('/kiosk', 303);
    if (paired.status === 'throttled') {
      const minutes = Math.max(1, Math.ceil(paired.retryAfterMs / MINUTE_MS));
      reply.header('retry-after', Math.ceil(paired.retryAfterMs / 1000));
      const problem = `Too many wrong codes were typed. Wait ${minutes} min, then make a new code.`;
      return sendPage(reply, pairPage(problem), 429);
    }
    const problem =
      'That code pairs nothing. It has 8 digits, works once and for 10 minutes: make a new one under "Check-in desks".';
    return sendPage(reply, pairPage(problem), 422);
  });

  await app.register(async (scope) => {
    guardDesk(scope, runtime, cookie);

    scope.post('/kiosk/pin', async (request, reply) => {
      const [pin, email] = [text(request.body, 'pin'), text(request.body, 'email').trim()];
      const found = await kiosk.byPin(request.deskSession, { pin, ...(email ? { email } : {}) });
      const hasEmail = (request.body as object | null) !== null && 'email' in (request.body as object);
      return answer(request, reply, found, { pin, ...(hasEmail ? { email } : {}) });
    });

    scope.post('/kiosk/scan', async (request, reply) => {
      const found = await kiosk.byCode(request.deskSession, text(request.body, 'scan'));
      return answer(request, reply, found, { scanned: true });
    });

    scope.post('/kiosk/confirm', async (request, reply) => {
      const done = await kiosk.confirm(request.deskSession, text(request.body, 'ticket'));
      const around = await frameOf(request);
      if (done.status === 'stale') {
        const problem = around.look.texts.problems.stale;
        return sendPage(reply, start(request, around, { problem }), 422);
      }
      return sendPage(
        reply,
        noticePage(around, doneNotice(around, done)),
        done.status === 'done' ? 200 : 422,
      );
    });

    await kioskWalkInRoutes(scope, { runtime, frameOf });
  });

  /** Whom the code belongs to, or what is wrong with it, on the page on which it was typed. */
  async function answer(
    request: FastifyRequest,
    reply: FastifyReply,
    found: Recognised,
    typed: { pin?: string; email?: string; scanned?: boolean },
  ): Promise<FastifyReply> {
    const around = await frameOf(request);
    const { texts, guest, times } = around.look;
    const again = (problem: NonNullable<StartPage['problem']>, more: Partial<StartPage> = {}) =>
      start(request, around, {
        ...(typed.email === undefined ? {} : { email: typed.email }),
        ...more,
        problem,
      });
    switch (found.status) {
      case 'visit': {
        const { visit, step, ticket } = found;
        const page = confirmVisitPage(around, {
          name: visit.name,
          lines: linesOf(around, visit),
          step,
          ticket,
        });
        return sendPage(reply, page);
      }
      case 'throttled': {
        const title = guest.throttled.title(times.wait(found.retryAfterMs));
        reply.header('retry-after', Math.max(1, Math.ceil(found.retryAfterMs / 1000)));
        return sendPage(reply, again({ title, text: texts.problems.wait.text }), 429);
      }
      case 'email': {
        const more = { email: typed.email ?? '', pin: typed.pin ?? '' };
        return sendPage(reply, again({ ...guest.email, wrong: 'email' }, more), 422);
      }
      case 'malformed':
        return sendPage(reply, again({ ...guest.malformed, wrong: 'pin' }), 422);
      case 'refused': {
        const words = typed.scanned ? texts.problems.qr : texts.problems.refused;
        return sendPage(reply, again(typed.scanned ? words : { ...words, wrong: 'pin' }), 422);
      }
      case 'early': {
        const { title, text: then } = texts.problems.early;
        const when = times.when(found.visit.terms.arrivalAt);
        return sendPage(reply, again({ title: title(when), text: then }), 422);
      }
      case 'cancelled':
        return sendPage(reply, again(texts.problems.cancelled), 422);
      case 'checked-out':
        return sendPage(reply, again(texts.problems.checkedOut), 422);
    }
  }

  /** Whom the visitor visits, and when. */
  function linesOf({ look }: KioskFrame, visit: Visit): string[] {
    const { times, texts } = look;
    const window = windowOf(visit.terms, visit.startedAt);
    const until = window?.until ?? visit.terms.endAt;
    const from = times.when(visit.terms.arrivalAt);
    return [
      ...(visit.host ? [texts.confirm.visiting(visit.host)] : []),
      until === undefined ? from : `${from}, ${times.until(until)}`,
    ];
  }

  function doneNotice({ look }: KioskFrame, done: Exclude<Done, { status: 'stale' }>): NoticePage {
    const { texts, times, values } = look;
    if (done.status !== 'done') {
      const told = {
        cancelled: texts.problems.cancelled,
        'checked-out': texts.problems.checkedOut,
        'checked-in': texts.problems.checkedIn,
      }[done.status];
      return { tone: 'warn', icon: 'warn', heading: told.title, lines: [told.text] };
    }
    const { visit } = done;
    if (done.step === 'check-out') {
      const heading = texts.done.goodbye(visit.name);
      return { tone: 'good', icon: 'check', heading, lines: [texts.done.checkedOut] };
    }
    const window = visit.hasToken ? windowOf(visit.terms, visit.startedAt) : undefined;
    const open = window && window.until > runtime.now();
    return {
      tone: 'good',
      icon: 'check',
      heading: texts.done.welcome(visit.name),
      lines: [
        texts.done.checkedIn,
        ...(open ? [texts.done.wifi(times.until(window.until))] : []),
        ...(open && values['portal.ssid'] ? [texts.done.network(values['portal.ssid'])] : []),
      ],
    };
  }
}
