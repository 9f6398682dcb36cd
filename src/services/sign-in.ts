import { randomBytes } from 'node:crypto';
import { MAIN_SITE, newId, type SiteId } from '../domain/id.js';
import type { Sealing } from '../domain/sealing.js';
import { type Person, withoutLogins } from '../domain/team.js';
import { type Attempt, codeSubjects, passwordSubjects, sourceOf } from '../domain/throttle.js';
import type { AttemptStore } from '../redis/attempts.js';
import type { EventStore } from '../redis/events.js';
import type { Login, LoginStore } from '../redis/logins.js';
import type { SiteStore } from '../redis/sites.js';
import type { TeamStore } from '../redis/team.js';
import type { Factor } from './sign-in-factor.js';
import { hashPassword, isOutdated, type PasswordCheck } from './sign-in-passwords.js';

/** `token` and `browser` go into the browser's cookies and are kept nowhere here. */
export interface Begun {
  status: 'signed-in';
  token: string;
  /** By which this browser is known from now on. */
  browser: string;
  person: Person;
}

export type Held =
  /** Tried too often. */
  | { status: 'throttled'; waitMs: number }
  /** Too many at once. */
  | { status: 'busy' };

export type SignedIn =
  | Begun
  | { status: 'refused' }
  /** The password is right; `step` goes into a cookie, for the page that asks for the code. */
  | { status: 'code-needed'; step: string }
  /** The password is right, but only owners may sign in with one. */
  | { status: 'provider-only' }
  | Held;

export type CodeTaken =
  | Begun
  | { status: 'refused' }
  /** The step is too old, or something changed since: begin again. */
  | { status: 'over' }
  | Held;

/** Who asks: a person of the team in a browser that signed in. */
export interface Session {
  person: Person;
  login: Login;
  /** Stands in every form, so that no other page can send one. */
  csrf: string;
}

/** Where an attempt comes from. */
export interface From {
  ip: string;
  /** What the browser calls itself. */
  agent: string;
  /** The cookie of a browser that somebody signed in with before. */
  browser?: string | undefined;
}

const TOKEN = /^[A-Za-z0-9_-]{43}$/;
/** A browser that asked for nothing for so long has to sign in again. */
export const IDLE_MS = 8 * 3_600_000;
/** After this it has to sign in again in any case. */
export const ABSOLUTE_MS = 7 * 86_400_000;
/** How long the page with the code waits. */
export const STEP_MS = 5 * 60_000;
const TOUCH_EVERY_MS = 60_000;
const AGENT_MOST = 200;

export type SignInService = ReturnType<typeof createSignIn>;

export interface SignInDeps {
  team: TeamStore;
  logins: LoginStore;
  attempts: AttemptStore;
  sites: SiteStore;
  events: EventStore;
  sealing: Sealing;
  factor: Factor;
  checkPassword: PasswordCheck;
  /** Who may sign in with a password, where there is a provider. */
  passwordsFor: () => Promise<'everybody' | 'owners'>;
  now: () => number;
}

