import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { isIP, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { plainAddress } from '../domain/gateway.js';
import { ownHost } from './own-host.js';

export interface HijackOptions {
  /** The origin of the portal as guests see it. Without it this machine's own addresses are the portal. */
  portalUrl?: string;
  /** The port of the http listener, which a hijacked request is sent to where there is no `portalUrl`. */
  port: () => number;
  /** This machine's addresses. */
  addresses?: () => string[];
}

/** The answer to every hijacked request, made once per origin. */
interface Answer {
  headers: string[];
  body: Buffer;
  /** The whole of it, for connections that are past HTTP. */
  raw: Buffer;
}

export type Hijack = ReturnType<typeof createHijack>;

const ANSWERS_AT_MOST = 256;
/** How long a connection that was answered may take to read the answer. */
const LINGER_MS = 1000;

const bracketed = (address: string): string => (isIP(address) === 6 ? `[${address}]` : address);

function makeAnswer(origin: string): Answer {
  const body = Buffer.from(
    `<!DOCTYPE html><html lang="en"><title>Wi-Fi</title><p><a href="${origin}/">Join the Wi-Fi</a></p></html>\n`,
  );
  const headers = [
    ...['Location', `${origin}/`],
    ...['Cache-Control', 'no-store'],
    ...['Content-Type', 'text/html; charset=utf-8'],
    ...['Content-Length', String(body.length)],
    ...['Connection', 'close'],
  ];
  const lines = headers.map((part, i) => (i % 2 === 0 ? `${part}: ` : `${part}\r\n`)).join('');
  return { headers, body, raw: Buffer.concat([Buffer.from(`HTTP/1.1 302 Found\r\n${lines}\r\n`), body]) };
}

const plain = (status: string): Buffer =>
  Buffer.from(
    `HTTP/1.1 ${status}\r\nConnection: close\r\nCache-Control: no-store\r\nContent-Length: 0\r\n\r\n`,
  );

const BAD_REQUEST = plain('400 Bad Request');
const FAULTS: Record<string, Buffer | undefined> = {
  ERR_HTTP_REQUEST_TIMEOUT: plain('408 Request Timeout'),
};

/** A method that we do not know, or the many cookies of the page that the visitor was on the way to. */
const REDIRECTED: ReadonlySet<string> = new Set(['HPE_INVALID_METHOD', 'HPE_HEADER_OVERFLOW']);

/** Says its last word on a connection, and does not wait for the other side's. */
function finish(socket: Duplex, answer: Buffer): void {
  socket.on('error', () => undefined);
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  socket.end(answer);
  // Closing at once would reset the connection where something is still unread, and the answer would be lost.
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}

/**
 * What stands before routing: a request for a host that is not the portal's own was hijacked by a router, and gets the
 * one constant answer that every detector of captive portals takes for one.
 */
export function createHijack(options: HijackOptions) {
  const { port } = options;
  const owns = ownHost(options.portalUrl, options.addresses);
  const portalAnswer = options.portalUrl === undefined ? undefined : makeAnswer(options.portalUrl);
  const answers = new Map<string, Answer>();

  /** Without a `portalUrl` the portal is where the connection arrived: the address that the router sent it to. */
  function answerFor(socket: Pick<Socket, 'localAddress'>): Answer {
    if (portalAnswer) return portalAnswer;
    const address = plainAddress(socket.localAddress ?? '127.0.0.1');
    let answer = answers.get(address);
    if (!answer) {
      if (answers.size >= ANSWERS_AT_MOST) answers.clear();
      const at = port();
      answer = makeAnswer(`http://${bracketed(address)}${at === 80 ? '' : `:${at}`}`);
      answers.set(address, answer);
    }
    return answer;
  }

  function redirect(request: IncomingMessage, response: ServerResponse): void {
    const { headers, body } = answerFor(request.socket);
    response.sendDate = false;
    response.writeHead(302, headers);
    response.end(body);
  }

  return {
    /** Lets through what is meant for the portal, answers everything else. */
    gate(route: RequestListener): RequestListener {
      return (request, response) => {
        let { host } = request.headers;
        // A proxy's form of request names the host in the target, and that name counts (RFC 9112, 3.2.2).
        if (request.url?.startsWith('http') && URL.canParse(request.url)) {
          const target = new URL(request.url);
          host = target.host;
          request.url = `${target.pathname}${target.search}`;
        }
        if (owns(host, request.socket.localAddress)) route(request, response);
        else redirect(request, response);
      };
    },

    /** CONNECT: the connection has left HTTP, and nothing else would ever end it. */
    connect: (_: IncomingMessage, socket: Duplex): void => finish(socket, answerFor(socket as Socket).raw),

    /** What no parser takes for a request: still answered, in a few bytes. */
    clientError(error: NodeJS.ErrnoException, socket: Duplex): void {
      if (error.code === 'ECONNRESET') socket.destroy();
      else if (REDIRECTED.has(error.code ?? '')) finish(socket, answerFor(socket as Socket).raw);
      else finish(socket, FAULTS[error.code ?? ''] ?? BAD_REQUEST);
    },
  };
}
