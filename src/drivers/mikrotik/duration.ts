/** Durations as RouterOS writes them: `1w2d3h4m5s`, `1s500ms`, `3d04:05:06`, `04:05:06`, and plain seconds. */

const UNITS = { w: 604_800, d: 86_400, h: 3600, m: 60, s: 1, ms: 0.001 } as const;

const WORDS = /^(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;
const CLOCK = /^(?:(\d+)w)?(?:(\d+)d)?(\d+):(\d\d):(\d\d)(?:\.\d+)?$/;

/** Seconds; undefined where it is no duration: absent, `none`, or something else. */
export function parseDuration(text: string | undefined): number | undefined {
  if (text === undefined || text === '' || text.length > 40) return undefined;
  if (/^\d+(?:\.\d+)?$/.test(text)) return Number(text);
  const words = WORDS.exec(text);
  const parts = words ?? CLOCK.exec(text);
  const units = words
    ? [UNITS.w, UNITS.d, UNITS.h, UNITS.m, UNITS.s, UNITS.ms]
    : [UNITS.w, UNITS.d, UNITS.h, UNITS.m, UNITS.s];
  return parts ? units.reduce((sum, unit, n) => sum + unit * Number(parts[n + 1] ?? 0), 0) : undefined;
}

/** Whole seconds, rounded up and never none: `limit-uptime=0s` is for ever. */
export const formatDuration = (seconds: number): string => `${Math.max(1, Math.ceil(seconds))}s`;
