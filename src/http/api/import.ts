import { type Static, Type } from 'typebox';
import { CSV_BYTES_MOST } from '../../domain/csv.js';
import { delimiterOf } from '../../domain/import.js';
import { IMPORT_FIELDS } from '../../domain/import-columns.js';
import { DATE_ORDERS, type DateOrder } from '../../domain/import-time.js';
import { AppError, type FieldProblem } from '../../errors.js';
import type { Runtime } from '../../runtime.js';
import type { ImportOrder, ImportReport } from '../../services/import.js';
import { visitObject } from '../../services/objects.js';
import { problemOf } from '../problem.js';
import { type Api, call } from './call.js';
import { closed, orNull, ProblemSchema, VisitSchema, words } from './schemas.js';

const flag = (description: string) => Type.Optional(Type.Boolean({ description }));

const options = {
  dryRun: flag('Say what would be, and register nothing. Not given: false'),
  allowDuplicates: flag('Register visits that are there already once more. Not given: false'),
  notify: flag('Send each visitor the PIN by mail. Not given: as for a single visit'),
  delimiter: Type.Optional(
    Type.String({ description: 'comma, semicolon or tab. Not given: found in the file', maxLength: 10 }),
  ),
};
const dateOrder = Type.Optional(
  words(DATE_ORDERS, 'What 11/12/2026 means: day or month first. Not given: such a date is refused'),
);
const header = (field: string) =>
  Type.Optional(
    Type.String({ description: `Header of the column that is ${field}; empty: none is`, maxLength: 200 }),
  );

const Mapping = Type.Object(
  { dateOrder, ...Object.fromEntries(IMPORT_FIELDS.map((field) => [field, header(field)])) },
  { additionalProperties: false },
);
const ImportBody = Type.Object(
  { csv: Type.String(), mapping: Type.Optional(Mapping), ...options },
  { additionalProperties: false },
);
/** In a query `map.<field>` stands for a field of `mapping`. */
const ImportQuery = Type.Object(
  {
    ...options,
    'map.dateOrder': dateOrder,
    ...Object.fromEntries(IMPORT_FIELDS.map((field) => [`map.${field}`, header(field)])),
  },
  { additionalProperties: false },
);

const count = Type.Integer();
const reportProperties = {
  dryRun: Type.Boolean(),
  delimiter: Type.String({ examples: [';'] }),
  mapping: Type.Record(Type.String(), Type.String(), {
    description: 'Field to the header it was found under',
  }),
  ignored: Type.Array(Type.String(), { description: 'Headers of columns that are not read' }),
  totals: closed({
    rows: count,
    ok: count,
    invalid: count,
    duplicate: count,
    skipped: count,
    registered: count,
  }),
  rows: Type.Array(
    closed({
      line: Type.Integer({ description: 'Where it begins in the file, counted from 1' }),
      status: words(
        ['ok', 'invalid', 'duplicate', 'skipped'],
        '`duplicate`: name, e-mail and arrival of a visit that is there. `skipped`: the file says it is cancelled',
      ),
      visit: orNull(VisitSchema, { description: 'As it is registered; of a dry run, as it would be' }),
      problems: ProblemSchema.properties.problems,
    }),
  ),
};
const ReportSchema = closed(reportProperties);
const RefusalSchema = Type.Object({ ...ProblemSchema.properties, ...reportProperties });

const importing = call(
  {
    summary: 'Register the visits of a CSV file, all of them or none',
    description:
      'Takes `text/csv` with options in the query, or JSON. The first line names the columns, in any of several languages. A visit that is wrong, or is there already, has nothing registered: 422 with what is wrong in which line. PINs are not answered.',
    querystring: ImportQuery,
  },
  { 200: ReportSchema, 201: ReportSchema },
);

const schema = {
  ...importing,
  body: {
    content: {
      'application/json': { schema: ImportBody },
      'text/csv': {
        schema: Type.Any({ description: 'UTF-8, or UTF-16 with its mark; 5 MB and 1000 visits at most' }),
      },
    },
  },
  response: {
    ...importing.response,
    422: {
      description: 'Problem details, with every line of the file',
      content: { 'application/problem+json': { schema: RefusalSchema } },
    },
  } as Record<string, unknown>,
};

