import { compareEventIds } from '../domain/event.js';
import { newId, type SiteId } from '../domain/id.js';
import type { FieldProblem } from '../domain/problem.js';
import type { Sealing } from '../domain/sealing.js';
import { roleAllows, type TeamRole } from '../domain/team.js';
import {
  type OffReason,
  ROTATION_MS,
  WEBHOOKS_MOST,
  type Webhook,
  type WebhookInput,
  webhookName,
  webhookProblems,
} from '../domain/webhook.js';
import { newWebhookSecret } from '../domain/webhook-signature.js';
import type { EventStore } from '../redis/events.js';
import type { Delivery, StoredWebhook, WebhookFields, WebhookStore } from '../redis/webhooks.js';
import { faultWords, sealedFor, type WebhookMessages } from './webhook-delivery.js';

/** Who changes a webhook: for the log, and for what only an owner may. */
export interface Actor {
  by: string;
  role: TeamRole;
}

export type Unchanged =
  | { status: 'unknown' }
  /** Only an owner may do that; `message` says what. */
  | { status: 'forbidden'; message: string }
  | { status: 'invalid'; problems: FieldProblem[] }
  /** Others changed it at the same time, again and again. */
  | { status: 'busy' };

export type ChangedWebhook = { status: 'changed'; webhook: Webhook } | Unchanged;
/** `secret`: shown once. */
export type IssuedWebhook = { status: 'changed'; webhook: Webhook; secret: string } | Unchanged;

export interface WebhookChange extends WebhookInput {
  enabled?: boolean;
  /** Where one that is switched on again goes on. */
  resume?: 'where-it-stood' | 'now';
}

/** What the admin's home shows. */
export interface WebhookNotice {
  webhook: string;
  name: string;
  /** `off`: Foyer switched it off; `failing`: for more than an hour. */
  what: 'off' | 'failing';
  reason: OffReason | null;
  /** Epoch milliseconds. */
  since: number;
  /** The last answer, or why none came. */
  says: string;
}

export interface WebhookDeps {
  webhooks: WebhookStore;
  events: EventStore;
  sealing: Sealing;
  message: WebhookMessages;
  now: () => number;
}

const TRIES = 20;
const NOTICE_AFTER_MS = 3_600_000;
const OWNER_ONLY =
  'Only an owner may let a webhook reach private addresses, or change where such a one is sent.';

export type WebhookService = ReturnType<typeof createWebhooks>;

