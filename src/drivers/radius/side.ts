import { isIP } from 'node:net';
import { plainAddress } from '../../domain/gateway.js';
import type { ClientMac } from '../../domain/id.js';
import {
  type AccountedSession,
  type Client,
  type Driver,
  type DriverContext,
  DriverError,
  type RadiusAttribute,
} from '../driver.js';
import { shareReading } from '../sharing.js';
import { INTERIM_SECONDS, ipv4, TYPE, text } from './attributes.js';
import { createDisconnect } from './disconnect.js';

/** What the drivers have in common whose gateway asks by RADIUS: it cannot be told to let in, it may be told of an end. */

/** An address that was not confirmed for so long may be another client's by now. */
const ADDRESS_GOOD_MS = 3 * INTERIM_SECONDS * 1000;
/** By which the check has a router show that it takes Disconnect-Requests: there is no such session. */
const NOBODY = 'foyer-check';
const PROBED_MOST = 16;

export interface RadiusSideOptions {
  /** What the gateway is called in messages. */
  name: string;
  secret: string;
  /** Undefined: it cannot be told of an end. */
  disconnectPort?: number | undefined;
  /** Addresses or CIDRs from which it asks. Where a client's session is not accounted, the single addresses among them are asked about it. */
  nas?: readonly string[] | undefined;
  /** What has the router look at a session again, in a CoA-Request; left out: the session is ended, and the router asks when the client goes on. */
  reauthenticate?: readonly RadiusAttribute[] | undefined;
  /** Where it is told of an end, where that is not the address from which it asks: a cloud's own name for it. */
  disconnectHost?: string | undefined;
  /** It refuses without a reason where it knows no such session. */
  bareRefusalIsAbsent?: boolean | undefined;
  /** A redirect is proven by something else, so that the addresses in its accounting tell who a client is. */
  findsClients?: boolean | undefined;
}

export type RadiusSide = Pick<
  Driver,
  'authorize' | 'deauthorize' | 'prompt' | 'sessions' | 'clients' | 'findClient' | 'close'
> & {
  /** Which routers do not answer Disconnect-Requests, in words; `reached` says whether any does, or none is known. */
  probe(): Promise<{ reached: boolean; problems: string[] }>;
};

type Context = Pick<DriverContext<unknown>, 'accounted' | 'now' | 'timeoutMs' | 'log'>;

/** The form of RFC 3580, which most routers understand whatever they write themselves. */
const dashed = (mac: ClientMac): string => mac.toUpperCase().replaceAll(':', '-');

/** Only what the router itself said of the session: a single attribute that does not fit it, and it is not found. */
const identityOf = ({ username, id, station, ip, nasIp, nasId }: AccountedSession): RadiusAttribute[] => [
  text(TYPE.userName, username),
  text(TYPE.sessionId, id),
  ...(station === undefined ? [] : [text(TYPE.callingStation, station)]),
  ...(ip === undefined ? [] : ipv4(TYPE.framedIp, ip)),
  ...(nasIp === undefined ? [] : ipv4(TYPE.nasIp, nasIp)),
  ...(nasId === undefined ? [] : [text(TYPE.nasIdentifier, nasId)]),
];

const nameOf = ({ nas, nasId, nasIp, id }: AccountedSession): string =>
  `${nas} ${nasId ?? nasIp ?? ''} ${id}`;

