import { DEFAULTS, type Settings } from '../../src/domain/settings.js';
import {
  parseChange,
  parseRegistration,
  type Registration,
  type RegistrationProblem,
  type Visit,
} from '../../src/domain/visit.js';

export const BERLIN = 'Europe/Berlin';
/** Monday 2026-11-23, nine o'clock in Berlin. */
export const NINE = Date.UTC(2026, 10, 23, 8);
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const SETTINGS: Settings = { ...DEFAULTS, 'site.timeZone': BERLIN };
export const ANNA = { name: 'Anna Müller', expectedArrival: '2026-11-23T09:00' };

export function registered(input: object, settings: Partial<Settings> = {}): Registration {
  const result = parseRegistration(input, { ...SETTINGS, ...settings });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.registration;
}

/** A visit of that registration, as it is kept. */
export function visit(input: object = {}, more: Partial<Visit> = {}): Visit {
  const { notify, ...rest } = registered({ ...ANNA, ...input });
  return { id: 'v', hasToken: true, createdAt: NINE - HOUR, devices: [], ...rest, ...more };
}

export function changed(input: object, before = visit()): Visit {
  const result = parseChange(input, before);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.visit;
}

export const problemsOf = (result: { ok: true } | { ok: false; problems: RegistrationProblem[] }) =>
  result.ok ? [] : result.problems;
export const fieldsOf = (...args: Parameters<typeof problemsOf>) =>
  problemsOf(...args).map(({ field }) => field);
