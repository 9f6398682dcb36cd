import type { HourOfDay } from '../../services/today.js';
import type { Words } from '../pages/times.js';

/** A chart of the day as shapes in a box that is stretched to its place, with its numbers as a table. */
export interface Chart {
  width: number;
  height: number;
  expected: Bar[];
  came: Bar[];
  /** The line of visitors online, as the points of a polyline; empty before the first hour. */
  line: string;
  marks: { text: string }[];
  most: { arrivals: number; online: number };
  rows: { hour: string; expected: number; came: number; online: number | undefined }[];
  /** What it shows, in a sentence. */
  says: string;
}

interface Bar {
  x: number;
  y: number;
  width: number;
  height: number;
}

const STEP = 40;
const HEIGHT = 100;
const GAP = 6;
/** Room above the highest, so that a line of full height is not cut. */
const TOP = 4;
const MARKS = 4;

/** Arrivals as bars, visitors online as a line, each by a scale of its own. */
export function chartOf(hours: readonly HourOfDay[], words: Words): Chart {
  const arrivals = Math.max(1, ...hours.map(({ expected }) => expected));
  const online = Math.max(1, ...hours.map(({ online }) => online ?? 0));
  const y = (value: number, most: number): number =>
    Math.round((HEIGHT - (value / most) * (HEIGHT - TOP)) * 10) / 10;
  const bars = (of: (hour: HourOfDay) => number): Bar[] =>
    hours.flatMap((hour, i) => {
      const value = of(hour);
      const top = y(value, arrivals);
      return value === 0
        ? []
        : [
            {
              x: i * STEP + GAP,
              y: top,
              width: STEP - 2 * GAP,
              height: Math.round((HEIGHT - top) * 10) / 10,
            },
          ];
    });
  const line = hours.flatMap(({ online: value }, i) =>
    value === undefined ? [] : [`${i * STEP + STEP / 2},${y(value, online)}`],
  );
  const all = hours.reduce((sum, { expected }) => sum + expected, 0);
  const peak = hours.reduce((best, hour) => (hour.expected > best.expected ? hour : best), {
    at: 0,
    expected: 0,
    came: 0,
  } as HourOfDay);
  const busiest = Math.max(0, ...hours.map(({ online: value }) => value ?? 0));
  const every = Math.ceil(hours.length / MARKS);
  return {
    width: hours.length * STEP,
    height: HEIGHT,
    expected: bars((hour) => hour.expected),
    came: bars((hour) => hour.came),
    line: line.join(' '),
    marks: hours.filter((_, i) => i % every === 0).map(({ at }) => ({ text: words.clock(at) })),
    most: { arrivals, online },
    rows: hours.map(({ at, expected, came, online: value }) => ({
      hour: words.clock(at),
      expected,
      came,
      online: value,
    })),
    says:
      all === 0
        ? 'No arrivals are expected today.'
        : `${words.number(all)} ${all === 1 ? 'arrival' : 'arrivals'} expected today, ${all === 1 ? '' : 'most of them '}from ${words.clock(peak.at)} on; at most ${words.number(busiest)} ${busiest === 1 ? 'visitor was' : 'visitors were'} online at one time.`,
  };
}
