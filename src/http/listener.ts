import type { RequestListener, Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import Fastify, { type FastifyHttpOptions, type FastifyInstance } from 'fastify';
import { newId } from '../domain/id.js';
import { AppError } from '../errors.js';
import type { Log, Runtime } from '../runtime.js';
import type { Secured } from './certificate.js';
import { onlyOwnHost } from './own-host.js';
import { messagePage, sendPage } from './pages/page.js';
import { problemHandler, sendProblem } from './problem.js';
import { strictTransport } from './strict-transport.js';

const nothingHere = messagePage({
  title: 'There is nothing here',
  lines: ['The address may be mistyped, or what stood here is gone.'],
  link: { href: '/', text: 'Go to the home page' },
});

const BODY_LIMIT = 64 * 1024;
const REQUEST_TIMEOUT_MS = 10_000;
const KEEP_ALIVE_MS = 72_000;

/**
 * The ground of the admin and the people listener: they answer their own host only, over https where a certificate is
 * configured, and log the route's pattern, never a URL.
 */
export function createListener(
  runtime: Pick<Runtime, 'config' | 'portalOrigin'>,
  log: Log,
  url: string | undefined,
  secured: Secured = () => undefined,
): FastifyInstance {
  const { tlsCert, tlsKey, trustProxy } = runtime.config;
  const onProblem = problemHandler(log);
  const options = {
    ...(tlsCert && tlsKey
      ? {
          // One for each address that the host's name has.
          serverFactory: (route: RequestListener): Server => {
            const server = createTlsServer(
              {
                cert: tlsCert,
                key: tlsKey,
                handshakeTimeout: REQUEST_TIMEOUT_MS,
                requestTimeout: REQUEST_TIMEOUT_MS,
                keepAliveTimeout: KEEP_ALIVE_MS,
              },
              route,
            );
            secured(server);
            return server;
          },
        }
      : {}),
    logger: false,
    genReqId: newId,
    requestIdHeader: false,
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT_MS,
    return503OnClosing: true,
    forceCloseConnections: true,
    trustProxy: trustProxy.length > 0 ? [...trustProxy] : false,
    frameworkErrors: (error, request, reply) => {
      onProblem(error, request, reply);
    },
  } satisfies FastifyHttpOptions<Server>;
  const app: FastifyInstance = Fastify(options);

  onlyOwnHost(app, url);
  strictTransport(app, runtime, url);
  app.addHook('onSend', async (_, reply) => {
    reply.header('X-Content-Type-Options', 'nosniff');
    if (!reply.hasHeader('Cache-Control')) reply.header('Cache-Control', 'no-store');
  });
  app.addHook('onResponse', async (request, reply) => {
    const { id, method } = request;
    const ms = Math.round(reply.elapsedTime);
    log.info(
      { request: id, method, route: request.routeOptions.url, status: reply.statusCode, ms },
      'answered',
    );
  });
  app.setErrorHandler(onProblem);
  app.setNotFoundHandler((request, reply) =>
    request.headers.accept?.includes('text/html')
      ? sendPage(reply, nothingHere, 404)
      : sendProblem(reply, new AppError('not-found')),
  );
  return app;
}
