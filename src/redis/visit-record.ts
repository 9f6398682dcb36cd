import type { ClientMac, PinDigest } from '../domain/id.js';
import type { MailState } from '../domain/mail.js';
import { staysOvernight, stayUntil } from '../domain/stay.js';
import type { Visit } from '../domain/visit.js';
import { opensAt, startBy, tellingOf, windowOf } from '../domain/window.js';

/** A visit as read from the store, with what its next transition is fenced by. */
export interface StoredVisit {
  visit: Visit;
  version: number;
  pinDigest: PinDigest;
}

/** Every field of the visit's hash but the PIN's, the mail's and `version`; undefined where there is none. */
export function fieldsOf(visit: Visit): Record<string, string | number | undefined> {
  const { terms } = visit;
  const window = windowOf(terms, visit.startedAt);
  const telling = tellingOf(terms, visit.startedAt);
  return {
    id: visit.id,
    name: visit.name,
    email: visit.email,
    host: visit.host,
    hostEmail: visit.hostEmail,
    language: visit.language,
    expectedArrival: visit.expectedArrival,
    timeZone: visit.timeZone,
    maxDevices: visit.maxDevices,
    downKbps: visit.limits.downKbps,
    upKbps: visit.limits.upKbps,
    quotaMB: visit.limits.quotaMB,
    validFrom: terms.validFrom,
    arrivalAt: terms.arrivalAt,
    earlyMs: terms.earlyMs,
    startWithinMs: terms.startWithinMs,
    durationMs: terms.durationMs,
    endAt: terms.endAt,
    hasToken: visit.hasToken ? '1' : '0',
    createdAt: visit.createdAt,
    startedAt: visit.startedAt,
    tokenEndedAt: visit.tokenEndedAt,
    checkedInAt: visit.checkedInAt,
    checkedOutAt: visit.checkedOutAt,
    cancelledAt: visit.cancelledAt,
    from: window?.from,
    until: window?.until,
    opensAt: opensAt(terms),
    startBy: startBy(terms),
    tellFrom: telling.from,
    tellUntil: telling.until,
    stayUntil: staysOvernight(visit) ? stayUntil(visit) : undefined,
  };
}

const DEVICE = /^(\S+) (\d+)$/;

/** The visit of a hash and its devices; undefined where there is no record. */
export function readVisit(
  fields: Record<string, string>,
  devices: Record<string, string>,
): StoredVisit | undefined {
  if (fields.id === undefined) return undefined;
  const number = (name: string): number | undefined =>
    fields[name] === undefined ? undefined : Number(fields[name]);
  const optional = <K extends string>(name: K): { [P in K]?: number } => {
    const value = number(name);
    return (value === undefined ? {} : { [name]: value }) as {
      [P in K]?: number;
    };
  };
  const visit: Visit = {
    id: fields.id,
    name: fields.name ?? '',
    ...(fields.email === undefined ? {} : { email: fields.email }),
    ...(fields.host === undefined ? {} : { host: fields.host }),
    ...(fields.hostEmail === undefined ? {} : { hostEmail: fields.hostEmail }),
    ...(fields.language === undefined ? {} : { language: fields.language }),
    expectedArrival: fields.expectedArrival ?? '',
    timeZone: fields.timeZone ?? 'UTC',
    maxDevices: Number(fields.maxDevices),
    limits: {
      ...optional('downKbps'),
      ...optional('upKbps'),
      ...optional('quotaMB'),
    },
    terms: {
      validFrom: fields.validFrom as Visit['terms']['validFrom'],
      arrivalAt: Number(fields.arrivalAt),
      earlyMs: Number(fields.earlyMs),
      startWithinMs: Number(fields.startWithinMs),
      durationMs: Number(fields.durationMs),
      ...optional('endAt'),
    },
    hasToken: fields.hasToken === '1',
    createdAt: Number(fields.createdAt),
    ...optional('startedAt'),
    ...optional('tokenEndedAt'),
    ...optional('checkedInAt'),
    ...optional('checkedOutAt'),
    ...optional('cancelledAt'),
    ...optional('firstUseAt'),
    ...optional('termsVersion'),
    ...optional('termsAcceptedAt'),
    ...(fields.mailState === undefined
      ? {}
      : {
          mail: {
            state: fields.mailState as MailState,
            at: Number(fields.mailAt),
            words: fields.mailWords ?? '',
          },
        }),
    devices: Object.entries(devices).map(([mac, text]) => {
      const [, slot = '', addedAt = '0'] = DEVICE.exec(text) ?? [];
      return { mac: mac as ClientMac, slot, addedAt: Number(addedAt) };
    }),
  };
  return {
    visit,
    version: Number(fields.version),
    pinDigest: (fields.pinDigest ?? '') as PinDigest,
  };
}
