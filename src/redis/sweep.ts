import type { RedisClient } from './scripts.js';

const PAGE = 1000;

/**
 * Goes through the members of an index up to a score and drops those whose records are gone. Returns how many. Records
 * that live long do not keep it from what lies behind them.
 */
export async function sweepIndex(
  redis: RedisClient,
  index: string,
  before: number,
  record: (member: string) => string,
  drop: (members: string[]) => Promise<unknown>,
): Promise<number> {
  let kept = 0;
  let dropped = 0;
  for (;;) {
    const members = await redis.zrangebyscore(index, '-inf', before, 'LIMIT', kept, PAGE);
    const there = await Promise.all(members.map((member) => redis.exists(record(member))));
    const gone = members.filter((_, i) => there[i] === 0);
    if (gone.length > 0) await drop(gone);
    dropped += gone.length;
    kept += members.length - gone.length;
    if (members.length < PAGE) return dropped;
  }
}
