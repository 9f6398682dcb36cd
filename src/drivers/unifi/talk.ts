import { DriverError, type DriverFault } from '../driver.js';
import type { Http, HttpAnswer, HttpCall } from '../http.js';
import { TryLaterError } from '../login.js';

/** What every way of talking to UniFi has in common: which UniFi it is, being put off, and faults in words. */

export const NAME = 'UniFi';

/** Where an answer with 429 does not say until when. */
const LATER_MS = 30_000;
const LATER_MOST_MS = 60 * 60_000;

/** A self-hosted controller, or a console (or UniFi OS Server), which has it behind a proxy. */
export type Flavour = 'classic' | 'os';

export type Row = Readonly<Record<string, unknown>>;

export const isRow = (value: unknown): value is Row =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Minutes are rounded up, and what rounding, the call and the controller's clock add to that. */
export const TOLERANCE_MS = 90_000;

/** A controller that can be talked to. */
export interface Link {
  talk: Talk;
  /** Its origin, for messages. */
  where: string;
  timeoutMs: number;
  close(): Promise<void>;
}

export interface Talk {
  /** As `Http.call`; throws `TryLaterError` where UniFi has put us off, and sends nothing until then. */
  call(call: HttpCall): Promise<HttpAnswer>;
  /** Before anything secret is sent. */
  flavour(): Promise<Flavour>;
}

/** `Retry-After`: seconds, or a date. */
function laterBy(header: string | undefined, now: number): number {
  if (header === undefined) return LATER_MS;
  const ms = /^\d{1,6}$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return ms > 0 ? Math.min(ms, LATER_MOST_MS) : LATER_MS;
}

export function createTalk(http: Http, where: string, now: () => number): Talk {
  let later: TryLaterError | undefined;

  function putOff(answer: HttpAnswer): TryLaterError {
    const ms = laterBy(answer.header('retry-after'), now());
    const seconds = Math.ceil(ms / 1000);
    return new TryLaterError(
      `${NAME} at ${where} has had too many calls or logins, and is left alone for at least ${seconds} s. Other programs with the same account count too.`,
      now() + ms,
    );
  }

  async function call(call: HttpCall): Promise<HttpAnswer> {
    if (later && now() < later.at) throw later;
    const answer = await http.call(call);
    // Network 7 on UniFi OS said 403 instead of 429.
    const limited = answer.status === 403 && /LIMIT_REACHED/.test(answer.text);
    if (answer.status !== 429 && !limited) return answer;
    later = putOff(answer);
    throw later;
  }

  async function flavour(): Promise<Flavour> {
    const answer = await call({ method: 'GET', path: '/' });
    const { status } = answer;
    if (status === 302 && /^(?:https?:\/\/[^/]+)?\/manage/.test(answer.header('location') ?? ''))
      return 'classic';
    if (status === 200) return 'os';
    if (status >= 500) throw brokenBy(answer, where);
    throw new DriverError(
      'bad-answer',
      `What answers at ${where} is not ${NAME} (${status}): is it https, and the port right? A console has 443, UniFi OS Server 11443, a self-hosted controller 8443.`,
    );
  }

  return { call, flavour };
}

/** An answer that is none of the API. */
export function brokenBy({ status }: HttpAnswer, where: string): DriverError {
  const fault = (code: DriverFault, what: string) =>
    new DriverError(code, `${NAME} at ${where} ${what} If it stays so, look at it there.`);
  if (status >= 502 && status <= 504) return fault('unreachable', `is starting up or updating (${status}).`);
  if (status >= 500) return fault('bad-answer', `failed over a call (${status}).`);
  if (status < 300) return fault('bad-answer', 'answers with a page instead of its API: it is starting up.');
  return fault('bad-answer', `answers with something that is not its API (${status}).`);
}

/** How far the controller's clock is ahead of ours, in milliseconds: its ends are told by that clock. */
export function aheadMs(answer: HttpAnswer, now: number): number {
  const at = Date.parse(answer.header('date') ?? '');
  return Number.isNaN(at) ? 0 : at - now;
}

/** Whole minutes, at least one: as UniFi takes them. */
export const minutesUntil = (until: number, now: number): number =>
  Math.min(1_000_000, Math.max(1, Math.ceil((until - now) / 60_000)));
