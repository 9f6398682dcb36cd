import { randomBytes, randomInt } from 'node:crypto';
import type { SiteId } from '../../domain/id.js';
import { HELD_FOR_MS, type Mail, retryWait, TRIED_FOR_MS } from '../../domain/mail.js';
import type { LeaseStore } from '../../redis/leases.js';
import type { MailOutcome, MailStore } from '../../redis/mails.js';
import type { SiteStore } from '../../redis/sites.js';
import { chore, ends } from '../chore.js';
import type { Composed } from './compose.js';
import type { Postbox } from './postbox.js';

const LEASE = 'mail';
const LEASE_MS = 30_000;
const LOOK_EVERY_MS = 2000;
/** Longer than one attempt can take. */
const CLAIM_MS = 5 * 60_000;
const AT_ONCE = 5;
const STOP_MS = 2000;
const SETTLE_TRIES = 3;

export interface CourierDeps {
  mails: MailStore;
  sites: Pick<SiteStore, 'list'>;
  leases: LeaseStore;
  compose: (site: SiteId, mail: Mail) => Promise<Composed>;
  /** None without `SMTP_URL`. */
  postbox: Postbox | undefined;
  decisions: () => boolean;
  now: () => number;
  log: { warn(data: object, message: string): void; error(data: object, message: string): void };
}

export type Courier = ReturnType<typeof createCourier>;

/** Sends the mails that are due: one process at a time, and each mail claimed, so that none is lost or sent twice. */
export function createCourier(deps: CourierDeps) {
  const { mails, sites, leases, postbox, now, log } = deps;
  const holder = randomBytes(9).toString('base64url');
  let stopped = false;
  let started = false;

  /** What becomes of a claimed mail, and whether anybody was there to take it. */
  async function deliver(site: SiteId, mail: Mail): Promise<{ outcome: MailOutcome; away: boolean }> {
    const composed = await deps.compose(site, mail);
    if (composed.status === 'void') return { outcome: { state: 'dropped' }, away: false };
    if (composed.status === 'late')
      return { outcome: { state: 'refused', words: composed.words }, away: false };
    if (!postbox) return { outcome: { state: 'held' }, away: false };
    const posted = await postbox.post(composed.letter);
    if (posted.status === 'accepted') return { outcome: { state: 'sent', words: posted.words }, away: false };
    if (posted.status === 'refused')
      return { outcome: { state: 'refused', words: posted.words }, away: false };
    return { outcome: later(mail, posted.words), away: posted.away };
  }

  function later(mail: Mail, words: string): MailOutcome {
    const nextAt = now() + retryWait(mail.tries, randomInt(1000) / 1000);
    if (nextAt < mail.since + TRIED_FOR_MS) return { state: 'queued', nextAt, words };
    return { state: 'refused', words: `Tried for three days. The last answer: ${words}` };
  }

  /** True where the mail server was not there. */
  async function send(site: SiteId, id: string, claim: string): Promise<boolean> {
    const mail = await mails.find(site, id);
    if (!mail) return false;
    const { outcome, away } = await deliver(site, mail).catch((err: unknown) => {
      log.error({ err, site, mail: id }, 'mail not made');
      return { outcome: later(mail, 'The mail could not be made; the log has more.'), away: false };
    });
    for (let tries = 1; ; tries++) {
      try {
        await mails.settle(site, id, claim, outcome, now());
        return away;
      } catch (err) {
        // What was sent is not to be sent again for a moment without Redis.
        if (tries === SETTLE_TRIES) throw err;
      }
    }
  }

  async function ofSite(site: SiteId): Promise<void> {
    for (let more = true; more && !stopped; ) {
      const claim = randomBytes(9).toString('base64url');
      const ids = await mails.claim(site, claim, now() + CLAIM_MS, AT_ONCE, now());
      const away = await Promise.all(ids.map((id) => send(site, id, claim)));
      // While nobody is there, each of the others would wait for nothing.
      more = ids.length === AT_ONCE && !away.some(Boolean) && (await leases.hold(LEASE, holder, LEASE_MS));
    }
  }

  /** What was held while there was no mail server, and is not stale yet. */
  async function release(): Promise<void> {
    for (const site of postbox ? await sites.list() : []) {
      for (const id of await mails.heldSince(site, now() - HELD_FOR_MS))
        await mails.steer(site, id, 'retry', '', now());
    }
  }

  let released = false;
  async function round(): Promise<void> {
    if (!deps.decisions() || !(await leases.hold(LEASE, holder, LEASE_MS))) return;
    if (!released) {
      await release();
      released = true;
    }
    for (const site of await sites.list()) if (!stopped) await ofSite(site);
  }

  const rounds = chore(LOOK_EVERY_MS, round, (err) => {
    if (!stopped) log.warn({ err }, 'mail not sent');
  });

  return {
    start(): void {
      started = true;
      rounds.soon();
    },
    /** There is something to send. */
    soon(): void {
      if (started) rounds.soon();
    },
    async stop(): Promise<void> {
      stopped = true;
      postbox?.close();
      // A mail that is just being sent comes back when its claim is over.
      await ends(rounds.stop(), STOP_MS);
      if (started) await leases.release(LEASE, holder).catch(() => undefined);
    },
  };
}
