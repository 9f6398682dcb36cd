import type { FastifyInstance, FastifyRequest } from 'fastify';
import { addDays, dateIn } from '../../domain/calendar-days.js';
import { parseRecordId } from '../../domain/id.js';
import { readRange } from '../../domain/local-time.js';
import { queryWords } from '../../domain/visit.js';
import { type FilterCounts, LIST_FILTERS, type ListFilter } from '../../services/desk-lists.js';
import { text, texts } from '../pages/form.js';
import type { Page } from '../pages/page.js';
import type { Words } from '../pages/times.js';
import type { AdminDeps } from './deps.js';
import { createSearchAddress, OTHER_SEARCH } from './search-address.js';
import { confirmPage } from './shell.js';
import { rowsOf, type VisitRow } from './visit-rows.js';
import { wordsFor } from './visit-words.js';

const LIMIT = 50;
/** So many visits one form may name. */
const CHOSEN_MOST = 200;

const FILTER_TEXTS: Readonly<Record<ListFilter, string>> = {
  expected: 'Expected',
  missing: 'Not come',
  here: 'Here',
  leaving: 'Leaving soon',
  left: 'Left',
  cancelled: 'Cancelled',
};

/** What the address of a list says. */
interface Asked {
  q: string;
  /** The search as the address has it. */
  find: string;
  /** A date of the site, or `all`. */
  day: string;
  state: ListFilter | undefined;
  after: string | undefined;
}

export interface VisitsPage {
  asked: { q: string; day: string; state: string };
  today: string;
  /** The day that is shown, its neighbours; absent where all are. */
  day?: { at: number; before: string; after: string; isToday: boolean };
  filters: { href: string; text: string; count: number | undefined; current: boolean }[];
  rows: VisitRow[];
  elsewhere: VisitRow[];
  elsewhereMore: boolean;
  next: string | undefined;
  /** The same visits as CSV, whatever they stand. */
  exportHref: string;
  /** All that the search finds, and the form of a new visit with what was typed. */
  allHref: string;
  registerHref: string;
  words: Words;
}

/** The list of visits: a day, or all. */
export const visitsPage = (data: VisitsPage): Page => ({ template: 'admin/visits', data });

const addressOf = ({ find, day, state, after }: Partial<Asked>): string => {
  const query = new URLSearchParams();
  if (find) query.set('find', find);
  if (day) query.set('day', day);
  if (state) query.set('state', state);
  if (after) query.set('after', after);
  return query.size > 0 ? `/visits?${query}` : '/visits';
};

const exportOf = ({ find, day }: Asked, today: string): string => {
  const range = day === 'all' ? { from: today } : { from: day, to: day };
  return `/visits/export.csv?${new URLSearchParams(find ? { find } : range)}`;
};

const dayIn = (from: unknown, today: string, zone: string): string => {
  const day = text(from, 'day');
  return day !== '' && (day === 'all' || readRange({ from: day, to: day }, zone).ok) ? day : today;
};

const stateIn = (from: unknown): ListFilter | undefined =>
  LIST_FILTERS.find((one) => one === text(from, 'state'));

