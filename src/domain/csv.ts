import { CsvError, parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';

/** A record of a file, and the line on which it begins, counted from 1 as an editor does. */
export interface CsvRow {
  line: number;
  cells: string[];
}

export type ReadText = { ok: true; text: string } | { ok: false; message: string };
export type ReadCsv =
  | { ok: true; delimiter: Delimiter; header: CsvRow; rows: CsvRow[] }
  | { ok: false; message: string };

export const DELIMITERS = [',', ';', '\t'] as const;
export type Delimiter = (typeof DELIMITERS)[number];

export const CSV_BYTES_MOST = 5 * 1024 * 1024;
/** All rows are one step of Redis, for which everybody else waits: about 0.15 ms each. */
export const CSV_ROWS_MOST = 1000;

const COLUMNS_MOST = 200;

const startsWith = (bytes: Uint8Array, ...mark: number[]): boolean =>
  mark.every((byte, i) => bytes[i] === byte);

/** The text of a file: UTF-8, or UTF-16 with its mark. Any other encoding would turn names into something else. */
export function decodeText(bytes: Uint8Array): ReadText {
  const encoding = startsWith(bytes, 0xff, 0xfe)
    ? 'utf-16le'
    : startsWith(bytes, 0xfe, 0xff)
      ? 'utf-16be'
      : 'utf-8';
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    if (!text.includes('\0')) return { ok: true, text };
  } catch {
    // Said below.
  }
  return {
    ok: false,
    message:
      'The file is not a text in UTF-8, so its names could not be read. In the spreadsheet, save it as "CSV UTF-8".',
  };
}

/** The delimiter that stands most often in the first record; a comma where none does. */
function findDelimiter(text: string): Delimiter {
  const counts = { ',': 0, ';': 0, '\t': 0 };
  let quoted = false;
  for (const char of text) {
    if (char === '"') quoted = !quoted;
    else if (char === '\n' && !quoted) break;
    else if (!quoted && char in counts) counts[char as Delimiter]++;
  }
  return DELIMITERS.reduce((best, one) => (counts[one] > counts[best] ? one : best));
}

/** What spreadsheets write first to name the delimiter. */
const NAMED = /^sep=([,;\t])\n/i;

function faultOf({ code, lines }: CsvError): string {
  const where = `Line ${lines}: `;
  switch (code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return `${where}a quotation mark opens here and is never closed.`;
    case 'CSV_INVALID_CLOSING_QUOTE':
    case 'INVALID_OPENING_QUOTE':
      return `${where}a quotation mark stands inside a cell. Right would be "Ann ""Annie"" Lee", with the whole cell in quotation marks.`;
    default:
      return `${where}this cannot be read as a table.`;
  }
}

/** The records of a text, the first one apart. Lines without any text are left out. */
export function readCsv(given: string, chosen?: Delimiter): ReadCsv {
  const unmarked = given.replace(/^\u{feff}/u, '').replace(/\r\n?/g, '\n');
  const named = NAMED.exec(unmarked);
  const text = named ? unmarked.slice(named[0].length) : unmarked;
  const delimiter =
    chosen ?? (named?.[1] as Delimiter | undefined) ?? findDelimiter(text.replace(/^\n+/, ''));
  const options = { delimiter, info: true, raw: true, relax_column_count: true, skip_empty_lines: true };
  let records: { info: { lines: number }; raw: string; record: string[] }[];
  try {
    records = parse(text, { ...options, to: CSV_ROWS_MOST * 2 }) as never;
  } catch (error) {
    if (error instanceof CsvError) return { ok: false, message: faultOf(error) };
    throw error;
  }
  let line = named ? 2 : 1;
  const rows: CsvRow[] = [];
  for (const { raw, record } of records) {
    const empty = /^\n*/.exec(raw)?.[0].length ?? 0;
    if (record.some((cell) => cell.trim() !== '')) rows.push({ line: line + empty, cells: record });
    line += raw.split('\n').length - 1;
  }
  const [header, ...rest] = rows;
  if (!header) return { ok: false, message: 'The file is empty. Its first line names the columns.' };
  if (header.cells.length > COLUMNS_MOST)
    return { ok: false, message: `The file may have ${COLUMNS_MOST} columns at most.` };
  if (rest.length > CSV_ROWS_MOST || records.length >= CSV_ROWS_MOST * 2)
    return { ok: false, message: `The file may have ${CSV_ROWS_MOST} visits at most. Cut it in two.` };
  if (rest.length === 0) return { ok: false, message: 'The file names columns but has no visit below them.' };
  return { ok: true, delimiter, header, rows: rest };
}

/** What a spreadsheet would run as a formula, and what was guarded before. */
const RUNS = /^'*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/;
const GUARDED = /^'+[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/;

/** A cell that no spreadsheet runs; `unguard` gives back what it was. */
export const guard = (cell: string): string => (RUNS.test(cell) ? `'${cell}` : cell);
export const unguard = (cell: string): string => (GUARDED.test(cell) ? cell.slice(1) : cell);

/** Lines of a file as spreadsheets read them. */
export const writeCsv = (rows: readonly (readonly string[])[]): string =>
  stringify(
    rows.map((row) => row.map(guard)),
    // Every line break in quotation marks, not only the one that ends a record.
    { record_delimiter: 'windows', quoted_match: /[\r\n]/ },
  );

/** Tells spreadsheets that what follows is UTF-8. */
export const BYTE_ORDER_MARK = '\u{feff}';
