import { plainAddress } from './gateway.js';

/** How often something may be tried: some attempts are free, then each waits twice as long as the one before it. */
export interface Limit {
  free: number;
  firstMs: number;
  longestMs: number;
  /** After so long without an attempt all is forgotten. */
  restMs: number;
}

export interface Subject {
  name: string;
  limit: Limit;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** A wait, never a lock: whoever is kept waiting by strangers who try their address gets through within a minute. */
const ACCOUNT: Limit = { free: 5, firstMs: SECOND, longestMs: MINUTE, restMs: HOUR };
/** An address may stand for many people; its wait slows one machine down that tries many accounts. */
const ADDRESS: Limit = { free: 30, firstMs: SECOND, longestMs: MINUTE, restMs: 15 * MINUTE };
/** All strangers together, one a second in the end: bounds what many machines cost. */
const EVERYBODY: Limit = { free: 60, firstMs: SECOND, longestMs: SECOND, restMs: MINUTE };
/** Who guesses these six digits has the password already, so they wait longer: 144 guesses a day have even odds after four years. */
const CODE: Limit = { free: 5, firstMs: 2 * SECOND, longestMs: 10 * MINUTE, restMs: 24 * HOUR };
/** Mails that strangers may have sent to somebody. */
const MAIL: Limit = { free: 2, firstMs: 5 * MINUTE, longestMs: HOUR, restMs: 4 * HOUR };

/** Who tries: an account, from an address, in a browser that its person signed in with before or in a stranger's. */
export interface Attempt {
  /** Names the account without saying it. */
  account: string;
  /** Names the source without saying it. */
  address: string;
  /** Of the browser, where this account signed in with it before. */
  known?: string | undefined;
}

/** What strangers do must not keep a known browser out: its attempts are counted by themselves. */
const subjects =
  (kind: string, limit: Limit) =>
  ({ account, address, known }: Attempt): [own: Subject, ...others: Subject[]] =>
    known === undefined
      ? [
          { name: `${kind}:${account}`, limit },
          { name: `address:${address}`, limit: ADDRESS },
          { name: 'everybody', limit: EVERYBODY },
        ]
      : [{ name: `${kind}:${account}:${known}`, limit }];

export const passwordSubjects = subjects('account', ACCOUNT);
export const codeSubjects = subjects('code', CODE);
export const mailSubjects = subjects('mail', MAIL);

/** What a source is counted by: an IPv4 address, or the 64 bits of an IPv6 network, of which one machine has all addresses. */
export function sourceOf(ip: string): string {
  const plain = plainAddress(ip);
  if (!plain.includes(':')) return plain;
  const [head = '', tail] = (plain.split('%')[0] ?? '').split('::');
  const front = head === '' ? [] : head.split(':');
  const back = tail ? tail.split(':') : [];
  const missing = tail === undefined ? 0 : 8 - front.length - back.length;
  return [...front, ...Array<string>(Math.max(missing, 0)).fill('0'), ...back].slice(0, 4).join(':');
}
