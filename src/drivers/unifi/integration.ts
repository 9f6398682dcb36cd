import { isIP } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AccessPoint } from '../../domain/gateway.js';
import type { ClientMac } from '../../domain/id.js';
import { parseMac } from '../../domain/mac.js';
import {
  type AuthorizeOrder,
  type Client,
  type Driver,
  type DriverContext,
  DriverError,
  type Limits,
  type Session,
  type Target,
} from '../driver.js';
import { eachOf, shareReading } from '../sharing.js';
import { createCheck } from './check.js';
import { createCuts } from './cuts.js';
import type { UnifiFields } from './fields.js';
import { accessPoint, alone } from './guests.js';
import { createKey, filterOf, idOf, type KeyAnswer, OLDEST_TEXT, tooOld } from './key.js';
import { isRow, type Link, minutesUntil, type Row, TOLERANCE_MS, textOf } from './talk.js';

/** Addresses in one filter: the line of a request stays short. */
const NAMED_MOST = 50;
const DETAILS_AT_ONCE = 6;
/** A phone is listed some seconds after it has joined (seen with Network 9). */
const LOOKS = 5;
const LOOK_EVERY_MS = 1000;

interface Guest {
  id: string;
  mac: ClientMac;
  ip: string;
  guest: boolean;
}

const accessOf = ({ access }: Row): Row => (isRow(access) ? access : {});

function guestIn(row: Row): Guest[] {
  const mac = parseMac(textOf(row.macAddress));
  if (!mac) return [];
  return [{ id: idOf(row), mac, ip: textOf(row.ipAddress), guest: accessOf(row).type === 'GUEST' }];
}

const clientIn = ({ mac, ip, guest }: Guest): Client[] => (guest && isIP(ip) !== 0 ? [{ mac, ip }] : []);

/** `rx` is what the client receives. The bounds are those of the API's description. */
function limitsOf({ downKbps, upKbps, quotaMB }: Limits): Record<string, number> {
  const within = (name: string, value: number | undefined, least: number, most: number) =>
    value ? { [name]: Math.min(most, Math.max(least, Math.round(value))) } : {};
  return {
    ...within('rxRateLimitKbps', downKbps, 2, 100_000),
    ...within('txRateLimitKbps', upKbps, 2, 100_000),
    ...within('dataUsageLimitMBytes', quotaMB, 1, 1_048_576),
  };
}

