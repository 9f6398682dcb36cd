import { setImmediate as breath } from 'node:timers/promises';
import type { Subject } from '../domain/block.js';
import { decodeText } from '../domain/csv.js';
import { beyondLimits } from '../domain/desk-limits.js';
import { newId, type SiteId } from '../domain/id.js';
import { type ImportChoices, type ImportedFile, readImport } from '../domain/import.js';
import type { FieldProblem } from '../domain/problem.js';
import type { Sealing } from '../domain/sealing.js';
import type { Settings } from '../domain/settings.js';
import type { TeamRole } from '../domain/team.js';
import { parseRegistration, type RegistrationProblem, type Visit } from '../domain/visit.js';
import type { Duplicate, VisitBatchStore } from '../redis/visit-batch.js';
import type { PinRecord } from '../redis/visits.js';
import type { Pins } from './pins.js';
import type { SettingsService } from './settings.js';
import { languageProblems, registrationMail } from './visit-mail.js';
import { newVisit } from './visits.js';

export interface ImportOrder extends ImportChoices {
  /** The file as it came, or its text. */
  file: Uint8Array | string;
  /** Says what would be, and writes nothing. */
  dryRun: boolean;
  /** Visits that are there already, by name, e-mail and arrival, are registered once more. */
  allowDuplicates: boolean;
  /** Send each visitor the PIN; undefined: as for a single visit. */
  notify?: boolean;
  /** Of who asks: their limits hold for each visit. */
  role?: TeamRole;
}

export interface ImportRow {
  /** Where the visit begins in the file, counted from 1. */
  line: number;
  /** `skipped`: the file says that it is cancelled. */
  status: 'ok' | 'invalid' | 'duplicate' | 'skipped';
  /** The visit as it is registered, or would be. */
  visit?: Visit;
  problems: RegistrationProblem[];
}

export interface ImportReport extends Pick<ImportedFile, 'delimiter' | 'mapping' | 'ignored'> {
  rows: ImportRow[];
  totals: Record<ImportRow['status'] | 'rows' | 'registered', number>;
}

export type Imported =
  /** Not a file of visits at all. */
  | { status: 'unreadable'; problems: FieldProblem[] }
  /** `refused`: something of it is wrong, and nothing was registered. `checked`: a dry run. */
  | { status: 'registered' | 'checked' | 'refused'; report: ImportReport };

export interface ImportDeps {
  batch: VisitBatchStore;
  pins: Pins;
  settings: SettingsService;
  sealing: Sealing;
  /** Tags of the languages in which visitors can be written to. */
  languages: readonly string[];
  /** Reads the block list once for all rows. */
  blocked: (site: SiteId) => Promise<(subject: Subject) => RegistrationProblem[]>;
  /** Mails wait to be sent. */
  mailed: () => Promise<void>;
  now: () => number;
}

const DAY_MS = 86_400_000;
/** How often PINs that are in use are drawn again. */
const TRIES = 20;
/** Rows between two looks at what else there is to do. */
const AT_ONCE = 100;

export type ImportService = ReturnType<typeof createImport>;

