import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { MAIN_SITE, parseSiteId, type SiteId } from '../../domain/id.js';
import { parseSettings } from '../../domain/settings.js';
import { AppError } from '../../errors.js';
import type { SiteCounts, SiteSummary } from '../../services/sites.js';
import { byField, text } from '../pages/form.js';
import type { Page } from '../pages/page.js';
import type { AdminDeps } from './deps.js';
import { confirmPage } from './shell.js';

type Problems = Record<string, string | undefined>;
type Typed = Record<'id' | 'name' | 'timeZone', string>;

/** Every site with how much there is of it, and the form for another one. */
const sitesPage = (data: {
  houses: (SiteSummary & SiteCounts & { stays: boolean })[];
  typed: Typed;
  problems: Problems;
}): Page => ({ template: 'admin/sites', data });

const many = (count: number, one: string, more = `${one}s`): string => `${count} ${count === 1 ? one : more}`;

/** `/sites`: houses with their own visits, settings and gateways. */
export async function sitePages(app: FastifyInstance, { runtime, shell }: AdminDeps): Promise<void> {
  const { sites, settings, signIn } = runtime.services;
  const config = { role: 'owner' } as const;

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    typed: Typed = { id: '', name: '', timeZone: '' },
    problems: Problems = {},
  ) {
    const houses = await Promise.all(
      (await sites.list()).map(async (site) => ({
        ...site,
        ...(await sites.counts(site.id)),
        stays: site.id === MAIN_SITE,
      })),
    );
    const status = Object.keys(problems).length > 0 ? 422 : 200;
    return shell.show(request, reply, sitesPage({ houses, typed, problems }), status);
  }

  async function siteOf(request: FastifyRequest): Promise<SiteId> {
    const id = parseSiteId((request.params as { id: string }).id);
    if (!id || !(await runtime.stores.sites.exists(id)))
      throw new AppError('not-found', 'That site is gone already.');
    return id;
  }

  app.get('/sites', { config }, async (request, reply) => show(request, reply));

  app.post('/sites', { config }, async (request, reply) => {
    const typed = {
      id: text(request.body, 'id').trim(),
      name: text(request.body, 'name').trim(),
      timeZone: text(request.body, 'timeZone').trim(),
    };
    const { by } = request.caller;
    const patch = {
      ...(typed.name === '' ? {} : { 'site.name': typed.name }),
      ...(typed.timeZone === '' ? {} : { 'site.timeZone': typed.timeZone }),
    };
    const checked = parseSettings(patch, {});
    if (!checked.ok) {
      const { 'site.name': name, 'site.timeZone': timeZone } = byField(checked.problems);
      return show(request, reply, typed, { name, timeZone });
    }
    const result = await sites.add(typed.id, by);
    if (result.status === 'invalid') return show(request, reply, typed, byField(result.problems));
    if (result.status === 'exists')
      return show(request, reply, typed, { id: `There is a site "${typed.id}" already.` });
    const site = result.site.id;
    if (Object.keys(patch).length > 0) await settings.change(site, patch, undefined, by);
    await signIn.show(request.session, site);
    return shell.goOn(request, reply, '/sites', {
      text: `The site "${site}" is there, and these pages show it now. Next, give it a gateway.`,
    });
  });

  app.get('/sites/:id/remove', { config }, async (request, reply) => {
    const site = await siteOf(request);
    if (site === MAIN_SITE)
      throw new AppError('site-in-use', 'The site "main" is part of every Foyer and stays.');
    const { visits, people, keys } = await sites.counts(site);
    const page = confirmPage({
      title: `Remove the site "${site}"?`,
      lines: [
        `With it go ${many(visits, 'visit')} with their PINs, its settings, its log and ${many(keys, 'API key')}.`,
        people === 0
          ? 'Nobody of the team works there alone.'
          : `${many(people, 'person', 'people')} of the team who ${people === 1 ? 'works' : 'work'} there alone ${people === 1 ? 'loses their' : 'lose their'} account.`,
        'Nothing of this can be brought back.',
      ],
      action: `/sites/${site}/remove`,
      button: 'Remove this site',
      back: '/sites',
    });
    return shell.show(request, reply, page);
  });

  app.post('/sites/:id/remove', { config }, async (request, reply) => {
    const site = await siteOf(request);
    const result = await sites.remove(site, request.caller.by);
    switch (result.status) {
      case 'removed':
        if (request.caller.site === site) await signIn.show(request.session, MAIN_SITE);
        return shell.goOn(request, reply, '/sites', { text: `The site "${site}" is removed.` });
      case 'has-gateways':
        return shell.goOn(request, reply, '/sites', {
          tone: 'bad',
          text: `"${site}" still has gateways, which would go on letting people in: ${result.gateways.join(', ')}. Remove them first.`,
        });
      case 'main':
        throw new AppError('site-in-use', 'The site "main" is part of every Foyer and stays.');
      case 'unknown':
        throw new AppError('not-found', 'That site is gone already.');
    }
  });
}
