import { Type } from 'typebox';
import { openLink, type Person, parseTeamRole, personState } from '../../domain/team.js';
import { AppError } from '../../errors.js';
import type { Runtime } from '../../runtime.js';
import { iso } from '../../services/objects.js';
import type { PersonChanged } from '../../services/people.js';
import { type Api, call, Id, recordId } from './call.js';
import { NewPersonSchema, PersonSchema, page, RoleSchema } from './schemas.js';

const listing = call({ summary: 'The people of the team' }, { 200: page(PersonSchema) });

const inviting = call(
  {
    summary: 'Invite somebody',
    description:
      'They belong to the site that the request names. The answer is the only place where the link stands; it is mailed too where a mail server is configured.',
    body: Type.Object(
      { email: Type.String({ maxLength: 254, examples: ['anna@example.com'] }), role: RoleSchema },
      { additionalProperties: false },
    ),
  },
  { 201: NewPersonSchema },
);

const changing = call(
  {
    summary: "Change somebody's role, or turn their access off and on",
    description: 'Their logins end.',
    params: Id,
    body: Type.Object(
      { role: Type.Optional(RoleSchema), active: Type.Optional(Type.Boolean()) },
      { additionalProperties: false },
    ),
  },
  { 200: PersonSchema },
);

const removing = call(
  { summary: 'Remove somebody from the team', description: 'Their logins end.', params: Id },
  { 204: null },
);

export async function teamRoutes(app: Api, { runtime }: { runtime: Runtime }): Promise<void> {
  const { people } = runtime.services;
  const config = { role: 'owner' } as const;
  const show = (person: Person) => personObject(person, runtime.now());

  app.get('/team', { schema: listing, config }, async () => ({
    items: (await people.list()).map(show),
    next: null,
  }));

  app.post('/team', { schema: inviting, config }, async ({ body, caller, protocol, host }, reply) => {
    const role = parseTeamRole(body.role) ?? 'desk';
    const origin = runtime.config.adminUrl ?? `${protocol}://${host}`;
    const result = await people.invite({ email: body.email, role, site: caller.site }, caller.by, origin);
    if (result.status === 'taken') throw new AppError('person-exists');
    if (result.status === 'invalid') throw new AppError('invalid-input', undefined, result.problems);
    reply.code(201);
    return { ...show(result.person), link: result.link, mailed: result.mailed };
  });

  app.patch('/team/:id', { schema: changing, config }, async ({ params, body, caller }) => {
    const id = recordId(params.id);
    let person = await people.find(id);
    if (!person) throw new AppError('not-found');
    if (body.role !== undefined) {
      const role = parseTeamRole(body.role) ?? person.role;
      person = changed(await people.change(id, { role, site: person.site }, caller.by));
    }
    if (body.active !== undefined)
      person = changed(await people[body.active ? 'activate' : 'deactivate'](id, caller.by));
    return show(person);
  });

  app.delete('/team/:id', { schema: removing, config }, async ({ params, caller }, reply) => {
    changed(await people.remove(recordId(params.id), caller.by));
    return reply.code(204).send();
  });
}

function changed(result: PersonChanged): Person {
  if (result.status === 'changed') return result.person;
  throw new AppError(result.status === 'last-owner' ? 'last-owner' : 'not-found');
}

function personObject(person: Person, now: number) {
  const link = openLink(person, now);
  return {
    id: person.id,
    email: person.email,
    role: person.role,
    site: person.site,
    state: personState(person),
    secondFactor: person.secondFactor !== undefined,
    createdAt: iso(person.createdAt),
    signedInAt: person.signedInAt === undefined ? null : iso(person.signedInAt),
    linkUntil: link === undefined ? null : iso(link.until),
  };
}
