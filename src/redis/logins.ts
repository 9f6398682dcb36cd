import type { SiteId } from '../domain/id.js';
import { globalKeys } from './keys.js';
import type { RedisClient } from './scripts.js';

/** A person's signed-in browser. Instants are epoch milliseconds. */
export interface Login {
  /** Keyed digest of the cookie's token: the token itself is kept nowhere. */
  digest: string;
  person: string;
  /** The site that its pages show. */
  site: SiteId;
  createdAt: number;
  seenAt: number;
  /** The person's count of ended logins when this one began. */
  epoch: number;
  /** What the browser calls itself, for the list of one's own logins. */
  agent: string;
}

export type LoginStore = ReturnType<typeof createLoginStore>;

/** Signed-in browsers of the team. A record goes by itself when it was not used for long. */
export function createLoginStore(redis: RedisClient) {
  const read = (digest: string, fields: Record<string, string>): Login | undefined =>
    fields.person === undefined
      ? undefined
      : {
          digest,
          person: fields.person,
          site: fields.site as SiteId,
          createdAt: Number(fields.createdAt),
          seenAt: Number(fields.seenAt),
          epoch: Number(fields.epoch ?? 0),
          agent: fields.agent ?? '',
        };

  // A record and its person's list may live on different nodes of a cluster, hence one step for each: a list may name a
  // login that is gone, which is dropped when it is read.
  const drop = (person: string, digest: string) => redis.zrem(globalKeys.logins(person), digest);

  async function list(person: string, digest: string, at: number, keptMs: number): Promise<void> {
    const key = globalKeys.logins(person);
    await redis.multi().zadd(key, at, digest).pexpire(key, keptMs).exec();
  }

  async function remove({ digest, person }: Pick<Login, 'digest' | 'person'>): Promise<void> {
    await redis.del(globalKeys.login(digest));
    await drop(person, digest);
  }

  const find = async (digest: string): Promise<Login | undefined> =>
    read(digest, await redis.hgetall(globalKeys.login(digest)));

  return {
    find,
    remove,

    /** `keptMs`: how long it stays without being used. */
    async put({ digest, ...login }: Login, keptMs: number): Promise<void> {
      const key = globalKeys.login(digest);
      await redis.multi().hset(key, login).pexpire(key, keptMs).exec();
      await list(login.person, digest, login.seenAt, keptMs);
    },

    /** It was used just now. One that is gone stays gone. */
    async touch({ digest, person }: Login, now: number, keptMs: number): Promise<void> {
      const key = globalKeys.login(digest);
      if ((await redis.pexpire(key, keptMs)) === 0) return;
      await redis.multi().hset(key, 'seenAt', now).pexpire(key, keptMs).exec();
      await list(person, digest, now, keptMs);
    },

    async show(digest: string, site: SiteId): Promise<void> {
      if (await redis.exists(globalKeys.login(digest))) await redis.hset(globalKeys.login(digest), { site });
    },

    /** The logins of a person, the latest used first. */
    async ofPerson(person: string): Promise<Login[]> {
      const digests = await redis.zrevrange(globalKeys.logins(person), 0, -1);
      const found = await Promise.all(digests.map(find));
      for (const [i, digest] of digests.entries()) if (!found[i]) await drop(person, digest);
      return found.flatMap((login) => login ?? []);
    },
  };
}
