import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifySchema,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import { type TSchema, Type } from 'typebox';
import { AppError } from '../../errors.js';
import { ProblemSchema } from './schemas.js';

/** The API's scope: request types follow from the routes' schemas. */
export type Api = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

interface Words extends FastifySchema {
  summary: string;
  description?: string;
}

const problem = {
  description: 'Problem details',
  content: { 'application/problem+json': { schema: ProblemSchema } },
};

/** The schema of one call: what it takes, what it answers (status to body, null for none), and every fault. */
export function call<const S extends Words>(schema: S, answers: Record<number, TSchema | null>) {
  const good = Object.entries(answers).map(([status, body]) => [
    status,
    body ?? { type: 'null', description: 'Done' },
  ]);
  return {
    ...schema,
    response: { ...Object.fromEntries(good), default: problem } as Record<string, unknown>,
  };
}

export const Id = Type.Object({ id: Type.String() }, { additionalProperties: false });

const RECORD = /^[A-Za-z0-9_-]{1,64}$/;

/** A record's id as it stands in a path; whatever cannot be one names nothing. */
export function recordId(text: string): string {
  if (!RECORD.test(text)) throw new AppError('not-found');
  return text;
}

export const DEFAULT_LIMIT = 50;

export const pageQuery = {
  cursor: Type.Optional(Type.String({ maxLength: 200, description: '`next` of the page before' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: DEFAULT_LIMIT })),
};

const CURSOR = /^(-?\d{1,16}):([A-Za-z0-9_-]{1,64})$/;

/** A cursor `<number>:<id>`, in its parts; undefined where there is none. */
export function readCursor(text: string | undefined): [at: number, id: string] | undefined {
  if (text === undefined) return undefined;
  const [, at, id] = CURSOR.exec(text) ?? [];
  if (id === undefined) throw new AppError('malformed-request', 'That is no cursor.');
  return [Number(at), id];
}
