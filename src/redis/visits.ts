import type { EventType } from '../domain/event.js';
import type { PinDigest, SiteId } from '../domain/id.js';
import type { VisitorMailKind } from '../domain/mail.js';
import { type Visit, wordsOf } from '../domain/visit.js';
import { lastPossibleEnd, PIN_GRACE_MS, tellingOf } from '../domain/window.js';
import { siteKeys } from './keys.js';
import { defineScript, type RedisClient, statusOf } from './scripts.js';
import { sweepIndex } from './sweep.js';
import { fieldsOf, readVisit, type StoredVisit } from './visit-record.js';

/** The PIN of a visit as it is kept: never in the clear. */
export interface PinRecord {
  digest: PinDigest;
  length: number;
  /** AES-256-GCM copy, erased when the PIN ends. */
  sealed: string;
  claimDigest: string;
}

/** One transition of a visit. */
export interface Transition {
  /** Event type, such as `visit.cancelled`. */
  event: EventType;
  after: Visit;
  /** Takes every device offline, for this reason. */
  cut?: string;
  dropDevices?: boolean;
  /** A new PIN, or the old one falls silent for good. */
  pin?: PinRecord | 'silence';
  /** What the visitor is told by mail, also where he was told of nothing yet; a new id for it. */
  mail?: { kind: VisitorMailKind; always: boolean; id: string };
  /** The host is told that the visitor is here. */
  tellHost?: boolean;
}

const REGISTRATION = [
  'now',
  'visit',
  'digest',
  'sealed',
  'claim',
  'arrival',
  'pinKeptUntil',
  'visitKeptUntil',
  'tellFrom',
  'tellUntil',
  'length',
  'by',
  'mail',
  'words',
] as const;

const registerVisit = defineScript({
  file: 'register-visit',
  args: REGISTRATION,
  reply: statusOf('registered', 'taken'),
  durable: true,
});

const changeVisit = defineScript({
  file: 'change-visit',
  args: [
    'now',
    'visit',
    'version',
    'event',
    'by',
    'cut',
    'dropDevices',
    'pin',
    'digest',
    'sealed',
    'claim',
    'length',
    'arrival',
    'pinKeptUntil',
    'visitKeptUntil',
    'tellFrom',
    'tellUntil',
    'mail',
    'mailAlways',
    'mailId',
    'tellHost',
    'oldWords',
    'newWords',
    'removed',
  ],
  reply: ([status, cut, mail]):
    | { status: 'changed'; cut: number; mailWaits: boolean }
    | { status: 'conflict' | 'taken' | 'unknown' } => {
    if (status === 'changed') return { status, cut: Number(cut), mailWaits: mail === '1' };
    return { status: status as 'conflict' | 'taken' | 'unknown' };
  },
  durable: true,
});

const pinFields = (pin: PinRecord, mailDigest: string) => ({
  pinDigest: pin.digest,
  pinLength: pin.length,
  claimDigest: pin.claimDigest,
  mailDigest,
});

function split(fields: Record<string, string | number | undefined>): {
  set: (string | number)[];
  removed: string[];
} {
  const set: (string | number)[] = [];
  const removed: string[] = [];
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) removed.push(name);
    else set.push(name, value);
  }
  return { set, removed };
}

/**
 * When the records of a visit go: after its last possible end, or from now when that is past. Who was named goes with the
 * retention, also before the PIN's record, which names nobody.
 */
function keptUntil(visit: Visit, retentionMs: number, now: number) {
  const end = Math.max(now, lastPossibleEnd(visit.terms, visit.startedAt));
  // One that was ended before its time is over.
  const over = Math.max(now, visit.tokenEndedAt ?? end);
  return { pin: end + PIN_GRACE_MS, from: over, visit: over + retentionMs };
}

export interface RegistrationContext {
  mailDigest: string;
  retentionMs: number;
  by: string;
  now: number;
  /** Id of the mail that tells the visitor; none without. */
  mail?: string | undefined;
}

/** The arguments of register-visit. */
function registrationOf(visit: Visit, pin: PinRecord, context: RegistrationContext) {
  const kept = keptUntil(visit, context.retentionMs, context.now);
  const telling = tellingOf(visit.terms, visit.startedAt);
  const words = wordsOf(visit);
  const { set } = split({
    ...fieldsOf(visit),
    ...pinFields(pin, context.mailDigest),
    keepFrom: kept.from,
    keepUntil: kept.visit,
  });
  const args: Record<(typeof REGISTRATION)[number], string | number> = {
    now: context.now,
    visit: visit.id,
    digest: pin.digest,
    sealed: pin.sealed,
    claim: pin.claimDigest,
    arrival: visit.terms.arrivalAt,
    pinKeptUntil: kept.pin,
    visitKeptUntil: kept.visit,
    tellFrom: telling.from,
    tellUntil: telling.until,
    length: pin.length,
    by: context.by,
    mail: context.mail ?? '',
    words: words.length,
  };
  return { args, rest: [...words, ...set] };
}

