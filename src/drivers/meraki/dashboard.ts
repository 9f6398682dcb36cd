import type { ClientMac } from '../../domain/id.js';
import { parseMac } from '../../domain/mac.js';
import { DriverError } from '../driver.js';
import { createHttp, type HttpAnswer, type HttpCall } from '../http.js';
import type { MerakiFields } from './fields.js';
import { createPace } from './pace.js';

/** The calls of the Dashboard API v1 that Foyer makes (developer.cisco.com/meraki/api-v1, April 2026). */

/** Who was not seen for so long does not pass now, and is listed again when it comes back. */
const SEEN_WITHIN_S = 3600;
const PAGE = 1000;
const PAGES_MOST = 5;

/** A client as the Dashboard lists it, minutes late. */
export interface Listed {
  mac: ClientMac;
  /** The Dashboard's own key for it: where a network tracks clients by address its MAC is none. */
  id: string;
  ssid: string | undefined;
}

export interface SplashStatus {
  authorized: boolean;
  /** Epoch milliseconds, where told. */
  until?: number;
}

export interface Splash {
  page: string;
  url: string | undefined;
  /** The Dashboard sends guests on to an address of its own instead of back to Foyer. */
  redirects: boolean;
  blocksAll: boolean;
  openWhenAway: boolean;
}

export interface Ssid {
  name: string;
  enabled: boolean;
  nat: boolean;
  walledGarden: boolean;
}

export type Dashboard = ReturnType<typeof createDashboard>;

interface DashboardOptions {
  fields: MerakiFields;
  now: () => number;
  timeoutMs: number | undefined;
  perSecond: number;
}

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const wrong = (what: string): DriverError =>
  new DriverError('bad-answer', `The Meraki Dashboard answers ${what} in a form that is not known.`);

