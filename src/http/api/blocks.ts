import { Type } from 'typebox';
import { BLOCK_KINDS, BLOCK_NOTE_MOST } from '../../domain/block.js';
import { AppError } from '../../errors.js';
import type { Runtime } from '../../runtime.js';
import { blockObject, visitObject } from '../../services/objects.js';
import { type Api, call, Id, recordId } from './call.js';
import { BlockSchema, NewBlockSchema } from './person-schemas.js';
import { page, words } from './schemas.js';

const listing = call(
  { summary: 'The block list, newest first', description: 'Lines that are over are not on it any more.' },
  { 200: page(BlockSchema) },
);

const adding = call(
  {
    summary: 'Put somebody on the block list',
    description:
      'A name means all of its words, whole, in any order. A device that is online goes off at once and is refused from then on as if its PIN were wrong. Visits that a name or an address means are listed, and cancelled when asked.',
    body: Type.Object(
      {
        kind: words(BLOCK_KINDS),
        value: Type.String({
          description: 'A name; an e-mail address, or a whole domain as `@example.com`; a hardware address',
          examples: ['Ada Lovelace', '@example.com', '02:00:00:00:00:10'],
        }),
        note: Type.Optional(
          Type.String({
            maxLength: BLOCK_NOTE_MOST,
            description: 'Why, for the team: whoever tries to register them reads it',
          }),
        ),
        until: Type.Optional(
          Type.Union([Type.String(), Type.Null()], {
            description: "Local in the site's zone, or an instant with offset; without it for good",
          }),
        ),
        cancelVisits: Type.Optional(
          Type.Boolean({ default: false, description: 'Cancels the visits that it means' }),
        ),
      },
      { additionalProperties: false },
    ),
  },
  { 201: NewBlockSchema },
);

const removing = call({ summary: 'Take a line off the block list', params: Id }, { 204: null });

export async function blockRoutes(app: Api, { runtime }: { runtime: Runtime }): Promise<void> {
  const { blocks } = runtime.services;
  const config = { role: 'admin' } as const;

  app.get('/blocks', { schema: listing, config }, async ({ caller }) => ({
    items: (await blocks.list(caller.site)).map(blockObject),
    next: null,
  }));

  app.post('/blocks', { schema: adding, config }, async ({ caller, body }, reply) => {
    const { cancelVisits, ...line } = body;
    const added = await blocks.add(caller.site, line, caller.by, cancelVisits ?? false);
    if (added.status === 'invalid') throw new AppError('invalid-input', undefined, added.problems);
    reply.code(201);
    return {
      ...blockObject(added.block),
      cut: added.cut,
      cancelled: added.cancelled,
      matching: added.matching.map((visit) => visitObject(visit, runtime.now())),
    };
  });

  app.delete('/blocks/:id', { schema: removing, config }, async ({ caller, params }, reply) => {
    if (!(await blocks.remove(caller.site, recordId(params.id), caller.by)))
      throw new AppError('not-found', 'The block list has no such line.');
    return reply.code(204).send();
  });
}
