import { randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { MAIN_SITE, type SiteId } from '../domain/id.js';
import type { Sealing } from '../domain/sealing.js';
import type { Person } from '../domain/team.js';
import type { EventStore } from '../redis/events.js';
import type { Login, LoginStore } from '../redis/logins.js';
import type { SiteStore } from '../redis/sites.js';
import type { TeamStore } from '../redis/team.js';

/** `token` goes into the browser's cookie and is kept nowhere here. */
export type SignedIn = { status: 'signed-in'; token: string; person: Person } | { status: 'refused' };

/** Who asks: a person of the team in a browser that signed in. */
export interface Session {
  person: Person;
  login: Login;
  /** Stands in every form, so that no other page can send one. */
  csrf: string;
}

const TOKEN = /^[A-Za-z0-9_-]{43}$/;
/** A browser that asked for nothing for so long has to sign in again. */
export const IDLE_MS = 8 * 3_600_000;
/** After this it has to sign in again in any case. */
export const ABSOLUTE_MS = 7 * 86_400_000;
const TOUCH_EVERY_MS = 60_000;
const AGENT_MOST = 200;

export type SignInService = ReturnType<typeof createSignIn>;

export interface SignInDeps {
  team: TeamStore;
  logins: LoginStore;
  sites: SiteStore;
  events: EventStore;
  sealing: Sealing;
  now: () => number;
}

/** How people of the team sign in, and what their browsers hold afterwards. */
export function createSignIn({ team, logins, sites, events, sealing, now }: SignInDeps) {
  /** What the password of an address that nobody has is compared with, so that both take as long. */
  const nobody = hash(randomBytes(24).toString('base64url'));

  async function begin(person: Person, agent: string): Promise<SignedIn> {
    const token = randomBytes(32).toString('base64url');
    const digest = sealing.digest('login', token);
    const site = (await sites.exists(person.site)) ? person.site : MAIN_SITE;
    const at = now();
    const login = { digest, person: person.id, site, createdAt: at, seenAt: at, agent };
    await logins.put({ ...login, agent: agent.slice(0, AGENT_MOST) }, IDLE_MS);
    await events.append(site, 'person.signed-in', { person: person.id }, at);
    return { status: 'signed-in', token, person };
  }

  return {
    async withPassword(input: { email: string; password: string; agent: string }): Promise<SignedIn> {
      const person = await team.findByEmail(input.email);
      const right = await verify(person?.passwordHash ?? (await nobody), input.password);
      return right && person?.passwordHash ? begin(person, input.agent) : { status: 'refused' };
    },

    /** Whoever was proven in another way. */
    begin,

    /** Whose cookie this is; undefined where it is nobody's, or no longer. */
    async session(token: string | undefined): Promise<Session | undefined> {
      if (token === undefined || !TOKEN.test(token)) return undefined;
      const login = await logins.find(sealing.digest('login', token));
      if (!login) return undefined;
      const at = now();
      const person = await team.findById(login.person);
      if (!person || at - login.seenAt >= IDLE_MS || at - login.createdAt >= ABSOLUTE_MS) {
        await logins.remove(login);
        return undefined;
      }
      if (at - login.seenAt >= TOUCH_EVERY_MS) await logins.touch(login, at, IDLE_MS);
      return { person, login, csrf: sealing.digest('csrf', token) };
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

    /** Every browser of this person. */
    async signOutEverywhere(person: string): Promise<number> {
      const all = await logins.ofPerson(person);
      for (const login of all) await logins.remove(login);
      return all.length;
    },
  };
}
