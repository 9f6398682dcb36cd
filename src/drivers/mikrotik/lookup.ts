import { shareReading } from '../sharing.js';
import type { Api, Row } from './api.js';

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
  const rows = shareReading((values: ReadonlySet<string>) => {
    const [only, ...more] = values;
    return api.rows(menu, wanted, ...(more.length === 0 ? [`${by}=${only}`] : []));
  });

  return {
    menu,
    find: async (value: string): Promise<Row[]> => (await rows(value)).filter((row) => row[by] === value),
    all: (): Promise<Row[]> => api.rows(menu, wanted),
  };
}
