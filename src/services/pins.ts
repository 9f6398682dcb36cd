import { randomInt } from 'node:crypto';
import { autoLength } from '../domain/guessing.js';
import type { SiteId } from '../domain/id.js';
import { drawPin } from '../domain/pin.js';
import type { Sealing } from '../domain/sealing.js';
import type { Settings } from '../domain/settings.js';
import type { Visit } from '../domain/visit.js';
import { tellingOf } from '../domain/window.js';
import type { PinRecord, VisitStore } from '../redis/visits.js';

/** A PIN in the clear, once, and the record of it that is kept. */
export interface IssuedPin {
  pin: string;
  record: PinRecord;
}

/** Begin and end of the times at which PINs can be told from wrong ones, each in ascending order. */
interface Telling {
  from: number[];
  until: number[];
}

/** How many of the ascending numbers are below a bound. */
function below(sorted: readonly number[], bound: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}

const ascending = (numbers: number[]): number[] => numbers.sort((a, b) => a - b);

/** Draws PINs of the length that the policy asks for. */
export function createPins({ visits, sealing }: { visits: VisitStore; sealing: Sealing }) {
  const claimCode = (digest: string): string => sealing.digest('claim', digest).slice(0, 22);

  function draw(site: SiteId, visit: Visit, length: number): IssuedPin {
    const pin = drawPin(length, randomInt);
    const digest = sealing.pinDigest(site, pin);
    const sealed = sealing.seal('pin', visit.id, pin);
    const claimDigest = sealing.digest('claim', claimCode(digest));
    return { pin, record: { digest, length, sealed, claimDigest } };
  }

  /** The lengths for visits that are registered together: each counts for the others, as if it were there before. */
  async function lengths(site: SiteId, batch: readonly Visit[], values: Settings): Promise<number[]> {
    const fixed = values['pin.length'];
    if (fixed !== 'auto') return batch.map(() => fixed);
    const tellings = batch.map(({ terms, startedAt }) => tellingOf(terms, startedAt));
    const own: Telling = {
      from: ascending(tellings.map(({ from }) => from)),
      until: ascending(tellings.map(({ until }) => until)),
    };
    const known = new Map<string, number>();
    const found: number[] = [];
    for (const { from, until } of tellings) {
      const key = `${from} ${until}`;
      let length = known.get(key);
      if (length === undefined) {
        const others = below(own.from, until) - below(own.until, from + 1) - 1;
        const counts = await visits.tellingCounts(site, { from, until });
        length = autoLength(values['pin.guessOdds'], { ...counts, 0: others });
        known.set(key, length);
      }
      found.push(length);
    }
    return found;
  }

  return {
    /** What the claim link of a PIN holds in its place. */
    claimCode,

    /** A PIN of the length that the policy asks for at the time of this visit. */
    async issue(site: SiteId, visit: Visit, values: Settings): Promise<IssuedPin> {
      const [length] = await lengths(site, [visit], values);
      return draw(site, visit, length as number);
    },

    lengths,
    draw,
  };
}

export type Pins = ReturnType<typeof createPins>;
