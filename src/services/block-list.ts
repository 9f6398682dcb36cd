import { type Block, blockedProblem, findBlock, type Subject } from '../domain/block.js';
import type { SiteId } from '../domain/id.js';
import type { RegistrationProblem } from '../domain/visit.js';
import type { BlockStore } from '../redis/blocks.js';

export type BlockList = ReturnType<typeof createBlockList>;

/** Who is on a site's block list: what is asked before somebody is registered. */
export function createBlockList(store: Pick<BlockStore, 'list'>, now: () => number) {
  /** Reads the list once, for whoever asks about many. */
  const checker = async (site: SiteId): Promise<(subject: Subject) => Block | undefined> => {
    const blocks = await store.list(site);
    return (subject) => findBlock(blocks, subject, now());
  };
  /** The same for many, with the list read once. */
  async function problemsOfMany(site: SiteId): Promise<(subject: Subject) => RegistrationProblem[]> {
    const find = await checker(site);
    return (subject) => {
      const block = find(subject);
      return block ? [blockedProblem(block, subject)] : [];
    };
  }

  const check = async (site: SiteId, subject: Subject): Promise<Block | undefined> =>
    (await checker(site))(subject);
  return {
    checker,
    problemsOfMany,
    /** What is wrong with registering them, in the team's words. */
    problems: async (site: SiteId, subject: Subject): Promise<RegistrationProblem[]> =>
      (await problemsOfMany(site))(subject),
    /** The line that means them, if one does. Its note is for the team: `neutral` of domain/block.ts has words for others. */
    check,
  };
}
