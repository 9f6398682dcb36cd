import { randomBytes } from 'node:crypto';
import type { Asked, Reply } from './http-router.js';

/** Logins of a UniFi controller: cookies, CSRF tokens, limits. */

export interface UnifiOptions {
  flavour: 'classic' | 'os';
  now: () => number;
  tls?: boolean;
  username?: string;
  password?: string;
  /** The sites that it has, by their short names. */
  sites?: string[];
}

/** What it does otherwise than the description of an API would have it. */
export interface UnifiQuirks {
  /** UniFi OS: the CSRF token is another one after each so many calls that change something; the former is refused. */
  rotateEvery: number;
  /** The refusal of a CSRF token does not say the right one. */
  silent403: boolean;
  /** With the CSRF token the cookie is another one too; the former is still good. */
  rotateCookie: boolean;
  /** Of two headers the newer token stands in `x-updated-csrf-token`. */
  updatedHeader: boolean;
  /** Logins within the hour, successful ones too, before 429; and the `Retry-After` of that answer. */
  loginsMost: number;
  retryAfter: string | undefined;
  /** As Network 7: 403 where 429 is meant. */
  limitIs403: boolean;
  /** The next commands are done and answered with 500 and HTML; or not done, and answered so. */
  breaksAfter: number;
  breaksBefore: number;
  /** Every command is refused with status 200 and this `meta.msg`. */
  refuses: string | undefined;
  /** Every call but the login is answered so. */
  status: number | undefined;
  /** How long a client is still listed as waiting after it was authorized. */
  authorizedLagMs: number;
  /** Old firmware: no row in the answer to an order. */
  noRow: boolean;
  secondFactor: boolean;
  /** The account may not see devices. */
  hidesDevices: boolean;
  role: string;
  /** Sessions are no longer than this. */
  minutesMost: number;
  /** How far its clock is ahead. */
  aheadMs: number;
  /** How long the cookie of UniFi OS is good. */
  tokenMs: number;
  /** `GET /` answers so. */
  root: Reply | undefined;
}

interface Login {
  csrf: string;
  former?: string;
  /** A cookie that was not given out yet. */
  fresh?: string;
  changes: number;
  until: number;
}

