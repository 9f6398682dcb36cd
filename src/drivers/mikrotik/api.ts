import { DriverError, type DriverFault } from '../driver.js';
import { createHttp, type Http, type HttpAnswer, type HttpCall } from '../http.js';
import type { MikrotikFields } from './fields.js';

/** RouterOS 7 over REST: the conventions of its console, in JSON. */

const NAME = 'MikroTik';
const DETAIL_MOST = 200;

/** A row: every value is text, and what is empty is not there at all. */
export type Row = Readonly<Record<string, string>>;

/** The router understood and did not do it. Proves nothing: something may have changed all the same. */
export class Refusal extends DriverError {
  /** What the router said, for comparing. */
  readonly detail: string;
  constructor(code: DriverFault, message: string, detail: string) {
    super(code, message);
    this.name = 'Refusal';
    this.detail = detail;
  }
}

/** What RouterOS says, what that is, and what to do. The first that matches counts. */
const MEANINGS: readonly (readonly [RegExp, DriverFault, string])[] = [
  [
    /not enough permissions/i,
    'not-permitted',
    'The group of the router user lacks a policy: it needs read, write and rest-api.',
  ],
  [
    /no such command/i,
    'not-supported',
    'This RouterOS does not have that menu: it is older than 7.1, or without the hotspot package.',
  ],
  [/unknown parameter/i, 'not-supported', 'This RouterOS does not know that setting: update it.'],
  [
    /match any value of profile/i,
    'misconfigured',
    'The hotspot user profile is not there: make it as `foyer gateway rules` prints it.',
  ],
  [
    /match any value of server/i,
    'misconfigured',
    'There is no hotspot of that name: look into `/ip/hotspot/print`.',
  ],
  [/unknown host ip/i, 'absent', 'The device is not at the hotspot.'],
  [/wrong mac|invalid value (?:of|for argument) (?:ip|mac-address)/i, 'absent', 'The device has changed.'],
  [/already authorizing/i, 'busy', 'It is just logging the device in.'],
  [
    /session limit reached/i,
    'busy',
    'The licence of the router allows no more hotspot users at once: a higher level does, see `/system/license`.',
  ],
  [/no more sessions/i, 'busy', 'The user is still logged in elsewhere.'],
  [
    /invalid username or password/i,
    'misconfigured',
    'The hotspot takes no login through the API: add http-pap to login-by of its server profile.',
  ],
  [/traffic limit/i, 'not-permitted', 'The device has used up its volume.'],
];

interface Body {
  message?: unknown;
  detail?: unknown;
}

const short = (value: unknown): string =>
  typeof value === 'string' ? value.replace(/[^\x20-\x7e]/g, '?').slice(0, DETAIL_MOST) : '';

function refusalOf(answer: HttpAnswer, path: string): DriverError {
  const body = answer.json();
  const { status } = answer;
  if (status === 401)
    return new DriverError(
      'login-refused',
      `${NAME} refuses the login: check username and password, and that address= of the router user and of the service www-ssl holds the address of this machine.`,
    );
  if (status === 403)
    return new DriverError(
      'not-permitted',
      `${NAME} forbids it: the group of the router user needs the policies read, write and rest-api.`,
    );
  if (typeof body !== 'object' || body === null || !('error' in body)) return garbage();
  const { detail, message } = body as Body;
  const said = short(detail) || short(message) || `error ${status}`;
  const [, code, advice] = MEANINGS.find(([text]) => text.test(said)) ?? [said, 'bad-answer' as const, ''];
  return new Refusal(code, `${NAME} refuses ${path}: ${said}. ${advice}`.trim(), said);
}

const garbage = (): DriverError =>
  new DriverError('bad-answer', `${NAME} answers with something that is not its REST API: check the url.`);

const isRow = (value: unknown): value is Row =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.values(value).every((text) => typeof text === 'string');

/** The id is not there, or not any more. */
export const isGone = (error: unknown): boolean =>
  error instanceof Refusal && /^not found$|no such item/i.test(error.detail);

export type Api = ReturnType<typeof createApi>;

export interface ApiOptions extends Pick<MikrotikFields, 'url' | 'username' | 'password' | 'fingerprint'> {
  timeoutMs?: number | undefined;
}

/** Menus are named as on the console: `/ip/hotspot/user`. */
export function createApi({ url, username, password, fingerprint, timeoutMs }: ApiOptions) {
  const http: Http = createHttp({ name: NAME, baseUrl: url, fingerprint, timeoutMs });
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

  async function ask(method: HttpCall['method'], path: string, json?: object): Promise<unknown> {
    const call = { method, path: `/rest${path}`, headers: { authorization } };
    const answer = await http.call(json === undefined ? call : { ...call, json });
    if (answer.status < 200 || answer.status > 299) throw refusalOf(answer, path);
    if (answer.text === '') return [];
    const body = answer.json();
    if (typeof body !== 'object' || body === null) throw garbage();
    return body;
  }

  async function rowsOf(asked: Promise<unknown>): Promise<Row[]> {
    const body = await asked;
    if (!Array.isArray(body) || !body.every(isRow)) throw garbage();
    return body;
  }

  return {
    /** Rows of a menu. `query`: `name=value`, all of which have to hold. In the body nothing has to be encoded. */
    rows: (menu: string, properties: readonly string[], ...query: string[]): Promise<Row[]> =>
      rowsOf(
        ask('POST', `${menu}/print`, {
          '.proplist': ['.id', ...properties],
          ...(query.length > 0 ? { '.query': query } : {}),
        }),
      ),

    /** One row by its name, or a menu of one row; undefined where there is none. */
    async one(path: string): Promise<Row | undefined> {
      try {
        const body = await ask('GET', path);
        const row = Array.isArray(body) ? body[0] : body;
        if (row === undefined) return undefined;
        if (!isRow(row)) throw garbage();
        return row;
      } catch (error) {
        if (isGone(error)) return undefined;
        throw error;
      }
    },

    add: (menu: string, values: Row): Promise<unknown> => ask('PUT', menu, values),

    // By command: several firmwares refuse an id in the path (7.21.3 among them), or want it encoded in another way.
    set: (menu: string, id: string, values: Row): Promise<unknown> =>
      ask('POST', `${menu}/set`, { '.id': id, ...values }),

    /** What is gone is removed. */
    async remove(menu: string, id: string): Promise<void> {
      try {
        await ask('POST', `${menu}/remove`, { '.id': id });
      } catch (error) {
        if (!isGone(error)) throw error;
      }
    },

    command: (path: string, values: Row): Promise<unknown> => ask('POST', path, values),

    close: (): Promise<void> => http.close(),
  };
}
