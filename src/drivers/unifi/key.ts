import { DriverError } from '../driver.js';
import { createLogin, EXPIRED } from '../login.js';
import { aheadMs, brokenBy, isRow, type Link, NAME, type Row, textOf } from './talk.js';

/** The official Integration API: a key with every call, and pages. */

/** Network 9.1.105 is the first whose API authorizes guests. */
const OLDEST = [9, 1, 105] as const;
export const OLDEST_TEXT = OLDEST.join('.');
const PAGE = 200;
/** More clients than a site has. */
const PAGES_MOST = 100;
const SITES_SHOWN = 10;

const TOO_OLD = `UniFi has no Integration API there: Network ${OLDEST_TEXT} or newer is needed. Update it, or set username and password instead of apiKey.`;

/** Where the site is found. */
interface Place {
  base: string;
  site: string;
}

export interface KeyCall {
  method: 'GET' | 'POST';
  /** Below the site: `/clients`. */
  path: string;
  query?: Readonly<Record<string, string | number>>;
  json?: unknown;
}

export interface KeyAnswer {
  /** 2xx or 4xx. */
  status: number;
  body: Row;
  /** By how much the controller's clock is ahead of ours, in milliseconds. */
  ahead: number;
}

export interface KeyOptions extends Pick<Link, 'talk' | 'where'> {
  apiKey: string;
  /** Short name. */
  unifiSite: string;
  now: () => number;
}

/** `prop.eq('a')`, or `prop.in('a','b')`. Values are the driver's own, checked before. */
export function filterOf(property: string, values: readonly string[]): string {
  const quoted = values.map((value) => `'${value.replaceAll("'", "''")}'`).join(',');
  return `${property}.${values.length === 1 ? 'eq' : 'in'}(${quoted})`;
}

export function tooOld(version: string): boolean {
  const parts = version.split('.').map(Number);
  const at = OLDEST.findIndex((part, place) => parts[place] !== part);
  return at >= 0 && (parts[at] ?? 0) < (OLDEST[at] as number);
}

export function createKey({ talk, where, apiKey, unifiSite, now }: KeyOptions) {
  const login = createLogin<Place>({ name: NAME, now, login: findPlace });

  async function send(path: string, { method, query, json }: Omit<KeyCall, 'path'>): Promise<KeyAnswer> {
    const answer = await talk.call({
      method,
      path,
      headers: { 'x-api-key': apiKey },
      ...(query ? { query } : {}),
      ...(json === undefined ? {} : { json }),
    });
    const { status } = answer;
    if (status === 401)
      throw new DriverError(
        'login-refused',
        'UniFi refuses the API key: make one in Settings > Control Plane > Integrations, and set the field apiKey to it.',
      );
    if (status === 403)
      throw new DriverError(
        'not-permitted',
        'UniFi forbids the API key a call: make the key with an account that administers this site.',
      );
    const body = answer.json();
    // Of a refusal the status is what counts: the API's description declares none.
    if (status >= 400 && status < 500)
      return { status, body: isRow(body) ? body : {}, ahead: aheadMs(answer, now()) };
    if (status >= 300 || !isRow(body)) throw brokenBy(answer, where);
    return { status, body, ahead: aheadMs(answer, now()) };
  }

  async function findPlace(): Promise<Place> {
    const base = `${(await talk.flavour()) === 'os' ? '/proxy/network' : ''}/integration/v1`;
    const sites = async (query: Record<string, string | number>): Promise<Row[]> => {
      const { status, body } = await send(`${base}/sites`, { method: 'GET', query });
      if (status === 404) throw new DriverError('not-supported', TOO_OLD);
      return rowsOf(body, status);
    };
    const [own] = await sites({ filter: filterOf('internalReference', [unifiSite]) });
    if (own && own.internalReference === unifiSite) return { base, site: idOf(own) };
    const names = (await sites({ limit: PAGE })).map(({ internalReference }) => textOf(internalReference));
    const known = names.filter((name) => /^[\w-]{1,64}$/.test(name)).slice(0, SITES_SHOWN);
    throw new DriverError(
      'misconfigured',
      `UniFi has no site with the short name ${unifiSite} for this API key. It has: ${known.join(', ') || 'none'}. Set the field unifiSite.`,
    );
  }

  function rowsOf({ data }: Row, status: number): Row[] {
    if (status >= 400 || !Array.isArray(data))
      throw new DriverError(
        'bad-answer',
        `${NAME} at ${where} answers a list with something else (${status}).`,
      );
    return data.filter(isRow);
  }

  /** An answer of 2xx or 4xx. Throws `DriverError`. */
  const ask = ({ path, ...call }: KeyCall): Promise<KeyAnswer> =>
    login.use(({ base, site }) => send(`${base}/sites/${site}${path}`, call));

  async function list(path: string, filter?: string): Promise<{ rows: Row[]; ahead: number }> {
    let tries = 0;
    return login.use(async ({ base, site }) => {
      tries++;
      const rows: Row[] = [];
      for (let page = 0; page < PAGES_MOST; page++) {
        const query = { offset: rows.length, limit: PAGE, ...(filter === undefined ? {} : { filter }) };
        const { status, body, ahead } = await send(`${base}/sites/${site}${path}`, { method: 'GET', query });
        // A site that was made anew has another id.
        if (status === 404 && tries === 1) return EXPIRED;
        const more = rowsOf(body, status);
        rows.push(...more);
        if (more.length === 0 || rows.length >= Number(body.totalCount)) return { rows, ahead };
      }
      throw new DriverError('bad-answer', `${NAME} at ${where} lists without an end.`);
    });
  }

  async function version(): Promise<string> {
    const { status, body } = await login.use(({ base }) => send(`${base}/info`, { method: 'GET' }));
    if (status === 404) throw new DriverError('not-supported', TOO_OLD);
    return textOf(body.applicationVersion);
  }

  return { ask, list, version };
}

/** The UUID of a row, which goes into paths. */
export function idOf({ id }: Row): string {
  const text = textOf(id);
  if (/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) return text;
  throw new DriverError('bad-answer', `${NAME} lists something without an id.`);
}