/** Which programs are told of events. Delivery itself is `webhook-delivery.ts`. */
export function createWebhooks({ webhooks, events, sealing, message, now }: WebhookDeps) {
  function show(site: SiteId, stored: StoredWebhook): Webhook {
    const { sealedUrl, sealedSecret: _, sealedFormer: __, version: ___, formerUntil, ...rest } = stored;
    return {
      ...rest,
      url: sealing.unseal('webhook', sealedFor(site, stored.id, 'url'), sealedUrl) ?? '',
      ...(formerUntil !== undefined && formerUntil > now() ? { formerUntil } : {}),
    };
  }
  const seal = (site: SiteId, id: string, part: 'url' | 'secret', text: string): string =>
    sealing.seal('webhook', sealedFor(site, id, part), text);

  const find = async (site: SiteId, id: string): Promise<Webhook | undefined> => {
    const stored = await webhooks.find(site, id);
    return stored && show(site, stored);
  };
  const list = async (site: SiteId): Promise<Webhook[]> =>
    (await webhooks.list(site)).map((stored) => show(site, stored));

  const configured = (site: SiteId, id: string, input: WebhookInput): WebhookFields => ({
    ...(input.name === undefined ? {} : { name: input.name.trim() }),
    ...(input.url === undefined ? {} : { url: seal(site, id, 'url', new URL(input.url).href) }),
    ...(input.topics === undefined ? {} : { topics: JSON.stringify([...new Set(input.topics)]) }),
    ...(input.include === undefined ? {} : { include: JSON.stringify([...new Set(input.include)]) }),
    ...(input.allowPrivate === undefined ? {} : { allowPrivate: input.allowPrivate ? '1' : '0' }),
  });

  type Step = Parameters<typeof webhooks.change>[2];

  /** Reads, decides and writes until nobody came between. Undefined from `decide`: nothing to do. */
  async function transition(
    site: SiteId,
    id: string,
    decide: (before: Webhook, stored: StoredWebhook) => Omit<Step, 'version'> | Unchanged | undefined,
  ): Promise<ChangedWebhook> {
    for (let i = 0; i < TRIES; i++) {
      const stored = await webhooks.find(site, id);
      if (!stored) return { status: 'unknown' };
      const before = show(site, stored);
      const next = decide(before, stored);
      if (next === undefined) return { status: 'changed', webhook: before };
      if ('status' in next) return next;
      const done = await webhooks.change(site, id, { ...next, version: stored.version }, now());
      if (done === 'unknown') return { status: 'unknown' };
      if (done === 'conflict') continue;
      const webhook = await find(site, id);
      return webhook ? { status: 'changed', webhook } : { status: 'unknown' };
    }
    return { status: 'busy' };
  }

  const whole = { attempts: undefined, failingSince: undefined, nextAt: undefined, fault: undefined };

  return {
    list,
    find,

    /** Told of what happens from now on. */
    async add(site: SiteId, input: WebhookInput & { url: string }, actor: Actor): Promise<IssuedWebhook> {
      const allowPrivate = input.allowPrivate ?? false;
      if (allowPrivate && !roleAllows(actor.role, 'owner'))
        return { status: 'forbidden', message: OWNER_ONLY };
      const problems = webhookProblems(input, { url: input.url, allowPrivate });
      if ((await webhooks.list(site)).length >= WEBHOOKS_MOST)
        problems.push({
          field: 'url',
          message: `A site may have ${WEBHOOKS_MOST} webhooks. Remove one first.`,
        });
      if (problems.length > 0) return { status: 'invalid', problems };
      const id = newId();
      const secret = newWebhookSecret();
      const fields: WebhookFields = {
        id,
        name: '',
        topics: '[]',
        include: '[]',
        on: '1',
        createdAt: now(),
        secret: seal(site, id, 'secret', secret),
        ...configured(site, id, { ...input, allowPrivate }),
      };
      const facts = { webhook: id, by: actor.by };
      await webhooks.change(
        site,
        id,
        { version: undefined, cursor: 'now', event: 'webhook.added', facts, fields },
        now(),
      );
      const webhook = await find(site, id);
      return webhook ? { status: 'changed', webhook, secret } : { status: 'unknown' };
    },

    /** Another address or other topics; switches it on and off. */
    async change(site: SiteId, id: string, change: WebhookChange, actor: Actor): Promise<ChangedWebhook> {
      const { enabled, resume = 'where-it-stood', ...input } = change;
      const owner = roleAllows(actor.role, 'owner');
      const configure = (before: Webhook): Omit<Step, 'version'> | Unchanged | undefined => {
        const will = {
          url: input.url ?? before.url,
          allowPrivate: input.allowPrivate ?? before.allowPrivate,
        };
        if (!owner && will.allowPrivate && (!before.allowPrivate || will.url !== before.url))
          return { status: 'forbidden', message: OWNER_ONLY };
        const problems = webhookProblems(input, will);
        if (problems.length > 0) return { status: 'invalid', problems };
        // Another address is tried at once.
        const again = will.url === before.url ? {} : whole;
        const fields = { ...configured(site, id, input), ...again };
        return { event: 'webhook.changed', facts: { webhook: id, by: actor.by }, fields };
      };
      const changed: ChangedWebhook =
        Object.keys(input).length > 0
          ? await transition(site, id, configure)
          : await transition(site, id, () => undefined);
      if (changed.status !== 'changed' || enabled === undefined) return changed;
      return transition(site, id, (before) => {
        if (before.on === enabled) return undefined;
        if (enabled) {
          return {
            event: 'webhook.enabled',
            facts: { webhook: id, resume, by: actor.by },
            fields: { ...whole, on: '1', offAt: undefined, offReason: undefined },
            ...(resume === 'now' ? { cursor: 'now' } : {}),
          };
        }
        return {
          event: 'webhook.disabled',
          facts: { webhook: id, reason: 'asked', by: actor.by },
          fields: { on: '0', offAt: now(), offReason: 'asked', nextAt: undefined },
        };
      });
    },

    remove: async (site: SiteId, id: string, by: string): Promise<boolean> =>
      (await webhooks.remove(site, id, by, now())) === 'removed',

    /** A new secret; what is sent is signed with the former one as well for a day, so that a receiver can change over. */
    async rotate(site: SiteId, id: string, by: string): Promise<IssuedWebhook> {
      const secret = newWebhookSecret();
      const result = await transition(site, id, (_, stored) => ({
        event: 'webhook.secret-rotated',
        facts: { webhook: id, by },
        fields: {
          secret: seal(site, id, 'secret', secret),
          former: stored.sealedSecret,
          formerUntil: now() + ROTATION_MS,
        },
      }));
      return result.status === 'changed' ? { ...result, secret } : result;
    },

    /** Sends again what came after an event, or from an instant on (epoch milliseconds). Goes back only. */
    async replay(
      site: SiteId,
      id: string,
      start: { after: string } | { from: number },
      by: string,
    ): Promise<ChangedWebhook> {
      const after = 'after' in start ? start.after : await beforeFirst(site, start.from);
      const field = 'after' in start ? 'after' : 'from';
      return transition(site, id, (before) => {
        if (after === undefined || compareEventIds(after, before.cursor) > 0) {
          const message = `The webhook was not told that far yet; it goes on by itself. The last event that it was told is ${before.cursor}.`;
          return { status: 'invalid', problems: [{ field, message }] };
        }
        return { event: 'webhook.replayed', facts: { webhook: id, after, by }, fields: whole, cursor: after };
      });
    },

    /** Sends a `webhook.test` now, also where the webhook is off; its place in the log stays. */
    async test(site: SiteId, id: string): Promise<Delivery | undefined> {
      const stored = await webhooks.find(site, id);
      if (!stored) return undefined;
      const event = { id: `test-${newId()}`, type: 'webhook.test', at: now(), fields: { webhook: id } };
      const { delivery } = await message(site, stored, event);
      await webhooks.noteDelivery(site, id, delivery);
      return delivery.ok ? delivery : { ...delivery, says: faultWords(delivery) };
    },

    /** The last attempts, newest first; undefined where there is no such webhook. */
    async deliveries(site: SiteId, id: string): Promise<Delivery[] | undefined> {
      return (await webhooks.find(site, id)) ? webhooks.deliveries(site, id) : undefined;
    },

    /** What somebody should look at: switched off by Foyer, or failing for more than an hour. */
    async notices(site: SiteId): Promise<WebhookNotice[]> {
      return (await list(site)).flatMap((webhook): WebhookNotice[] => {
        const { id, on, failingSince, fault = '', offAt, offReason = null } = webhook;
        const common = { webhook: id, name: webhookName(webhook), says: fault };
        if (!on && offReason !== 'asked' && offAt !== undefined)
          return [{ ...common, what: 'off', reason: offReason, since: failingSince ?? offAt }];
        if (on && failingSince !== undefined && now() - failingSince > NOTICE_AFTER_MS)
          return [{ ...common, what: 'failing', reason: null, since: failingSince }];
        return [];
      });
    },
  };

  /** The place in the log just before the first event at or after an instant. */
  async function beforeFirst(site: SiteId, from: number): Promise<string | undefined> {
    const first = await events.firstAt(site, from);
    if (first === undefined) return undefined;
    const [ms = '0', sequence = '0'] = first.split('-');
    if (sequence !== '0') return `${ms}-${Number(sequence) - 1}`;
    return ms === '0' ? '0-0' : `${Number(ms) - 1}-999999999`;
  }
}
