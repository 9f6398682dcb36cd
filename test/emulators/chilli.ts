import { createHash, randomBytes } from 'node:crypto';
import { createSocket, type RemoteInfo } from 'node:dgram';
import { once } from 'node:events';
import type { ClientMac } from '../../src/domain/id.js';
import type { RadiusAttribute } from '../../src/drivers/driver.js';
import { first, integer, ipv4, TYPE, text, textIn, vendorIn } from '../../src/drivers/radius/attributes.js';
import {
  CODE,
  decode,
  encodeRequest,
  encodeResponse,
  type Packet,
  requestIsOf,
  responseIsOf,
} from '../../src/drivers/radius/codec.js';
import { type Misbehaviour, PATIENCE_MS } from '../drivers/contract.js';
import type { Teardown } from '../fixtures/redis.js';

/**
 * CoovaChilli as its source (1.9) has it: a redirect that is signed byte for byte, a login by CHAP that asks RADIUS, sessions
 * that count whole seconds, a Disconnect-NAK without a reason. The client's side is a call: nobody listens on the guests' network here.
 */

export const UAM = { address: '10.1.0.1', port: 3990 };
const VENDOR_CHILLI = 14_559;

export interface ChilliOptions {
  uamServer: string;
  uamSecret: string;
  now: () => number;
  /** `uamhomepage`: guests come there first, with the address for the login in one parameter. */
  homepage?: string;
  nochallenge?: boolean;
  ssid?: string;
  radius?: { port: number; accountingPort: number; secret: string };
}

export interface ChilliDevice {
  mac: ClientMac;
  ip: string;
  session: string;
  challenge: string;
  passes: boolean;
  username: string;
  userurl: string;
  /** Epoch milliseconds. */
  start: number;
  /** Seconds; 0: for ever. */
  most: number;
  upBits: number;
  downBits: number;
  octets: bigint;
}

export const dashed = (mac: string): string => mac.toUpperCase().replaceAll(':', '-');

/** Percent-encoding with small letters, of everything but these. */
export const encoded = (value: string): string =>
  [...Buffer.from(value, 'latin1')]
    .map((byte) => {
      const mark = String.fromCharCode(byte);
      return /[A-Za-z0-9_.!~*-]/.test(mark) ? mark : `%${byte.toString(16).padStart(2, '0')}`;
    })
    .join('');

