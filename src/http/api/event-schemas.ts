import { type TObject, type TSchema, Type } from 'typebox';
import { EVENT_TYPES, EVENTS, type EventType } from '../../domain/event.js';
import type { EventKind } from '../../domain/event-kind.js';
import { VisitSchema } from './schemas.js';

/** The shape of every event, from the table of events: what `GET /events` answers with and webhooks are sent. */

const REF = '#/components/schemas/';

/** `visit.checked-in` -> `VisitCheckedInEvent` */
export const schemaName = (type: string): string =>
  `${type
    .split(/[.-]/)
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('')}Event`;

function dataOf(kind: EventKind): TObject {
  const fields = Object.entries(kind.data).map(([name, description]) => {
    const field = Type.String({ description });
    return name.endsWith('?') ? [name.slice(0, -1), Type.Optional(field)] : [name, field];
  });
  return Type.Object(Object.fromEntries(fields) as Record<string, TSchema>, { additionalProperties: false });
}

const shape = (type: EventType, more: Record<string, TSchema> = {}) =>
  Type.Object(
    {
      id: Type.String({ description: 'Place in the log', examples: ['1764061200000-0'] }),
      type: Type.Literal(type),
      at: Type.String({ format: 'date-time', examples: ['2026-11-23T09:00:00.000Z'] }),
      ...more,
      data: dataOf(EVENTS[type]),
    },
    { additionalProperties: false, description: EVENTS[type].says },
  );

/** Sent by a test only. */
const LOGGED = EVENT_TYPES.filter((type) => type !== 'webhook.test');

/** An event of the log; which one, says `type`. */
export const EventSchema = Type.Union(
  LOGGED.map((type) => shape(type)),
  { description: 'Ids, never persons' },
);

/** As components: each event by its name, and `Event`, which is one of them. */
export function eventComponents(): Record<string, object> {
  const mapping = Object.fromEntries(LOGGED.map((type) => [type, REF + schemaName(type)]));
  return {
    ...Object.fromEntries(LOGGED.map((type) => [schemaName(type), shape(type)])),
    Event: {
      description: 'Ids, never persons',
      oneOf: LOGGED.map((type) => ({ $ref: REF + schemaName(type) })),
      discriminator: { propertyName: 'type', mapping },
    },
    Visit: VisitSchema,
  };
}

const header = (name: string, description: string) => ({
  name,
  in: 'header',
  required: true,
  description,
  schema: { type: 'string' },
});

const signed = [
  header(
    'webhook-id',
    '`<site>_<id of the event>`: the same whenever the event is sent; know repetitions by it',
  ),
  header('webhook-timestamp', 'When it was sent, seconds since 1970; refuse what is older than five minutes'),
  header(
    'webhook-signature',
    'With spaces between: `v1,` and the base64 of HMAC-SHA256 over `<webhook-id>.<webhook-timestamp>.<body>`; the key is the base64 after `whsec_`. One that fits is enough: while a secret is changed there are two',
  ),
];

/** What a receiver is sent, by type of event (`webhooks` of OpenAPI 3.1). */
export function webhookDescriptions(): Record<string, object> {
  const more = {
    site: Type.String({ description: 'Id of the site' }),
    visit: Type.Optional(
      Type.Unsafe({
        anyOf: [{ $ref: `${REF}Visit` }, { type: 'null' }],
        description:
          'With `include: ["visit"]`: the visit that `data.visit` names, as it is when this is sent; null where there is none (any more)',
      }),
    ),
  };
  return Object.fromEntries(
    EVENT_TYPES.map((type) => [
      type,
      {
        post: {
          summary: EVENTS[type].says,
          operationId: schemaName(type),
          security: [],
          parameters: signed,
          requestBody: {
            required: true,
            content: { 'application/json': { schema: shape(type, more) } },
          },
          responses: {
            '2XX': { description: 'Received; the next event follows' },
            410: { description: 'Gone: the webhook is switched off' },
            default: { description: 'Not received: it is sent again, later each time, an hour at most' },
          },
        },
      },
    ]),
  );
}
