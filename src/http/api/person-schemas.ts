import { Type } from 'typebox';
import { BLOCK_KINDS } from '../../domain/block.js';
import { PERSON_FIELDS } from '../../domain/person.js';
import { EventSchema } from './event-schemas.js';
import { closed, GrantSchema, instant, instantOrNull, orNull, VisitSchema, words } from './schemas.js';

/** The objects of the block list, the terms and what is held about a person. */

const blockProperties = {
  id: Type.String(),
  kind: words(BLOCK_KINDS),
  value: Type.String(),
  note: Type.String(),
  addedBy: Type.String(),
  addedAt: instant(),
  until: instantOrNull('Null: for good'),
};

export const BlockSchema = closed(blockProperties);

export const NewBlockSchema = closed({
  ...blockProperties,
  cut: Type.Integer({ description: 'Grants of the device that ended' }),
  cancelled: Type.Integer({ description: 'Visits that were cancelled' }),
  matching: Type.Array(VisitSchema, { description: 'Visits that it means and that were not over' }),
});

export const TermsSchema = closed({
  version: Type.Integer(),
  text: Type.String(),
  digest: Type.String({ description: 'The same for the same text' }),
  since: instant(),
  current: Type.Boolean({ description: 'What visitors are shown now' }),
});

const strings = (names: readonly string[]) =>
  closed(Object.fromEntries(names.map((name) => [name, Type.String()])));

/** Everything that is held about a person. */
export const DossierSchema = closed({
  query: closed(Object.fromEntries(PERSON_FIELDS.map((name) => [name, orNull(Type.String())]))),
  visits: Type.Array(
    closed({
      ...VisitSchema.properties,
      foundBy: Type.Array(words(PERSON_FIELDS)),
      grants: Type.Array(GrantSchema),
      events: Type.Array(EventSchema, { description: 'What the log says of the visit' }),
    }),
  ),
  hosting: Type.Array(
    closed({
      id: Type.String(),
      expectedArrival: Type.String(),
      timeZone: Type.String(),
      host: orNull(Type.String()),
      hostEmail: orNull(Type.String()),
    }),
    { description: 'Visits of others that name the person as the host' },
  ),
  blocks: Type.Array(BlockSchema),
  sessions: Type.Array(closed({ gateway: Type.String(), mac: Type.String(), seenAt: instant() }), {
    description: "Sessions of the devices by their gateways' own books",
  }),
  seenAt: Type.Array(strings(['gateway', 'address', 'mac']), {
    description: 'Addresses from which the devices were sent to the portal in the last day',
  }),
  held: Type.Record(Type.String(), Type.Array(Type.Record(Type.String(), Type.Unknown())), {
    description: 'Mails and requests, by what they are',
  }),
});
