import { CSV_BYTES_MOST, type CsvRow, DELIMITERS, type Delimiter, readCsv, unguard } from './csv.js';
import { type Columns, findColumns, type ImportField } from './import-columns.js';
import { type DateOrder, minutesOf, readImportedEnd, readImportedTime } from './import-time.js';
import { readTime } from './local-time.js';
import { findPreset, type Preset, presetInput } from './preset.js';
import type { FieldProblem } from './problem.js';
import type { RegistrationProblem } from './visit.js';

/** How a file is to be read, where it does not say so itself. */
export interface ImportChoices {
  delimiter?: Delimiter;
  /** Field -> header. */
  mapping?: Readonly<Record<string, string>>;
  dateOrder?: DateOrder;
}

/** One visit of a file: what to register it with, and what of it could not be read. */
export interface ImportedRow {
  line: number;
  /** Says of itself that it is cancelled: it is left out. */
  cancelled: boolean;
  input: Record<string, unknown>;
  problems: RegistrationProblem[];
}

export interface ImportedFile {
  delimiter: Delimiter;
  /** Field -> the header that it was found under. */
  mapping: Partial<Record<ImportField, string>>;
  /** Headers of columns that are not read. */
  ignored: string[];
  rows: ImportedRow[];
}

const DELIMITER_NAMES: Record<string, Delimiter> = { comma: ',', semicolon: ';', tab: '\t' };

/** A delimiter as it is typed: itself or its name. */
export const delimiterOf = (text: string): Delimiter | undefined =>
  DELIMITER_NAMES[text.trim().toLowerCase()] ?? DELIMITERS.find((one) => one === text);

type ZoneAndPresets = { zone: string; presets: readonly Preset[] };

const WHOLE = ['maxDevices', 'downKbps', 'upKbps', 'quotaMB'] as const;

/** One record as what a visit is registered with. */
function readRow(
  { line, cells }: CsvRow,
  columns: Columns,
  order: DateOrder | undefined,
  { zone, presets }: ZoneAndPresets,
): ImportedRow {
  const problems: RegistrationProblem[] = [];
  const input: Record<string, unknown> = {};
  const cell = (field: ImportField): string => {
    const at = columns[field];
    return at === undefined ? '' : unguard((cells[at] ?? '').trim()).trim();
  };
  const fail = (field: string, message: string): void => {
    problems.push({ field, message });
  };

  input.name = cell('name') || [cell('firstName'), cell('lastName')].filter(Boolean).join(' ');
  for (const field of ['email', 'host', 'hostEmail', 'language'] as const) {
    const text = cell(field);
    if (text !== '') input[field] = field === 'language' ? text.toLowerCase().split(/[-_]/)[0] : text;
  }
  for (const field of WHOLE) {
    const text = cell(field);
    if (text !== '') input[field] = /^\d{1,9}$/.test(text) ? Number(text) : text;
  }

  const date = columns.date === undefined ? cell('expectedArrival') : cell('date');
  const arrival =
    date === ''
      ? undefined
      : readImportedTime(date, order, columns.date === undefined ? undefined : cell('time'));
  if (arrival?.ok) input.expectedArrival = arrival.text;
  else if (arrival) fail('expectedArrival', arrival.message);
  const at = arrival?.ok ? readTime(arrival.text, zone) : undefined;

  const until = cell('until');
  const duration = cell('durationMinutes');
  const preset = findPreset(presets, duration);
  if (until !== '' && duration !== '') fail('until', 'A visit has a duration or an end, not both.');
  else if (until !== '') {
    const end = readImportedEnd(until, order, at?.ok ? { at: at.at, zone } : undefined);
    if (!end.ok) fail('until', end.message);
    else if (end.text !== '') input.until = end.text;
  } else if (preset && arrival?.ok) {
    const chosen = presetInput(preset, arrival.text, zone);
    if (chosen.ok) Object.assign(input, chosen.input);
    else if (at?.ok) problems.push(chosen.problem);
  } else if (duration !== '' && !preset) {
    const minutes = minutesOf(duration);
    if (minutes === undefined)
      fail(
        'durationMinutes',
        `"${duration.slice(0, 40)}" is no duration. Right would be 90, 1:30, 2 h, or the name of a preset.`,
      );
    else input.durationMinutes = minutes;
  }
  return { line, cancelled: /^cancell?ed$/i.test(cell('state')), input, problems };
}

/** The visits of a file, each with what is wrong with it; or why the file as a whole cannot be read. */
export function readImport(
  text: string,
  choices: ImportChoices,
  site: ZoneAndPresets,
): { ok: true; file: ImportedFile } | { ok: false; problems: FieldProblem[] } {
  if (Buffer.byteLength(text) > CSV_BYTES_MOST)
    return {
      ok: false,
      problems: [{ field: 'csv', message: 'The file may have 5 MB at most. Cut it in two.' }],
    };
  const csv = readCsv(text, choices.delimiter);
  if (!csv.ok) return { ok: false, problems: [{ field: 'csv', message: csv.message }] };
  const { cells: headers } = csv.header;
  const found = findColumns(headers, choices.mapping);
  if (!found.ok) return found;
  const { columns, ignored } = found;
  const rows = csv.rows.map((row) => {
    const read = readRow(row, columns, choices.dateOrder, site);
    const more = row.cells.slice(headers.length).some((cell) => cell.trim() !== '');
    const message = `This line has ${row.cells.length} cells, the first one names ${headers.length} columns. A cell that holds the delimiter stands in quotation marks.`;
    return more ? { ...read, problems: [{ field: 'csv', message }, ...read.problems] } : read;
  });
  const mapping = Object.fromEntries(
    Object.entries(columns).map(([field, at]) => [field, (headers[at] ?? '').trim()]),
  );
  return { ok: true, file: { delimiter: csv.delimiter, mapping, ignored, rows } };
}

/** The headers of a file, also of one whose columns are not known. */
export function readHeaders(text: string, delimiter?: Delimiter): string[] {
  const csv = readCsv(text, delimiter);
  return csv.ok ? csv.header.cells.map((one) => one.trim()) : [];
}
