import type { WalkInForm } from '../../domain/walk-in.js';
import { slot } from './chunks.js';
import type { Look } from './look.js';
import { type Notice, notice } from './notices.js';
import { frame, type Here, hereInserts, ICONS, type Page } from './page.js';
import type { PinForm } from './pin-pages.js';

/** What is wrong with which field, in words. */
export type WalkInProblems = Partial<Record<keyof WalkInForm, string>>;

const NOTHING: WalkInForm = { name: '', email: '', host: '' };

/** What stands above the form where it was not taken. */
interface FormProblem {
  state: 'refused' | 'throttled';
  tone: 'bad' | 'warn';
  icon: string;
  title: string;
  texts: string[];
  /** The fields in which something wrong was typed. */
  wrong: string[];
  /** The words, where they follow from what was typed. */
  variant?: string;
}

/** `fields`: what the form carries, as the PIN form does. */
function formPage(look: Look, fields: PinForm, typed: WalkInForm, problem?: FormProblem): Page {
  const state = problem?.state ?? 'pin';
  const here: Here = { path: '/walk-in', s: fields.again };
  const title =
    problem?.tone === 'bad'
      ? look.texts.errorTitle(problem.title)
      : (problem?.title ?? look.people.walkIn.title);
  return {
    look,
    key: `walk-in ${state} ${problem?.variant ?? ''}`,
    state,
    template: 'guest/walk-in',
    data: () => ({
      ...frame(look, title, here),
      state,
      problem,
      wrong: problem?.wrong ?? [],
      form: { state: slot('state'), name: slot('name'), email: slot('email'), host: slot('host') },
    }),
    inserts: { ...hereInserts(here), state: fields.state, ...typed },
  };
}

/** Who has no PIN says who he is and whom he visits. */
export const walkInPage = (look: Look, fields: PinForm, typed = NOTHING): Page =>
  formPage(look, fields, typed);

/** Something that was typed cannot be used. */
export function walkInProblemPage(
  look: Look,
  fields: PinForm,
  typed: WalkInForm,
  problems: WalkInProblems,
): Page {
  const said = Object.values(problems);
  const [title = '', ...texts] = said;
  const [wrong, variant] = [Object.keys(problems), said.join(' ')];
  const about = { state: 'refused', tone: 'bad', icon: ICONS.alert } as const;
  return formPage(look, fields, typed, { ...about, title, texts, wrong, variant });
}

/** It cannot be done now: too many ask, or this one has to go to the desk. */
export function walkInBusyPage(look: Look, fields: PinForm, typed: WalkInForm): Page {
  const { title, text } = look.people.walkIn.busy;
  const about = { state: 'throttled', tone: 'warn', icon: ICONS.clock } as const;
  return formPage(look, fields, typed, { ...about, title, texts: [text], wrong: [] });
}

const EVERY_S = 5;

/** What became of a request. `s`: the sealed reference for the next look. Whoever has a code all the same can type it. */
function requestPage(
  look: Look,
  s: string,
  { words, ...content }: Omit<Notice, 'heading' | 'paragraphs'> & { words: { title: string; text: string } },
  more: string[] = [],
): Page {
  const code = { href: `/?s=${slot('s')}`, text: look.people.waiting.haveCode };
  // Where there is nothing else to do, that is what to do next.
  const links = content.link || content.refresh ? { aside: code } : { link: code };
  return notice(
    look,
    { path: '/waiting', s },
    {
      heading: words.title,
      paragraphs: [words.text, ...more],
      ...content,
      ...links,
    },
  );
}

/** The host has been asked. */
export function waitingPage(look: Look, s: string): Page {
  const { waiting } = look.people;
  const about = { state: 'early', variant: 'waiting', icon: ICONS.clock, tone: 'calm' } as const;
  const refresh = `${EVERY_S};url=/waiting?s=${slot('s')}`;
  return requestPage(look, s, { ...about, words: waiting, busy: true, refresh }, [waiting.wifi]);
}

/** The host said no. */
export function declinedPage(look: Look, s: string): Page {
  const about = { state: 'refused', variant: 'declined', icon: ICONS.host, tone: 'warn' } as const;
  return requestPage(look, s, { ...about, words: look.people.waiting.declined });
}

/** Nobody answered in time. */
export function unansweredPage(look: Look, s: string): Page {
  const { expired } = look.people.waiting;
  const about = { state: 'expired', variant: 'unanswered', icon: ICONS.clock, tone: 'warn' } as const;
  const link = { href: `/walk-in?s=${slot('s')}`, text: expired.again };
  return requestPage(look, s, { ...about, words: expired, link });
}
