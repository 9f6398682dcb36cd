import type { ClientMac } from '../../domain/id.js';
import type { DriverError } from '../driver.js';
import { chainsOn, elementsIn, guardsAnother, namesIn, shapeOf } from './json.js';
import {
  clearText,
  elementsText,
  namesOf,
  type Order,
  ordersText,
  type Shape,
  shapeText,
} from './ruleset.js';
import { faultOf, type Run, readJson } from './run.js';

const LIST = ['-j', 'list', 'table', 'inet', 'foyer'];
/** Rules and sets without their elements: what is looked at every two seconds. */
const LIST_SHAPE = ['-j', '-t', 'list', 'table', 'inet', 'foyer'];

/** Faults that concern the machine, not one element: trying the orders one by one would not help. */
const GENERAL = new Set(['misconfigured', 'not-permitted', 'timeout', 'unreachable']);

interface Outcome {
  done: readonly Order[];
  refused: ReadonlyMap<ClientMac, DriverError>;
}

/**
 * This gateway's part of table `inet foyer`. All its calls of nft run one after the other. `mayMake` throws where rules for
 * this interface would do harm; it is told whether they would take the place of rules for another one.
 */
export function createTable(shape: Shape, run: Run, mayMake: (replaces: boolean) => Promise<void>) {
  const names = namesOf(shape.gateway);
  const device = shape.fields.interface;
  let tail: Promise<unknown> = Promise.resolve();
  /** As nft lists what we made; undefined until we did. */
  let made: string | undefined;
  let losses = 0;

  function serial<T>(work: () => Promise<T>): Promise<T> {
    const next = tail.then(work, work);
    tail = next.catch(() => undefined);
    return next;
  }

  async function load(text: string): Promise<DriverError | undefined> {
    const result = await run('nft', ['-f', '-'], text);
    return result.code === 0 ? undefined : faultOf('nft', result);
  }

  async function make(): Promise<void> {
    const text = shapeText(shape);
    await mayMake(guardsAnother(names, device, await readJson(run, 'nft', LIST_SHAPE)));
    const fault = await load(text);
    if (fault && GENERAL.has(fault.code)) throw fault;
    if (fault) {
      // Something by our names is of another shape: all anew in one transaction, elements with the time they have left.
      const found = await readJson(run, 'nft', LIST);
      const kept = elementsIn(names, found).flatMap(({ mac, left }) =>
        left === undefined ? [] : [{ mac, seconds: left + 1 }],
      );
      const again = await load(clearText(names, namesIn(found)) + text + elementsText(names, kept));
      if (again) throw again;
    }
    made = shapeOf(names, await readJson(run, 'nft', LIST_SHAPE));
  }

  async function remake(): Promise<void> {
    await make();
    losses += 1;
  }

  const ready = async (): Promise<void> => {
    if (made === undefined) await make();
  };

  async function send(orders: readonly Order[]): Promise<Outcome> {
    const attempt = async () => run('nft', ['-f', '-'], ordersText(names, orders));
    let result = await attempt();
    if (result.code !== 0 && /no such file/i.test(result.stderr)) {
      await remake();
      result = await attempt();
    }
    if (result.code === 0) return { done: orders, refused: new Map() };
    const fault = faultOf('nft', result);
    if (GENERAL.has(fault.code)) throw fault;
    const [only, ...others] = orders;
    if (only && others.length === 0) return { done: [], refused: new Map([[only.mac, fault]]) };
    const singles: Outcome[] = [];
    for (const order of orders) singles.push(await send([order]));
    return {
      done: singles.flatMap(({ done }) => done),
      refused: new Map(singles.flatMap(({ refused }) => [...refused])),
    };
  }

  return {
    /**
     * Applies these orders in one transaction; one that nft refuses does not fail the others. `orders` is asked at the moment of
     * sending, since times are counted from there.
     */
    apply: (orders: () => readonly Order[]): Promise<Outcome> =>
      serial(async () => {
        await ready();
        return send(orders());
      }),

    /** Seconds left of every element. */
    elements: () =>
      serial(async () => {
        await ready();
        const listing = await readJson(run, 'nft', ['-j', 'list', 'set', 'inet', 'foyer', names.allowed]);
        return elementsIn(names, listing);
      }),

    /** Makes the table if it is not as we left it. Tells the number of losses, and chains of others on our interface. */
    keep: () =>
      serial(async () => {
        await ready();
        let listing = await readJson(run, 'nft', LIST_SHAPE);
        if (shapeOf(names, listing) !== made) {
          await remake();
          listing = await readJson(run, 'nft', LIST_SHAPE);
        }
        return { losses, rivals: chainsOn(names, device, listing) };
      }),

    /** After everything under way. */
    settled: (): Promise<void> => serial(async () => undefined),
  };
}

export type Table = ReturnType<typeof createTable>;