const md5 = (...parts: (string | Buffer)[]): Buffer => {
  const hash = createHash('md5');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

export type Chilli = Awaited<ReturnType<typeof startChilli>>;

export async function startChilli(t: Teardown, options: ChilliOptions) {
  const { uamServer, uamSecret, now, radius, nochallenge = false } = options;
  const devices = new Map<ClientMac, ChilliDevice>();
  let made = 0;
  let datagrams = 0;
  let slow = false;
  let garbage = false;

  /** What is due by the clock. */
  function look(): void {
    for (const device of devices.values())
      if (device.passes && device.most > 0 && now() - device.start > device.most * 1000) stop(device, 5);
  }

  function join(mac: ClientMac): ChilliDevice {
    const known = devices.get(mac);
    if (known) return known;
    made++;
    const device = {
      mac,
      ip: `10.1.${made >> 8}.${(made & 255) + 1}`,
      session: `65a0000${made.toString(16).padStart(9, '0')}`,
      challenge: randomBytes(16).toString('hex'),
      passes: false,
      username: '',
      userurl: '',
      ...{ start: 0, most: 0, upBits: 0, downBits: 0, octets: 0n },
    };
    devices.set(mac, device);
    return device;
  }

  function redirect(device: ChilliDevice, res: string, userurl = device.userurl): string {
    const challenge =
      nochallenge || /^(?:success|already)/.test(res) ? [] : [`challenge=${device.challenge}`];
    const words = [
      `res=${res}`,
      `uamip=${UAM.address}`,
      `uamport=${UAM.port}`,
      ...challenge,
      'called=00-0D-B9-00-00-01',
      `mac=${dashed(device.mac)}`,
      `ip=${device.ip}`,
      ...(options.ssid === undefined ? [] : [`ssid=${encoded(options.ssid)}`]),
      'nasid=nas01',
      `sessionid=${device.session}`,
      `userurl=${encoded(userurl)}`,
    ];
    const address = `${uamServer}${uamServer.includes('?') ? '&' : '?'}${words.join('&')}`;
    return `${address}&md=${md5(address, uamSecret).toString('hex').toUpperCase()}`;
  }

  /** A page that a captive client asks for. */
  function browse(mac: ClientMac, url: string): string {
    const device = join(mac);
    look();
    if (device.passes) return url;
    device.userurl = url;
    const login = redirect(device, 'notyet');
    const { homepage } = options;
    if (homepage === undefined) return login;
    return `${homepage}${homepage.includes('?') ? '&' : '?'}loginurl=${encoded(login)}`;
  }

  const asking = createSocket('udp4');
  const open = new Map<number, (packet: Packet) => void>();
  asking.on('message', (datagram: Buffer) => {
    const packet = decode(datagram);
    if (packet) open.get(packet.id)?.(packet);
  });
  let closed = false;
  t.teardown(() => {
    closed = true;
    asking.close();
  });
  let last = 0;

  /** Each request is sent once more, the same bytes, until it is answered. */
  function ask(port: number, code: number, attributes: RadiusAttribute[]): Promise<Packet> {
    const secret = radius?.secret ?? '';
    do last = (last + 1) & 255;
    while (open.has(last));
    const id = last;
    const bytes = encodeRequest({ code, id, secret, attributes });
    const { authenticator } = decode(bytes) as Packet;
    return new Promise((resolve, reject) => {
      let tried = 0;
      const settle = (): void => {
        clearInterval(timer);
        open.delete(id);
      };
      const transmit = (): void => {
        if (tried++ < 4 && !closed) {
          asking.send(bytes, port, '127.0.0.1');
          return;
        }
        settle();
        reject(new Error('RADIUS timeout'));
      };
      const timer = setInterval(transmit, 500);
      open.set(id, (packet) => {
        if (!responseIsOf(packet, authenticator, secret)) return;
        settle();
        resolve(packet);
      });
      transmit();
    });
  }

  const about = (device: ChilliDevice): RadiusAttribute[] => [
    text(TYPE.userName, device.username),
    text(TYPE.callingStation, dashed(device.mac)),
    text(TYPE.calledStation, '00-0D-B9-00-00-01'),
    ...ipv4(TYPE.framedIp, device.ip),
    text(TYPE.sessionId, device.session),
    text(TYPE.nasIdentifier, 'nas01'),
    ...ipv4(TYPE.nasIp, UAM.address),
  ];

  const reports = new Set<Promise<unknown>>();
  function report(status: number, attributes: RadiusAttribute[]): void {
    if (!radius) return;
    const all = [integer(TYPE.statusType, status), ...attributes];
    const sent: Promise<unknown> = ask(radius.accountingPort, CODE.accountingRequest, all)
      .catch(() => undefined)
      .finally(() => reports.delete(sent));
    reports.add(sent);
  }

  /** Counts from now, also where it runs already: `authorize` sets back, `update` does not. */
  function start(device: ChilliDevice): void {
    device.passes = true;
    device.start = now();
    report(1, about(device));
  }

  function stop(device: ChilliDevice, cause: number): void {
    if (!device.passes) return;
    report(2, [...about(device), integer(TYPE.terminateCause, cause)]);
    made++;
    Object.assign(device, { passes: false, most: 0, upBits: 0, downBits: 0, octets: 0n });
    device.session = `65a1000${made.toString(16).padStart(9, '0')}`;
  }

  async function logon(device: ChilliDevice, query: URLSearchParams): Promise<string> {
    const back = query.get('userurl') ?? '';
    if (device.passes) return redirect(device, 'already', back);
    device.username = query.get('username') ?? '';
    const c2 = md5(Buffer.from(device.challenge, 'hex'), uamSecret);
    const response = query.get('response');
    const proof = response
      ? [
          { type: TYPE.chapPassword, value: Buffer.concat([Buffer.of(0), Buffer.from(response, 'hex')]) },
          { type: TYPE.chapChallenge, value: c2 },
        ]
      : [chapOf(query.get('password') ?? '', c2), { type: TYPE.chapChallenge, value: c2 }];
    const answer = await ask(radius?.port ?? 0, CODE.accessRequest, [...about(device), ...proof]);
    device.userurl = back;
    if (answer.code !== CODE.accessAccept) {
      device.challenge = randomBytes(16).toString('hex');
      return redirect(device, 'failed&reason=reject', back);
    }
    const number = (value: Buffer | undefined): number => value?.readUInt32BE() ?? 0;
    const own = (type: number): number => number(vendorIn(answer.attributes, VENDOR_CHILLI, type));
    Object.assign(device, {
      most: number(first(answer.attributes, TYPE.sessionTimeout)),
      upBits: own(4) * 1000,
      downBits: own(5) * 1000,
      octets: BigInt(own(3)) + (BigInt(own(23)) << 32n),
    });
    start(device);
    return redirect(device, 'success', back);
  }

  /** `nochallenge`: the password itself, which chilli puts into CHAP or PAP as it is set; either proves the same. */
  const chapOf = (password: string, challenge: Buffer): RadiusAttribute => ({
    type: TYPE.chapPassword,
    value: Buffer.concat([Buffer.of(0), md5(Buffer.of(0), password, challenge)]),
  });

  /** The client's browser follows a link to chilli itself; what it answers is where it is sent on to. */
  async function follow(mac: ClientMac, link: string): Promise<string> {
    const url = new URL(link);
    if (url.host !== `${UAM.address}:${UAM.port}`) throw new Error(`not chilli: ${url.host}`);
    // REDIR_USERURLSIZE: what is longer is cut.
    const query = new URLSearchParams(url.search.slice(1, 2048));
    const device = join(mac);
    look();
    if (url.pathname === '/logon' || url.pathname === '/login') return logon(device, query);
    if (url.pathname === '/logoff') {
      stop(device, 1);
      return redirect(device, 'logoff');
    }
    return redirect(device, device.passes ? 'already' : 'notyet');
  }

  function told(datagram: Buffer): Buffer | string | undefined {
    if (garbage) return '<html>';
    const packet = decode(datagram);
    if (!packet || packet.code !== CODE.disconnectRequest || !requestIsOf(packet, radius?.secret ?? ''))
      return undefined;
    look();
    const name = textIn(packet.attributes, TYPE.userName);
    const id = textIn(packet.attributes, TYPE.sessionId);
    // "Username must be included": without one nothing is answered.
    if (name === undefined) return undefined;
    const found = [...devices.values()].filter(
      (device) => device.passes && device.username === name && (id === undefined || device.session === id),
    );
    for (const device of found) stop(device, 6);
    const code = found.length > 0 ? CODE.disconnectAck : CODE.disconnectNak;
    return encodeResponse(packet, { code, secret: radius?.secret ?? '', attributes: [] });
  }

  let socket: ReturnType<typeof createSocket> | undefined;
  let coaport = 0;
  async function up(): Promise<void> {
    const opened = createSocket('udp4');
    opened.on('message', (datagram: Buffer, { port, address }: RemoteInfo) => {
      datagrams++;
      const answer = told(datagram);
      if (answer === undefined) return;
      setTimeout(() => opened === socket && opened.send(answer, port, address), slow ? 4 * PATIENCE_MS : 0);
    });
    opened.bind(coaport, '127.0.0.1');
    await once(opened, 'listening');
    coaport = opened.address().port;
    socket = opened;
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
      // A client asks for its address anew by itself.
      for (const device of devices.values()) Object.assign(device, { passes: false, username: '', most: 0 });
      report(7, [text(TYPE.nasIdentifier, 'nas01'), ...ipv4(TYPE.nasIp, UAM.address)]);
    },
    inForce(mac) {
      look();
      return devices.get(mac)?.passes ? 1 : 0;
    },
    calls: () => datagrams,
  };

  return {
    coaport,
    devices,
    join,
    browse,
    follow,
    redirect,
    look,
    start,
    stop,
    /** What it reported has arrived. */
    async settled() {
      while (reports.size > 0) await Promise.all(reports);
    },
    misbehaviour,
  };
}
