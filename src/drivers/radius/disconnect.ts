import { createSocket, type Socket } from 'node:dgram';
import { isIP } from 'node:net';
import { DriverError, type DriverFault, type RadiusAttribute } from '../driver.js';
import { integer, integerIn, TYPE } from './attributes.js';
import { CODE, decode, encodeRequest, messageAuthenticator, type Packet, responseIsOf } from './codec.js';

/** The client of RFC 5176: has a router end a session, or look at it again. */

const TIMEOUT_MS = 6000;
/** When a packet is sent once more, in parts of the whole wait: all of them are the same packet. */
const AGAIN_AT = [1 / 6, 1 / 2];
/** At once to one router: more only overrun what it keeps of unread packets. */
const AT_ONCE = 64;
const IDS = 256;

/** What Error-Cause (RFC 5176, 3.5) means for an order. 503 is none: there is no such session. */
const CAUSES: Readonly<Record<number, readonly [DriverFault, string]>> = {
  401: ['not-supported', 'it does not know an attribute of the request'],
  402: [
    'not-supported',
    'it misses an attribute in the request: does it account for its sessions by RADIUS?',
  ],
  403: ['misconfigured', 'it has another NAS-Identifier or NAS-IP-Address than it gave when it accounted'],
  404: ['bad-answer', 'it takes the request for malformed. Is its clock right'],
  405: ['not-supported', 'it does not offer this service'],
  406: ['not-supported', 'it does not offer this extension'],
  407: ['not-supported', 'it does not like the value of an attribute'],
  501: ['not-permitted', 'it is set not to take such requests'],
  502: ['misconfigured', 'a proxy on the way does not know where to send it'],
  504: ['not-permitted', 'this session cannot be removed'],
  505: ['bad-answer', 'a proxy on the way failed'],
  506: ['busy', 'it has no resources left'],
  507: ['busy', 'it has begun and has not finished'],
  508: ['not-supported', 'it finds more than one session and does not take several'],
};

export interface DisconnectOptions {
  /** What the gateway is called in messages. */
  name: string;
  secret: string;
  port: number;
  timeoutMs?: number | undefined;
  /** It gives no reason where it knows no such session (CoovaChilli 1.9, which refuses for no other). */
  bareRefusalIsAbsent?: boolean | undefined;
  now: () => number;
}

/** What came of a request: `absent` where the router knows no such session. */
export type Outcome = 'done' | 'absent';

export interface Disconnect {
  /** Throws `DriverError`: unreachable, timeout, bad-answer, and what an Error-Cause means. */
  ask(address: string, what: 'disconnect' | 'coa', attributes: readonly RadiusAttribute[]): Promise<Outcome>;
  close(): Promise<void>;
}

interface Asked {
  request: Packet;
  settle(outcome: Outcome | DriverError): void;
  /** Something came that is not signed by this secret. */
  foreign: boolean;
}

/** One router, while there is something to ask of it: a connected socket hears of ICMP. */
interface Channel {
  open: Map<number, Asked>;
  waiting: (() => void)[];
  /** Who has something to ask, or waits to. */
  users: number;
  next: number;
  socket: Socket;
  ready: Promise<void>;
}

