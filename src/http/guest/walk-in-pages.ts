import type { WalkInForm } from '../../domain/walk-in.js';
import { slot } from './chunks.js';
import type { Look } from './look.js';
import { type Notice, notice } from './notices.js';
import { frame, type Here, hereInserts, ICONS, type Page } from './page.js';
import type { PinForm } from './pin-pages.js';

/** What is wrong with which field, in words. */
export type WalkInProblems = Partial<Record<keyof WalkInForm, string>>;

const NOTHING: WalkInForm = { name: '', email: '', host: '' };

interface FormContent {
  state: 'pin' | 'refused' | 'throttled';
  variant?: string;
  title: string;
  problem?: { tone: 'bad' | 'warn'; icon: string; title: string; texts: string[] };
  wrong?: readonly string[];
}

/** `fields`: what the form carries, as the PIN form does. */
function formPage(look: Look, fields: PinForm, typed: WalkInForm, content: FormContent): Page {
  const { state, variant = '', title, problem, wrong = [] } = content;
  const here: Here = { path: '/walk-in', s: fields.again };
  return {
    look,
    key: `walk-in ${state} ${variant}`,
    state,
    template: 'guest/walk-in',
    data: () => ({
      ...frame(look, title, here),
      state,
      problem,
      wrong,
      form: { state: slot('state'), name: slot('name'), email: slot('email'), host: slot('host') },
    }),
    inserts: { ...hereInserts(here), state: fields.state, ...typed },
  };
}

/** Who has no PIN says who he is and whom he visits. */
export const walkInPage = (look: Look, fields: PinForm, typed = NOTHING): Page =>
  formPage(look, fields, typed, { state: 'pin', title: look.people.walkIn.title });

/** Something that was typed cannot be used. */
export function walkInProblemPage(
  look: Look,
  fields: PinForm,
  typed: WalkInForm,
  problems: WalkInProblems,
): Page {
  const [first = '', ...others] = Object.values(problems);
  const wrong = Object.keys(problems);
  return formPage(look, fields, typed, {
    state: 'refused',
    // The words follow from which field is wrong and how.
    variant: Object.values(problems).join(' '),
    title: look.texts.errorTitle(first),
    problem: { tone: 'bad', icon: ICONS.alert, title: first, texts: others },
    wrong,
  });
}

/** It cannot be done now: too many ask, or this one has to go to the desk. */
export function walkInBusyPage(look: Look, fields: PinForm, typed: WalkInForm): Page {
  const { title, text } = look.people.walkIn.busy;
  const problem = { tone: 'warn', icon: ICONS.clock, title, texts: [text] } as const;
  return formPage(look, fields, typed, { state: 'throttled', title, problem: { ...problem, texts: [text] } });
}

const waitingHere = (s: string): Here => ({ path: '/waiting', s });
const EVERY_S = 5;

/** The host has been asked. `s`: the sealed reference for the next look. */
export function waitingPage(look: Look, s: string): Page {
  const { title, text, wifi, haveCode } = look.people.waiting;
  const content: Notice = {
    state: 'early',
    variant: 'waiting',
    heading: title,
    paragraphs: [text, wifi],
    icon: ICONS.clock,
    tone: 'calm',
    busy: true,
    aside: { href: `/?s=${slot('s')}`, text: haveCode },
    refresh: `${EVERY_S};url=/waiting?s=${slot('s')}`,
  };
  return notice(look, waitingHere(s), content);
}

/** The host said no. */
export function declinedPage(look: Look, s: string): Page {
  const { declined, haveCode } = look.people.waiting;
  const content: Notice = {
    state: 'refused',
    variant: 'declined',
    heading: declined.title,
    paragraphs: [declined.text],
    icon: ICONS.host,
    tone: 'warn',
    link: { href: `/?s=${slot('s')}`, text: haveCode },
  };
  return notice(look, waitingHere(s), content);
}

/** Nobody answered in time. */
export function unansweredPage(look: Look, s: string): Page {
  const { expired, haveCode } = look.people.waiting;
  const content: Notice = {
    state: 'expired',
    variant: 'unanswered',
    heading: expired.title,
    paragraphs: [expired.text],
    icon: ICONS.clock,
    tone: 'warn',
    link: { href: `/walk-in?s=${slot('s')}`, text: expired.again },
    aside: { href: `/?s=${slot('s')}`, text: haveCode },
  };
  return notice(look, waitingHere(s), content);
}