/** The same as one list of texts, for a script that registers many. */
export function registrationRow(visit: Visit, pin: PinRecord, context: RegistrationContext): string[] {
  const { args, rest } = registrationOf(visit, pin, context);
  return [...REGISTRATION.map((name) => args[name]), ...rest].map(String);
}

const eraseVisit = defineScript({
  file: 'erase-visit',
  args: ['now', 'visit', 'by'],
  reply: statusOf('erased', 'unknown'),
  durable: true,
});

const notifyVisit = defineScript({
  file: 'notify-visit',
  args: ['now', 'visit', 'version', 'mail', 'by'],
  reply: statusOf('queued', 'conflict', 'unknown'),
  durable: true,
});

const SEARCH_MOST = 10_000;

/** The visit of an entry of the index of words: `<word> <id>`. */
const visitOfWord = (row: string): string => row.slice(row.lastIndexOf(' ') + 1);

export type VisitStore = ReturnType<typeof createVisitStore>;

export function createVisitStore(redis: RedisClient) {
  const find = async (site: SiteId, id: string): Promise<StoredVisit | undefined> => {
    const [fields, devices] = await Promise.all([
      redis.hgetall(siteKeys.visit(site, id)),
      redis.hgetall(siteKeys.devices(site, id)),
    ]);
    return readVisit(fields, devices);
  };

  async function dropWords(site: SiteId, ids: ReadonlySet<string>): Promise<void> {
    const words = siteKeys.words(site);
    let cursor = '0';
    do {
      const [next, rows] = await redis.zscan(words, cursor, 'COUNT', 1000);
      const dead = rows.filter((row, i) => i % 2 === 0 && ids.has(visitOfWord(row)));
      if (dead.length > 0) await redis.zrem(words, ...dead);
      cursor = next;
    } while (cursor !== '0');
  }

  return {
    find,

    /** `taken` when the PIN (or its claim code) is in use: draw another. */
    register(
      site: SiteId,
      visit: Visit,
      pin: PinRecord,
      context: RegistrationContext,
    ): Promise<'registered' | 'taken'> {
      const { args, rest } = registrationOf(visit, pin, context);
      return registerVisit(redis, site, args, rest);
    },

    /** `conflict` when the visit changed since it was read; `taken` when the new PIN is in use. */
    change(
      site: SiteId,
      before: StoredVisit,
      transition: Transition,
      context: {
        mailDigest: string;
        retentionMs: number;
        by: string;
        now: number;
      },
    ) {
      const { after, pin } = transition;
      const kept = keptUntil(after, context.retentionMs, context.now);
      const telling = tellingOf(after.terms, after.startedAt);
      const fresh = typeof pin === 'object' ? pin : undefined;
      const { set, removed } = split({
        ...fieldsOf(after),
        ...(fresh ? pinFields(fresh, context.mailDigest) : { mailDigest: context.mailDigest }),
        keepFrom: kept.from,
        keepUntil: kept.visit,
      });
      const oldWords = wordsOf(before.visit);
      const newWords = wordsOf(after);
      return changeVisit(
        redis,
        site,
        {
          now: context.now,
          visit: after.id,
          version: before.version,
          event: transition.event,
          by: context.by,
          cut: transition.cut ?? '',
          dropDevices: transition.dropDevices ? '1' : '',
          pin: fresh ? 'new' : ((pin as 'silence' | undefined) ?? ''),
          digest: fresh?.digest ?? '',
          sealed: fresh?.sealed ?? '',
          claim: fresh?.claimDigest ?? '',
          length: fresh?.length ?? '',
          arrival: after.terms.arrivalAt,
          pinKeptUntil: kept.pin,
          visitKeptUntil: kept.visit,
          tellFrom: telling.from,
          tellUntil: telling.until,
          mail: transition.mail?.kind ?? '',
          mailAlways: transition.mail?.always ? '1' : '',
          mailId: transition.mail?.id ?? '',
          tellHost: transition.tellHost ? '1' : '',
          oldWords: oldWords.length,
          newWords: newWords.length,
          removed: removed.length,
        },
        [...oldWords, ...newWords, ...removed, ...set],
      );
    },

    /** The visit, its grants and everything that names its visitor; its devices go offline. */
    erase: (site: SiteId, visit: Visit, by: string, now: number): Promise<'erased' | 'unknown'> =>
      eraseVisit(redis, site, { now, visit: visit.id, by }, wordsOf(visit)),

    /** Queues the mail with the PIN once more; `conflict` when the visit changed since it was read. */
    notify: (site: SiteId, { visit, version }: StoredVisit, mail: string, by: string, now: number) =>
      notifyVisit(redis, site, { now, visit: visit.id, version, mail, by }),

    /** The sealed copy of a visit's PIN, while there is one. */
    sealedPin: async (site: SiteId, digest: PinDigest): Promise<string | undefined> =>
      (await redis.hget(siteKeys.pin(site, digest), 'sealed')) ?? undefined,

    /** The visit that a claim code stands for. */
    byClaim: async (site: SiteId, claimDigest: string): Promise<string | undefined> =>
      (await redis.get(siteKeys.claim(site, claimDigest))) ?? undefined,

    /** How many PINs of each length could answer something else than `refused` at some time in the interval. */
    async tellingCounts(
      site: SiteId,
      interval: { from: number; until: number },
    ): Promise<Record<number, number>> {
      const counts: Record<number, number> = {};
      for (let length = 5; length <= 10; length++) {
        const [begun, over] = await Promise.all([
          redis.zcount(siteKeys.tellingFrom(site, length), '-inf', `(${interval.until}`),
          redis.zcount(siteKeys.tellingUntil(site, length), '-inf', interval.from),
        ]);
        counts[length] = Math.max(0, begun - over);
      }
      return counts;
    },

    /**
     * Ids by expected arrival, oldest first, from `from` (inclusive) to `until` (exclusive) or from a cursor on. A cursor
     * is `<arrival>:<id>`.
     */
    async page(
      site: SiteId,
      range: { from?: number; until?: number; cursor?: string; limit: number },
    ): Promise<{ ids: { id: string; cursor: string }[] }> {
      const [at, after] = range.cursor?.split(':') ?? [];
      const start = at ?? (range.from === undefined ? '-inf' : String(range.from));
      const end = range.until === undefined ? '+inf' : `(${range.until}`;
      const key = siteKeys.visits(site);
      const ids: { id: string; cursor: string }[] = [];
      // Visits that share an arrival come in the order of their ids, so the cursor's place is exact.
      for (let offset = 0; ids.length < range.limit; ) {
        const rows = await redis.zrangebyscore(key, start, end, 'WITHSCORES', 'LIMIT', offset, range.limit);
        for (let i = 0; i < rows.length && ids.length < range.limit; i += 2) {
          const [id = '', score = ''] = rows.slice(i, i + 2);
          if (score === at && after !== undefined && id <= after) continue;
          ids.push({ id, cursor: `${score}:${id}` });
        }
        if (rows.length < range.limit * 2) break;
        offset += range.limit;
      }
      return { ids };
    },

    /**
     * Ids of visits that may be meant: the longest of the words begins a word of name, e-mail or host. Whether the others
     * do is seen when the visit is read. At most `SEARCH_MOST` entries of the index.
     */
    async search(site: SiteId, words: readonly string[]): Promise<Set<string>> {
      const word = words.reduce((longest, one) => (one.length > longest.length ? one : longest), '');
      const rows = await redis.zrangebylex(
        siteKeys.words(site),
        `[${word}`,
        `[${word}\u{10ffff}`,
        'LIMIT',
        0,
        SEARCH_MOST,
      );
      return new Set(rows.map(visitOfWord));
    },

    /** Visits that arrive in the interval, and those that arrived before it and stay into it, by their arrival. */
    async overlapping(site: SiteId, from: number, until: number): Promise<string[]> {
      const long = await redis.zrangebyscore(siteKeys.longVisits(site), `(${from}`, '+inf');
      const arrivals = long.length > 0 ? await redis.zmscore(siteKeys.visits(site), ...long) : [];
      const before = long
        .map((id, i) => ({ id, at: Number(arrivals[i] ?? Number.NaN) }))
        .filter(({ at }) => at < from)
        .sort((a, b) => a.at - b.at)
        .map(({ id }) => id);
      return [...before, ...(await redis.zrangebyscore(siteKeys.visits(site), from, `(${until}`))];
    },

    /** How many visits are kept, or were until lately. */
    count: (site: SiteId): Promise<number> => redis.zcard(siteKeys.visits(site)),

    /** Drops index entries of visits and PINs whose records are gone. Returns how many visits. */
    async sweep(site: SiteId, before: number): Promise<number> {
      for (let length = 5; length <= 10; length++) {
        const [from, until] = [siteKeys.tellingFrom(site, length), siteKeys.tellingUntil(site, length)];
        const record = (digest: string) => siteKeys.pin(site, digest as PinDigest);
        await sweepIndex(redis, until, before, record, (digests) =>
          redis.multi().zrem(from, digests).zrem(until, digests).exec(),
        );
      }
      const index = siteKeys.visits(site);
      const record = (id: string) => siteKeys.visit(site, id);
      return sweepIndex(redis, index, before, record, async (ids) => {
        // The index last: it is what leads the next sweep to words that this one could not drop.
        await dropWords(site, new Set(ids));
        await redis.zrem(siteKeys.withoutToken(site), ids);
        await redis.zrem(siteKeys.longVisits(site), ids);
        await redis.zrem(index, ids);
      });
    },
  };
}
