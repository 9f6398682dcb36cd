import { type Block, isOver, means, parseBlock } from '../domain/block.js';
import { type ClientMac, type GatewayId, newId, type SiteId } from '../domain/id.js';
import type { FieldProblem } from '../domain/problem.js';
import type { Visit } from '../domain/visit.js';
import { lastPossibleEnd } from '../domain/window.js';
import { BLOCKS_MOST, type BlockStore } from '../redis/blocks.js';
import type { PersonStore } from '../redis/persons.js';
import type { BlockList } from './block-list.js';
import type { SettingsService } from './settings.js';
import type { VisitService } from './visits.js';

/** What adding a line did. */
export interface BlockAdded {
  status: 'added';
  block: Block;
  /** Grants of the device that ended with it. */
  cut: number;
  /** Visits that it means and that are not over, as they are now. */
  matching: Visit[];
  /** How many of them were cancelled with it. */
  cancelled: number;
}

export type AddBlock = BlockAdded | { status: 'invalid'; problems: FieldProblem[] };

export type BlockService = ReturnType<typeof createBlocks>;

export interface BlockDeps {
  store: BlockStore;
  list: BlockList;
  visits: Pick<VisitService, 'cancel' | 'find'>;
  persons: Pick<PersonStore, 'visits'>;
  settings: Pick<SettingsService, 'read'>;
  nudge: (gateway: GatewayId, mac: ClientMac) => Promise<void>;
  now: () => number;
}

const isPast = (visit: Visit, now: number): boolean =>
  visit.cancelledAt !== undefined ||
  visit.checkedOutAt !== undefined ||
  lastPossibleEnd(visit.terms, visit.startedAt) <= now;

/** The block list of a site, which admins keep. */
export function createBlocks(deps: BlockDeps) {
  const { store, visits, persons, settings, now } = deps;

  /** Visits that a line means and that are not over. */
  async function matching(site: SiteId, line: Pick<Block, 'kind' | 'value'>): Promise<Visit[]> {
    const found: Visit[] = [];
    if (line.kind === 'mac') return found;
    for await (const named of persons.visits(site)) {
      const visit = means(line, named) ? await visits.find(site, named.id) : undefined;
      if (visit && !isPast(visit, now())) found.push(visit);
    }
    return found.sort((a, b) => a.terms.arrivalAt - b.terms.arrivalAt);
  }

  return {
    ...deps.list,
    matching,

    /** Newest first. What is over is not on it any more. */
    list: async (site: SiteId): Promise<Block[]> =>
      (await store.list(site)).filter((block) => !isOver(block, now())),

    /**
     * `cancelVisits`: cancels the visits that a name or an e-mail address means, in one go. Of a device the grants end at
     * once.
     */
    async add(site: SiteId, input: unknown, by: string, cancelVisits = false): Promise<AddBlock> {
      const { values } = await settings.read(site);
      const parsed = parseBlock(input, values['site.timeZone'], now());
      if (!parsed.ok) return { status: 'invalid', problems: parsed.problems };
      const block: Block = { id: newId(), ...parsed.block, addedBy: by, addedAt: now() };
      const added = await store.add(site, block);
      if (added.status === 'listed') {
        const message = `${block.value} is on the list already. Take that line off first to change it.`;
        return { status: 'invalid', problems: [{ field: 'value', message }] };
      }
      if (added.status === 'full') {
        const message = `The list has ${BLOCKS_MOST} lines, which is as many as it may have.`;
        return { status: 'invalid', problems: [{ field: 'value', message }] };
      }
      for (const gateway of added.gateways) await deps.nudge(gateway, block.value as ClientMac);
      const meant = await matching(site, block);
      let cancelled = 0;
      for (const { id } of cancelVisits ? meant : []) {
        if ((await visits.cancel(site, id, by)).status === 'changed') cancelled++;
      }
      const after = cancelled === 0 ? meant : await Promise.all(meant.map(({ id }) => visits.find(site, id)));
      return {
        status: 'added',
        block,
        cut: added.cut,
        matching: after.filter((visit) => visit !== undefined),
        cancelled,
      };
    },

    /** False where there is no such line. */
    remove: async (site: SiteId, id: string, by: string): Promise<boolean> =>
      (await store.remove(site, id, by, now())) === 'removed',

    /** Drops the lines that are over: a person stands on the list no longer than the admin said. */
    async sweep(site: SiteId): Promise<number> {
      const over = (await store.list(site)).filter((block) => isOver(block, now()));
      for (const { id } of over) await store.remove(site, id, 'retention', now());
      return over.length;
    },
  };
}
