import { Readable } from 'node:stream';
import { stringify } from 'csv-stringify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { EVENT_GROUPS, eventKind, isEventId } from '../../domain/event.js';
import { parseRecordId } from '../../domain/id.js';
import { localOf, readRange } from '../../domain/local-time.js';
import type { AuditFilter } from '../../services/audit.js';
import type { AuditEntry } from '../../services/audit-words.js';
import { iso } from '../../services/objects.js';
import { text } from '../pages/form.js';
import { type AuditQuery, auditPage } from './audit-pages.js';
import type { AdminDeps } from './deps.js';

const PAGE = 100;
const DATE = /^\d{4}-\d\d-\d\d$/;
const ACTOR = /^[a-z-]{1,32}(?::[\w-]{1,64})?$/;

const readQuery = (query: unknown): AuditQuery => ({
  kind: text(query, 'kind').slice(0, 60),
  by: text(query, 'by').slice(0, 100),
  visit: text(query, 'visit').slice(0, 64),
  day: text(query, 'day').slice(0, 10),
});

/** What the address asks for; a part that cannot be meant is left out, and said where a person typed it. */
function filterOf({ kind, by, visit, day }: AuditQuery, zone: string) {
  const filter: AuditFilter = {};
  if (Object.hasOwn(EVENT_GROUPS, kind) || eventKind(kind)) filter.kinds = [kind];
  if (ACTOR.test(by)) filter.by = by;
  if (parseRecordId(visit)) filter.visit = visit;
  if (day === '') return { filter };
  const read = readRange({ from: day, to: day }, zone);
  if (!DATE.test(day) || !read.ok) return { filter, problem: 'That is no day. Right would be 2026-11-23.' };
  return { filter: { ...filter, ...read.range } };
}

const COLUMNS = ['time', 'local time', 'who', 'what', 'type', 'by', 'visit', 'gateway', 'id'];

/** A spreadsheet takes a cell that begins like a formula for one: `escape_formulas` puts an apostrophe before it. */
const CSV = { header: true, columns: COLUMNS, escape_formulas: true, bom: true } as const;

async function* rows(entries: AsyncIterable<AuditEntry>, zone: string): AsyncGenerator<string[]> {
  for await (const { at, who, says, type, by, fields, gateway, id } of entries)
    yield [iso(at), localOf(at, zone), who, says, type, by, fields.visit ?? '', gateway ?? '', id];
}

async function* lines(entries: AsyncIterable<AuditEntry>): AsyncGenerator<string> {
  for await (const { at, who, says, type, by, fields, id } of entries)
    yield `${JSON.stringify({ id, at: iso(at), type, by, who, says, data: fields })}\n`;
}

/** Who did what, newest first; a file of all that the filter lets through. */
export async function auditPages(app: FastifyInstance, { runtime, shell }: AdminDeps): Promise<void> {
  const { audit, settings } = runtime.services;
  const config = { role: 'admin' } as const;
  const zoneOf = async ({ caller }: FastifyRequest): Promise<string> =>
    (await settings.read(caller.site)).values['site.timeZone'];

  app.get('/audit', { config }, async (request, reply) => {
    const { site } = request.caller;
    const query = readQuery(request.query);
    const { filter, problem } = filterOf(query, await zoneOf(request));
    const asked = text(request.query, 'cursor');
    const cursor = isEventId(asked) ? asked : '';
    const [{ items, next }, actors] = await Promise.all([
      problem === undefined ? audit.list(site, filter, { cursor, limit: PAGE }) : { items: [], next: null },
      audit.actors(site),
    ]);
    const page = auditPage({ query, problem, items, next, later: cursor !== '', actors });
    return shell.show(request, reply, page, problem === undefined ? 200 : 422);
  });

  async function entries(request: FastifyRequest) {
    const zone = await zoneOf(request);
    const { filter, problem } = filterOf(readQuery(request.query), zone);
    return { zone, all: problem === undefined ? audit.all(request.caller.site, filter) : nothing() };
  }

  const file = (reply: FastifyReply, type: string, name: string): FastifyReply =>
    reply.headers({
      'Content-Type': type,
      'Content-Disposition': `attachment; filename="${name}"`,
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
    });

  app.get('/audit/export.csv', { config }, async (request, reply) => {
    const { all, zone } = await entries(request);
    const table = Readable.from(rows(all, zone));
    const csv = stringify(CSV);
    table.on('error', (error) => csv.destroy(error));
    return file(reply, 'text/csv; charset=utf-8', 'audit-log.csv').send(table.pipe(csv));
  });

  app.get('/audit/export.ndjson', { config }, async (request, reply) => {
    const { all } = await entries(request);
    return file(reply, 'application/x-ndjson; charset=utf-8', 'audit-log.ndjson').send(
      Readable.from(lines(all)),
    );
  });
}

async function* nothing(): AsyncGenerator<AuditEntry> {}
