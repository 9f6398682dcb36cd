import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { pinGroups } from '../../domain/pin.js';
import { paragraphsOf } from '../../domain/terms.js';
import type { Visit } from '../../domain/visit.js';
import { requestState, walkInOptions } from '../../domain/walk-in.js';
import { windowOf } from '../../domain/window.js';
import { text } from '../pages/form.js';
import { sendPage } from '../pages/page.js';
import type { PeopleDeps } from './deps.js';
import { type KioskFrame, noticePage, type WalkInPage, walkInPage } from './kiosk-pages.js';
import { problemWords } from './walk-in-words.js';

interface Deps extends PeopleDeps {
  frameOf(request: FastifyRequest, here?: string): Promise<KioskFrame>;
}

const WAITED_MS = 3 * 3_600_000;

/** Visitors without a code sign in at the tablet. It follows what becomes of the request that it made, and of no other. */
export async function kioskWalkInRoutes(app: FastifyInstance, { runtime, frameOf }: Deps): Promise<void> {
  const { walkIns, visits, terms } = runtime.services;
  const { sealing, now } = runtime;

  const sealed = ({ session, look }: KioskFrame, request: string): string => {
    const ref = sealing.seal('waiting', `desk ${session.desk.id}`, JSON.stringify({ request, at: now() }));
    return `/kiosk/waiting?r=${ref}&lang=${look.guest.lang}`;
  };

  function unsealed(request: FastifyRequest): string | undefined {
    const { desk } = request.deskSession;
    const json = sealing.unseal('waiting', `desk ${desk.id}`, text(request.query, 'r'));
    const ref = json === undefined ? undefined : (JSON.parse(json) as { request: string; at: number });
    return ref && now() - ref.at < WAITED_MS ? ref.request : undefined;
  }

  async function formPage(around: KioskFrame, more: Partial<WalkInPage>) {
    const { site, values } = around.look;
    const options = walkInOptions(values, 'kiosk');
    const current = await terms.current(site);
    return (
      options &&
      walkInPage(around, {
        values: { name: '', email: '', host: '' },
        problems: {},
        ...options,
        ...(current ? { terms: { version: current.version, paragraphs: paragraphsOf(current.text) } } : {}),
        ...more,
      })
    );
  }

  app.get('/kiosk/walk-in', async (request, reply) => {
    const page = await formPage(await frameOf(request, '/kiosk/walk-in'), {});
    return page ? sendPage(reply, page) : reply.redirect('/kiosk', 303);
  });

  app.post('/kiosk/walk-in', async (request, reply) => {
    const { site, desk } = request.deskSession;
    const { body } = request;
    const form = { name: text(body, 'name'), email: text(body, 'email'), host: text(body, 'host') };
    const number = Number(text(body, 'terms'));
    const around = await frameOf(request);
    const done = await walkIns.begin(site, {
      place: { desk: desk.id },
      form,
      language: around.look.guest.lang,
      ...(Number.isInteger(number) && number > 0 ? { terms: number } : {}),
    });
    const { texts } = around.look;
    switch (done.status) {
      case 'asked':
        return reply.redirect(sealed(around, done.request), 303);
      case 'registered':
        return sendReady(reply, around, done.visit, done.pin);
      // No device is known at a desk.
      case 'online':
      case 'closed':
        return reply.redirect('/kiosk', 303);
      case 'busy': {
        const page = await formPage(around, { values: form, problem: texts.walkIn.busy });
        return page ? sendPage(reply, page, 429) : reply.redirect('/kiosk', 303);
      }
      case 'invalid': {
        const page = await formPage(around, {
          values: form,
          problems: problemWords(texts, done.problems),
        });
        return page ? sendPage(reply, page, 422) : reply.redirect('/kiosk', 303);
      }
    }
  });

  app.get('/kiosk/waiting', async (request, reply) => {
    const { site, desk } = request.deskSession;
    const id = unsealed(request);
    const found = id === undefined ? undefined : await walkIns.find(site, id);
    if (!found) return reply.redirect('/kiosk', 303);
    const here = `/kiosk/waiting?r=${encodeURIComponent(text(request.query, 'r'))}`;
    const around = await frameOf(request, here);
    const { texts, guest } = around.look;
    const state = requestState(found, now());
    if (state === 'open') {
      const { title, text: lines } = texts.waiting;
      const follow = `${here}&lang=${guest.lang}`;
      return sendPage(
        reply,
        noticePage(around, { tone: 'calm', icon: 'mail', heading: title, lines: [lines], follow }),
      );
    }
    // The script of the page only looks whether to go on: the code is shown to whoever stands there, once.
    if (request.headers['sec-fetch-dest'] === 'empty') return reply.type('text/html; charset=utf-8').send('');
    // Its address is in the tablet's history, for whoever comes next.
    if (state === 'approved' && !(await walkIns.mayShow(site, found.id)))
      return reply.redirect('/kiosk', 303);
    const visit = found.answer?.visit && (await visits.find(site, found.answer.visit));
    const shown = visit && (await visits.showPin(site, visit.id));
    if (state === 'approved' && visit && shown) {
      const by = `desk:${desk.id}`;
      await runtime.stores.events.append(site, 'pin.shown', { visit: visit.id, by }, now());
      return sendReady(reply, around, visit, shown.pin);
    }
    const { title, text: line } = state === 'expired' ? texts.waiting.expired : texts.waiting.declined;
    return sendPage(reply, noticePage(around, { tone: 'warn', icon: 'warn', heading: title, lines: [line] }));
  });

  /** The code, large enough to be copied, with what it opens. */
  function sendReady(reply: FastifyReply, around: KioskFrame, visit: Visit, pin: string): FastifyReply {
    const { texts, guest, times, values } = around.look;
    const window = visit.hasToken ? windowOf(visit.terms, visit.startedAt) : undefined;
    const network = values['portal.ssid'];
    return sendPage(
      reply,
      noticePage(around, {
        tone: 'good',
        icon: 'check',
        heading: texts.done.welcome(visit.name),
        code: { label: guest.pin.label, groups: pinGroups(pin) },
        lines: [
          texts.done.checkedIn,
          ...(window ? [texts.done.wifi(times.until(window.until))] : []),
          ...(window && network ? [texts.done.network(network)] : []),
          texts.done.keep,
        ],
      }),
    );
  }
}