export function radiusSide(context: Context, options: RadiusSideOptions): RadiusSide {
  const { now, timeoutMs } = context;
  const { name, secret, disconnectPort, reauthenticate, disconnectHost, bareRefusalIsAbsent, findsClients } =
    options;
  const disconnect =
    disconnectPort === undefined
      ? undefined
      : createDisconnect({ name, secret, port: disconnectPort, timeoutMs, bareRefusalIsAbsent, now });
  const toldAt = ({ nas }: AccountedSession): string => disconnectHost ?? nas;
  const named = (options.nas ?? [])
    .map((network) => network.replace(/\/(?:32|128)$/, ''))
    .filter((address) => isIP(address) !== 0)
    .map(plainAddress);
  const fixed = disconnectHost === undefined ? named : [disconnectHost];
  /** Sessions that the router was told to end and that are still accounted: by then it had been heard of them. */
  const ended = new Map<string, number>();

  /** However many orders want the list at once. */
  const accounted = shareReading<void, AccountedSession[]>(async () => context.accounted?.() ?? []);

  /** Without those that were ended here, unless the router tells of one of them after that. */
  async function inForce(): Promise<AccountedSession[]> {
    const all = await accounted();
    const names = new Set(all.map(nameOf));
    for (const name of ended.keys()) if (!names.has(name)) ended.delete(name);
    return all.filter((session) => session.seenAt > (ended.get(nameOf(session)) ?? Number.NEGATIVE_INFINITY));
  }

  const notTold = new DriverError(
    'not-supported',
    `${name} asks by RADIUS and cannot be told to let anybody in: it is answered when it asks.`,
  );

  const refuses = async (): Promise<never> => {
    throw new DriverError(
      'not-supported',
      `${name} cannot be told of an end: its disconnectPort is 0. The device stays on until the end it was let in for, or until the router asks again.`,
    );
  };

  async function addresses(): Promise<string[]> {
    const heard = (await accounted()).toSorted((a, b) => b.seenAt - a.seenAt).map(toldAt);
    return [...new Set([...fixed, ...heard])].slice(0, PROBED_MOST);
  }

  async function clients(): Promise<Client[]> {
    const since = now() - ADDRESS_GOOD_MS;
    const latest = new Map<string, AccountedSession>();
    for (const session of await inForce()) {
      const { ip, seenAt } = session;
      if (ip === undefined || seenAt < since || seenAt < (latest.get(ip)?.seenAt ?? since)) continue;
      latest.set(ip, session);
    }
    return [...latest].map(([ip, { mac }]) => ({ mac, ip }));
  }

  const shared = {
    authorize: async () => {
      throw notTold;
    },
    ...(findsClients
      ? { clients, findClient: async (ip: string) => (await clients()).find((client) => client.ip === ip) }
      : {}),
  };
  if (!disconnect)
    return {
      ...shared,
      deauthorize: refuses,
      probe: async () => ({ reached: true, problems: [] }),
      close: async () => undefined,
    };

  async function end(session: AccountedSession): Promise<void> {
    await disconnect?.ask(toldAt(session), 'disconnect', identityOf(session));
    ended.set(nameOf(session), Math.max(now(), session.seenAt));
  }

  /** All of them, also where one fails: the first fault is the fault. */
  async function all(asked: readonly Promise<unknown>[]): Promise<void> {
    const failed = (await Promise.allSettled(asked)).find((one) => one.status === 'rejected');
    if (failed) throw failed.reason;
  }

  const ofClient = async (mac: ClientMac): Promise<AccountedSession[]> =>
    (await inForce()).filter((session) => session.mac === mac);

  return {
    ...shared,

    async deauthorize({ mac }) {
      const sessions = await ofClient(mac);
      if (sessions.length > 0) return all(sessions.map(end));
      // What it accounts for may have been lost, or may not be turned on.
      const identity = [text(TYPE.userName, dashed(mac)), text(TYPE.callingStation, dashed(mac))];
      return all(fixed.map((address) => disconnect.ask(address, 'disconnect', identity)));
    },

    /** A client that was refused has no session: then there is nothing to ask again about, and it tries again by itself. */
    async prompt({ mac }) {
      const again = (session: AccountedSession): Promise<unknown> =>
        reauthenticate
          ? disconnect.ask(toldAt(session), 'coa', [...identityOf(session), ...reauthenticate])
          : end(session);
      await all((await ofClient(mac)).map(again));
    },

    async sessions() {
      return [...new Set((await inForce()).map(({ mac }) => mac))].map((mac) => ({ mac }));
    },

    async probe() {
      const asked = (await addresses()).map((address) =>
        disconnect
          .ask(address, 'disconnect', [text(TYPE.userName, NOBODY), text(TYPE.sessionId, NOBODY)])
          .then(
            () => undefined,
            (error: unknown) => {
              if (!(error instanceof DriverError)) throw error;
              // Whatever it has against this request, it takes them.
              return ['not-supported', 'busy'].includes(error.code) ? undefined : error.message;
            },
          ),
      );
      const problems = (await Promise.all(asked)).filter((problem) => problem !== undefined);
      return { reached: problems.length < asked.length || asked.length === 0, problems };
    },

    close: disconnect.close,
  };
}
