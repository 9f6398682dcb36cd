import type { Person } from '../domain/team.js';
import { globalKeys } from './keys.js';
import type { RedisClient } from './scripts.js';

const fieldOf = (email: string): string => email.trim().toLowerCase();

export type TeamStore = ReturnType<typeof createTeamStore>;

/** The people who run this Foyer, one for each e-mail address, and the code that makes the first owner. */
export function createTeamStore(redis: RedisClient) {
  const list = async (): Promise<Person[]> =>
    (await redis.hvals(globalKeys.team))
      .map((json) => JSON.parse(json) as Person)
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

    async remove(id: string): Promise<Person | undefined> {
      const person = (await list()).find((one) => one.id === id);
      if (!person) return undefined;
      return (await redis.hdel(globalKeys.team, fieldOf(person.email))) === 1 ? person : undefined;
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
