import { chore } from './chore.js';
import { createWebhookDelivery, createWebhookMessages, type DeliveryDeps } from './webhook-delivery.js';
import { createWebhookSend, type SenderDeps } from './webhook-send.js';
import { createWebhooks } from './webhooks.js';

const EVERY_MS = 1000;

export interface PostDeps extends Omit<DeliveryDeps, 'send' | 'random'> {
  /** In place of the system's resolver and of the time that a receiver has. */
  sender?: Pick<SenderDeps, 'lookup' | 'timeoutMs'> | undefined;
  /** Does this process send what happens? All of them can test a webhook. */
  delivers: boolean;
}

/** Webhooks with all that sends to them. */
export function createWebhookPost({ sender, delivers, ...rest }: PostDeps) {
  const deps = { ...rest, send: createWebhookSend({ now: rest.now, ...sender }), random: Math.random };
  const delivery = createWebhookDelivery(deps);
  const looking = delivers
    ? chore(EVERY_MS, delivery.look, (err) => deps.log.warn({ err }, 'webhooks not looked at'))
    : undefined;
  return {
    webhooks: createWebhooks({ ...deps, message: createWebhookMessages(deps) }),
    delivery,
    soon: (): void => looking?.soon(),
    async stop(): Promise<void> {
      await Promise.all([looking?.stop(), delivery.stop()]);
    },
  };
}
