import type { Block } from '../domain/block.js';
import type { GatewayId, SiteId } from '../domain/id.js';
import { siteKeys } from './keys.js';
import { defineScript, type RedisClient, statusOf } from './scripts.js';

/** Lines of a site's list: every registration reads them all. */
export const BLOCKS_MOST = 5000;
/** A score for good, which a script reads as a plain number. */
const FOR_GOOD = 8_640_000_000_000_000;

export type AddedBlock =
  | { status: 'added'; cut: number; gateways: GatewayId[] }
  /** A line that is in force says the same already. */
  | { status: 'listed'; id: string }
  | { status: 'full' };

const addBlock = defineScript({
  file: 'add-block',
  args: ['now', 'id', 'line', 'kind', 'value', 'mac', 'until', 'atMost', 'by'],
  reply: ([status, first = '', ...gateways]): AddedBlock => {
    if (status === 'added') return { status, cut: Number(first), gateways: gateways as GatewayId[] };
    return status === 'listed' ? { status, id: first } : { status: 'full' };
  },
  durable: true,
});

const removeBlock = defineScript({
  file: 'remove-block',
  args: ['now', 'id', 'by'],
  reply: statusOf('removed', 'unknown'),
  durable: true,
});

export type BlockStore = ReturnType<typeof createBlockStore>;

/** Who is not welcome in a site. The lines are kept as they were typed: that is what the list is for. */
export function createBlockStore(redis: RedisClient) {
  return {
    /** Newest first, those that are over among them. */
    async list(site: SiteId): Promise<Block[]> {
      const rows = await redis.hvals(siteKeys.blocks(site));
      return rows.map((row) => JSON.parse(row) as Block).sort((a, b) => b.addedAt - a.addedAt);
    },

    /** A device that is online goes off with the same step. */
    add: (site: SiteId, block: Block): Promise<AddedBlock> =>
      addBlock(redis, site, {
        now: block.addedAt,
        id: block.id,
        line: JSON.stringify(block),
        kind: block.kind,
        value: block.value,
        mac: block.kind === 'mac' ? block.value : '',
        until: block.until ?? FOR_GOOD,
        atMost: BLOCKS_MOST,
        by: block.addedBy,
      }),

    remove: (site: SiteId, id: string, by: string, now: number): Promise<'removed' | 'unknown'> =>
      removeBlock(redis, site, { now, id, by }),
  };
}
