import { clockTime, dayAndTime, duration } from '../../domain/local-time.js';
import { pinGroups } from '../../domain/pin.js';
import type { Print, PrintedVisit, Printing } from '../../services/print.js';
import type { Page } from '../pages/page.js';
import { PRINT_TEXTS, type PrintTexts } from './print-texts.js';

export const PAPERS = ['card', 'a4'] as const;
/** One badge a page of its own size, or ten on a page of A4. */
export type Paper = (typeof PAPERS)[number];

/** What to print: a day, badges or sheets. */
export const printPage = (data: {
  day: string;
  what: Print;
  paper: Paper;
  fault?: string | undefined;
}): Page => ({
  template: 'admin/print',
  data: { fault: undefined, ...data },
});

const ENGLISH = PRINT_TEXTS.en as PrintTexts;

/** `Monday 23 November at 9:00 to 10:00`, the day of the end only where it is another one. */
function timesOf({ visit, window }: PrintedVisit, { locale, untilDay }: PrintTexts): string {
  const zone = visit.timeZone;
  const moment = (at: number): string => dayAndTime(at, zone, locale);
  if (!window) return `${moment(visit.terms.arrivalAt)} (${duration(visit.terms.durationMs, locale)})`;
  const from = Math.max(window.from, visit.terms.arrivalAt);
  const day = (at: number): string => moment(at).replace(clockTime(at, zone, locale), '');
  const sameDay = day(from) === day(window.until);
  return untilDay(moment(from), sameDay ? clockTime(window.until, zone, locale) : moment(window.until));
}

/** Long names in smaller letters, so that they stay on the card. */
const sizeOf = (name: string): 'long' | 'medium' | '' =>
  [...name].length > 40 ? 'long' : [...name].length > 22 ? 'medium' : '';

function printedOf(one: PrintedVisit, { languages, wifi }: Printing) {
  const { visit, claim, pin } = one;
  const lang =
    [visit.language, languages[0], 'en'].find((tag) => tag !== undefined && PRINT_TEXTS[tag]) ?? 'en';
  const texts = PRINT_TEXTS[lang] ?? ENGLISH;
  return {
    lang,
    dir: texts.dir,
    texts,
    name: visit.name,
    size: sizeOf(visit.name),
    host: visit.host,
    day: dayAndTime(visit.terms.arrivalAt, visit.timeZone, texts.locale),
    times: timesOf(one, texts),
    zone: visit.timeZone,
    steps: visit.hasToken
      ? [wifi ? texts.join(wifi.ssid) : texts.joinPlain, texts.open, texts.help]
      : [texts.checkIn, texts.help],
    wifi: visit.hasToken ? wifi : undefined,
    claim,
    pin: pin === undefined ? undefined : pinGroups(pin).join(' \u00b7 '),
  };
}

/** The pages that go to the printer: nothing else stands on them. */
export const printedPage = (printing: Printing, what: Print, paper: Paper): Page => ({
  template: what === 'badge' ? 'admin/print-badges' : 'admin/print-sheets',
  data: {
    siteName: printing.siteName,
    deskHint: printing.deskHint,
    paper,
    visits: printing.visits.map((one) => printedOf(one, printing)),
  },
});
