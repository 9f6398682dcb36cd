import { addDays, dateIn } from './calendar-days.js';
import { readTime } from './local-time.js';
import type { FieldProblem } from './problem.js';

/** How long a visit lasts, by a name that an admin gives: so many minutes, or until a time of its first or a later day. */
export type Preset = { name: string; minutes: number } | { name: string; until: string; days?: number };

/** What a visit is registered or changed with. */
export type PresetInput = { durationMinutes: number } | { until: string };

const NAME_MOST = 40;
export const PRESETS_MOST = 20;
const DAYS_MOST = 366;
const PRESET_MINUTES_MOST = DAYS_MOST * 1440;
const CLOCK = /^(?:[01]\d|2[0-3]):[0-5]\d$/;

export const DEFAULT_PRESETS: readonly Preset[] = [
  { name: 'Hour', minutes: 60 },
  { name: 'Half day', minutes: 240 },
  { name: 'Day pass', until: '18:00' },
  { name: 'Three days', days: 3, until: '18:00' },
];

const fold = (name: string): string => name.normalize('NFKC').trim().toLowerCase();

const isName = (name: unknown): name is string =>
  typeof name === 'string' &&
  name.trim() === name &&
  name !== '' &&
  name.length <= NAME_MOST &&
  !/[\p{Cc}=;]/u.test(name);

const isWhole = (value: unknown, most: number): boolean =>
  Number.isInteger(value) && (value as number) >= 1 && (value as number) <= most;

function isPreset(value: unknown): value is Preset {
  if (typeof value !== 'object' || value === null) return false;
  const { name, minutes, until, days, ...rest } = value as Record<string, unknown>;
  if (!isName(name) || Object.keys(rest).length > 0) return false;
  if (minutes !== undefined)
    return until === undefined && days === undefined && isWhole(minutes, PRESET_MINUTES_MOST);
  return typeof until === 'string' && CLOCK.test(until) && (days === undefined || isWhole(days, DAYS_MOST));
}

/** Are these presets that can be told apart? */
export const arePresets = (value: unknown): value is Preset[] =>
  Array.isArray(value) &&
  value.length <= PRESETS_MOST &&
  value.every(isPreset) &&
  new Set(value.map(({ name }) => fold(name))).size === value.length;

const MINUTES = /^(\d{1,6}) ?(min|minutes?|h|hours?)$/i;
const UNTIL = /^(?:(\d{1,3}) ?days? )?until (\d{1,2}):(\d{2})$/i;

function parseLength(text: string): Omit<Preset, 'name'> | undefined {
  const [, amount, unit = ''] = MINUTES.exec(text) ?? [];
  if (amount !== undefined) return { minutes: Number(amount) * (/^h/i.test(unit) ? 60 : 1) };
  const [, days, hour = '', minute = ''] = UNTIL.exec(text) ?? [];
  if (hour === '') return undefined;
  const until = `${hour.padStart(2, '0')}:${minute}`;
  return days === undefined || days === '1' ? { until } : { days: Number(days), until };
}

/**
 * Presets as they are typed, one a line: `Day pass = until 18:00`, `Hour = 60 minutes`, `Three days = 3 days until 18:00`.
 * The message names the first line that is none.
 */
export function parsePresets(text: string): { ok: true; presets: Preset[] } | { ok: false; message: string } {
  const presets: Preset[] = [];
  const lines = text.split(/[\n;]/).map((line) => line.trim());
  for (const line of lines.filter((one) => one !== '')) {
    const [name = '', length = '', ...more] = line.split('=').map((part) => part.trim().replace(/\s+/g, ' '));
    const parsed = more.length === 0 ? parseLength(length) : undefined;
    const preset = { name, ...parsed };
    if (!parsed || !isPreset(preset)) {
      const right = 'Day pass = until 18:00, Hour = 60 minutes, or Three days = 3 days until 18:00';
      return { ok: false, message: `"${line.slice(0, 60)}" is no preset. Right would be ${right}.` };
    }
    if (presets.some((one) => fold(one.name) === fold(name)))
      return { ok: false, message: `There are two presets called "${name}". Give one another name.` };
    presets.push(preset);
  }
  if (presets.length > PRESETS_MOST)
    return { ok: false, message: `There may be ${PRESETS_MOST} presets at most.` };
  return { ok: true, presets };
}

/** What `parsePresets` reads, one preset a line. */
export const presetsText = (presets: readonly Preset[]): string =>
  presets
    .map((preset) => {
      if ('minutes' in preset) return `${preset.name} = ${preset.minutes} minutes`;
      const days = (preset.days ?? 1) > 1 ? `${preset.days} days ` : '';
      return `${preset.name} = ${days}until ${preset.until}`;
    })
    .join('\n');

/** The preset of this name, however it is written. */
export const findPreset = (presets: readonly Preset[], name: string): Preset | undefined =>
  name.trim() === '' ? undefined : presets.find((one) => fold(one.name) === fold(name));

/**
 * What a preset means for a visit that arrives then (a local time of the zone, or an instant). An end that a clock change
 * skips or repeats is refused with both readings, as everywhere; so is one before the arrival.
 */
export function presetInput(
  preset: Preset,
  expectedArrival: string,
  zone: string,
): { ok: true; input: PresetInput } | { ok: false; problem: FieldProblem & { readings?: [string, string] } } {
  if ('minutes' in preset) return { ok: true, input: { durationMinutes: preset.minutes } };
  const arrival = readTime(expectedArrival.trim(), zone);
  if (!arrival.ok) {
    const { ok: _, ...problem } = arrival;
    return { ok: false, problem: { field: 'expectedArrival', ...problem } };
  }
  const day = addDays(dateIn(arrival.at, zone), (preset.days ?? 1) - 1);
  const until = `${day}T${preset.until}`;
  const end = readTime(until, zone);
  if (!end.ok) {
    const { ok: _, ...problem } = end;
    return { ok: false, problem: { field: 'until', ...problem } };
  }
  if (end.at <= arrival.at) {
    const message = `"${preset.name}" ends at ${preset.until}, which is not after the arrival. Choose another duration, or an earlier arrival.`;
    return { ok: false, problem: { field: 'until', message } };
  }
  return { ok: true, input: { until } };
}
