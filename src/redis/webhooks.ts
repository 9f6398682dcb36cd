import type { EventFields, EventType } from '../domain/event.js';
import type { SiteId } from '../domain/id.js';
import { DELIVERIES_KEPT, type OffReason, type Webhook, type WebhookInclude } from '../domain/webhook.js';
import { siteKeys } from './keys.js';
import { defineScript, type RedisClient, statusOf } from './scripts.js';

/** A webhook as it is kept: the address, which may hold a secret of the receiver's, and the secrets are sealed. */
export interface StoredWebhook extends Omit<Webhook, 'url'> {
  sealedUrl: string;
  sealedSecret: string;
  sealedFormer?: string;
  version: number;
}

/** One attempt. */
export interface Delivery {
  event: string;
  type: string;
  /** Epoch milliseconds. */
  at: number;
  /** Null where no answer came. */
  status: number | null;
  /** What was answered, or what went wrong, in words. */
  says: string;
  ms: number;
  ok: boolean;
}

const claimWebhook = defineScript({
  file: 'claim-webhook',
  args: ['now', 'webhook', 'holder', 'heldUntil'],
  reply: ([status, ...flat]) => (status === 'claimed' ? readWebhook(mapOf(flat)) : undefined),
});

const settleWebhook = defineScript({
  file: 'settle-webhook',
  args: [
    'now',
    'webhook',
    'holder',
    'version',
    'cursor',
    'outcome',
    'after',
    'heldUntil',
    'nextAt',
    'fault',
    'reason',
    'delivery',
    'kept',
    'keptUntil',
  ],
  reply: statusOf('settled', 'moved'),
  durable: true,
});

const changeWebhook = defineScript({
  file: 'change-webhook',
  args: ['now', 'webhook', 'version', 'cursor', 'event', 'facts', 'removed'],
  reply: statusOf('changed', 'conflict', 'unknown'),
  durable: true,
});

const removeWebhook = defineScript({
  file: 'remove-webhook',
  args: ['now', 'webhook', 'by'],
  reply: statusOf('removed', 'unknown'),
  durable: true,
});

/** Records of attempts hold what receivers answered; they go when nothing was sent for so long. */
const DELIVERIES_MS = 30 * 86_400_000;

function mapOf(flat: readonly string[]): Record<string, string> {
  const map: Record<string, string> = {};
  for (let i = 0; i + 1 < flat.length; i += 2) map[flat[i] as string] = flat[i + 1] as string;
  return map;
}

function readWebhook(fields: Record<string, string>): StoredWebhook | undefined {
  if (fields.id === undefined) return undefined;
  const number = <K extends string>(name: K): { [P in K]?: number } =>
    (fields[name] === undefined ? {} : { [name]: Number(fields[name]) }) as { [P in K]?: number };
  return {
    id: fields.id,
    name: fields.name ?? '',
    topics: JSON.parse(fields.topics ?? '[]') as string[],
    include: JSON.parse(fields.include ?? '[]') as WebhookInclude[],
    allowPrivate: fields.allowPrivate === '1',
    on: fields.on === '1',
    createdAt: Number(fields.createdAt),
    cursor: fields.cursor ?? '0-0',
    attempts: Number(fields.attempts ?? '0'),
    ...number('failingSince'),
    ...number('nextAt'),
    ...number('offAt'),
    ...number('formerUntil'),
    ...(fields.fault === undefined ? {} : { fault: fields.fault }),
    ...(fields.offReason === undefined ? {} : { offReason: fields.offReason as OffReason }),
    sealedUrl: fields.url ?? '',
    sealedSecret: fields.secret ?? '',
    ...(fields.former === undefined ? {} : { sealedFormer: fields.former }),
    version: Number(fields.version),
  };
}

/** The fields of a webhook that a change may set; undefined removes one. */
export type WebhookFields = Partial<
  Record<
    | 'id'
    | 'name'
    | 'url'
    | 'topics'
    | 'include'
    | 'allowPrivate'
    | 'on'
    | 'createdAt'
    | 'secret'
    | 'former'
    | 'formerUntil'
    | 'attempts'
    | 'failingSince'
    | 'nextAt'
    | 'fault'
    | 'offAt'
    | 'offReason',
    string | number | undefined
  >
>;

export type WebhookStore = ReturnType<typeof createWebhookStore>;

