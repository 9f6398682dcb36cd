import { type Static, Type } from 'typebox';
import { isEventId } from '../../domain/event.js';
import { WEBHOOK_INCLUDES, type Webhook } from '../../domain/webhook.js';
import { AppError } from '../../errors.js';
import type { Delivery } from '../../redis/webhooks.js';
import type { Runtime } from '../../runtime.js';
import { iso, isoOrNull } from '../../services/objects.js';
import type { ChangedWebhook, IssuedWebhook, Unchanged } from '../../services/webhooks.js';
import type { Caller } from './auth.js';
import { type Api, call, Id, recordId } from './call.js';
import { closed, instant, instantOrNull, orNull, page, words } from './schemas.js';

const properties = {
  id: Type.String(),
  name: Type.String(),
  url: Type.String({ examples: ['https://example.com/foyer'] }),
  topics: Type.Array(Type.String(), { description: 'Types of events, or groups; empty: every event' }),
  include: Type.Array(words(WEBHOOK_INCLUDES)),
  allowPrivate: Type.Boolean({ description: 'It may reach addresses of private networks' }),
  enabled: Type.Boolean(),
  createdAt: instant(),
  cursor: Type.String({ description: 'Id of the last event that it was told, or that it does not want' }),
  attempts: Type.Integer({ description: 'Failures in a row' }),
  failingSince: instantOrNull('Null: the last attempt went well'),
  nextAttemptAt: instantOrNull('When it is tried again'),
  fault: orNull(Type.String(), { description: 'What went wrong last' }),
  disabledAt: instantOrNull('Null: it is on'),
  disabledReason: orNull(words(['asked', 'gone', 'failing']), {
    description: '`gone`: it answered 410; `failing`: it failed for three days',
  }),
  formerSecretUntil: instantOrNull('Until when the former secret signs as well'),
};
const WebhookSchema = closed(properties);
const secret = Type.String({
  description: 'What signatures are checked with: answered once',
  examples: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
});
const WebhookWithSecretSchema = closed({ ...properties, secret });

const DeliverySchema = closed({
  event: Type.String({ description: 'Id of the event' }),
  type: Type.String(),
  at: instant(),
  ok: Type.Boolean(),
  status: orNull(Type.Integer(), { description: 'Null: no answer came' }),
  says: Type.String({ description: 'The beginning of the answer, or why none came' }),
  ms: Type.Integer(),
});

const fields = {
  name: Type.Optional(Type.String({ maxLength: 100, description: 'Empty: its host' })),
  topics: Type.Optional(
    Type.Array(Type.String({ maxLength: 60, examples: ['visit.*', 'pin.redeemed'] }), { maxItems: 100 }),
  ),
  include: Type.Optional(
    Type.Array(words(WEBHOOK_INCLUDES), {
      maxItems: 10,
      description: '`visit`: the visit as it is when the event is sent, with name, e-mail and devices',
    }),
  ),
  allowPrivate: Type.Optional(
    Type.Boolean({ description: 'Let it reach private addresses and this machine. Only an owner may' }),
  ),
};
const url = Type.String({ maxLength: 2000, examples: ['https://example.com/foyer'] });

const listing = call(
  { summary: 'The webhooks, in the order in which they were added' },
  { 200: page(WebhookSchema) },
);
const showing = call({ summary: 'One webhook', params: Id }, { 200: WebhookSchema });

const adding = call(
  {
    summary: 'Add a webhook',
    description:
      'It is told of what happens from now on. The answer is the only place where its secret stands.',
    body: Type.Object({ url, ...fields }, { additionalProperties: false }),
  },
  { 201: WebhookWithSecretSchema },
);

const changing = call(
  {
    summary: 'Change a webhook, switch it on or off',
    params: Id,
    body: Type.Object(
      {
        url: Type.Optional(url),
        ...fields,
        enabled: Type.Optional(Type.Boolean()),
        resume: Type.Optional(
          words(
            ['where-it-stood', 'now'],
            'With `enabled: true`: it gets all that it missed (as long as the log has it), or goes on from now',
          ),
        ),
      },
      { additionalProperties: false },
    ),
  },
  { 200: WebhookSchema },
);

const removing = call({ summary: 'Remove a webhook', params: Id }, { 204: null });

const testing = call(
  {
    summary: 'Send a `webhook.test` now',
    description: 'Answers with what the receiver said. Works on one that is switched off as well.',
    params: Id,
  },
  { 200: DeliverySchema },
);

const replaying = call(
  {
    summary: 'Send again what was sent before',
    description:
      'Name one of both. It goes back only, as far as the log does; what is switched off stays off.',
    params: Id,
    body: Type.Object(
      {
        after: Type.Optional(
          Type.String({ maxLength: 40, description: 'Id of an event: those after it are sent again' }),
        ),
        from: Type.Optional(
          Type.String({ maxLength: 40, format: 'date-time', description: 'An instant: those from then on' }),
        ),
      },
      { additionalProperties: false },
    ),
  },
  { 200: WebhookSchema },
);

