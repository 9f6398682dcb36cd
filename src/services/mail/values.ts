import { clockTime, dayAndTime, dayName, duration, localOf } from '../../domain/local-time.js';
import type { TagValues } from '../../domain/mail-template.js';
import { fill } from '../../domain/mail-template.js';
import type { Settings } from '../../domain/settings.js';
import type { Visit } from '../../domain/visit.js';
import { opensAt, startBy, windowOf } from '../../domain/window.js';
import type { MailTexts } from './texts/catalogue.js';

const plain = (text: string): string => text;

export const siteName = (values: Settings, texts: MailTexts): string => values['site.name'] || texts.noName;

/** What is filled into the pattern that this window is told by; before it is known where a token begins, its rule. */
function whenOf(visit: Visit, texts: MailTexts): string {
  const { terms, timeZone: zone } = visit;
  const { locale } = texts;
  const day = (at: number): string => dayAndTime(at, zone, locale);
  const zoned = (said: string): string => `${said} (${zone})`;
  if (!visit.hasToken) return zoned(day(terms.arrivalAt));
  const window = windowOf(terms, visit.startedAt);
  const arrival = day(terms.arrivalAt);
  if (window) return zoned(span(window, zone, texts));
  const lasts =
    terms.endAt === undefined
      ? duration(terms.durationMs, locale)
      : span({ from: terms.arrivalAt, until: terms.endAt }, zone, texts);
  if (terms.validFrom === 'check-in')
    return zoned(fill(texts.afterCheckIn, { duration: lasts, arrival }, plain));
  const last = startBy(terms);
  return zoned(
    fill(
      texts.afterFirstUse,
      { duration: lasts, from: day(opensAt(terms)), until: last === undefined ? '' : day(last) },
      plain,
    ),
  );
}

/** `Monday 23 November, 9:00 to 10:00`; with both days where there are two. */
function span({ from, until }: { from: number; until: number }, zone: string, texts: MailTexts): string {
  const { locale } = texts;
  const sameDay = localOf(from, zone).slice(0, 10) === localOf(until, zone).slice(0, 10);
  if (!sameDay)
    return patterned(texts.days, {
      from: dayAndTime(from, zone, locale),
      until: dayAndTime(until, zone, locale),
    });
  return patterned(texts.span, {
    day: dayName(from, zone, locale),
    from: clockTime(from, zone, locale),
    until: clockTime(until, zone, locale),
  });
}

const patterned = (pattern: string, values: Record<string, string>): string =>
  pattern.replace(/\{([a-z]+)\}/g, (tag, name: string) => values[name] ?? tag);

/** Everything that a mail about a visit may say, but the PIN and what leads to it. */
export function visitValues(visit: Visit, settings: Settings, texts: MailTexts): TagValues {
  const { terms, timeZone: zone } = visit;
  const { locale } = texts;
  const window = visit.hasToken ? windowOf(terms, visit.startedAt) : undefined;
  const lasts = terms.endAt === undefined ? terms.durationMs : terms.endAt - terms.arrivalAt;
  return {
    fullname: visit.name,
    host: visit.host ?? visit.hostEmail ?? '',
    sitename: siteName(settings, texts),
    arrival: dayAndTime(terms.arrivalAt, zone, locale),
    when: whenOf(visit, texts),
    from: window ? dayAndTime(window.from, zone, locale) : '',
    until: window ? dayAndTime(window.until, zone, locale) : '',
    duration: duration(lasts, locale),
    timezone: zone,
    use: visit.hasToken ? texts.use.wifi : texts.use.checkInOnly,
    devices: visit.hasToken ? new Intl.NumberFormat(locale).format(visit.maxDevices) : '',
    network: visit.hasToken ? settings['portal.ssid'] : '',
    desk: settings['portal.deskHint'],
  };
}

/** Data of a mail that belongs to no visit. Texts are of people and go nowhere else. */
export interface FreeMailData {
  name?: string;
  /** Of whom it is about, where it goes to somebody else: no mail says it, erasing finds it. */
  email?: string;
  /** Of the device of whom it is about, for the same. */
  mac?: string;
  host?: string;
  /** Address of the page that the mail is about. */
  link?: string;
  purpose?: string;
  /** `walk-in-answer`. */
  answer?: 'declined';
  /** `team-link`. */
  task?: 'invitation' | 'reset';
}

export function freeValues(
  data: FreeMailData,
  settings: Settings,
  texts: MailTexts,
  expiresAt: number | undefined,
): TagValues {
  const zone = settings['site.timeZone'];
  return {
    fullname: data.name ?? '',
    host: data.host ?? '',
    sitename: siteName(settings, texts),
    purpose: data.purpose ?? '',
    link: data.link ?? '',
    answer: data.answer === undefined ? '' : texts.walkInAnswer[data.answer],
    task:
      data.task === undefined
        ? ''
        : fill(texts.teamLink[data.task], { sitename: siteName(settings, texts) }, plain),
    expires: expiresAt === undefined ? '' : dayAndTime(expiresAt, zone, texts.locale),
    desk: settings['portal.deskHint'],
  };
}
