/** How many orders at once share a router that answers one question after the other. */

/**
 * A reading that many wait for at once: one runs at a time, and whoever asks meanwhile has the next one in common, so that none is older
 * than its question. `most`: how many keys one reading may have.
 */
export function shareReading<K, T>(
  read: (keys: ReadonlySet<K>) => Promise<T>,
  most = Number.POSITIVE_INFINITY,
): (key: K) => Promise<T> {
  let next: { keys: Set<K>; answer: Promise<T> } | undefined;
  let former: Promise<unknown> = Promise.resolve();

  function plan(): { keys: Set<K>; answer: Promise<T> } {
    const keys = new Set<K>();
    const answer = former.then(() => {
      if (next?.keys === keys) next = undefined;
      return read(keys);
    });
    former = answer.catch(() => undefined);
    return { keys, answer };
  }

  return (key) => {
    if (!next || next.keys.size >= most) next = plan();
    next.keys.add(key);
    return next.answer;
  };
}

/** So many at a time, the others in the order in which they came. `late`: who waits for longer fails so. */
export function createTurns(most: number, late?: { ms: number; error: () => Error }) {
  let running = 0;
  const waiting: (() => void)[] = [];

  const turn = (): Promise<void> =>
    new Promise((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined;
      const go = (): void => {
        clearTimeout(timer);
        resolve();
      };
      if (late)
        timer = setTimeout(() => {
          waiting.splice(waiting.indexOf(go), 1);
          reject(late.error());
        }, late.ms);
      waiting.push(go);
    });

  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (running < most) running++;
    else await turn();
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}

/** What `work` makes of each, so many at a time. */
export async function eachOf<A, B>(
  all: readonly A[],
  atOnce: number,
  work: (one: A) => Promise<B>,
): Promise<B[]> {
  const inTurn = createTurns(atOnce);
  return Promise.all(all.map((one) => inTurn(() => work(one))));
}