export function createWebhookStore(redis: RedisClient) {
  const ids = (site: SiteId): Promise<string[]> => redis.zrange(siteKeys.webhooks(site), '0', '-1');
  const find = async (site: SiteId, id: string): Promise<StoredWebhook | undefined> =>
    readWebhook(await redis.hgetall(siteKeys.webhook(site, id)));

  return {
    find,

    /** In the order in which they were added. */
    async list(site: SiteId): Promise<StoredWebhook[]> {
      const found = await Promise.all((await ids(site)).map((id) => find(site, id)));
      return found.filter((webhook) => webhook !== undefined);
    },

    /** Those that something may be sent to now. */
    async due(site: SiteId, now: number): Promise<string[]> {
      const all = await ids(site);
      if (all.length === 0) return [];
      const [newest] = await redis.xrevrange(siteKeys.events(site), '+', '-', 'COUNT', 1);
      const seen = await Promise.all(
        all.map((id) => redis.hmget(siteKeys.webhook(site, id), 'on', 'nextAt', 'cursor')),
      );
      return all.filter((_, i) => {
        const [on, nextAt, cursor] = seen[i] ?? [];
        return on === '1' && Number(nextAt ?? 0) <= now && newest !== undefined && cursor !== newest[0];
      });
    },

    /** The right to deliver, until then; undefined where somebody else has it, or nothing is to be sent now. */
    claim: (site: SiteId, id: string, holder: string, now: number, heldUntil: number) =>
      claimWebhook(redis, site, { now, webhook: id, holder, heldUntil }),

    /** `moved` where the webhook was changed, or another has it by now. */
    settle(
      site: SiteId,
      webhook: { id: string; version: number; cursor: string },
      holder: string,
      outcome: {
        what: 'passed' | 'failed' | 'off';
        /** The cursor afterwards. */
        after: string;
        /** Undefined: it is let go. */
        heldUntil?: number;
        nextAt?: number;
        fault?: string;
        reason?: OffReason;
        delivery?: Delivery;
      },
      now: number,
    ): Promise<'settled' | 'moved'> {
      return settleWebhook(redis, site, {
        now,
        webhook: webhook.id,
        holder,
        version: webhook.version,
        cursor: webhook.cursor,
        outcome: outcome.what,
        after: outcome.after,
        heldUntil: outcome.heldUntil ?? 0,
        nextAt: outcome.nextAt ?? 0,
        fault: outcome.fault ?? '',
        reason: outcome.reason ?? '',
        delivery: outcome.delivery ? JSON.stringify(outcome.delivery) : '',
        kept: DELIVERIES_KEPT,
        keptUntil: now + DELIVERIES_MS,
      });
    },

    /** Adds one (`version` undefined) or changes one that was read; with the event that says so. */
    change<T extends EventType>(
      site: SiteId,
      id: string,
      change: {
        version: number | undefined;
        /** `now`: after the newest event. */
        cursor?: string;
        event: T;
        facts: EventFields<T>;
        fields: WebhookFields;
      },
      now: number,
    ): Promise<'changed' | 'conflict' | 'unknown'> {
      const facts = Object.entries(change.facts as Record<string, string>).flat();
      const set: (string | number)[] = [];
      const removed: string[] = [];
      for (const [name, value] of Object.entries(change.fields)) {
        if (value === undefined) removed.push(name);
        else set.push(name, value);
      }
      return changeWebhook(
        redis,
        site,
        {
          now,
          webhook: id,
          version: change.version ?? '',
          cursor: change.cursor ?? '',
          event: change.event,
          facts: facts.length,
          removed: removed.length,
        },
        [...facts, ...removed, ...set],
      );
    },

    remove: (site: SiteId, id: string, by: string, now: number): Promise<'removed' | 'unknown'> =>
      removeWebhook(redis, site, { now, webhook: id, by }),

    /** Newest first. */
    deliveries: async (site: SiteId, id: string): Promise<Delivery[]> =>
      (await redis.lrange(siteKeys.deliveries(site, id), 0, -1)).map((json) => JSON.parse(json) as Delivery),

    /** For an attempt that belongs to no place in the log. */
    async noteDelivery(site: SiteId, id: string, delivery: Delivery): Promise<void> {
      const key = siteKeys.deliveries(site, id);
      await redis
        .multi()
        .lpush(key, JSON.stringify(delivery))
        .ltrim(key, 0, DELIVERIES_KEPT - 1)
        .pexpire(key, DELIVERIES_MS)
        .exec();
    },
  };
}
