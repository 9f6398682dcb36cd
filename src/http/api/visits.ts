import { type Static, Type } from 'typebox';
import type { SiteId } from '../../domain/id.js';
import { readRange } from '../../domain/local-time.js';
import { queryWords, VISIT_STATES, type Visit, type VisitState } from '../../domain/visit.js';
import { AppError } from '../../errors.js';
import type { Runtime } from '../../runtime.js';
import { mailObject, visitObject, visitWithPin } from '../../services/objects.js';
import type { VisitQuery } from '../../services/visit-list.js';
import type { Refused } from '../../services/visits.js';
import type { Caller } from './auth.js';
import { type Api, call, DEFAULT_LIMIT, Id, pageQuery, readCursor, recordId } from './call.js';
import { MailSchema, page, VisitMaybePinSchema, VisitSchema, VisitWithPinSchema, words } from './schemas.js';
import { ChangeBody, RegistrationBody } from './visit-fields.js';

/** What lists and exports of visits are narrowed by. */
export const visitFilters = {
  q: Type.Optional(
    Type.String({
      maxLength: 200,
      description: 'Beginnings of words of name, e-mail, host',
    }),
  ),
  state: Type.Optional(words(VISIT_STATES)),
  from: Type.Optional(
    Type.String({
      description: 'Expected arrival from here on: a date, a local time, or an instant',
    }),
  ),
  to: Type.Optional(
    Type.String({
      description: 'Expected arrival before this; a date counts whole',
    }),
  ),
};

const ListQuery = Type.Object({ ...visitFilters, ...pageQuery }, { additionalProperties: false });

const listing = call(
  {
    summary: 'Visits by expected arrival',
    description: 'A page may hold fewer than `limit`.',
    querystring: ListQuery,
  },
  { 200: page(VisitSchema) },
);

const registering = call(
  {
    summary: 'Register a visit',
    description: 'The answer has its PIN.',
    body: RegistrationBody,
  },
  { 201: VisitWithPinSchema },
);

const showing = call(
  {
    summary: 'One visit',
    description: '`include=pin` adds the PIN, which is logged as `pin.shown`.',
    params: Id,
    querystring: Type.Object(
      { include: Type.Optional(Type.Literal('pin')) },
      { additionalProperties: false },
    ),
  },
  { 200: VisitMaybePinSchema },
);

const mailing = call(
  { summary: 'The mails about a visit, newest first', params: Id },
  { 200: page(MailSchema) },
);

const changing = call(
  {
    summary: 'Move, extend, shorten or correct a visit',
    description: 'Grants follow.',
    params: Id,
    body: ChangeBody,
  },
  { 200: VisitSchema },
);

const cancelling = call(
  {
    summary: 'Cancel a visit',
    description: 'Its PIN is dead, its devices go off the network.',
    params: Id,
    querystring: Type.Object(
      {
        notify: Type.Optional(
          Type.Boolean({
            description:
              'Tell the visitor by mail. Without it whoever had a mail is told, as `mail.onCancellation` says',
          }),
        ),
      },
      { additionalProperties: false },
    ),
  },
  { 200: VisitSchema },
);

export async function visitRoutes(app: Api, { runtime }: { runtime: Runtime }): Promise<void> {
  const { visits } = runtime.services;
  const config = { role: 'desk' } as const;
  const show = (visit: Visit) => visitObject(visit, runtime.now());

  app.get('/visits', { schema: listing, config }, async ({ caller, query }) => list(runtime, caller, query));
  app.post('/visits', { schema: registering, config }, async ({ caller, body }, reply) => {
    reply.code(201);
    return register(runtime, caller, body);
  });
  app.get('/visits/:id', { schema: showing, config }, async ({ caller, params, query }) => {
    const id = recordId(params.id);
    const visit = await visits.find(caller.site, id);
    if (!visit) throw new AppError('not-found');
    return {
      ...show(visit),
      ...(query.include === 'pin' ? await shownPin(runtime, caller, id) : {}),
    };
  });
  app.get('/visits/:id/mails', { schema: mailing, config }, async ({ caller, params }) => {
    const id = recordId(params.id);
    if (!(await visits.find(caller.site, id))) throw new AppError('not-found');
    const mails = await runtime.services.mail.ofVisit(caller.site, id);
    return { items: mails.map(mailObject), next: null };
  });
  app.patch('/visits/:id', { schema: changing, config }, async ({ caller, params, body }) => {
    const result = await visits.change(caller.site, recordId(params.id), body, caller.by, caller.role);
    return result.status === 'changed' ? show(result.visit) : refuse(result);
  });
  app.delete('/visits/:id', { schema: cancelling, config }, async ({ caller, params, query }) => {
    const result = await visits.cancel(caller.site, recordId(params.id), caller.by, query);
    return result.status === 'changed' ? show(result.visit) : refuse(result);
  });
}

/** The fault that a refused transition is. */
export function refuse(result: Refused): never {
  switch (result.status) {
    case 'unknown':
      throw new AppError('not-found');
    case 'invalid':
      throw new AppError('invalid-input', undefined, result.problems);
    case 'refused':
      throw new AppError(result.why);
  }
}

async function register(
  { services, portalOrigin, now }: Runtime,
  { site, by, role }: Caller,
  body: Static<typeof RegistrationBody>,
) {
  const result = await services.visits.register(site, body, by, undefined, role);
  if (result.status === 'invalid') throw new AppError('invalid-input', undefined, result.problems);
  return visitWithPin(result, now(), portalOrigin());
}

/** Logged before it is answered, so that no PIN is seen without a trace. */
async function shownPin({ services, stores, portalOrigin, now }: Runtime, { site, by }: Caller, id: string) {
  const shown = await services.visits.showPin(site, id);
  if (!shown) return { pin: null, claimUrl: null };
  await stores.events.append(site, 'pin.shown', { visit: id, by }, now());
  return {
    pin: shown.pin,
    claimUrl: `${portalOrigin()}/claim/${shown.claim}`,
  };
}

interface Filters {
  q?: string;
  state?: VisitState;
  from?: string;
  to?: string;
}

/** Filters as they stand in a query; local times are the site's. */
export async function readFilters(
  { services }: Runtime,
  site: SiteId,
  { q, state, from, to }: Filters,
): Promise<VisitQuery> {
  const { values } = await services.settings.read(site);
  const read = readRange({ from, to }, values['site.timeZone']);
  if (!read.ok) throw new AppError('invalid-input', undefined, read.problems);
  return {
    words: q === undefined ? [] : queryWords(q),
    ...read.range,
    ...(state === undefined ? {} : { state }),
  };
}

async function list(runtime: Runtime, { site }: Caller, query: Static<typeof ListQuery>) {
  const { cursor, limit = DEFAULT_LIMIT, ...filters } = query;
  readCursor(cursor);
  const { items, next } = await runtime.services.visits.list(site, {
    ...(await readFilters(runtime, site, filters)),
    limit,
    ...(cursor === undefined ? {} : { cursor }),
  });
  return {
    items: items.map((visit) => visitObject(visit, runtime.now())),
    next,
  };
}
