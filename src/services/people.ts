import { randomBytes } from 'node:crypto';
import { emailProblem } from '../domain/email.js';
import { MAIN_SITE, newId, type SiteId } from '../domain/id.js';
import type { FieldProblem } from '../domain/problem.js';
import type { Sealing } from '../domain/sealing.js';
import {
  LINK_MS,
  openLink,
  type Person,
  type PersonLink,
  passwordProblem,
  personState,
  type TeamRole,
  withoutLogins,
} from '../domain/team.js';
import { mailSubjects, sourceOf } from '../domain/throttle.js';
import type { AttemptStore } from '../redis/attempts.js';
import type { EventStore } from '../redis/events.js';
import type { LoginStore } from '../redis/logins.js';
import type { SiteStore } from '../redis/sites.js';
import type { TeamStore } from '../redis/team.js';
import { withoutFactor } from './sign-in-factor.js';
import { hashPassword } from './sign-in-passwords.js';

/** What links go out with, where a mail server is configured. */
export interface LinkMail {
  configured(): boolean;
  queue(
    site: SiteId,
    mail: {
      kind: 'team-link';
      to: string;
      data: { task: 'invitation' | 'reset'; link: string };
      expiresAt: number;
    },
  ): Promise<unknown>;
}

/** `link`: the whole address, shown once and kept nowhere. */
export interface Linked {
  person: Person;
  link: string;
  /** Epoch milliseconds. */
  until: number;
  mailed: boolean;
}

export type Invited =
  | ({ status: 'added' } & Linked)
  | { status: 'taken' }
  | { status: 'invalid'; problems: FieldProblem[] };

export type PersonChanged =
  | { status: 'changed'; person: Person }
  | { status: 'unknown' | 'last-owner' | 'no-site' };

export type Joined =
  | { status: 'done'; person: Person }
  /** Used, too old, or replaced by a newer one. */
  | { status: 'gone' }
  | { status: 'invalid'; problems: FieldProblem[] };

const CODE = /^[A-Za-z0-9_-]{43}$/;

export type PeopleService = ReturnType<typeof createPeople>;

export interface PeopleDeps {
  team: TeamStore;
  logins: LoginStore;
  attempts: AttemptStore;
  sites: SiteStore;
  events: EventStore;
  sealing: Sealing;
  mail?: LinkMail | undefined;
  now: () => number;
}

