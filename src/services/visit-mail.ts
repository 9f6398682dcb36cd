import { newId } from '../domain/id.js';
import type { VisitorMailKind } from '../domain/mail.js';
import type { FieldProblem } from '../domain/problem.js';
import type { Settings } from '../domain/settings.js';
import { isOver, type Visit } from '../domain/visit.js';
import { windowOf } from '../domain/window.js';
import type { Transition } from '../redis/visits.js';

/** What is wrong with the language in which a visitor is to be written to. */
export const languageProblems = (
  languages: readonly string[],
  { language }: Pick<Visit, 'language'>,
): FieldProblem[] =>
  language === undefined || languages.includes(language)
    ? []
    : [
        {
          field: 'language',
          message: `There is no language "${language}". There are: ${languages.join(', ')}.`,
        },
      ];

/** Part of a transition: what the visitor is told by mail. */
type Told = Pick<Transition, 'mail'>;

const none: Told = {};
const told = (kind: VisitorMailKind, always: boolean): Told => ({ mail: { kind, always, id: newId() } });

/** Who asked for something else than the settings say: true or false; undefined: they decide. */
export type Notify = boolean | undefined;

/** Can a PIN still be of use to this visitor, who can be reached? */
const reachable = (visit: Visit, now: number): boolean =>
  visit.email !== undefined &&
  visit.cancelledAt === undefined &&
  visit.checkedOutAt === undefined &&
  !isOver(visit, now);

/** At registration: id of the mail with the PIN. */
export function registrationMail(
  visit: Visit,
  settings: Settings,
  notify: Notify,
  now: number,
): string | undefined {
  const wanted = notify ?? settings['mail.onRegistration'];
  return wanted && reachable(visit, now) ? newId() : undefined;
}

function timesDiffer(a: Visit, b: Visit): boolean {
  const facts = ({ terms, startedAt, timeZone }: Visit) => {
    const window = windowOf(terms, startedAt);
    return [terms.arrivalAt, terms.durationMs, terms.endAt, window?.from, window?.until, timeZone].join(' ');
  };
  return facts(a) !== facts(b);
}

/** A visitor hears of other times; one who is reached at another address now gets the PIN there. */
export function changeMail(
  before: Visit,
  after: Visit,
  settings: Settings,
  notify: Notify,
  now: number,
): Told {
  if (notify === false || !reachable(after, now)) return none;
  if (after.email !== before.email && (notify || settings['mail.onRegistration']))
    return told('registered', true);
  if (notify) return told('changed', true);
  return settings['mail.onChange'] && timesDiffer(before, after) ? told('changed', false) : none;
}

/** A new PIN goes to whoever has an address. */
export function reissueMail(after: Visit, settings: Settings, notify: Notify, now: number): Told {
  const wanted = notify ?? settings['mail.onRegistration'];
  return wanted && reachable(after, now) ? told('reissued', true) : none;
}

/** Nobody is told that a visit is off which is over, or which he never heard of. What was not sent yet is not sent. */
export function cancellationMail(before: Visit, settings: Settings, notify: Notify, now: number): Told {
  if (notify === false || !settings['mail.onCancellation']) return notify ? told('cancelled', true) : none;
  return reachable(before, now) ? told('cancelled', notify === true) : none;
}

/** The host hears of a visitor who is here. */
export const arrivalMail = (after: Visit, settings: Settings): Pick<Transition, 'tellHost'> =>
  after.hostEmail !== undefined && settings['mail.onArrival'] ? { tellHost: true } : {};
