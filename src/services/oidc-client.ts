import * as client from 'openid-client';
import { isLoopbackIssuer, type Provider } from '../domain/provider.js';

/** What the provider's own description says, and how we show that we are its client. */
export type ProviderConnection = client.Configuration;

/** No call of the provider takes longer. Seconds. */
const TIMEOUT_S = 5;
/** Largest answer that is read. Bytes. */
const ANSWER_MOST = 512 * 1024;
const KEPT_MS = 10 * 60_000;
/** For so long it is not asked again after it did not answer. */
const DEAD_MS = 10_000;

const bounded: client.CustomFetch = async (url, { duplex: _, body, ...options }) => {
  const answer = await fetch(url, { ...options, body: body ?? null } as RequestInit);
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of answer.body ?? []) {
    size += (part as Uint8Array).byteLength;
    if (size > ANSWER_MOST) throw new Error('the answer is too large');
    parts.push(part as Uint8Array);
  }
  const { status, headers } = answer;
  const empty = status === 204 || status === 304;
  return new Response(empty ? null : Buffer.concat(parts), { status, headers });
};

/** Where the provider's pages and calls are, by its own description, which is kept for a while. */
export function createProviderClient(now: () => number) {
  let kept: { key: string; until: number; connection: Promise<ProviderConnection> } | undefined;

  /** Rejects where the provider does not answer, or says something else than it should. */
  return function connectionTo(
    { issuer, clientId }: Provider,
    clientSecret: string,
  ): Promise<ProviderConnection> {
    const key = JSON.stringify([issuer, clientId, clientSecret]);
    if (kept?.key === key && now() < kept.until) return kept.connection;
    const connection = client.discovery(new URL(issuer), clientId, clientSecret, undefined, {
      timeout: TIMEOUT_S,
      [client.customFetch]: bounded,
      ...(isLoopbackIssuer(issuer) ? { execute: [client.allowInsecureRequests] } : {}),
    });
    const mine = { key, until: now() + KEPT_MS, connection };
    kept = mine;
    connection.catch(() => {
      mine.until = now() + DEAD_MS;
    });
    return connection;
  };
}
