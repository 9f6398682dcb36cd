import { DriverError } from '../driver.js';
import type { HttpAnswer } from '../http.js';
import { createLogin, EXPIRED } from '../login.js';
import { aheadMs, brokenBy, type Flavour, isRow, type Link, NAME, type Row, textOf } from './talk.js';

/** The controller's own API, with an account: cookies, CSRF, one login for all. */

/** How long before its end a login is renewed. */
const RENEW_MS = 2 * 60_000;
/** A login younger than this is not renewed over a 403: UniFi counts logins, also those that succeed. */
const FRESH_MS = 60_000;
/** How often a call is repeated with a CSRF token that came in the meantime. */
const TOKENS_MOST = 3;

const SECOND_FACTOR =
  'UniFi asks for a second factor: make a local account (Restrict to local access) without one. Accounts of ui.com always have one.';
const READ_ONLY =
  'The UniFi account may only read: give it the role Site Admin (or Hotspot operator, where there is one) for this site.';

/** UniFi's names for what is wrong. */
const FAULTS: Readonly<Record<string, () => DriverError>> = {
  'api.err.NoPermission': () => new DriverError('not-permitted', READ_ONLY),
  'api.err.NoSiteContext': () =>
    new DriverError(
      'misconfigured',
      'UniFi has no such site, or the account may not see it: set unifiSite to the short name that stands in the address of the UniFi page (default, or eight letters and digits).',
    ),
  'api.err.Ubic2faTokenRequired': () => new DriverError('login-refused', SECOND_FACTOR),
  'api.err.NotFound': () =>
    new DriverError(
      'misconfigured',
      'UniFi knows no hotspot on this site: turn on the Hotspot Portal for a Wi-Fi network, with an external portal server.',
    ),
};

interface Session {
  flavour: Flavour;
  cookies: Map<string, string>;
  csrf?: string;
  begun: number;
  goodUntil?: number;
}

export interface AccountCall {
  method: 'GET' | 'POST';
  /** Of the Network application: `/api/s/default/stat/sta`. */
  path: string;
  json?: unknown;
}

export interface Rows {
  rows: Row[];
  /** By how much the controller's clock is ahead of ours, in milliseconds. */
  ahead: number;
}

export interface AccountOptions extends Pick<Link, 'talk' | 'where'> {
  username: string;
  password: string;
  now: () => number;
}

/** UniFi's name for a fault, in either form of its answers; only what looks like one. */
function nameOf(body: unknown): string {
  const { meta, code } = isRow(body) ? body : ({} as Row);
  const name = textOf(isRow(meta) ? meta.msg : code);
  return /^[A-Za-z0-9_.]{1,80}$/.test(name) ? name : '';
}