export function createDisconnect(options: DisconnectOptions): Disconnect {
  const { name, secret, port, timeoutMs = TIMEOUT_MS, bareRefusalIsAbsent = false, now } = options;
  const channels = new Map<string, Channel>();
  let closed = false;

  const fault = (code: DriverFault, address: string, why: string): DriverError =>
    new DriverError(code, `${name} at ${address}, UDP port ${port}: ${why}.`);
  const gone = (address: string): DriverError => fault('unreachable', address, 'the gateway was let go of');
  const unreachable = (address: string, error: NodeJS.ErrnoException): DriverError =>
    fault(
      'unreachable',
      address,
      error.code === 'ECONNREFUSED'
        ? 'nothing listens for Disconnect-Requests there. Turn them on at the router, or set disconnectPort to the port that it has for them'
        : `there is no way to it (${error.code ?? error.message})`,
    );

  function answerOf(address: string, { code, attributes }: Packet): Outcome | DriverError {
    if (code === CODE.disconnectAck || code === CODE.coaAck) return 'done';
    const cause = integerIn(attributes, TYPE.errorCause);
    if (cause === 503 || (cause === undefined && bareRefusalIsAbsent)) return 'absent';
    const [meaning, words] = CAUSES[cause ?? 0] ?? ['bad-answer', undefined];
    return fault(
      meaning,
      address,
      words
        ? `it refuses: ${words} (Error-Cause ${cause})`
        : `it refuses without a reason${cause === undefined ? '' : ` that is known (Error-Cause ${cause})`}`,
    );
  }

  function opened(address: string): Channel {
    const known = channels.get(address);
    if (known) return known;
    const socket = createSocket(isIP(address) === 6 ? 'udp6' : 'udp4');
    const ready = new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.once('connect', resolve);
      socket.connect(port, address);
    });
    const channel: Channel = { open: new Map(), waiting: [], users: 0, next: 0, socket, ready };
    const failAll = (error: Error): void => {
      for (const asked of [...channel.open.values()]) asked.settle(unreachable(address, error));
    };
    socket.on('error', failAll);
    socket.on('message', (datagram) => heard(address, channel, datagram));
    ready.catch(failAll);
    channels.set(address, channel);
    return channel;
  }

  function heard(address: string, { open }: Channel, datagram: Buffer): void {
    const packet = decode(datagram);
    const asked = packet && open.get(packet.id);
    if (!packet || !asked) {
      for (const one of open.values()) one.foreign = true;
      return;
    }
    const { authenticator, code } = asked.request;
    const answers = packet.code === code + 1 || packet.code === code + 2;
    const signed = messageAuthenticator(packet, secret, authenticator);
    if (!answers || signed === 'wrong' || !responseIsOf(packet, authenticator, secret)) {
      asked.foreign = true;
      return;
    }
    asked.settle(answerOf(address, packet));
  }

  function freeId(channel: Channel): number {
    while (channel.open.has(channel.next)) channel.next = (channel.next + 1) % IDS;
    const id = channel.next;
    // The next one is another, so that a late answer meets no later request.
    channel.next = (id + 1) % IDS;
    return id;
  }

  function send(
    address: string,
    channel: Channel,
    what: 'disconnect' | 'coa',
    attributes: readonly RadiusAttribute[],
  ) {
    return new Promise<Outcome>((resolve, reject) => {
      const id = freeId(channel);
      const bytes = encodeRequest({
        code: what === 'coa' ? CODE.coaRequest : CODE.disconnectRequest,
        id,
        secret,
        attributes: [...attributes, integer(TYPE.eventTimestamp, Math.floor(now() / 1000))],
      });
      const transmit = (): void => {
        channel.ready.then(
          () => {
            if (channel.open.get(id) === asked)
              channel.socket.send(bytes, (error) => error && asked.settle(unreachable(address, error)));
          },
          (error: Error) => asked.settle(unreachable(address, error)),
        );
      };
      const timers = [
        ...AGAIN_AT.map((part) => setTimeout(transmit, timeoutMs * part)),
        setTimeout(() => asked.settle(late()), timeoutMs),
      ];
      const late = (): DriverError =>
        asked.foreign
          ? fault(
              'bad-answer',
              address,
              'it answers, and not by the shared secret: compare the secret on both sides',
            )
          : fault(
              'timeout',
              address,
              `no answer to a Disconnect-Request within ${timeoutMs / 1000} s. Does the router take them from this machine, with the same secret?`,
            );
      const asked: Asked = {
        request: decode(bytes) as Packet,
        foreign: false,
        settle(outcome) {
          for (const timer of timers) clearTimeout(timer);
          channel.open.delete(id);
          if (outcome instanceof DriverError) reject(outcome);
          else resolve(outcome);
        },
      };
      channel.open.set(id, asked);
      transmit();
    });
  }

  /** A place among those that are asked at once. Who waits behind a router that says nothing is not kept for its turn. */
  function turn(address: string, channel: Channel): Promise<void> {
    if (channel.open.size < AT_ONCE) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const go = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        channel.waiting.splice(channel.waiting.indexOf(go), 1);
        reject(
          fault('timeout', address, `no answer within ${timeoutMs / 1000} s to those that were asked before`),
        );
      }, timeoutMs);
      channel.waiting.push(go);
    });
  }

  function left(address: string, channel: Channel): void {
    channel.waiting.shift()?.();
    channel.users--;
    if (channel.users > 0) return;
    channels.delete(address);
    channel.socket.close();
  }

  return {
    async ask(address, what, attributes) {
      if (closed) throw gone(address);
      const channel = opened(address);
      channel.users++;
      try {
        await turn(address, channel);
        if (closed) throw gone(address);
        return await send(address, channel, what, attributes);
      } finally {
        left(address, channel);
      }
    },
    async close() {
      closed = true;
      for (const [address, channel] of channels)
        for (const asked of [...channel.open.values()]) asked.settle(gone(address));
    },
  };
}
