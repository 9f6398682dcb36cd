import type { Api, Row } from './api.js';

interface Asking {
  resolve: (rows: Row[]) => void;
  reject: (error: unknown) => void;
}

/**
 * Finds the rows of a menu by one of their properties. Whoever asks while a reading runs waits for the next one, which then
 * serves all of them: one value alone is asked for by a query, several by one reading of the whole menu.
 */
export function createLookup(
  api: Pick<Api, 'rows'>,
  menu: string,
  by: string,
  properties: readonly string[],
) {
  const wanted = [by, ...properties];
  let waiting = new Map<string, Asking[]>();
  let running = false;

  async function answer(batch: ReadonlyMap<string, Asking[]>): Promise<void> {
    const [only, ...more] = batch.keys();
    try {
      const rows = await api.rows(menu, wanted, ...(more.length === 0 ? [`${by}=${only}`] : []));
      for (const [value, asking] of batch) {
        const found = rows.filter((row) => row[by] === value);
        for (const { resolve } of asking) resolve(found);
      }
    } catch (error) {
      for (const { reject } of [...batch.values()].flat()) reject(error);
    }
  }

  async function run(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    while (waiting.size > 0) {
      const batch = waiting;
      waiting = new Map();
      await answer(batch);
    }
    running = false;
  }

  return {
    menu,
    find(value: string): Promise<Row[]> {
      return new Promise((resolve, reject) => {
        waiting.set(value, [...(waiting.get(value) ?? []), { resolve, reject }]);
        if (running) return;
        running = true;
        void run();
      });
    },
    all: (): Promise<Row[]> => api.rows(menu, wanted),
  };
}
