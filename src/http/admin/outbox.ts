import type { FastifyInstance, FastifyRequest } from 'fastify';
import { parseRecordId, type SiteId } from '../../domain/id.js';
import { type Mail, type MailState, mailKind, parseMailState } from '../../domain/mail.js';
import { roleAllows } from '../../domain/team.js';
import { AppError } from '../../errors.js';
import type { ShownMail } from '../../services/mail.js';
import { text } from '../pages/form.js';
import type { Page } from '../pages/page.js';
import type { AdminDeps } from './deps.js';
import { confirmPage } from './shell.js';

const PAGE = 50;
const CURSOR = /^\d{1,16}:[A-Za-z0-9_-]{1,64}$/;

/** What a mail's state is called, and how it looks. */
const STATES: Record<MailState, { text: string; tone: string }> = {
  queued: { text: 'Waiting', tone: '' },
  sending: { text: 'Being sent', tone: '' },
  sent: { text: 'Accepted', tone: 'good' },
  refused: { text: 'Refused', tone: 'bad' },
  held: { text: 'Held', tone: 'warn' },
};

interface Row {
  id: string;
  href: string;
  title: string;
  to: string;
  visit: string;
  at: number;
  state: { text: string; tone: string };
  words: string;
  nextAt: number | undefined;
  tries: number;
  retry: boolean;
  discard: boolean;
}

interface OutboxPage {
  configured: boolean;
  filters: { text: string; count: number | undefined; href: string; current: boolean }[];
  rows: Row[];
  next: string | undefined;
}
const outboxPage = (data: OutboxPage): Page => ({ template: 'admin/outbox', data });

interface MailPage {
  mail: Row;
  /** May this person read it? */
  readable: boolean;
  hasPin: boolean;
  shown: ShownMail | undefined;
  gone: boolean;
  /** Address of the mail as a picture, the PIN masked. */
  frame: string | undefined;
}
const mailPage = (data: MailPage): Page => ({ template: 'admin/mail', data });

const TO = { visitor: 'The visitor', host: 'The host', team: 'The team' } as const;

export async function outboxRoutes(app: FastifyInstance, { runtime, shell }: AdminDeps): Promise<void> {
  const { mail, visits } = runtime.services;
  const config = { role: 'admin' } as const;

  async function rowOf(site: SiteId, one: Mail): Promise<Row> {
    const { title, to } = mailKind(one.kind);
    const visit = one.visit === '' ? undefined : await visits.find(site, one.visit);
    const who = to === 'host' ? visit?.host || visit?.hostEmail : to === 'visitor' ? visit?.name : undefined;
    return {
      id: one.id,
      href: `/outbox/${one.id}`,
      title,
      to: who ?? TO[to],
      visit: visit ? `/visits/${visit.id}` : '',
      at: one.at,
      state: STATES[one.state],
      words: one.words,
      nextAt: one.state === 'queued' && one.tries > 0 ? one.nextAt : undefined,
      tries: one.tries,
      retry: one.state === 'refused' || one.state === 'held' || (one.state === 'queued' && one.tries > 0),
      discard: one.state !== 'sending',
    };
  }

  async function found(request: FastifyRequest): Promise<Mail> {
    const id = parseRecordId((request.params as { id: string }).id);
    const one = id === undefined ? undefined : await mail.find(request.caller.site, id);
    if (!one) throw new AppError('not-found', 'There is no such mail: it was sent long ago, or discarded.');
    return one;
  }

  const mayRead = (request: FastifyRequest, one: Mail): boolean =>
    roleAllows(request.caller.role, mailKind(one.kind).readBy);

  app.get('/outbox', { config }, async (request, reply) => {
    const { site } = request.caller;
    const state = parseMailState(text(request.query, 'state'));
    const cursor = text(request.query, 'cursor');
    const [counts, page] = await Promise.all([
      mail.counts(site),
      mail.outbox(site, {
        limit: PAGE,
        ...(state ? { state } : {}),
        ...(CURSOR.test(cursor) ? { cursor } : {}),
      }),
    ]);
    const filter = (one: MailState | undefined, name: string) => ({
      text: name,
      count: one && counts[one],
      href: one ? `/outbox?state=${one}` : '/outbox',
      current: one === state,
    });
    const query = new URLSearchParams({ ...(state ? { state } : {}), cursor: page.next ?? '' });
    return shell.show(
      request,
      reply,
      outboxPage({
        configured: mail.configured(),
        filters: [
          filter(undefined, 'All'),
          filter('refused', 'Refused'),
          filter('held', 'Held'),
          filter('queued', 'Waiting'),
          filter('sent', 'Accepted'),
        ],
        rows: await Promise.all(page.items.map((one) => rowOf(site, one))),
        next: page.next === null ? undefined : `/outbox?${query}`,
      }),
    );
  });

  async function pageOf(request: FastifyRequest, one: Mail, shown?: ShownMail, asked = false): Promise<Page> {
    const lang = shown?.lang;
    return mailPage({
      mail: await rowOf(request.caller.site, one),
      readable: mayRead(request, one),
      hasPin: mailKind(one.kind).needs === 'visitorcode',
      shown,
      gone: asked && shown === undefined,
      frame:
        lang !== undefined && one.visit !== ''
          ? `/templates/${one.kind}/${lang}/preview?visit=${one.visit}`
          : undefined,
    });
  }

  app.get('/outbox/:id', { config }, async (request, reply) =>
    shell.show(request, reply, await pageOf(request, await found(request))),
  );

  // A form, since whoever sees a PIN leaves a trace.
  app.post('/outbox/:id/show', { config }, async (request, reply) => {
    const one = await found(request);
    const { site, by } = request.caller;
    if (!mayRead(request, one))
      throw new AppError('forbidden', `This mail is for the role ${mailKind(one.kind).readBy} to read.`);
    const shown = await mail.show(site, one.id, by);
    return shell.show(request, reply, await pageOf(request, one, shown, true));
  });

  app.post('/outbox/:id/retry', { config }, async (request, reply) => {
    const one = await found(request);
    const { site, by } = request.caller;
    const done = await mail.retry(site, one.id, by);
    const flash =
      done === 'done'
        ? { text: 'It is tried again now.' }
        : { text: 'It is on its way already.', tone: 'warn' as const };
    return shell.goOn(request, reply, `/outbox/${one.id}`, flash);
  });

  app.get('/outbox/:id/discard', { config }, async (request, reply) => {
    const one = await found(request);
    const { title, to } = await rowOf(request.caller.site, one);
    const page = confirmPage({
      title: 'Discard this mail?',
      lines: [`"${title}" to ${to} is not sent any more and leaves the outbox.`],
      action: `/outbox/${one.id}/discard`,
      button: 'Discard this mail',
      back: `/outbox/${one.id}`,
    });
    return shell.show(request, reply, page);
  });

  app.post('/outbox/:id/discard', { config }, async (request, reply) => {
    const one = await found(request);
    const { site, by } = request.caller;
    const done = await mail.discard(site, one.id, by);
    return shell.goOn(
      request,
      reply,
      '/outbox',
      done === 'done'
        ? { text: 'The mail is discarded.' }
        : { text: 'It is being sent just now; nothing was discarded.', tone: 'warn' },
    );
  });
}
