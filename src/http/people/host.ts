import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { emailProblem } from '../../domain/email.js';
import { parseRecordId, parseSiteId } from '../../domain/id.js';
import { localOf } from '../../domain/local-time.js';
import { presetInput } from '../../domain/preset.js';
import { type Visit, visitState } from '../../domain/visit.js';
import { viewToken } from '../../domain/window.js';
import { AppError } from '../../errors.js';
import type { Log } from '../../runtime.js';
import { byField, sameOrigin, text } from '../pages/form.js';
import { messagePage, type Page, sendPage } from '../pages/page.js';
import { localeOf, type Words, wordsIn } from '../pages/times.js';
import { loggable } from '../problem.js';
import type { PeopleDeps } from './deps.js';
import { guardHost, type HostCookie } from './host-gate.js';

const QUARTER_MS = 15 * 60_000;

/** What stands around every page of a host. */
interface HostFrame {
  site: string;
  theme: string;
  email: string;
  words: Words;
  shell: { csrf: string };
}

const hostPage = (name: string, frame: HostFrame, data: object): Page => ({
  template: `people/host-${name}`,
  data: { frame, shell: frame.shell, ...data },
});

const entryPage = (data: {
  sites: { site: string; name: string }[];
  email: string;
  sent: boolean;
  wrong?: string | undefined;
}): Page => ({ template: 'people/host-entry', data: { wrong: undefined, ...data } });

/** `/host`: hosts register visitors, see their own, and cancel them. */
export async function hostRoutes(
  app: FastifyInstance,
  { runtime, cookie, log }: PeopleDeps & { cookie: HostCookie; log: Log },
): Promise<void> {
  const { hosts } = runtime.services;
  const { now } = runtime;

  app.get('/host', async (request, reply) => {
    const session = await hosts.session(cookie.read(request));
    if (session) return reply.redirect('/host/visitors', 303);
    return sendPage(reply, entryPage({ sites: await hosts.open(), email: '', sent: false }));
  });

  app.post('/host/link', async (request, reply) => {
    if (!sameOrigin(request)) return sendPage(reply, notHere, 403);
    const sites = await hosts.open();
    const email = text(request.body, 'email');
    const wanted = parseSiteId(text(request.body, 'site'));
    const site = sites.find((one) => one.site === wanted) ?? sites[0];
    const problem = emailProblem(email.trim());
    // Not waited for: how long the answer takes must not tell whether somebody may register visitors.
    if (site && problem === undefined)
      hosts
        .sendLink(site.site, email, request.ip)
        .catch((error: unknown) => log.warn({ error: loggable(error) }, 'no link was mailed'));
    const page = entryPage({ sites, email, sent: problem === undefined, wrong: problem });
    return sendPage(reply, page, problem ? 422 : 200);
  });

  // Looking at a link changes nothing: scanners of mail open it before its reader does.
  app.get('/host/enter/:code', async (request, reply) => {
    const { code } = request.params as { code: string };
    const login = await hosts.link(code);
    if (!login) return sendPage(reply, oldLink, 410);
    return sendPage(reply, { template: 'people/host-enter', data: { code, email: login.email } });
  });

  app.post('/host/enter/:code', async (request, reply) => {
    if (!sameOrigin(request)) return sendPage(reply, notHere, 403);
    const { code } = request.params as { code: string };
    const token = await hosts.enter(code);
    if (!token) return sendPage(reply, oldLink, 410);
    return cookie.set(request, reply, token).redirect('/host/visitors', 303);
  });

  await app.register(async (scope) => {
    guardHost(scope, runtime, cookie);

    async function frameOf(request: FastifyRequest) {
      const { site, email, csrf } = request.hostSession;
      const { values, version } = await runtime.services.settings.read(site);
      const words = wordsIn(localeOf(request.headers['accept-language']), values['site.timeZone'], now());
      const frame: HostFrame = {
        site: values['site.name'] || site,
        theme: `/theme.css?site=${site}&v=${version}`,
        email,
        words,
        shell: { csrf },
      };
      return { frame, values };
    }

    const found = async (request: FastifyRequest): Promise<Visit> => {
      const { id } = request.params as { id: string };
      const visit = parseRecordId(id) ? await hosts.find(request.hostSession, id) : undefined;
      if (!visit) throw new AppError('not-found', 'You have no such visitor.');
      return visit;
    };

    scope.get('/host/visitors', async (request, reply) => {
      const { frame } = await frameOf(request);
      const visits = await hosts.list(request.hostSession);
      const rows = visits.map((visit) => rowOf(visit, now()));
      const coming = rows.filter(({ over }) => !over).reverse();
      const past = rows.filter(({ over }) => over);
      const quota = await hosts.quota(request.hostSession);
      return sendPage(reply, hostPage('visitors', frame, { coming, past, quota }));
    });

    async function form(request: FastifyRequest, reply: FastifyReply, more: object = {}, status = 200) {
      const { frame, values } = await frameOf(request);
      const zone = values['site.timeZone'];
      const next = Math.ceil((now() + 1) / QUARTER_MS) * QUARTER_MS;
      const [date = '', time = ''] = localOf(next, zone).split('T');
      const presets = values['tokens.presets'].map(({ name }, i) => ({ value: String(i), text: name }));
      const quota = await hosts.quota(request.hostSession);
      const full = quota.most !== undefined && quota.used >= quota.most;
      const fields = { name: '', email: '', date, time: time.slice(0, 5), preset: '0' };
      const data = { typed: fields, problems: {}, presets, zone, quota, full, ...more };
      return sendPage(reply, hostPage('new', frame, data), status);
    }

    scope.get('/host/new', (request, reply) => form(request, reply));

    scope.post('/host/new', async (request, reply) => {
      const { body } = request;
      const typed = Object.fromEntries(
        ['name', 'email', 'date', 'time', 'preset'].map((name) => [name, text(body, name)]),
      ) as Record<'name' | 'email' | 'date' | 'time' | 'preset', string>;
      const { values } = await runtime.services.settings.read(request.hostSession.site);
      const arrival = `${typed.date}T${typed.time}`;
      const preset = values['tokens.presets'][Number(typed.preset)];
      const length = preset ? presetInput(preset, arrival, values['site.timeZone']) : undefined;
      const result = await hosts.register(request.hostSession, {
        name: typed.name,
        email: typed.email,
        expectedArrival: arrival,
        ...(length?.ok ? length.input : {}),
      });
      switch (result.status) {
        case 'registered':
          return reply.redirect(`/host/visitors/${result.visit.id}?new=1`, 303);
        case 'quota':
          return form(request, reply, { typed }, 422);
        case 'invalid': {
          const problems = byField(result.problems);
          const { expectedArrival, until, durationMinutes } = problems;
          const named = { ...problems, date: expectedArrival, preset: until ?? durationMinutes };
          return form(request, reply, { typed, problems: named }, 422);
        }
      }
    });

    scope.get('/host/visitors/:id', async (request, reply) => {
      const { frame } = await frameOf(request);
      const visit = await found(request);
      const fresh = text(request.query, 'new') === '1';
      return sendPage(reply, hostPage('visit', frame, { row: rowOf(visit, now()), visit, fresh }));
    });

    scope.get('/host/visitors/:id/cancel', async (request, reply) => {
      const { frame } = await frameOf(request);
      return sendPage(reply, hostPage('cancel', frame, { visit: await found(request) }));
    });

    scope.post('/host/visitors/:id/cancel', async (request, reply) => {
      const visit = await found(request);
      const result = await hosts.cancel(request.hostSession, visit.id);
      if (result.status === 'refused') throw new AppError(result.why);
      return reply.redirect(`/host/visitors/${visit.id}`, 303);
    });

    scope.post('/host/leave', async (request, reply) => {
      await hosts.leave(request.hostSession);
      return cookie.drop(request, reply).redirect('/host', 303);
    });
  });
}

