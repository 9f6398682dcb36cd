/**
 * Reads once for all who ask at about the same time. Nobody gets what was read before they asked: whoever comes while a
 * read is under way waits for the next, together with all others who wait.
 */
export function createSharedRead<T>() {
  const running = new Map<string, { now: Promise<T>; next?: Promise<T> }>();

  function begin(key: string, read: () => Promise<T>): Promise<T> {
    const now = read();
    const own: { now: Promise<T>; next?: Promise<T> } = { now };
    running.set(key, own);
    const over = (): void => {
      if (!own.next) running.delete(key);
    };
    now.then(over, over);
    return now;
  }

  return (key: string, read: () => Promise<T>): Promise<T> => {
    const current = running.get(key);
    if (!current) return begin(key, read);
    const following = (): Promise<T> => begin(key, read);
    current.next ??= current.now.then(following, following);
    return current.next;
  };
}
