import { slot } from './chunks.js';
import type { Look } from './look.js';

/** What every page's `<main>` says in `data-state`, for whoever watches from outside: no page has another value. */
export type PageState =
  | 'pin'
  | 'connecting'
  | 'handoff'
  | 'connected'
  | 'early'
  | 'expired'
  | 'refused'
  | 'throttled'
  | 'email'
  | 'device-limit'
  | 'check-in-only'
  | 'unknown-client'
  | 'unavailable'
  | 'ended';

/** One page for one visitor. Pages of the same look and key are the same but for what is inserted. */
export interface Page {
  look: Look;
  key: string;
  state: PageState;
  /** The page with its slots open. */
  template: 'guest/pin' | 'guest/notice' | 'guest/terms';
  data: () => object;
  inserts: Readonly<Record<string, string>>;
}

/** Where the page can be had again, in another language: a path, and the sealed reference that goes with it. */
export interface Here {
  path: string;
  s?: string;
}

/** What the PIN form carries. */
export interface PinForm {
  /** The sealed redirect. */
  state: string;
  /** The sealed reference for the pages that lead back here. */
  again: string;
  /** Filled in for the holder of a claim link, and never with what was typed. */
  pin?: string;
  /** The second field is there where this is not undefined. */
  email?: string;
}

export interface Link {
  href: string;
  text: string;
}

const ICONS = {
  wifi: 'M2 9a15 15 0 0 1 20 0M5.2 12.6a10 10 0 0 1 13.6 0M8.5 16.1a5 5 0 0 1 7 0M12 19.6h.01',
  globe:
    'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M3 12h18M12 3c2.5 2.6 3.7 5.6 3.7 9s-1.2 6.4-3.7 9c-2.5-2.6-3.7-5.6-3.7-9S9.5 5.6 12 3',
  off: 'M3 3l18 18M8.5 16.1a5 5 0 0 1 7 0M5.2 12.6a10 10 0 0 1 4.6-2.4M14.6 10.3a10 10 0 0 1 4.2 2.3M2 9a15 15 0 0 1 4-2.6M10 5.2A15 15 0 0 1 22 9M12 19.6h.01',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  clock: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M12 7.5V12l3 2',
  alert: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M12 7.8v4.7M12 16.2h.01',
  devices:
    'M4 17V6a1 1 0 0 1 1-1h13M2 17h10M15 9h5a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1h-5a1 1 0 0 1-1-1v-8a1 1 0 0 1 1-1',
  mail: 'M4 5.5h16a1 1 0 0 1 1 1v11a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1v-11a1 1 0 0 1 1-1M3.5 7l8.5 6 8.5-6',
  badge:
    'M6 3h12a1 1 0 0 1 1 1v16a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1M12 8a2.2 2.2 0 1 0 0 4.4A2.2 2.2 0 0 0 12 8M8.5 17a3.6 3.6 0 0 1 7 0',
};

interface Problem {
  state: PageState;
  tone: 'bad' | 'warn';
  icon: string;
  title: string;
  text: string;
  /** The field in which something wrong was typed. */
  wrong?: 'pin' | 'email';
}

const frame = (look: Look, title: string, here: Here) => ({
  ...look,
  title: look.texts.pageTitle(title, look.name),
  wifi: ICONS.wifi,
  globe: ICONS.globe,
  others: look.languages.filter(({ lang }) => lang !== look.texts.lang),
  here: { path: slot('path'), ...(here.s === undefined ? {} : { s: slot('s') }) },
});

const hereInserts = ({ path, s }: Here): Record<string, string> => ({
  path,
  ...(s === undefined ? {} : { s }),
});

