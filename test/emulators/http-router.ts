import { X509Certificate } from 'node:crypto';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { PATIENCE_MS } from '../drivers/contract.js';
import type { Teardown } from '../fixtures/redis.js';
import { certificate } from '../http/certificate.js';

/** One request of an API, read whole. */
export interface Asked {
  method: string;
  /** Without the query, as it came: nothing is decoded. */
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  body: string;
  /** The body where it is JSON, whatever its type says. */
  json: unknown;
}

export interface Reply {
  status?: number;
  headers?: Record<string, string | string[]>;
  /** An object is sent as JSON. */
  body?: unknown;
}

export type Answer = (asked: Asked) => Reply | Promise<Reply>;

/** The ground of a router whose API is one of HTTP: it can go down, be slow, answer garbage, change its certificate. */
export async function startHttpRouter(t: Teardown, answer: Answer, { tls = false } = {}) {
  let slow = false;
  let garbage = false;
  let calls = 0;
  let server: Server;
  let port = 0;
  let pair = tls ? certificate('localhost') : undefined;

  const handle: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      calls++;
      respond(request, Buffer.concat(chunks).toString(), response).catch(() => response.destroy());
    });
  };

  async function respond(request: IncomingMessage, body: string, response: ServerResponse): Promise<void> {
    const [path = '/', query = ''] = (request.url ?? '/').split('?');
    const { method = 'GET', headers } = request;
    if (slow) await new Promise((resolve) => setTimeout(resolve, 4 * PATIENCE_MS));
    if (garbage) {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end('<html><body>Starting up</body></html>{"meta":{"rc":');
      return;
    }
    const asked = { method, path, query: new URLSearchParams(query), headers, body, json: parsed(body) };
    const reply = await answer(asked);
    const text = typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body ?? {});
    const type = typeof reply.body === 'string' ? 'text/html; charset=utf-8' : 'application/json';
    response.writeHead(reply.status ?? 200, { 'content-type': type, ...reply.headers });
    response.end(text);
  }

  async function up(): Promise<void> {
    server = pair
      ? createTlsServer({ cert: pair.TLS_CERT, key: pair.TLS_KEY }, handle)
      : createServer(handle);
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  }

  async function down(): Promise<void> {
    if (!server.listening) return;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }

  await up();
  t.teardown(down);

  return {
    get url(): string {
      return `${pair ? 'https' : 'http'}://127.0.0.1:${port}`;
    },
    /** Of the certificate that it shows now. */
    get fingerprint(): string | undefined {
      return pair && new X509Certificate(pair.TLS_CERT).fingerprint256;
    },
    /** The part of `Misbehaviour` that does not depend on what the router keeps. */
    misbehaviour: {
      up,
      down,
      slow: (on: boolean) => {
        slow = on;
      },
      garbage: (on: boolean) => {
        garbage = on;
      },
      calls: () => calls,
      ...(tls
        ? {
            async otherCertificate() {
              await down();
              // Kept connections have ended: the driver in this same process is to notice before its next call.
              await new Promise((resolve) => setTimeout(resolve, 10));
              pair = certificate('localhost');
              await up();
            },
          }
        : {}),
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
