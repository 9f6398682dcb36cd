import { IMPORT_FIELDS, type ImportField } from '../../domain/import-columns.js';
import type { FieldProblem } from '../../domain/problem.js';
import type { ImportReport, ImportRow } from '../../services/import.js';
import type { Page } from '../pages/page.js';

/** Choose a file. */
export const importPage = (data: { fault?: string | undefined; csv?: string }): Page => ({
  template: 'admin/import',
  data: { fault: undefined, csv: '', ...data },
});

/** How somebody wants the file to be read, as the form sends it. */
export interface ImportForm {
  draft: string;
  mapping: Record<string, string>;
  dateOrder: string;
  allowDuplicates: boolean;
  notify: boolean;
}

const LABELS: Record<ImportField, string> = {
  name: 'Name',
  firstName: 'First name',
  lastName: 'Last name',
  email: 'E-mail',
  host: 'Host',
  hostEmail: 'E-mail of the host',
  expectedArrival: 'Expected arrival',
  date: 'Date, where the time has a column of its own',
  time: 'Time',
  durationMinutes: 'Duration',
  until: 'Until',
  maxDevices: 'Devices',
  language: 'Language',
  downKbps: 'Download rate',
  upKbps: 'Upload rate',
  quotaMB: 'Volume',
  state: 'State',
};

const STATUS: Record<ImportRow['status'], { text: string; tone: string }> = {
  ok: { text: 'Ready', tone: 'good' },
  invalid: { text: 'Wrong', tone: 'bad' },
  duplicate: { text: 'There already', tone: 'warn' },
  skipped: { text: 'Left out: cancelled', tone: '' },
};

/** Lines that the page shows: of a long file what is wrong, and the beginning of the rest. */
const WRONG_MOST = 200;
const GOOD_MOST = 50;

function shownRows({ rows }: ImportReport) {
  const wrong = rows.filter(({ problems }) => problems.length > 0).slice(0, WRONG_MOST);
  const good = rows.filter(({ problems }) => problems.length === 0).slice(0, GOOD_MOST);
  return [...wrong, ...good].map(({ line, status, visit, problems }) => ({
    line,
    ...STATUS[status],
    name: visit?.name ?? '',
    email: visit?.email ?? '',
    at: visit?.terms.arrivalAt,
    until: visit && (visit.terms.endAt ?? visit.terms.arrivalAt + visit.terms.durationMs),
    problems: problems.map(
      ({ field, message }) => `${LABELS[field as ImportField] ?? 'This line'}: ${message}`,
    ),
  }));
}

/** What would become of a file: each line, how its columns are read, and the button. */
export function importCheckPage(data: {
  form: ImportForm;
  headers: string[];
  report: ImportReport | undefined;
  problems: FieldProblem[];
}): Page {
  const { form, headers, report, problems } = data;
  const none = { value: '', text: 'No column' };
  const options = [none, ...[...new Set(headers)].filter(Boolean).map((one) => ({ value: one, text: one }))];
  const fields = IMPORT_FIELDS.map((field) => ({
    name: `map.${field}`,
    label: LABELS[field],
    value: report?.mapping[field] ?? form.mapping[field] ?? '',
    problem: problems.find((one) => one.field === field || one.field === `map.${field}`)?.message,
    options,
  }));
  return {
    template: 'admin/import-check',
    data: {
      choices: form,
      fields,
      problems: problems.filter(
        ({ field }) => !fields.some(({ name }) => name.replace('map.', '') === field),
      ),
      totals: report?.totals,
      // Parts get what the page has: "rows" and "form" mean something to them.
      lines: report ? shownRows(report) : [],
      ignored: report?.ignored ?? [],
    },
  };
}
