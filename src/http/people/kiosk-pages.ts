import type { DeskSession } from '../../services/desks.js';
import type { Page } from '../pages/page.js';
import type { PeopleLook } from './look.js';

/** What all pages of a desk show around their own content. */
export interface KioskFrame {
  look: PeopleLook;
  session: DeskSession;
  /** The address of the page in another language; undefined for what only a form leads to. */
  here?: string;
}

/** A message above the form, or a page of its own. */
export interface Notice {
  title: string;
  text: string;
}

/** A page that nobody touches (without script: any) goes back to the start, so that nobody reads what the one before typed. Seconds. */
const IDLE_S = 90;
const FORM_IDLE_S = 300;
const DONE_S = 10;
/** Long enough to write a code down. */
const CODE_S = 60;

const frame = ({ look, session, here }: KioskFrame, title: string) => ({
  title,
  look,
  t: look.texts,
  g: look.guest,
  shell: { csrf: session.csrf },
  desk: session.desk.name,
  here: here ?? '/kiosk',
  start: `/kiosk?lang=${look.guest.lang}`,
  refresh: undefined as string | undefined,
});

const toStart = (seconds: number): string => `${seconds};url=/kiosk`;

export interface StartPage {
  /** The camera can be used on this page, where there is one. */
  camera: boolean;
  walkIn: boolean;
  /** Filled in where a second field was asked for. */
  pin?: string;
  email?: string;
  problem?: Notice & { wrong?: 'pin' | 'email' };
}

/** Type the code, or show it to the camera. */
export function startPage(around: KioskFrame, data: StartPage): Page {
  const { texts } = around.look;
  const shown = { pin: '', email: undefined, problem: undefined, ...data };
  // The next visitor's browser language comes back once nobody goes on with this one.
  const refresh = data.problem || around.here !== '/kiosk' ? { refresh: toStart(IDLE_S) } : {};
  return {
    template: 'people/start',
    data: { ...frame(around, texts.kiosk.title), ...refresh, ...shown },
  };
}

export interface ConfirmPage {
  name: string;
  lines: string[];
  /** What the one button does. */
  step: 'check-in' | 'check-out';
  ticket: string;
}

/** Is it you? */
export const confirmVisitPage = (around: KioskFrame, data: ConfirmPage): Page => ({
  template: 'people/confirm',
  data: { ...frame(around, data.name), refresh: toStart(IDLE_S), ...data },
});

export interface NoticePage {
  tone: 'good' | 'warn' | 'calm';
  icon: string;
  heading: string;
  lines: string[];
  /** A code to be written down, in groups, with what it is called. */
  code?: { label: string; groups: string[] };
  /** Looks again by itself, at this address. */
  follow?: string;
  /** Leads on in place of the start. */
  link?: { href: string; text: string };
}

/** Something was done, cannot be done, or is waited for. */
export function noticePage(around: KioskFrame, data: NoticePage): Page {
  const wait = data.code ? CODE_S : DONE_S;
  const refresh = data.follow === undefined ? toStart(wait) : `3;url=${data.follow}`;
  const more = { code: undefined, follow: undefined, link: undefined };
  return { template: 'people/notice', data: { ...frame(around, data.heading), refresh, ...more, ...data } };
}

export interface WalkInPage {
  values: { name: string; email: string; host: string };
  problems: { name?: string; email?: string; host?: string; terms?: string };
  /** Names to choose from. */
  hosts: readonly string[];
  /** The host is asked first. */
  approval: boolean;
  /** The terms to be accepted, where there are any. */
  terms?: { version: number; paragraphs: string[] };
  problem?: Notice;
}

/** Who has no code signs in by name. */
export const walkInPage = (around: KioskFrame, data: WalkInPage): Page => ({
  template: 'people/walk-in',
  data: {
    ...frame(around, around.look.texts.walkIn.title),
    refresh: toStart(FORM_IDLE_S),
    terms: undefined,
    problem: undefined,
    ...data,
  },
});

/** A tablet that is not paired: English, since it is for whoever sets it up. */
export const pairPage = (problem?: string): Page => ({
  template: 'people/pair',
  data: { title: 'Pair this tablet', problem },
});
