import { randomBytes } from 'node:crypto';
import { emailProblem } from '../domain/email.js';
import { MAIN_SITE, newId, type SiteId } from '../domain/id.js';
import type { FieldProblem } from '../domain/problem.js';
import type { Sealing } from '../domain/sealing.js';
import { type ApiKey, type Person, passwordProblem, type TeamRole } from '../domain/team.js';
import type { ApiKeyStore } from '../redis/api-keys.js';
import type { EventStore } from '../redis/events.js';
import type { SiteStore } from '../redis/sites.js';
import type { TeamStore } from '../redis/team.js';
import { hashPassword } from './sign-in-passwords.js';

export type AddedPerson =
  | { status: 'added'; person: Person }
  | { status: 'taken' }
  | { status: 'invalid'; problems: FieldProblem[] };

/** `secret` is the key itself: nobody can ask for it again. */
export type AddedKey =
  | { status: 'added'; key: ApiKey; secret: string }
  | { status: 'no-site' }
  | { status: 'invalid'; problems: FieldProblem[] };

export type SetUp =
  | { status: 'done'; person: Person }
  /** The code is wrong, used or replaced, or an owner exists. */
  | { status: 'gone' }
  | { status: 'invalid'; problems: FieldProblem[] };

const PREFIX = 'foyer_';
const KEY = /^foyer_[A-Za-z0-9_-]{43}$/;
const NAME_MOST = 100;
const NOTE_EVERY_MS = 60_000;

export type TeamService = ReturnType<typeof createTeam>;

export interface TeamDeps {
  apiKeys: ApiKeyStore;
  team: TeamStore;
  sites: SiteStore;
  events: EventStore;
  sealing: Sealing;
  now: () => number;
}

/** The people who run this Foyer, their API keys, and how the first owner comes about. */
export function createTeam(deps: TeamDeps) {
  const { apiKeys, team, sites, events, sealing, now } = deps;
  const noted = new Map<string, number>();

  const hasOwner = async (): Promise<boolean> => (await team.list()).some(({ role }) => role === 'owner');
  const setupDigest = (code: string): string => sealing.digest('setup', code);

  const found = (problems: Record<string, string | undefined>): FieldProblem[] =>
    Object.entries(problems).flatMap(([field, message]) =>
      message === undefined ? [] : [{ field, message }],
    );

  async function addKey(
    input: { name: string; role: TeamRole; site: SiteId },
    by: string,
  ): Promise<AddedKey> {
    const name = input.name.trim();
    if (name === '' || name.length > NAME_MOST) {
      const message = `A key needs a name of 1 to ${NAME_MOST} characters, such as "reception".`;
      return { status: 'invalid', problems: [{ field: 'name', message }] };
    }
    if (!(await sites.exists(input.site))) return { status: 'no-site' };
    const secret = PREFIX + randomBytes(32).toString('base64url');
    const key: ApiKey = { id: newId(), name, role: input.role, site: input.site, createdAt: now() };
    await apiKeys.put(sealing.digest('api-key', secret), key);
    await events.append(key.site, 'key.added', { key: key.id, role: key.role, by }, now());
    return { status: 'added', key, secret };
  }

  return {
    addKey,
    listKeys: (): Promise<ApiKey[]> => apiKeys.list(),

    async removeKey(id: string, by: string): Promise<boolean> {
      const key = await apiKeys.remove(id);
      if (!key) return false;
      await events.append(key.site, 'key.removed', { key: id, by }, now());
      return true;
    },

    /** The key that a caller sent; undefined where it is none of ours. Its use is noted once a minute at most. */
    async authenticate(secret: string): Promise<ApiKey | undefined> {
      if (!KEY.test(secret)) return undefined;
      const key = await apiKeys.find(sealing.digest('api-key', secret));
      if (!key || !(await sites.exists(key.site))) return undefined;
      const at = now();
      if (at - (noted.get(key.id) ?? Number.NEGATIVE_INFINITY) >= NOTE_EVERY_MS) {
        noted.set(key.id, at);
        await apiKeys.noteUse(key.id, at);
      }
      return key;
    },

    listPeople: (): Promise<Person[]> => team.list(),

    /** Without a password the person cannot log in yet. */
    async addPerson(
      email: string,
      role: TeamRole,
      password: string | undefined,
      by: string,
      site: SiteId = MAIN_SITE,
    ): Promise<AddedPerson> {
      const problems = found({
        email: emailProblem(email.trim()),
        password: password === undefined ? undefined : passwordProblem(password),
      });
      if (problems.length > 0) return { status: 'invalid', problems };
      const passwordHash = password === undefined ? undefined : await hashPassword(password);
      const person: Person = {
        id: newId(),
        email: email.trim(),
        role,
        site,
        ...(passwordHash === undefined ? {} : { passwordHash }),
        createdAt: now(),
      };
      if (!(await team.add(person))) return { status: 'taken' };
      if (role === 'owner') await team.clearSetup();
      await events.append(site, 'person.added', { person: person.id, role, by }, now());
      return { status: 'added', person };
    },

    /** A new one-use code, the former one is void. Undefined once there is an owner. */
    async issueSetupCode(): Promise<string | undefined> {
      if (await hasOwner()) {
        await team.clearSetup();
        return undefined;
      }
      const code = randomBytes(24).toString('base64url');
      await team.putSetup(setupDigest(code), now());
      return code;
    },

    /** Would this code make an owner now? */
    setupOpen: async (code: string): Promise<boolean> =>
      (await team.holdsSetup(setupDigest(code))) && !(await hasOwner()),

    /** Makes the owner. Of several at once, one succeeds. */
    async setUp(input: { code: string; email: string; password: string }): Promise<SetUp> {
      const digest = setupDigest(input.code);
      if (!(await team.holdsSetup(digest)) || (await hasOwner())) return { status: 'gone' };
      const email = input.email.trim();
      const problems = found({ email: emailProblem(email), password: passwordProblem(input.password) });
      if (problems.length > 0) return { status: 'invalid', problems };
      const passwordHash = await hashPassword(input.password);
      const former = await team.findByEmail(email);
      if (!(await team.takeSetup(digest))) return { status: 'gone' };
      // Whoever holds the code runs this machine: an address that the command line has added becomes the owner's.
      const id = former?.id ?? newId();
      const createdAt = former?.createdAt ?? now();
      const epoch = (former?.epoch ?? 0) + 1;
      const person: Person = { id, email, role: 'owner', site: MAIN_SITE, passwordHash, createdAt, epoch };
      await team.put(person);
      await events.append(MAIN_SITE, 'person.added', { person: id, role: 'owner', by: 'setup' }, now());
      return { status: 'done', person };
    },
  };
}
