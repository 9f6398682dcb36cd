import type { GatewayId } from '../../domain/id.js';
import type { RadiusNas } from '../driver.js';
import { first, TYPE } from './attributes.js';
import { CODE, messageAuthenticator, type Packet, requestIsOf } from './codec.js';

/** Which of the gateways behind an address a packet is from, or why it is of none: in words for the log. */

export interface Nas {
  gateway: GatewayId;
  nas: RadiusNas;
}

const names = (candidates: readonly Nas[]): string => candidates.map(({ gateway }) => gateway).join(', ');

const unsigned = (candidates: readonly Nas[], address: string): string =>
  `A router at ${address} asks without Message-Authenticator and is not answered (CVE-2024-3596). Turn it on at the router: "Message-Authenticator" of its RADIUS server, require-message-auth on RouterOS 7.15 or later; older firmware wants an update. Only where nobody can listen between the router and Foyer: foyer gateway set ${names(candidates)} requireMessageAuthenticator=false`;

const foreign = (candidates: readonly Nas[], address: string): string =>
  `A packet from ${address} is not signed by the secret of gateway ${names(candidates)}: the router has another shared secret, or somebody else sends from there.`;

/** A packet that is let in was made with the secret of its gateway, as far as its kind can show that. */
export function admit(packet: Packet, candidates: readonly Nas[], address: string): Nas | string {
  const { code, attributes } = packet;
  const signedBy = ({ nas }: Nas) => messageAuthenticator(packet, nas.secret);
  if (code === CODE.accountingRequest) {
    return (
      candidates.find((one) => requestIsOf(packet, one.nas.secret) && signedBy(one) !== 'wrong') ??
      foreign(candidates, address)
    );
  }
  if (first(attributes, TYPE.messageAuthenticator))
    return candidates.find((one) => signedBy(one) === 'right') ?? foreign(candidates, address);
  // An attacker between a proxy and Foyer forges answers by what a proxy adds.
  if (code === CODE.statusServer || first(attributes, TYPE.proxyState)) return unsigned(candidates, address);
  const lenient = candidates.filter(({ nas }) => !nas.requireMessageAuthenticator);
  const [one] = lenient;
  if (!one) return unsigned(candidates, address);
  return lenient.length === 1
    ? one
    : `Gateways ${names(lenient)} ask from one address, ${address}, without Message-Authenticator: which of them it is cannot be told, and they are not answered.`;
}
