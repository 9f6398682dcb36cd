import { clockTime, dayAndTime, duration, localOf } from '../../domain/local-time.js';
import type { Look } from './look.js';

/** Instants and durations in the words of a look: its language, its site's clock. */
export interface Times {
  /** `10:00` today, `Tuesday 24 November at 10:00` on another day. */
  plain(at: number): string;
  /** The same with the word before it: `at 10:00`, `on Tuesday ...`. */
  when(at: number): string;
  /** `38 minutes left` */
  left(ms: number): string;
  /** `8 minutes`: at least that long, at least one. */
  wait(ms: number): string;
}

const MINUTE = 60_000;

export function timesOf({ texts, zone }: Look, now: number): Times {
  const { locale } = texts;
  const day = (at: number): string => localOf(at, zone).slice(0, 10);
  const today = (at: number): boolean => day(at) === day(now);
  const plain = (at: number): string =>
    today(at) ? clockTime(at, zone, locale) : dayAndTime(at, zone, locale);
  return {
    plain,
    when: (at) => (today(at) ? texts.at(plain(at)) : texts.onDay(plain(at))),
    left: (ms) => (ms < MINUTE ? texts.almostOver : texts.left(duration(ms, locale))),
    wait: (ms) => duration(Math.max(1, Math.ceil(ms / MINUTE)) * MINUTE, locale),
  };
}
