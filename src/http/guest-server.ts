import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import compress from '@fastify/compress';
import formbody from '@fastify/formbody';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { newId } from '../domain/id.js';
import { AppError } from '../errors.js';
import type { Secured } from './certificate.js';
import { boundConnections, connectionsAtMost } from './connections.js';
import { captiveApiRoutes } from './guest/captive-api.js';
import { claimRoutes } from './guest/claim.js';
import { createGuestContext } from './guest/context.js';
import type { GuestDeps, GuestLog } from './guest/deps.js';
import { enterRoutes } from './guest/enter.js';
import { registerFaults } from './guest/faults.js';
import { notFoundPage } from './guest/notices.js';
import { FORM_BYTES, pinRoutes } from './guest/pin.js';
import { statusRoutes } from './guest/status.js';
import { ANSWER_HEADERS, pageHeaders, registerViews, render } from './guest/views.js';
import { walkInRoutes } from './guest/walk-in.js';
import { createHijack, type Hijack } from './hijack.js';
import { openPort } from './listen.js';

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
  /** Over http and https together. */
  connections: number;
  connectionsPerAddress: number;
}

const LIMITS: Omit<Limits, 'connections'> = {
  headersMs: 8000,
  requestMs: 10_000,
  checkMs: 1000,
  keepAliveMs: 5000,
  silenceMs: 20_000,
  headerBytes: 8192,
  connectionsPerAddress: 500,
};

/** Shorter answers fit one packet as they are. Bytes. */
const WORTH_COMPRESSING = 1024;

/** How long requests under way may take to end when the listener closes. */
const CLOSING_MS = 2000;

/**
 * The guest listener: the only one that unknown devices can reach. Every request for a host that is not the portal's own
 * is answered before routing.
 *
 * - guest/enter.ts: `GET /enter/:gateway`, `GET /guest/s/:unifiSite`, `GET /`, `GET /terms`
 * - guest/pin.ts: `POST /pin`
 * - guest/status.ts: `GET /status`, `POST /leave`
 * - guest/walk-in.ts: `GET /walk-in`, `POST /walk-in`, `GET /waiting`
 * - guest/claim.ts: `GET /claim/:code`
 * - guest/captive-api.ts: `GET /captive-portal/api`
 * - here: `GET /healthz`
 */
export async function buildGuestServer(
  deps: GuestDeps,
  log: GuestLog,
  limits: Partial<Limits> = {},
  secured: Secured = () => undefined,
): Promise<FastifyInstance> {
  const { config } = deps;
  const bounds: Limits = { ...LIMITS, connections: connectionsAtMost(), ...limits };
  const context = createGuestContext(deps, log);
  let http: Server | undefined;
  const hijack = createHijack({
    ...(config.portalUrl === undefined ? {} : { portalUrl: config.portalUrl }),
    port: () => (http?.address() as AddressInfo | null)?.port ?? 80,
  });
  const admit = boundConnections({
    total: bounds.connections,
    perAddress: bounds.connectionsPerAddress,
    trusted: config.trustProxy,
  });
  const bind = <S extends Server>(server: S): S => bindTo(server, { hijack, bounds, admit });

  const app: FastifyInstance = Fastify({
    serverFactory: (route) => {
      const server = createServer(serverOptions(bounds), hijack.gate(route as RequestListener));
      http ??= server;
      return bind(server);
    },
    clientErrorHandler: hijack.clientError,
    trustProxy: config.trustProxy.length > 0 ? [...config.trustProxy] : false,
    bodyLimit: FORM_BYTES,
    genReqId: newId,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 100 },
    // A path that cannot be decoded never meets a route, nor what hooks and plugins add to a reply.
    frameworkErrors: (_, request, reply) => {
      const page = notFoundPage(context.rememberedLook(request as FastifyRequest));
      const answer = reply as unknown as FastifyReply;
      answer.code(404).headers(pageHeaders(page.look));
      render(app, page).then(
        (html) => answer.send(html),
        (error: unknown) => answer.send(error),
      );
    },
  });

  app.removeAllContentTypeParsers();
  await app.register(formbody, { bodyLimit: FORM_BYTES });
  await app.register(compress, { encodings: ['gzip'], threshold: WORTH_COMPRESSING });
  await registerViews(app);
  app.addHook('onRequest', async (_, reply) => {
    reply.headers(ANSWER_HEADERS);
  });
  registerFaults(app, context);

  app.get('/healthz', { schema: {} }, async (_, reply) => reply.type('text/plain; charset=utf-8').send('ok'));
  await app.register(async (scope) => {
    scope.addHook('preHandler', async () => {
      if (!deps.decisions()) throw new AppError('unavailable');
    });
    for (const routes of [enterRoutes, pinRoutes, statusRoutes, walkInRoutes, claimRoutes, captiveApiRoutes])
      routes(scope, context);
  });

  if (config.tlsCert && config.tlsKey)
    serveTls(app, deps, (route) => {
      const pair = { cert: config.tlsCert, key: config.tlsKey };
      const options = { ...serverOptions(bounds), handshakeTimeout: bounds.headersMs, ...pair };
      const server = bind(createTlsServer(options, hijack.gate(route)));
      secured(server);
      return server.on('clientError', hijack.clientError);
    });
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

interface Binding {
  hijack: Hijack;
  bounds: Limits;
  admit: (socket: Socket) => void;
}

function bindTo<S extends Server>(server: S, { hijack, bounds, admit }: Binding): S {
  server.on('connection', admit);
  server.setTimeout(bounds.silenceMs);
  server.on('connect', hijack.connect);
  return server;
}

/** The same routes over https, beside http; it listens before http does, so that a port that is taken stops the start. */
function serveTls(
  app: FastifyInstance,
  { config }: GuestDeps,
  createTls: (route: RequestListener) => Server,
): void {
  const server = createTls((request, response) => app.routing(request, response));
  const listen = (host: string): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(config.tlsPort, host, () => {
        server.off('error', reject);
        resolve();
      });
    });

  app.addHook('onReady', () =>
    openPort({ host: 'HOST', port: 'TLS_PORT' }, config.host, config.tlsPort, listen),
  );
  app.addHook('onClose', async () => {
    if (!server.listening) return;
    const closed = new Promise((resolve) => server.close(resolve));
    setTimeout(() => server.closeAllConnections(), CLOSING_MS).unref();
    await closed;
  });
}
