import { createHash } from 'node:crypto';
import type { Asking, Question, Waiting } from '../driver.js';
import type { OpenNdsFields } from './fields.js';
import { parseHandle } from './redirect.js';
import { rhidOf } from './tokens.js';

/**
 * authmon, levels 3 and 4: the router asks every few seconds whom to let in, and says whom it has. It keeps 1024 characters
 * of an answer, would run an entry that is cut off there, and lets in four clients a round.
 */
const ANSWER_MOST = 1000;
const ENTRIES_MOST = 4;
const NAMES_MOST = 100;
const MINUTE_MS = 60_000;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** As openNDS writes the name into its redirects: percent-encoded with small letters, perhaps with a blank at its end. */
function hashesOf(name: string): string[] {
  const encoded = encodeURIComponent(name.trim())
    .replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16)}`)
    .replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
  return [name.trim(), encoded, `${encoded}%20`].map(sha256);
}

/** Whole minutes that fit, at least one: less cannot be said. */
export const minutesLeft = (until: number, now: number): number =>
  Math.max(1, Math.floor((until - now) / MINUTE_MS));

function entryOf({ handle, until, limits }: Waiting, { faskey }: OpenNdsFields, now: number) {
  const known = parseHandle(handle);
  if (!known) return undefined;
  const { upKbps = 0, downKbps = 0 } = limits;
  // A volume would begin anew with the next redirect: none is sent. The last word is openNDS' own for nothing.
  const words = [rhidOf(known.hid, faskey), minutesLeft(until, now), upKbps, downKbps, 0, 0, 'bmE='];
  return encodeURIComponent(words.join(' '));
}

export const asking: Asking<OpenNdsFields> = {
  read(query, { gatewayName, level }) {
    const { auth_get: what, gatewayhash = '', payload = '' } = query;
    if (what === undefined || level < 3) return undefined;
    if (gatewayName !== undefined && !hashesOf(gatewayName).includes(gatewayhash)) return undefined;
    const text = Buffer.from(payload.replaceAll(' ', '+'), 'base64').toString('latin1').trim();
    switch (what) {
      case 'clear':
        return { ask: 'restarted' };
      case 'list':
        return { ask: 'orders' };
      case 'view': {
        if (text === 'none' || text === '') return { ask: 'orders' };
        const names = text.split(/\s+/).filter((word) => /^[0-9a-f]{64}$/.test(word));
        return { ask: 'done', names: names.slice(0, NAMES_MOST) };
      }
      default:
        return { ask: 'nothing' };
    }
  },

  orders(waiting, fields, now) {
    let answer = '*';
    let named = 0;
    for (const one of waiting) {
      const entry = entryOf(one, fields, now);
      if (named === ENTRIES_MOST || answer.length + (entry?.length ?? 0) + 1 > ANSWER_MOST) break;
      named += 1;
      if (entry !== undefined) answer += ` ${entry}`;
    }
    return { answer, named };
  },

  nameOf: (handle, { faskey }) => {
    const known = parseHandle(handle);
    return known ? rhidOf(known.hid, faskey) : '';
  },

  thanks: ({ ask }: Question): string => (ask === 'restarted' ? '' : 'ack'),
};
