import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { plainAddress } from '../../domain/gateway.js';
import type { GatewayId } from '../../domain/id.js';
import type { RadiusAttribute } from '../driver.js';
import { type AccessQuestion, methodOf, questionOf, type Verdict } from './access.js';
import { type AccountingReport, reportOf } from './accounting.js';
import { admit, type Nas } from './admission.js';
import { integer, TYPE, text } from './attributes.js';
import { CODE, decode, encodeResponse, type Packet } from './codec.js';
import { createReplies, type Replies } from './replies.js';

export type { AccessQuestion, AccountingReport, Verdict };

/** Foyer's RADIUS server: it opens the sockets and speaks the protocol; what is decided comes from `judge`. */

const REJECT_DELAY_MS = 1000;
/** Longer than a router waits before it asks again; then it is judged anew. */
const JUDGE_MS = 10_000;
const SAID_EVERY_MS = 60_000;
const SAID_MOST = 500;
/** What routers with a signed counter still take. */
const SECONDS_MOST = 0x7fff_ffff;

export interface RadiusServerDeps {
  /** Gateways whose routers ask from this address, each with its secret (two may share an address behind one NAT: the secret tells). */
  nasAt(address: string): readonly Nas[];
  /** Where it throws or takes long there is no answer, and the router asks again. */
  judge(question: AccessQuestion): Promise<Verdict>;
  /** The router is answered when this has resolved: then it forgets what it reported. */
  account(report: AccountingReport): Promise<void>;
  now: () => number;
  log: { info(data: object, message: string): void; warn(data: object, message: string): void };
  /** How long a refusal is put off, so that passwords are not tried fast. */
  rejectDelayMs?: number;
  judgeMs?: number;
  keptMost?: number;
  openMost?: number;
}

export interface RadiusServer {
  /** Ports of 0 are given out by the system. Throws where an address is in use. */
  listen(at: {
    host: string;
    port: number;
    accountingPort: number;
  }): Promise<{ port: number; accountingPort: number }>;
  close(): Promise<void>;
}

type Service = 'access' | 'accounting';
const SERVED: Readonly<Record<Service, number>> = {
  access: CODE.accessRequest,
  accounting: CODE.accountingRequest,
};

type Answer = { code: number; attributes: RadiusAttribute[]; signed: boolean; delayMs?: number };

