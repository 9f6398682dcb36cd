import type { ClientMac, GatewayId, SiteId } from '../domain/id.js';
import { defineScript, type RedisClient, statusOf } from './scripts.js';

const issueCredential = defineScript({
  file: 'issue-credential',
  args: ['gateway', 'mac', 'handle', 'until', 'username', 'ms'],
  reply: statusOf('noted', 'other'),
  durable: true,
});

/** What a gateway that asks is told. `other`: what was logged in with is another client's. */
export type QuestionAnswer =
  | { status: 'passes'; until: number; limits: { downKbps?: number; upKbps?: number; quotaMB?: number } }
  | { status: 'none' | 'other' };

const answerQuestion = defineScript({
  file: 'answer-question',
  args: ['now', 'gateway', 'mac', 'username', 'reasks'],
  reply: ([status, until, down, up, quota]): QuestionAnswer => {
    if (status === 'none' || status === 'other') return { status };
    if (status !== 'passes') throw new Error(`unexpected status ${status}`);
    const limits = {
      ...(down ? { downKbps: Number(down) } : {}),
      ...(up ? { upKbps: Number(up) } : {}),
      ...(quota ? { quotaMB: Number(quota) } : {}),
    };
    return { status, until: Number(until), limits };
  },
  durable: true,
});

export type CredentialStore = ReturnType<typeof createCredentialStore>;

/** What clients log in with at gateways that ask by RADIUS. The password is no business of the store: it follows from the user name. */
export function createCredentialStore(redis: RedisClient) {
  return {
    /** False where it is decided otherwise by now. The one that the client had before is void. */
    issue: async (
      site: SiteId,
      gateway: GatewayId,
      order: { mac: ClientMac; handle: string; until: number; username: string; ms: number },
    ): Promise<boolean> =>
      (await issueCredential(redis, site, {
        gateway,
        mac: order.mac,
        handle: order.handle,
        until: order.until,
        username: order.username,
        ms: order.ms,
      })) === 'noted',

    /** `username`: `''` where the client's MAC alone says who it is. What it is told is confirmed in the same step. */
    answer: (
      site: SiteId,
      gateway: GatewayId,
      question: { mac: ClientMac; username: string; reasks: boolean },
      now: number,
    ): Promise<QuestionAnswer> =>
      answerQuestion(redis, site, {
        now,
        gateway,
        mac: question.mac,
        username: question.username,
        reasks: question.reasks ? '1' : '',
      }),
  };
}
