import { type AttentionDeps, createAttention } from './attention.js';
import { createVisitLists } from './desk-lists.js';
import { createToday, type TodayDeps } from './today.js';
import { createVisitTimeline, type TimelineDeps } from './visit-timeline.js';
import { createWithoutToken } from './without-token.js';

type Deps = Omit<AttentionDeps & TodayDeps & TimelineDeps, 'lists' | 'withoutToken'> &
  Omit<Parameters<typeof createVisitLists>[0], 'visits'> &
  Pick<Parameters<typeof createWithoutToken>[0], 'settings'> & {
    store: Parameters<typeof createVisitLists>[0]['visits'];
    visits: Parameters<typeof createWithoutToken>[0]['visits'];
  };

/** What the desk looks at: the day, its lists, what needs a person, what happened to a visit. */
export function createDesk(deps: Deps) {
  const lists = createVisitLists({ ...deps, visits: deps.store });
  const withoutToken = createWithoutToken(deps);
  return {
    lists,
    withoutToken,
    today: createToday({ ...deps, lists }),
    attention: createAttention({ ...deps, withoutToken }),
    visitTimeline: createVisitTimeline(deps),
  };
}
