import { localOf } from './local-time.js';
import type { FieldProblem } from './problem.js';
import type { Settings } from './settings.js';
import type { TeamRole } from './team.js';
import type { Visit } from './visit.js';

/** What the desk may give. Null: no limit. */
interface DeskLimits {
  minutes: number | null;
  devices: number | null;
  daysAhead: number | null;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** The limits of somebody with this role; undefined where there are none. `role`: undefined for the machine itself. */
function limitsFor(role: TeamRole | undefined, settings: Settings): DeskLimits | undefined {
  if (role !== 'desk') return undefined;
  return {
    minutes: settings['desk.maxMinutes'],
    devices: settings['desk.maxDevices'],
    daysAhead: settings['desk.daysAhead'],
  };
}

type Asked = Pick<Visit, 'terms' | 'maxDevices' | 'expectedArrival'>;

/** What of this visit is more than somebody of this role may give. */
export function beyondLimits(
  asked: Asked & Pick<Visit, 'timeZone'>,
  before: Visit | undefined,
  role: TeamRole | undefined,
  settings: Settings,
  now: number,
): FieldProblem[] {
  const limits = limitsFor(role, settings);
  return limits ? limitProblems(asked, before, limits, localOf(now, asked.timeZone)) : [];
}

const minutesOf = ({ terms: { arrivalAt, durationMs, endAt } }: Asked): number =>
  (endAt === undefined ? durationMs : endAt - arrivalAt) / MINUTE_MS;

const dayOf = (local: string): number => Date.parse(`${local.slice(0, 10)}T00:00:00Z`);

const inWords = (minutes: number): string => {
  if (minutes % 60 !== 0) return `${minutes} minutes`;
  return minutes === 60 ? '1 hour' : `${minutes / 60} hours`;
};

/**
 * Where a visit asks for more than the desk may give. What was so `before` the change stays: the desk may correct a name in
 * a visit that an admin made longer. `today`: the date at the site, `2026-11-23`.
 */
function limitProblems(
  asked: Asked,
  before: Asked | undefined,
  { minutes, devices, daysAhead }: DeskLimits,
  today: string,
): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const longer = before === undefined || minutesOf(asked) > minutesOf(before);
  if (minutes !== null && longer && minutesOf(asked) > minutes) {
    problems.push({
      field: asked.terms.endAt === undefined ? 'durationMinutes' : 'until',
      message: `The desk may give access for ${inWords(minutes)} at most. An admin can give more.`,
    });
  }
  const more = before === undefined || asked.maxDevices > before.maxDevices;
  if (devices !== null && more && asked.maxDevices > devices) {
    problems.push({
      field: 'maxDevices',
      message: `The desk may give ${devices === 1 ? '1 device' : `${devices} devices`} at most. An admin can give more.`,
    });
  }
  const moved = before === undefined || asked.terms.arrivalAt > before.terms.arrivalAt;
  const ahead = (dayOf(asked.expectedArrival) - dayOf(today)) / DAY_MS;
  if (daysAhead !== null && moved && ahead > daysAhead) {
    problems.push({
      field: 'expectedArrival',
      message: `The desk may register visits ${daysAhead === 1 ? '1 day' : `${daysAhead} days`} ahead at most. An admin can go further.`,
    });
  }
  return problems;
}
