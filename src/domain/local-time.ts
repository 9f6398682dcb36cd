import { Temporal } from 'temporal-polyfill';
import type { FieldProblem } from './problem.js';

/** An instant, epoch milliseconds; or what is wrong, with both readings where a local time has two or none. */
export type ReadTime = { ok: true; at: number } | { ok: false; message: string; readings?: [string, string] };

// No second 60: it would be read as second 59.
const LOCAL = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::[0-5]\d)?$/;
const INSTANT = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::[0-5]\d(?:\.\d{1,9})?)?(?:[Zz]|[+-]\d\d(?::?\d\d)?)$/;
const DATE = /^\d{4}-\d\d-\d\d$/;
const EARLIEST = Date.UTC(2000, 0, 1);
const LATEST = Date.UTC(2200, 0, 1);

const FORMS = 'Right would be 2026-11-23T09:00, or 2026-11-23T09:00+01:00 with an offset';
const within = (at: number): ReadTime =>
  at >= EARLIEST && at < LATEST
    ? { ok: true, at }
    : { ok: false, message: 'The year must be between 2000 and 2199.' };

/** Is it a zone of the time zone database that this machine knows, such as `Europe/Berlin`? Offsets are none. */
export function isTimeZone(zone: string): boolean {
  if (!/^[A-Za-z]/.test(zone)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/**
 * Reads a local time in the zone (`2026-11-23T09:00`, seconds allowed) or an instant with offset or `Z`. A local time
 * that a clock change skips or repeats is refused with both readings.
 */
export function readTime(text: string, zone: string): ReadTime {
  const wrong: ReadTime = {
    ok: false,
    message: `"${text.slice(0, 40)}" is no time. ${FORMS}.`,
  };
  try {
    if (INSTANT.test(text)) return within(Temporal.Instant.from(text).epochMilliseconds);
    if (!LOCAL.test(text)) return wrong;
    const local = Temporal.PlainDateTime.from(text, { overflow: 'reject' });
    const [earlier, later] = (['earlier', 'later'] as const).map((disambiguation) =>
      local.toZonedDateTime(zone, { disambiguation }).toInstant(),
    ) as [Temporal.Instant, Temporal.Instant];
    if (earlier.equals(later)) return within(earlier.epochMilliseconds);
    const readings: [string, string] = [earlier.toString(), later.toString()];
    const exists = earlier.toZonedDateTimeISO(zone).toPlainDateTime().equals(local);
    const why = exists ? 'exists twice' : 'does not exist';
    const message = `${local.toString({ smallestUnit: 'minute' })} ${why} in ${zone}: the clocks change then. Send ${readings[0]} or ${readings[1]}.`;
    return { ok: false, message, readings };
  } catch {
    return wrong;
  }
}

/** The instants at which a day of the zone begins and ends (exclusive); undefined where the text is no date. */
function readDay(text: string, zone: string): { from: number; until: number } | undefined {
  if (!DATE.test(text)) return undefined;
  try {
    const day = Temporal.PlainDate.from(text, { overflow: 'reject' });
    const start = (date: Temporal.PlainDate): number => date.toZonedDateTime(zone).epochMilliseconds;
    return { from: start(day), until: start(day.add({ days: 1 })) };
  } catch {
    return undefined;
  }
}

/**
 * The interval that a list's `from` and `to` name: dates, local times, or instants. `to` is exclusive, a date counts whole.
 */
export function readRange(
  query: { from?: string | undefined; to?: string | undefined },
  zone: string,
): { ok: true; range: { from?: number; until?: number } } | { ok: false; problems: FieldProblem[] } {
  const problems: FieldProblem[] = [];
  const read = (field: 'from' | 'to', edge: 'from' | 'until') => {
    const text = query[field];
    if (text === undefined) return {};
    const day = readDay(text, zone);
    const time: ReadTime = day ? { ok: true, at: day[edge] } : readTime(text, zone);
    if (time.ok) return { [edge]: time.at };
    problems.push({ field, message: time.message });
    return {};
  };
  const range = { ...read('from', 'from'), ...read('to', 'until') };
  return problems.length > 0 ? { ok: false, problems } : { ok: true, range };
}

/** The clock of a zone at an instant: `2026-11-23T09:00`, with seconds where they are not zero. */
export function localOf(at: number, zone: string): string {
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDateTime();
  return local.toString({
    smallestUnit: local.second === 0 ? 'minute' : 'second',
  });
}

/** The same with the zone's offset then, so that it is one instant anywhere: `2026-11-23T09:00+01:00`. */
export function offsetTime(at: number, zone: string): string {
  const zoned = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
  return `${localOf(at, zone)}${zoned.offset}`;
}

/** As the language writes it, but for the zero before an hour of one digit. */
function words(at: number, zone: string, locale: string, options: Intl.DateTimeFormatOptions): string {
  const clock = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  const parts = new Intl.DateTimeFormat(locale, { timeZone: zone, ...clock, ...options }).formatToParts(at);
  return parts
    .map(({ type, value }) => (type === 'hour' ? value.replace(/^[0\u0660](?=.)/, '') : value))
    .join('');
}

/** `9:00` */
export const clockTime = (at: number, zone: string, locale: string): string => words(at, zone, locale, {});

/** `Monday 23 November at 9:00` */
export const dayAndTime = (at: number, zone: string, locale: string): string =>
  words(at, zone, locale, { weekday: 'long', day: 'numeric', month: 'long' });

/** `Monday 23 November` */
export const dayName = (at: number, zone: string, locale: string): string =>
  new Intl.DateTimeFormat(locale, {
    timeZone: zone,
    weekday: 'long',
    day: 'numeric',
    month: 'long',
  }).format(at);

/** `2 days 3 hours`, `2 hours 5 minutes`, `38 minutes`: whole minutes, rounded down; beside days only hours. */
export function duration(ms: number, locale: string): string {
  const minutes = Math.floor(ms / 60_000);
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24];
  const units: [number, 'day' | 'hour' | 'minute'][] = [
    [days, 'day'],
    [hours, 'hour'],
    [days > 0 ? 0 : minutes % 60, 'minute'],
  ];
  const many = (count: number, unit: string): string =>
    new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(count);
  const named = units.filter(([count]) => count > 0);
  return new Intl.ListFormat(locale, { type: 'unit', style: 'narrow' }).format(
    (named.length > 0 ? named : [[0, 'minute'] as const]).map(([count, unit]) => many(count, unit)),
  );
}