interface FormContent {
  state: PageState;
  /** What of the page is not as its state alone would have it. */
  variant?: string;
  title: string;
  button?: string;
  devices?: { slot: string; name: string }[];
  heading?: string;
  note?: string;
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
      note: '',
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

export function pinPage(look: Look, fields: PinForm, note?: PinNote): Page {
  const { title, [note ?? 'title']: text } = look.texts.pin;
  const words = note ? { variant: note, note: text } : {};
  return formPage(look, fields, { state: 'pin', title, heading: title, ...words });
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
  const title = look.texts.errorTitle(problem.title);
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

/** `when` is undefined where the desk has to check the visitor in first. */
export function earlyPage(look: Look, fields: PinForm, when: string | undefined): Page {
  const { title, text, checkInTitle, checkInText } = look.texts.early;
  const common = { state: 'early', tone: 'warn', icon: ICONS.clock } as const;
  if (when === undefined)
    return problemPage(
      look,
      fields,
      { ...common, title: checkInTitle, text: checkInText },
      { variant: 'check-in' },
    );
  return problemPage(look, fields, { ...common, title: title(slot('when')), text }, { inserts: { when } });
}

export function expiredPage(look: Look, fields: PinForm, when: string): Page {
  const { title, text } = look.texts.expired;
  return problemPage(
    look,
    fields,
    { state: 'expired', tone: 'warn', icon: ICONS.clock, title: title(slot('when')), text },
    { inserts: { when } },
  );
}

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
export function throttledPage(look: Look, fields: PinForm, wait: string): Page {
  const { title, text } = look.texts.throttled;
  return problemPage(
    look,
    fields,
    { state: 'throttled', tone: 'warn', icon: ICONS.clock, title: title(slot('wait')), text },
    { inserts: { wait } },
  );
}

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

interface Notice {
  state: PageState;
  variant?: string;
  heading: string;
  paragraphs: string[];
  icon: string;
  tone: 'good' | 'warn' | 'calm';
  /** A wait that goes on by itself. */
  busy?: boolean;
  link?: Link;
  /** The form with which a device leaves. */
  leave?: { s: string; text: string };
  /** Seconds, then optionally where to: the page goes on by a full navigation. */
  refresh?: string;
  until?: string;
}

const notice = (
  look: Look,
  here: Here,
  { variant = '', ...content }: Notice,
  inserts: Record<string, string> = {},
): Page => ({
  look,
  key: `${content.state} ${variant}`,
  state: content.state,
  template: 'guest/notice',
  data: () => ({ ...frame(look, content.heading, here), ...content }),
  inserts: { ...hereInserts(here), ...inserts },
});

/** The status page of a client, by its sealed reference. */
const statusHere = (s: string): Here => ({ path: '/status', s });
const statusSlot = `/status?s=${slot('s')}`;

/** `s`: the sealed reference for the next look. */
export function connectingPage(look: Look, until: string, s: string, slow: boolean): Page {
  const { title, text, slowTitle, slowText } = look.texts.connecting;
  const common = { state: 'connecting', icon: ICONS.clock } as const;
  const words = slow
    ? { variant: 'slow', heading: slowTitle, paragraphs: [slowText], tone: 'warn' as const }
    : { heading: title, paragraphs: [text(slot('until'))], tone: 'calm' as const, busy: true };
  const refresh = `${slow ? 10 : 2};url=${statusSlot}`;
  return notice(look, statusHere(s), { ...common, ...words, refresh }, { until });
}

/** `clock`, `left`: the end and what is left until then, in words. `s`: the sealed reference of this client. */
export function connectedPage(
  look: Look,
  online: { until: number; clock: string; left: string; lookAgainMs: number; s: string },
): Page {
  const { title, text, leave } = look.texts.connected;
  const content: Notice = {
    state: 'connected',
    heading: title(slot('clock')),
    paragraphs: [text(slot('left'))],
    icon: ICONS.check,
    tone: 'good',
    until: slot('until'),
    refresh: `${slot('seconds')};url=${statusSlot}`,
    leave: { s: slot('s'), text: leave },
  };
  const { until, clock, left, lookAgainMs, s } = online;
  return notice(look, statusHere(s), content, {
    until: new Date(until).toISOString(),
    clock,
    left,
    seconds: String(Math.ceil(lookAgainMs / 1000)),
  });
}

/** `again`: the sealed reference for the PIN page. */
export function endedPage(look: Look, again: string): Page {
  const { title, text, link } = look.texts.ended;
  const content = { heading: title, paragraphs: [text], link: { href: `/?s=${slot('s')}`, text: link } };
  return notice(look, statusHere(again), { state: 'ended', icon: ICONS.off, tone: 'calm', ...content });
}

/** Routers without an API are told by the visitor's own browser: a link that the page follows by itself. */
export function handoffPage(look: Look, { url, s }: { url: string; s: string }): Page {
  const { title, text, button } = look.texts.handoff;
  const content: Notice = {
    state: 'handoff',
    heading: title,
    paragraphs: [text],
    icon: ICONS.wifi,
    tone: 'calm',
    link: { href: slot('url'), text: button },
    refresh: `1;url=${slot('url')}`,
  };
  return notice(look, statusHere(s), content, { url });
}

/** `claim`: the claim link by which the visitor came, which will work once the Wi-Fi is joined. */
export function unknownClientPage(look: Look, claim?: string): Page {
  const { title, text, claim: claimText, desk, link } = look.texts.unknownClient;
  const content: Notice = {
    state: 'unknown-client',
    ...(claim === undefined ? {} : { variant: 'claim' }),
    heading: title,
    paragraphs: [claim === undefined ? text : claimText, desk],
    icon: ICONS.wifi,
    tone: 'calm',
    link: { href: slot('path'), text: link },
  };
  return notice(look, { path: claim ?? '/' }, content);
}

export function notFoundPage(look: Look): Page {
  const { title, text, link } = look.texts.notFound;
  const content = { heading: title, paragraphs: [text], link: { href: '/', text: link } };
  const looks = { icon: ICONS.wifi, tone: 'calm' } as const;
  return notice(look, { path: '/' }, { state: 'unknown-client', variant: 'not-found', ...looks, ...content });
}

/** `again`: where the page goes on by itself; undefined for the address that it has. */
export function unavailablePage(look: Look, again: string | undefined): Page {
  const { title, text, link } = look.texts.unavailable;
  const where =
    again === undefined
      ? { href: '', refresh: '5' }
      : { href: slot('again'), refresh: `5;url=${slot('again')}` };
  const content: Notice = {
    state: 'unavailable',
    variant: again === undefined ? 'here' : 'again',
    heading: title,
    paragraphs: [text],
    icon: ICONS.clock,
    tone: 'warn',
    link: { href: where.href, text: link },
    refresh: where.refresh,
  };
  return notice(look, { path: '/' }, content, { again: again ?? '' });
}

export function brokenPage(look: Look, reference: string): Page {
  const { title, text, link } = look.texts.broken;
  const content: Notice = {
    state: 'unavailable',
    variant: 'broken',
    heading: title,
    paragraphs: [text(slot('reference'))],
    icon: ICONS.alert,
    tone: 'warn',
    link: { href: '/', text: link },
  };
  return notice(look, { path: '/' }, content, { reference });
}

/** The operator's terms of use. `again`: the sealed reference for the PIN page, where the client is known. */
export function termsPage(look: Look, again: string | undefined): Page {
  const here: Here = { path: '/terms', ...(again === undefined ? {} : { s: again }) };
  const { title } = look.texts.terms;
  const back = again === undefined ? '/' : `/?s=${slot('s')}`;
  return {
    look,
    key: again === undefined ? 'terms' : 'terms of a client',
    state: 'pin',
    template: 'guest/terms',
    data: () => ({ ...frame(look, title, here), state: 'pin', back }),
    inserts: hereInserts(here),
  };
}
