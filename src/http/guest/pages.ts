import type { Texts } from './texts/catalogue.js';

/** Whose network it is, in which language. */
export interface Look {
  texts: Texts;
  name: string;
  /** Below the name; `''` for none. */
  welcome: string;
  /** Where the desk is; `''` for none. */
  desk: string;
}

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

export interface Page {
  template: 'guest/pin' | 'guest/notice';
  data: { state: PageState } & Record<string, unknown>;
}

/** What the PIN form carries. */
export interface PinForm {
  /** The sealed redirect. */
  state: string;
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

const frame = ({ texts, name, welcome, desk }: Look, title: string) => ({
  lang: texts.lang,
  title: texts.pageTitle(title, name),
  texts,
  name,
  welcome,
  desk,
  wifi: ICONS.wifi,
});

const form = (look: Look, fields: PinForm) => ({ devices: [], form: fields, button: look.texts.pin.button });

/** The PIN page. `note` stands above the field. */
export function pinPage(look: Look, fields: PinForm, note = ''): Page {
  const { title } = look.texts.pin;
  const data = {
    ...frame(look, title),
    ...form(look, fields),
    state: 'pin' as const,
    problem: null,
    heading: title,
    note,
  };
  return { template: 'guest/pin', data };
}

function problemPage(look: Look, fields: PinForm, problem: Problem): Page {
  const title = look.texts.errorTitle(problem.title);
  return {
    template: 'guest/pin',
    data: { ...frame(look, title), ...form(look, fields), state: problem.state, problem },
  };
}

const refused = (look: Look, fields: PinForm, text: { title: string; text: string }, wrong?: 'pin'): Page =>
  problemPage(look, fields, {
    state: 'refused',
    tone: 'bad',
    icon: ICONS.alert,
    ...text,
    ...(wrong ? { wrong } : {}),
  });

/** What was typed is no PIN at all. */
export const malformedPage = (look: Look, fields: PinForm): Page =>
  refused(look, fields, look.texts.malformed, 'pin');
/** What was sent did not come from the form. */
export const notFormPage = (look: Look, fields: PinForm): Page => refused(look, fields, look.texts.notForm);
export function refusedPage(look: Look, fields: PinForm): Page {
  const { title, text, withEmail } = look.texts.refused;
  return refused(look, fields, { title, text: fields.email === undefined ? text : withEmail }, 'pin');
}

/** `when` is undefined where the desk has to check the visitor in first. */
export function earlyPage(look: Look, fields: PinForm, when: string | undefined): Page {
  const { title, text, checkInTitle, checkInText } = look.texts.early;
  const words =
    when === undefined ? { title: checkInTitle, text: checkInText } : { title: title(when), text };
  return problemPage(look, fields, { state: 'early', tone: 'warn', icon: ICONS.clock, ...words });
}

export function expiredPage(look: Look, fields: PinForm, when: string): Page {
  const { title, text } = look.texts.expired;
  return problemPage(look, fields, {
    state: 'expired',
    tone: 'warn',
    icon: ICONS.clock,
    title: title(when),
    text,
  });
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

export function throttledPage(look: Look, fields: PinForm, minutes: number): Page {
  const { title, text } = look.texts.throttled;
  return problemPage(look, fields, {
    state: 'throttled',
    tone: 'warn',
    icon: ICONS.clock,
    title: title(minutes),
    text,
  });
}

/** A choice of devices to give up; none where no replacement is left. */
export function deviceLimitPage(
  look: Look,
  fields: PinForm,
  devices: { slot: string; tail: string; since: string }[],
): Page {
  const { title, text, noneLeft, device, button } = look.texts.deviceLimit;
  const any = devices.length > 0;
  const words = { title, text: any ? text : noneLeft };
  const page = problemPage(look, fields, {
    state: 'device-limit',
    tone: 'warn',
    icon: ICONS.devices,
    ...words,
  });
  const choices = devices.map(({ slot, tail, since }) => ({ slot, name: device(tail, since) }));
  return { ...page, data: { ...page.data, devices: choices, ...(any ? { button } : {}) } };
}

interface Notice {
  state: PageState;
  heading: string;
  paragraphs: string[];
  icon: string;
  tone: 'good' | 'warn' | 'calm';
  /** A wait that goes on by itself. */
  busy?: boolean;
  link?: Link;
  post?: { method: string; action: string; fields: [string, string][]; text: string; quiet?: boolean };
  /** Seconds, then optionally where to: the page goes on by a full navigation. */
  refresh?: string;
  until?: string;
}

const notice = (look: Look, content: Notice): Page => ({
  template: 'guest/notice',
  data: { ...frame(look, content.heading), ...content },
});

/** `self`: the address of the next look. */
export function connectingPage(look: Look, until: string, self: string, slow: boolean): Page {
  const { title, text, slowTitle, slowText } = look.texts.connecting;
  const refresh = `${slow ? 10 : 2};url=${self}`;
  const common = { state: 'connecting', icon: ICONS.clock, refresh } as const;
  if (slow) return notice(look, { ...common, heading: slowTitle, paragraphs: [slowText], tone: 'warn' });
  return notice(look, { ...common, heading: title, paragraphs: [text(until)], tone: 'calm', busy: true });
}

/** `status`: the sealed reference that the form to leave carries; none where the gateway would not let go of the device. */
export function connectedPage(
  look: Look,
  online: { until: number; clock: string; leftMs: number; self: string; status?: string },
): Page {
  const { title, text, leave } = look.texts.connected;
  const lookAgainMs = Math.min(online.leftMs + 1000, 3_600_000);
  return notice(look, {
    state: 'connected',
    heading: title(online.clock),
    paragraphs: [text(look.texts.left(online.leftMs))],
    icon: ICONS.check,
    tone: 'good',
    until: new Date(online.until).toISOString(),
    refresh: `${Math.ceil(lookAgainMs / 1000)};url=${online.self}`,
    ...(online.status === undefined
      ? {}
      : {
          post: {
            method: 'post',
            action: '/leave',
            fields: [['s', online.status]],
            text: leave,
            quiet: true,
          },
        }),
  });
}

export function endedPage(look: Look, again: string): Page {
  const { title, text, link } = look.texts.ended;
  const content = { heading: title, paragraphs: [text], link: { href: again, text: link } };
  return notice(look, { state: 'ended', icon: ICONS.off, tone: 'calm', ...content });
}

/** Routers without an API are told by the visitor's own browser. */
export function handoffPage(look: Look, { url }: { url: string }): Page {
  const { title, text, button } = look.texts.handoff;
  const content = { heading: title, paragraphs: [text], link: { href: url, text: button } };
  // By a link: what a form may lead to would hold for every redirect after it too.
  return notice(look, {
    state: 'handoff',
    icon: ICONS.wifi,
    tone: 'calm',
    refresh: `1;url=${url}`,
    ...content,
  });
}

/** The router was asked to let this device in and did not. `again` begins anew. */
export function handoffFailedPage(look: Look, again: string): Page {
  const { title, text, link } = look.texts.handoffFailed;
  const content = { heading: title, paragraphs: [text], link: { href: again, text: link } };
  return notice(look, { state: 'unavailable', icon: ICONS.alert, tone: 'warn', ...content });
}

/** `claim`: the visitor came by a claim link, which will work once the Wi-Fi is joined. */
export function unknownClientPage(look: Look, again: string, claim = false): Page {
  const { title, text, claim: claimText, desk, link } = look.texts.unknownClient;
  const content = {
    heading: title,
    paragraphs: [claim ? claimText : text, desk],
    link: { href: again, text: link },
  };
  return notice(look, { state: 'unknown-client', icon: ICONS.wifi, tone: 'calm', ...content });
}

export function notFoundPage(look: Look): Page {
  const { title, text, link } = look.texts.notFound;
  const content = { heading: title, paragraphs: [text], link: { href: '/', text: link } };
  return notice(look, { state: 'unknown-client', icon: ICONS.wifi, tone: 'calm', ...content });
}

/** `again`: where the page goes on by itself; undefined for the address that it has. */
export function unavailablePage(look: Look, again: string | undefined): Page {
  const { title, text, link } = look.texts.unavailable;
  const content = { heading: title, paragraphs: [text], link: { href: again ?? '', text: link } };
  const refresh = again === undefined ? '5' : `5;url=${again}`;
  return notice(look, { state: 'unavailable', icon: ICONS.clock, tone: 'warn', refresh, ...content });
}

export function brokenPage(look: Look, reference: string): Page {
  const { title, text, link } = look.texts.broken;
  const content = { heading: title, paragraphs: [text(reference)], link: { href: '/', text: link } };
  return notice(look, { state: 'unavailable', icon: ICONS.alert, tone: 'warn', ...content });
}
