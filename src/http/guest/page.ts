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
  template: 'guest/pin' | 'guest/notice' | 'guest/terms' | 'guest/walk-in';
  data: () => object;
  inserts: Readonly<Record<string, string>>;
  /** A form of it goes to a router, which sends the browser on to wherever it likes: browsers would ask the policy about that too. */
  formOut?: true;
}

/** Where the page can be had again, in another language: a path, and the sealed reference that goes with it. */
export interface Here {
  path: string;
  s?: string;
}

export const ICONS = {
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
  host: 'M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8M4 21a8 8 0 0 1 16 0',
  badge:
    'M6 3h12a1 1 0 0 1 1 1v16a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1M12 8a2.2 2.2 0 1 0 0 4.4A2.2 2.2 0 0 0 12 8M8.5 17a3.6 3.6 0 0 1 7 0',
};

/** What every page shows around its own content. */
export const frame = (look: Look, title: string, here: Here) => ({
  ...look,
  title: look.texts.pageTitle(title, look.name),
  wifi: ICONS.wifi,
  globe: ICONS.globe,
  others: look.languages.filter(({ lang }) => lang !== look.texts.lang),
  here: { path: slot('path'), ...(here.s === undefined ? {} : { s: slot('s') }) },
});

export const hereInserts = ({ path, s }: Here): Record<string, string> => ({
  path,
  ...(s === undefined ? {} : { s }),
});
