import { type TProperties, Type } from 'typebox';
import { PERSON_TEXT_MOST, type PersonQuery, parsePersonQuery } from '../../domain/person.js';
import { AppError } from '../../errors.js';
import type { Runtime } from '../../runtime.js';
import { dossierObject } from '../../services/dossier-object.js';
import { iso } from '../../services/objects.js';
import { type Api, call } from './call.js';
import { DossierSchema, TermsSchema } from './person-schemas.js';
import { closed, instant, page } from './schemas.js';

const text = (description: string) =>
  Type.Optional(Type.String({ maxLength: PERSON_TEXT_MOST, description }));

/** In a body: an address in an address would stand in every log on its way. */
const person = {
  name: text('All of its words, whole, in any order'),
  email: text('The whole address'),
  mac: text('Of a device that one of the visits let in'),
};

const body = <P extends TProperties>(more: P) =>
  Type.Object({ ...person, ...more }, { additionalProperties: false });

const searching = call(
  {
    summary: 'What is held about a person',
    description: 'Each field finds by itself; more of them find more. PINs are not among it.',
    body: body({}),
  },
  { 200: DossierSchema },
);

const exporting = call(
  {
    summary: 'The same, for the person',
    description: 'Logged as `person.exported`, by counts alone.',
    body: body({}),
  },
  { 200: closed({ exportedAt: instant(), site: Type.String(), ...DossierSchema.properties }) },
);

const erasing = call(
  {
    summary: 'Erase a person',
    description:
      'The visits that are found are erased with all that hangs on them, and their devices go offline. What the log says of them stays, with ids that lead nowhere.',
    body: body({
      visits: Type.Optional(
        Type.Array(Type.String({ maxLength: 64 }), {
          maxItems: 10_000,
          description: 'Of the visits that are found only these. Without it: all',
        }),
      ),
      keepBlocks: Type.Optional(
        Type.Boolean({
          default: false,
          description: 'The lines of the block list that mean the person stay',
        }),
      ),
    }),
  },
  {
    200: closed({
      visits: Type.Integer({ description: 'Erased' }),
      hosting: Type.Integer({ description: 'Visits of others that name no host any more' }),
      blocks: Type.Integer({ description: 'Lines taken off the block list' }),
      held: Type.Record(Type.String(), Type.Integer(), { description: 'Erased beside, by what it was' }),
      waiting: Type.Integer({
        description:
          'Devices of which the hardware address stays until their gateway has confirmed that they are off, or their time is over',
      }),
    }),
  },
);

const listingTerms = call(
  {
    summary: 'Every text of the terms of use that visitors were shown, newest first',
    description: "A visit's `terms` names the one that its visitor accepted.",
  },
  { 200: page(TermsSchema) },
);

function read(input: unknown): PersonQuery {
  const parsed = parsePersonQuery(input);
  if (!parsed.ok) throw new AppError('invalid-input', undefined, parsed.problems);
  return parsed.query;
}

export async function privacyRoutes(app: Api, { runtime }: { runtime: Runtime }): Promise<void> {
  const { privacy, terms } = runtime.services;
  const config = { role: 'admin' } as const;

  app.post('/privacy/search', { schema: searching, config }, async ({ caller, body: input }) =>
    dossierObject(await privacy.find(caller.site, read(input)), runtime.now()),
  );

  app.post('/privacy/export', { schema: exporting, config }, async ({ caller, body: input }) => {
    const dossier = await privacy.export(caller.site, read(input), caller.by);
    return {
      exportedAt: iso(runtime.now()),
      site: caller.site,
      ...dossierObject(dossier, runtime.now()),
    };
  });

  app.post('/privacy/erase', { schema: erasing, config }, async ({ caller, body: input }) => {
    const { visits, keepBlocks = false, ...query } = input;
    const order = { keepBlocks, ...(visits === undefined ? {} : { visits }) };
    return privacy.erase(caller.site, read(query), order, caller.by);
  });

  app.get('/terms', { schema: listingTerms, config }, async ({ caller }) => {
    const current = await terms.current(caller.site);
    const items = await terms.list(caller.site);
    return {
      items: items.map(({ since, ...one }) => ({
        ...one,
        since: iso(since),
        current: one.version === current?.version,
      })),
      next: null,
    };
  });
}
