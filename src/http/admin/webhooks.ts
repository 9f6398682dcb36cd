import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { readTime } from '../../domain/local-time.js';
import { roleAllows } from '../../domain/team.js';
import { type Webhook, webhookName } from '../../domain/webhook.js';
import { AppError } from '../../errors.js';
import type { Unchanged, WebhookChange } from '../../services/webhooks.js';
import { recordId } from '../api/call.js';
import { byField, text, texts } from '../pages/form.js';
import type { AdminDeps } from './deps.js';
import { confirmPage } from './shell.js';
import {
  type WebhookForm,
  webhookFormPage,
  webhookListPage,
  webhookPage,
  webhookSecretPage,
} from './webhooks-pages.js';

type Params = { Params: { id: string } };

const EMPTY: WebhookForm = { name: '', url: '', groups: [], types: '', visit: false, allowPrivate: false };

const readForm = (body: unknown): WebhookForm => ({
  name: text(body, 'name').trim(),
  url: text(body, 'url').trim(),
  groups: texts(body, 'group'),
  types: text(body, 'types'),
  visit: text(body, 'visit') === 'true',
  allowPrivate: text(body, 'allowPrivate') === 'true',
});

const topicsOf = ({ groups, types }: WebhookForm): string[] => [
  ...groups.map((group) => `${group}.*`),
  ...types.split(/[\s,]+/).filter(Boolean),
];

const formOf = (webhook: Webhook): WebhookForm => ({
  name: webhook.name,
  url: webhook.url,
  groups: webhook.topics.filter((topic) => topic.endsWith('.*')).map((topic) => topic.slice(0, -2)),
  types: webhook.topics.filter((topic) => !topic.endsWith('.*')).join(' '),
  visit: webhook.include.includes('visit'),
  allowPrivate: webhook.allowPrivate,
});

/** What a form means; whether private addresses are allowed is an owner's to say, and stays as it is for others. */
const changeOf = (form: WebhookForm, owner: boolean) => ({
  name: form.name,
  url: form.url,
  topics: topicsOf(form),
  include: form.visit ? (['visit'] as const).slice() : [],
  ...(owner ? { allowPrivate: form.allowPrivate } : {}),
});

/** What the fields of a form are told about a change that was not made. */
function problemsOf(result: Unchanged): Record<string, string | undefined> {
  if (result.status === 'invalid') {
    const { topics, ...others } = byField(result.problems);
    return { ...others, types: topics };
  }
  if (result.status === 'forbidden') return { url: result.message };
  if (result.status === 'unknown') throw new AppError('not-found');
  throw new AppError('busy');
}

