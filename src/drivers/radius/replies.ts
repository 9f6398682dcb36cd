/** Answers that were given, for the packets that a router sends again; one that is still being judged is not judged twice. */

/** RFC 5080, 2.2.2: 5 to 30 s. No longer, since an answer that is sent again says what was left when it was made. */
const KEPT_MS = 10_000;
const KEPT_MOST = 8192;
/** More at once than a network of some thousand guests has; what comes then is sent again by its router. */
const OPEN_MOST = 4096;

export type Replies = ReturnType<typeof createReplies>;

export function createReplies({
  now,
  keptMost = KEPT_MOST,
  openMost = OPEN_MOST,
}: {
  now: () => number;
  keptMost?: number | undefined;
  openMost?: number | undefined;
}) {
  const open = new Set<string>();
  /** In the order in which they were given. */
  const given = new Map<string, { bytes: Buffer; at: number }>();

  function prune(): void {
    const since = now() - KEPT_MS;
    for (const [key, { at }] of given) {
      if (at > since && given.size <= keptMost) return;
      given.delete(key);
    }
  }

  return {
    /** `new`: it is to be judged, and then answered or dropped. `open`: it is being judged, or there is no room. */
    begin(key: string): 'new' | 'open' | Buffer {
      prune();
      const known = given.get(key);
      if (known) return known.bytes;
      if (open.has(key) || open.size >= openMost) return 'open';
      open.add(key);
      return 'new';
    },
    answered(key: string, bytes: Buffer): void {
      open.delete(key);
      given.set(key, { bytes, at: now() });
      prune();
    },
    /** The next of its kind is judged anew. */
    dropped(key: string): void {
      open.delete(key);
    },
    sizes: () => ({ open: open.size, given: given.size }),
  };
}
