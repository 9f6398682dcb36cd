/** Readings that many wait for at once: one at a time, and whoever asks while one runs shares the next. */
export function createBatch<K, T>(
  read: (keys: readonly K[]) => Promise<T>,
  most = Number.POSITIVE_INFINITY,
): (key: K) => Promise<T> {
  let waiting: { keys: K[]; answer: Promise<T> } | undefined;
  let former: Promise<unknown> = Promise.resolve();

  return (key) => {
    if (!waiting || waiting.keys.length >= most) {
      const keys: K[] = [];
      const answer = former.then(() => {
        if (waiting?.keys === keys) waiting = undefined;
        return read(keys);
      });
      former = answer.catch(() => undefined);
      waiting = { keys, answer };
    }
    waiting.keys.push(key);
    return waiting.answer;
  };
}

/** What `work` makes of each, so many at a time. */
export async function eachOf<A, B>(
  all: readonly A[],
  atOnce: number,
  work: (one: A) => Promise<B>,
): Promise<B[]> {
  const made: B[] = [];
  let next = 0;
  const run = async (): Promise<void> => {
    while (next < all.length) {
      const place = next++;
      made[place] = await work(all[place] as A);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, run));
  return made;
}
