import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { parseRecordId, parseSiteId, type SiteId } from '../../domain/id.js';
import { type Person, parseTeamRole, roleAllows, type TeamRole } from '../../domain/team.js';
import { AppError } from '../../errors.js';
import type { PersonChanged } from '../../services/people.js';
import { text } from '../pages/form.js';
import type { Page } from '../pages/page.js';
import type { AdminDeps } from './deps.js';
import { adminOrigin } from './gate.js';
import { roleOptions } from './keys.js';
import { confirmPage } from './shell.js';
import { linkPage, rowOf, type TeamRow } from './team.js';

/** One person, and what can be done with them. */
const personPage = (data: { row: TeamRow; person: Person; sites: SiteId[] }): Page => ({
  template: 'admin/team-person',
  data: { ...data, roles: roleOptions },
});

const LAST_OWNER =
  'They are the only owner who can sign in. Make somebody else an owner first, so that the team can still be changed.';

/** `/team/:id`: one person's role, access and links. */
export async function personPages(app: FastifyInstance, { runtime, shell }: AdminDeps): Promise<void> {
  const { people } = runtime.services;
  const config = { role: 'owner' } as const;

  async function personOf(request: FastifyRequest): Promise<Person> {
    const id = parseRecordId((request.params as { id: string }).id);
    const person = id === undefined ? undefined : await people.find(id);
    if (!person) throw new AppError('not-found', 'That person is not in the team any more.');
    return person;
  }

  const isYou = (request: FastifyRequest, { id }: Person): boolean => id === request.session.person.id;

  /** After a change: back to the person, or to the team, with what came of it. */
  async function goOn(
    request: FastifyRequest,
    reply: FastifyReply,
    person: Person,
    { status }: Pick<PersonChanged, 'status'>,
    done: string,
    path = `/team/${person.id}`,
  ): Promise<FastifyReply> {
    if (status === 'last-owner')
      return shell.goOn(request, reply, `/team/${person.id}`, { text: LAST_OWNER, tone: 'bad' });
    if (status !== 'changed') throw new AppError('not-found', 'That person is not in the team any more.');
    // Who changed their own access is signed out: the next page is the login.
    return shell.goOn(request, reply, path, { text: done });
  }

  app.get('/team/:id', { config }, async (request, reply) => {
    const person = await personOf(request);
    const row = rowOf(person, request.session.person.id, runtime.now());
    const sites = await runtime.stores.sites.list();
    return shell.show(request, reply, personPage({ row, person, sites }));
  });

  app.post('/team/:id', { config }, async (request, reply) => {
    const person = await personOf(request);
    const role = parseTeamRole(text(request.body, 'role'));
    const site = parseSiteId(text(request.body, 'site'));
    if (!role || !site || !(await runtime.stores.sites.exists(site)))
      throw new AppError('invalid-input', 'Choose a role and a site of the lists.');
    const sure = text(request.body, 'sure') === 'yes';
    if (isYou(request, person) && !roleAllows(role, person.role) && !sure)
      return shell.show(request, reply, ownDemotion(person, role, site));
    const result = await people.change(person.id, { role, site }, request.caller.by);
    const done = `${person.email} has the role ${role} now, and has to sign in again.`;
    return goOn(request, reply, person, result, done);
  });

  const ownDemotion = (person: Person, role: TeamRole, site: SiteId): Page =>
    confirmPage({
      title: `Take the role ${person.role} from yourself?`,
      lines: [
        `You will have the role ${role} and cannot come back to this page. You are signed out at once.`,
        'Another owner can give you the role back.',
      ],
      action: `/team/${person.id}`,
      button: `Make me ${role}`,
      fields: { role, site, sure: 'yes' },
      back: `/team/${person.id}`,
    });

  app.get('/team/:id/deactivate', { config }, async (request, reply) => {
    const person = await personOf(request);
    const page = confirmPage({
      title: `Turn off the access of ${person.email}?`,
      lines: [
        isYou(request, person)
          ? 'That is you. You are signed out at once and cannot sign in again; another owner can turn your access on.'
          : 'Every browser of theirs is signed out at once, and they cannot sign in by any way.',
        'They stay in the team, and you can turn their access on again.',
      ],
      action: `/team/${person.id}/deactivate`,
      button: 'Turn off the access',
      back: `/team/${person.id}`,
    });
    return shell.show(request, reply, page);
  });

  app.post('/team/:id/deactivate', { config }, async (request, reply) => {
    const person = await personOf(request);
    const result = await people.deactivate(person.id, request.caller.by);
    return goOn(request, reply, person, result, `The access of ${person.email} is off.`);
  });

  app.post('/team/:id/activate', { config }, async (request, reply) => {
    const person = await personOf(request);
    const result = await people.activate(person.id, request.caller.by);
    return goOn(request, reply, person, result, `The access of ${person.email} is on again.`);
  });

  app.get('/team/:id/remove', { config }, async (request, reply) => {
    const person = await personOf(request);
    const page = confirmPage({
      title: `Remove ${person.email} from the team?`,
      lines: [
        isYou(request, person)
          ? 'That is you. You are signed out at once and have no account any more.'
          : 'Every browser of theirs is signed out at once, and their account is gone.',
        'What they did stays in the log. They can be invited again.',
      ],
      action: `/team/${person.id}/remove`,
      button: 'Remove from the team',
      back: `/team/${person.id}`,
    });
    return shell.show(request, reply, page);
  });

  app.post('/team/:id/remove', { config }, async (request, reply) => {
    const person = await personOf(request);
    const result = await people.remove(person.id, request.caller.by);
    return goOn(request, reply, person, result, `${person.email} is removed from the team.`, '/team');
  });

  app.get('/team/:id/reset', { config }, async (request, reply) => {
    const person = await personOf(request);
    if (isYou(request, person)) return reply.redirect('/account', 303);
    const page = confirmPage({
      title: `Reset the sign-in of ${person.email}?`,
      lines: [
        'Their password and their second factor are void at once, and every browser of theirs is signed out.',
        'You get a link that works once, for 24 hours. With it they set a new password.',
      ],
      action: `/team/${person.id}/reset`,
      button: 'Reset and make a link',
      back: `/team/${person.id}`,
    });
    return shell.show(request, reply, page);
  });

  /** For who was invited: another link, since the former one was lost or is too old. */
  app.post('/team/:id/reset', { config }, async (request, reply) => {
    const person = await personOf(request);
    if (isYou(request, person)) throw new AppError('forbidden', 'Change your own password under Account.');
    const origin = adminOrigin(runtime, request);
    const result = await people.reset(person.id, request.caller.by, origin, 'now');
    switch (result.status) {
      case 'done': {
        const invited = result.person.link?.kind === 'invitation';
        return shell.show(request, reply, linkPage({ ...result, invited }));
      }
      case 'deactivated': {
        const flash = { text: 'Turn the access on first.', tone: 'bad' } as const;
        return shell.goOn(request, reply, `/team/${person.id}`, flash);
      }
      default:
        return goOn(request, reply, person, { status: result.status }, '');
    }
  });
}
