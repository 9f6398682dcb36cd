import type { Person } from '../domain/team.js';
import { globalKeys } from './keys.js';
import { defineGlobalScript, type RedisClient, statusOf } from './scripts.js';

const changePerson = defineGlobalScript({
  file: 'change-person',
  args: ['address', 'before', 'after'],
  reply: statusOf('changed', 'conflict', 'last-owner'),
  durable: true,
});

/** How often a change is decided again when somebody else came between. */
const TRIES = 20;

export type PersonChange = { status: 'changed'; person: Person } | { status: 'last-owner' | 'unknown' };

const fieldOf = (email: string): string => email.trim().toLowerCase();

export type TeamStore = ReturnType<typeof createTeamStore>;

/** The people who run this Foyer, one for each e-mail address, and the code that makes the first owner. */
export function createTeamStore(redis: RedisClient) {
  const rows = async (): Promise<{ address: string; json: string; person: Person }[]> =>
    Object.entries(await redis.hgetall(globalKeys.team)).map(([address, json]) => ({
      address,
      json,
      person: JSON.parse(json) as Person,
    }));

  const list = async (): Promise<Person[]> =>
    (await rows())
      .map(({ person }) => person)
      .sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));

  return {
    list,

    async findByEmail(email: string): Promise<Person | undefined> {
      const json = await redis.hget(globalKeys.team, fieldOf(email));
      return json === null ? undefined : (JSON.parse(json) as Person);
    },

    findById: async (id: string): Promise<Person | undefined> => (await list()).find((one) => one.id === id),

    /** False where somebody has that address already. */
    add: async (person: Person): Promise<boolean> =>
      (await redis.hsetnx(globalKeys.team, fieldOf(person.email), JSON.stringify(person))) === 1,

    /** Takes the place of whoever has that address. */
    async put(person: Person): Promise<void> {
      await redis.hset(globalKeys.team, fieldOf(person.email), JSON.stringify(person));
    },

    /**
     * Reads a person, decides what they become (`undefined`: they go) and writes that in one step, again where somebody
     * came between. `'as it is'` leaves everything, and counts as changed. Refuses what would leave no owner who can sign in.
     */
    async change(
      id: string,
      decide: (before: Person) => Person | undefined | 'as it is',
    ): Promise<PersonChange> {
      for (let tries = 0; tries < TRIES; tries++) {
        const before = (await rows()).find(({ person }) => person.id === id);
        if (!before) return { status: 'unknown' };
        const after = decide(before.person);
        if (after === 'as it is') return { status: 'changed', person: before.person };
        const args = {
          address: before.address,
          before: before.json,
          after: after === undefined ? '' : JSON.stringify(after),
        };
        const status = await changePerson(redis, globalKeys.team, args);
        if (status === 'last-owner') return { status };
        if (status === 'changed') return { status, person: after ?? before.person };
      }
      throw new Error('too many changed one person at once');
    },

    /** The one set-up code; a former one is void. */
    async putSetup(digest: string, now: number): Promise<void> {
      await redis.multi().del(globalKeys.setup).hset(globalKeys.setup, digest, String(now)).exec();
    },

    holdsSetup: async (digest: string): Promise<boolean> =>
      (await redis.hexists(globalKeys.setup, digest)) === 1,

    /** True for exactly one of those who take the same code: removing the field decides. */
    takeSetup: async (digest: string): Promise<boolean> => (await redis.hdel(globalKeys.setup, digest)) === 1,

    async clearSetup(): Promise<void> {
      await redis.del(globalKeys.setup);
    },
  };
}
