import { Type } from 'typebox';
import { parseTeamRole } from '../../domain/team.js';
import { AppError } from '../../errors.js';
import type { Runtime } from '../../runtime.js';
import { keyObject } from '../../services/objects.js';
import type { TeamService } from '../../services/team.js';
import type { Caller } from './auth.js';
import { type Api, call, Id } from './call.js';
import { KeySchema, NewKeySchema, page, RoleSchema } from './schemas.js';

const listing = call(
  { summary: 'The API keys of every site, without the keys themselves' },
  { 200: page(KeySchema) },
);

const adding = call(
  {
    summary: 'Make an API key',
    description:
      'It belongs to the site that the request names. The answer is the only place where the key stands.',
    body: Type.Object(
      { name: Type.String({ examples: ['reception'] }), role: RoleSchema },
      { additionalProperties: false },
    ),
  },
  { 201: NewKeySchema },
);

const removing = call({ summary: 'Remove an API key', params: Id }, { 204: null });

export async function keyRoutes(app: Api, { runtime }: { runtime: Runtime }): Promise<void> {
  const { team } = runtime.services;
  const config = { role: 'owner' } as const;

  app.get('/keys', { schema: listing, config }, async () => ({
    items: (await team.listKeys()).map(keyObject),
    next: null,
  }));
  app.post('/keys', { schema: adding, config }, async ({ body, caller }, reply) => {
    reply.code(201);
    return add(team, body, caller);
  });
  app.delete('/keys/:id', { schema: removing, config }, async ({ params, caller }, reply) => {
    if (!(await team.removeKey(params.id, caller.by))) throw new AppError('not-found');
    return reply.code(204).send();
  });
}

async function add(team: TeamService, body: { name: string; role: string }, { site, by }: Caller) {
  const role = parseTeamRole(body.role) ?? 'desk';
  const result = await team.addKey({ name: body.name, role, site }, by);
  if (result.status === 'invalid') throw new AppError('invalid-input', undefined, result.problems);
  if (result.status === 'no-site') throw new AppError('not-found', `There is no site "${site}".`);
  return { ...keyObject(result.key), key: result.secret };
}
