/** Whoever asks while a reading runs has the next one in common with all others who ask meanwhile: none is older than its question. */
export function shareReading<K, V>(read: (keys: ReadonlySet<K>) => Promise<V>): (key: K) => Promise<V> {
  let next: { keys: Set<K>; value: Promise<V> } | undefined;
  let running: Promise<unknown> = Promise.resolve();

  function plan(): { keys: Set<K>; value: Promise<V> } {
    const keys = new Set<K>();
    const value = running.then(() => {
      next = undefined;
      return read(keys);
    });
    running = value.catch(() => undefined);
    return { keys, value };
  }

  return (key) => {
    next ??= plan();
    next.keys.add(key);
    return next.value;
  };
}
