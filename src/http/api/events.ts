import { Type } from 'typebox';
import type { Runtime } from '../../runtime.js';
import { eventObject } from '../../services/objects.js';
import { type Api, call, DEFAULT_LIMIT } from './call.js';
import { EventSchema } from './event-schemas.js';
import { page } from './schemas.js';

const listing = call(
  {
    summary: 'What happened in the site, oldest first',
    description: 'Poll with the id of the last event that you have seen.',
    querystring: Type.Object(
      {
        after: Type.Optional(
          Type.String({ pattern: '^\\d{1,16}(-\\d{1,16})?$', description: 'Id of an event' }),
        ),
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: DEFAULT_LIMIT })),
      },
      { additionalProperties: false },
    ),
  },
  { 200: page(EventSchema) },
);

export async function eventRoutes(app: Api, { runtime }: { runtime: Runtime }): Promise<void> {
  app.get('/events', { schema: listing, config: { role: 'admin' } }, async ({ caller, query }) => {
    const { items, next } = await runtime.stores.events.list(
      caller.site,
      query.after ?? '',
      query.limit ?? DEFAULT_LIMIT,
    );
    return { items: items.map(eventObject), next };
  });
}
