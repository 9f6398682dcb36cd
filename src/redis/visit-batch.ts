import type { SiteId } from '../domain/id.js';
import type { Visit } from '../domain/visit.js';
import { defineScript, type RedisClient, type Reply } from './scripts.js';
import { type PinRecord, type RegistrationContext, registrationRow } from './visits.js';

/** A visit of a batch that is there already: `of` is the place of its twin in the batch, or the twin is the kept visit `id`. */
export interface Duplicate {
  index: number;
  of: number | undefined;
  id: string | undefined;
}

export type Registered =
  | { status: 'registered' | 'free' }
  /** These PINs are in use: draw others. */
  | { status: 'taken'; indexes: number[] }
  | { status: 'duplicate'; duplicates: Duplicate[] };

function decode([status, ...data]: Reply): Registered {
  switch (status) {
    case 'registered':
    case 'free':
      return { status };
    case 'taken':
      return { status, indexes: data.map((number) => Number(number) - 1) };
    case 'duplicate': {
      const duplicates: Duplicate[] = [];
      for (let i = 0; i + 2 < data.length; i += 3) {
        const of = Number(data[i + 1]);
        duplicates.push({
          index: Number(data[i]) - 1,
          of: of === 0 ? undefined : of - 1,
          id: data[i + 2] || undefined,
        });
      }
      return { status, duplicates };
    }
    default:
      throw new Error(`unexpected status ${status}`);
  }
}

const registerVisits = defineScript({
  file: 'register-visits',
  args: ['now', 'check', 'wanted', 'by'],
  reply: decode,
  durable: true,
  long: true,
});

const personOf = ({ name, email, terms }: Visit): string[] => [name, email ?? '', String(terms.arrivalAt)];

export type VisitBatchStore = ReturnType<typeof createVisitBatchStore>;

/** Many visits in one step: all of them or none. */
export function createVisitBatchStore(redis: RedisClient) {
  return {
    /** Which of these visits are there already, by name, e-mail and arrival. */
    async duplicates(site: SiteId, visits: readonly Visit[], now: number): Promise<Duplicate[]> {
      const rows = visits.map((visit) => JSON.stringify([personOf(visit)]));
      const result = await registerVisits(redis, site, { now, check: '1', wanted: '', by: '' }, rows);
      return result.status === 'duplicate' ? result.duplicates : [];
    },

    /** `allowDuplicates`: a visit that is there already is registered once more. */
    register(
      site: SiteId,
      visits: readonly { visit: Visit; pin: PinRecord; context: RegistrationContext }[],
      options: { allowDuplicates: boolean; by: string; now: number },
    ): Promise<Registered> {
      const { allowDuplicates, by, now } = options;
      const rows = visits.map(({ visit, pin, context }) =>
        JSON.stringify([personOf(visit), registrationRow(visit, pin, context)]),
      );
      return registerVisits(redis, site, { now, check: '', wanted: allowDuplicates ? '1' : '', by }, rows);
    },
  };
}
