import { createHash } from 'node:crypto';
import type { ClientMac } from '../../domain/id.js';

/**
 * What openNDS and Foyer know a client by. The daemon gives each client a token, tells its hash (`hid`) with the redirect,
 * and lets in whoever brings the hash of hid and `faskey` (`rhid`). Token and hid are new after each end of a session.
 */

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

export const HID = /^[0-9a-f]{64}$/;

export const hidOf = (token: string): string => sha256(token);

export const rhidOf = (hid: string, faskey: string): string => sha256(hid + faskey);

/** Knowing it does not give `faskey` away, nor is it good for anything else. */
const binauthKey = (faskey: string): string => sha256(`foyer-binauth ${faskey}`);

/** When a session is over, and when the word that begins it is no longer taken; epoch milliseconds. */
export interface WordEnds {
  until: number;
  goodUntil: number;
}

/** Rounded down: a gateway's second is never more than was decided. */
const seconds = (ms: number): string => String(Math.floor(ms / 1000)).padStart(10, '0');

/**
 * The word that a browser carries past the visitor to the BinAuth script: MAC without colons, hid, end of the session, end of the
 * word itself (both in epoch seconds), digest. All of fixed width, so that nothing can be moved from one to the other, and
 * in hexadecimal digits, which openNDS passes on as they are and a small shell can take apart. The key stands before and
 * after, so that the digest cannot be continued.
 */
export function customOf(mac: ClientMac, hid: string, ends: WordEnds, faskey: string): string {
  const message = mac.replaceAll(':', '') + hid + seconds(ends.until) + seconds(ends.goodUntil);
  const key = binauthKey(faskey);
  return message + sha256(key + message + key);
}