/** Programs elsewhere that are told what happens. */
export async function webhookPages(app: FastifyInstance, { runtime, shell }: AdminDeps): Promise<void> {
  const { webhooks, settings } = runtime.services;
  const config = { role: 'admin' } as const;
  const isOwner = (request: FastifyRequest): boolean => roleAllows(request.caller.role, 'owner');

  async function found(request: FastifyRequest<Params>): Promise<Webhook> {
    const webhook = await webhooks.find(request.caller.site, recordId(request.params.id));
    if (!webhook) throw new AppError('not-found', 'There is no such webhook. It may have been removed.');
    return webhook;
  }

  async function showOne(
    request: FastifyRequest<Params>,
    reply: FastifyReply,
    more: { from?: string; problem?: string } = {},
  ): Promise<FastifyReply> {
    const webhook = await found(request);
    const deliveries = (await webhooks.deliveries(request.caller.site, webhook.id)) ?? [];
    const page = webhookPage({ webhook, deliveries, from: more.from ?? '', problem: more.problem });
    return shell.show(request, reply, page, more.problem === undefined ? 200 : 422);
  }

  app.get('/webhooks', { config }, async (request, reply) =>
    shell.show(request, reply, webhookListPage(await webhooks.list(request.caller.site))),
  );

  app.get('/webhooks/new', { config }, async (request, reply) =>
    shell.show(request, reply, webhookFormPage({ form: EMPTY, problems: {}, owner: isOwner(request) })),
  );

  app.post('/webhooks/new', { config }, async (request, reply) => {
    const form = readForm(request.body);
    const owner = isOwner(request);
    const result = await webhooks.add(request.caller.site, changeOf(form, owner), request.caller);
    const page =
      result.status === 'changed'
        ? webhookSecretPage(result.webhook, result.secret)
        : webhookFormPage({ form, problems: problemsOf(result), owner });
    return shell.show(request, reply, page, result.status === 'changed' ? 200 : 422);
  });

  app.get<Params>('/webhooks/:id', { config }, async (request, reply) => showOne(request, reply));

  app.get<Params>('/webhooks/:id/edit', { config }, async (request, reply) => {
    const webhook = await found(request);
    const page = webhookFormPage({ webhook, form: formOf(webhook), problems: {}, owner: isOwner(request) });
    return shell.show(request, reply, page);
  });

  app.post<Params>('/webhooks/:id/edit', { config }, async (request, reply) => {
    const webhook = await found(request);
    const form = readForm(request.body);
    const owner = isOwner(request);
    const change: WebhookChange = changeOf(form, owner);
    const result = await webhooks.change(request.caller.site, webhook.id, change, request.caller);
    if (result.status === 'changed')
      return shell.goOn(request, reply, `/webhooks/${webhook.id}`, { text: 'The webhook is saved.' });
    return shell.show(
      request,
      reply,
      webhookFormPage({ webhook, form, problems: problemsOf(result), owner }),
      422,
    );
  });

  app.post<Params>('/webhooks/:id/test', { config }, async (request, reply) => {
    const { id } = await found(request);
    const delivery = await webhooks.test(request.caller.site, id);
    const answer = delivery?.says ? `: ${delivery.says}` : '.';
    return shell.goOn(
      request,
      reply,
      `/webhooks/${id}`,
      delivery?.ok
        ? { text: `The test arrived. The receiver answered ${delivery.status}${answer}` }
        : { text: `The test did not arrive. ${delivery?.says ?? ''}`, tone: 'bad' },
    );
  });

  app.post<Params>('/webhooks/:id/switch', { config }, async (request, reply) => {
    const { id } = await found(request);
    const enabled = text(request.body, 'to') === 'on';
    const resume = text(request.body, 'resume') === 'now' ? 'now' : 'where-it-stood';
    const result = await webhooks.change(request.caller.site, id, { enabled, resume }, request.caller);
    if (result.status !== 'changed') throw new AppError('busy');
    const action = `/webhooks/${id}/switch`;
    return shell.goOn(request, reply, `/webhooks/${id}`, {
      text: enabled ? 'The webhook is on.' : 'The webhook is off. Nothing is sent to it.',
      ...(enabled ? {} : { undo: { action, text: 'Switch it on again', fields: { to: 'on' } } }),
    });
  });

  app.post<Params>('/webhooks/:id/secret', { config }, async (request, reply) => {
    const { id } = await found(request);
    const result = await webhooks.rotate(request.caller.site, id, request.caller.by);
    if (result.status !== 'changed') throw new AppError('busy');
    return shell.show(request, reply, webhookSecretPage(result.webhook, result.secret));
  });

  app.post<Params>('/webhooks/:id/replay', { config }, async (request, reply) => {
    const { id } = await found(request);
    const { site, by } = request.caller;
    const from = text(request.body, 'from');
    const { values } = await settings.read(site);
    const time = readTime(from, values['site.timeZone']);
    if (!time.ok) return showOne(request, reply, { from, problem: time.message });
    const result = await webhooks.replay(site, id, { from: time.at }, by);
    if (result.status === 'invalid')
      return showOne(request, reply, { from, problem: result.problems[0]?.message ?? '' });
    if (result.status !== 'changed') throw new AppError('busy');
    const told = result.webhook.on
      ? 'What happened since then is being sent again.'
      : 'What happened since then is sent again as soon as the webhook is on.';
    return shell.goOn(request, reply, `/webhooks/${id}`, { text: told });
  });

  app.get<Params>('/webhooks/:id/remove', { config }, async (request, reply) => {
    const webhook = await found(request);
    const page = confirmPage({
      title: `Remove ${webhookName(webhook)}?`,
      lines: [
        'Nothing is sent to it any more, and its secret is gone for good.',
        'To stop it for a while, switch it off instead.',
      ],
      action: `/webhooks/${webhook.id}/remove`,
      button: 'Remove this webhook',
      back: `/webhooks/${webhook.id}`,
    });
    return shell.show(request, reply, page);
  });

  app.post<Params>('/webhooks/:id/remove', { config }, async (request, reply) => {
    const webhook = await found(request);
    await webhooks.remove(request.caller.site, webhook.id, request.caller.by);
    return shell.goOn(request, reply, '/webhooks', { text: `${webhookName(webhook)} is removed.` });
  });
}
