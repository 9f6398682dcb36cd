import formbody from '@fastify/formbody';
import multipart from '@fastify/multipart';
import type { FastifyInstance } from 'fastify';
import type { Log, Runtime } from '../../runtime.js';
import { messagePage, sendPage } from '../pages/page.js';
import { faultOf, logFault } from '../problem.js';
import { accountRoutes } from './account.js';
import { auditPages } from './audit.js';
import { blockPages } from './blocks.js';
import type { AdminDeps } from './deps.js';
import { deskRoutes } from './desks.js';
import { exportRoutes } from './export.js';
import { guard, loginCookie, registerCookies } from './gate.js';
import { gatewayEditRoutes } from './gateway-edit.js';
import { gatewayTestRoutes } from './gateway-test.js';
import { gatewayListRoutes } from './gateways.js';
import { homeRoutes } from './home.js';
import { importRoutes } from './import.js';
import { keyPages } from './keys.js';
import { loginRoutes } from './login.js';
import { linkRoutes } from './login-links.js';
import { oidcRoutes } from './oidc.js';
import { providerPages } from './oidc-settings.js';
import { outboxRoutes } from './outbox.js';
import { printRoutes } from './print.js';
import { privacyPages } from './privacy.js';
import { queueRoutes } from './queue.js';
import { registerRoutes } from './register.js';
import { sessionRoutes } from './sessions.js';
import { streamRoutes } from './sessions-stream.js';
import { settingsRoutes } from './settings.js';
import { setupRoutes } from './setup.js';
import { createShell } from './shell.js';
import { signedInRoutes } from './signed-in.js';
import { sitePages } from './sites.js';
import { teamPages } from './team.js';
import { personPages } from './team-person.js';
import { templatePageRoutes } from './templates.js';
import { OURS, themeSheet } from './theme.js';
import { visitRoutes } from './visit.js';
import { visitActionRoutes } from './visit-actions.js';
import { visitEditRoutes } from './visit-edit.js';
import { visitsRoutes } from './visits.js';
import { walkInRoutes } from './walk-ins.js';
import { webhookPages } from './webhooks.js';
import { withoutTokenRoutes } from './without-token.js';
import { wizardRoutes } from './wizard.js';
import { wizardNetworkRoutes } from './wizard-network.js';

/** Uploads: a list of visits, a logo. Bytes. */
const UPLOAD_MOST = 5 * 1024 * 1024;
const FORM_MOST = 256 * 1024;

/** The pages of the admin listener: `/login`, then everything that only people of the team see. */
export async function adminPages(
  app: FastifyInstance,
  { runtime, log }: { runtime: Runtime; log: Log },
): Promise<void> {
  const cookie = loginCookie(runtime.config.adminUrl);
  const shell = createShell(runtime, cookie);
  await registerCookies(app);
  await app.register(formbody, { bodyLimit: FORM_MOST });

  app.setErrorHandler(async (error: unknown, request, reply) => {
    const fault = faultOf(error);
    logFault(log, request, fault, error);
    const page = messagePage({
      title: fault.status === 404 ? 'There is nothing here' : 'That did not work',
      lines: [fault.message],
      link: { href: '/', text: 'Go to the home page' },
    });
    return sendPage(reply, page, fault.status);
  });

  app.get('/theme.css', async (request, reply) => {
    const session = await runtime.services.signIn.session(cookie.read(request));
    const colour = session
      ? (await runtime.services.settings.read(session.login.site)).values['portal.accent']
      : OURS;
    return reply.type('text/css; charset=utf-8').send(themeSheet(colour));
  });
  await app.register(loginRoutes, { runtime, cookie });
  const { team, signIn } = runtime.services;
  await app.register(setupRoutes, { team, signIn, cookie, log });
  await app.register(linkRoutes, { runtime, log });
  await app.register(oidcRoutes, { runtime, cookie });

  await app.register(async (scope) => {
    guard(scope, runtime, cookie);
    // Files are read from people of the team only: they are held in memory.
    await scope.register(multipart, {
      attachFieldsToBody: 'keyValues',
      limits: { fileSize: UPLOAD_MOST, files: 1, fields: 100, fieldSize: FORM_MOST },
    });
    const deps: AdminDeps = { runtime, shell };
    await signedInRoutes(scope, deps, cookie);
    await homeRoutes(scope, deps);
    await sessionRoutes(scope, deps);
    await streamRoutes(scope, deps);
    await gatewayListRoutes(scope, deps);
    await gatewayEditRoutes(scope, deps);
    await gatewayTestRoutes(scope, deps);
    await queueRoutes(scope, deps);
    await wizardRoutes(scope, deps);
    await wizardNetworkRoutes(scope, deps);
    await visitsRoutes(scope, deps);
    await registerRoutes(scope, deps);
    await withoutTokenRoutes(scope, deps);
    await visitRoutes(scope, deps);
    await visitEditRoutes(scope, deps);
    await visitActionRoutes(scope, deps);
    await accountRoutes(scope, deps, cookie);
    await teamPages(scope, deps);
    await personPages(scope, deps);
    await providerPages(scope, deps);
    await keyPages(scope, deps);
    await sitePages(scope, deps);
    await importRoutes(scope, deps);
    await exportRoutes(scope, deps);
    await printRoutes(scope, deps);
    await webhookPages(scope, deps);
    await auditPages(scope, deps);
    await settingsRoutes(scope, deps);
    await templatePageRoutes(scope, deps);
    await outboxRoutes(scope, deps);
    await deskRoutes(scope, deps);
    await walkInRoutes(scope, deps);
    await blockPages(scope, deps);
    await privacyPages(scope, deps);
  });
}
