import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import formbody from '@fastify/formbody';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { newId } from '../domain/id.js';
import { AppError } from '../errors.js';
import { captiveApiRoutes } from './guest/captive-api.js';
import { claimRoutes } from './guest/claim.js';
import { createGuestContext } from './guest/context.js';
import type { GuestDeps, GuestLog } from './guest/deps.js';
import { enterRoutes } from './guest/enter.js';
import { registerFaults } from './guest/faults.js';
import { notFoundPage } from './guest/pages.js';
import { FORM_BYTES, pinRoutes } from './guest/pin.js';
import { statusRoutes } from './guest/status.js';
import { PAGE_HEADERS, registerViews } from './guest/views.js';
import { createHijack, type Hijack } from './hijack.js';

/** What keeps slow or hostile clients from holding the listener. Milliseconds, bytes, connections. */
export interface Limits {
  headersMs: number;
  requestMs: number;
  /** How often the two above are looked at. */
  checkMs: number;
  keepAliveMs: number;
  /** Neither side sends anything: longer than the slowest answer. */
  silenceMs: number;
  headerBytes: number;
  connections: number;
}

const LIMITS: Limits = {
  headersMs: 8000,
  requestMs: 10_000,
  checkMs: 1000,
  keepAliveMs: 5000,
  silenceMs: 20_000,
  headerBytes: 8192,
  connections: 10_000,
};

/** How long requests under way may take to end when the listener closes. */
const CLOSING_MS = 2000;

/**
 * The guest listener: the only one that unknown devices can reach. Every request for a host that is not the portal's own
 * is answered before routing.
 *
 * - guest/enter.ts: `GET /enter/:gateway`, `GET /guest/s/:unifiSite`, `GET /`
 * - guest/pin.ts: `POST /pin`
 * - guest/status.ts: `GET /status`, `POST /leave`
 * - guest/claim.ts: `GET /claim/:code`
 * - guest/captive-api.ts: `GET /captive-portal/api`
 * - here: `GET /healthz`
 */
export async function buildGuestServer(
  deps: GuestDeps,
  log: GuestLog,
  limits: Partial<Limits> = {},
): Promise<FastifyInstance> {
  const { config } = deps;
  const bounds = { ...LIMITS, ...limits };
  const context = createGuestContext(deps, log);
  let http: Server | undefined;
  const hijack = createHijack({
    ...(config.portalUrl === undefined ? {} : { portalUrl: config.portalUrl }),
    port: () => (http?.address() as AddressInfo | null)?.port ?? 80,
  });

  const app: FastifyInstance = Fastify({
    serverFactory: (route) => {
      const server = createServer(serverOptions(bounds), hijack.gate(route as RequestListener));
      http ??= server;
      return bind(server, hijack, bounds);
    },
    clientErrorHandler: hijack.clientError,
    trustProxy: config.trustProxy.length > 0 ? [...config.trustProxy] : false,
    bodyLimit: FORM_BYTES,
    genReqId: newId,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 100 },
    // A path that cannot be decoded never meets a route, nor what hooks and plugins add to a reply.
    frameworkErrors: (_, request, reply) => {
      const { template, data } = notFoundPage(context.rememberedLook(request as FastifyRequest));
      const answer = reply as unknown as FastifyReply;
      answer.code(404).headers(PAGE_HEADERS).type('text/html; charset=utf-8');
      app.view(template, data).then(
        (html) => answer.send(html),
        (error: unknown) => answer.send(error),
      );
    },
  });

  app.removeAllContentTypeParsers();
  await app.register(formbody, { bodyLimit: FORM_BYTES });
  await registerViews(app);
  app.addHook('onRequest', async (_, reply) => {
    reply.headers(PAGE_HEADERS);
  });
  registerFaults(app, context);

  app.get('/healthz', { schema: {} }, async (_, reply) => reply.type('text/plain; charset=utf-8').send('ok'));
  await app.register(async (scope) => {
    scope.addHook('preHandler', async () => {
      if (!deps.decisions()) throw new AppError('unavailable');
    });
    for (const routes of [enterRoutes, pinRoutes, statusRoutes, claimRoutes, captiveApiRoutes])
      routes(scope, context);
  });

  if (config.tlsCert && config.tlsKey)
    serveTls(app, deps, hijack, bounds, { cert: config.tlsCert, key: config.tlsKey });
  app.addHook('preClose', async () => {
    setTimeout(() => http?.closeAllConnections(), CLOSING_MS).unref();
  });
  return app;
}

const serverOptions = (bounds: Limits) => ({
  headersTimeout: bounds.headersMs,
  requestTimeout: bounds.requestMs,
  connectionsCheckingInterval: bounds.checkMs,
  keepAliveTimeout: bounds.keepAliveMs,
  maxHeaderSize: bounds.headerBytes,
  // A request without a Host is a hijacked one too.
  requireHostHeader: false,
});

function bind<S extends Server>(server: S, hijack: Hijack, bounds: Limits): S {
  server.maxConnections = bounds.connections;
  server.setTimeout(bounds.silenceMs);
  server.on('connect', hijack.connect);
  return server;
}

/** The same routes over https, beside http; it listens before http does, so that a port that is taken stops the start. */
function serveTls(
  app: FastifyInstance,
  { config }: GuestDeps,
  hijack: Hijack,
  bounds: Limits,
  pair: { cert: string; key: string },
): void {
  const route: RequestListener = (request, response) => app.routing(request, response);
  const server = bind(
    createTlsServer({ ...serverOptions(bounds), ...pair }, hijack.gate(route)),
    hijack,
    bounds,
  );
  server.on('clientError', hijack.clientError);

  const listen = (host: string): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(config.tlsPort, host, () => {
        server.off('error', reject);
        resolve();
      });
    });

  app.addHook('onReady', async () => {
    await listen(config.host).catch((error: NodeJS.ErrnoException) => {
      // No IPv6 on this machine: the dual-stack default becomes IPv4.
      if (config.host !== '::' || !['EAFNOSUPPORT', 'EADDRNOTAVAIL'].includes(error.code ?? '')) throw error;
      return listen('0.0.0.0');
    });
  });
  app.addHook('onClose', async () => {
    if (!server.listening) return;
    const closed = new Promise((resolve) => server.close(resolve));
    setTimeout(() => server.closeAllConnections(), CLOSING_MS).unref();
    await closed;
  });
}
