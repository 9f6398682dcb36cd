import { dateIn } from './calendar-days.js';

/** How dates with slashes are meant: day first or month first. */
export type DateOrder = 'dmy' | 'mdy';
export const DATE_ORDERS = ['dmy', 'mdy'] as const;

/** A time as readTime takes it, or what is wrong with it. */
export type ImportedTime = { ok: true; text: string } | { ok: false; message: string };

const ISO = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ]+(.+))?$/i;
const DOTS = /^(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4}|\d{2})(?:,?\s+(.+))?$/;
const SLASHES = /^(\d{1,2})[/-](\d{1,2})[/-](\d{4}|\d{2})(?:,?\s+(.+))?$/;
const CLOCK =
  /^(\d{1,2})(?:[:.h](\d{2}))?(?:[:.](\d{2})(?:\.\d+)?)?\s*(?:(am|pm|a\.m\.|p\.m\.)|uhr|h)?\s*(z|[+-]\d\d(?::?\d\d)?)?$/i;

const two = (number: number): string => String(number).padStart(2, '0');

/** `9:00`, `9.00`, `9:00 AM`, `09:00:00+01:00` -> `09:00`, with offset where it has one; undefined for anything else. */
export function clockOf(text: string): string | undefined {
  const [, hour = '', minute, second, half, offset = ''] = CLOCK.exec(text.trim()) ?? [];
  if (hour === '' || (minute === undefined && half === undefined && !/uhr|h/i.test(text))) return undefined;
  let hours = Number(hour);
  if (half !== undefined) {
    if (hours < 1 || hours > 12) return undefined;
    hours = (hours % 12) + (/^p/i.test(half) ? 12 : 0);
  }
  if (hours > 23 || Number(minute ?? 0) > 59) return undefined;
  const seconds = second === undefined || second === '00' ? '' : `:${second}`;
  return `${two(hours)}:${minute ?? '00'}${seconds}${offset.toUpperCase()}`;
}

const wrong = (text: string): ImportedTime => ({
  ok: false,
  message: `"${text.slice(0, 40)}" is no date and time. Right would be 2026-11-23 09:00, 23.11.2026 9:00, or 11/23/2026 9:00 AM.`,
});

interface FoundDate {
  date: string;
  clock: string | undefined;
}

const year = (text: string): string => (text.length === 2 ? `20${text}` : text);

/** Day and month of a date with slashes; undefined where both readings are possible and none is chosen. */
function dayAndMonth(first: number, second: number, order: DateOrder | undefined) {
  if (order === 'dmy') return { day: first, month: second };
  if (order === 'mdy') return { day: second, month: first };
  if (first > 12 || first === second) return { day: first, month: second };
  return second > 12 ? { day: second, month: first } : undefined;
}

function findDate(text: string, order: DateOrder | undefined): FoundDate | { message: string } | undefined {
  const iso = ISO.exec(text);
  if (iso) {
    const [, y = '', m = '', d = '', clock] = iso;
    return { date: `${y}-${two(Number(m))}-${two(Number(d))}`, clock };
  }
  const dots = DOTS.exec(text);
  if (dots) {
    const [, d = '', m = '', y = '', clock] = dots;
    return { date: `${year(y)}-${two(Number(m))}-${two(Number(d))}`, clock };
  }
  const slashes = SLASHES.exec(text);
  if (!slashes) return undefined;
  const [, a = '', b = '', y = '', clock] = slashes;
  const found = dayAndMonth(Number(a), Number(b), order);
  if (!found) {
    const dmy = `${year(y)}-${two(Number(b))}-${two(Number(a))}`;
    const mdy = `${year(y)}-${two(Number(a))}-${two(Number(b))}`;
    return {
      message: `"${text.slice(0, 40)}" may be ${dmy} or ${mdy}. Say for the file whether the day or the month comes first.`,
    };
  }
  return { date: `${year(y)}-${two(found.month)}-${two(found.day)}`, clock };
}

/** A date and a time, in one cell or in two, as people and spreadsheets write them. */
export function readImportedTime(text: string, order: DateOrder | undefined, time?: string): ImportedTime {
  const found = findDate(text.trim(), order);
  if (!found) return wrong(text);
  if ('message' in found) return { ok: false, message: found.message };
  const midnight = time !== undefined && /^0?0(?::00){1,2}$/.test(found.clock ?? '');
  const given = time === undefined || time.trim() === '' ? found.clock : time;
  if (given === undefined)
    return {
      ok: false,
      message: `"${text.slice(0, 40)}" has no time of day. Right would be ${found.date} 09:00.`,
    };
  // Spreadsheets write midnight behind a date whose time stands in a cell of its own.
  if (given === time && found.clock !== undefined && !midnight && time.trim() !== '')
    return { ok: false, message: `"${text.slice(0, 40)}" has a time already, beside the column of times.` };
  const clock = clockOf(given);
  return clock === undefined
    ? wrong(`${text} ${time ?? ''}`.trim())
    : { ok: true, text: `${found.date}T${clock}` };
}

/** An end: a date and time, or a time of the day of the arrival. */
export function readImportedEnd(
  text: string,
  order: DateOrder | undefined,
  arrival: { at: number; zone: string } | undefined,
): ImportedTime {
  const clock = clockOf(text);
  if (clock === undefined) return readImportedTime(text, order);
  // What is wrong with the arrival is said of the arrival.
  if (!arrival) return { ok: true, text: '' };
  return { ok: true, text: `${dateIn(arrival.at, arrival.zone)}T${clock}` };
}

const HOURS_AND_MINUTES = /^(\d{1,4}):([0-5]\d)(?::00)?$/;
const AMOUNT = /^(\d{1,6}(?:[.,]\d{1,2})?)\s*([\p{L}.]*)$/u;
const UNITS: [RegExp, number][] = [
  [/^(?:|m|min|mins|minuten?|minutes?|minutos?|minuti|minuten|minuut|dakika)$/, 1],
  [/^(?:h|hrs?|hours?|std|stunden?|heures?|horas?|ore|ora|uur|uren|saat)$/, 60],
  [/^(?:d|days?|tage?|jours?|d[ií]as?|giorn[oi]|dag|dagen|g[uü]n)$/, 1440],
];

/** Minutes of a duration: `90`, `90 min`, `1:30`, `1.5 h`, `2 days`; undefined for anything else. */
export function minutesOf(text: string): number | undefined {
  const trimmed = text.trim().toLowerCase();
  const [, hours, minutes] = HOURS_AND_MINUTES.exec(trimmed) ?? [];
  if (hours !== undefined) return Number(hours) * 60 + Number(minutes);
  const [, amount, unit = ''] = AMOUNT.exec(trimmed) ?? [];
  if (amount === undefined) return undefined;
  const times = UNITS.find(([names]) => names.test(unit.replace(/\.$/, '')))?.[1];
  const total = times === undefined ? undefined : Number(amount.replace(',', '.')) * times;
  return total !== undefined && Number.isInteger(total) ? total : undefined;
}