/** The people of the team: invited, changed, kept out, removed, and the one-use links by which they set a password. */
export function createPeople(deps: PeopleDeps) {
  const { team, logins, attempts, sites, events, sealing, mail, now } = deps;

  const logOf = ({ role, site }: Person): SiteId => (role === 'owner' ? MAIN_SITE : site);

  async function dropLogins(person: string): Promise<void> {
    for (const login of await logins.ofPerson(person)) await logins.remove(login);
  }

  function makeLink(kind: PersonLink['kind'], origin: string) {
    const code = randomBytes(32).toString('base64url');
    const link: PersonLink = {
      digest: sealing.digest('team-link', code),
      kind,
      until: now() + LINK_MS[kind],
    };
    return { link, address: `${origin}/join?code=${code}` };
  }

  async function send(person: Person, link: PersonLink, address: string): Promise<boolean> {
    if (!mail?.configured()) return false;
    const task = link.kind === 'invitation' ? 'invitation' : 'reset';
    const data = { task, link: address } as const;
    await mail.queue(logOf(person), {
      kind: 'team-link',
      to: person.email,
      data,
      expiresAt: link.until,
    });
    return true;
  }

  async function byCode(code: string): Promise<{ person: Person; link: PersonLink } | undefined> {
    if (!CODE.test(code)) return undefined;
    const digest = sealing.digest('team-link', code);
    for (const person of await team.list()) {
      const link = openLink(person, now());
      if (link?.digest === digest) return { person, link };
    }
    return undefined;
  }

  /** A change of what somebody may do: their logins end with it. */
  async function change(
    id: string,
    by: string,
    type: 'person.changed' | 'person.deactivated' | 'person.activated' | 'person.removed',
    decide: (before: Person) => Person | undefined | 'as it is',
  ): Promise<PersonChanged> {
    let same = false;
    const result = await team.change(id, (before) => {
      const after = decide(before);
      same = after === 'as it is';
      return after === 'as it is' || after === undefined ? after : withoutLogins(after);
    });
    if (result.status !== 'changed' || same) return result;
    await dropLogins(id);
    const { role } = result.person;
    const fields = { person: id, by };
    if (type === 'person.changed')
      await events.append(logOf(result.person), type, { ...fields, role }, now());
    else await events.append(logOf(result.person), type, fields, now());
    return result;
  }

  return {
    list: (): Promise<Person[]> => team.list(),
    find: (id: string): Promise<Person | undefined> => team.findById(id),
    canMail: (): boolean => mail?.configured() ?? false,

    /** `origin`: of the admin pages, for the link. */
    async invite(
      input: { email: string; role: TeamRole; site: string },
      by: string,
      origin: string,
    ): Promise<Invited> {
      const email = input.email.trim();
      const known = (await sites.list()).find((site) => site === input.site);
      const wrong = emailProblem(email);
      const problems = [
        ...(wrong === undefined ? [] : [{ field: 'email', message: wrong }]),
        ...(known ? [] : [{ field: 'site', message: `There is no site "${input.site}".` }]),
      ];
      if (problems.length > 0 || !known) return { status: 'invalid', problems };
      const { link, address } = makeLink('invitation', origin);
      const person: Person = { id: newId(), email, role: input.role, site: known, createdAt: now(), link };
      if (!(await team.add(person))) return { status: 'taken' };
      if (person.role === 'owner') await team.clearSetup();
      const fields = { person: person.id, role: person.role, by };
      await events.append(logOf(person), 'person.added', fields, now());
      const mailed = await send(person, link, address);
      return { status: 'added', person, link: address, until: link.until, mailed };
    },

    /** Their logins end. */
    async change(id: string, input: { role: TeamRole; site: SiteId }, by: string): Promise<PersonChanged> {
      if (!(await sites.exists(input.site))) return { status: 'no-site' };
      return change(id, by, 'person.changed', (before) =>
        before.role === input.role && before.site === input.site ? 'as it is' : { ...before, ...input },
      );
    },

    /** Stays in the team, and cannot sign in by any way. */
    deactivate: (id: string, by: string) =>
      change(id, by, 'person.deactivated', (before) =>
        before.deactivatedAt === undefined ? { ...before, deactivatedAt: now() } : 'as it is',
      ),

    activate: (id: string, by: string) =>
      change(id, by, 'person.activated', ({ deactivatedAt, ...rest }) =>
        deactivatedAt === undefined ? 'as it is' : rest,
      ),

    remove: (id: string, by: string) => change(id, by, 'person.removed', () => undefined),

    /**
     * A new link to set a password: an invitation again for who has nothing to sign in with yet. Else `now` voids password,
     * second factor and logins at once; without it they go when the link is used, so that an operator shuts nobody out.
     */
    async reset(
      id: string,
      by: string,
      origin: string,
      when: 'now' | 'when used',
    ): Promise<({ status: 'done' } & Linked) | { status: 'unknown' | 'last-owner' | 'deactivated' }> {
      const person = await team.findById(id);
      if (!person) return { status: 'unknown' };
      if (person.deactivatedAt !== undefined) return { status: 'deactivated' };
      const invited = personState(person) === 'invited' && person.link?.kind !== 'reset';
      const { link, address } = makeLink(invited ? 'invitation' : 'reset', origin);
      const result = await team.change(id, (before) => {
        if (when === 'when used') return { ...before, link };
        const { passwordHash: _, ...rest } = withoutLogins(withoutFactor(before));
        return { ...rest, link };
      });
      if (result.status !== 'changed') return { status: result.status };
      if (when === 'now') await dropLogins(id);
      const fields = { person: id, kind: link.kind, by };
      await events.append(logOf(person), 'person.link-made', fields, now());
      const mailed = await send(result.person, link, address);
      return { status: 'done', person: result.person, link: address, until: link.until, mailed };
    },

    /** Mails a link to whoever has this address and a password. The caller learns nothing of that. */
    async forgotten(email: string, ip: string, origin: string): Promise<void> {
      if (!mail?.configured()) return;
      const account = sealing.digest('mail', email);
      const address = sealing.digest('attempt', sourceOf(ip));
      if ((await attempts.attempt(mailSubjects({ account, address }), now())) !== undefined) return;
      const person = await team.findByEmail(email);
      if (!person?.passwordHash || person.deactivatedAt !== undefined) return;
      const made = makeLink('forgotten', origin);
      const result = await team.change(person.id, (before) => ({ ...before, link: made.link }));
      if (result.status === 'changed') await send(result.person, made.link, made.address);
    },

    /** Whose link this is, while it can be used. */
    byCode,

    /** Sets the password that a link allows to, once. Every login so far ends. */
    async join(code: string, password: string): Promise<Joined> {
      const found = await byCode(code);
      if (!found) return { status: 'gone' };
      const wrong = passwordProblem(password);
      if (wrong !== undefined)
        return { status: 'invalid', problems: [{ field: 'password', message: wrong }] };
      const passwordHash = await hashPassword(password);
      let used = false;
      const result = await team.change(found.person.id, (before) => {
        used = openLink(before, now())?.digest === found.link.digest;
        if (!used) return 'as it is';
        const { link: _, ...rest } = withoutLogins(
          found.link.kind === 'reset' ? withoutFactor(before) : before,
        );
        return { ...rest, passwordHash };
      });
      if (!used || result.status !== 'changed') return { status: 'gone' };
      await dropLogins(result.person.id);
      const { id } = result.person;
      await events.append(logOf(result.person), 'person.password-set', { person: id }, now());
      return { status: 'done', person: result.person };
    },
  };
}
