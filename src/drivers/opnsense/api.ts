import { isIP } from 'node:net';
import { plainAddress } from '../../domain/gateway.js';
import type { ClientMac } from '../../domain/id.js';
import { parseMac } from '../../domain/mac.js';
import { type Client, type DriverContext, DriverError } from '../driver.js';
import { createHttp, type HttpAnswer, type HttpCall } from '../http.js';
import { createTurns } from '../sharing.js';
import type { OpnsenseFields } from './fields.js';

/** The calls of OPNsense's API that Foyer makes. Shapes after opnsense/core f95e815 (August 2026). */

export const CAPTIVE_PORTAL = 'Services: Captive Portal';
export const ARP_TABLE = 'Diagnostics: ARP Table';

/** Each call starts programs on the router. */
const ORDERS_AT_ONCE = 4;
const SAID_MOST = 120;

/** A session as the zone has it. */
export interface ZoneSession {
  id: string;
  /** Whom Foyer let in by it; undefined where it is another party's. */
  ours: ClientMac | undefined;
  /** Whose it is by the router's table when it began; undefined where the table did not know the address. */
  mac: ClientMac | undefined;
  ips: string[];
  /** The router keeps it as long as the zone lists that address or MAC as allowed. */
  always: boolean;
}

type Json = Readonly<Record<string, unknown>>;

/** By this name a session is known as ours, and a device by its own: a zone may end the older of two of one name. */
export const nameOf = (mac: ClientMac): string => `foyer-${mac.replaceAll(':', '')}`;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const macIn = (value: unknown): ClientMac | undefined =>
  typeof value === 'string' ? parseMac(value) : undefined;

/** A row of the list, or the answer to `connect`, which has the same names and some less. */
export function sessionOf(value: unknown): ZoneSession | undefined {
  if (!isObject(value) || typeof value.sessionId !== 'string') return undefined;
  const { sessionId: id, userName, authenticated_via: via, ipAddress, ipAddresses, macAddress } = value;
  const named =
    typeof userName === 'string' && via === 'API' ? /^foyer-([0-9a-f]{12})$/.exec(userName) : null;
  const listed = [ipAddress, ...(Array.isArray(ipAddresses) ? ipAddresses : [])];
  return {
    id,
    ours: named?.[1] === undefined ? undefined : parseMac(named[1]),
    mac: macIn(macAddress),
    ips: [...new Set(listed.filter((ip): ip is string => typeof ip === 'string' && isIP(ip) !== 0))],
    always: via === '---ip---' || via === '---mac---',
  };
}

/**
 * Zones by their number. PHP writes a map whose keys are 0, 1, .. in this order as a list, so that a router with the one
 * zone 0 answers `["Guests"]`, and an empty one `[]`.
 */
export function zonesOf(value: unknown): Map<number, string> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  return new Map(Object.entries(value).map(([number, name]) => [Number(number), String(name)]));
}

/**
 * Who has which IPv4 address. Entries that do not expire are the router's own addresses, and by those nobody is known: behind
 * an address translation everybody would be the router. An address that two have names nobody.
 */
export function neighboursOf(value: unknown): Client[] | undefined {
  if (!isObject(value) || !Array.isArray(value.rows)) return undefined;
  const found = value.rows.filter(isObject).flatMap(({ mac, ip, expired, permanent }) => {
    const owner = macIn(mac);
    if (!owner || typeof ip !== 'string' || isIP(ip) === 0 || expired === true || permanent === true)
      return [];
    return [{ mac: owner, ip: plainAddress(ip) }];
  });
  const owners = new Map<string, number>();
  for (const { ip } of found) owners.set(ip, (owners.get(ip) ?? 0) + 1);
  return found.filter(({ ip }) => owners.get(ip) === 1).sort((one, other) => (one.ip < other.ip ? -1 : 1));
}

/** What Foyer has to know of the zone's settings; undefined where they are not told. */
export interface ZoneSettings {
  enabled: boolean;
  /** Nobody is asked for a password: any client may let itself in, at the zone's own web server. */
  open: boolean;
}

export function settingsOf(value: unknown, zone: number): ZoneSettings | undefined {
  if (!isObject(value) || !Array.isArray(value.rows)) return undefined;
  const row = value.rows.filter(isObject).find(({ zoneid }) => String(zoneid) === String(zone));
  return row && { enabled: String(row.enabled) !== '0', open: row.authservers === '' };
}

const strange = (what: string): DriverError =>
  new DriverError(
    'bad-answer',
    `OPNsense answers ${what} with something that Foyer does not know: is the field url that of OPNsense’s web interface, and is it well there?`,
  );

function understood<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw strange(what);
  return value;
}

