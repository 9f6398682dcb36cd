import { readFileSync } from 'node:fs';
import swagger from '@fastify/swagger';
import type { FastifyInstance, HTTPMethods, RouteOptions } from 'fastify';
import { AppError } from '../../errors.js';
import type { Runtime } from '../../runtime.js';
import { sendProblem } from '../problem.js';
import { authenticate } from './auth.js';
import { blockRoutes } from './blocks.js';
import type { Api } from './call.js';
import { eventComponents, webhookDescriptions } from './event-schemas.js';
import { eventRoutes } from './events.js';
import { exportRoutes } from './export.js';
import { gatewayRoutes } from './gateways.js';
import { grantRoutes } from './grants.js';
import { importRoutes } from './import.js';
import { keyRoutes } from './keys.js';
import { privacyRoutes } from './privacy.js';
import { settingsRoutes } from './settings.js';
import { siteRoutes } from './sites.js';
import { teamRoutes } from './team.js';
import { templateRoutes } from './templates.js';
import { validatorCompiler } from './validate.js';
import { visitActionRoutes } from './visit-actions.js';
import { visitRoutes } from './visits.js';
import { walkInRoutes } from './walk-ins.js';
import { webhookRoutes } from './webhooks.js';

const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

const info = {
  title: 'Foyer',
  version,
  description:
    'Visits and their PINs, grants, gateways and settings of one site. Every call but this description needs an API key.',
};

const security = {
  key: { type: 'http', scheme: 'bearer', description: 'An API key: foyer_...' },
} as const;

const site = {
  name: 'Foyer-Site',
  in: 'header',
  required: false,
  schema: { type: 'string' },
  description: "Another site than the key's own; only for an owner's key",
} as const;

/** `/api/v1`: every call, its key and role, and the description of all of it. */
export async function apiRoutes(app: FastifyInstance, { runtime }: { runtime: Runtime }): Promise<void> {
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(() => JSON.stringify);
  tolerateEmptyBodies(app);
  app.removeContentTypeParser('text/plain');
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info,
      components: { securitySchemes: security, parameters: { site } },
      security: [{ key: [] }],
    },
    transform: ({ schema, url, route }) => {
      const role = route.config?.role;
      const description = [schema?.description, role && `Role: ${role}.`].filter(Boolean).join(' ');
      return { schema: { ...schema, description }, url };
    },
    transformObject: (document) => {
      if (!('openapiObject' in document)) return document.swaggerObject;
      const paths = document.openapiObject.paths ?? {};
      for (const path of Object.values(paths))
        Object.assign(path ?? {}, { parameters: [{ $ref: '#/components/parameters/site' }] });
      return describeEvents(document.openapiObject);
    },
  });
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());

  await app.register(async (plain) => {
    const scope = plain.withTypeProvider() as Api;
    authenticate(plain, runtime);
    const methods = collectMethods(plain);
    for (const routes of [
      visitRoutes,
      visitActionRoutes,
      walkInRoutes,
      importRoutes,
      exportRoutes,
      grantRoutes,
      gatewayRoutes,
      settingsRoutes,
      templateRoutes,
      siteRoutes,
      keyRoutes,
      teamRoutes,
      eventRoutes,
      blockRoutes,
      privacyRoutes,
      webhookRoutes,
    ]) {
      await routes(scope, { runtime });
    }
    refuseOtherMethods(plain, methods);
    plain.setNotFoundHandler((_, reply) =>
      sendProblem(reply, new AppError('not-found', 'There is no such call.')),
    );
  });
}

/** Each event has a name in the description, by which `GET /events` and receivers of webhooks refer to it. */
function describeEvents<D extends { components?: object; paths?: object }>(document: D): D {
  const schemas = { ...(document.components as { schemas?: object })?.schemas, ...eventComponents() };
  const listing = (document.paths as Paths)['/api/v1/events']?.get?.responses['200'];
  const page = listing?.content['application/json'].schema.properties;
  if (page) page.items = { type: 'array', items: { $ref: '#/components/schemas/Event' } };
  return { ...document, components: { ...document.components, schemas }, webhooks: webhookDescriptions() };
}

interface Paths {
  [path: string]: {
    get?: {
      responses: Record<
        string,
        { content: { 'application/json': { schema: { properties: { items?: object } } } } }
      >;
    };
  };
}

/** `POST /visits/:id/check-in` has no body, also for clients that always say that they send JSON. */
function tolerateEmptyBodies(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined);
    else parse(request, body as string, done);
  });
}

const ALL: HTTPMethods[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

function collectMethods(app: FastifyInstance): Map<string, Set<string>> {
  const methods = new Map<string, Set<string>>();
  app.addHook('onRoute', ({ path, prefix, method }: RouteOptions & { path: string; prefix: string }) => {
    const own = path.slice(prefix.length);
    const known = methods.get(own) ?? new Set<string>();
    for (const one of [method].flat()) known.add(one);
    methods.set(own, known);
  });
  return methods;
}

/** 405 with what there is, in place of a 404 that would deny the path. */
function refuseOtherMethods(app: FastifyInstance, methods: ReadonlyMap<string, ReadonlySet<string>>): void {
  for (const [url, known] of [...methods]) {
    const missing = ALL.filter((method) => !known.has(method));
    const allow = [...known].sort().join(', ');
    if (missing.length === 0) continue;
    app.route({
      method: missing,
      url,
      schema: { hide: true },
      handler: async (_, reply) => {
        reply.header('Allow', allow);
        throw new AppError('method-not-allowed', `Here there is: ${allow}.`);
      },
    });
  }
}
