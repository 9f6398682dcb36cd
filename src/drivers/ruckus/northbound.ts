import { DriverError } from '../driver.js';
import { createHttp } from '../http.js';
import type { RuckusFields } from './fields.js';
import type { Way } from './redirect.js';

/**
 * The northbound portal interface: one address, one JSON object a call, HTTP 200 whatever comes of it (SmartZone as
 * other projects call it; RUCKUS One Captive Portal Integration Guide 800-73417-001 Rev B, August 2023).
 */

export const CODE = {
  unauthorized: 100,
  authorized: 101,
  ok: 200,
  loggedIn: 201,
  pending: 202,
  notFound: 300,
  loginFailed: 301,
  badRequest: 302,
  version: 303,
  command: 304,
  category: 305,
  password: 306,
  internal: 400,
  aaa: 401,
} as const;

export type Command = 'Login' | 'Authorize' | 'Status' | 'Logout' | 'Disconnect';

export interface Answer {
  code: number;
  /** What the controller says of it, cut to a line. */
  said: string;
  /** What was decrypted. */
  data: string | undefined;
}

const NAME = 'The Ruckus controller';

/** Codes come as numbers, and from some releases as strings. */
function codeOf(value: unknown): number | undefined {
  const code = typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : value;
  return typeof code === 'number' && Number.isInteger(code) && code >= 100 && code < 600 ? code : undefined;
}

export type Northbound = ReturnType<typeof createNorthbound>;

export function createNorthbound(fields: RuckusFields, timeoutMs: number | undefined) {
  const { url, fingerprint, username, password } = fields;
  const http = createHttp({ name: 'the Ruckus controller', baseUrl: url, fingerprint, timeoutMs });

  async function call(request: Record<string, string>): Promise<Answer> {
    const json = {
      Vendor: 'ruckus',
      APIVersion: '1.0',
      RequestUserName: username,
      RequestPassword: password,
      ...request,
    };
    const answer = await http.call({ method: 'POST', path: '/portalintf', json });
    const body = answer.json();
    const read = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
    const code = codeOf(read.ResponseCode);
    if (code === undefined)
      throw new DriverError(
        'bad-answer',
        `What answers at ${new URL(url).origin}/portalintf is not a northbound portal interface, or not ready yet (HTTP status ${answer.status}): look at the field url, and wait while the controller starts.`,
      );
    const said = typeof read.ReplyMessage === 'string' ? read.ReplyMessage.slice(0, 120) : '';
    const data = typeof read.Data === 'string' ? read.Data : undefined;
    return { code, said, data };
  }

  return {
    /** Of one client. Its names go back as they came. */
    user(command: Command, { mac, ip }: Way, account?: { name: string; password: string }): Promise<Answer> {
      return call({
        RequestCategory: 'UserOnlineControl',
        RequestType: command,
        'UE-MAC': mac,
        ...(ip === undefined ? {} : { 'UE-IP': ip }),
        ...(account ? { 'UE-Proxy': '0', 'UE-Username': account.name, 'UE-Password': account.password } : {}),
      });
    },
    decrypt: (sealed: string): Promise<Answer> =>
      call({ RequestCategory: 'GetConfig', RequestType: 'Decrypt', Data: sealed }),
    close: http.close,
  };
}

/** What a code that is no success means, for a router admin. */
export function faultOf({ code, said }: Answer, what: string): DriverError {
  const more = said ? ` It says: ${said}` : '';
  switch (code) {
    case CODE.notFound:
      return new DriverError('absent', 'The client is not at the Ruckus controller.');
    case CODE.loginFailed:
      return new DriverError(
        'misconfigured',
        `${NAME} refuses the guest’s login: set the WLAN’s authentication service to Always Accept and leave out guestUsername, or set guestUsername and guestPassword to an account that it knows.${more}`,
      );
    case CODE.password:
      return new DriverError(
        'login-refused',
        `${NAME} refuses the request password: set the fields username and password as they are under System > General Settings > WISPr Northbound Interface (at RUCKUS One: the integration key).`,
      );
    case CODE.badRequest:
    case CODE.version:
    case CODE.category:
      return new DriverError(
        'misconfigured',
        `${NAME} does not understand a request of the portal interface (${what}, code ${code}): is it of a release that Foyer knows?${more}`,
      );
    case CODE.command:
      return new DriverError('not-supported', `${NAME} knows no ${what}.`);
    case CODE.aaa:
      return new DriverError(
        'busy',
        `${NAME} does not reach the authentication service of the WLAN: look at its RADIUS server, or set Always Accept.${more}`,
      );
    case CODE.internal:
      return new DriverError('busy', `${NAME} had an internal error.${more}`);
    default:
      return new DriverError('bad-answer', `${NAME} answers ${what} with code ${code}.${more}`);
  }
}
