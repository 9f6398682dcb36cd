import { dateIn } from '../../domain/calendar-days.js';
import { readTime } from '../../domain/local-time.js';
import type { Preset } from '../../domain/preset.js';
import { accessEnd } from '../../domain/standing.js';
import type { Visit } from '../../domain/visit.js';

const MINUTE_MS = 60_000;
const STEPS = [
  { minutes: 30, text: '+30 min' },
  { minutes: 60, text: '+1 h' },
] as const;

/** What the desk may lengthen a stay to by one press: some more minutes, or the closing times that the presets know. */
export function extensionsOf(
  visit: Visit,
  presets: readonly Preset[],
  now: number,
): { text: string; fields: Record<string, string> }[] {
  if (!visit.hasToken) return [];
  const end = accessEnd(visit);
  const today = dateIn(Math.max(now, visit.terms.arrivalAt), visit.timeZone);
  const clocks = new Set(presets.flatMap((preset) => ('until' in preset ? [preset.until] : [])));
  const until = [...clocks].flatMap((clock) => {
    const read = readTime(`${today}T${clock}`, visit.timeZone);
    return read.ok && read.at > Math.max(now, end ?? 0)
      ? [{ text: `until ${clock}`, fields: { until: new Date(read.at).toISOString() } }]
      : [];
  });
  return [...STEPS.map(({ minutes, text }) => ({ text, fields: { minutes: String(minutes) } })), ...until];
}

/** The change that so many more minutes are: of what is over, from now on. */
export function extendBy(visit: Visit, minutes: number, now: number): Record<string, unknown> {
  const end = accessEnd(visit);
  const { terms } = visit;
  const goesOn = end === undefined || end > now;
  if (goesOn && terms.endAt === undefined)
    return { durationMinutes: Math.round(terms.durationMs / MINUTE_MS) + minutes };
  const base = Math.max(now, terms.endAt ?? end ?? now);
  return { until: new Date(base + minutes * MINUTE_MS).toISOString() };
}
