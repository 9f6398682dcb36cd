import { Trap } from './mikrotik-rest.js';

/** How firmwares differ, and what goes wrong. */
export interface Quirks {
  /** PATCH and DELETE with an id in the path are refused (7.21.3). */
  pathIds: boolean;
  addStatus: 200 | 201;
  /** A running login takes another end when its user is given one. */
  follows: boolean;
  /** When a user's `uptime` grows; or it counts, and does not show it. */
  counts: 'live' | 'at logout' | 'unseen';
  /** By which of its two addresses a translated device is logged in. */
  loginBy: 'address' | 'to-address';
  /** Refuses every login by these words. */
  loginRefusal: string | undefined;
  /** Does this command and says 400; once. */
  deceives: string | undefined;
  /** Lists neither users nor logins. */
  emptyList: boolean;
  /** The API user may write. */
  write: boolean;
  /** The call comes from where the API user may not. */
  wrongSource: boolean;
  /** Licence: so many logins at once. */
  licence: number;
  /** `/system/device-mode` is there from 7.17 on. */
  deviceMode: 'yes' | 'no' | undefined;
  version: string;
  /** Commands are answered with nothing at all. */
  silent: boolean;
  /** How long it takes over each call. */
  takesMs: number;
}

/** A device on the guest network. */
export interface Device {
  mac: string;
  address: string;
  toAddress: string;
  server: string;
  /** Sends nothing since. */
  asleepSince: number | undefined;
}

export const USUAL: Quirks = {
  pathIds: true,
  addStatus: 201,
  follows: true,
  counts: 'at logout',
  loginBy: 'to-address',
  loginRefusal: undefined,
  deceives: undefined,
  emptyList: false,
  write: true,
  wrongSource: false,
  licence: 1000,
  deviceMode: undefined,
  version: '7.21.3 (stable)',
  silent: false,
  takesMs: 0,
};

/** As RouterOS writes it. */
export function wireDuration(ms: number): string {
  let rest = Math.floor(ms / 1000);
  const parts = (
    [
      ['w', 604_800],
      ['d', 86_400],
      ['h', 3600],
      ['m', 60],
      ['s', 1],
    ] as const
  ).map(([unit, size]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return count > 0 ? `${count}${unit}` : '';
  });
  return parts.join('') || '0s';
}

export const secondsIn = (text: string): number => {
  if (/^\d+s?$/.test(text)) return Number.parseInt(text, 10);
  const units: Record<string, number> = { w: 604_800, d: 86_400, h: 3600, m: 60, s: 1 };
  const parts = [...text.matchAll(/(\d+)([wdhms])/g)];
  if (parts.map(([part]) => part).join('') !== text)
    throw new Trap('invalid value for argument limit-uptime');
  return parts.reduce((sum, [, count, unit = 's']) => sum + Number(count) * (units[unit] ?? 0), 0);
};
