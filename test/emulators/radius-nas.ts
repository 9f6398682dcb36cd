import { randomBytes } from 'node:crypto';
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { ClientMac } from '../../src/domain/id.js';
import type { RadiusAttribute } from '../../src/drivers/driver.js';
import {
  integer,
  integerIn,
  ipv4,
  ipv4In,
  macOf,
  TYPE,
  text,
  textIn,
  VENDOR,
  vendorIn,
} from '../../src/drivers/radius/attributes.js';
import {
  CODE,
  chapPassword,
  decode,
  encodeRequest,
  encodeResponse,
  hidePassword,
  messageAuthenticator,
  type Packet,
  requestIsOf,
  responseIsOf,
} from '../../src/drivers/radius/codec.js';
import { type Misbehaviour, PATIENCE_MS } from '../drivers/contract.js';
import type { Teardown } from '../fixtures/redis.js';

/**
 * A router that asks by RADIUS: it lets in whom it is answered to, for so many seconds of an injected clock, accounts for its
 * sessions, and takes Disconnect- and CoA-Requests. What routers differ in are switches.
 */

const HOST = '127.0.0.1';
const AGAIN_MS = 500;
const TRIES = 4;

export const MAC_FORMS = {
  dashes: (mac: string) => mac.toUpperCase().replaceAll(':', '-'),
  colons: (mac: string) => mac.toUpperCase(),
  plain: (mac: string) => mac.replaceAll(':', ''),
  dots: (mac: string) => mac.replaceAll(':', '').replace(/.{4}(?!$)/g, '$&.'),
};

export interface NasQuirks {
  macForm: keyof typeof MAC_FORMS;
  /** The password of MAC authentication: the MAC, none, or what the admin has set. */
  macPassword: 'mac' | 'empty' | { fixed: string };
  method: 'pap' | 'chap';
  messageAuthenticator: boolean;
  /** Compares the Calling-Station-Id of a Disconnect-Request letter by letter with its own. */
  byLetter: boolean;
  /** Takes no Disconnect-Request without this attribute (402): CoovaChilli wants User-Name, others Acct-Session-Id. */
  wants?: number;
  /** Refuses whatever it is told, with this Error-Cause; 0: without any. */
  refuses?: number;
  /** Says nothing to a Disconnect-Request. */
  silent: boolean;
  /** Answers without Message-Authenticator. */
  unsignedAnswers: boolean;
  /** Does not account for its sessions. */
  unaccounted: boolean;
}

export interface NasOptions {
  server: { port: number; accountingPort: number };
  secret: string;
  now: () => number;
  nasId?: string;
  quirks?: Partial<NasQuirks>;
}

export interface Login {
  username: string;
  password: string;
}

interface NasSession {
  id: string;
  mac: ClientMac;
  ip: string;
  until: number;
  /** At its end the router asks again. */
  again: boolean;
  /** By which it was let in: MAC authentication where there is none. */
  login?: Login;
}

export type RadiusNas = Awaited<ReturnType<typeof startRadiusNas>>;

/** A socket that asks: each request once more, the same bytes, until it is answered. */
async function asker(t: Teardown, port: number, secret: string) {
  const socket = createSocket('udp4');
  socket.bind(0, HOST);
  await once(socket, 'listening');
  const open = new Map<number, { request: Packet; resolve(packet: Packet): void; drop(): void }>();
  t.teardown(() => {
    for (const { drop } of open.values()) drop();
    socket.close();
  });
  let next = 0;
  socket.on('message', (datagram) => {
    const packet = decode(datagram);
    const asked = packet && open.get(packet.id);
    if (!packet || !asked || !responseIsOf(packet, asked.request.authenticator, secret)) return;
    asked.resolve(packet);
  });
  return (
    code: number,
    make: (authenticator: Buffer) => RadiusAttribute[],
    signed: boolean,
  ): Promise<Packet> => {
    while (open.has(next)) next = (next + 1) % 256;
    const id = next;
    next = (next + 1) % 256;
    const authenticator = randomBytes(16);
    const parts = { code, id, secret, attributes: make(authenticator), messageAuthenticator: signed };
    const bytes = encodeRequest({ ...parts, authenticator });
    return new Promise((resolve, reject) => {
      let tries = 0;
      const transmit = (): void => {
        if (tries++ === TRIES) {
          settle();
          reject(new Error('RADIUS timeout'));
          return;
        }
        socket.send(bytes, port, HOST);
      };
      const timer = setInterval(transmit, AGAIN_MS);
      const settle = (): void => {
        clearInterval(timer);
        open.delete(id);
      };
      open.set(id, {
        request: decode(bytes) as Packet,
        drop: settle,
        resolve(packet) {
          settle();
          resolve(packet);
        },
      });
      transmit();
    });
  };
}