/** What OPNsense says of an error, as far as it is a sentence. */
function saidIn(answer: HttpAnswer): string {
  const json = answer.json();
  const said = isObject(json) ? (json.message ?? json.errorMessage) : undefined;
  return typeof said === 'string' && /^[\w .,:()'-]+$/.test(said) ? `: ${said.slice(0, SAID_MOST)}` : '';
}

function refusal(answer: HttpAnswer, what: string, privilege: string): DriverError {
  const { status } = answer;
  if (status === 401)
    return new DriverError(
      'login-refused',
      'OPNsense does not accept the API key (401). Make one under System > Access > Users, with the user of Foyer, and set apiKey and apiSecret to what its file says.',
    );
  if (status === 403)
    return new DriverError(
      'not-permitted',
      `OPNsense does not let the API key ask for ${what} (403): give its user the privilege "${privilege}" under System > Access > Users.`,
    );
  if (status === 404)
    return new DriverError(
      'not-supported',
      `OPNsense does not know ${what} (404): is the field url that of its web interface, without a path, and is OPNsense up to date?`,
    );
  if (status >= 300 && status < 400)
    return new DriverError(
      'misconfigured',
      `OPNsense sends the call for ${what} elsewhere (${status}): set the field url to the address to which the browser comes in the end, with https and its port.`,
    );
  return new DriverError('bad-answer', `OPNsense answers ${what} with ${status}${saidIn(answer)}.`);
}

export type Api = ReturnType<typeof createApi>;

export function createApi({
  fields,
  timeoutMs,
}: Pick<DriverContext<OpnsenseFields>, 'fields' | 'timeoutMs'>) {
  const { url, fingerprint, apiKey, apiSecret, zone } = fields;
  const http = createHttp({ name: 'OPNsense', baseUrl: url, fingerprint, timeoutMs });
  const authorization = `Basic ${Buffer.from(`${apiKey}:${apiSecret}`).toString('base64')}`;
  const inTurn = createTurns(ORDERS_AT_ONCE);

  /** `connect` calls its JSON text/html, and a GET must not have a type: the body alone is looked at. */
  async function ask(
    what: string,
    privilege: string,
    call: Pick<HttpCall, 'method' | 'path' | 'form'>,
  ): Promise<unknown> {
    const answer = await http.call({ ...call, path: `/api/${call.path}`, headers: { authorization } });
    if (answer.status !== 200) throw refusal(answer, what, privilege);
    return understood(answer.json(), what);
  }

  return {
    zones: async (): Promise<Map<number, string>> => {
      const what = 'the list of zones';
      const answer = await ask(what, CAPTIVE_PORTAL, { method: 'GET', path: 'captiveportal/session/zones' });
      return understood(zonesOf(answer), what);
    },

    settings: async (): Promise<ZoneSettings | undefined> => {
      const path = 'captiveportal/settings/search_zones';
      return settingsOf(
        await ask('the settings of the zones', CAPTIVE_PORTAL, { method: 'GET', path }),
        zone,
      );
    },

    service: async (): Promise<string> => {
      const what = 'the state of the captive portal';
      const path = 'captiveportal/service/status';
      const answer = await ask(what, CAPTIVE_PORTAL, { method: 'GET', path });
      const status = isObject(answer) ? answer.status : undefined;
      return understood(typeof status === 'string' ? status : undefined, what);
    },

    /** Of this zone, everybody's. A zone that does not exist has none. */
    sessions: async (): Promise<ZoneSession[]> => {
      const what = 'the list of sessions';
      const path = `captiveportal/session/list/${zone}`;
      const rows = await ask(what, CAPTIVE_PORTAL, { method: 'GET', path });
      if (!Array.isArray(rows)) throw strange(what);
      return rows.map((row) => understood(sessionOf(row), what));
    },

    /** The session that the address has now: a new one, or whoever's was there before, unchanged. */
    connect: (ip: string, mac: ClientMac): Promise<ZoneSession> =>
      inTurn(async () => {
        const what = 'the order to let a device in';
        const path = `captiveportal/session/connect/${zone}`;
        const form = { user: nameOf(mac), ip };
        const answer = await ask(what, CAPTIVE_PORTAL, { method: 'POST', path, form });
        if (Array.isArray(answer) && answer.length === 0)
          throw new DriverError(
            'misconfigured',
            `OPNsense has no zone ${zone}: set the field zone to the number of the guests’ zone.`,
          );
        return understood(sessionOf(answer), what);
      }),

    /** A session that is not there is no fault. */
    disconnect: (id: string): Promise<void> =>
      inTurn(async () => {
        const what = 'the order to send a device off';
        const path = 'captiveportal/session/disconnect';
        const form = { sessionId: id };
        const answer = await ask(what, CAPTIVE_PORTAL, { method: 'POST', path, form });
        if (!isObject(answer) || typeof answer.terminateCause !== 'string') throw strange(what);
      }),

    neighbours: async (): Promise<Client[]> => {
      const what = 'the ARP table';
      const path = 'diagnostics/interface/search_arp';
      const answer = await ask(what, ARP_TABLE, {
        method: 'POST',
        path,
        form: { current: '1', rowCount: '-1' },
      });
      return understood(neighboursOf(answer), what);
    },

    close: http.close,
  };
}
