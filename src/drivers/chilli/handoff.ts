import { createHash } from 'node:crypto';
import type { Handoff, HandoffOrder } from '../driver.js';
import type { ChilliFields } from './fields.js';
import { parseHandle } from './redirect.js';

const md5 = (...parts: (Buffer | string)[]): Buffer => {
  const hash = createHash('md5');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** The challenge that chilli really asks RADIUS with: nobody who only sees the link knows it. */
export const sharedChallenge = (challenge: string, uamSecret: string): Buffer =>
  md5(Buffer.from(challenge, 'hex'), uamSecret);

/** The answer to a challenge, with identifier 0 as chilli has it unless told otherwise (RFC 1994). */
export const chapResponse = (password: string, challenge: string, uamSecret: string): string =>
  md5(Buffer.of(0), password, sharedChallenge(challenge, uamSecret)).toString('hex');

/**
 * The link by which a visitor's own browser logs in. chilli keeps 2048 characters of the query, and brings `userurl` back
 * in its next redirect. Without a challenge (`nochallenge`) the credential itself goes over: it is good once, for a minute, for this device.
 */
export function handoff(order: HandoffOrder, { uamSecret }: ChilliFields): Handoff | undefined {
  const { back, credential } = order;
  const handle = parseHandle(order.handle);
  if (!handle || !credential) return undefined;
  const { username, password } = credential;
  const { gateway, challenge } = handle;
  const proof =
    challenge === undefined
      ? `password=${encodeURIComponent(password)}`
      : `response=${chapResponse(password, challenge, uamSecret)}`;
  const query = [`username=${encodeURIComponent(username)}`, proof, `userurl=${encodeURIComponent(back)}`];
  return { method: 'GET', url: `http://${gateway}/logon?${query.join('&')}` };
}
