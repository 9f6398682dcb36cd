import type { SiteId } from '../domain/id.js';
import {
  type FreeMailKind,
  MAIL_STATES,
  type Mail,
  type MailKindName,
  type MailState,
} from '../domain/mail.js';
import { siteKeys } from './keys.js';
import { defineScript, type RedisClient, statusOf } from './scripts.js';
import { sweepIndex } from './sweep.js';

const queueMail = defineScript({
  file: 'queue-mail',
  args: ['now', 'mail', 'kind', 'sealed', 'expiresAt', 'keptUntil'],
  reply: statusOf('queued', 'exists'),
  durable: true,
});

const claimMails = defineScript({
  file: 'claim-mails',
  args: ['now', 'claim', 'until', 'most'],
  reply: ([, ...ids]) => ids,
  durable: true,
});

const settleMail = defineScript({
  file: 'settle-mail',
  args: ['now', 'mail', 'claim', 'outcome', 'nextAt', 'words'],
  reply: statusOf('settled', 'stale'),
  durable: true,
});

const steerMail = defineScript({
  file: 'steer-mail',
  args: ['now', 'mail', 'order', 'by'],
  reply: statusOf('done', 'unknown', 'sending', 'sent'),
  durable: true,
});

const forgetMail = defineScript({
  file: 'forget-mail',
  args: ['mail'],
  reply: statusOf('forgotten'),
  durable: true,
});

/** A mail that belongs to no visit, ready to be queued: by itself, or by the script that does what it tells of. */
export interface FreeMailRecord {
  id: string;
  kind: FreeMailKind;
  sealed: string;
  /** From then on there is no use in sending it. */
  expiresAt?: number;
  keptUntil: number;
}

/** What became of a mail that was claimed. */
export type MailOutcome =
  | { state: 'sent'; words: string }
  | { state: 'queued'; nextAt: number; words: string }
  | { state: 'refused'; words: string }
  | { state: 'held' }
  | { state: 'dropped' };

function readMail(fields: Record<string, string>): Mail | undefined {
  if (fields.id === undefined || fields.state === undefined) return undefined;
  const at = Number(fields.at);
  return {
    id: fields.id,
    kind: fields.kind as MailKindName,
    visit: fields.visit ?? '',
    ...(fields.about ? { about: fields.about } : {}),
    state: fields.state as MailState,
    at,
    stateAt: Number(fields.stateAt),
    tries: Number(fields.tries),
    ...(fields.nextAt ? { nextAt: Number(fields.nextAt) } : {}),
    words: fields.words ?? '',
    ...(fields.expiresAt ? { expiresAt: Number(fields.expiresAt) } : {}),
    since: Number(fields.since ?? at),
  };
}

export type MailStore = ReturnType<typeof createMailStore>;

export function createMailStore(redis: RedisClient) {
  const find = async (site: SiteId, id: string): Promise<Mail | undefined> =>
    readMail(await redis.hgetall(siteKeys.mail(site, id)));

  const all = async (site: SiteId, ids: readonly string[]): Promise<Mail[]> =>
    (await Promise.all(ids.map((id) => find(site, id)))).filter((mail) => mail !== undefined);

  return {
    find,

    /** One that belongs to no visit. */
    queue: (site: SiteId, mail: FreeMailRecord, now: number) =>
      queueMail(redis, site, {
        now,
        mail: mail.id,
        kind: mail.kind,
        sealed: mail.sealed,
        expiresAt: mail.expiresAt ?? '',
        keptUntil: mail.keptUntil,
      }),

    /** What a mail without a visit says; undefined once it is sent. */
    sealed: async (site: SiteId, id: string): Promise<string | undefined> =>
      (await redis.hget(siteKeys.mail(site, id), 'sealed')) ?? undefined,

    /** Ids of mails that are due, which nobody else sends until then. */
    claim: (site: SiteId, claim: string, until: number, most: number, now: number) =>
      claimMails(redis, site, { now, claim, until, most }),

    settle: (site: SiteId, id: string, claim: string, outcome: MailOutcome, now: number) =>
      settleMail(redis, site, {
        now,
        mail: id,
        claim,
        outcome: outcome.state,
        nextAt: outcome.state === 'queued' ? outcome.nextAt : '',
        words: 'words' in outcome ? outcome.words : '',
      }),

    steer: (site: SiteId, id: string, order: 'retry' | 'discard', by: string, now: number) =>
      steerMail(redis, site, { now, mail: id, order, by }),

    /** It is gone, also where it is just being sent. */
    forget: (site: SiteId, id: string) => forgetMail(redis, site, { mail: id }),

    /** Newest first. */
    ofVisit: async (site: SiteId, visit: string): Promise<Mail[]> =>
      all(site, await redis.lrange(siteKeys.visitMails(site, visit), 0, -1)),

    /** Newest first; a cursor is `<made at>:<id>`. */
    async list(
      site: SiteId,
      query: { state?: MailState; cursor?: string; limit: number },
    ): Promise<{ items: Mail[]; next: string | null }> {
      const key = query.state ? siteKeys.mailsIn(site, query.state) : siteKeys.mails(site);
      const [at = '+inf', after] = query.cursor?.split(':') ?? [];
      const items: Mail[] = [];
      let cursor: string | null = null;
      for (let offset = 0; ; ) {
        const rows = await redis.zrevrangebyscore(
          key,
          at,
          '-inf',
          'WITHSCORES',
          'LIMIT',
          offset,
          query.limit,
        );
        for (let i = 0; i < rows.length; i += 2) {
          const [id = '', score = ''] = rows.slice(i, i + 2);
          // Those of one millisecond come in the order of their ids, the last one first.
          if (score === at && after !== undefined && id >= after) continue;
          cursor = `${score}:${id}`;
          const mail = await find(site, id);
          if (mail) items.push(mail);
          if (items.length === query.limit) return { items, next: cursor };
        }
        if (rows.length < query.limit * 2) return { items, next: null };
        offset += query.limit;
      }
    },

    /** How many mails are in each state; some may be of visits that are gone. */
    async counts(site: SiteId): Promise<Record<MailState, number>> {
      const counts = await Promise.all(
        MAIL_STATES.map((state) => redis.zcard(siteKeys.mailsIn(site, state))),
      );
      return Object.fromEntries(MAIL_STATES.map((state, i) => [state, counts[i] ?? 0])) as Record<
        MailState,
        number
      >;
    },

    /** Ids of mails that are held and were made since then. */
    heldSince: (site: SiteId, since: number): Promise<string[]> =>
      redis.zrangebyscore(siteKeys.mailsIn(site, 'held'), since, '+inf'),

    /** Drops ids of mails whose records are gone. Returns how many. */
    async sweep(site: SiteId, before: number): Promise<number> {
      const record = (id: string) => siteKeys.mail(site, id);
      for (const state of MAIL_STATES) {
        const index = siteKeys.mailsIn(site, state);
        await sweepIndex(redis, index, before, record, (ids) => redis.zrem(index, ids));
      }
      const index = siteKeys.mails(site);
      return sweepIndex(redis, index, before, record, (ids) => redis.zrem(index, ids));
    },
  };
}