export const ok = (data: unknown[] = []): Reply => ({ body: { meta: { rc: 'ok' }, data } });
export const error = (msg: string, status = 200): Reply => ({
  status,
  body: { meta: { rc: 'error', msg }, data: [] },
});
const jwt = (payload: object): string =>
  [{ alg: 'HS256', typ: 'JWT' }, payload, 'signature']
    .map((part) => Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url'))
    .join('.');

export function plainQuirks(): UnifiQuirks {
  return {
    rotateEvery: 0,
    silent403: false,
    rotateCookie: false,
    updatedHeader: false,
    loginsMost: Number.POSITIVE_INFINITY,
    retryAfter: undefined,
    limitIs403: false,
    breaksAfter: 0,
    breaksBefore: 0,
    refuses: undefined,
    status: undefined,
    authorizedLagMs: 0,
    noRow: false,
    secondFactor: false,
    hidesDevices: false,
    role: 'admin',
    minutesMost: Number.POSITIVE_INFINITY,
    aheadMs: 0,
    tokenMs: 2 * 60 * 60_000,
    root: undefined,
  };
}

export function createLogins(
  { flavour, username = 'foyer', password = 'secret' }: UnifiOptions,
  quirks: UnifiQuirks,
  clock: () => number,
) {
  const os = flavour === 'os';
  const logins = new Map<string, Login>();
  let tried = 0;
  let given = 0;
  const seconds = (): number => Math.floor(clock() / 1000);

  function cookieOf({ headers }: Asked, name: string): string | undefined {
    return new RegExp(`(?:^|; )${name}=([^;]*)`).exec(headers.cookie ?? '')?.[1];
  }

  const tokenOf = (login: Login, id: string): string =>
    jwt({
      userId: id,
      csrfToken: login.csrf,
      iat: seconds(),
      exp: Math.floor((clock() + quirks.tokenMs) / 1000),
    });

  function signIn({ json }: Asked): Reply {
    tried++;
    if (tried > quirks.loginsMost) {
      const body = {
        code: 'AUTHENTICATION_FAILED_LIMIT_REACHED',
        message: "You've reached the login attempt limit",
        level: 'debug',
      };
      const headers = quirks.retryAfter === undefined ? {} : { 'retry-after': quirks.retryAfter };
      return { status: quirks.limitIs403 ? 403 : 429, headers, body };
    }
    const sent = json as Record<string, unknown> | undefined;
    if (quirks.secondFactor)
      return os
        ? { status: 499, body: { code: 'MFA_AUTH_REQUIRED', data: { mfaCookie: 'UBIC_2FA=eyJ0' } } }
        : error('api.err.Ubic2faTokenRequired', 400);
    if (sent?.username !== username || sent.password !== password)
      return os
        ? {
            status: 403,
            body: {
              code: 'AUTHENTICATION_FAILED_INVALID_CREDENTIALS',
              message: 'Invalid username or password',
              level: 'debug',
            },
          }
        : error('api.err.Invalid', 400);
    given++;
    const id = randomBytes(16).toString('hex');
    const strict = os || sent.strict === true;
    const login: Login = {
      csrf: strict ? randomBytes(16).toString('hex') : '',
      changes: 0,
      until: os ? clock() + quirks.tokenMs : Number.POSITIVE_INFINITY,
    };
    if (!os) {
      logins.set(id, login);
      const cookies = [`unifises=${id}; Path=/; Secure; HttpOnly`];
      if (strict) cookies.push(`csrf_token=${login.csrf}; Path=/; Secure`);
      return { ...ok(), headers: { 'set-cookie': cookies } };
    }
    const token = tokenOf(login, id);
    logins.set(token, login);
    return {
      headers: {
        'set-cookie': [`TOKEN=${token}; path=/; samesite=strict; secure; httponly`],
        'x-csrf-token': login.csrf,
      },
      body: { unique_id: id, username, roles: [{ unique_id: 'super_administrator' }], permissions: {} },
    };
  }

  /** The session of a call; an answer where it has none, or the wrong CSRF token. */
  function loginOf(call: Asked): { login: Login } | Reply {
    const login = logins.get(cookieOf(call, os ? 'TOKEN' : 'unifises') ?? '');
    if (!login || login.until <= clock())
      return os
        ? {
            status: 401,
            headers: { 'content-type': 'text/plain', 'x-csrf-token': randomBytes(16).toString('hex') },
            body: 'Unauthorized',
          }
        : error('api.err.LoginRequired', 401);
    const csrf = os ? call.headers['x-csrf-token'] : cookieOf(call, 'csrf_token');
    if (call.method !== 'GET' && login.csrf !== '' && csrf !== login.csrf) {
      const headers = quirks.silent403 ? {} : csrfHeaders(login);
      return { status: 403, headers, body: { code: 'FORBIDDEN', message: 'Forbidden' } };
    }
    return { login };
  }

  function csrfHeaders(login: Login): Record<string, string> {
    if (!os) return {};
    const { former, fresh } = login;
    delete login.fresh;
    return {
      ...(fresh === undefined ? {} : { 'set-cookie': `TOKEN=${fresh}; path=/; secure; httponly` }),
      ...(quirks.updatedHeader && former !== undefined
        ? { 'x-csrf-token': former, 'x-updated-csrf-token': login.csrf }
        : { 'x-csrf-token': login.csrf }),
    };
  }

  function rotate(login: Login): void {
    if (!os || quirks.rotateEvery === 0 || ++login.changes % quirks.rotateEvery !== 0) return;
    login.former = login.csrf;
    login.csrf = randomBytes(16).toString('hex');
    if (!quirks.rotateCookie) return;
    login.fresh = tokenOf(login, `${login.changes}`);
    logins.set(login.fresh, { ...login, until: clock() + quirks.tokenMs });
  }

  return {
    signIn,
    loginOf,
    csrfHeaders,
    rotate,
    signOut(login: Login) {
      for (const [id, other] of logins) if (other === login) logins.delete(id);
    },
    forget: () => logins.clear(),
    /** The CSRF tokens are others from now on, and nobody was told. */
    newTokens() {
      for (const login of logins.values()) login.csrf = randomBytes(16).toString('hex');
    },
    given: () => given,
    /** Refused ones too. */
    tried: () => tried,
  };
}
