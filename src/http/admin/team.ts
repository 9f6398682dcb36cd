import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { SiteId } from '../../domain/id.js';
import { openLink, type Person, type PersonState, parseTeamRole, personState } from '../../domain/team.js';
import type { Linked } from '../../services/people.js';
import { byField, text } from '../pages/form.js';
import type { Page } from '../pages/page.js';
import type { AdminDeps } from './deps.js';
import { adminOrigin } from './gate.js';
import { roleOptions } from './keys.js';

type Problems = Record<string, string | undefined>;

export interface TeamRow {
  id: string;
  email: string;
  role: string;
  /** Empty for owners, who work everywhere. */
  site: string;
  state: PersonState;
  secondFactor: boolean;
  provider: boolean;
  signedInAt: number | undefined;
  /** Until when a link waits to be used. */
  linkUntil: number | undefined;
  you: boolean;
}

export const rowOf = (person: Person, you: string, now: number): TeamRow => ({
  id: person.id,
  email: person.email,
  role: person.role,
  site: person.role === 'owner' ? '' : person.site,
  state: personState(person),
  secondFactor: person.secondFactor !== undefined,
  provider: person.identity !== undefined,
  signedInAt: person.signedInAt,
  linkUntil: openLink(person, now)?.until,
  you: person.id === you,
});

/** Everybody of the team. */
const teamPage = (data: { members: TeamRow[]; provider: boolean }): Page => ({
  template: 'admin/team',
  data,
});

interface InvitePage {
  sites: SiteId[];
  typed: { email: string; role: string; site: string };
  problems: Problems;
  canMail: boolean;
}

const invitePage = (data: InvitePage): Page => ({
  template: 'admin/team-invite',
  data: { ...data, roles: roleOptions },
});

/** A link, this once. */
export const linkPage = (data: Linked & { invited: boolean }): Page => ({
  template: 'admin/team-link',
  data,
});

/** `/team`, `/team/new`: who runs this Foyer. */
export async function teamPages(app: FastifyInstance, { runtime, shell }: AdminDeps): Promise<void> {
  const { people, oidc } = runtime.services;
  const config = { role: 'owner' } as const;

  app.get('/team', { config }, async (request, reply) => {
    const [all, offered] = await Promise.all([people.list(), oidc.offered()]);
    const members = all.map((person) => rowOf(person, request.session.person.id, runtime.now()));
    return shell.show(request, reply, teamPage({ members, provider: offered !== undefined }));
  });

  async function form(
    request: FastifyRequest,
    reply: FastifyReply,
    typed: InvitePage['typed'],
    problems: Problems = {},
  ) {
    const sites = await runtime.stores.sites.list();
    const page = invitePage({ sites, typed, problems, canMail: people.canMail() });
    return shell.show(request, reply, page, Object.keys(problems).length > 0 ? 422 : 200);
  }

  app.get('/team/new', { config }, async (request, reply) =>
    form(request, reply, { email: '', role: 'desk', site: request.caller.site }),
  );

  app.post('/team', { config }, async (request, reply) => {
    const typed = {
      email: text(request.body, 'email').trim(),
      role: text(request.body, 'role'),
      site: text(request.body, 'site'),
    };
    const role = parseTeamRole(typed.role);
    if (!role) return form(request, reply, typed, { role: 'Choose a role of the list.' });
    const { email, site } = typed;
    const origin = adminOrigin(runtime, request);
    const result = await people.invite({ email, role, site }, request.caller.by, origin);
    switch (result.status) {
      case 'added':
        return shell.show(request, reply, linkPage({ ...result, invited: true }));
      case 'taken':
        return form(request, reply, typed, { email: `${typed.email} is in the team already.` });
      case 'invalid':
        return form(request, reply, typed, byField(result.problems));
    }
  });
}
