import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { parseSettings, type Settings } from '../../domain/settings.js';
import { processLogo } from '../../services/logo.js';
import { siteLooks } from '../guest/look.js';
import { pinPage } from '../guest/pin-pages.js';
import { render } from '../guest/views.js';
import { text } from '../pages/form.js';
import type { AdminDeps } from './deps.js';
import { changesIn } from './settings-form.js';
import { SETTINGS_GROUPS } from './settings-groups.js';

/** A frame of the settings page shows it: nothing in it can be sent or run. */
const headers = (cssHash: string) => ({
  'Content-Security-Policy': `sandbox; default-src 'none'; style-src 'sha256-${cssHash}'; img-src data:; frame-ancestors 'self'`,
  'X-Frame-Options': 'SAMEORIGIN',
  'Content-Type': 'text/html; charset=utf-8',
});

/** The PIN page with what is typed in the settings' form, not saved. What cannot be used yet is left as it is set. */
export async function previewRoutes(app: FastifyInstance, { runtime }: AdminDeps): Promise<void> {
  const config = { role: 'admin' } as const;

  async function show(reply: FastifyReply, values: Settings, lang: string): Promise<FastifyReply> {
    const look = siteLooks(values, 0).in(lang || undefined, undefined);
    const html = await render(app, pinPage(look, { state: '', again: '' }));
    return reply.headers(headers(look.cssHash)).send(html);
  }

  async function typed(request: FastifyRequest, set: Settings): Promise<Settings> {
    const groups = SETTINGS_GROUPS.filter(({ id }) => id === 'portal');
    const patch = Object.assign({}, ...groups.map((group) => changesIn(group, request.body))) as Record<
      string,
      unknown
    >;
    const logo = patch['portal.logo'];
    if (typeof logo === 'string' && logo !== '') {
      const drawn = await processLogo(logo);
      patch['portal.logo'] = drawn.ok ? drawn.logo : set['portal.logo'];
    }
    let values = set;
    for (const [name, value] of Object.entries(patch)) {
      const parsed = parseSettings({ [name]: value }, values);
      if (parsed.ok) values = { ...values, ...parsed.settings };
    }
    return values;
  }

  app.get('/settings/portal/preview', { config }, async (request, reply) => {
    const { values } = await runtime.services.settings.read(request.caller.site);
    return show(reply, values, text(request.query, 'lang'));
  });

  app.post('/settings/portal/preview', { config }, async (request, reply) => {
    const { values } = await runtime.services.settings.read(request.caller.site);
    return show(reply, await typed(request, values), text(request.body, 'preview.lang'));
  });
}
