import type { ClientMac, GatewayId, SiteId } from '../domain/id.js';
import { OPEN_MOST, REQUEST_KEPT_MS, type WalkInRequest, WITHIN_HOUR_MOST } from '../domain/walk-in.js';
import { siteKeys } from './keys.js';
import type { FreeMailRecord } from './mails.js';
import { defineScript, type RedisClient, type Reply, statusOf } from './scripts.js';

/** A device that waits on the Wi-Fi, and how it comes to its gateway. */
export interface WaitingClient {
  gateway: GatewayId;
  mac: ClientMac;
  handle?: string;
  via?: string;
}

/** Where a walk-in is: at a check-in desk, or with a device on the Wi-Fi. */
export type Place = { desk: string } | { client: WaitingClient };

/** What a grant needs that is made for a waiting device. */
export interface GrantSeeds {
  grant: string;
  slot: string;
  /** The gateway asks whom to let in. */
  asks: boolean;
}

export type Asked = { status: 'asked' } | { status: 'open'; request: string } | { status: 'busy' };

export interface GivenAnswer {
  outcome: 'approved' | 'declined';
  at: number;
  visit?: string;
}

export type Answered =
  | ({ status: 'answered'; until?: number } & GivenAnswer)
  /** Somebody was quicker, or it was this one already: that answer stands. */
  | ({ status: 'before' } & GivenAnswer)
  | { status: 'expired' | 'unknown' | 'taken' };

const askHost = defineScript({
  file: 'ask-host',
  args: [
    'now',
    'request',
    'answerBy',
    'kept',
    'link',
    'host',
    'place',
    'hostMost',
    'siteMost',
    'placeMost',
    'gateway',
    'mac',
    'mail',
    'sealed',
    'mailKeptUntil',
  ],
  reply: ([status, request]): Asked => {
    if (status === 'open') return { status, request: request ?? '' };
    return { status: statusOf('asked', 'busy')([status]) };
  },
  durable: true,
});

const given = ([outcome, at, visit]: readonly string[]): GivenAnswer => ({
  outcome: outcome === 'approved' ? 'approved' : 'declined',
  at: Number(at),
  ...(visit ? { visit } : {}),
});

const answerRequest = defineScript({
  file: 'answer-request',
  args: [
    'now',
    'request',
    'outcome',
    'by',
    'grant',
    'slot',
    'asks',
    'mail',
    'sealed',
    'mailExpiresAt',
    'mailKeptUntil',
  ],
  reply: ([status, ...data]: Reply): Answered => {
    const until = data[3];
    if (status === 'answered') return { status, ...given(data), ...(until ? { until: Number(until) } : {}) };
    if (status === 'before') return { status, ...given(data) };
    return { status: statusOf('expired', 'unknown', 'taken')([status]) };
  },
  durable: true,
});

const registerWalkIn = defineScript({
  file: 'register-walk-in',
  args: ['now', 'place', 'placeMost', 'terms', 'gateway', 'mac', 'handle', 'via', 'grant', 'slot', 'asks'],
  reply: statusOf('registered', 'online', 'taken', 'busy'),
  durable: true,
});

const placeName = (place: Place): string => ('desk' in place ? place.desk : 'portal');
const placeMost = (place: Place): number => WITHIN_HOUR_MOST['desk' in place ? 'desk' : 'portal'];
const clientFields = (place: Place) => {
  const client = 'client' in place ? place.client : undefined;
  return {
    gateway: client?.gateway ?? '',
    mac: client?.mac ?? '',
    handle: client?.handle ?? '',
    via: client?.via ?? '',
  };
};

export interface NewRequest {
  id: string;
  place: Place;
  name: string;
  email: string;
  host: string;
  hostEmail: string;
  hostDigest: string;
  linkDigest: string;
  language: string;
  /** Number of the terms that were accepted. */
  terms?: number;
  answerBy: number;
  /** What asks the host, until then. */
  mail: FreeMailRecord;
}

export type WalkInStore = ReturnType<typeof createWalkInStore>;

