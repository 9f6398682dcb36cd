import cron from 'node-cron';
import type { LeaseStore } from './redis/leases.js';

/** One entry of the timetable. */
export interface Entry {
  name: string;
  /** Five fields, UTC. */
  expression: string;
  run: () => Promise<void>;
  /** `process`: each process runs it; else one of them does, by a lease of this many milliseconds. */
  leaseMs: number | 'process';
}

/** Starts the timetable; answers with what stops it. What is exact is the due-set's job, not cron's. */
export function startTimetable(
  entries: readonly Entry[],
  leases: LeaseStore,
  failed: (entry: string, error: unknown) => void,
): () => Promise<void> {
  const tasks = entries.map(({ name, expression, run, leaseMs }) => {
    const once = async (): Promise<void> => {
      try {
        if (leaseMs === 'process' || (await leases.take(name, leaseMs))) await run();
      } catch (error) {
        failed(name, error);
      }
    };
    return cron.schedule(expression, once, { name, noOverlap: true, timezone: 'UTC' });
  });
  return async () => {
    for (const task of tasks) await task.destroy();
  };
}