export function createAccount({ talk, where, username, password, now }: AccountOptions) {
  const login = createLogin<Session>({
    name: NAME,
    now,
    login: signIn,
    goodUntil: ({ goodUntil }) => goodUntil,
  });

  async function signIn(): Promise<Session> {
    const flavour = await talk.flavour();
    const answer = await talk.call({
      method: 'POST',
      path: flavour === 'os' ? '/api/auth/login' : '/api/login',
      // Network 9 gives a CSRF token only to who is strict.
      json: { username, password, rememberMe: true, ...(flavour === 'os' ? {} : { strict: true }) },
    });
    const refusal = refusalOf(answer);
    if (refusal) throw refusal;
    const session: Session = { flavour, cookies: new Map(), begun: now() };
    adopt(session, answer);
    if (session.cookies.size === 0) throw brokenBy(answer, where);
    return session;
  }

  function refusalOf(answer: HttpAnswer): DriverError | undefined {
    const { status } = answer;
    const body = answer.json();
    const name = nameOf(body);
    if (status === 499) return new DriverError('login-refused', SECOND_FACTOR);
    const known = FAULTS[name]?.();
    if (known) return known;
    if (name === 'api.err.Invalid' || status === 400 || status === 401 || status === 403)
      return new DriverError(
        'login-refused',
        `UniFi refuses the login${name ? ` (${name})` : ''}: look at username and password. It has to be a local account of this controller.`,
      );
    const refused = isRow(body) && isRow(body.meta) && body.meta.rc !== 'ok';
    return status !== 200 || !isRow(body) || refused ? brokenBy(answer, where) : undefined;
  }

  /** Whatever an answer renews of the session. */
  function adopt(session: Session, answer: HttpAnswer): void {
    const fresh = new Map(answer.cookies().map(pairIn));
    for (const [name, value] of fresh) session.cookies.set(name, value);
    const token = tokenIn(fresh.get('TOKEN'));
    const csrf =
      answer.header('x-updated-csrf-token') ??
      answer.header('x-csrf-token') ??
      (textOf(token?.csrfToken) || fresh.get('csrf_token'));
    if (csrf) session.csrf = csrf;
    // By how long it is good, since the console's clock may be wrong.
    const lasts = (Number(token?.exp) - Number(token?.iat)) * 1000;
    if (lasts > RENEW_MS) session.goodUntil = now() + Math.max(lasts - RENEW_MS, lasts / 2);
  }

  const send = ({ flavour, cookies, csrf }: Session, { method, path, json }: AccountCall) =>
    talk.call({
      method,
      path: flavour === 'os' ? `/proxy/network${path}` : path,
      headers: {
        cookie: [...cookies].map((pair) => pair.join('=')).join('; '),
        ...(csrf === undefined ? {} : { 'x-csrf-token': csrf }),
      },
      ...(json === undefined ? {} : { json }),
    });

  /** With the newest CSRF token: another call's answer may have brought one while this was under way. */
  async function sendAnew(session: Session, call: AccountCall): Promise<HttpAnswer> {
    for (let tries = 1; ; tries++) {
      const sent = session.csrf;
      const answer = await send(session, call);
      adopt(session, answer);
      if (answer.status !== 403 || sent === session.csrf || tries === TOKENS_MOST) return answer;
    }
  }

  function rowsOf(answer: HttpAnswer, session: Session): Rows | typeof EXPIRED {
    const { status } = answer;
    const body = answer.json();
    const name = nameOf(body);
    const known = FAULTS[name]?.();
    if (known) throw known;
    if (status === 401 || name === 'api.err.LoginRequired') return EXPIRED;
    if (status === 403) {
      if (now() - session.begun >= FRESH_MS) return EXPIRED;
      throw new DriverError('not-permitted', `UniFi forbids the account a call. ${READ_ONLY}`);
    }
    const meta = isRow(body) && isRow(body.meta) ? body.meta : undefined;
    if (!meta || status >= 500) throw brokenBy(answer, where);
    // The status is 200 with some of its errors.
    if (meta.rc !== 'ok' || status >= 300)
      throw new DriverError('bad-answer', `UniFi refuses a call (${name || status}).`);
    const { data } = body as Row;
    if (!Array.isArray(data)) throw brokenBy(answer, where);
    return { rows: data.filter(isRow), ahead: aheadMs(answer, now()) };
  }

  return {
    /** What the Network application answers. Throws `DriverError`. */
    ask: (call: AccountCall): Promise<Rows> =>
      login.use(async (session) => rowsOf(await sendAnew(session, call), session)),
  };
}

export type Account = ReturnType<typeof createAccount>;

const pairIn = (cookie: string): [string, string] => {
  const at = cookie.indexOf('=');
  return [cookie.slice(0, at), cookie.slice(at + 1)];
};

/** The payload of the cookie of UniFi OS, a JWT. It is not checked: it is ours to give back. */
function tokenIn(cookie: string | undefined): Row | undefined {
  try {
    const payload: unknown = JSON.parse(Buffer.from(cookie?.split('.')[1] ?? '', 'base64url').toString());
    return isRow(payload) ? payload : undefined;
  } catch {
    return undefined;
  }
}