/** Walk-ins: requests that hosts answer. They hold names and go a day after they were made. */
export function createWalkInStore(redis: RedisClient) {
  async function find(site: SiteId, id: string): Promise<WalkInRequest | undefined> {
    const fields = await redis.hgetall(siteKeys.request(site, id));
    if (fields.id === undefined) return undefined;
    const { name = '', email, host = '', hostEmail = '', language = 'en', desk = '' } = fields;
    const { gateway = '', mac = '', outcome, answeredAt, answeredBy = '', visit } = fields;
    return {
      id,
      from: gateway === '' ? { desk } : { gateway: gateway as GatewayId, mac: mac as ClientMac },
      name,
      ...(email ? { email } : {}),
      host,
      hostEmail,
      language,
      createdAt: Number(fields.createdAt),
      answerBy: Number(fields.answerBy),
      ...(outcome === undefined
        ? {}
        : {
            answer: {
              outcome: outcome === 'approved' ? 'approved' : 'declined',
              at: Number(answeredAt),
              by: answeredBy,
              ...(visit ? { visit } : {}),
            },
          }),
    };
  }

  return {
    find,

    ask(site: SiteId, request: NewRequest, now: number): Promise<Asked> {
      const { place, terms, hostDigest, linkDigest, answerBy, id, mail } = request;
      const { gateway, mac, handle, via } = clientFields(place);
      const { name, email, host, hostEmail, language } = request;
      const fields = {
        name,
        email,
        host,
        hostEmail,
        language,
        handle,
        via,
        desk: 'desk' in place ? place.desk : '',
        terms: terms ?? '',
      };
      return askHost(
        redis,
        site,
        {
          now,
          request: id,
          answerBy,
          kept: now + REQUEST_KEPT_MS,
          link: linkDigest,
          host: hostDigest,
          place: placeName(place),
          hostMost: OPEN_MOST.host,
          siteMost: OPEN_MOST.site,
          placeMost: placeMost(place),
          gateway,
          mac,
          mail: mail.id,
          sealed: mail.sealed,
          mailKeptUntil: mail.keptUntil,
        },
        Object.entries(fields).flat(),
      );
    },

    /**
     * `row`: the visit of an approval (`registrationRow`). `taken` where its PIN is in use: draw another. `mail`: what tells the
     * visitor, where the visit does not.
     */
    answer: (
      site: SiteId,
      answer: { request: string; outcome: 'approved' | 'declined'; by: string; mail?: FreeMailRecord },
      seeds: GrantSeeds,
      row: readonly string[],
      now: number,
    ): Promise<Answered> =>
      answerRequest(
        redis,
        site,
        {
          now,
          request: answer.request,
          outcome: answer.outcome,
          by: answer.by,
          grant: seeds.grant,
          slot: seeds.slot,
          asks: seeds.asks ? '1' : '',
          mail: answer.mail?.id ?? '',
          sealed: answer.mail?.sealed ?? '',
          mailExpiresAt: answer.mail?.expiresAt ?? '',
          mailKeptUntil: answer.mail?.keptUntil ?? '',
        },
        row,
      ),

    /** A visit that needs no host's word. */
    register: (
      site: SiteId,
      place: Place,
      terms: number | undefined,
      seeds: GrantSeeds,
      row: readonly string[],
      now: number,
    ): Promise<'registered' | 'online' | 'taken' | 'busy'> =>
      registerWalkIn(
        redis,
        site,
        {
          now,
          place: placeName(place),
          placeMost: placeMost(place),
          terms: terms ?? '',
          ...clientFields(place),
          grant: seeds.grant,
          slot: seeds.slot,
          asks: seeds.asks ? '1' : '',
        },
        row,
      ),

    /** The request that an approving link leads to. */
    async byLink(site: SiteId, digest: string): Promise<WalkInRequest | undefined> {
      const id = await redis.get(siteKeys.requestLink(site, digest));
      return id === null ? undefined : find(site, id);
    },

    /** When the PIN of an approved request was first shown to who asked: now, unless it was before. */
    async noteShown(site: SiteId, id: string, now: number): Promise<number | undefined> {
      const key = siteKeys.request(site, id);
      // One that was erased stays so.
      if (!(await redis.exists(key))) return undefined;
      await redis.hsetnx(key, 'shownAt', now);
      return Number(await redis.hget(key, 'shownAt'));
    },

    /** The newest request of a device. */
    async ofClient(site: SiteId, gateway: GatewayId, mac: ClientMac): Promise<WalkInRequest | undefined> {
      const id = await redis.get(siteKeys.requestClient(site, gateway, mac));
      return id === null ? undefined : find(site, id);
    },

    /** Those that wait for an answer, the oldest first. */
    async open(site: SiteId, now: number): Promise<WalkInRequest[]> {
      const ids = await redis.zrangebyscore(siteKeys.requests(site), `(${now}`, '+inf');
      const found = await Promise.all(ids.map((id) => find(site, id)));
      return found.flatMap((request) => request ?? []);
    },

    /** All that are kept, the oldest first. */
    async kept(site: SiteId): Promise<WalkInRequest[]> {
      const ids = await redis.zrange(siteKeys.requestsKept(site), '0', '-1');
      const found = await Promise.all(ids.map((id) => find(site, id)));
      return found.flatMap((request) => request ?? []);
    },

    /** Nothing of it is left; who waits for it is told that there is no such request. */
    async erase(site: SiteId, { id, from }: WalkInRequest): Promise<void> {
      const hostDigest = await redis.hget(siteKeys.request(site, id), 'hostDigest');
      const { gateway, mac } = 'mac' in from ? from : { gateway: '' as GatewayId, mac: '' as ClientMac };
      await redis
        .multi()
        .del(siteKeys.request(site, id))
        .del(siteKeys.requestClient(site, gateway, mac))
        .zrem(siteKeys.requests(site), id)
        .zrem(siteKeys.requestsKept(site), id)
        .zrem(siteKeys.requestsHost(site, hostDigest ?? ''), id)
        .exec();
    },
  };
}
