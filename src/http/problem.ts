import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { AppError, ERRORS, type ErrorCode, type FieldProblem } from '../errors.js';
import { isRedisFault } from '../redis/faults.js';
import type { Log } from '../runtime.js';

/** Problem details (RFC 9457). */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  /** Id of the request, as it stands in the log. */
  instance: string;
  /** What is wrong with which field of the input. */
  problems: FieldProblem[];
}

const BY_STATUS: Record<number, ErrorCode> = {
  404: 'not-found',
  405: 'method-not-allowed',
  413: 'too-large',
  415: 'unsupported-media-type',
};

/** The fault of the catalogue that stands for whatever was thrown; `internal` where it is a bug. */
export function faultOf(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (isRedisFault(error))
    return new AppError('unavailable', 'Redis does not answer; try again in a moment.');
  const status = (error as FastifyError | undefined)?.statusCode ?? 500;
  const fromFramework = String((error as FastifyError | undefined)?.code ?? '').startsWith('FST_');
  if (status < 400 || status >= 500 || !(fromFramework || error instanceof SyntaxError))
    return new AppError('internal');
  const code = BY_STATUS[status] ?? 'malformed-request';
  return new AppError(code, code === 'malformed-request' ? (error as Error).message : undefined);
}

export function problemOf(fault: AppError, requestId: string): Problem {
  return {
    type: `urn:foyer:error:${fault.code}`,
    title: ERRORS[fault.code].title,
    status: fault.status,
    detail: fault.message,
    instance: `urn:foyer:request:${requestId}`,
    problems: fault.problems,
  };
}

/** What of an error stands in the log. Some carry what was sent: those of the Redis client have its command, with names in it. */
export const loggable = (error: unknown): { type: string; message: string; stack?: string } =>
  error instanceof Error
    ? { type: error.name, message: error.message, ...(error.stack ? { stack: error.stack } : {}) }
    : { type: typeof error, message: String(error) };

/** Says what is a bug, or a fault of ours, to the log: never what the caller sent. */
export function logFault(log: Log, request: FastifyRequest, fault: AppError, error: unknown): void {
  const about = { request: request.id, route: request.routeOptions.url, method: request.method };
  if (fault.code === 'internal') log.error({ ...about, error: loggable(error) }, 'unexpected fault');
  else if (fault.status >= 500) log.warn({ ...about, code: fault.code }, fault.message);
}

export function sendProblem(reply: FastifyReply, fault: AppError): FastifyReply {
  if (fault.code === 'unauthorized') reply.header('WWW-Authenticate', 'Bearer realm="foyer"');
  if (fault.status === 503) reply.header('Retry-After', '2');
  return reply
    .code(fault.status)
    .type('application/problem+json')
    .serializer(JSON.stringify)
    .send(problemOf(fault, reply.request.id));
}

/** The error handler of everything that answers in JSON. */
export const problemHandler =
  (log: Log) =>
  (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const fault = faultOf(error);
    logFault(log, request, fault, error);
    return sendProblem(reply, fault);
  };
