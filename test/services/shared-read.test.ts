import t from 'tap';
import { createSharedRead } from '../../src/services/shared-read.js';

/** Reads that end when they are told to. */
function slowReads() {
  const ends: ((fault?: Error) => void)[] = [];
  const read = (): Promise<number> => {
    const nth = ends.length + 1;
    return new Promise((resolve, reject) => {
      ends.push((fault) => (fault ? reject(fault) : resolve(nth)));
    });
  };
  return { ends, read };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

t.test('all who come while one reads share the next read, which begins after they asked', async (t) => {
  const share = createSharedRead<number>();
  const { ends, read } = slowReads();
  const first = share('home', read);
  const others = Array.from({ length: 20 }, () => share('home', read));
  const elsewhere = share('other', read);
  t.equal(ends.length, 2, 'what is asked for by another name is read at once');
  ends[0]?.();
  t.equal(await first, 1);
  await turn();
  t.equal(ends.length, 3);
  const late = share('home', read);
  ends[1]?.();
  ends[2]?.();
  t.same(new Set(await Promise.all(others)), new Set([3]), 'one read for all of them');
  t.equal(await elsewhere, 2);
  await turn();
  t.equal(ends.length, 4, 'who came meanwhile has a newer one');
  ends[3]?.();
  t.equal(await late, 4);
  await turn();
  const again = share('home', read);
  t.equal(ends.length, 5, 'nothing is kept once it is answered');
  ends[4]?.();
  t.equal(await again, 5);
});

t.test('a read that fails is told to those who shared it, and the next begins all the same', async (t) => {
  const share = createSharedRead<number>();
  const { ends, read } = slowReads();
  const [first, second] = [share('home', read), share('home', read)];
  ends[0]?.(new Error('Redis is gone'));
  await t.rejects(first, /Redis is gone/);
  await turn();
  ends[1]?.();
  t.equal(await second, 2);
});
