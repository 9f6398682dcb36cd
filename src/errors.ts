import type { FieldProblem } from './domain/problem.js';

/**
 * Every fault that a caller can meet, once: code, HTTP status, what it means. The code is stable; the API answers with it
 * as the last part of the problem's `type`, and the README lists this table.
 */
export const ERRORS = {
  'malformed-request': { status: 400, title: 'The request is not of the form that this call has' },
  'invalid-input': { status: 422, title: 'Some of what was sent cannot be used' },
  'not-found': { status: 404, title: 'There is nothing by that name' },
  unauthorized: { status: 401, title: 'An API key is needed' },
  forbidden: { status: 403, title: 'The role of this key does not allow that' },
  'method-not-allowed': { status: 405, title: 'That method does not exist here' },
  'too-large': { status: 413, title: 'The request is larger than this call needs' },
  'unsupported-media-type': { status: 415, title: 'Send JSON' },
  'precondition-failed': { status: 412, title: 'It changed since it was read' },
  'precondition-required': { status: 428, title: 'Say which version you read, by If-Match' },
  'visit-cancelled': { status: 409, title: 'The visit is cancelled' },
  'visit-checked-out': { status: 409, title: 'The visitor has checked out' },
  'visit-checked-in': { status: 409, title: 'The visitor is checked in already' },
  'visit-early': { status: 409, title: 'The visitor is expected on another day' },
  'pin-refused': { status: 422, title: 'No visit has that PIN' },
  throttled: { status: 429, title: 'Too many PINs were wrong; wait as long as Retry-After says' },
  'walk-in-over': { status: 409, title: 'The request is answered already, or nobody answered in time' },
  'not-mailable': {
    status: 409,
    title: 'The PIN cannot be sent: the visit has no e-mail address, is over, or has no PIN any more',
  },
  'no-token': { status: 409, title: 'The visit has no token, its PIN is for check-in only' },
  'token-not-open': { status: 409, title: "The visit's token is not in force now" },
  'device-limit': { status: 409, title: 'The visit has as many devices as it may have' },
  'site-exists': { status: 409, title: 'There is a site by that id' },
  'site-in-use': { status: 409, title: 'The site cannot be removed as it is' },
  'person-exists': { status: 409, title: 'Somebody in the team has that address' },
  'last-owner': { status: 409, title: 'There has to be an owner who can sign in' },
  'gateway-taken': { status: 409, title: 'Another site has a gateway by that id' },
  'gateway-failed': { status: 502, title: 'The gateway does not do what was asked' },
  busy: { status: 503, title: 'Too many changed this at once; try again' },
  unavailable: { status: 503, title: 'No decision can be made now' },
  'wrong-host': { status: 421, title: 'This listener does not answer for that host' },
  internal: { status: 500, title: 'Something is wrong on our side' },
} as const;

export type ErrorCode = keyof typeof ERRORS;

export type { FieldProblem };

/** A fault from the catalogue. `detail` is for the caller and holds no secret. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly problems: FieldProblem[];
  constructor(code: ErrorCode, detail?: string, problems: FieldProblem[] = []) {
    super(detail ?? ERRORS[code].title);
    this.name = 'AppError';
    this.code = code;
    this.status = ERRORS[code].status;
    this.problems = problems;
  }
}
