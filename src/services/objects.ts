import type { Block } from '../domain/block.js';
import type { GatewayHealth } from '../domain/gateway.js';
import { type Access, type Grant, type GrantState, grantState, staysUntil } from '../domain/grant.js';
import { isPrivateMac } from '../domain/mac.js';
import { type Mail, type MailState, mailKind } from '../domain/mail.js';
import type { ApiKey } from '../domain/team.js';
import { type Visit, visitState } from '../domain/visit.js';
import { requestState, type WalkInRequest } from '../domain/walk-in.js';
import { viewToken } from '../domain/window.js';
import type { Event } from '../redis/events.js';

/**
 * The objects that the API answers with and the command line prints with `--json`. Instants are ISO 8601 with `Z`; what is
 * not there is null.
 */

export const iso = (at: number): string => new Date(at).toISOString();
export const isoOrNull = (at: number | undefined): string | null => (at === undefined ? null : iso(at));

const MINUTE_MS = 60_000;

/** A mail that is just being sent is not sent yet. */
const mailState = (state: MailState): Exclude<MailState, 'sending'> =>
  state === 'sending' ? 'queued' : state;

export type VisitObject = ReturnType<typeof visitObject>;

export function visitObject(visit: Visit, now: number) {
  const { terms } = visit;
  const durationMs = terms.endAt === undefined ? terms.durationMs : terms.endAt - terms.arrivalAt;
  const token = viewToken(
    terms,
    {
      ...(visit.startedAt === undefined ? {} : { startedAt: visit.startedAt }),
      ...(visit.tokenEndedAt === undefined ? {} : { endedAt: visit.tokenEndedAt }),
    },
    now,
  );
  return {
    id: visit.id,
    name: visit.name,
    email: visit.email ?? null,
    host: visit.host ?? null,
    hostEmail: visit.hostEmail ?? null,
    language: visit.language ?? null,
    expectedArrival: visit.expectedArrival,
    timeZone: visit.timeZone,
    durationMinutes: Math.round(durationMs / MINUTE_MS),
    maxDevices: visit.maxDevices,
    limits: {
      downKbps: visit.limits.downKbps ?? null,
      upKbps: visit.limits.upKbps ?? null,
      quotaMB: visit.limits.quotaMB ?? null,
    },
    state: visitState(visit, now),
    token: visit.hasToken
      ? {
          state: token.state,
          from: isoOrNull(token.from),
          until: isoOrNull(token.until),
          startBy: isoOrNull(token.startBy),
        }
      : null,
    devices: visit.devices.map(({ mac, addedAt }) => ({
      mac,
      addedAt: iso(addedAt),
      private: isPrivateMac(mac),
    })),
    mail: visit.mail
      ? { state: mailState(visit.mail.state), at: iso(visit.mail.at), words: visit.mail.words }
      : null,
    createdAt: iso(visit.createdAt),
    checkedInAt: isoOrNull(visit.checkedInAt),
    checkedOutAt: isoOrNull(visit.checkedOutAt),
    cancelledAt: isoOrNull(visit.cancelledAt),
    terms:
      visit.termsVersion === undefined
        ? null
        : { version: visit.termsVersion, acceptedAt: iso(visit.termsAcceptedAt ?? visit.createdAt) },
  };
}

/** A visit with its PIN, for whoever made it or asked for it by name. `portal`: the guests' origin. */
export function visitWithPin(
  made: { visit: Visit; pin: string; claim: string },
  now: number,
  portal: string,
) {
  return {
    ...visitObject(made.visit, now),
    pin: made.pin,
    claimUrl: `${portal}/claim/${made.claim}`,
  };
}

/** One mail of a visit. */
export const mailObject = ({ id, kind, state, at, stateAt, tries, nextAt, words }: Mail) => ({
  id,
  kind,
  to: mailKind(kind).to,
  state: mailState(state),
  queuedAt: iso(at),
  at: iso(stateAt),
  tries,
  nextTryAt: state === 'queued' ? isoOrNull(nextAt) : null,
  words,
});

export interface GrantObject {
  id: string;
  visitId: string;
  gateway: string;
  mac: string;
  from: string;
  until: string;
  state: GrantState;
  /** Set when it ended before `until`. */
  endedAt: string | null;
  /** Code of the gateway's last fault, while there is one. */
  error: string | null;
  /** Set while the gateway lets the client pass for longer than is decided: it was not told yet, or cannot be. */
  staysUntil: string | null;
}

export function grantObject(grant: Grant, access: Access | undefined, now: number): GrantObject {
  const state = grantState(grant, access, now);
  return {
    id: grant.id,
    visitId: grant.visitId,
    gateway: grant.gateway,
    mac: grant.mac,
    from: iso(grant.from),
    until: iso(grant.until),
    state,
    endedAt: isoOrNull(grant.endedAt),
    error: state === 'ended' || state === 'active' ? null : access?.error || null,
    staysUntil: isoOrNull(staysUntil(access, now)),
  };
}

export const healthObject = (health: GatewayHealth | null | undefined) =>
  health
    ? {
        ok: health.ok,
        problems: health.problems,
        guestNetworks: health.guestNetworks,
        checkedAt: iso(health.checkedAt),
      }
    : null;

/** A gateway as the registry describes it, secrets left out. */
export const gatewayObject = <D extends { health: GatewayHealth | null }>(described: D) => ({
  ...described,
  health: healthObject(described.health),
});

export const eventObject = ({ id, type, at, fields }: Event) => ({
  id,
  type,
  at: iso(at),
  data: fields,
});

export const blockObject = ({ id, kind, value, note, addedBy, addedAt, until }: Block) => ({
  id,
  kind,
  value,
  note,
  addedBy,
  addedAt: iso(addedAt),
  until: isoOrNull(until),
});

/** A request of a walk-in. `problems`: what the block list has against it. */
export const walkInObject = (
  request: WalkInRequest,
  problems: readonly { message: string }[],
  now: number,
) => ({
  id: request.id,
  state: requestState(request, now),
  name: request.name,
  email: request.email ?? null,
  host: request.host,
  hostEmail: request.hostEmail,
  language: request.language,
  desk: 'desk' in request.from ? request.from.desk : null,
  gateway: 'mac' in request.from ? request.from.gateway : null,
  mac: 'mac' in request.from ? request.from.mac : null,
  askedAt: iso(request.createdAt),
  answerBy: iso(request.answerBy),
  blocked: problems.map(({ message }) => message).join(' ') || null,
  visitId: request.answer?.visit ?? null,
});

/** A key without the key. */
export const keyObject = ({ id, name, role, site, createdAt, lastUsedAt }: ApiKey) => ({
  id,
  name,
  role,
  site,
  createdAt: iso(createdAt),
  lastUsedAt: isoOrNull(lastUsedAt),
});
