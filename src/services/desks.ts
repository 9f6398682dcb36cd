import { randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import { newId, parseRecordId, parseSiteId, type SiteId } from '../domain/id.js';
import { drawPin, normalisePin } from '../domain/pin.js';
import type { Sealing } from '../domain/sealing.js';
import type { Desk, DeskStore, Pairing } from '../redis/desks.js';
import type { EventStore } from '../redis/events.js';
import type { SiteStore } from '../redis/sites.js';

/** A tablet that may do what a check-in desk may, and nothing else. */
export interface DeskSession {
  site: SiteId;
  desk: Desk;
  /** Stands in every form, so that no other page can send one. */
  csrf: string;
}

/** `token` goes into the tablet's cookie and is kept nowhere here. */
export type PairedDesk =
  | { status: 'paired'; token: string; name: string }
  | { status: 'refused' }
  | { status: 'throttled'; retryAfterMs: number };

const CODE_DIGITS = 8;
export const PAIRING_MS = 10 * 60_000;
/** Wrong codes at most while there is one to be guessed: a chance of one in five million. */
const TRIES = { most: 20, windowMs: PAIRING_MS };
const NAME_MOST = 60;
const SEEN_EVERY_MS = 60_000;
const AGENT_MOST = 200;
const SECRET = /^[A-Za-z0-9_-]{43}$/;

export type DeskService = ReturnType<typeof createDesks>;

export interface DeskDeps {
  desks: DeskStore;
  sites: SiteStore;
  events: EventStore;
  sealing: Sealing;
  now: () => number;
}

const nameOf = (typed: string): string | undefined => {
  const name = typed.trim().normalize('NFC');
  return name !== '' && name.length <= NAME_MOST && !/\p{Cc}/u.test(name) ? name : undefined;
};

/** Tablets are paired with a site by a code that an admin makes, and unpaired. */
export function createDesks({ desks, sites, events, sealing, now }: DeskDeps) {
  const codeDigest = (site: SiteId, code: string): string => sealing.digest('pairing', `${site} ${code}`);

  return {
    list: (site: SiteId): Promise<Desk[]> => desks.list(site),
    pairings: (site: SiteId): Promise<Pairing[]> => desks.pairings(site, now()),

    /** A code for one tablet, shown once. */
    async begin(
      site: SiteId,
      typed: string,
      by: string,
    ): Promise<{ status: 'code'; code: string; expiresAt: number } | { status: 'invalid' }> {
      const name = nameOf(typed);
      if (name === undefined) return { status: 'invalid' };
      const code = drawPin(CODE_DIGITS, randomInt);
      const at = now();
      const expiresAt = at + PAIRING_MS;
      await desks.putPairing(site, { digest: codeDigest(site, code), name, expiresAt }, by, at);
      await events.append(site, 'desk.pairing-begun', { by }, at);
      return { status: 'code', code, expiresAt };
    },

    /** The code is good for nothing any more. */
    withdraw: (site: SiteId, digest: string): Promise<void> => desks.dropPairing(site, digest),

    /** A tablet shows the code. It does not say which site it is of. */
    async pair(typed: string, agent: string): Promise<PairedDesk> {
      const code = normalisePin(typed);
      if (code?.length !== CODE_DIGITS) return { status: 'refused' };
      const id = newId();
      const secret = randomBytes(32).toString('base64url');
      let waitMs = 0;
      for (const site of await sites.list()) {
        const desk = {
          code: codeDigest(site, code),
          id,
          digest: sealing.digest('desk', secret),
          agent: agent.slice(0, AGENT_MOST),
        };
        const paired = await desks.pair(site, desk, TRIES, now());
        if (paired.status === 'paired') return { ...paired, token: `${site}.${id}.${secret}` };
        if (paired.status === 'throttled') waitMs = Math.max(waitMs, paired.retryAfterMs);
      }
      return waitMs > 0 ? { status: 'throttled', retryAfterMs: waitMs } : { status: 'refused' };
    },

    /** Whose cookie this is; undefined where it is no paired tablet's, or no longer. */
    async session(token: string | undefined): Promise<DeskSession | undefined> {
      const [siteText = '', idText = '', secret = ''] = token?.split('.') ?? [];
      const [site, id] = [parseSiteId(siteText), parseRecordId(idText)];
      if (!token || !site || !id || !SECRET.test(secret)) return undefined;
      const desk = await desks.find(site, id);
      if (!desk) return undefined;
      const [known, given] = [Buffer.from(desk.digest), Buffer.from(sealing.digest('desk', secret))];
      if (known.length !== given.length || !timingSafeEqual(known, given)) return undefined;
      const at = now();
      if (at - desk.seenAt >= SEEN_EVERY_MS) await desks.change(site, id, { order: 'seen' }, at);
      return { site, desk, csrf: sealing.digest('desk-csrf', token) };
    },

    async rename(
      site: SiteId,
      id: string,
      typed: string,
      by: string,
    ): Promise<'changed' | 'unknown' | 'invalid'> {
      const name = nameOf(typed);
      return name === undefined ? 'invalid' : desks.change(site, id, { order: 'rename', name, by }, now());
    },

    /** The tablet may do nothing any more from its next request on. */
    unpair: (site: SiteId, id: string, by: string): Promise<'changed' | 'unknown'> =>
      desks.change(site, id, { order: 'unpair', by }, now()),
  };
}