const rotating = call(
  {
    summary: 'A new secret',
    description:
      'What is sent within the next 24 hours is signed with both. The answer is the only place where the secret stands.',
    params: Id,
  },
  { 200: WebhookWithSecretSchema },
);

const delivered = call(
  { summary: 'The last 50 attempts, newest first', params: Id },
  { 200: page(DeliverySchema) },
);

const webhookObject = (webhook: Webhook) => ({
  id: webhook.id,
  name: webhook.name,
  url: webhook.url,
  topics: webhook.topics,
  include: webhook.include,
  allowPrivate: webhook.allowPrivate,
  enabled: webhook.on,
  createdAt: iso(webhook.createdAt),
  cursor: webhook.cursor,
  attempts: webhook.attempts,
  failingSince: isoOrNull(webhook.failingSince),
  nextAttemptAt: isoOrNull(webhook.nextAt),
  fault: webhook.fault ?? null,
  disabledAt: isoOrNull(webhook.offAt),
  disabledReason: webhook.offReason ?? null,
  formerSecretUntil: isoOrNull(webhook.formerUntil),
});

const deliveryObject = ({ at, ...delivery }: Delivery) => ({ ...delivery, at: iso(at) });

export async function webhookRoutes(app: Api, { runtime }: { runtime: Runtime }): Promise<void> {
  const { webhooks } = runtime.services;
  const config = { role: 'admin' } as const;

  app.get('/webhooks', { schema: listing, config }, async ({ caller }) => ({
    items: (await webhooks.list(caller.site)).map(webhookObject),
    next: null,
  }));
  app.post('/webhooks', { schema: adding, config }, async ({ caller, body }, reply) => {
    const made = issued(await webhooks.add(caller.site, body, caller));
    reply.code(201);
    return made;
  });
  app.get('/webhooks/:id', { schema: showing, config }, async ({ caller, params }) => {
    const webhook = await webhooks.find(caller.site, recordId(params.id));
    if (!webhook) throw new AppError('not-found');
    return webhookObject(webhook);
  });
  app.patch('/webhooks/:id', { schema: changing, config }, async ({ caller, params, body }) =>
    changed(await webhooks.change(caller.site, recordId(params.id), body, caller)),
  );
  app.delete('/webhooks/:id', { schema: removing, config }, async ({ caller, params }, reply) => {
    if (!(await webhooks.remove(caller.site, recordId(params.id), caller.by)))
      throw new AppError('not-found');
    return reply.code(204).send();
  });
  app.post('/webhooks/:id/test', { schema: testing, config }, async ({ caller, params }) => {
    const delivery = await webhooks.test(caller.site, recordId(params.id));
    if (!delivery) throw new AppError('not-found');
    return deliveryObject(delivery);
  });
  app.post('/webhooks/:id/replay', { schema: replaying, config }, async ({ caller, params, body }) =>
    replay(runtime, caller, recordId(params.id), body),
  );
  app.post('/webhooks/:id/secret', { schema: rotating, config }, async ({ caller, params }) =>
    issued(await webhooks.rotate(caller.site, recordId(params.id), caller.by)),
  );
  app.get('/webhooks/:id/deliveries', { schema: delivered, config }, async ({ caller, params }) => {
    const items = await webhooks.deliveries(caller.site, recordId(params.id));
    if (!items) throw new AppError('not-found');
    return { items: items.map(deliveryObject), next: null };
  });
}

async function replay(
  { services }: Runtime,
  { site, by }: Caller,
  id: string,
  body: Static<(typeof replaying)['body']>,
) {
  const { after, from } = body;
  const wrong = (field: string, message: string): never => {
    throw new AppError('invalid-input', undefined, [{ field, message }]);
  };
  if ((after === undefined) === (from === undefined))
    return wrong('after', 'Send either after, the id of an event, or from, an instant.');
  if (after !== undefined) {
    if (!isEventId(after))
      return wrong('after', 'That is no id of an event. Right would be 1764061200000-0.');
    return changed(await services.webhooks.replay(site, id, { after }, by));
  }
  const at = Date.parse(from ?? '');
  if (Number.isNaN(at)) return wrong('from', 'That is no instant. Right would be 2026-11-23T09:00:00Z.');
  return changed(await services.webhooks.replay(site, id, { from: at }, by));
}

function refuse(result: Unchanged): never {
  switch (result.status) {
    case 'unknown':
      throw new AppError('not-found');
    case 'forbidden':
      throw new AppError('forbidden', result.message);
    case 'invalid':
      throw new AppError('invalid-input', undefined, result.problems);
    case 'busy':
      throw new AppError('busy');
  }
}

const changed = (result: ChangedWebhook) =>
  result.status === 'changed' ? webhookObject(result.webhook) : refuse(result);

const issued = (result: IssuedWebhook) =>
  result.status === 'changed' ? { ...webhookObject(result.webhook), secret: result.secret } : refuse(result);
