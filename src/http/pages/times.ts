import Negotiator from 'negotiator';
import { duration } from '../../domain/local-time.js';

/** Writes instants and numbers for the reader: in the site's zone, as the reader's language writes them. */
export interface Words {
  locale: string;
  zone: string;
  /** Epoch milliseconds of the answer. */
  now: number;
  /** `09:00` */
  clock(at: number): string;
  /** `Mon, 23 Nov` */
  day(at: number): string;
  /** `Mon, 23 Nov, 09:00` */
  moment(at: number): string;
  /** `in 38 minutes`, `2 hours ago` */
  relative(at: number): string;
  /** `38 minutes`: how long it is until then, rounded down. */
  left(at: number): string;
  /** `09:00:10` */
  seconds(at: number): string;
  number(value: number): string;
  /** For `<time datetime>`. */
  iso(at: number): string;
}

const UNITS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

/** The texts of these pages are English; how times and numbers are written follows the reader's language. */
export function localeOf(acceptLanguage: string | undefined): string {
  const asked = new Negotiator({ headers: { 'accept-language': acceptLanguage ?? '' } }).languages();
  const known = asked.find((tag) => {
    try {
      return Intl.DateTimeFormat.supportedLocalesOf(tag).length > 0;
    } catch {
      return false;
    }
  });
  return known ?? 'en-GB';
}

export function wordsIn(locale: string, zone: string, now: number): Words {
  const format = (options: Intl.DateTimeFormatOptions) => {
    const formatter = new Intl.DateTimeFormat(locale, { timeZone: zone, ...options });
    return (at: number): string => formatter.format(at);
  };
  const clock = { hour: '2-digit', minute: '2-digit' } as const;
  const day = { weekday: 'short', day: 'numeric', month: 'short' } as const;
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const number = new Intl.NumberFormat(locale);
  return {
    locale,
    zone,
    now,
    clock: format(clock),
    day: format(day),
    moment: format({ ...day, ...clock }),
    relative(at) {
      const ms = at - now;
      const [unit, length] = UNITS.find(([, least]) => Math.abs(ms) >= least) ?? ['minute', 60_000];
      return relative.format(Math.trunc(ms / length), unit);
    },
    left: (at) => (at - now < 60_000 ? 'less than a minute' : duration(at - now, 'en')),
    seconds: format({ ...clock, second: '2-digit' }),
    number: (value) => number.format(value),
    iso: (at) => new Date(at).toISOString(),
  };
}