export function createRadiusServer(deps: RadiusServerDeps): RadiusServer {
  const { now, log, rejectDelayMs = REJECT_DELAY_MS, judgeMs = JUDGE_MS } = deps;
  const { keptMost, openMost } = deps;
  const repliesOf = new Map<GatewayId, Replies>();
  const said = new Map<string, number>();
  const timers = new Set<NodeJS.Timeout>();
  let sockets: Socket[] = [];

  /** Each gateway has its own: one that asks without end takes no room from another. */
  function repliesTo(gateway: GatewayId): Replies {
    const known = repliesOf.get(gateway) ?? createReplies({ now, keptMost, openMost });
    repliesOf.set(gateway, known);
    return known;
  }

  /** The same of the same address once a minute: whoever sends has no say in how much is logged. */
  function warn(address: string, message: string, what = message): void {
    const key = `${address} ${what}`;
    const last = said.get(key);
    if (last !== undefined && now() - last < SAID_EVERY_MS) return;
    for (const [old, at] of said) if (now() - at >= SAID_EVERY_MS) said.delete(old);
    if (said.size >= SAID_MOST) return;
    said.set(key, now());
    log.warn({ nas: address }, message);
  }

  const later = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(() => {
        timers.delete(timer);
        resolve();
      }, ms);
      timers.add(timer);
    });

  /** Rejects after that time, so that a hanging decision holds nothing. */
  async function within<T>(call: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no decision within ${judgeMs / 1000} s`)), judgeMs);
      timers.add(timer);
    });
    try {
      return await Promise.race([call, late]);
    } finally {
      clearTimeout(timer);
      if (timer) timers.delete(timer);
    }
  }

  async function judged(packet: Packet, from: Nas, address: string): Promise<Answer> {
    const method = methodOf(packet);
    if (method === 'EAP' || method === 'MS-CHAP')
      warn(
        address,
        `The router of gateway ${from.gateway} asks by ${method}, which Foyer does not speak: choose PAP or CHAP there.`,
      );
    const verdict = await within(deps.judge(questionOf(packet, from, address)));
    const seconds = verdict.accept ? Math.ceil(verdict.sessionSeconds) : 0;
    if (verdict.accept && seconds >= 1) {
      const timeout = integer(TYPE.sessionTimeout, Math.min(seconds, SECONDS_MOST));
      return { code: CODE.accessAccept, attributes: [timeout, ...verdict.attributes], signed: true };
    }
    const message = verdict.accept ? undefined : verdict.message;
    const attributes = message === undefined ? [] : [text(TYPE.replyMessage, message)];
    return { code: CODE.accessReject, attributes, signed: true, delayMs: rejectDelayMs };
  }

  async function accounted(packet: Packet, { gateway }: Nas, address: string): Promise<Answer> {
    const report = reportOf(packet, gateway, address, now());
    if (report) await within(deps.account(report));
    // No RFC says how such an answer is signed, and FreeRADIUS drops one that is signed as others are.
    return { code: CODE.accountingResponse, attributes: [], signed: false };
  }

  /** RFC 5997: each port answers with what it answers otherwise. */
  const alive = (service: Service): Answer => ({
    code: service === 'access' ? CODE.accessAccept : CODE.accountingResponse,
    attributes: [],
    signed: true,
  });

  function answer(service: Service, packet: Packet, from: Nas, address: string): Promise<Answer> {
    if (packet.code === CODE.statusServer) return Promise.resolve(alive(service));
    return service === 'access' ? judged(packet, from, address) : accounted(packet, from, address);
  }

  async function take(socket: Socket, service: Service, datagram: Buffer, remote: RemoteInfo): Promise<void> {
    const packet = decode(datagram);
    if (!packet || (packet.code !== SERVED[service] && packet.code !== CODE.statusServer)) return;
    const address = plainAddress(remote.address);
    const candidates = deps.nasAt(address);
    if (candidates.length === 0) {
      warn(
        address,
        `A packet of RADIUS from ${address}, which is in the field nas of no gateway, is not answered.`,
      );
      return;
    }
    const from = admit(packet, candidates, address);
    if (typeof from === 'string') {
      warn(address, from);
      return;
    }
    const send = (bytes: Buffer): void => {
      if (sockets.includes(socket)) socket.send(bytes, remote.port, remote.address, () => undefined);
    };
    const replies = repliesTo(from.gateway);
    const key = `${service} ${address} ${remote.port} ${packet.id} ${packet.authenticator.toString('hex')}`;
    const state = replies.begin(key);
    if (typeof state !== 'string') send(state);
    if (state !== 'new') return;
    try {
      const made = await answer(service, packet, from, address);
      const proxied = packet.attributes.filter(({ type }) => type === TYPE.proxyState);
      const bytes = encodeResponse(packet, {
        code: made.code,
        secret: from.nas.secret,
        attributes: [...made.attributes, ...proxied],
        messageAuthenticator: made.signed,
      });
      if (made.delayMs) await later(made.delayMs);
      replies.answered(key, bytes);
      send(bytes);
    } catch (error) {
      replies.dropped(key);
      const err = error instanceof Error ? error.message : String(error);
      warn(address, `A router at ${address} gets no answer now, and will ask again: ${err}`, 'no answer');
    }
  }

  async function bound(service: Service, host: string, port: number): Promise<Socket> {
    const socket = createSocket({ type: host.includes(':') ? 'udp6' : 'udp4' });
    socket.on('message', (datagram, remote) => {
      take(socket, service, datagram, remote).catch((error: unknown) => {
        log.warn({ err: String(error) }, 'a packet of RADIUS could not be taken');
      });
    });
    try {
      socket.bind(port, host);
      await once(socket, 'listening');
    } catch (error) {
      socket.close();
      // A machine without IPv6.
      const { code } = error as NodeJS.ErrnoException;
      if (host === '::' && (code === 'EAFNOSUPPORT' || code === 'EADDRNOTAVAIL'))
        return bound(service, '0.0.0.0', port);
      throw error;
    }
    socket.on('error', (error) =>
      log.warn({ err: error.message }, `the socket for ${service} by RADIUS failed`),
    );
    return socket;
  }

  async function close(): Promise<void> {
    const closing = sockets;
    sockets = [];
    for (const timer of timers) clearTimeout(timer);
    timers.clear();
    await Promise.all(closing.map((socket) => new Promise<void>((resolve) => socket.close(() => resolve()))));
  }

  return {
    async listen({ host, port, accountingPort }) {
      const access = await bound('access', host, port);
      sockets.push(access);
      try {
        sockets.push(await bound('accounting', host, accountingPort));
      } catch (error) {
        await close();
        throw error;
      }
      const [first, second] = sockets.map((socket) => socket.address().port);
      return { port: first as number, accountingPort: second as number };
    },
    close,
  };
}