function objectOf(answer: HttpAnswer, what: string): Json {
  const json = answer.json();
  if (!isObject(json)) throw wrong(what);
  return json;
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** `2017-07-20 16:24:13 UTC`, or an ISO instant. */
function instantOf(value: unknown): number | undefined {
  const at = Date.parse((text(value) ?? '').replace(/^(\S+) (\S+) UTC$/, '$1T$2Z'));
  return Number.isNaN(at) ? undefined : at;
}

/** Where the next page begins. The rest of the link is not followed: the key goes to no other host. */
function nextPage(link: string | undefined): string | undefined {
  const next = /<([^<>]{1,2000})>;\s*rel="?next"?/.exec(link ?? '')?.[1];
  return next && URL.canParse(next)
    ? (new URL(next).searchParams.get('startingAfter') ?? undefined)
    : undefined;
}

export function createDashboard({ fields, now, timeoutMs, perSecond }: DashboardOptions) {
  const { apiKey, networkId, ssid, url, fingerprint } = fields;
  const http = createHttp({ name: 'the Meraki Dashboard', baseUrl: url, fingerprint, timeoutMs });
  const pace = createPace({ perSecond, now });
  const network = `/networks/${networkId}`;

  /** Answers of 200 and 404 only. */
  async function ask(call: HttpCall): Promise<HttpAnswer> {
    await pace.turn();
    const answer = await http.call({ ...call, headers: { authorization: `Bearer ${apiKey}` } });
    const { status } = answer;
    if ((status >= 200 && status < 300) || status === 404) return answer;
    if (status === 429) pace.hold(answer.header('retry-after'));
    throw faultOf(answer);
  }

  function faultOf(answer: HttpAnswer): DriverError {
    const { status } = answer;
    const json = answer.json();
    const said = isObject(json) && Array.isArray(json.errors) ? String(json.errors[0]).slice(0, 200) : '';
    if (status === 401)
      return new DriverError(
        'login-refused',
        'The Meraki Dashboard does not accept the API key: it was revoked, or the API is not enabled for the organisation. Set the field apiKey to a valid one.',
      );
    if (status === 403)
      return new DriverError(
        'not-permitted',
        `The account of the API key may not do this in network ${networkId}: give it write access to the network.`,
      );
    if (status === 429)
      return new DriverError(
        'busy',
        'The Meraki organisation had more calls of the Dashboard API than it takes: 10 a second for all programs together.',
      );
    if (status >= 300 && status < 400) {
      const to = answer.header('location') ?? '';
      const where = URL.canParse(to) ? new URL(to).origin : 'another address';
      return new DriverError(
        'misconfigured',
        `The Meraki Dashboard sends on to ${where}, which is not followed with the API key: set the field url to the API there.`,
      );
    }
    if (status === 400 && /click-through/i.test(said))
      return new DriverError(
        'misconfigured',
        `SSID ${ssid} has no click-through splash page: choose it under Wireless > Access control.`,
      );
    return new DriverError(
      status >= 500 ? 'busy' : 'bad-answer',
      `The Meraki Dashboard answers with status ${status}${said ? `: ${said}` : ''}.`,
    );
  }

  function found(answer: HttpAnswer): HttpAnswer {
    if (answer.status !== 404) return answer;
    throw new DriverError(
      'misconfigured',
      `The Meraki Dashboard knows no SSID ${ssid} of a network ${networkId} that this API key may see: look at the fields networkId, ssid and apiKey.`,
    );
  }

  const statusPath = (client: string): string =>
    `${network}/clients/${encodeURIComponent(client)}/splashAuthorizationStatus`;

  function statusIn(answer: HttpAnswer): SplashStatus {
    const { ssids } = objectOf(answer, 'who is authorised');
    if (!isObject(ssids)) throw wrong('who is authorised');
    const one = ssids[String(ssid)];
    if (!isObject(one) || one.isAuthorized !== true) return { authorized: false };
    const until = instantOf(one.expiresAt);
    return { authorized: true, ...(until === undefined ? {} : { until }) };
  }

  async function page(startingAfter: string | undefined) {
    const query = {
      timespan: SEEN_WITHIN_S,
      perPage: PAGE,
      'recentDeviceConnections[]': 'Wireless',
      ...(startingAfter === undefined ? {} : { startingAfter }),
    };
    const answer = found(await ask({ method: 'GET', path: `${network}/clients`, query }));
    const rows = answer.json();
    if (!Array.isArray(rows)) throw wrong('its clients');
    const listed = rows.flatMap((row: unknown): Listed[] => {
      if (!isObject(row)) return [];
      const mac = parseMac(text(row.mac) ?? '');
      return mac ? [{ mac, id: text(row.id)?.slice(0, 100) || mac, ssid: text(row.ssid) }] : [];
    });
    return { listed, next: nextPage(answer.header('link')) };
  }

  return {
    async splash(): Promise<Splash> {
      const path = `${network}/wireless/ssids/${ssid}/splash/settings`;
      const json = objectOf(found(await ask({ method: 'GET', path })), 'the splash page');
      const page = text(json.splashPage) ?? text(json.splashMethod);
      if (page === undefined) throw wrong('the splash page');
      return {
        page,
        url: json.useSplashUrl === true ? text(json.splashUrl) : undefined,
        redirects: json.useRedirectUrl === true,
        blocksAll: json.blockAllTrafficBeforeSignOn !== false,
        openWhenAway: json.controllerDisconnectionBehavior === 'open',
      };
    },

    async ssid(): Promise<Ssid> {
      const path = `${network}/wireless/ssids/${ssid}`;
      const json = objectOf(found(await ask({ method: 'GET', path })), 'the SSID');
      const name = text(json.name);
      if (name === undefined) throw wrong('the SSID');
      const ranges = json.walledGardenRanges;
      return {
        name,
        enabled: json.enabled !== false,
        nat: json.ipAssignmentMode === 'NAT mode',
        walledGarden: json.walledGardenEnabled === true && Array.isArray(ranges) && ranges.length > 0,
      };
    },

    /** The clients on radio of the last hour. */
    async clients(): Promise<Listed[]> {
      const all: Listed[] = [];
      let from: string | undefined;
      for (let pages = 0; pages < PAGES_MOST; pages++) {
        const { listed, next } = await page(from);
        all.push(...listed);
        if (next === undefined || next === from) break;
        from = next;
      }
      return all;
    },

    async status(client: string): Promise<SplashStatus> {
      const answer = await ask({ method: 'GET', path: statusPath(client) });
      return answer.status === 404 ? { authorized: false } : statusIn(answer);
    },

    /** A client that the Dashboard does not know does not pass. */
    async revoke(client: string): Promise<void> {
      const json = { ssids: { [ssid]: { isAuthorized: false } } };
      const answer = await ask({ method: 'PUT', path: statusPath(client), json });
      if (answer.status !== 404 && statusIn(answer).authorized)
        throw new DriverError('bad-answer', 'The Meraki Dashboard was told to end a session and did not.');
    },

    async close(): Promise<void> {
      pace.close();
      await http.close();
    },
  };
}
