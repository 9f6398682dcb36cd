import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import cookies from '@fastify/cookie';
import formbody from '@fastify/formbody';
import type { FastifyInstance } from 'fastify';
import { parseSiteId } from '../../domain/id.js';
import type { Log, Runtime } from '../../runtime.js';
import { OURS, themeSheet } from '../admin/theme.js';
import { LANGUAGES, textsFor } from '../guest/texts/catalogue.js';
import { text } from '../pages/form.js';
import { messagePage, sendPage } from '../pages/page.js';
import { faultOf, logFault } from '../problem.js';
import { approveRoutes } from './approve.js';
import type { PeopleDeps } from './deps.js';
import { deskCookie } from './gate.js';
import { hostRoutes } from './host.js';
import { hostCookie } from './host-gate.js';
import { kioskRoutes } from './kiosk.js';

const FORM_MOST = 16 * 1024;
const DAY_S = 86_400;

/** Reads QR codes where the browser cannot. */
const jsqr = readFileSync(createRequire(import.meta.url).resolve('jsqr'), 'utf8');

/** The pages of the people listener: for hosts and check-in desks. */
export async function peoplePages(
  app: FastifyInstance,
  { runtime, log }: { runtime: Runtime; log: Log },
): Promise<void> {
  const cookie = deskCookie(runtime.config.peopleUrl);
  const deps: PeopleDeps = { runtime };
  await app.register(cookies);
  await app.register(formbody, { bodyLimit: FORM_MOST });

  app.setErrorHandler(async (error: unknown, request, reply) => {
    const fault = faultOf(error);
    logFault(log, request, fault, error);
    const [first, ...others] = LANGUAGES.toSorted((a) => (a.lang === 'en' ? -1 : 1));
    const words = first && textsFor([first, ...others], undefined, request.headers['accept-language']);
    const page = messagePage({
      title: fault.status >= 500 && words ? words.unavailable.title : 'That did not work',
      lines: [fault.status >= 500 && words ? words.pin.noCode : fault.message],
      link: { href: '/kiosk', text: words?.unavailable.link ?? 'Try again' },
    });
    return sendPage(reply, page, fault.status);
  });

  app.get('/theme.css', async (request, reply) => {
    const site = parseSiteId(text(request.query, 'site'));
    const known = site !== undefined && (await runtime.stores.sites.exists(site));
    const colour = known ? (await runtime.services.settings.read(site)).values['portal.accent'] : OURS;
    return reply.type('text/css; charset=utf-8').send(themeSheet(colour));
  });
  app.get('/assets/jsqr.js', async (_, reply) =>
    reply
      .type('text/javascript; charset=utf-8')
      .header('Cache-Control', `public, max-age=${DAY_S}`)
      .send(jsqr),
  );

  app.get('/', async (request, reply) => {
    if (await runtime.services.desks.session(cookie.read(request))) return reply.redirect('/kiosk', 303);
    const hosts = (await runtime.services.hosts.open()).length > 0;
    return sendPage(reply, { template: 'people/home', data: { title: 'Welcome', hosts } });
  });
  await kioskRoutes(app, { ...deps, cookie });
  await approveRoutes(app, deps);
  await hostRoutes(app, { ...deps, log, cookie: hostCookie(runtime.config.peopleUrl) });
}