/** A controller by its official API, which acts on clients that are connected. */
export function connectKey(
  context: DriverContext<UnifiFields>,
  link: Link,
  credential: { apiKey: string },
): Driver {
  const { fields, now } = context;
  const cuts = createCuts(context);
  const key = createKey({ ...link, ...credential, unifiSite: fields.unifiSite, now });
  const lookEveryMs = Math.min(LOOK_EVERY_MS, link.timeoutMs / 8);
  let closed = false;

  const lookUp = (property: string) =>
    shareReading<string, Guest[]>(async (values) => {
      const { rows } = await key.list('/clients', filterOf(property, [...values]));
      return rows.flatMap(guestIn);
    }, NAMED_MOST);
  const byMac = lookUp('macAddress');
  const byIp = lookUp('ipAddress');
  const find = async (mac: ClientMac): Promise<Guest | undefined> =>
    (await byMac(mac)).find((client) => client.mac === mac);

  /** Waits a while for a client that has just joined. */
  async function comes(mac: ClientMac): Promise<Guest> {
    for (let look = 1; ; look++) {
      const found = await find(mac);
      if (found?.guest) return found;
      if (look < LOOKS && !closed) {
        await sleep(lookEveryMs);
        continue;
      }
      throw found
        ? new DriverError(
            'misconfigured',
            'The device is connected and is no guest: turn on the Hotspot Portal for the Wi-Fi network that it is on.',
          )
        : new DriverError('absent', 'The device is not connected to this site.');
    }
  }

  const act = (id: string, json: object): Promise<KeyAnswer> =>
    key.ask({ method: 'POST', path: `/clients/${id}/actions`, json });

  /** What is in force for a client; undefined where it is not connected, or waits. */
  async function inForce(id: string): Promise<{ by: string; until: number } | undefined> {
    const { status, body, ahead } = await key.ask({ method: 'GET', path: `/clients/${id}` });
    if (status === 404) return undefined;
    if (status >= 400) throw new DriverError('bad-answer', `UniFi does not say how a device is (${status}).`);
    const { authorized, authorization } = accessOf(body);
    if (authorized !== true || !isRow(authorization)) return undefined;
    const until = endOf(authorization) - ahead;
    return { by: textOf(authorization.authorizationMethod), until };
  }

  async function authorize(order: AuthorizeOrder): Promise<void> {
    const { mac, until, limits } = order;
    if (until <= now()) return deauthorize(order);
    const { id } = await comes(mac);
    const json = {
      action: 'AUTHORIZE_GUEST_ACCESS',
      timeLimitMinutes: minutesUntil(until, now()),
      ...limitsOf(limits),
    };
    const end = await granted(id, json).catch(async (error: unknown) => {
      // It may have been done before the answer broke.
      if (!(error instanceof DriverError) || error.code !== 'bad-answer') throw error;
      const found = await inForce(id).catch(() => undefined);
      if (!found || Math.abs(found.until - until) > TOLERANCE_MS) throw error;
      return found.until;
    });
    cuts.note(mac, until, end);
  }

  /** The end that was granted, epoch milliseconds. */
  async function granted(id: string, json: object): Promise<number> {
    const { status, body, ahead } = await act(id, json);
    if (status === 404) throw new DriverError('absent', 'The device has just left this site.');
    if (status >= 400) throw new DriverError('bad-answer', `UniFi refuses to let a device in (${status}).`);
    const { grantedAuthorization } = body;
    return endOf(isRow(grantedAuthorization) ? grantedAuthorization : {}) - ahead;
  }

  /** A client that is away cannot be told of: it does not pass now, and is found in the list when it is back. */
  async function deauthorize({ mac }: Target): Promise<void> {
    const client = await find(mac);
    if (!client?.guest) return;
    const { id } = client;
    const refused = await act(id, { action: 'UNAUTHORIZE_GUEST_ACCESS' }).then(
      ({ status }) =>
        status >= 400
          ? new DriverError('bad-answer', `UniFi refuses to end a session (${status}).`)
          : undefined,
      (error: unknown) => {
        if (error instanceof DriverError && error.code === 'bad-answer') return error;
        throw error;
      },
    );
    // What UniFi says to the end of what has none is not described anywhere.
    if (refused && (await inForce(id))) throw refused;
  }

  async function sessions(): Promise<Session[]> {
    const { rows } = await key.list('/clients', 'access.authorized.eq(true)');
    const found = await eachOf(rows.flatMap(guestIn), DETAILS_AT_ONCE, async ({ id, mac }) => {
      const session = await inForce(id);
      return session?.by === 'API' && session.until > now()
        ? [cuts.shown({ mac, until: session.until })]
        : [];
    });
    return found.flat();
  }

  async function look(): Promise<string[]> {
    const version = await key.version();
    if (tooOld(version))
      return [
        `UniFi Network ${/^[\w.-]{1,40}$/.test(version) ? version : ''} cannot let guests in by an API key: ${OLDEST_TEXT} or newer is needed. Update it, or set username and password instead of apiKey.`,
      ];
    // Is the site still there, and may the key see it? Nobody has this address.
    await key.list('/clients', filterOf('macAddress', ['02:00:00:00:00:00']));
    return [];
  }

  async function accessPoints(): Promise<AccessPoint[]> {
    const { rows } = await key.list('/devices');
    return rows.flatMap(({ features, macAddress, name }) => {
      const mac = parseMac(textOf(macAddress));
      return mac && Array.isArray(features) && features.includes('accessPoint')
        ? [accessPoint(mac, name)]
        : [];
    });
  }

  return {
    authorize,
    deauthorize,
    sessions,
    async clients() {
      const { rows } = await key.list('/clients', filterOf('access.type', ['GUEST']));
      return alone(rows.flatMap(guestIn).flatMap(clientIn));
    },
    async findClient(ip) {
      if (isIP(ip) === 0) return undefined;
      return alone((await byIp(ip)).flatMap(clientIn)).find((client) => client.ip === ip);
    },
    check: createCheck({ look, accessPoints, now }),
    async close() {
      closed = true;
      await link.close();
    },
  };
}

function endOf({ expiresAt }: Row): number {
  const at = Date.parse(textOf(expiresAt));
  if (Number.isNaN(at)) throw new DriverError('bad-answer', 'UniFi does not say when a session ends.');
  return at;
}
