import { clockTime, dayAndTime, duration, localOf } from '../../domain/local-time.js';
import type { Look } from './look.js';

/** Instants and durations in the words of a look: its language, its site's clock. */
export interface Times {
  /** `at 10:00` today, `on Tuesday 24 November at 10:00` on another day. */
  when(at: number): string;
  /** `until 10:00` */
  until(at: number): string;
  /** `since 9:02` */
  since(at: number): string;
  /** `38 minutes left` */
  left(ms: number): string;
  /** `8 minutes`: at least that long, at least one. */
  wait(ms: number): string;
}

const MINUTE = 60_000;

export function timesOf({ texts, zone }: Pick<Look, 'texts' | 'zone'>, now: number): Times {
  const { locale } = texts;
  const day = (at: number): string => localOf(at, zone).slice(0, 10);
  /** The one wording for a time of today, the other for one of another day. */
  const said =
    (ofToday: (clock: string) => string, ofAnotherDay: (dayAndClock: string) => string) =>
    (at: number): string =>
      day(at) === day(now)
        ? ofToday(clockTime(at, zone, locale))
        : ofAnotherDay(dayAndTime(at, zone, locale));
  return {
    when: said(texts.at, texts.onDay),
    until: said(texts.until, texts.untilDay),
    since: said(texts.since, texts.sinceDay),
    left: (ms) => (ms < MINUTE ? texts.almostOver : texts.left(duration(ms, locale))),
    wait: (ms) => duration(Math.max(1, Math.ceil(ms / MINUTE)) * MINUTE, locale),
  };
}
