import { type Subject, subjectOf } from '../domain/block.js';
import { beyondLimits } from '../domain/desk-limits.js';
import { type ClientMac, type GatewayId, newId, type SiteId } from '../domain/id.js';
import type { Sealing } from '../domain/sealing.js';
import type { Settings } from '../domain/settings.js';
import type { TeamRole } from '../domain/team.js';
import {
  isOver,
  parseChange,
  parseRegistration,
  type Registration,
  type RegistrationProblem,
  termsNow,
  type Visit,
} from '../domain/visit.js';
import { opensAt, startBy } from '../domain/window.js';
import type { GrantStore } from '../redis/grants.js';
import type { TokenStore } from '../redis/tokens.js';
import type { StoredVisit } from '../redis/visit-record.js';
import type { PinRecord, RegistrationContext, Transition, VisitStore } from '../redis/visits.js';
import type { IssuedPin, Pins } from './pins.js';
import type { SettingsService } from './settings.js';
import { createVisitDevices } from './visit-devices.js';
import { createDayList, createVisitList } from './visit-list.js';
import {
  arrivalMail,
  cancellationMail,
  changeMail,
  languageProblems,
  type Notify,
  registrationMail,
  reissueMail,
} from './visit-mail.js';

/** A visit with its PIN in the clear: answered once, to whoever made or asked for it. */
export interface VisitWithPin {
  visit: Visit;
  pin: string;
  /** Code of the claim link, which stands for the PIN without containing it. */
  claim: string;
}

export type Refused = { status: 'unknown' } | { status: 'refused'; why: RefusalReason } | Invalid;
export type Invalid = { status: 'invalid'; problems: RegistrationProblem[] };
/** Codes of the error catalogue. */
export type RefusalReason =
  | 'visit-cancelled'
  | 'visit-checked-out'
  | 'visit-checked-in'
  | 'not-mailable'
  | 'busy';

export type Changed = { status: 'changed'; visit: Visit; cut: number } | Refused;
export type Issued = ({ status: 'changed' } & VisitWithPin) | Refused;

/** How often a transition is tried again when somebody else changed the visit, or a drawn PIN was taken. */
const TRIES = 20;
const DAY_MS = 86_400_000;

/** A visit as it begins. */
export const newVisit = (
  registration: Omit<Registration, 'notify'>,
  id: string,
  values: Settings,
  now: number,
): Visit => ({
  ...registration,
  id,
  hasToken: values['tokens.enabled'],
  createdAt: now,
  devices: [],
});

/** Writes a visit that was made, with its PIN; `taken` where another PIN has to be drawn. */
export type Put = (
  visit: Visit,
  pin: PinRecord,
  context: RegistrationContext,
) => Promise<'registered' | 'taken' | 'quota'>;

export type VisitService = ReturnType<typeof createVisits>;

export interface VisitDeps {
  visits: VisitStore;
  grants: GrantStore;
  tokens: TokenStore;
  settings: SettingsService;
  sealing: Sealing;
  pins: Pins;
  /** What the block list has against them. */
  blocked: (site: SiteId, subject: Subject) => Promise<RegistrationProblem[]>;
  /** Tags of the languages in which visitors can be written to. */
  languages: readonly string[];
  /** A mail waits to be sent. */
  mailed: () => Promise<void>;
  /** Wakes whoever holds the lanes of these clients. */
  nudge: (gateway: GatewayId, mac: ClientMac) => Promise<void>;
  now: () => number;
}