/** How people of the team sign in, and what their browsers hold afterwards. */
export function createSignIn(deps: SignInDeps) {
  const { team, logins, attempts, sites, events, sealing, factor, checkPassword, now } = deps;

  /** Cookie of a known browser: its id, and what proves that this account signed in with it. */
  const browserOf = (account: string, id: string): string =>
    `${id}.${sealing.digest('browser', `${account} ${id}`)}`;

  function attemptOf(account: string, { ip, browser }: From): Attempt {
    const [id = ''] = browser?.split('.') ?? [];
    const known = browser !== undefined && browser === browserOf(account, id) ? id : undefined;
    return { account, address: sealing.digest('attempt', sourceOf(ip)), known };
  }

  const accountOf = (email: string): string => sealing.digest('mail', email);
  const siteOf = async (site: SiteId): Promise<SiteId> => ((await sites.exists(site)) ? site : MAIN_SITE);

  async function put(person: Person, login: Omit<Login, 'digest' | 'person' | 'epoch'>): Promise<string> {
    const token = randomBytes(32).toString('base64url');
    const digest = sealing.digest('login', token);
    await logins.put({ ...login, digest, person: person.id, epoch: person.epoch ?? 0 }, IDLE_MS);
    return token;
  }

  async function begin(person: Person, agent: string): Promise<Begun> {
    const site = await siteOf(person.site);
    const at = now();
    const token = await put(person, { site, createdAt: at, seenAt: at, agent: agent.slice(0, AGENT_MOST) });
    await team.change(person.id, (before) => ({ ...before, signedInAt: at }));
    await events.append(site, 'person.signed-in', { person: person.id }, at);
    return { status: 'signed-in', token, browser: browserOf(accountOf(person.email), newId()), person };
  }

  const sealStep = (person: Person): string =>
    sealing.seal(
      'sign-in',
      'step',
      JSON.stringify({ person: person.id, epoch: person.epoch ?? 0, until: now() + STEP_MS }),
    );

  /** Whose step this is, while it is good. */
  async function personAt(step: string | undefined): Promise<Person | undefined> {
    const json = step === undefined ? undefined : sealing.unseal('sign-in', 'step', step);
    if (json === undefined) return undefined;
    const { person: id, epoch, until } = JSON.parse(json) as { person: string; epoch: number; until: number };
    if (now() >= until) return undefined;
    const person = await team.findById(id);
    const same = person !== undefined && (person.epoch ?? 0) === epoch && person.deactivatedAt === undefined;
    return same && person.secondFactor ? person : undefined;
  }

  async function rehash(person: Person, password: string): Promise<void> {
    if (!person.passwordHash || !isOutdated(person.passwordHash)) return;
    const passwordHash = await hashPassword(password);
    await team.change(person.id, (before) =>
      before.passwordHash === person.passwordHash ? { ...before, passwordHash } : 'as it is',
    );
  }

  return {
    async withPassword(input: { email: string; password: string } & From): Promise<SignedIn> {
      const attempt = attemptOf(accountOf(input.email), input);
      const subjects = passwordSubjects(attempt);
      const waitMs = await attempts.attempt(subjects, now());
      if (waitMs !== undefined) return { status: 'throttled', waitMs };
      const person = await team.findByEmail(input.email);
      const right = await checkPassword(person?.passwordHash, input.password, attempt.known !== undefined);
      if (right === undefined) return { status: 'busy' };
      if (!right || !person || person.deactivatedAt !== undefined) return { status: 'refused' };
      await attempts.passed(subjects);
      await rehash(person, input.password);
      if (person.role !== 'owner' && (await deps.passwordsFor()) === 'owners')
        return { status: 'provider-only' };
      if (person.secondFactor) return { status: 'code-needed', step: sealStep(person) };
      return begin(person, input.agent);
    },

    /** Does this step still wait for its code? */
    waitsForCode: async (step: string | undefined): Promise<boolean> => (await personAt(step)) !== undefined,

    /** A code of the app, or a recovery code, after the password was right. Each is taken once. */
    async withCode(input: { step: string | undefined; code: string } & From): Promise<CodeTaken> {
      const person = await personAt(input.step);
      if (!person) return { status: 'over' };
      const { known } = attemptOf(accountOf(person.email), input);
      const subjects = codeSubjects({ ...attemptOf(person.id, input), known });
      const waitMs = await attempts.attempt(subjects, now());
      if (waitMs !== undefined) return { status: 'throttled', waitMs };
      let taken = false;
      const result = await team.change(person.id, (before) => {
        const after = (before.epoch ?? 0) === (person.epoch ?? 0) && factor.taken(before, input.code);
        taken = Boolean(after);
        return after || 'as it is';
      });
      if (!taken || result.status !== 'changed') return { status: 'refused' };
      await attempts.passed(subjects);
      return begin(result.person, input.agent);
    },

    /** Whoever was proven in another way. */
    begin,

    /** Whose cookie this is; undefined where it is nobody's, or no longer. `used`: somebody does something with it. */
    async session(token: string | undefined, used = true): Promise<Session | undefined> {
      if (token === undefined || !TOKEN.test(token)) return undefined;
      const login = await logins.find(sealing.digest('login', token));
      if (!login) return undefined;
      const at = now();
      const person = await team.findById(login.person);
      const over = at - login.seenAt >= IDLE_MS || at - login.createdAt >= ABSOLUTE_MS;
      const ended =
        !person || person.deactivatedAt !== undefined || (person.epoch ?? 0) !== login.epoch || over;
      // Who works at a site that is gone works nowhere.
      if (ended || (person.role !== 'owner' && !(await sites.exists(person.site)))) {
        await logins.remove(login);
        return undefined;
      }
      if (used && at - login.seenAt >= TOUCH_EVERY_MS) await logins.touch(login, at, IDLE_MS);
      return {
        person,
        login: { ...login, site: await siteOf(login.site) },
        csrf: sealing.digest('csrf', token),
      };
    },

    /** The site whose pages this browser shows from now on. False where it may not. */
    async show({ person, login }: Session, site: SiteId): Promise<boolean> {
      if (person.role !== 'owner' || !(await sites.exists(site))) return false;
      await logins.show(login.digest, site);
      return true;
    },

    async signOut({ login }: Session): Promise<void> {
      await logins.remove(login);
    },

    loginsOf: (person: string): Promise<Login[]> => logins.ofPerson(person),

    /** One of this person's logins, by the handle that lists show. False where there is none. */
    async signOutOne(person: string, handle: string): Promise<boolean> {
      const found = (await logins.ofPerson(person)).find((login) => handleOf(login) === handle);
      if (found) await logins.remove(found);
      return found !== undefined;
    },

    /** Every browser of this person: none of their logins is good any more. */
    async signOutEverywhere(person: string): Promise<number> {
      await team.change(person, withoutLogins);
      const all = await logins.ofPerson(person);
      for (const login of all) await logins.remove(login);
      return all.length;
    },

    /** A new cookie for this browser in place of the old one, which is void: what it may do has changed. */
    async rotate({ login }: Session): Promise<string> {
      const person = await team.findById(login.person);
      if (!person) throw new Error('a person who is gone goes on');
      const { site, createdAt, agent } = login;
      const token = await put(person, { site, createdAt, agent, seenAt: now() });
      await logins.remove(login);
      return token;
    },
  };
}

/** Names a login in a form: not enough of its digest to be one. */
export const handleOf = ({ digest }: Login): string => digest.slice(0, 16);
