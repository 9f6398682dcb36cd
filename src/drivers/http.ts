import type { TLSSocket } from 'node:tls';
import { Agent, buildConnector, errors, request } from 'undici';
import { DriverError, type DriverFault } from './driver.js';
import { createTurns } from './sharing.js';

/** Calls of a router's API over HTTP: its certificate judged before anything is sent, no redirect followed, all bounded. */

const CONNECT_MS = 4000;
const TIMEOUT_MS = 8000;
/** More than the client list of the largest controller that Foyer was written for. */
const ANSWER_BYTES = 16 * 1024 * 1024;
const CONNECTIONS = 8;
/** How long a call waits for a connection to be free. */
const TURN_MS = 10_000;

export interface HttpOptions {
  /** What the router is called in messages: `UniFi`. */
  name: string;
  /** Origin, with or without a path before that of each call. */
  baseUrl: string;
  /** SHA-256 of the one certificate that is trusted, as `AA:BB:..`; without it an authority has to vouch for it. */
  fingerprint?: string | undefined;
  timeoutMs?: number | undefined;
}

export interface HttpCall {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Begins with `/`; encoded by the caller. */
  path: string;
  query?: Readonly<Record<string, string | number>>;
  headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  json?: unknown;
  /** Sent as `application/x-www-form-urlencoded`. */
  form?: Readonly<Record<string, string>>;
}

export interface HttpAnswer {
  status: number;
  /** The first value of a header; the name in lower case. */
  header(name: string): string | undefined;
  /** Every `Set-Cookie` as `name=value`. */
  cookies(): string[];
  text: string;
  /** The body where it is JSON, whatever its type says; undefined where it is not. */
  json(): unknown;
}

export interface Http {
  /** Throws `DriverError`: unreachable, timeout, untrusted, bad-answer; misconfigured for a fingerprint without https. An answer of any status is no fault here. */
  call(call: HttpCall): Promise<HttpAnswer>;
  close(): Promise<void>;
}

/** The form in which a fingerprint is shown and compared: `AA:BB:..`, upper case. */
export const fingerprintOf = (text: string): string =>
  text
    .replace(/[^0-9a-f]/gi, '')
    .toUpperCase()
    .replace(/..(?!$)/g, '$&:');

/** Refused before anything was sent. */
class Untrusted extends Error {}

export function createHttp({ name, baseUrl, fingerprint, timeoutMs = TIMEOUT_MS }: HttpOptions): Http {
  const base = new URL(baseUrl);
  const prefix = base.pathname.replace(/\/$/, '');
  const pinned = fingerprint ? fingerprintOf(fingerprint) : undefined;
  const agent = new Agent({
    connect: connector(name, base.hostname, pinned),
    connections: CONNECTIONS,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    maxResponseSize: ANSWER_BYTES,
    keepAliveTimeout: 10_000,
  });
  const where = base.origin;
  const busy = `${name} at ${where} has more to do than it answers within ${TURN_MS / 1000} s.`;
  // Whoever waits for a turn does not find the router slow meanwhile, but does not wait for ever.
  const inTurn = createTurns(CONNECTIONS, { ms: TURN_MS, error: () => new DriverError('timeout', busy) });

  /** A connection that lay idle may have died unnoticed: what only reads is asked again, on another one. */
  async function call(asked: HttpCall): Promise<HttpAnswer> {
    // Whoever pins a certificate wants the other side known: over http anybody could be it.
    if (pinned !== undefined && base.protocol !== 'https:')
      throw new DriverError(
        'misconfigured',
        `The field fingerprint of ${name} is set, and its address ${where} has no certificate: set the field url to https, or leave out fingerprint. Nothing was sent.`,
      );
    try {
      return await inTurn(() => once(asked));
    } catch (error) {
      const died = error instanceof DriverError && hungUp(error.cause);
      if (!died || asked.method !== 'GET') throw error;
      return inTurn(() => once(asked));
    }
  }

  async function once({ method, path, query, headers, json, form }: HttpCall): Promise<HttpAnswer> {
    const url = new URL(`${prefix}${path}`, base.origin);
    for (const [key, value] of Object.entries(query ?? {})) url.searchParams.set(key, String(value));
    const body =
      json === undefined ? (form ? new URLSearchParams(form).toString() : undefined) : JSON.stringify(json);
    const type = json === undefined ? 'application/x-www-form-urlencoded' : 'application/json';
    try {
      const answer = await request(url, {
        method,
        dispatcher: agent,
        signal: AbortSignal.timeout(timeoutMs),
        headers: {
          accept: 'application/json',
          ...(body === undefined ? {} : { 'content-type': type }),
          ...headers,
        },
        body: body ?? null,
      });
      const text = await answer.body.text();
      const header = (of: string): string | undefined => [answer.headers[of] ?? []].flat()[0];
      const cookies = () =>
        [answer.headers['set-cookie'] ?? []].flat().map((cookie) => cookie.split(';')[0] as string);
      return { status: answer.statusCode, header, cookies, text, json: () => parsed(text) };
    } catch (error) {
      throw faultOf(error, name, where, timeoutMs);
    }
  }

  return { call, close: () => agent.destroy() };
}

