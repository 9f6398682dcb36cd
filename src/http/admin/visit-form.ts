import { localOf } from '../../domain/local-time.js';
import { findPreset, type Preset, presetInput } from '../../domain/preset.js';
import type { FieldProblem } from '../../domain/problem.js';
import type { Visit } from '../../domain/visit.js';
import { text } from '../pages/form.js';

/** A visit as it is typed. */
export interface VisitForm {
  name: string;
  email: string;
  host: string;
  hostEmail: string;
  /** `2026-11-23` and `09:00` on the site's clock. */
  date: string;
  time: string;
  /** `''`: as the settings have it, or as it is; `preset:<name>`; `minutes`; `until`. */
  length: string;
  minutes: string;
  untilDate: string;
  untilTime: string;
  maxDevices: string;
  downKbps: string;
  upKbps: string;
  quotaMB: string;
  language: string;
  notify: boolean;
}

const TEXTS = [
  'name',
  'email',
  'host',
  'hostEmail',
  'date',
  'time',
  'length',
  'minutes',
  'untilDate',
  'untilTime',
  'maxDevices',
  'downKbps',
  'upKbps',
  'quotaMB',
  'language',
] as const;

/** Longer than anything that is allowed, so that what is too long is still told by name. */
const FIELD_MOST = 500;

export function readForm(body: unknown): VisitForm {
  const fields = Object.fromEntries(
    TEXTS.map((name) => [name, text(body, name).slice(0, FIELD_MOST)]),
  ) as Record<(typeof TEXTS)[number], string>;
  return { ...fields, notify: text(body, 'notify') === 'true' };
}

const QUARTER_MS = 15 * 60_000;

/** A form that is empty but for what goes without saying: today, at the next quarter of an hour. */
export function emptyForm(now: number, zone: string): VisitForm {
  const arrival = localOf(Math.ceil(now / QUARTER_MS) * QUARTER_MS, zone);
  return { ...readForm({}), date: arrival.slice(0, 10), time: arrival.slice(11, 16), notify: true };
}

/** A visit as it would be typed. */
export function formOf(visit: Visit): VisitForm {
  const { terms, timeZone, limits } = visit;
  const end = localOf(terms.endAt ?? terms.arrivalAt + terms.durationMs, timeZone);
  return {
    ...readForm({}),
    name: visit.name,
    email: visit.email ?? '',
    host: visit.host ?? '',
    hostEmail: visit.hostEmail ?? '',
    language: visit.language ?? '',
    date: visit.expectedArrival.slice(0, 10),
    time: visit.expectedArrival.slice(11, 16),
    length: terms.endAt === undefined ? 'minutes' : 'until',
    minutes: String(Math.round(terms.durationMs / 60_000)),
    untilDate: end.slice(0, 10),
    untilTime: end.slice(11, 16),
    maxDevices: String(visit.maxDevices),
    downKbps: String(limits.downKbps ?? ''),
    upKbps: String(limits.upKbps ?? ''),
    quotaMB: String(limits.quotaMB ?? ''),
    notify: true,
  };
}

const PRESET = 'preset:';

/** A number as it is typed; a text that is none goes on as it is, and is refused by name. */
const whole = (typed: string): number | string | undefined =>
  typed.trim() === '' ? undefined : /^\s*\d+\s*$/.test(typed) ? Number(typed) : typed;

/** What the rules are asked with, or what is wrong before they are. `null` empties a field of a visit that is changed. */
export function inputOf(
  form: VisitForm,
  presets: readonly Preset[],
  zone: string,
): { input: Record<string, unknown>; problems: FieldProblem[] } {
  const problems: FieldProblem[] = [];
  const arrival = form.date === '' && form.time === '' ? '' : `${form.date}T${form.time}`;
  const input: Record<string, unknown> = {
    name: form.name,
    email: form.email.trim() || null,
    host: form.host.trim() || null,
    hostEmail: form.hostEmail.trim() || null,
    language: form.language.trim() || null,
    expectedArrival: arrival,
    maxDevices: whole(form.maxDevices),
    downKbps: whole(form.downKbps) ?? null,
    upKbps: whole(form.upKbps) ?? null,
    quotaMB: whole(form.quotaMB) ?? null,
  };
  if (form.length === 'minutes') {
    input.durationMinutes = whole(form.minutes);
    if (input.durationMinutes === undefined)
      problems.push({ field: 'durationMinutes', message: 'Type the minutes, such as 90.' });
  }
  if (form.length === 'until') {
    input.until = `${form.untilDate || form.date}T${form.untilTime}`;
    if (form.untilTime === '')
      problems.push({ field: 'until', message: 'Type the time of the end, such as 18:00.' });
  }
  if (form.length.startsWith(PRESET)) {
    const preset = findPreset(presets, form.length.slice(PRESET.length));
    if (!preset) {
      problems.push({
        field: 'durationMinutes',
        message: 'There is no such length any more. Choose another.',
      });
    } else if (arrival !== '') {
      const made = presetInput(preset, arrival, zone);
      if (made.ok) Object.assign(input, made.input);
      // What is wrong with the arrival is told by the rules, once.
      else if (made.problem.field !== 'expectedArrival') problems.push(made.problem);
    }
  }
  return { input, problems };
}

/** The choices of a length; `usual` is what it is without a choice. */
export const lengthOptions = (presets: readonly Preset[], usual?: string) => [
  ...(usual === undefined ? [] : [{ value: '', text: usual }]),
  ...presets.map(({ name }) => ({ value: `${PRESET}${name}`, text: name })),
  { value: 'minutes', text: 'Minutes, as typed below' },
  { value: 'until', text: 'Until the time below' },
];

/** Problems of the rules and of the form under the fields that they are shown at; the first of each. */
export function shownProblems(problems: readonly FieldProblem[]): Record<string, string | undefined> {
  const at: Readonly<Record<string, string>> = {
    expectedArrival: 'time',
    durationMinutes: 'minutes',
    until: 'untilTime',
  };
  const shown: Record<string, string> = {};
  for (const { field, message } of problems) shown[at[field] ?? field] ??= message;
  return shown;
}
