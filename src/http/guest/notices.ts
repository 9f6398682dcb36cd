import type { Handoff } from '../../drivers/driver.js';
import { slot } from './chunks.js';
import type { Look } from './look.js';
import { frame, type Here, hereInserts, ICONS, type Page, type PageState } from './page.js';

interface Link {
  href: string;
  text: string;
}

export interface Notice {
  state: PageState;
  variant?: string;
  heading: string;
  paragraphs: string[];
  icon: string;
  tone: 'good' | 'warn' | 'calm';
  /** A wait that goes on by itself. */
  busy?: boolean;
  link?: Link;
  /** A smaller link below. */
  aside?: Link;
  /** A form for another place: what it is sent to, its hidden fields, and its one button. */
  post?: { url: string; fields: { name: string; value: string }[]; text: string };
  /** The form with which a device leaves. */
  leave?: { s: string; text: string };
  /** Seconds, then optionally where to: the page goes on by a full navigation. */
  refresh?: string;
  until?: string;
}

export const notice = (
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

/**
 * `untilWords`, `left`: the end and what is left until then, in words. `s`: the sealed reference of this client. `canLeave`:
 * the gateway can be told to let go of the device.
 */
export function connectedPage(
  look: Look,
  online: {
    until: number;
    untilWords: string;
    left: string;
    lookAgainMs: number;
    canLeave: boolean;
    s: string;
  },
): Page {
  const { title, text, leave } = look.texts.connected;
  const content: Notice = {
    state: 'connected',
    variant: online.canLeave ? 'can leave' : 'stays',
    heading: title(slot('untilWords')),
    paragraphs: [text(slot('left'))],
    icon: ICONS.check,
    tone: 'good',
    until: slot('until'),
    refresh: `${slot('seconds')};url=${statusSlot}`,
    ...(online.canLeave ? { leave: { s: slot('s'), text: leave } } : {}),
  };
  const { until, untilWords, left, lookAgainMs, s } = online;
  return notice(look, statusHere(s), content, {
    until: new Date(until).toISOString(),
    untilWords,
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

/** Such a page makes what it has to send anew before that is too old. Seconds. */
const POST_AGAIN_S = 45;

/**
 * Routers that are not told by us are told by the visitor's own browser: by a link that the page follows by itself, or by a form with
 * one button. `s`: the sealed reference with which the page is made again.
 */
export function handoffPage(look: Look, way: Handoff, s: string): Page {
  const { title, text, press, button } = look.texts.handoff;
  const common = { state: 'handoff', heading: title, icon: ICONS.wifi, tone: 'calm' } as const;
  const url = slot('url');
  if (way.method === 'GET') {
    const content: Notice = {
      ...common,
      paragraphs: [text],
      link: { href: url, text: button },
      refresh: `1;url=${url}`,
    };
    return notice(look, statusHere(s), content, { url: way.url });
  }
  const given = Object.entries(way.fields);
  const content: Notice = {
    ...common,
    variant: `post ${given.length}`,
    paragraphs: [press],
    post: {
      url,
      fields: given.map((_, i) => ({ name: slot(`name${i}`), value: slot(`value${i}`) })),
      text: button,
    },
    refresh: `${POST_AGAIN_S};url=${statusSlot}`,
  };
  const fields = given.flatMap(([name, value], i) => [
    [`name${i}`, name],
    [`value${i}`, value],
  ]);
  const page = notice(look, statusHere(s), content, { url: way.url, ...Object.fromEntries(fields) });
  return { ...page, formOut: true };
}

/** The router was asked to let this device in and did not. `s`: the sealed reference with which that begins anew. */
export function handoffFailedPage(look: Look, s: string): Page {
  const { title, text, link } = look.texts.handoffFailed;
  const content: Notice = {
    state: 'unavailable',
    variant: 'handoff failed',
    heading: title,
    paragraphs: [text],
    icon: ICONS.alert,
    tone: 'warn',
    link: { href: statusSlot, text: link },
  };
  return notice(look, statusHere(s), content);
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

/** The terms of use of one version. */
export interface ShownTerms {
  version: number;
  paragraphs: readonly string[];
}

/**
 * The operator's terms of use, those of now unless told. `again`: the sealed reference for the PIN page, where the client is
 * known.
 */
export function termsPage(
  look: Look,
  again: string | undefined,
  shown: ShownTerms = { version: look.termsVersion, paragraphs: look.terms },
): Page {
  const here: Here = { path: '/terms', ...(again === undefined ? {} : { s: again }) };
  const { title } = look.texts.terms;
  const back = again === undefined ? '/' : `/?s=${slot('s')}`;
  return {
    look,
    key: `terms ${shown.version}${again === undefined ? '' : ' of a client'}`,
    state: 'pin',
    template: 'guest/terms',
    // Without the logo: a long text and it would not fit the first packets together.
    data: () => ({ ...frame(look, title, here), state: 'pin', terms: shown.paragraphs, back, logo: '' }),
    inserts: hereInserts(here),
  };
}
