import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { parseRecordId, parseSiteId, type SiteId } from '../../domain/id.js';
import { type ApiKey, parseTeamRole, TEAM_ROLES } from '../../domain/team.js';
import { AppError } from '../../errors.js';
import { byField, text } from '../pages/form.js';
import type { Page } from '../pages/page.js';
import type { AdminDeps } from './deps.js';
import { confirmPage } from './shell.js';

type Problems = Record<string, string | undefined>;

interface KeysPage {
  keys: ApiKey[];
  sites: SiteId[];
  typed: { name: string; role: string; site: string };
  problems: Problems;
}

/** What each role may do, for whoever chooses one. */
export const ROLE_WORDS = {
  desk: 'Desk: registers, extends, checks in and cancels visits',
  admin: 'Admin: everything of one site',
  owner: 'Owner: every site, the team and the keys',
} as const;

export const roleOptions = TEAM_ROLES.map((role) => ({ value: role, text: ROLE_WORDS[role] }));

/** The keys of programs, and the form for another one. */
const keysPage = (data: KeysPage): Page => ({
  template: 'admin/keys',
  data: { ...data, roles: roleOptions },
});

/** The key itself, this once. */
const newKeyPage = (data: { key: ApiKey; secret: string }): Page => ({ template: 'admin/key-made', data });

/** `/keys`: what programs call the API with. */
export async function keyPages(app: FastifyInstance, { runtime, shell }: AdminDeps): Promise<void> {
  const { team } = runtime.services;
  const config = { role: 'owner' } as const;

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    typed: Partial<KeysPage['typed']> = {},
    problems: Problems = {},
  ) {
    const [keys, sites] = await Promise.all([team.listKeys(), runtime.stores.sites.list()]);
    const page = keysPage({
      keys: keys.reverse(),
      sites,
      typed: { name: '', role: 'desk', site: request.caller.site, ...typed },
      problems,
    });
    return shell.show(request, reply, page, Object.keys(problems).length > 0 ? 422 : 200);
  }

  async function keyOf(request: FastifyRequest): Promise<ApiKey> {
    const id = parseRecordId((request.params as { id: string }).id);
    const key = (await team.listKeys()).find((one) => one.id === id);
    if (!key) throw new AppError('not-found', 'That key is gone already.');
    return key;
  }

  app.get('/keys', { config }, async (request, reply) => show(request, reply));

  app.post('/keys', { config }, async (request, reply) => {
    const typed = {
      name: text(request.body, 'name'),
      role: text(request.body, 'role'),
      site: text(request.body, 'site'),
    };
    const [role, site] = [parseTeamRole(typed.role), parseSiteId(typed.site)];
    if (!role) return show(request, reply, typed, { role: 'Choose a role of the list.' });
    if (!site) return show(request, reply, typed, { site: 'Choose a site of the list.' });
    const result = await team.addKey({ name: typed.name, role, site }, request.caller.by);
    switch (result.status) {
      case 'added':
        return shell.show(request, reply, newKeyPage({ key: result.key, secret: result.secret }));
      case 'no-site':
        return show(request, reply, typed, { site: 'That site is gone. Choose another one.' });
      case 'invalid':
        return show(request, reply, typed, byField(result.problems));
    }
  });

  app.get('/keys/:id/remove', { config }, async (request, reply) => {
    const key = await keyOf(request);
    const page = confirmPage({
      title: `Remove the key "${key.name}"?`,
      lines: ['Every program that calls with it is refused from then on. The key cannot be brought back.'],
      action: `/keys/${key.id}/remove`,
      button: 'Remove this key',
      back: '/keys',
    });
    return shell.show(request, reply, page);
  });

  app.post('/keys/:id/remove', { config }, async (request, reply) => {
    const key = await keyOf(request);
    await team.removeKey(key.id, request.caller.by);
    return shell.goOn(request, reply, '/keys', { text: `The key "${key.name}" is removed.` });
  });
}