const WORDS = {
  expected: { text: 'expected', tone: '' },
  'checked-in': { text: 'is here', tone: 'good' },
  'checked-out': { text: 'has left', tone: '' },
  cancelled: { text: 'cancelled', tone: '' },
  'no-show': { text: 'did not come', tone: 'warn' },
} as const;

const MAIL_WORDS = {
  queued: 'The PIN is on its way by mail.',
  sending: 'The PIN is on its way by mail.',
  sent: 'The PIN was sent by mail.',
  refused: 'The mail with the PIN was refused. Is the address right? The desk can hand the PIN out.',
  held: 'No mail is sent from here at the moment. The desk hands the PIN out.',
} as const;

/** A visit as its host sees it: never the PIN. */
function rowOf(visit: Visit, now: number) {
  const state = visitState(visit, now);
  const { until } = viewToken(
    visit.terms,
    visit.startedAt === undefined ? {} : { startedAt: visit.startedAt },
    now,
  );
  const end = until ?? visit.terms.arrivalAt + visit.terms.durationMs;
  return {
    id: visit.id,
    name: visit.name,
    email: visit.email ?? '',
    arrivalAt: visit.terms.arrivalAt,
    until,
    state: WORDS[state],
    over: end <= now || visit.cancelledAt !== undefined || visit.checkedOutAt !== undefined,
    mail: visit.mail ? MAIL_WORDS[visit.mail.state] : undefined,
  };
}

const notHere = messagePage({
  title: 'Not accepted',
  lines: ['This form was sent from another page.'],
  link: { href: '/host', text: 'Begin here' },
});

const oldLink = messagePage({
  title: 'This link does not work any more',
  lines: ['A link works once, and for 15 minutes.'],
  link: { href: '/host', text: 'Ask for a new one' },
});