export async function startRadiusNas(t: Teardown, options: NasOptions) {
  const { server, secret, now, nasId = 'nas-1' } = options;
  const quirks: NasQuirks = {
    macForm: 'dashes',
    macPassword: 'mac',
    method: 'pap',
    messageAuthenticator: true,
    byLetter: false,
    silent: false,
    unsignedAnswers: false,
    unaccounted: false,
    ...options.quirks,
  };
  const access = await asker(t, server.port, secret);
  const accounting = await asker(t, server.accountingPort, secret);
  const sessions = new Map<string, NasSession>();
  const reports = new Set<Promise<unknown>>();
  const answered = new Map<string, Buffer>();
  const orders: Packet[] = [];
  let datagrams = 0;
  let made = 0;
  let slow = false;
  let garbage = false;
  let socket: Socket | undefined;
  let disconnectPort = 0;

  const live = (): NasSession[] => [...sessions.values()].filter(({ until }) => until > now());
  const stationOf = (mac: ClientMac): string => MAC_FORMS[quirks.macForm](mac);
  const router = (): RadiusAttribute[] => [text(TYPE.nasIdentifier, nasId), ...ipv4(TYPE.nasIp, '192.0.2.1')];
  const usernameOf = ({ mac, login }: Pick<NasSession, 'mac' | 'login'>): string =>
    login?.username ?? stationOf(mac);

  function macLogin(mac: ClientMac): Login {
    const username = stationOf(mac);
    const { macPassword } = quirks;
    return {
      username,
      password: macPassword === 'mac' ? username : macPassword === 'empty' ? '' : macPassword.fixed,
    };
  }

  /** One Access-Request: by the client's MAC, or by what was typed into the router's login page. */
  function ask(mac: ClientMac, login: Login = macLogin(mac), more: RadiusAttribute[] = []): Promise<Packet> {
    const { username, password } = login;
    return access(
      CODE.accessRequest,
      (authenticator) => [
        text(TYPE.userName, username),
        quirks.method === 'chap'
          ? { type: TYPE.chapPassword, value: chapPassword(7, password, authenticator) }
          : { type: TYPE.userPassword, value: hidePassword(password, authenticator, secret) },
        text(TYPE.callingStation, stationOf(mac)),
        text(TYPE.calledStation, '02-00-00-00-CC-01:Guests'),
        ...router(),
        ...more,
      ],
      quirks.messageAuthenticator,
    );
  }

  function follow(sent: Promise<unknown>): void {
    const followed: Promise<unknown> = sent.catch(() => undefined).finally(() => reports.delete(followed));
    reports.add(followed);
  }

  function report(status: number, session?: NasSession, more: RadiusAttribute[] = []): void {
    if (quirks.unaccounted) return;
    const of = session
      ? [
          text(TYPE.sessionId, session.id),
          text(TYPE.userName, usernameOf(session)),
          text(TYPE.callingStation, stationOf(session.mac)),
          ...ipv4(TYPE.framedIp, session.ip),
        ]
      : [];
    const attributes = [integer(TYPE.statusType, status), ...of, ...router(), ...more];
    follow(accounting(CODE.accountingRequest, () => attributes, false));
  }

  /** The client comes: it is asked about, and has a session where it is let in. Undefined where it is refused. */
  async function arrive(mac: ClientMac, login?: Login): Promise<NasSession | undefined> {
    const packet = await ask(mac, login);
    const seconds = integerIn(packet.attributes, TYPE.sessionTimeout);
    const running = live().find((session) => session.mac === mac);
    if (packet.code !== CODE.accessAccept || seconds === undefined) {
      if (running) stop(running, 6);
      return undefined;
    }
    made++;
    const session: NasSession = running ?? {
      id: `8100${made.toString(16).padStart(4, '0')}`,
      mac,
      ip: `10.77.${made >> 8}.${made & 255}`,
      until: 0,
      again: false,
      ...(login ? { login } : {}),
    };
    session.until = now() + seconds * 1000;
    session.again = integerIn(packet.attributes, TYPE.terminationAction) === 1;
    sessions.set(session.id, session);
    if (!running) report(1, session);
    return session;
  }

  function stop(session: NasSession, cause: number): void {
    if (!sessions.delete(session.id)) return;
    report(2, session, [
      integer(TYPE.terminateCause, cause),
      integer(TYPE.inputOctets, 7),
      integer(TYPE.inputGigawords, 1),
    ]);
  }

  /** What is due by the clock: sessions end, or are asked about again. */
  async function tick(): Promise<void> {
    for (const session of [...sessions.values()].filter(({ until }) => until <= now())) {
      if (session.again) {
        const packet = await ask(session.mac, session.login);
        const seconds = integerIn(packet.attributes, TYPE.sessionTimeout);
        if (packet.code === CODE.accessAccept && seconds !== undefined) {
          session.until = now() + seconds * 1000;
          continue;
        }
      }
      stop(session, 5);
    }
  }

  function meant({ attributes }: Packet): NasSession[] {
    const given = {
      id: textIn(attributes, TYPE.sessionId),
      name: textIn(attributes, TYPE.userName),
      station: textIn(attributes, TYPE.callingStation),
      ip: ipv4In(attributes, TYPE.framedIp),
    };
    return live().filter(
      (session) =>
        (given.id === undefined || given.id === session.id) &&
        (given.name === undefined || given.name === usernameOf(session)) &&
        (given.station === undefined ||
          (quirks.byLetter
            ? given.station === stationOf(session.mac)
            : macOf(given.station) === session.mac)) &&
        (given.ip === undefined || given.ip === session.ip),
    );
  }

  function obey(packet: Packet): { code: number; attributes: RadiusAttribute[] } {
    const { code, attributes } = packet;
    const refused = (cause: number) => ({
      code: code + 2,
      attributes: cause === 0 ? [] : [integer(TYPE.errorCause, cause)],
    });
    if (quirks.refuses !== undefined) return refused(quirks.refuses);
    const has = (type: number) => attributes.some((attribute) => attribute.type === type);
    if (quirks.wants !== undefined && !has(quirks.wants)) return refused(402);
    const id = textIn(attributes, TYPE.nasIdentifier);
    if (id !== undefined && id !== nasId) return refused(403);
    const found = meant(packet);
    if (found.length === 0) return refused(503);
    for (const session of found) {
      if (code === CODE.disconnectRequest) stop(session, 6);
      else if (vendorIn(attributes, VENDOR.cisco, 1)?.toString() === 'subscriber:command=reauthenticate')
        follow(arrive(session.mac, session.login));
      else return refused(401);
    }
    return { code: code + 1, attributes: [] };
  }

  function heard(datagram: Buffer, remote: RemoteInfo): void {
    datagrams++;
    const answer = (bytes: Buffer | string): void => {
      const send = () => socket?.send(bytes, remote.port, remote.address);
      if (slow) setTimeout(send, 2 * PATIENCE_MS);
      else send();
    };
    if (garbage) {
      answer('<html><body>Starting up</body></html>');
      return;
    }
    const packet = decode(datagram);
    if (!packet || (packet.code !== CODE.disconnectRequest && packet.code !== CODE.coaRequest)) return;
    if (!requestIsOf(packet, secret) || messageAuthenticator(packet, secret) === 'wrong' || quirks.silent)
      return;
    const key = `${remote.port} ${packet.authenticator.toString('hex')}`;
    let bytes = answered.get(key);
    if (!bytes) {
      orders.push(packet);
      const messageAuthenticator = !quirks.unsignedAnswers;
      bytes = encodeResponse(packet, { ...obey(packet), secret, messageAuthenticator });
      answered.set(key, bytes);
    }
    answer(bytes);
  }

  async function up(): Promise<void> {
    const made = createSocket('udp4');
    made.on('message', heard);
    made.bind(disconnectPort, HOST);
    await once(made, 'listening');
    disconnectPort = made.address().port;
    socket = made;
  }

  async function down(): Promise<void> {
    const old = socket;
    socket = undefined;
    if (old) await new Promise<void>((resolve) => old.close(() => resolve()));
  }

  await up();
  t.teardown(down);

  const misbehaviour: Misbehaviour = {
    up,
    down,
    slow: (on) => {
      slow = on;
    },
    garbage: (on) => {
      garbage = on;
    },
    reboot() {
      sessions.clear();
      report(7);
    },
    inForce: (mac) => live().filter((session) => session.mac === mac).length,
    calls: () => datagrams,
  };

  return {
    disconnectPort,
    quirks,
    ask,
    arrive,
    tick,
    /** Says of every session that it goes on. */
    interim(): void {
      for (const session of live()) report(3, session);
    },
    leave(mac: ClientMac): void {
      for (const session of live()) if (session.mac === mac) stop(session, 1);
    },
    /** Status-Server (RFC 5997) to both ports. */
    status: () =>
      Promise.all([access, accounting].map(async (to) => (await to(CODE.statusServer, () => [], true)).code)),
    sessions: live,
    /** Disconnect- and CoA-Requests that it took, each once. */
    orders: (): readonly Packet[] => orders,
    /** What it reported has arrived. */
    async settled() {
      while (reports.size > 0) await Promise.all(reports);
    },
    misbehaviour,
  };
}
