import { DriverError } from '../drivers/driver.js';

const CALL_TIMEOUT = 15_000;

/** Work that repeats, never two at once; `soon` asks for another round right after. */
export function chore(everyMs: number, work: () => Promise<void>, failed: (error: unknown) => void) {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let again = false;
  let stopped = false;
  const round = (): void => {
    clearTimeout(timer);
    if (stopped) return;
    if (running) {
      again = true;
      return;
    }
    again = false;
    running = work()
      .catch(failed)
      .finally(() => {
        running = undefined;
        if (again) round();
        else if (!stopped) timer = setTimeout(round, everyMs);
      });
  };
  return {
    soon: round,
    async stop(): Promise<void> {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}

/** False when it did not end in time. It is to be a promise that never rejects. */
export async function ends(work: Promise<unknown>, withinMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), withinMs);
  });
  return Promise.race([work.then(() => true), late]).finally(() => clearTimeout(timer));
}

/** One call of a gateway, which fails where it takes too long. */
export async function inTime<T>(call: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const fail = () =>
      reject(new DriverError('timeout', `The gateway did not answer within ${CALL_TIMEOUT / 1000} s.`));
    timer = setTimeout(fail, CALL_TIMEOUT);
  });
  return Promise.race([call, late]).finally(() => clearTimeout(timer));
}

/** Work of which so much is done at once, and so much more waits in line; undefined for what comes then. */
export function few(atOnce: number, inLine: number) {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    if (running < atOnce) running++;
    else if (waiting.length < inLine) await new Promise<void>((resolve) => waiting.push(resolve));
    else return undefined;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}
