import ical, { ICalCalendarMethod, ICalEventStatus } from 'ical-generator';
import { fillSubject } from '../../domain/mail-template.js';
import type { Settings } from '../../domain/settings.js';
import type { Visit } from '../../domain/visit.js';
import type { MailTexts } from './texts/catalogue.js';
import { siteName } from './values.js';

export interface CalendarFile {
  method: 'PUBLISH' | 'CANCEL';
  content: string;
}

/**
 * The visit for the visitor's calendar. Published, not requested: a request would have mail programs answer to a sender that
 * nobody reads. The PIN is not in it: calendars are shared with colleagues and kept for years. `sequence` grows with
 * every change, so that a later file takes the place of an earlier one.
 */
export function calendarFile(
  visit: Visit,
  settings: Settings,
  texts: MailTexts,
  sequence: number,
  organizer: string,
  now: number,
): CalendarFile {
  const { terms } = visit;
  const name = siteName(settings, texts);
  const cancelled = visit.cancelledAt !== undefined;
  const method = cancelled ? ICalCalendarMethod.CANCEL : ICalCalendarMethod.PUBLISH;
  const calendar = ical({ prodId: { company: 'Foyer', product: 'Foyer', language: 'EN' }, method });
  calendar.createEvent({
    id: `visit-${visit.id}.foyer`,
    sequence,
    stamp: new Date(now),
    start: new Date(terms.arrivalAt),
    end: new Date(terms.endAt ?? terms.arrivalAt + terms.durationMs),
    summary: fillSubject(texts.calendar, { sitename: name }),
    location: name,
    organizer: { name, email: organizer },
    status: cancelled ? ICalEventStatus.CANCELLED : ICalEventStatus.CONFIRMED,
  });
  return { method: cancelled ? 'CANCEL' : 'PUBLISH', content: calendar.toString() };
}
