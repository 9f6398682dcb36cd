import { Type } from 'typebox';
import { parseSiteId } from '../../domain/id.js';
import { AppError } from '../../errors.js';
import type { Runtime } from '../../runtime.js';
import type { SiteService } from '../../services/sites.js';
import type { Caller } from './auth.js';
import { type Api, call, Id } from './call.js';
import { page, SiteSchema } from './schemas.js';

const listing = call({ summary: 'Every site' }, { 200: page(SiteSchema) });

const adding = call(
  {
    summary: 'Add a site',
    body: Type.Object(
      { id: Type.String({ description: '1 to 32 of a-z, 0-9 and -', examples: ['north-wing'] }) },
      { additionalProperties: false },
    ),
  },
  { 201: SiteSchema },
);

const removing = call(
  {
    summary: 'Remove a site with all its visits, settings, keys and its log',
    description: 'Its gateways have to be removed first. `main` stays.',
    params: Id,
  },
  { 204: null },
);

export async function siteRoutes(app: Api, { runtime }: { runtime: Runtime }): Promise<void> {
  const { sites } = runtime.services;
  const config = { role: 'owner' } as const;

  app.get('/sites', { schema: listing, config }, async () => ({ items: await sites.list(), next: null }));
  app.post('/sites', { schema: adding, config }, async ({ body, caller }, reply) => {
    reply.code(201);
    return add(sites, body.id, caller);
  });
  app.delete('/sites/:id', { schema: removing, config }, async ({ params, caller }, reply) => {
    await remove(sites, params.id, caller);
    return reply.code(204).send();
  });
}

async function add(sites: SiteService, id: string, { by }: Caller) {
  const result = await sites.add(id, by);
  if (result.status === 'invalid') throw new AppError('invalid-input', undefined, result.problems);
  if (result.status === 'exists') throw new AppError('site-exists');
  return result.site;
}

async function remove(sites: SiteService, text: string, { by }: Caller): Promise<void> {
  const id = parseSiteId(text);
  const result = id ? await sites.remove(id, by) : { status: 'unknown' as const };
  switch (result.status) {
    case 'removed':
      return;
    case 'unknown':
      throw new AppError('not-found', `There is no site "${text}".`);
    case 'main':
      throw new AppError('site-in-use', 'The site "main" is part of every Foyer and stays.');
    case 'has-gateways':
      throw new AppError('site-in-use', `Remove its gateways first: ${result.gateways.join(', ')}.`);
  }
}
