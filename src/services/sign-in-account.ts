import { MAIN_SITE } from '../domain/id.js';
import type { FieldProblem } from '../domain/problem.js';
import type { Sealing } from '../domain/sealing.js';
import { type Person, passwordProblem, withoutLogins } from '../domain/team.js';
import { type Attempt, codeSubjects, passwordSubjects } from '../domain/throttle.js';
import type { AttemptStore } from '../redis/attempts.js';
import type { EventStore } from '../redis/events.js';
import type { LoginStore } from '../redis/logins.js';
import type { TeamStore } from '../redis/team.js';
import type { Held, Session } from './sign-in.js';
import { type Factor, withoutFactor } from './sign-in-factor.js';
import { hashPassword, type PasswordCheck } from './sign-in-passwords.js';

export type Done = { status: 'done' } | { status: 'invalid'; problems: FieldProblem[] } | Held;

/** `codes`: the recovery codes, which nobody can ask for again. */
export type WithCodes =
  | { status: 'done'; codes: string[] }
  | { status: 'invalid'; problems: FieldProblem[] }
  | Held;

export type AccountService = ReturnType<typeof createAccount>;

export interface AccountDeps {
  team: TeamStore;
  logins: LoginStore;
  attempts: AttemptStore;
  events: EventStore;
  sealing: Sealing;
  factor: Factor;
  checkPassword: PasswordCheck;
  now: () => number;
}

const problem = (field: string, message: string): { status: 'invalid'; problems: FieldProblem[] } => ({
  status: 'invalid',
  problems: [{ field, message }],
});

/** What people change of their own way in. Each change is followed by a new cookie for the browser that made it. */
export function createAccount(deps: AccountDeps) {
  const { team, logins, attempts, events, sealing, factor, checkPassword, now } = deps;

  /** Counted by the login that asks: nobody else has it. */
  const attemptOf = ({ person, login }: Session): Attempt => ({
    account: sealing.digest('mail', person.email),
    address: '',
    known: login.digest,
  });

  const note = (type: 'person.password-set' | 'person.factor-on' | 'person.factor-off', person: Person) =>
    events.append(person.role === 'owner' ? MAIN_SITE : person.site, type, { person: person.id }, now());

  async function passwordIsRight(session: Session, password: string): Promise<boolean | Held> {
    const subjects = passwordSubjects(attemptOf(session));
    const waitMs = await attempts.attempt(subjects, now());
    if (waitMs !== undefined) return { status: 'throttled', waitMs };
    const right = await checkPassword(session.person.passwordHash, password, true);
    if (right === undefined) return { status: 'busy' };
    if (right) await attempts.passed(subjects);
    return right;
  }

  async function endOthers({ person, login }: Session): Promise<void> {
    for (const other of await logins.ofPerson(person.id))
      if (other.digest !== login.digest) await logins.remove(other);
  }

  /** The password, or a code, which is then used up. */
  async function proven(session: Session, typed: string): Promise<boolean | Held> {
    const subjects = codeSubjects(attemptOf(session));
    const waitMs = await attempts.attempt(subjects, now());
    if (waitMs !== undefined) return { status: 'throttled', waitMs };
    let taken = false;
    await team.change(session.person.id, (before) => {
      const after = factor.taken(before, typed);
      taken = after !== undefined;
      return after ?? 'as it is';
    });
    if (!taken) return session.person.passwordHash === undefined ? false : passwordIsRight(session, typed);
    await attempts.passed(subjects);
    return true;
  }

  const notProven = problem(
    'proof',
    'That is neither your password nor a code that can be used. Type the password, or the six digits that your app shows now.',
  );

  /**
   * Whoever found a browser signed in, or holds the phone, does not change what protects the password: that takes the
   * password. Who signs in by the provider alone has none, and nothing that a factor would protect; the provider asks for
   * its own.
   */
  async function passwordAgain(session: Session, field: string, typed: string) {
    if (session.person.passwordHash === undefined)
      return problem(field, 'You have no password here, so there is nothing to protect by a second factor.');
    const right = await passwordIsRight(session, typed);
    if (typeof right !== 'boolean') return right;
    return right ? undefined : problem(field, 'That is not your password.');
  }

  return {
    /** Every other login of the person ends. */
    async changePassword(session: Session, input: { current: string; password: string }): Promise<Done> {
      const { passwordHash } = session.person;
      if (passwordHash === undefined)
        return problem('current', 'You have no password here. An owner can send you a link to set one.');
      const wrong = passwordProblem(input.password);
      if (wrong !== undefined) return problem('password', wrong);
      const right = await passwordIsRight(session, input.current);
      if (typeof right !== 'boolean') return right;
      if (!right) return problem('current', 'That is not your present password.');
      const fresh = await hashPassword(input.password);
      let same = false;
      const result = await team.change(session.person.id, (before) => {
        same = before.passwordHash === passwordHash;
        return same ? withoutLogins({ ...before, passwordHash: fresh }) : 'as it is';
      });
      if (!same || result.status !== 'changed')
        return problem('current', 'Your password was changed elsewhere just now.');
      await endOthers(session);
      await note('person.password-set', session.person);
      return { status: 'done' };
    },

    /** A secret to put into an app, and its sealed form for the page. `sealed`: the one that the page had before. */
    offer({ person }: Session, sealed = ''): { secret: string; sealed: string } {
      const secret = sealed === '' ? undefined : factor.opened(person.id, sealed);
      return secret === undefined ? factor.offer(person.id) : { secret, sealed };
    },

    /** On from now, if the password is right and the code is one of the secret that was offered. */
    async turnOn(
      session: Session,
      { sealed, code, password }: { sealed: string; code: string; password: string },
    ): Promise<WithCodes> {
      const refused = await passwordAgain(session, 'password', password);
      if (refused) return refused;
      const waitMs = await attempts.attempt(codeSubjects(attemptOf(session)), now());
      if (waitMs !== undefined) return { status: 'throttled', waitMs };
      let codes: string[] | undefined;
      const result = await team.change(session.person.id, (before) => {
        codes = undefined;
        if (before.secondFactor) return 'as it is';
        const confirmed = factor.confirmed(before, sealed, code);
        codes = confirmed?.codes;
        return confirmed ? withoutLogins(confirmed.person) : 'as it is';
      });
      if (result.status === 'changed' && result.person.secondFactor && !codes)
        return problem('code', 'Your second factor is on already.');
      if (!codes)
        return problem(
          'code',
          'That is not the code that the app shows now. Wait for the next one, and see that the clock of the phone is right.',
        );
      await attempts.passed(codeSubjects(attemptOf(session)));
      await endOthers(session);
      await note('person.factor-on', session.person);
      return { status: 'done', codes };
    },

    async turnOff(session: Session, password: string): Promise<Done> {
      const refused = await passwordAgain(session, 'off', password);
      if (refused) return refused;
      await team.change(session.person.id, (before) => withoutLogins(withoutFactor(before)));
      await endOthers(session);
      await note('person.factor-off', session.person);
      return { status: 'done' };
    },

    /** New recovery codes; the old ones are void. */
    async renewCodes(session: Session, typed: string): Promise<WithCodes> {
      const right = await proven(session, typed);
      if (typeof right !== 'boolean') return right;
      if (!right) return notProven;
      let codes: string[] = [];
      await team.change(session.person.id, (before) => {
        const renewed = factor.renewed(before);
        codes = renewed?.codes ?? [];
        return renewed?.person ?? 'as it is';
      });
      return { status: 'done', codes };
    },
  };
}
