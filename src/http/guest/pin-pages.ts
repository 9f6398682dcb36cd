import { slot } from './chunks.js';
import type { Look } from './look.js';
import { frame, type Here, hereInserts, ICONS, type Page, type PageState } from './page.js';

/** What the PIN form carries. */
export interface PinForm {
  /** The sealed redirect. */
  state: string;
  /** The sealed reference for the pages that lead back here. */
  again: string;
  /** Filled in for the holder of a claim link, and where a form could not be judged; never after a wrong PIN. */
  pin?: string;
  /** The second field is there where this is not undefined. */
  email?: string;
}

interface Problem {
  state: PageState;
  tone: 'bad' | 'warn';
  icon: string;
  title: string;
  text: string;
  /** The field in which something wrong was typed. */
  wrong?: 'pin' | 'email';
}

interface FormContent {
  state: PageState;
  /** What of the page is not as its state alone would have it. */
  variant?: string;
  title: string;
  button?: string;
  devices?: { slot: string; name: string }[];
  heading?: string;
  notes?: string[];
  problem?: Omit<Problem, 'state'>;
}

/** A page with the PIN form. */
function formPage(
  look: Look,
  fields: PinForm,
  { state, variant = '', title, ...content }: FormContent,
  inserts: Record<string, string> = {},
): Page {
  const here: Here = { path: '/', s: fields.again };
  const form = {
    state: slot('state'),
    ...(fields.pin === undefined ? {} : { pin: slot('pin') }),
    ...(fields.email === undefined ? {} : { email: slot('email') }),
  };
  return {
    look,
    key: [state, variant, ...Object.keys(form)].join(' '),
    state,
    template: 'guest/pin',
    data: () => ({
      ...frame(look, title, here),
      button: look.texts.pin.button,
      devices: [],
      notes: [],
      problem: null,
      ...content,
      state,
      form,
    }),
    inserts: {
      ...hereInserts(here),
      state: fields.state,
      pin: fields.pin ?? '',
      email: fields.email ?? '',
      ...inserts,
    },
  };
}

/** What stands above the field of a PIN page on which nothing is wrong. */
export type PinNote = 'again' | 'claimed' | 'unknownLink';

/** `until`: how long the device is online already, in words. */
export function pinPage(look: Look, fields: PinForm, note?: PinNote, until?: string): Page {
  const { title, [note ?? 'title']: text } = look.texts.pin;
  const content = { state: 'pin', title, heading: title } as const;
  if (note === undefined) return formPage(look, fields, content);
  if (until === undefined) return formPage(look, fields, { ...content, variant: note, notes: [text] });
  const notes = [look.texts.connected.title(slot('until')), text];
  return formPage(look, fields, { ...content, variant: `${note} online`, notes }, { until });
}

function problemPage(
  look: Look,
  fields: PinForm,
  { state, ...problem }: Problem,
  more: Partial<Pick<FormContent, 'variant' | 'button' | 'devices'>> & {
    inserts?: Record<string, string>;
  } = {},
): Page {
  const { inserts, ...content } = more;
  // Who is early or late did nothing wrong.
  const wrong = problem.tone === 'bad' || problem.wrong !== undefined;
  const title = wrong ? look.texts.errorTitle(problem.title) : problem.title;
  return formPage(look, fields, { state, title, problem, ...content }, inserts);
}

function refused(
  look: Look,
  fields: PinForm,
  variant: string,
  text: { title: string; text: string },
  wrong?: 'pin',
): Page {
  const problem = { state: 'refused', tone: 'bad', icon: ICONS.alert, ...text } as const;
  return problemPage(look, fields, { ...problem, ...(wrong ? { wrong } : {}) }, { variant });
}

/** What was typed is no PIN at all. */
export const malformedPage = (look: Look, fields: PinForm): Page =>
  refused(look, fields, 'malformed', look.texts.malformed, 'pin');
/** What was sent did not come from the form. */
export const notFormPage = (look: Look, fields: PinForm): Page =>
  refused(look, fields, 'not-form', look.texts.notForm);
export function refusedPage(look: Look, fields: PinForm): Page {
  const { title, text, withEmail } = look.texts.refused;
  return refused(look, fields, '', { title, text: fields.email === undefined ? text : withEmail }, 'pin');
}

/** The title says when, or how long. */
function timedPage(
  look: Look,
  fields: PinForm,
  state: 'early' | 'expired' | 'throttled',
  time: string,
): Page {
  const { title, text } = look.texts[state];
  return problemPage(
    look,
    fields,
    { state, tone: 'warn', icon: ICONS.clock, title: title(slot('time')), text },
    { inserts: { time } },
  );
}

/** `when` is undefined where the desk has to check the visitor in first. */
export function earlyPage(look: Look, fields: PinForm, when: string | undefined): Page {
  if (when !== undefined) return timedPage(look, fields, 'early', when);
  const { checkInTitle: title, checkInText: text } = look.texts.early;
  const problem = { state: 'early', tone: 'warn', icon: ICONS.clock, title, text } as const;
  return problemPage(look, fields, problem, { variant: 'check-in' });
}

export const expiredPage = (look: Look, fields: PinForm, when: string): Page =>
  timedPage(look, fields, 'expired', when);

export const checkInOnlyPage = (look: Look, fields: PinForm): Page =>
  problemPage(look, fields, {
    state: 'check-in-only',
    tone: 'warn',
    icon: ICONS.badge,
    ...look.texts.checkInOnly,
  });

/** Asks for the e-mail address beside the PIN. */
export const emailPage = (look: Look, fields: PinForm): Page =>
  problemPage(
    look,
    { ...fields, email: fields.email ?? '' },
    { state: 'email', tone: 'warn', icon: ICONS.mail, ...look.texts.email, wrong: 'email' },
  );

/** `wait`: how long, in words. */
export const throttledPage = (look: Look, fields: PinForm, wait: string): Page =>
  timedPage(look, fields, 'throttled', wait);

/** One device that can be given up. */
export interface DeviceChoice {
  slot: string;
  /** End of its hardware address. */
  tail: string;
  since: string;
}

/** A choice of devices to give up; none where no replacement is left. */
export function deviceLimitPage(look: Look, fields: PinForm, devices: readonly DeviceChoice[]): Page {
  const { title, text, noneLeft, device, button } = look.texts.deviceLimit;
  const problem = { state: 'device-limit', tone: 'warn', icon: ICONS.devices, title } as const;
  if (devices.length === 0)
    return problemPage(look, fields, { ...problem, text: noneLeft }, { variant: 'none' });
  const choices = devices.map((_, n) => ({
    slot: slot(`slot${n}`),
    name: device(slot(`tail${n}`), slot(`since${n}`)),
  }));
  const inserts = Object.fromEntries(
    devices.flatMap((one, n) => [
      [`slot${n}`, one.slot],
      [`tail${n}`, one.tail],
      [`since${n}`, one.since],
    ]),
  );
  const more = { variant: `choice of ${devices.length}`, button, devices: choices, inserts };
  return problemPage(look, fields, { ...problem, text }, more);
}
