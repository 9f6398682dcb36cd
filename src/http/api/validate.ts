import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import type { TLocalizedValidationError } from 'typebox/error';
import { Value } from 'typebox/value';
import { AppError, type FieldProblem } from '../../errors.js';

/** What the validator found, one line for each field. */
function problemsIn(errors: readonly TLocalizedValidationError[]): FieldProblem[] {
  const found = new Map<string, string>();
  const say = (field: string, message: string): void => {
    if (!found.has(field)) found.set(field, message);
  };
  for (const { keyword, params, instancePath, message } of errors) {
    const field = instancePath.slice(1).replaceAll('/', '.');
    const inside = (name: string) => (field === '' ? name : `${field}.${name}`);
    if (keyword === 'required') {
      for (const name of params.requiredProperties) say(inside(name), `${name} is missing.`);
    } else if (keyword === 'additionalProperties') {
      for (const name of params.additionalProperties) say(inside(name), `There is no field "${name}" here.`);
    } else if (keyword !== 'boolean') {
      say(field, `${field === '' ? 'The body' : field} ${message}.`);
    }
  }
  return [...found].map(([field, message]) => ({ field, message }));
}

/** `?state=` means the same as no `state` at all. */
const withoutEmpty = (query: object): object =>
  Object.fromEntries(Object.entries(query).filter(([, value]) => value !== ''));

/**
 * Validation by the routes' TypeBox schemas. Texts become numbers in queries only; a body is taken as it is, and a
 * field that nobody knows is a problem, not silently dropped.
 */
export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const check = Compile(schema);
  return (value: unknown) => {
    const given =
      httpPart === 'body'
        ? (value ?? {})
        : Value.Default(schema, Value.Convert(schema, withoutEmpty((value ?? {}) as object)));
    if (check.Check(given)) return { value: given };
    const problems = problemsIn(check.Errors(given));
    const detail = problems.map(({ message }) => message).join(' ');
    return { error: new AppError('malformed-request', detail, problems) };
  };
};
