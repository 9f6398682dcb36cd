import type { GatewayId } from '../../domain/id.js';
import type { AccountedSession } from '../driver.js';
import { integerIn, ipv4In, ipv6In, macOf, TYPE, textIn } from './attributes.js';
import type { Packet } from './codec.js';

/** What a router says of its sessions. */
export interface AccountingReport {
  gateway: GatewayId;
  /** Source address. */
  nas: string;
  /** `on` and `off`: the router (by `nasId` and `nasIp`, where several ask from one address) has started anew, or stops. */
  event: 'start' | 'interim' | 'stop' | 'on' | 'off';
  nasId?: string;
  nasIp?: string;
  /** Undefined with `on` and `off`. */
  session?: AccountedSession;
  /** Acct-Terminate-Cause. */
  cause?: number;
  /** From the client, as RFC 2866 counts. */
  inputOctets?: number;
  outputOctets?: number;
}

const EVENTS: Readonly<Record<number, AccountingReport['event']>> = {
  1: 'start',
  2: 'stop',
  3: 'interim',
  7: 'on',
  8: 'off',
};

const GIGAWORD = 0x1_0000_0000;

/**
 * Undefined where there is nothing to keep: a session without a client's MAC or a name of its own, or an event that is none
 * of the session's. Such a packet is acknowledged all the same, or the router would repeat it for ever.
 */
export function reportOf(
  { attributes }: Packet,
  gateway: GatewayId,
  nas: string,
  now: number,
): AccountingReport | undefined {
  const event = EVENTS[integerIn(attributes, TYPE.statusType) ?? 0];
  if (!event) return undefined;
  const nasId = textIn(attributes, TYPE.nasIdentifier);
  const nasIp = ipv4In(attributes, TYPE.nasIp);
  const router = { ...(nasId === undefined ? {} : { nasId }), ...(nasIp === undefined ? {} : { nasIp }) };
  if (event === 'on' || event === 'off') return { gateway, nas, event, ...router };
  const station = textIn(attributes, TYPE.callingStation);
  const username = textIn(attributes, TYPE.userName) ?? '';
  const mac = macOf(station) ?? macOf(username);
  const id = textIn(attributes, TYPE.sessionId);
  if (!mac || !id) return undefined;
  const ip = ipv4In(attributes, TYPE.framedIp) ?? ipv6In(attributes, TYPE.framedIpv6);
  const cause = integerIn(attributes, TYPE.terminateCause);
  const total = (low: number, high: number): number | undefined => {
    const octets = integerIn(attributes, low);
    return octets === undefined ? undefined : octets + GIGAWORD * (integerIn(attributes, high) ?? 0);
  };
  const inputOctets = total(TYPE.inputOctets, TYPE.inputGigawords);
  const outputOctets = total(TYPE.outputOctets, TYPE.outputGigawords);
  return {
    gateway,
    nas,
    event,
    ...router,
    session: {
      mac,
      id,
      username,
      nas,
      ...router,
      ...(station === undefined ? {} : { station }),
      ...(ip === undefined ? {} : { ip }),
      seenAt: now,
    },
    ...(cause === undefined ? {} : { cause }),
    ...(inputOctets === undefined ? {} : { inputOctets }),
    ...(outputOctets === undefined ? {} : { outputOctets }),
  };
}
