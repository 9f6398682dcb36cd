import type { LookupAddress } from 'node:dns';
import { lookup as systemLookup } from 'node:dns/promises';
import { Agent, errors, request } from 'undici';
import { literalAddress, readRetryAfter } from '../domain/webhook.js';
import { mayReach } from '../domain/webhook-address.js';

/** What came of one request. `says` is for people: bounded, one line, no control characters. */
export type Sent =
  | { status: number; says: string; ms: number; retryAfterMs?: number }
  /** No answer came. */
  | { status: null; says: string; ms: number };

/** Every address of a name; rejects where there is none. */
export type Lookup = (host: string) => Promise<readonly LookupAddress[]>;

export interface WebhookRequest {
  url: string;
  body: string;
  headers: Record<string, string>;
  allowPrivate: boolean;
  /** This process ends. */
  signal?: AbortSignal;
}

export interface SenderDeps {
  now: () => number;
  /** In place of the system's resolver. */
  lookup?: Lookup;
  timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;
const BODY_BYTES = 64 * 1024;
const SAYS_MOST = 200;

export type WebhookSend = ReturnType<typeof createWebhookSend>;

/** Refused before a connection was made. */
class Refused extends Error {}

/**
 * Sends one signed body. The name is resolved here, every address of it is judged, and the connection goes to the very
 * addresses that were judged, so that a name which answers differently the next time leads nowhere else. No redirect is
 * followed.
 */
export function createWebhookSend({ now, lookup, timeoutMs = TIMEOUT_MS }: SenderDeps) {
  const resolve: Lookup = lookup ?? ((host) => systemLookup(host, { all: true, verbatim: true }));

  async function addressesOf(url: URL, allowPrivate: boolean): Promise<LookupAddress[]> {
    const literal = literalAddress(url);
    const found: readonly LookupAddress[] =
      literal === undefined
        ? await resolve(url.hostname)
        : [{ address: literal, family: literal.includes(':') ? 6 : 4 }];
    if (found.length === 0) throw new Refused(`The name ${url.hostname} has no address.`);
    for (const { address } of found) {
      if (mayReach(address, allowPrivate)) continue;
      throw new Refused(
        mayReach(address, true)
          ? `${url.hostname} is at ${address}, in a private network, which this webhook may not reach. Nothing was sent.`
          : `${url.hostname} is at ${address}, where no webhook is sent. Nothing was sent.`,
      );
    }
    return [...found];
  }

  return async ({ url: text, body, headers, allowPrivate, signal }: WebhookRequest): Promise<Sent> => {
    const began = performance.now();
    const ms = (): number => Math.round(performance.now() - began);
    const late = AbortSignal.timeout(timeoutMs);
    const ends = signal ? AbortSignal.any([late, signal]) : late;
    const url = new URL(text);
    let agent: Agent | undefined;
    try {
      const addresses = await inTime(addressesOf(url, allowPrivate), ends);
      agent = new Agent({
        connect: {
          timeout: timeoutMs,
          lookup: (_, options, done) =>
            options.all
              ? done(null, addresses)
              : done(null, addresses[0]?.address ?? '', addresses[0]?.family ?? 4),
        },
        pipelining: 0,
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
      });
      const answer = await request(url, {
        method: 'POST',
        dispatcher: agent,
        signal: ends,
        headers: {
          'content-type': 'application/json',
          accept: '*/*',
          'accept-encoding': 'identity',
          'user-agent': 'Foyer',
          ...headers,
        },
        body,
      });
      const said = await beginningOf(answer.body);
      const asked = readRetryAfter([answer.headers['retry-after'] ?? []].flat()[0], now());
      return {
        status: answer.statusCode,
        says: said,
        ms: ms(),
        ...(asked === undefined ? {} : { retryAfterMs: asked }),
      };
    } catch (error) {
      return { status: null, says: faultOf(error, url, timeoutMs), ms: ms() };
    } finally {
      agent?.destroy().catch(() => undefined);
    }
  };
}

/** A resolver cannot be told to stop. */
async function inTime<T>(work: Promise<T>, ends: AbortSignal): Promise<T> {
  let stop: (() => void) | undefined;
  const ended = new Promise<never>((_, reject) => {
    stop = () => reject(ends.reason);
    ends.addEventListener('abort', stop);
  });
  work.catch(() => undefined);
  return Promise.race([work, ended]).finally(() => ends.removeEventListener('abort', stop as () => void));
}

/** The status is the answer; a body that is long, slow or broken off changes nothing. */
async function beginningOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const part of body) {
      parts.push(part);
      bytes += part.length;
      if (bytes >= BODY_BYTES) break;
    }
  } catch {
    // What came before is shown.
  }
  return oneLine(Buffer.concat(parts).subarray(0, BODY_BYTES).toString('utf8'));
}

/** Without control and formatting characters, which could rewrite what stands around it. */
export const oneLine = (text: string): string =>
  [
    ...text
      .slice(0, 2000)
      .replace(/[\p{C}\p{Z}]+/gu, ' ')
      .trim(),
  ]
    .slice(0, SAYS_MOST)
    .join('');

const UNREACHABLE: Readonly<Record<string, string>> = {
  ENOTFOUND: 'the name is not known',
  EAI_AGAIN: 'the name cannot be looked up now',
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'it hangs up',
  EPIPE: 'it hangs up',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no way to it',
  UND_ERR_SOCKET: 'it hangs up',
  EPROTO: 'it does not speak https there',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak https there',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak https there',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'the authority of its certificate is not known here',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'the authority of its certificate is not known here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the authority of its certificate is not known here',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
};

function faultOf(error: unknown, url: URL, timeoutMs: number): string {
  if (error instanceof Refused) return error.message;
  const late =
    error instanceof errors.ConnectTimeoutError ||
    error instanceof errors.HeadersTimeoutError ||
    (error instanceof Error && error.name === 'TimeoutError');
  if (late) return `${url.host} did not answer within ${timeoutMs / 1000} s.`;
  if (error instanceof errors.HTTPParserError || error instanceof errors.HeadersOverflowError)
    return `${url.host} answers with something that is not HTTP.`;
  const inner = error instanceof AggregateError ? error.errors[0] : error;
  const code = inner instanceof Error && 'code' in inner ? String(inner.code) : '';
  return `${url.host} cannot be reached: ${UNREACHABLE[code] ?? (code || 'the connection failed')}.`;
}
