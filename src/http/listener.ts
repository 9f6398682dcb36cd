import type { Server } from 'node:http';
import Fastify, { type FastifyHttpOptions, type FastifyInstance } from 'fastify';
import type { Config } from '../config.js';
import { newId } from '../domain/id.js';
import { AppError } from '../errors.js';
import type { Log } from '../runtime.js';
import { onlyOwnHost } from './own-host.js';
import { problemHandler, sendProblem } from './problem.js';

const BODY_LIMIT = 64 * 1024;
const REQUEST_TIMEOUT_MS = 10_000;

/**
 * The ground of the admin and the people listener: they answer their own host only, over https where a certificate is
 * configured, and log the route's pattern, never a URL.
 */
export function createListener(config: Config, log: Log, url: string | undefined): FastifyInstance {
  const { tlsCert, tlsKey, trustProxy } = config;
  const onProblem = problemHandler(log);
  const options = {
    ...(tlsCert && tlsKey
      ? { https: { cert: tlsCert, key: tlsKey, handshakeTimeout: REQUEST_TIMEOUT_MS } }
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
  } satisfies FastifyHttpOptions<Server> & { https?: object };
  const app: FastifyInstance = Fastify(options as FastifyHttpOptions<Server>);

  onlyOwnHost(app, url);
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
  app.setNotFoundHandler((_, reply) => sendProblem(reply, new AppError('not-found')));
  return app;
}