/** Registers the visits of a file: all of them or none. */
export function createImport({
  batch,
  pins,
  settings,
  sealing,
  languages,
  blocked,
  mailed,
  now,
}: ImportDeps) {
  async function readRows(
    site: SiteId,
    file: ImportedFile,
    order: ImportOrder,
    values: Settings,
  ): Promise<ImportRow[]> {
    const unwelcome = await blocked(site);
    const rows: ImportRow[] = [];
    for (const { line, cancelled, input, problems } of file.rows) {
      if (rows.length % AT_ONCE === AT_ONCE - 1) await breath();
      if (cancelled) {
        rows.push({ line, status: 'skipped', problems: [] });
        continue;
      }
      const parsed = parseRegistration({ ...input, notify: order.notify }, values);
      const said = new Set(problems.map(({ field }) => field));
      const more = parsed.ok
        ? [
            ...languageProblems(languages, parsed.registration),
            ...unwelcome(parsed.registration),
            ...beyondLimits(parsed.registration, undefined, order.role, values, now()),
          ]
        : parsed.problems.filter(({ field }) => !said.has(field));
      const all = [...problems, ...more];
      if (!parsed.ok || all.length > 0) {
        rows.push({ line, status: 'invalid', problems: all });
        continue;
      }
      const { notify: _, ...registration } = parsed.registration;
      rows.push({
        line,
        status: 'ok',
        visit: newVisit(registration, newId(), values, now()),
        problems: [],
      });
    }
    return rows;
  }

  /** Says of each row that is there already which one it is the same as. */
  function markDuplicates(ready: readonly Ready[], duplicates: readonly Duplicate[]): void {
    for (const { index, of } of duplicates) {
      const { row } = ready[index] as Ready;
      row.status = 'duplicate';
      const message =
        of === undefined
          ? 'A visit with this name, e-mail address and arrival is registered already.'
          : `The same name, e-mail address and arrival stand in line ${ready[of]?.row.line}.`;
      row.problems.push({ field: 'name', message });
    }
  }

  async function register(
    site: SiteId,
    ready: readonly Ready[],
    order: ImportOrder,
    values: Settings,
    by: string,
  ) {
    const retentionMs = values['retention.days'] * DAY_MS;
    const lengths = await pins.lengths(
      site,
      ready.map(({ visit }) => visit),
      values,
    );
    const draw = ({ visit }: Ready, i: number) => pins.draw(site, visit, lengths[i] as number).record;
    const records: PinRecord[] = [];
    for (const [i, one] of ready.entries()) {
      if (i % AT_ONCE === AT_ONCE - 1) await breath();
      records.push(draw(one, i));
    }
    for (let i = 0; i < TRIES; i++) {
      const at = now();
      const visits = ready.map(({ visit }, i) => ({
        visit,
        pin: records[i] as PinRecord,
        context: {
          mailDigest: visit.email ? sealing.digest('mail', visit.email) : '',
          retentionMs,
          by,
          now: at,
          mail: registrationMail(visit, values, order.notify, at),
        },
      }));
      const { allowDuplicates } = order;
      const result = await batch.register(site, visits, { allowDuplicates, by, now: at });
      if (result.status === 'registered' && visits.some(({ context }) => context.mail !== undefined))
        await mailed();
      if (result.status !== 'taken') return result;
      for (const index of result.indexes) records[index] = draw(ready[index] as Ready, index);
    }
    throw new Error('no free PINs of the chosen length were found');
  }

  return {
    async run(site: SiteId, order: ImportOrder, by: string): Promise<Imported> {
      const text =
        typeof order.file === 'string' ? { ok: true as const, text: order.file } : decodeText(order.file);
      if (!text.ok) return { status: 'unreadable', problems: [{ field: 'csv', message: text.message }] };
      const { values } = await settings.read(site);
      const zone = values['site.timeZone'];
      const read = readImport(text.text, order, { zone, presets: values['tokens.presets'] });
      if (!read.ok) return { status: 'unreadable', problems: read.problems };
      const rows = await readRows(site, read.file, order, values);
      const ready = rows.flatMap((row) => (row.visit ? [{ row, visit: row.visit }] : []));

      const wrong = rows.some(({ status }) => status === 'invalid');
      let registered = 0;
      if (order.dryRun || wrong) {
        const visits = ready.map(({ visit }) => visit);
        if (!order.allowDuplicates) markDuplicates(ready, await batch.duplicates(site, visits, now()));
      } else if (ready.length > 0) {
        const result = await register(site, ready, order, values, by);
        if (result.status === 'duplicate') markDuplicates(ready, result.duplicates);
        else registered = ready.length;
      }
      const count = (status: ImportRow['status']) => rows.filter((row) => row.status === status).length;
      const totals = {
        rows: rows.length,
        ok: count('ok'),
        invalid: count('invalid'),
        duplicate: count('duplicate'),
        skipped: count('skipped'),
        registered,
      };
      const refused = totals.invalid + totals.duplicate > 0;
      const { delimiter, mapping, ignored } = read.file;
      const report = { delimiter, mapping, ignored, rows, totals };
      return { status: order.dryRun ? 'checked' : refused ? 'refused' : 'registered', report };
    },
  };
}

interface Ready {
  row: ImportRow;
  visit: Visit;
}
