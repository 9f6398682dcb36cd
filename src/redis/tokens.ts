import type { ClientMac, GatewayId, PinDigest, SiteId } from '../domain/id.js';
import { siteKeys } from './keys.js';
import { defineScript, type RedisClient, type Reply } from './scripts.js';

/** A device that holds a slot, as the page and the desk may show it. */
export interface SlotHolder {
  slot: string;
  mac: ClientMac;
  addedAt: number;
}

/** What became of a PIN, or of a device that the desk admits. Instants are epoch milliseconds. */
export type Redeemed =
  | { status: 'granted'; grant: string; until: number }
  | { status: 'refused' }
  /** `opensAt` is undefined where a check-in has to come first. */
  | { status: 'early'; opensAt?: number; visit: string }
  | { status: 'expired'; endedAt: number; visit: string }
  | { status: 'check-in-only'; visit: string }
  /** `devices` may be replaced; empty when the visitor has no replacement left. */
  | { status: 'device-limit'; devices: SlotHolder[] }
  | { status: 'throttled'; retryAfterMs: number }
  /** The budget for guesses is spent: the visitor's e-mail is asked beside the PIN. */
  | { status: 'email' };

/** The desk is told that the device is on the block list; a visitor is not. */
export type Admitted = Redeemed | { status: 'unknown' | 'blocked' };

function decode([status, ...data]: Reply): Redeemed {
  const [first = '', second = ''] = data;
  switch (status) {
    case 'granted':
      return { status, grant: first, until: Number(second) };
    case 'early':
      return { status, ...(first === '' ? {} : { opensAt: Number(first) }), visit: second };
    case 'expired':
      return { status, endedAt: Number(first), visit: second };
    case 'check-in-only':
      return { status, visit: first };
    case 'throttled':
      return { status, retryAfterMs: Number(first) };
    case 'device-limit': {
      const devices: SlotHolder[] = [];
      for (let i = 0; i + 2 < data.length; i += 3) {
        devices.push({
          slot: data[i] as string,
          mac: data[i + 1] as ClientMac,
          addedAt: Number(data[i + 2]),
        });
      }
      return { status, devices };
    }
    case 'refused':
    case 'email':
      return { status };
    default:
      throw new Error(`unexpected status ${status}`);
  }
}

const redeem = defineScript({
  file: 'redeem',
  args: [
    'now',
    'digest',
    'mail',
    'gateway',
    'mac',
    'address',
    'capacity',
    'grant',
    'slot',
    'replace',
    'handle',
    'asks',
    'via',
    'terms',
  ],
  reply: decode,
  durable: true,
});

const admitDevice = defineScript({
  file: 'admit-device',
  args: ['now', 'visit', 'gateway', 'mac', 'grant', 'slot', 'by'],
  reply: (reply): Admitted =>
    reply[0] === 'unknown' || reply[0] === 'blocked' ? { status: reply[0] } : decode(reply),
  durable: true,
});

export interface RedeemOrder {
  digest: PinDigest;
  /** Keyed digest of the e-mail, `''` when none was given. */
  mailDigest: string;
  gateway: GatewayId;
  mac: ClientMac;
  /** The source address where it stands for this one client, else `''`. */
  address: string;
  /** A day's worth of risk: capacity of the buckets (src/domain/guessing.ts). */
  capacity: number;
  newGrantId: string;
  newSlot: string;
  /** Slot of the device to give up, `''` for none. */
  replace: string;
  /** The gateway's own name for the client, where it has one. */
  handle?: string;
  /** The gateway asks whom to let in. */
  asks?: boolean;
  /** Which way the client comes to the gateway, for the driver. */
  via?: string;
  /** The number of the terms of use that the page showed, where it showed any. */
  terms?: number | undefined;
}

export type TokenStore = ReturnType<typeof createTokenStore>;

export function createTokenStore(redis: RedisClient) {
  return {
    redeem: (site: SiteId, order: RedeemOrder, now: number): Promise<Redeemed> =>
      redeem(redis, site, {
        now,
        digest: order.digest,
        mail: order.mailDigest,
        gateway: order.gateway,
        mac: order.mac,
        address: order.address,
        capacity: order.capacity,
        grant: order.newGrantId,
        slot: order.newSlot,
        replace: order.replace,
        handle: order.handle ?? '',
        asks: order.asks ? '1' : '',
        via: order.via ?? '',
        terms: order.terms ?? '',
      }),

    /** Is the site's budget for wrong PINs spent, so that pages ask for the e-mail too? */
    budgetSpent: async (site: SiteId): Promise<boolean> =>
      (await redis.hget(siteKeys.attempts(site), 'spent')) === '1',

    /** The same rules without a PIN, for the desk. */
    admit: (
      site: SiteId,
      order: {
        visit: string;
        gateway: GatewayId;
        mac: ClientMac;
        newGrantId: string;
        newSlot: string;
        by: string;
      },
      now: number,
    ) =>
      admitDevice(redis, site, {
        now,
        visit: order.visit,
        gateway: order.gateway,
        mac: order.mac,
        grant: order.newGrantId,
        slot: order.newSlot,
        by: order.by,
      }),
  };
}
