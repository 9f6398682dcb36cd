import { Type } from 'typebox';
import type { Grant } from '../../domain/grant.js';
import type { SiteId } from '../../domain/id.js';
import { AppError } from '../../errors.js';
import type { Runtime } from '../../runtime.js';
import { grantObject } from '../../services/objects.js';
import { type Api, call, DEFAULT_LIMIT, Id, pageQuery, recordId } from './call.js';
import { GrantSchema, page } from './schemas.js';

const listing = call(
  {
    summary: 'Grants, newest first',
    querystring: Type.Object(
      { visit: Type.Optional(Type.String({ description: 'Only those of this visit' })), ...pageQuery },
      { additionalProperties: false },
    ),
  },
  { 200: page(GrantSchema) },
);

const revoking = call(
  {
    summary: 'End a grant now',
    description: 'The client goes off the network, its device keeps its slot. Again is no error.',
    params: Id,
  },
  { 200: GrantSchema },
);

const CURSOR = /^\d{1,16}$/;

export async function grantRoutes(app: Api, { runtime }: { runtime: Runtime }): Promise<void> {
  const { stores, services, now } = runtime;
  const config = { role: 'desk' } as const;
  const show = async (site: SiteId, grant: Grant) =>
    grantObject(grant, await stores.grants.access(site, grant.gateway, grant.mac), now());

  app.get('/grants', { schema: listing, config }, async ({ caller, query }) => {
    const { visit, cursor, limit = DEFAULT_LIMIT } = query;
    if (cursor !== undefined && !CURSOR.test(cursor))
      throw new AppError('malformed-request', 'That is no cursor.');
    const { items, next } =
      visit === undefined
        ? await stores.grants.list(caller.site, { limit, ...(cursor === undefined ? {} : { cursor }) })
        : { items: await stores.grants.ofVisit(caller.site, recordId(visit)), next: null };
    const newest = [...items].sort((a, b) => b.from - a.from);
    return { items: await Promise.all(newest.map((grant) => show(caller.site, grant))), next };
  });

  app.delete('/grants/:id', { schema: revoking, config }, async ({ caller, params }) => {
    const grant = await services.visits.revokeGrant(caller.site, recordId(params.id), caller.by);
    if (!grant) throw new AppError('not-found');
    return show(caller.site, grant);
  });
}
