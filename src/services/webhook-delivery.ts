import type { SiteId } from '../domain/id.js';
import type { Sealing } from '../domain/sealing.js';
import { GIVE_UP_MS, retryWait, type WebhookInclude, wantsEvent } from '../domain/webhook.js';
import { signWebhook } from '../domain/webhook-signature.js';
import type { Event, EventStore } from '../redis/events.js';
import type { SiteStore } from '../redis/sites.js';
import type { VisitStore } from '../redis/visits.js';
import type { Delivery, StoredWebhook, WebhookStore } from '../redis/webhooks.js';
import { eventObject, visitObject } from './objects.js';
import type { Sent, WebhookSend } from './webhook-send.js';

/** Longer than one attempt may take; whoever dies is followed after that. */
const LEASE_MS = 30_000;
const PAGE = 100;
/** Webhooks that this process sends to at the same time. */
const AT_ONCE = 16;

export interface DeliveryDeps {
  webhooks: WebhookStore;
  events: EventStore;
  sites: SiteStore;
  visits: VisitStore;
  sealing: Sealing;
  send: WebhookSend;
  /** Names this process. */
  holder: string;
  now: () => number;
  /** 0 to 1. */
  random: () => number;
  log: { warn(data: object, message: string): void };
}

export const sealedFor = (site: SiteId, id: string, part: 'url' | 'secret'): string =>
  `${site} ${id} ${part}`;

/** Where a webhook goes and what it is signed with; undefined where that cannot be read. */
export function openWebhook(sealing: Sealing, site: SiteId, webhook: StoredWebhook, now: number) {
  const url = sealing.unseal('webhook', sealedFor(site, webhook.id, 'url'), webhook.sealedUrl);
  const secret = sealing.unseal('webhook', sealedFor(site, webhook.id, 'secret'), webhook.sealedSecret);
  const former =
    webhook.sealedFormer !== undefined && (webhook.formerUntil ?? 0) > now
      ? sealing.unseal('webhook', sealedFor(site, webhook.id, 'secret'), webhook.sealedFormer)
      : undefined;
  if (url === undefined || secret === undefined) return undefined;
  return { url, secrets: former === undefined ? [secret] : [secret, former] };
}

export type WebhookMessages = ReturnType<typeof createWebhookMessages>;

/** Sends one event to one webhook. */
export function createWebhookMessages(deps: Pick<DeliveryDeps, 'visits' | 'sealing' | 'send' | 'now'>) {
  const { visits, sealing, now } = deps;

  /** As it is now: what happened since the event is in it. */
  async function included(site: SiteId, event: Event, include: readonly WebhookInclude[]) {
    if (!include.includes('visit')) return {};
    const id = event.fields.visit ?? '';
    const visit = id === '' ? undefined : (await visits.find(site, id))?.visit;
    return { visit: visit ? visitObject(visit, now()) : null };
  }

  return async (
    site: SiteId,
    webhook: StoredWebhook,
    event: Event,
    signal?: AbortSignal,
  ): Promise<{ sent: Sent; delivery: Delivery }> => {
    const at = now();
    const opened = openWebhook(sealing, site, webhook, at);
    const more = await included(site, event, webhook.include);
    const body = JSON.stringify({ ...eventObject(event), site, ...more });
    // Unique over sites: a receiver may serve several.
    const headers = opened && signWebhook(opened.secrets, { id: `${site}_${event.id}`, at, body });
    const sent: Sent = opened
      ? await deps.send({
          url: opened.url,
          body,
          headers: { ...headers },
          allowPrivate: webhook.allowPrivate,
          ...(signal ? { signal } : {}),
        })
      : { status: null, says: 'The address cannot be read: SECRET is another one.', ms: 0 };
    // A receiver may answer with what it was sent; persons stand in no record of attempts.
    const says = sent.status !== null && 'visit' in more ? '' : sent.says;
    const ok = sent.status !== null && sent.status >= 200 && sent.status < 300;
    return {
      sent,
      delivery: { event: event.id, type: event.type, at, status: sent.status, says, ms: sent.ms, ok },
    };
  };
}

