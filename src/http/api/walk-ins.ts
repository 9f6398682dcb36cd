import { type Static, Type } from 'typebox';
import type { WalkInRequest } from '../../domain/walk-in.js';
import { AppError } from '../../errors.js';
import type { Runtime } from '../../runtime.js';
import { walkInObject } from '../../services/objects.js';
import type { AnswerResult } from '../../services/walk-ins.js';
import type { Caller } from './auth.js';
import { type Api, call, DEFAULT_LIMIT, Id, pageQuery, readCursor, recordId } from './call.js';
import { page, WalkInSchema } from './schemas.js';

const ListQuery = Type.Object(pageQuery, { additionalProperties: false });

const listing = call(
  { summary: 'Walk-ins who wait for an answer, the first one first', querystring: ListQuery },
  { 200: page(WalkInSchema) },
);

const approving = call(
  {
    summary: 'Let a walk-in in, in the place of the host',
    description: 'Makes a visit, checked in, and lets in the device that waits. The first answer stands.',
    params: Id,
  },
  { 200: WalkInSchema },
);

const declining = call(
  {
    summary: 'Decline a walk-in, in the place of the host',
    description: 'The visitor is told by mail. The first answer stands.',
    params: Id,
  },
  { 200: WalkInSchema },
);

export async function walkInRoutes(app: Api, { runtime }: { runtime: Runtime }): Promise<void> {
  const { walkIns } = runtime.services;
  const config = { role: 'desk' } as const;

  app.get('/walk-ins', { schema: listing, config }, ({ caller, query }) => list(runtime, caller, query));
  app.post('/walk-ins/:id/approve', { schema: approving, config }, ({ caller, params }) =>
    answer(runtime, caller, recordId(params.id), walkIns.approve),
  );
  app.post('/walk-ins/:id/decline', { schema: declining, config }, ({ caller, params }) =>
    answer(runtime, caller, recordId(params.id), walkIns.decline),
  );
}

/** A cursor is `<answer by>:<id>`, in which order they stand. */
async function list({ services, now }: Runtime, { site }: Caller, query: Static<typeof ListQuery>) {
  const [at, after] = readCursor(query.cursor) ?? [Number.NEGATIVE_INFINITY, ''];
  const beyond = ({ answerBy, id }: WalkInRequest) => answerBy > at || (answerBy === at && id > after);
  const limit = query.limit ?? DEFAULT_LIMIT;
  const waiting = (await services.walkIns.open(site)).filter(beyond);
  const items = waiting.slice(0, limit);
  const last = waiting.length > limit ? items.at(-1) : undefined;
  return {
    items: items.map((request) => walkInObject(request, request.problems, now())),
    next: last ? `${last.answerBy}:${last.id}` : null,
  };
}

async function answer(
  { services, now }: Runtime,
  { site, by }: Caller,
  id: string,
  give: (site: Caller['site'], id: string, by: string) => Promise<AnswerResult>,
) {
  const given = await give(site, id, by);
  switch (given.status) {
    case 'answered': {
      const request = await services.walkIns.find(site, id);
      if (!request) throw new Error('a request is gone as soon as it was answered');
      return walkInObject(request, [], now());
    }
    case 'before':
      throw new AppError('walk-in-over', `Somebody was quicker: the visitor was ${given.outcome}.`);
    case 'expired':
      throw new AppError('walk-in-over', 'Nobody answered in time.');
    case 'blocked':
      throw new AppError('invalid-input', undefined, given.problems);
    case 'unknown':
      throw new AppError('not-found');
  }
}
