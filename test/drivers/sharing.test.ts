import t from 'tap';
import { createTurns, eachOf, shareReading } from '../../src/drivers/sharing.js';

t.test('who asks while a reading runs gets the next one, together with the others', async (t) => {
  const readings: ((value: number) => void)[] = [];
  const read = shareReading<void, number>(() => new Promise<number>((resolve) => readings.push(resolve)));
  const first = read();
  await new Promise(setImmediate);
  const [second, third] = [read(), read()];
  t.equal(readings.length, 1);
  readings[0]?.(1);
  t.equal(await first, 1);
  await new Promise(setImmediate);
  t.equal(readings.length, 2);
  readings[1]?.(2);
  t.strictSame(await Promise.all([second, third]), [2, 2]);
});

t.test('a reading that fails is not the end of it', async (t) => {
  let fails = true;
  const read = shareReading<void, string>(async () => {
    if (fails) throw new Error('no');
    return 'well';
  });
  await t.rejects(read(), { message: 'no' });
  fails = false;
  t.equal(await read(), 'well');
});

t.test('no more run at once than may, in the order in which they came, failed ones included', async (t) => {
  const inTurn = createTurns(2);
  const begun: number[] = [];
  let running = 0;
  let most = 0;
  const work = (n: number) => async () => {
    begun.push(n);
    running += 1;
    most = Math.max(most, running);
    await new Promise(setImmediate);
    running -= 1;
    if (n % 2) throw new Error('odd');
    return n;
  };
  const done = await Promise.allSettled([0, 1, 2, 3, 4, 5].map((n) => inTurn(work(n))));
  t.equal(most, 2);
  t.strictSame(begun, [0, 1, 2, 3, 4, 5]);
  t.equal(done.filter(({ status }) => status === 'fulfilled').length, 3);
});

t.test('a reading has no more keys than it may, and one that fails is not the end of the next', async (t) => {
  const read: string[][] = [];
  let finish: (() => void)[] = [];
  const ask = shareReading<string, number>(async (keys) => {
    read.push([...keys]);
    await new Promise<void>((resolve) => finish.push(resolve));
    if (keys.has('bad')) throw new Error('bad');
    return read.length;
  }, 2);
  const answers = ['a', 'b', 'bad', 'c', 'd'].map((key) => ask(key).catch((error: Error) => error.message));
  for (let rounds = 0; rounds < 3; rounds++) {
    await new Promise((resolve) => setImmediate(resolve));
    for (const end of finish) end();
    finish = [];
  }
  t.strictSame(await Promise.all(answers), [1, 1, 'bad', 'bad', 3]);
  t.strictSame(read, [['a', 'b'], ['bad', 'c'], ['d']]);
});

t.test('who waits for a turn for too long fails, and is out of the others’ way', async (t) => {
  const inTurn = createTurns(1, { ms: 20, error: () => new Error('late') });
  let end = (): void => undefined;
  const long = inTurn(() => new Promise<void>((resolve) => (end = resolve)));
  await t.rejects(
    inTurn(async () => 'never'),
    { message: 'late' },
  );
  end();
  await long;
  t.equal(await inTurn(async () => 'next'), 'next');
});

t.test('what is made of each comes in the order of the list', async (t) => {
  const waits = [3, 1, 2];
  const made = await eachOf(waits, 2, async (ms) => {
    await new Promise((resolve) => setTimeout(resolve, ms));
    return ms * 10;
  });
  t.strictSame(made, [30, 10, 20]);
});