/** What a failed attempt is told as. */
export function faultWords({ status, says }: Pick<Delivery, 'status' | 'says'>): string {
  if (status === null) return says;
  if (status >= 300 && status < 400)
    return `It answered ${status}: redirects are not followed. Set the address to where it leads.`;
  return `It answered ${status}${says === '' ? '' : `: ${says}`}`;
}

export type WebhookDelivery = ReturnType<typeof createWebhookDelivery>;

/**
 * Tells webhooks what happened: the log is the queue, each webhook's cursor its place in it. In order, one at a time, at
 * least once; the receiver knows an event that comes again by its id.
 */
export function createWebhookDelivery(deps: DeliveryDeps) {
  const { webhooks, events, sites, holder, now, log } = deps;
  const message = createWebhookMessages(deps);
  const running = new Map<string, Promise<void>>();
  const ending = new AbortController();

  async function attempt(site: SiteId, webhook: StoredWebhook, event: Event): Promise<boolean> {
    const { sent, delivery } = await message(site, webhook, event, ending.signal);
    if (ending.signal.aborted && !delivery.ok) {
      await webhooks.settle(site, webhook, holder, { what: 'passed', after: webhook.cursor }, now());
      return false;
    }
    if (delivery.ok) {
      const heldUntil = now() + LEASE_MS;
      const outcome = { what: 'passed', after: event.id, heldUntil, delivery } as const;
      return (await webhooks.settle(site, webhook, holder, outcome, now())) === 'settled';
    }
    const at = now();
    const gone = sent.status === 410;
    const failing = at - (webhook.failingSince ?? at) >= GIVE_UP_MS;
    const asked = sent.status === null ? undefined : sent.retryAfterMs;
    await webhooks.settle(
      site,
      webhook,
      holder,
      {
        what: gone || failing ? 'off' : 'failed',
        after: webhook.cursor,
        nextAt: at + retryWait(webhook.attempts + 1, deps.random(), asked),
        fault: faultWords(delivery),
        ...(gone ? { reason: 'gone' } : failing ? { reason: 'failing' } : {}),
        delivery,
      },
      at,
    );
    return false;
  }

  async function run(site: SiteId, id: string): Promise<void> {
    while (!ending.signal.aborted) {
      const webhook = await webhooks.claim(site, id, holder, now(), now() + LEASE_MS);
      if (!webhook) return;
      const { items } = await events.list(site, webhook.cursor, PAGE);
      let at = webhook;
      for (const event of items) {
        if (ending.signal.aborted) break;
        if (!wantsEvent(webhook.topics, event.type)) continue;
        if (!(await attempt(site, at, event))) return;
        at = { ...at, cursor: event.id, attempts: 0 };
        delete at.failingSince;
      }
      const more = items.length === PAGE && !ending.signal.aborted;
      const last = (!ending.signal.aborted && items.at(-1)?.id) || at.cursor;
      const heldUntil = more ? { heldUntil: now() + LEASE_MS } : {};
      const passed = await webhooks.settle(
        site,
        at,
        holder,
        { what: 'passed', after: last, ...heldUntil },
        now(),
      );
      if (passed !== 'settled' || !more) return;
    }
  }

  /** Begins with every webhook that waits, unless this process is at it. */
  async function look(): Promise<void> {
    for (const site of await sites.list()) {
      for (const id of await webhooks.due(site, now())) {
        const key = `${site} ${id}`;
        if (running.has(key) || running.size >= AT_ONCE || ending.signal.aborted) continue;
        const work = run(site, id)
          .catch((err: unknown) => log.warn({ site, webhook: id, err }, 'webhook not served'))
          .finally(() => running.delete(key));
        running.set(key, work);
      }
    }
  }

  const settled = async (): Promise<void> => {
    await Promise.all(running.values());
  };

  return {
    look,
    /** A look, and everything that it began. */
    async round(): Promise<void> {
      await look();
      await settled();
    },
    /** What is on its way is broken off and counts for nothing. */
    async stop(): Promise<void> {
      ending.abort();
      await settled();
    },
  };
}
