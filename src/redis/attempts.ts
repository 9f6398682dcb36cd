import type { Subject } from '../domain/throttle.js';
import { globalKeys } from './keys.js';
import { defineGlobalScript, type RedisClient } from './scripts.js';

const attemptSignIn = defineGlobalScript({
  file: 'attempt-sign-in',
  args: ['now'],
  /** Milliseconds to wait; undefined: go on, it is counted. */
  reply: ([status, ms]) => (status === 'wait' ? Number(ms) : undefined),
});

export type AttemptStore = ReturnType<typeof createAttemptStore>;

/** How often somebody tried to sign in. Subjects are named by keyed digests. */
export function createAttemptStore(redis: RedisClient) {
  return {
    /** Counts one attempt against all of these; or answers how many milliseconds it has to wait, and counts nothing. */
    attempt: (subjects: readonly Subject[], now: number): Promise<number | undefined> =>
      attemptSignIn(
        redis,
        globalKeys.signIn,
        { now },
        subjects.flatMap(({ name, limit: { free, firstMs, longestMs, restMs } }) => [
          name,
          free,
          firstMs,
          longestMs,
          restMs,
        ]),
      ),

    /** It was right: what was counted against the account is forgotten, and this one attempt against the others. */
    async passed([own, ...others]: readonly [Subject, ...Subject[]]): Promise<void> {
      const batch = redis.multi().del(globalKeys.signInAttempts(own.name));
      for (const { name, limit } of others) {
        const key = globalKeys.signInAttempts(name);
        batch.hincrby(key, 'n', -1).pexpire(key, limit.restMs);
      }
      await batch.exec();
    },
  };
}
