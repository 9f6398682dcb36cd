import { type AttentionDeps, createAttention } from './attention.js';
import { createVisitLists } from './desk-lists.js';
import { createToday, type TodayDeps } from './today.js';
import { createVisitTimeline, type TimelineDeps } from './visit-timeline.js';
import { createWithoutToken } from './without-token.js';

type Stores = Pick<AttentionDeps, 'commands' | 'tokens' | 'events'> &
  Pick<TodayDeps, 'commands'> &
  Pick<TimelineDeps, 'grants' | 'mails'> & {
    visitReads: TodayDeps['reads'] & Parameters<typeof createVisitLists>[0]['reads'];
    visits: Parameters<typeof createVisitLists>[0]['visits'];
  };

type Deps = Pick<AttentionDeps & TodayDeps, 'registry' | 'mail' | 'webhooks' | 'walkIns' | 'clock' | 'now'> &
  Pick<TimelineDeps, 'audit'> &
  Omit<Parameters<typeof createWithoutToken>[0], 'reads'>;

/** What the desk looks at: the day, its lists, what needs a person, what happened to a visit. */
export function createReception({ visitReads: reads, ...stores }: Stores, deps: Deps) {
  const { now } = deps;
  const lists = createVisitLists({ visits: stores.visits, reads, now });
  const withoutToken = createWithoutToken({ ...deps, reads });
  return {
    lists,
    withoutToken,
    today: createToday({ ...stores, ...deps, reads, lists }),
    attention: createAttention({ ...stores, ...deps, withoutToken }),
    visitTimeline: createVisitTimeline({ ...stores, ...deps }),
  };
}