/** The certificate is judged when the connection stands, before a word of the request. */
function connector(name: string, host: string, pinned: string | undefined): buildConnector.connector {
  const connect = buildConnector({ timeout: CONNECT_MS, rejectUnauthorized: false, maxCachedSessions: 0 });
  return (options, callback) => {
    connect(options, (...result) => {
      const [failed, socket] = result;
      if (failed || options.protocol !== 'https:') return callback(...result);
      const { authorized, authorizationError } = socket as TLSSocket;
      const code = String(authorizationError);
      const shown = (socket as TLSSocket).getPeerCertificate().fingerprint256 ?? '';
      const distrusted =
        pinned === undefined
          ? authorized
            ? undefined
            : `${name} shows a certificate that no authority vouches for (${DISTRUST[code] ?? code}). If ${host} itself shows this fingerprint, set the field fingerprint to it: ${shown}`
          : shown === pinned
            ? undefined
            : `The certificate's fingerprint of ${name} changed from ${pinned} to ${shown}. If its certificate was renewed, set the field fingerprint to the new one; if not, somebody stands between.`;
      if (distrusted === undefined) return callback(null, socket);
      socket.destroy();
      return callback(new Untrusted(distrusted), null);
    });
  };
}

/** OpenSSL's and Node's words for a certificate that is not trusted. */
const DISTRUST: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its authority is not known here',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its authority is not known here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its authority is not known here, or its chain is not whole',
  CERT_HAS_EXPIRED: 'it has expired',
  CERT_NOT_YET_VALID: 'it is not valid yet: look at the clocks',
  ERR_TLS_CERT_ALTNAME_INVALID: 'it is for another name',
};

const hungUp = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && ['UND_ERR_SOCKET', 'ECONNRESET'].includes(String(error.code));

const UNREACHABLE: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name is not known',
  EAI_AGAIN: 'its name cannot be looked up now',
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'it hangs up',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no way to it',
  UND_ERR_SOCKET: 'it hangs up',
  EPROTO: 'it does not speak https there',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak https there',
};

function faultOf(error: unknown, name: string, where: string, timeoutMs: number): DriverError {
  const fault = (code: DriverFault, message: string) => new DriverError(code, message, error);
  if (error instanceof Untrusted) return fault('untrusted', error.message);
  if (error instanceof errors.ConnectTimeoutError)
    return fault(
      'unreachable',
      `${name} at ${where} does not answer: is it on, and may this machine reach it?`,
    );
  if (
    error instanceof errors.HeadersTimeoutError ||
    error instanceof errors.BodyTimeoutError ||
    (error instanceof Error && error.name === 'TimeoutError')
  )
    return fault('timeout', `${name} at ${where} did not answer within ${timeoutMs / 1000} s.`);
  if (error instanceof errors.ResponseExceededMaxSizeError || error instanceof errors.HTTPParserError)
    return fault('bad-answer', `${name} at ${where} answers with something that is not its API.`);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const why = UNREACHABLE[code] ?? (code || 'the connection failed');
  return fault('unreachable', `${name} at ${where} cannot be reached: ${why}.`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