/** `/visits`: who comes, who is here, who was. */
export async function visitsRoutes(app: FastifyInstance, { runtime, shell }: AdminDeps): Promise<void> {
  const { services, now } = runtime;
  const { lists, visits } = services;
  const search = createSearchAddress(runtime);

  const todayOf = async ({ caller }: FastifyRequest) => {
    const zone = (await services.settings.read(caller.site)).values['site.timeZone'];
    return { zone, today: dateIn(now(), zone) };
  };

  app.post('/visits/search', { config: { asks: true } }, async (request, reply) => {
    const { zone, today } = await todayOf(request);
    const { body } = request;
    const find = search.seal(request, text(body, 'q'));
    const day = dayIn(body, today, zone);
    const path = addressOf({ find, day: day === today ? '' : day, state: stateIn(body) });
    return reply.redirect(path, 303);
  });

  app.get('/visits', async (request, reply) => {
    const { site } = request.caller;
    const { zone, today } = await todayOf(request);
    const found = search.read(request);
    const after = text(request.query, 'after');
    const asked: Asked = {
      ...(found ?? { q: '', find: '' }),
      day: dayIn(request.query, today, zone),
      state: stateIn(request.query),
      after: /^[\w:-]{1,100}$/.test(after) ? after : undefined,
    };
    if (!found) return shell.goOn(request, reply, addressOf({ ...asked, after: undefined }), OTHER_SEARCH);
    const words = wordsFor(request, zone, now());
    const query = { words: queryWords(asked.q), filter: asked.state, after: asked.after, limit: LIMIT };
    const range = readRange({ from: asked.day === 'all' ? today : asked.day, to: asked.day }, zone);
    const from = range.ok ? (range.range.from ?? now()) : startOf(today, zone);

    const links = (counts?: FilterCounts) =>
      [undefined, ...LIST_FILTERS].flatMap((state) => {
        const count = counts?.[state ?? 'all'];
        // A rare state that nobody is in would only take room.
        if (state !== asked.state && count === 0 && (state === 'leaving' || state === 'cancelled')) return [];
        return {
          href: addressOf({ find: asked.find, day: asked.day, state }),
          text: state === undefined ? 'All' : FILTER_TEXTS[state],
          count,
          current: state === asked.state,
        };
      });

    const sought = {
      allHref: addressOf({ find: asked.find, day: 'all' }),
      registerHref: `/visits/new${asked.find && `?${new URLSearchParams({ find: asked.find })}`}`,
    };

    if (asked.day === 'all') {
      const listed = await lists.all(site, { ...query, from: startOf(today, zone) });
      return shell.show(
        request,
        reply,
        visitsPage({
          asked: { ...asked, state: asked.state ?? '' },
          today,
          filters: links(),
          rows: await rowsOf(runtime, site, listed.items, words),
          elsewhere: [],
          elsewhereMore: false,
          next: listed.next === null ? undefined : addressOf({ ...asked, after: listed.next }),
          exportHref: exportOf(asked, today),
          ...sought,
          words,
        }),
      );
    }
    const until = range.ok ? (range.range.until ?? from) : from;
    const listed = await lists.day(site, { ...query, day: { from, until } });
    return shell.show(
      request,
      reply,
      visitsPage({
        asked: { ...asked, state: asked.state ?? '' },
        today,
        day: {
          at: from,
          before: addressOf({ ...asked, day: addDays(asked.day, -1), after: undefined }),
          after: addressOf({ ...asked, day: addDays(asked.day, 1), after: undefined }),
          isToday: asked.day === today,
        },
        filters: links(listed.counts),
        rows: await rowsOf(runtime, site, listed.items, words, from),
        elsewhere: await rowsOf(runtime, site, listed.elsewhere, words),
        elsewhereMore: listed.elsewhereMore,
        next: listed.next === null ? undefined : addressOf({ ...asked, after: listed.next }),
        exportHref: exportOf(asked, today),
        ...sought,
        words,
      }),
    );
  });

  app.post('/visits/chosen', async (request, reply) => {
    const { site } = request.caller;
    const ids = chosen(texts(request.body, 'visit'));
    if (ids.length === 0)
      return shell.goOn(request, reply, '/visits', {
        text: 'No visit was chosen. Tick the boxes of those that you mean.',
        tone: 'warn',
      });
    const [action, what] = text(request.body, 'do').split(' ');
    if (action === 'print')
      return reply.redirect(
        `/visits/print?${new URLSearchParams([['what', what === 'sheet' ? 'sheet' : 'badge'], ...ids.map((id) => ['visit', id])] as [string, string][])}`,
        303,
      );
    const found = await runtime.stores.visitReads.findMany(site, ids);
    const live = found.filter(
      ({ cancelledAt, checkedOutAt }) => cancelledAt === undefined && checkedOutAt === undefined,
    );
    if (live.length === 0)
      return shell.goOn(request, reply, '/visits', {
        text: 'These visits are over already; there is nothing to cancel.',
        tone: 'warn',
      });
    const names = live.slice(0, 10).map(({ name }) => name);
    const more = live.length > names.length ? ` and ${live.length - names.length} more` : '';
    return shell.show(
      request,
      reply,
      confirmPage({
        title: live.length === 1 ? 'Cancel this visit' : `Cancel these ${live.length} visits`,
        lines: [
          `${names.join(', ')}${more}.`,
          'Their PINs stop working at once, and their devices go offline. This cannot be undone.',
        ],
        action: '/visits/cancel',
        button: live.length === 1 ? 'Cancel this visit' : `Cancel these ${live.length} visits`,
        fields: { visits: live.map(({ id }) => id).join(' ') },
        back: '/visits',
      }),
    );
  });

  app.post('/visits/cancel', async (request, reply) => {
    const { site, by } = request.caller;
    let done = 0;
    const left: string[] = [];
    for (const id of chosen(text(request.body, 'visits').split(' '))) {
      const result = await visits.cancel(site, id, by);
      if (result.status === 'changed') done++;
      else left.push(id);
    }
    const failed = left.length > 0 ? ` ${left.length} could not be cancelled; open them to see why.` : '';
    return shell.goOn(request, reply, '/visits', {
      text: `${done === 1 ? '1 visit is' : `${done} visits are`} cancelled.${failed}`,
      tone: left.length > 0 ? 'warn' : 'good',
    });
  });
}

const chosen = (ids: readonly string[]): string[] =>
  [...new Set(ids)].flatMap((id) => parseRecordId(id) ?? []).slice(0, CHOSEN_MOST);

/** The instant at which a date of a zone begins. */
function startOf(date: string, zone: string): number {
  const read = readRange({ from: date, to: date }, zone);
  return read.ok ? (read.range.from ?? 0) : 0;
}