export function createVisits(deps: VisitDeps) {
  const { visits, grants, tokens, settings, sealing, mailed, now } = deps;
  const { claimCode, issue: issuePin } = deps.pins;

  const mailDigest = (visit: Visit): string => (visit.email ? sealing.digest('mail', visit.email) : '');

  function context(visit: Visit, values: Settings, by: string) {
    return {
      mailDigest: mailDigest(visit),
      retentionMs: values['retention.days'] * DAY_MS,
      by,
      now: now(),
    };
  }

  /** Whoever may have to act on these clients looks at once. */
  async function wake(site: SiteId, visit: string): Promise<void> {
    const seen = new Set<string>();
    for (const grant of await grants.ofVisit(site, visit)) {
      const key = `${grant.gateway} ${grant.mac}`;
      if (seen.has(key)) continue;
      seen.add(key);
      await deps.nudge(grant.gateway, grant.mac);
    }
  }

  /** Reads, decides and writes until nobody came between. */
  async function transition(
    site: SiteId,
    id: string,
    by: string,
    decide: (before: Visit, values: Settings) => Transition | Refused | Promise<Transition | Refused>,
  ): Promise<Changed> {
    const { values } = await settings.read(site);
    for (let i = 0; i < TRIES; i++) {
      const before = await visits.find(site, id);
      if (!before) return { status: 'unknown' };
      const next = await decide(before.visit, values);
      if ('status' in next) return next;
      const result = await visits.change(site, before, next, context(next.after, values, by));
      if (result.status === 'unknown') return { status: 'unknown' };
      if (result.status !== 'changed') continue;
      await wake(site, id);
      if (result.mailWaits) await mailed();
      const after = next.mail ? (await visits.find(site, id))?.visit : undefined;
      return { status: 'changed', visit: after ?? next.after, cut: result.cut };
    }
    return { status: 'refused', why: 'busy' };
  }

  /** The start that a check-in gives to a token that waits for one: now, or when it opens if the visitor is early. */
  function startAtDesk({ hasToken, terms, startedAt }: Visit): { startedAt?: number } {
    const [at, last] = [now(), startBy(terms)];
    const starts = hasToken && terms.validFrom === 'check-in' && last !== undefined && at <= last;
    if (startedAt !== undefined || !starts) return {};
    return { startedAt: Math.max(at, opensAt(terms)) };
  }

  const over = (visit: Visit): RefusalReason | undefined => {
    if (visit.cancelledAt !== undefined) return 'visit-cancelled';
    return visit.checkedOutAt === undefined ? undefined : 'visit-checked-out';
  };

  const strange = (given: Pick<Visit, 'language'>) => languageProblems(deps.languages, given);

  /** The PIN of a visit that was read, while its sealed copy is kept. */
  async function readPin(
    site: SiteId,
    stored: StoredVisit,
  ): Promise<{ pin: string; claim: string } | undefined> {
    const sealed = await visits.sealedPin(site, stored.pinDigest);
    const pin = sealed && sealing.unseal('pin', stored.visit.id, sealed);
    return pin ? { pin, claim: claimCode(stored.pinDigest) } : undefined;
  }

  async function make(
    site: SiteId,
    input: unknown,
    { by, id = newId(), role }: { by: string; id?: string | undefined; role?: TeamRole | undefined },
    put: Put,
  ): Promise<({ status: 'registered' } & VisitWithPin) | Invalid | { status: 'quota' }> {
    const { values } = await settings.read(site);
    const parsed = parseRegistration(input, values);
    if (!parsed.ok) return { status: 'invalid', problems: parsed.problems };
    const { notify, ...registration } = parsed.registration;
    const problems = [
      ...strange(registration),
      ...beyondLimits(registration, undefined, role, values, now()),
      ...(await deps.blocked(site, registration)),
    ];
    if (problems.length > 0) return { status: 'invalid', problems };
    const visit = newVisit(registration, id, values, now());
    for (let i = 0; i < TRIES; i++) {
      const { pin, record } = await issuePin(site, visit, values);
      const mail = registrationMail(visit, values, notify, now());
      const written = { ...context(visit, values, by), mail };
      const done = await put(visit, record, written);
      if (done === 'quota') return { status: done };
      if (done !== 'registered') continue;
      if (mail !== undefined) await mailed();
      return {
        status: 'registered',
        visit:
          mail === undefined ? visit : { ...visit, mail: { state: 'queued', at: written.now, words: '' } },
        pin,
        claim: claimCode(record.digest),
      };
    }
    throw new Error('no free PIN of the chosen length was found');
  }

  return {
    async register(
      site: SiteId,
      input: unknown,
      by: string,
      id?: string,
      role?: TeamRole,
    ): Promise<({ status: 'registered' } & VisitWithPin) | Invalid> {
      const put: Put = (visit, pin, context) => visits.register(site, visit, pin, context);
      const made = await make(site, input, { by, id, role }, put);
      if (made.status === 'quota') throw new Error('a quota where none was set');
      return made;
    },

    /** The same for a host: what the desk may give, written by `put`, which knows how many they may register. */
    registerHosted: (site: SiteId, input: unknown, put: Put) =>
      make(site, input, { by: 'host', role: 'desk' }, put),

    find: async (site: SiteId, id: string): Promise<Visit | undefined> =>
      (await visits.find(site, id))?.visit,

    onDay: createDayList(visits),

    /** The PIN again. `undefined` where there is none any more; logged as `pin.shown` by the caller's order. */
    async showPin(site: SiteId, id: string): Promise<{ pin: string; claim: string } | undefined> {
      const stored = await visits.find(site, id);
      return stored && readPin(site, stored);
    },

    /** The visit that a claim link stands for, and its PIN; undefined once that PIN is dead. */
    async claimed(site: SiteId, code: string): Promise<{ visit: string; pin: string } | undefined> {
      const id = await visits.byClaim(site, sealing.digest('claim', code));
      const stored = id === undefined ? undefined : await visits.find(site, id);
      const read = stored && (await readPin(site, stored));
      return read && { visit: stored.visit.id, pin: read.pin };
    },

    /** Moved, extended, shortened, corrected; grants follow. `role`: of who asks, whose limits hold. */
    change: (site: SiteId, id: string, input: unknown, by: string, role?: TeamRole) =>
      transition(site, id, by, async (before, values) => {
        const why = over(before);
        if (why) return { status: 'refused', why };
        const parsed = parseChange(input, before);
        const problems = parsed.ok
          ? [
              ...strange(parsed.visit),
              ...beyondLimits(parsed.visit, before, role, values, now()),
              ...(await deps.blocked(site, subjectOf(before, parsed.visit))),
            ]
          : parsed.problems;
        if (!parsed.ok || problems.length > 0) return { status: 'invalid', problems };
        const { visit: after, notify } = parsed;
        return { event: 'visit.changed', after, ...changeMail(before, after, values, notify, now()) };
      }),

    /** The PIN is dead and every device offline. Again is no error. */
    cancel: (site: SiteId, id: string, by: string, { notify }: { notify?: Notify } = {}) =>
      transition(site, id, by, (before, values) => {
        const at = now();
        const after = {
          ...before,
          cancelledAt: before.cancelledAt ?? at,
          tokenEndedAt: before.tokenEndedAt ?? at,
          devices: [],
        };
        return {
          event: 'visit.cancelled',
          after,
          cut: 'cancelled',
          dropDevices: true,
          pin: 'silence',
          ...cancellationMail(before, values, notify, at),
        };
      }),

    /** Nothing of it is left but facts in the log. False where there is no such visit. */
    async erase(site: SiteId, id: string, by: string): Promise<boolean> {
      const stored = await visits.find(site, id);
      if (!stored) return false;
      const held = await grants.ofVisit(site, id);
      const erased = await visits.erase(site, stored.visit, by, now());
      for (const grant of held) await deps.nudge(grant.gateway, grant.mac);
      return erased === 'erased';
    },

    /** With `validFrom: check-in` the token starts here, or when it opens if the visitor is early. */
    checkIn: (site: SiteId, id: string, by: string) =>
      transition(site, id, by, (before, values) => {
        const why = over(before) ?? (before.checkedInAt === undefined ? undefined : 'visit-checked-in');
        if (why) return { status: 'refused', why };
        return {
          event: 'visit.checked-in',
          after: { ...before, checkedInAt: now(), ...startAtDesk(before) },
          ...arrivalMail(before, values),
        };
      }),

    checkOut: (site: SiteId, id: string, by: string) =>
      transition(site, id, by, (before, values) => {
        const why = over(before);
        if (why) return { status: 'refused', why };
        const at = now();
        const after = {
          ...before,
          checkedInAt: before.checkedInAt ?? at,
          checkedOutAt: at,
        };
        if (!values['tokens.endOnCheckOut']) return { event: 'visit.checked-out', after };
        return {
          event: 'visit.checked-out',
          after: { ...after, tokenEndedAt: at, devices: [] },
          cut: 'checked-out',
          dropDevices: true,
          pin: 'silence',
        };
      }),

    /** A new PIN; the old one is dead, devices stay unless asked. Gives a token to a visit that had none. */
    async reissue(
      site: SiteId,
      id: string,
      options: { dropDevices: boolean; notify?: Notify },
      by: string,
    ): Promise<Issued> {
      let issued: IssuedPin | undefined;
      const result = await transition(site, id, by, async (before, values) => {
        const why = over(before);
        if (why) return { status: 'refused', why };
        const hasToken = before.hasToken || values['tokens.enabled'];
        const terms = before.hasToken || !hasToken ? before.terms : termsNow(before.terms, values);
        const given = { ...before, hasToken, terms };
        const after = {
          ...given,
          // Who stands in the house already will not be checked in again.
          ...(before.checkedInAt === undefined ? {} : startAtDesk(given)),
          ...(options.dropDevices ? { devices: [] } : {}),
        };
        issued = await issuePin(site, after, values);
        return {
          event: 'pin.reissued',
          after,
          pin: issued.record,
          ...reissueMail(after, values, options.notify, now()),
          ...(options.dropDevices ? { cut: 'reissued', dropDevices: true } : {}),
        };
      });
      if (result.status !== 'changed' || !issued) return result as Refused;
      return {
        status: 'changed',
        visit: result.visit,
        pin: issued.pin,
        claim: claimCode(issued.record.digest),
      };
    },

    /** The PIN goes to the visitor once more. */
    async notify(site: SiteId, id: string, by: string): Promise<Changed> {
      for (let i = 0; i < TRIES; i++) {
        const stored = await visits.find(site, id);
        if (!stored) return { status: 'unknown' };
        const { visit } = stored;
        const why = over(visit);
        if (why) return { status: 'refused', why };
        if (visit.email === undefined || isOver(visit, now()) || !(await readPin(site, stored)))
          return { status: 'refused', why: 'not-mailable' };
        const queued = await visits.notify(site, stored, newId(), by, now());
        if (queued === 'unknown') return { status: 'unknown' };
        if (queued !== 'queued') continue;
        await mailed();
        return { status: 'changed', visit: (await visits.find(site, id))?.visit ?? visit, cut: 0 };
      }
      return { status: 'refused', why: 'busy' };
    },

    ...createVisitDevices({ grants, tokens, nudge: deps.nudge, wake, now }),

    list: createVisitList(visits, now),
  };
}
