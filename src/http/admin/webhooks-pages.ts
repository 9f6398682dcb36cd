import { EVENT_GROUPS } from '../../domain/event.js';
import { type Webhook, webhookName } from '../../domain/webhook.js';
import type { Delivery } from '../../redis/webhooks.js';
import { faultWords } from '../../services/webhook-delivery.js';
import type { Page } from '../pages/page.js';

/** Where a webhook stands, in one word and a sentence. */
function stateOf({ on, offReason, failingSince, fault = '' }: Webhook) {
  if (on && failingSince === undefined) return { text: 'On', tone: 'good', why: '' };
  if (on) return { text: 'Failing', tone: 'warn', why: fault };
  if (offReason === 'gone')
    return {
      text: 'Off',
      tone: 'bad',
      why: 'Its receiver says that it is gone (410), so Foyer switched it off.',
    };
  if (offReason === 'failing')
    return { text: 'Off', tone: 'bad', why: `It failed for three days, so Foyer switched it off. ${fault}` };
  return { text: 'Off', tone: '', why: 'Somebody switched it off.' };
}

/** Topics for people: the names of groups, single types as they are. */
const topicWords = (topics: readonly string[]): string =>
  topics.length === 0
    ? 'Every event'
    : topics
        .map((topic) => EVENT_GROUPS[topic.replace(/\.\*$/, '') as keyof typeof EVENT_GROUPS] ?? topic)
        .join(', ');

const shown = (webhook: Webhook) => ({
  ...webhook,
  title: webhookName(webhook),
  state: stateOf(webhook),
  topicWords: topicWords(webhook.topics),
});

export const webhookListPage = (webhooks: readonly Webhook[]): Page => ({
  template: 'admin/webhooks',
  data: { webhooks: webhooks.map(shown) },
});

export interface WebhookForm {
  name: string;
  url: string;
  /** Groups that are ticked, and single types as they were typed. */
  groups: string[];
  types: string;
  visit: boolean;
  allowPrivate: boolean;
}

export interface WebhookFormPage {
  /** Undefined: a new one. */
  webhook?: Webhook;
  form: WebhookForm;
  problems: Record<string, string | undefined>;
  owner: boolean;
}

export const webhookFormPage = ({ webhook, ...page }: WebhookFormPage): Page => ({
  template: 'admin/webhooks-form',
  data: {
    ...page,
    title: webhook ? `Change ${webhookName(webhook)}` : 'Add a webhook',
    action: webhook ? `/webhooks/${webhook.id}/edit` : '/webhooks/new',
    button: webhook ? 'Save' : 'Add this webhook',
    back: webhook ? `/webhooks/${webhook.id}` : '/webhooks',
    groupNames: Object.entries(EVENT_GROUPS),
  },
});

export interface WebhookPage {
  webhook: Webhook;
  deliveries: readonly Delivery[];
  /** What was typed into "send again", where that could not be used. */
  from: string;
  problem: string | undefined;
}

export const webhookPage = ({ webhook, deliveries, ...page }: WebhookPage): Page => ({
  template: 'admin/webhooks-one',
  data: {
    ...page,
    webhook: shown(webhook),
    deliveries: deliveries.map((one) => ({
      ...one,
      words: one.ok ? `It answered ${one.status}` : faultWords(one),
    })),
  },
});

/** The secret, shown once. */
export const webhookSecretPage = (webhook: Webhook, secret: string): Page => ({
  template: 'admin/webhooks-secret',
  data: { webhook: shown(webhook), secret },
});