/** JSON escapes what a file holds; the file itself is measured by the rules. */
const BODY_LIMIT = 2 * CSV_BYTES_MOST;

export async function importRoutes(app: Api, { runtime }: { runtime: Runtime }): Promise<void> {
  await app.register(async (plain) => {
    const scope = plain.withTypeProvider() as Api;
    // Here only: every other call takes JSON.
    scope.addContentTypeParser('text/csv', { parseAs: 'buffer', bodyLimit: BODY_LIMIT }, (_, body, done) =>
      done(null, body),
    );
    scope.post(
      '/visits/import',
      { schema, bodyLimit: BODY_LIMIT, config: { role: 'desk' } },
      async ({ caller, body, query, id }, reply) => {
        const order = { ...orderOf(body, query as Query), role: caller.role };
        const result = await runtime.services.imports.run(caller.site, order, caller.by);
        if (result.status === 'unreadable') throw new AppError('invalid-input', undefined, result.problems);
        const report = reportObject(result.report, order.dryRun, runtime.now());
        if (result.status !== 'refused') return reply.code(order.dryRun ? 200 : 201).send(report);
        const fault = new AppError('invalid-input', saysOf(result.report), problemsOf(result.report));
        return reply
          .code(422)
          .type('application/problem+json')
          .send(JSON.stringify({ ...problemOf(fault, id), ...report }));
      },
    );
  });
}

type Query = Static<typeof ImportQuery> & Record<string, unknown>;
type Body = Omit<Static<typeof ImportBody>, 'mapping'> & { mapping?: Record<string, string> };

/** The options of a file in its query, or of a text in its body. */
function orderOf(body: unknown, query: Query): ImportOrder {
  if (body === undefined || body === null)
    throw new AppError(
      'malformed-request',
      'Send the file as text/csv, or as JSON: { "csv": "Name,Arrival..." }.',
    );
  const file = body instanceof Uint8Array ? body : (body as Body).csv;
  const given = body instanceof Uint8Array ? query : (body as Body);
  const chosen = Object.entries(body instanceof Uint8Array ? query : ((body as Body).mapping ?? {}))
    .filter(([name]) => !(body instanceof Uint8Array) || name.startsWith('map.'))
    .map(([name, value]) => [name.replace(/^map\./, ''), String(value)] as const);
  const { dateOrder: order, ...mapping } = Object.fromEntries(chosen);
  const delimiter = given.delimiter === undefined ? undefined : delimiterOf(given.delimiter);
  if (given.delimiter !== undefined && delimiter === undefined)
    throw new AppError('malformed-request', 'delimiter is comma, semicolon or tab.');
  return {
    file,
    dryRun: given.dryRun ?? false,
    allowDuplicates: given.allowDuplicates ?? false,
    mapping,
    ...(given.notify === undefined ? {} : { notify: given.notify }),
    ...(delimiter === undefined ? {} : { delimiter }),
    ...(order === undefined ? {} : { dateOrder: order as DateOrder }),
  };
}

function reportObject({ rows, ...report }: ImportReport, dryRun: boolean, now: number) {
  return {
    dryRun,
    ...report,
    rows: rows.map(({ visit, ...row }) => ({ ...row, visit: visit ? visitObject(visit, now) : null })),
  };
}

/** The first few lines in words; all of them stand in `rows`. */
const PROBLEMS_MOST = 100;

const problemsOf = ({ rows }: ImportReport): FieldProblem[] =>
  rows
    .flatMap(({ line, problems }) =>
      problems.map(({ field, message }) => ({ field, message: `Line ${line}: ${message}` })),
    )
    .slice(0, PROBLEMS_MOST);

function saysOf({ totals: { rows, invalid, duplicate } }: ImportReport): string {
  const wrong = [
    ...(invalid > 0 ? [`${invalid} cannot be used`] : []),
    ...(duplicate > 0 ? [`${duplicate} are there already`] : []),
  ];
  return `Nothing was registered: of ${rows} visits ${wrong.join(' and ')}.`;
}
